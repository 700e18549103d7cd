// The interfaces of COM that WMI needs: security of a proxy and of a call, streams as a name, and the constants of
// CoInitializeSecurity and CoSetProxyBlanket.
#ifndef OPENWMI_OBJIDL_H
#define OPENWMI_OBJIDL_H

#include "unknwn.h"

typedef enum tagEOLE_AUTHENTICATION_CAPABILITIES {
  EOAC_NONE = 0,
  EOAC_MUTUAL_AUTH = 0x1,
  EOAC_SECURE_REFS = 0x2,
  EOAC_ACCESS_CONTROL = 0x4,
  EOAC_APPID = 0x8,
  EOAC_DYNAMIC = 0x10,
  EOAC_STATIC_CLOAKING = 0x20,
  EOAC_DYNAMIC_CLOAKING = 0x40,
  EOAC_ANY_AUTHORITY = 0x80,
  EOAC_MAKE_FULLSIC = 0x100,
  EOAC_REQUIRE_FULLSIC = 0x200,
  EOAC_AUTO_IMPERSONATE = 0x400,
  EOAC_DEFAULT = 0x800,
  EOAC_DISABLE_AAA = 0x1000,
  EOAC_NO_CUSTOM_MARSHAL = 0x2000
} EOLE_AUTHENTICATION_CAPABILITIES;

#define COLE_DEFAULT_PRINCIPAL ((OLECHAR*)(INT_PTR)(-1))
#define COLE_DEFAULT_AUTHINFO ((void*)(INT_PTR)(-1))

typedef struct tagSOLE_AUTHENTICATION_SERVICE {
  DWORD dwAuthnSvc;
  DWORD dwAuthzSvc;
  OLECHAR* pPrincipalName;
  HRESULT hr;
} SOLE_AUTHENTICATION_SERVICE, *PSOLE_AUTHENTICATION_SERVICE;

typedef struct tagSOLE_AUTHENTICATION_INFO {
  DWORD dwAuthnSvc;
  DWORD dwAuthzSvc;
  void* pAuthInfo;
} SOLE_AUTHENTICATION_INFO, *PSOLE_AUTHENTICATION_INFO;

typedef struct tagSOLE_AUTHENTICATION_LIST {
  DWORD cAuthInfo;
  SOLE_AUTHENTICATION_INFO* aAuthInfo;
} SOLE_AUTHENTICATION_LIST, *PSOLE_AUTHENTICATION_LIST;

typedef struct _COSERVERINFO {
  DWORD dwReserved1;
  LPWSTR pwszName;
  COAUTHINFO* pAuthInfo;
  DWORD dwReserved2;
} COSERVERINFO;

typedef struct tagMULTI_QI {
  const IID* pIID;
  IUnknown* pItf;
  HRESULT hr;
} MULTI_QI;

#ifdef OPENWMI_CXX_INTERFACES

struct IStream;

// Security of one proxy; CoSetProxyBlanket and its relatives are calls on this interface of the object.
struct IClientSecurity : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE QueryBlanket(IUnknown* pProxy, DWORD* pAuthnSvc, DWORD* pAuthzSvc,
                                                 OLECHAR** pServerPrincName, DWORD* pAuthnLevel, DWORD* pImpLevel,
                                                 void** pAuthInfo, DWORD* pCapabilites) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetBlanket(IUnknown* pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc,
                                               OLECHAR* pServerPrincName, DWORD dwAuthnLevel, DWORD dwImpLevel,
                                               void* pAuthInfo, DWORD dwCapabilities) = 0;
  virtual HRESULT STDMETHODCALLTYPE CopyProxy(IUnknown* pProxy, IUnknown** ppCopy) = 0;
};
OPENWMI_INTERFACE_ID(IClientSecurity, 0x0000013D, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)

// Security of the call being served.
struct IServerSecurity : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE QueryBlanket(DWORD* pAuthnSvc, DWORD* pAuthzSvc, OLECHAR** pServerPrincName,
                                                 DWORD* pAuthnLevel, DWORD* pImpLevel, void** pPrivs,
                                                 DWORD* pCapabilities) = 0;
  virtual HRESULT STDMETHODCALLTYPE ImpersonateClient() = 0;
  virtual HRESULT STDMETHODCALLTYPE RevertToSelf() = 0;
  virtual BOOL STDMETHODCALLTYPE IsImpersonating() = 0;
};
OPENWMI_INTERFACE_ID(IServerSecurity, 0x0000013E, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)

#else
#include "detail/c/objidl.h"
#endif

#endif
