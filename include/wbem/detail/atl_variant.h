// CComVariant; part of atlcomcli.h.
//
// The constructors and assignments write all eight bytes of the value. An int and a long both make a VT_I4, an unsigned
// int and an unsigned long a VT_UI4. Absent: GetSize and the streams.
#ifndef OPENWMI_DETAIL_ATL_VARIANT_H
#define OPENWMI_DETAIL_ATL_VARIANT_H

#include "atl_bstr.h"

#ifdef __cplusplus

// The order of two values: -1, 0, 1, or 2 if there is none: arrays, interfaces, NULL, a text that is no number against
// a number. Texts compare by code point, everything else by number; empty counts as 0 or "". Safe from any thread.
EXTERN_C OPENWMI_API int _openwmi_compare_variants(const VARIANT* first, const VARIANT* second);

namespace ATL {

// The VARTYPE of a C++ type. int and unsigned int have VT_INT and VT_UINT because a pointer to them must not be read
// as one to LONG; double and short mean VT_R8 and VT_I2, never a date or a truth value.
template <typename T>
class CVarTypeInfo;
#define OPENWMI_ATL_VAR_TYPE(Type, Value)       \
  template <>                                   \
  class CVarTypeInfo<Type> {                    \
   public:                                      \
    static const VARTYPE VT = Value;            \
  };                                            \
  template <>                                   \
  class CVarTypeInfo<Type*> {                   \
   public:                                      \
    static const VARTYPE VT = VT_BYREF | Value; \
  };
OPENWMI_ATL_VAR_TYPE(char, VT_I1)
OPENWMI_ATL_VAR_TYPE(unsigned char, VT_UI1)
OPENWMI_ATL_VAR_TYPE(short, VT_I2)
OPENWMI_ATL_VAR_TYPE(unsigned short, VT_UI2)
OPENWMI_ATL_VAR_TYPE(int, VT_INT)
OPENWMI_ATL_VAR_TYPE(unsigned int, VT_UINT)
OPENWMI_ATL_VAR_TYPE(long, VT_I4)
OPENWMI_ATL_VAR_TYPE(unsigned long, VT_UI4)
OPENWMI_ATL_VAR_TYPE(long long, VT_I8)
OPENWMI_ATL_VAR_TYPE(unsigned long long, VT_UI8)
OPENWMI_ATL_VAR_TYPE(float, VT_R4)
OPENWMI_ATL_VAR_TYPE(double, VT_R8)
OPENWMI_ATL_VAR_TYPE(BSTR, VT_BSTR)
OPENWMI_ATL_VAR_TYPE(VARIANT, VT_VARIANT)
OPENWMI_ATL_VAR_TYPE(IDispatch*, VT_DISPATCH)
OPENWMI_ATL_VAR_TYPE(IUnknown*, VT_UNKNOWN)
OPENWMI_ATL_VAR_TYPE(CY, VT_CY)
OPENWMI_ATL_VAR_TYPE(DECIMAL, VT_DECIMAL)
#undef OPENWMI_ATL_VAR_TYPE

// A VARIANT that frees what it owns. A failure in a constructor or an assignment leaves VT_ERROR with its code and is
// thrown; methods return it. One object is for one thread at a time.
class CComVariant : public ::tagVARIANT {
 public:
  CComVariant() noexcept { ::VariantInit(this); }
  CComVariant(const CComVariant& source) : CComVariant() { CopyOrThrow(source); }
  CComVariant(CComVariant&& source) noexcept : CComVariant() { Take(source); }
  CComVariant(const VARIANT& source) : CComVariant() { CopyOrThrow(source); }
  CComVariant(LPCOLESTR text) : CComVariant() { SetText(CComBSTR(text)); }
  CComVariant(LPCSTR text) : CComVariant() { SetText(CComBSTR(text)); }
  CComVariant(const CComBSTR& text) : CComVariant() { SetText(CComBSTR(text)); }
  CComVariant(bool value) noexcept : CComVariant() { SetSigned(VT_BOOL, value ? VARIANT_TRUE : VARIANT_FALSE); }
  CComVariant(BYTE value) noexcept : CComVariant() { SetUnsigned(VT_UI1, value); }
  CComVariant(char value) noexcept : CComVariant() { SetSigned(VT_I1, value); }
  CComVariant(short value) noexcept : CComVariant() { SetSigned(VT_I2, value); }
  CComVariant(unsigned short value) noexcept : CComVariant() { SetUnsigned(VT_UI2, value); }
  // The types allowed beside the default: VT_INT, VT_ERROR for int, VT_UINT for unsigned int, VT_ERROR for long,
  // VT_DATE for double. Any other makes VT_ERROR with E_INVALIDARG.
  CComVariant(int value, VARTYPE type = VT_I4) noexcept : CComVariant() {
    SetSigned(type, value);
    Allow(type == VT_I4 || type == VT_INT || type == VT_ERROR);
  }
  CComVariant(unsigned int value, VARTYPE type = VT_UI4) noexcept : CComVariant() {
    SetUnsigned(type, value);
    Allow(type == VT_UI4 || type == VT_UINT);
  }
  CComVariant(long value, VARTYPE type = VT_I4) noexcept : CComVariant() {
    SetSigned(type, value);
    Allow(type == VT_I4 || type == VT_ERROR);
  }
  CComVariant(unsigned long value) noexcept : CComVariant() { SetUnsigned(VT_UI4, value); }
  CComVariant(LONGLONG value) noexcept : CComVariant() { SetSigned(VT_I8, value); }
  CComVariant(ULONGLONG value) noexcept : CComVariant() { SetUnsigned(VT_UI8, value); }
  CComVariant(float value) noexcept : CComVariant() {
    vt = VT_R4;
    fltVal = value;
  }
  CComVariant(double value, VARTYPE type = VT_R8) noexcept : CComVariant() {
    vt = type;
    dblVal = value;
    Allow(type == VT_R8 || type == VT_DATE);
  }
  CComVariant(CY value) noexcept : CComVariant() { SetSigned(VT_CY, value.int64); }
  // Count one reference more.
  CComVariant(IDispatch* object) noexcept : CComVariant() { SetObject(VT_DISPATCH, object); }
  CComVariant(IUnknown* object) noexcept : CComVariant() { SetObject(VT_UNKNOWN, object); }
  // A copy of the array.
  CComVariant(const SAFEARRAY* array) : CComVariant() { SetArray(array); }
  ~CComVariant() noexcept { ::VariantClear(this); }

  CComVariant& operator=(const CComVariant& source) {
    CopyOrThrow(source);
    return *this;
  }
  CComVariant& operator=(CComVariant&& source) noexcept {
    if (this != &source) {
      ::VariantClear(this);
      Take(source);
    }
    return *this;
  }
  CComVariant& operator=(const VARIANT& source) {
    CopyOrThrow(source);
    return *this;
  }
  // Any other value that a constructor takes; its type becomes that of this object.
  template <typename T>
  CComVariant& operator=(const T& value) {
    CComVariant made(value);
    return *this = static_cast<CComVariant&&>(made);
  }

  // By value across number types, by code point for texts; two VT_NULL are equal. Values of different VARTYPE are never
  // equal; for < and > they are compared as numbers.
  bool operator==(const VARIANT& other) const noexcept { return Equals(other); }
  bool operator!=(const VARIANT& other) const noexcept { return !Equals(other); }
  bool operator<(const VARIANT& other) const noexcept { return _openwmi_compare_variants(this, &other) == -1; }
  bool operator>(const VARIANT& other) const noexcept { return _openwmi_compare_variants(this, &other) == 1; }
  bool operator==(const CComVariant& other) const noexcept { return Equals(other); }
  bool operator!=(const CComVariant& other) const noexcept { return !Equals(other); }

  HRESULT Clear() { return ::VariantClear(this); }
  HRESULT Copy(const VARIANT* source) { return source == NULL ? E_POINTER : ::VariantCopy(this, source); }
  // A copy of the text for the caller. DISP_E_TYPEMISMATCH if there is none, E_POINTER, E_OUTOFMEMORY.
  HRESULT CopyTo(BSTR* target) const {
    ATLASSERT(target != NULL && vt == VT_BSTR);
    if (target == NULL) return E_POINTER;
    if (vt != VT_BSTR) return DISP_E_TYPEMISMATCH;
    *target = ::SysAllocString(bstrVal);
    return *target == NULL && bstrVal != NULL ? E_OUTOFMEMORY : S_OK;
  }
  // Takes the value over; the source becomes VT_EMPTY.
  HRESULT Attach(VARIANT* source) {
    if (source == NULL) return E_INVALIDARG;
    if (source == static_cast<VARIANT*>(this)) return S_OK;
    const HRESULT hr = Clear();
    if (SUCCEEDED(hr)) Take(*source);
    return hr;
  }
  // Clears the target and gives it the value; this object becomes VT_EMPTY.
  HRESULT Detach(VARIANT* target) {
    ATLASSERT(target != NULL);
    if (target == NULL) return E_POINTER;
    const HRESULT hr = ::VariantClear(target);
    if (FAILED(hr)) return hr;
    *target = *this;
    ::VariantInit(this);
    return S_OK;
  }
  // Converts `source`, or the object itself, into the object.
  HRESULT ChangeType(VARTYPE type, const VARIANT* source = NULL) {
    return ::VariantChangeType(this, source == NULL ? this : source, 0, type);
  }
  // Refers to the value without owning it.
  template <typename T>
  void SetByRef(T* value) {
    ::VariantClear(this);
    vt = CVarTypeInfo<T>::VT | VT_BYREF;
    byref = value;
  }

 private:
  void SetSigned(VARTYPE type, LONGLONG value) noexcept {
    vt = type;
    llVal = value;
  }
  void SetUnsigned(VARTYPE type, ULONGLONG value) noexcept {
    vt = type;
    ullVal = value;
  }
  void SetError(HRESULT hr) noexcept { SetSigned(VT_ERROR, hr); }
  void Allow(bool allowed) noexcept {
    ATLASSERT(allowed);
    if (!allowed) SetError(E_INVALIDARG);
  }
  // Constructors only: there is nothing to free.
  void SetText(CComBSTR&& text) {
    vt = VT_BSTR;
    bstrVal = text.Detach();
  }
  void SetObject(VARTYPE type, IUnknown* object) noexcept {
    vt = type;
    punkVal = object;
    if (object != NULL) object->AddRef();
  }
  void SetObject(VARTYPE type, IDispatch* object) noexcept {
    vt = type;
    pdispVal = object;
    if (object != NULL) object->AddRef();
  }
  void SetArray(const SAFEARRAY* array) {
    SAFEARRAY* source = const_cast<SAFEARRAY*>(array);
    SAFEARRAY* copy = NULL;
    VARTYPE type = VT_EMPTY;
    HRESULT hr = source == NULL ? E_INVALIDARG : ::SafeArrayGetVartype(source, &type);
    if (SUCCEEDED(hr)) hr = ::SafeArrayCopy(source, &copy);
    if (FAILED(hr)) {
      SetError(hr);
      AtlThrow(hr);
    }
    vt = static_cast<VARTYPE>(VT_ARRAY | type);
    parray = copy;
  }
  void CopyOrThrow(const VARIANT& source) {
    const HRESULT hr = ::VariantCopy(this, &source);
    if (SUCCEEDED(hr)) return;
    ::VariantClear(this);
    SetError(hr);
    AtlThrow(hr);
  }
  void Take(VARIANT& source) noexcept {
    static_cast<VARIANT&>(*this) = source;
    ::VariantInit(&source);
  }
  bool Equals(const VARIANT& other) const noexcept {
    if (vt != other.vt) return false;
    return vt == VT_NULL || _openwmi_compare_variants(this, &other) == 0;
  }
};

}  // namespace ATL

#endif

#endif
