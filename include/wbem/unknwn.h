// IUnknown and IClassFactory, and the macros with which interfaces are declared and implemented.
#ifndef OPENWMI_UNKNWN_H
#define OPENWMI_UNKNWN_H

#include "detail/uuidof.h"
#include "wtypes.h"

#define STDMETHODCALLTYPE
#define STDMETHODVCALLTYPE
#define STDAPICALLTYPE
#define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE
#define STDAPI EXTERN_C OPENWMI_API HRESULT STDAPICALLTYPE
#define STDAPI_(type) EXTERN_C OPENWMI_API type STDAPICALLTYPE
#define WINOLEAPI STDAPI
#define WINOLEAPI_(type) STDAPI_(type)
#define WINOLEAUTAPI STDAPI
#define WINOLEAUTAPI_(type) STDAPI_(type)
#define BEGIN_INTERFACE
#define END_INTERFACE

// `interface` is a plain word for the C and C++ standard libraries, so the macro does them no harm whatever the order
// of includes. Some other Linux libraries (D-Bus, systemd) use it as a parameter name: include those first, or define
// OPENWMI_NO_INTERFACE_MACRO.
#if !defined(interface) && !defined(OPENWMI_NO_INTERFACE_MACRO)
#define interface struct
#endif
#define MIDL_INTERFACE(uuid_text) struct

// With CONST_VTABLE the tables of methods of the C form are read-only.
#ifdef CONST_VTABLE
#define CONST_VTBL const
#else
#define CONST_VTBL
#endif

// The macros with which a program writes an interface once for C and C++. In C the name INTERFACE must be defined, and
// the methods of the base are repeated.
#if defined(OPENWMI_CXX_INTERFACES)
#define PURE = 0
#define THIS_
#define THIS void
#define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define DECLARE_INTERFACE(name) struct name
#define DECLARE_INTERFACE_(name, base) struct name : public base
#else
#define PURE
#define THIS_ INTERFACE *This,
#define THIS INTERFACE* This
#define STDMETHOD(method) HRESULT(STDMETHODCALLTYPE* method)
#define STDMETHOD_(type, method) type(STDMETHODCALLTYPE* method)
#define DECLARE_INTERFACE(name)           \
  typedef struct name {                   \
    CONST_VTBL struct name##Vtbl* lpVtbl; \
  } name;                                 \
  typedef struct name##Vtbl name##Vtbl;   \
  struct name##Vtbl
#define DECLARE_INTERFACE_(name, base) DECLARE_INTERFACE(name)
#endif
#define DECLARE_INTERFACE_IID_(name, base, uuid_text) DECLARE_INTERFACE_(name, base)

#ifdef OPENWMI_CXX_INTERFACES

// Reference counting: the creator of an object holds one reference; Release of the last one destroys it.
struct IUnknown {
  // S_OK and a counted pointer, or E_NOINTERFACE and NULL; E_POINTER if `object` is NULL.
  virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) = 0;
  virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
  virtual ULONG STDMETHODCALLTYPE Release() = 0;

  // The typed form: p->QueryInterface(&other).
  template <class Q>
  HRESULT STDMETHODCALLTYPE QueryInterface(Q** object) {
    return QueryInterface(__uuidof(Q), reinterpret_cast<void**>(object));
  }
};
typedef IUnknown* LPUNKNOWN;
OPENWMI_INTERFACE_ID(IUnknown, 0x00000000, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)

// Creates objects of one class. LockServer keeps the module loaded.
struct IClassFactory : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID riid, void** object) = 0;
  virtual HRESULT STDMETHODCALLTYPE LockServer(BOOL lock) = 0;
};
typedef IClassFactory* LPCLASSFACTORY;
OPENWMI_INTERFACE_ID(IClassFactory, 0x00000001, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)

#else
#include "detail/c/unknwn.h"
#endif

#ifdef __cplusplus
extern "C++" {
template <typename T>
void** IID_PPV_ARGS_Helper(T** object) {
#if defined(OPENWMI_CXX_INTERFACES)
  static_cast<void>(static_cast<IUnknown*>(*object));  // compiles only if T is an interface
#endif
  return reinterpret_cast<void**>(object);
}
}
#define IID_PPV_ARGS(address) __uuidof(**(address)), IID_PPV_ARGS_Helper(address)

#endif

#endif
