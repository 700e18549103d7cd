// CComSafeArray and CComSafeArrayBound: a SAFEARRAY with value semantics.
//
// The VARTYPE follows from the element type: LONG gives VT_I4 and ULONG VT_UI4, whose elements are as wide as LONG here
// (64 bit), int gives VT_INT, short VT_I2, double VT_R8. VT_BOOL, VT_DATE and VT_ERROR must be named:
// CComSafeArray<VARIANT_BOOL, VT_BOOL>. A VARTYPE whose elements have another size than T does not compile.
#ifndef OPENWMI_ATLSAFE_H
#define OPENWMI_ATLSAFE_H

#include "atlcomcli.h"
#include "detail/atl_open_namespace.h"

#ifdef __cplusplus

namespace ATL {

// The VARTYPE that CComSafeArray uses for a type.
template <typename T>
struct _ATL_AutomationType {
  static const VARTYPE type = CVarTypeInfo<T>::VT;
};

// What elements look like through GetAt and []: an owner of the same layout, so that assignment frees and copies.
template <typename T>
struct CComTypeWrapper {
  typedef T type;
};
template <>
struct CComTypeWrapper<BSTR> {
  typedef CComBSTR type;
};
template <>
struct CComTypeWrapper<VARIANT> {
  typedef CComVariant type;
};
template <>
struct CComTypeWrapper<IDispatch*> {
  typedef CComPtr<IDispatch> type;
};
template <>
struct CComTypeWrapper<IUnknown*> {
  typedef CComPtr<IUnknown> type;
};

// One dimension: how many elements from which index on.
class CComSafeArrayBound : public SAFEARRAYBOUND {
 public:
  CComSafeArrayBound(ULONG count = 0, LONG lower = 0) noexcept {
    cElements = count;
    lLbound = lower;
  }
  CComSafeArrayBound& operator=(ULONG count) noexcept {
    cElements = count;
    lLbound = 0;
    return *this;
  }
  ULONG GetCount() const noexcept { return cElements; }
  LONG GetLowerBound() const noexcept { return lLbound; }
  LONG GetUpperBound() const noexcept { return lLbound + static_cast<LONG>(cElements) - 1; }
  ULONG SetCount(ULONG count) noexcept { return cElements = count; }
  LONG SetLowerBound(LONG lower) noexcept { return lLbound = lower; }
};

// Owns an array, locked while it does, or is empty. Dimensions count from 0. What has no result to report with throws
// CAtlException: E_INVALIDARG for an index outside, a dimension that is not there, an array of another type, and for
// asking an empty object; E_OUTOFMEMORY. One object is for one thread at a time.
template <typename T, VARTYPE _vartype = _ATL_AutomationType<T>::type>
class CComSafeArray {
 public:
  typedef typename CComTypeWrapper<T>::type Element;

  CComSafeArray() noexcept : m_psa(NULL) {}
  explicit CComSafeArray(ULONG count, LONG lower = 0) : m_psa(NULL) { ATLENSURE_SUCCEEDED(Create(count, lower)); }
  explicit CComSafeArray(const SAFEARRAYBOUND& bound) : m_psa(NULL) { ATLENSURE_SUCCEEDED(Create(&bound, 1)); }
  explicit CComSafeArray(const SAFEARRAYBOUND* bounds, UINT dimensions = 1) : m_psa(NULL) {
    ATLENSURE_SUCCEEDED(Create(bounds, dimensions));
  }
  CComSafeArray(const CComSafeArray& source) : m_psa(NULL) { *this = source; }
  CComSafeArray(CComSafeArray&& source) noexcept : m_psa(source.m_psa) { source.m_psa = NULL; }
  // Copies.
  CComSafeArray(const SAFEARRAY& source) : m_psa(NULL) { ATLENSURE_SUCCEEDED(CopyFrom(&source)); }
  CComSafeArray(const SAFEARRAY* source) : m_psa(NULL) { ATLENSURE_SUCCEEDED(CopyFrom(source)); }
  ~CComSafeArray() noexcept { static_cast<void>(Destroy()); }

  CComSafeArray& operator=(const CComSafeArray& source) {
    if (source.m_psa == NULL) {
      ATLENSURE_SUCCEEDED(Destroy());
    } else if (this != &source) {
      ATLENSURE_SUCCEEDED(CopyFrom(source.m_psa));
    }
    return *this;
  }
  CComSafeArray& operator=(CComSafeArray&& source) noexcept {
    SAFEARRAY* array = m_psa;
    m_psa = source.m_psa;
    source.m_psa = array;
    return *this;
  }
  CComSafeArray& operator=(const SAFEARRAY* source) {
    ATLENSURE_SUCCEEDED(CopyFrom(source));
    return *this;
  }

  operator const SAFEARRAY*() const noexcept { return m_psa; }
  operator LPSAFEARRAY() noexcept { return m_psa; }
  LPSAFEARRAY* GetSafeArrayPtr() noexcept { return &m_psa; }

  // Replace what was held. E_INVALIDARG, E_OUTOFMEMORY.
  HRESULT Create(ULONG count = 0, LONG lower = 0) {
    const CComSafeArrayBound bound(count, lower);
    return Create(&bound, 1);
  }
  HRESULT Create(const SAFEARRAYBOUND* bounds, UINT dimensions = 1) {
    if (bounds == NULL || dimensions == 0 || dimensions > 0xffff) return E_INVALIDARG;
    return Hold(::SafeArrayCreate(_vartype, dimensions, const_cast<SAFEARRAYBOUND*>(bounds)));
  }
  HRESULT CopyFrom(const SAFEARRAY* source) {
    TypeOrThrow(source);
    SAFEARRAY* copy = NULL;
    const HRESULT hr = ::SafeArrayCopy(const_cast<SAFEARRAY*>(source), &copy);
    return FAILED(hr) ? hr : Hold(copy);
  }
  // Takes the array over.
  HRESULT Attach(const SAFEARRAY* source) {
    TypeOrThrow(source);
    return Hold(const_cast<SAFEARRAY*>(source));
  }
  // Gives the array, unlocked, to the caller; NULL if there is none.
  LPSAFEARRAY Detach() noexcept {
    SAFEARRAY* array = m_psa;
    m_psa = NULL;
    if (array != NULL) ::SafeArrayUnlock(array);
    return array;
  }
  // DISP_E_ARRAYISLOCKED if somebody else locks it.
  HRESULT Destroy() noexcept {
    if (m_psa == NULL) return S_OK;
    ::SafeArrayUnlock(m_psa);
    const HRESULT hr = ::SafeArrayDestroy(m_psa);
    if (SUCCEEDED(hr)) {
      m_psa = NULL;
    } else {
      ::SafeArrayLock(m_psa);
    }
    return hr;
  }
  // A copy for the caller to destroy.
  HRESULT CopyTo(LPSAFEARRAY* target) const {
    if (target == NULL) return E_POINTER;
    *target = NULL;
    return m_psa == NULL ? E_INVALIDARG : ::SafeArrayCopy(m_psa, target);
  }

  VARTYPE GetType() const noexcept { return _vartype; }
  UINT GetDimensions() const { return ::SafeArrayGetDim(Array()); }
  ULONG GetCount(UINT dimension = 0) const {
    return static_cast<ULONG>(GetUpperBound(dimension) - GetLowerBound(dimension) + 1);
  }
  LONG GetLowerBound(UINT dimension = 0) const {
    LONG bound = 0;
    ATLENSURE_THROW(SUCCEEDED(::SafeArrayGetLBound(Array(), dimension + 1, &bound)), E_INVALIDARG);
    return bound;
  }
  LONG GetUpperBound(UINT dimension = 0) const {
    LONG bound = 0;
    ATLENSURE_THROW(SUCCEEDED(::SafeArrayGetUBound(Array(), dimension + 1, &bound)), E_INVALIDARG);
    return bound;
  }
  bool IsSizable() const noexcept {
    return m_psa != NULL && m_psa->cDims == 1 && (m_psa->fFeatures & FADF_FIXEDSIZE) == 0;
  }
  // Changes the last dimension; an empty object is created instead.
  HRESULT Resize(const SAFEARRAYBOUND* bound) {
    if (bound == NULL) return E_INVALIDARG;
    if (m_psa == NULL) return Create(bound, 1);
    if (!IsSizable()) return E_INVALIDARG;
    ::SafeArrayUnlock(m_psa);
    const HRESULT hr = ::SafeArrayRedim(m_psa, const_cast<SAFEARRAYBOUND*>(bound));
    ::SafeArrayLock(m_psa);
    return hr;
  }
  HRESULT Resize(ULONG count, LONG lower = 0) {
    const CComSafeArrayBound bound(count, lower);
    return Resize(&bound);
  }

  // Of the one dimension. The reference is valid until the array changes its size.
  Element& GetAt(LONG index) const { return Reference(index); }
  template <typename Integer>
  typename std::enable_if<std::is_integral<Integer>::value, Element&>::type operator[](Integer index) const {
    return Reference(static_cast<LONG>(index));
  }
  // The old element is freed. With `copy` FALSE a string, object or VARIANT is taken over from the caller.
  HRESULT SetAt(LONG index, const T& value, BOOL copy = TRUE) {
    Element& element = Reference(index);
    return copy ? Copied(element, value) : Moved(element, value);
  }
  // Append to the one dimension; an empty object is created.
  HRESULT Add(const T& value, BOOL copy = TRUE) { return Add(1, &value, copy); }
  HRESULT Add(ULONG count, const T* values, BOOL copy = TRUE) {
    if (values == NULL) return E_INVALIDARG;
    const LONG lower = m_psa == NULL ? 0 : GetLowerBound();
    const ULONG start = m_psa == NULL ? 0 : GetCount();
    HRESULT hr = Resize(start + count, lower);
    for (ULONG i = 0; i < count && SUCCEEDED(hr); ++i)
      hr = SetAt(lower + static_cast<LONG>(start + i), values[i], copy);
    return hr;
  }
  HRESULT Add(const SAFEARRAY* source) {
    TypeOrThrow(source);
    if (source->cDims != 1) return E_INVALIDARG;
    return Add(source->rgsabound[0].cElements, static_cast<const T*>(source->pvData));
  }

  // For several dimensions: the indices run from the first on.
  HRESULT MultiDimGetAt(const LONG* indices, T& target) const {
    return m_psa == NULL ? E_INVALIDARG : ::SafeArrayGetElement(m_psa, const_cast<LONG*>(indices), &target);
  }
  HRESULT MultiDimSetAt(const LONG* indices, const T& value) {
    void* place = NULL;
    const HRESULT hr = m_psa == NULL ? E_INVALIDARG : ::SafeArrayPtrOfIndex(m_psa, const_cast<LONG*>(indices), &place);
    return FAILED(hr) ? hr : Copied(*static_cast<Element*>(place), value);
  }

  LPSAFEARRAY m_psa;

 private:
  static_assert(_vartype == VT_VARIANT ||
                    sizeof(T) ==
                        (_vartype == VT_I4 || _vartype == VT_UI4 || _vartype == VT_ERROR ? sizeof(LONG) : sizeof(T)),
                "elements of VT_I4, VT_UI4 and VT_ERROR are as wide as LONG: use CComSafeArray<LONG>");
  static_assert(sizeof(Element) == sizeof(T), "an owner of an element has the layout of the element");

  SAFEARRAY* Array() const {
    ATLENSURE_THROW(m_psa != NULL, E_INVALIDARG);
    return m_psa;
  }
  static void TypeOrThrow(const SAFEARRAY* source) {
    VARTYPE type = VT_EMPTY;
    ATLENSURE_THROW(source != NULL, E_INVALIDARG);
    ATLENSURE_SUCCEEDED(::SafeArrayGetVartype(const_cast<SAFEARRAY*>(source), &type));
    ATLENSURE_THROW(type == _vartype, E_INVALIDARG);
  }
  HRESULT Hold(SAFEARRAY* array) noexcept {
    if (array == NULL) return E_OUTOFMEMORY;
    if (array == m_psa) return S_OK;
    const HRESULT hr = Destroy();
    if (FAILED(hr)) return hr;
    m_psa = array;
    return ::SafeArrayLock(m_psa);
  }
  Element& Reference(LONG index) const {
    void* place = NULL;
    ATLENSURE_THROW(GetDimensions() == 1, E_INVALIDARG);
    ATLENSURE_THROW(SUCCEEDED(::SafeArrayPtrOfIndex(m_psa, &index, &place)), E_INVALIDARG);
    return *static_cast<Element*>(place);
  }
  template <typename Plain>
  static HRESULT Copied(Plain& element, const Plain& value) {
    element = value;
    return S_OK;
  }
  static HRESULT Copied(CComBSTR& element, const BSTR value) { return element.AssignBSTR(value); }
  static HRESULT Copied(CComVariant& element, const VARIANT& value) { return element.Copy(&value); }
  template <typename Interface>
  static HRESULT Copied(CComPtr<Interface>& element, Interface* value) {
    element = value;
    return S_OK;
  }
  template <typename Plain>
  static HRESULT Moved(Plain& element, const Plain& value) {
    element = value;
    return S_OK;
  }
  static HRESULT Moved(CComBSTR& element, const BSTR value) {
    element.Attach(value);
    return S_OK;
  }
  static HRESULT Moved(CComVariant& element, const VARIANT& value) {
    const HRESULT hr = element.Clear();
    if (SUCCEEDED(hr)) static_cast<VARIANT&>(element) = value;
    return hr;
  }
  template <typename Interface>
  static HRESULT Moved(CComPtr<Interface>& element, Interface* value) {
    element.Attach(value);
    return S_OK;
  }
};

}  // namespace ATL

#endif

#endif
