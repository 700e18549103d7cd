// _com_ptr_t: a smart pointer to an interface. Assignment from another interface asks it with QueryInterface.
#ifndef OPENWMI_COMIP_H
#define OPENWMI_COMIP_H

#include "comutil.h"
#include "objbase.h"

#ifdef __cplusplus

// An interface and its identifier as one type.
template <typename _Interface, const IID* _IID>
class _com_IIID {
 public:
  typedef _Interface Interface;
  static _Interface* GetInterfacePtr() throw() { return NULL; }
  static _Interface& GetInterface() throw() { return *GetInterfacePtr(); }
  static const IID& GetIID() throw() { return *_IID; }
};

// Owns one reference or is null. Using a null pointer with -> or * issues E_POINTER.
template <typename _IIID>
class _com_ptr_t {
 public:
  typedef _IIID ThisIIID;
  typedef typename _IIID::Interface Interface;

  static const IID& GetIID() throw() { return ThisIIID::GetIID(); }

  _com_ptr_t() throw() : pointer_(NULL) {}
  _com_ptr_t(const _com_ptr_t& other) throw() : pointer_(other.pointer_) { add_ref(); }
  _com_ptr_t(_com_ptr_t&& other) throw() : pointer_(other.Detach()) {}
  // Also NULL, 0 and nullptr.
  _com_ptr_t(Interface* object) throw() : pointer_(object) { add_ref(); }
  _com_ptr_t(Interface* object, bool add) throw() : pointer_(object) {
    if (add) add_ref();
  }
  // Another interface of the same object; E_NOINTERFACE gives null.
  template <typename _Other>
  _com_ptr_t(const _com_ptr_t<_Other>& other) : pointer_(NULL) {
    take_interface(other.GetInterfacePtr());
  }
  template <typename _Other>
  _com_ptr_t(_Other* other) : pointer_(NULL) {
    take_interface(other);
  }
  _com_ptr_t(const _variant_t& value) : pointer_(NULL) {
    if (value.vt == VT_UNKNOWN || value.vt == VT_DISPATCH) {
      take_interface(value.punkVal);
    } else {
      _com_issue_error(DISP_E_TYPEMISMATCH);
    }
  }
  explicit _com_ptr_t(const CLSID& clsid, IUnknown* outer = NULL, DWORD context = CLSCTX_ALL) : pointer_(NULL) {
    const HRESULT hr = CreateInstance(clsid, outer, context);
    if (FAILED(hr) && hr != E_NOINTERFACE) _com_issue_error(hr);
  }
  ~_com_ptr_t() { release(); }

  _com_ptr_t& operator=(const _com_ptr_t& other) throw() {
    _com_ptr_t(other).swap(*this);
    return *this;
  }
  _com_ptr_t& operator=(_com_ptr_t&& other) throw() {
    swap(other);
    return *this;
  }
  _com_ptr_t& operator=(Interface* object) throw() {
    _com_ptr_t(object).swap(*this);
    return *this;
  }
  template <typename _Other>
  _com_ptr_t& operator=(const _com_ptr_t<_Other>& other) {
    _com_ptr_t(other).swap(*this);
    return *this;
  }
  template <typename _Other>
  _com_ptr_t& operator=(_Other* other) {
    _com_ptr_t(other).swap(*this);
    return *this;
  }
  _com_ptr_t& operator=(const _variant_t& value) {
    _com_ptr_t(value).swap(*this);
    return *this;
  }

  operator Interface*() const throw() { return pointer_; }
  operator Interface&() const { return *checked(); }
  Interface& operator*() const { return *checked(); }
  Interface* operator->() const { return checked(); }
  // The address for an out-parameter; releases what was held.
  Interface** operator&() throw() {
    release();
    return &pointer_;
  }
  explicit operator bool() const throw() { return pointer_ != NULL; }
  bool operator!() const throw() { return pointer_ == NULL; }
  // Also with NULL, 0 and nullptr.
  bool operator==(Interface* other) const { return pointer_ == other; }
  bool operator!=(Interface* other) const { return pointer_ != other; }
  // Pointers to other interfaces and two smart pointers are equal if they mean the same object, and are ordered by it.
  template <typename _Other>
  bool operator==(_Other* other) const {
    return identity(pointer_) == identity(other);
  }
  template <typename _Other>
  bool operator!=(_Other* other) const {
    return !(*this == other);
  }
  template <typename _Other>
  bool operator<(_Other* other) const {
    return less(identity(pointer_), identity(other));
  }
  template <typename _Other>
  bool operator>(_Other* other) const {
    return less(identity(other), identity(pointer_));
  }
  template <typename _Other>
  bool operator<=(_Other* other) const {
    return !(*this > other);
  }
  template <typename _Other>
  bool operator>=(_Other* other) const {
    return !(*this < other);
  }
  template <typename _Other>
  bool operator<(const _com_ptr_t<_Other>& other) const {
    return *this < other.GetInterfacePtr();
  }
  template <typename _Other>
  bool operator>(const _com_ptr_t<_Other>& other) const {
    return *this > other.GetInterfacePtr();
  }
  template <typename _Other>
  bool operator<=(const _com_ptr_t<_Other>& other) const {
    return *this <= other.GetInterfacePtr();
  }
  template <typename _Other>
  bool operator>=(const _com_ptr_t<_Other>& other) const {
    return *this >= other.GetInterfacePtr();
  }
  template <typename _Other>
  bool operator==(const _com_ptr_t<_Other>& other) const {
    return identity(pointer_) == identity(other.GetInterfacePtr());
  }
  template <typename _Other>
  bool operator!=(const _com_ptr_t<_Other>& other) const {
    return !(*this == other);
  }

  Interface* GetInterfacePtr() const throw() { return pointer_; }
  Interface*& GetInterfacePtr() throw() { return pointer_; }
  void Attach(Interface* object) throw() { _com_ptr_t(object, false).swap(*this); }
  void Attach(Interface* object, bool add) throw() { _com_ptr_t(object, add).swap(*this); }
  Interface* Detach() throw() {
    Interface* object = pointer_;
    pointer_ = NULL;
    return object;
  }
  void AddRef() { checked()->AddRef(); }
  void Release() {
    checked();
    release();
  }

  // The identifier may also be written "{XXXXXXXX-XXXX-...}".
  HRESULT CreateInstance(const CLSID& clsid, IUnknown* outer = NULL, DWORD context = CLSCTX_ALL) throw() {
    release();
    return ::CoCreateInstance(clsid, outer, context, GetIID(), reinterpret_cast<void**>(&pointer_));
  }
  HRESULT CreateInstance(LPCOLESTR text, IUnknown* outer = NULL, DWORD context = CLSCTX_ALL) throw() {
    if (text == NULL) return E_INVALIDARG;
    CLSID clsid;
    const HRESULT hr = ::CLSIDFromString(text, &clsid);
    return FAILED(hr) ? hr : CreateInstance(clsid, outer, context);
  }
  HRESULT CreateInstance(LPCSTR text, IUnknown* outer = NULL, DWORD context = CLSCTX_ALL) throw() {
    BSTR wide = _com_util::ConvertStringToBSTR(text);
    if (wide == NULL) return text == NULL ? E_INVALIDARG : E_OUTOFMEMORY;
    const HRESULT hr = CreateInstance(static_cast<LPCOLESTR>(wide), outer, context);
    ::SysFreeString(wide);
    return hr;
  }
  template <typename _Other>
  HRESULT QueryInterface(const IID& iid, _Other*& object) throw() {
    object = NULL;
    return pointer_ == NULL ? E_POINTER : pointer_->QueryInterface(iid, reinterpret_cast<void**>(&object));
  }
  template <typename _Other>
  HRESULT QueryInterface(const IID& iid, _Other** object) throw() {
    return QueryInterface(iid, *object);
  }

 private:
  Interface* checked() const {
    if (pointer_ == NULL) _com_issue_error(E_POINTER);
    return pointer_;
  }
  static bool less(void* first, void* second) {
    return reinterpret_cast<UINT_PTR>(first) < reinterpret_cast<UINT_PTR>(second);
  }
  // The address of the object's IUnknown, which is the same for all its interfaces.
  static void* identity(IUnknown* object) {
    IUnknown* unknown = NULL;
    if (object == NULL) return NULL;
    if (FAILED(object->QueryInterface(__uuidof(IUnknown), reinterpret_cast<void**>(&unknown)))) return object;
    unknown->Release();
    return unknown;
  }
  void take_interface(IUnknown* object) {
    if (object == NULL) return;
    const HRESULT hr = object->QueryInterface(GetIID(), reinterpret_cast<void**>(&pointer_));
    if (FAILED(hr)) {
      pointer_ = NULL;
      if (hr != E_NOINTERFACE) _com_issue_error(hr);
    }
  }
  void add_ref() throw() {
    if (pointer_ != NULL) pointer_->AddRef();
  }
  void release() throw() {
    Interface* object = pointer_;
    pointer_ = NULL;
    if (object != NULL) object->Release();
  }
  void swap(_com_ptr_t& other) throw() {
    Interface* object = pointer_;
    pointer_ = other.pointer_;
    other.pointer_ = object;
  }

  Interface* pointer_;
};

// __uuidof of a smart pointer is that of its interface.
namespace openwmi_detail {
template <typename _IIID>
struct uuid_strip<_com_ptr_t<_IIID> > : uuid_strip<typename _IIID::Interface> {};
}  // namespace openwmi_detail

#define _COM_SMARTPTR _com_ptr_t
#define _COM_SMARTPTR_LEVEL2 _com_IIID
#define _COM_SMARTPTR_TYPEDEF(Interface, IID) \
  typedef _COM_SMARTPTR<_COM_SMARTPTR_LEVEL2<Interface, &IID> > Interface##Ptr

#endif

#endif
