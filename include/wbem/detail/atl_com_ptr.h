// CComPtr and CComQIPtr; part of atlcomcli.h.
//
// As in ATL, a pointer converts to the plain interface, p is public, and taking the address (for an out-parameter) does
// not release: it wants a null pointer, which ATLASSERT checks. More is allowed than in ATL in two places: operator->
// also reaches AddRef and Release, and a CComQIPtr is initialised from another smart pointer with `=` too. Absent:
// SetSite, Advise, creation by a ProgID, and the IDispatch helpers. One object is for one thread at a time.
#ifndef OPENWMI_DETAIL_ATL_COM_PTR_H
#define OPENWMI_DETAIL_ATL_COM_PTR_H

#include "atl_base.h"

#ifdef __cplusplus

namespace ATL {

// What both have in common: owns one reference or is null.
template <class T>
class CComPtrBase {
 public:
  typedef T _PtrClass;

  CComPtrBase(const CComPtrBase&) = delete;
  CComPtrBase& operator=(const CComPtrBase&) = delete;
  ~CComPtrBase() noexcept {
    if (p != NULL) p->Release();
  }

  operator T*() const noexcept { return p; }
  // The pointer must not be null.
  T& operator*() const {
    ATLENSURE(p != NULL);
    return *p;
  }
  T* operator->() const noexcept {
    ATLASSERT(p != NULL);
    return p;
  }
  T** operator&() noexcept {
    ATLASSERT(p == NULL);
    return &p;
  }
  bool operator!() const noexcept { return p == NULL; }
  // By address, also with NULL and nullptr; IsEqualObject compares objects.
  bool operator==(T* other) const noexcept { return p == other; }
  bool operator!=(T* other) const noexcept { return p != other; }
  bool operator<(T* other) const noexcept { return p < other; }
  bool operator==(const CComPtrBase& other) const noexcept { return p == other.p; }
  bool operator!=(const CComPtrBase& other) const noexcept { return p != other.p; }
  bool operator<(const CComPtrBase& other) const noexcept { return p < other.p; }

  void Release() noexcept {
    T* held = p;
    p = NULL;
    if (held != NULL) held->Release();
  }
  // Whether both mean the same object, which may have several interfaces.
  bool IsEqualObject(IUnknown* other) const noexcept {
    if (p == NULL || other == NULL) return p == NULL && other == NULL;
    IUnknown* first = NULL;
    IUnknown* second = NULL;
    p->QueryInterface(__uuidof(IUnknown), reinterpret_cast<void**>(&first));
    other->QueryInterface(__uuidof(IUnknown), reinterpret_cast<void**>(&second));
    const bool equal = first == second;
    if (first != NULL) first->Release();
    if (second != NULL) second->Release();
    return equal;
  }
  // Takes over the caller's reference.
  void Attach(T* other) noexcept {
    T* held = p;
    p = other;
    if (held != NULL) held->Release();
  }
  // Gives the reference to the caller.
  T* Detach() noexcept {
    T* held = p;
    p = NULL;
    return held;
  }
  // A counted pointer for the caller. E_POINTER for NULL.
  HRESULT CopyTo(T** target) const noexcept {
    ATLASSERT(target != NULL);
    if (target == NULL) return E_POINTER;
    *target = p;
    if (p != NULL) p->AddRef();
    return S_OK;
  }
  // The pointer must be null before.
  HRESULT CoCreateInstance(REFCLSID clsid, LPUNKNOWN outer = NULL, DWORD context = CLSCTX_ALL) noexcept {
    ATLASSERT(p == NULL);
    return ::CoCreateInstance(clsid, outer, context, __uuidof(T), reinterpret_cast<void**>(&p));
  }
  // E_POINTER if this pointer or `target` is null.
  template <class Q>
  HRESULT QueryInterface(Q** target) const noexcept {
    ATLASSERT(target != NULL);
    if (p == NULL || target == NULL) return E_POINTER;
    return p->QueryInterface(__uuidof(Q), reinterpret_cast<void**>(target));
  }

  T* p;

 protected:
  CComPtrBase() noexcept : p(NULL) {}
  explicit CComPtrBase(T* other) noexcept : p(other) {
    if (p != NULL) p->AddRef();
  }
  void Swap(CComPtrBase& other) noexcept {
    T* held = p;
    p = other.p;
    other.p = held;
  }
};

template <class T>
class CComPtr : public CComPtrBase<T> {
 public:
  CComPtr() noexcept {}
  // Also NULL, 0 and nullptr.
  CComPtr(T* other) noexcept : CComPtrBase<T>(other) {}
  CComPtr(const CComPtr& other) noexcept : CComPtrBase<T>(other.p) {}
  CComPtr(CComPtr&& other) noexcept { this->Swap(other); }
  // From a pointer to a derived interface, without asking the object.
  template <typename Q, typename = typename std::enable_if<std::is_convertible<Q*, T*>::value>::type>
  CComPtr(CComPtr<Q>&& other) noexcept {
    this->p = other.p;
    other.p = NULL;
  }

  T* operator=(T* other) noexcept {
    if (this->p != other) CComPtr(other).Swap(*this);
    return this->p;
  }
  T* operator=(const CComPtr& other) noexcept { return *this = other.p; }
  T* operator=(CComPtr&& other) noexcept {
    if (this != std::addressof(other)) {
      CComPtr empty;
      this->Swap(empty);
      this->Swap(other);
    }
    return this->p;
  }
  // Asks the object for the interface; null if it has none.
  template <typename Q>
  T* operator=(const CComPtr<Q>& other) noexcept {
    T* asked = NULL;
    if (other.p != NULL && FAILED(other.p->QueryInterface(__uuidof(T), reinterpret_cast<void**>(&asked)))) asked = NULL;
    this->Attach(asked);
    return this->p;
  }
};

// A CComPtr that asks what it is given for its interface; null if there is none.
template <class T, const IID* piid = &__uuidof(T)>
class CComQIPtr : public CComPtr<T> {
 public:
  CComQIPtr() noexcept {}
  // Also NULL, 0 and nullptr.
  CComQIPtr(T* other) noexcept { take(other); }
  template <typename Q>
  CComQIPtr(Q* other) noexcept {
    take(other);
  }
  CComQIPtr(const CComQIPtr& other) noexcept : CComPtr<T>(other.p) {}
  CComQIPtr(CComQIPtr&& other) noexcept { this->Swap(other); }
  template <typename Q>
  CComQIPtr(const CComPtr<Q>& other) noexcept {
    take(other.p);
  }

  T* operator=(T* other) noexcept { return set(other); }
  template <typename Q>
  T* operator=(Q* other) noexcept {
    return set(other);
  }
  T* operator=(const CComQIPtr& other) noexcept {
    CComPtr<T>::operator=(other.p);
    return this->p;
  }
  T* operator=(CComQIPtr&& other) noexcept { return CComPtr<T>::operator=(static_cast<CComPtr<T>&&>(other)); }
  template <typename Q>
  T* operator=(const CComPtr<Q>& other) noexcept {
    return set(other.p);
  }

 private:
  // IUnknown is an object's identity: only the object can tell it.
  template <typename Q>
  struct known : std::integral_constant<bool, std::is_convertible<Q*, T*>::value && !std::is_same<T, IUnknown>::value> {
  };

  template <typename Q>
  void take(Q* other) noexcept {
    if (other != NULL) ask(other, known<Q>());
  }
  template <typename Q>
  T* set(Q* other) noexcept {
    CComQIPtr(other).Swap(*this);
    return this->p;
  }
  template <typename Q>
  void ask(Q* other, std::true_type) noexcept {
    this->p = other;
    this->p->AddRef();
  }
  template <typename Q>
  void ask(Q* other, std::false_type) noexcept {
    T* asked = NULL;
    if (SUCCEEDED(other->QueryInterface(*piid, reinterpret_cast<void**>(&asked)))) this->p = asked;
  }
};

}  // namespace ATL

// __uuidof of a smart pointer is that of its interface.
namespace openwmi_detail {
template <typename T>
struct uuid_strip<ATL::CComPtr<T> > : uuid_strip<T> {};
template <typename T, const IID* piid>
struct uuid_strip<ATL::CComQIPtr<T, piid> > : uuid_strip<T> {};
}  // namespace openwmi_detail

#endif

#endif
