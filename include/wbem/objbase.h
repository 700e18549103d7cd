// COM: initialisation, creation of objects, task memory, security of the process and of proxies, GUID text.
//
// The library is free-threaded. CoInitialize(Ex) is counted per thread as Windows does it, so that programs see the
// return codes they test, but no function here or in WMI demands it.
#ifndef OPENWMI_OBJBASE_H
#define OPENWMI_OBJBASE_H

#include "objidl.h"
// As on Windows, where rpc.h brings windows.h: programs use Sleep and the registry without asking for them.
#include "stringapiset.h"
#include "winbase.h"
#include "winnls.h"
#include "winreg.h"
#include "winuser.h"

typedef enum tagCOINIT {
  COINIT_MULTITHREADED = 0x0,
  COINIT_APARTMENTTHREADED = 0x2,
  COINIT_DISABLE_OLE1DDE = 0x4,
  COINIT_SPEED_OVER_MEMORY = 0x8
} COINIT;

typedef enum tagREGCLS {
  REGCLS_SINGLEUSE = 0,
  REGCLS_MULTIPLEUSE = 1,
  REGCLS_MULTI_SEPARATE = 2,
  REGCLS_SUSPENDED = 4,
  REGCLS_SURROGATE = 8
} REGCLS;

#define CWCSTORAGENAME 32
#define CHARS_IN_GUID 39

// S_OK the first time on this thread, S_FALSE after that (both must be paired with CoUninitialize),
// RPC_E_CHANGED_MODE if the thread chose the other apartment kind, E_INVALIDARG for a reserved pointer or unknown flag.
WINOLEAPI CoInitialize(LPVOID pvReserved);
WINOLEAPI CoInitializeEx(LPVOID pvReserved, DWORD dwCoInit);
// One call too many is harmless.
WINOLEAPI_(void) CoUninitialize(void);
WINOLEAPI OleInitialize(LPVOID pvReserved);
WINOLEAPI_(void) OleUninitialize(void);

// Memory that one side allocates and the other frees. Any of these accepts NULL; Realloc to 0 frees.
WINOLEAPI_(LPVOID) CoTaskMemAlloc(SIZE_T cb);
WINOLEAPI_(LPVOID) CoTaskMemRealloc(LPVOID pv, SIZE_T cb);
WINOLEAPI_(void) CoTaskMemFree(LPVOID pv);

// Security of the process: once, before the first asynchronous call. The second call gives RPC_E_TOO_LATE.
WINOLEAPI CoInitializeSecurity(PSECURITY_DESCRIPTOR pSecDesc, LONG cAuthSvc, SOLE_AUTHENTICATION_SERVICE* asAuthSvc,
                               void* pReserved1, DWORD dwAuthnLevel, DWORD dwImpLevel, void* pAuthList,
                               DWORD dwCapabilities, void* pReserved3);
// E_NOINTERFACE for an object that is no proxy, E_INVALIDARG for NULL.
WINOLEAPI CoQueryProxyBlanket(IUnknown* pProxy, DWORD* pwAuthnSvc, DWORD* pAuthzSvc, LPOLESTR* pServerPrincName,
                              DWORD* pAuthnLevel, DWORD* pImpLevel, RPC_AUTH_IDENTITY_HANDLE* pAuthInfo,
                              DWORD* pCapabilites);
WINOLEAPI CoSetProxyBlanket(IUnknown* pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc, OLECHAR* pServerPrincName,
                            DWORD dwAuthnLevel, DWORD dwImpLevel, RPC_AUTH_IDENTITY_HANDLE pAuthInfo,
                            DWORD dwCapabilities);
WINOLEAPI CoCopyProxy(IUnknown* pProxy, IUnknown** ppCopy);

// Creates an object of a class that a CoRegisterClassObject of this process or this library offers, or a shared object
// that the registry names: its path is the default value of HKEY_CLASSES_ROOT\CLSID\{...}\InprocServer32. That is
// looked for with CLSCTX_INPROC_SERVER; it is loaded once, its DllMain called, and stays until the end of the program.
// REGDB_E_CLASSNOTREG for any other class, CLASS_E_NOAGGREGATION, E_NOINTERFACE; for a shared object CO_E_DLLNOTFOUND
// there is no such file, CO_E_ERRORINDLL it cannot be loaded, E_ACCESSDENIED it or the registry could have been written
// by others than this user and root, each with an error object (GetErrorInfo) that says more. *ppv is NULL on failure.
WINOLEAPI CoCreateInstance(REFCLSID rclsid, LPUNKNOWN pUnkOuter, DWORD dwClsContext, REFIID riid, LPVOID* ppv);
WINOLEAPI CoCreateInstanceEx(REFCLSID rclsid, IUnknown* punkOuter, DWORD dwClsCtx, COSERVERINFO* pServerInfo,
                             DWORD dwCount, MULTI_QI* pResults);
WINOLEAPI CoGetClassObject(REFCLSID rclsid, DWORD dwClsContext, LPVOID pvReserved, REFIID riid, LPVOID* ppv);
WINOLEAPI CoRegisterClassObject(REFCLSID rclsid, LPUNKNOWN pUnk, DWORD dwClsContext, DWORD flags, DWORD* lpdwRegister);
WINOLEAPI CoRevokeClassObject(DWORD dwRegister);

// What a shared object with classes exports; defined by programs, called by the functions above.
STDAPI DllGetClassObject(REFCLSID rclsid, REFIID riid, LPVOID* ppv);
STDAPI DllCanUnloadNow(void);

// The caller of the running call: for a provider inside a method that WMI calls, on the thread of the call.
// RPC_E_CALL_COMPLETE anywhere else. CoImpersonateClient gives the thread a token of the caller, which OpenThreadToken
// opens (in process that is the user of the process itself), until CoRevertToSelf or the end of the call.
// CoGetCallContext gives IServerSecurity: E_NOINTERFACE for another interface.
WINOLEAPI CoImpersonateClient(void);
WINOLEAPI CoRevertToSelf(void);
WINOLEAPI CoGetCallContext(REFIID riid, void** ppInterface);

// "{XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}". StringFromGUID2 returns the characters written with the NUL (39), or 0 if
// the buffer is too small; the others allocate with CoTaskMemAlloc. Parsing wants exactly this form: CO_E_CLASSSTRING
// or CO_E_IIDSTRING otherwise; NULL gives the null GUID.
WINOLEAPI_(int) StringFromGUID2(REFGUID rguid, LPOLESTR lpsz, int cchMax);
WINOLEAPI StringFromCLSID(REFCLSID rclsid, LPOLESTR* lplpsz);
WINOLEAPI StringFromIID(REFIID rclsid, LPOLESTR* lplpsz);
WINOLEAPI CLSIDFromString(LPCOLESTR lpsz, CLSID* pclsid);
WINOLEAPI IIDFromString(LPCOLESTR lpsz, IID* lpiid);
// A random (version 4) GUID from the kernel's generator.
WINOLEAPI CoCreateGuid(GUID* pguid);

EXTERN_C OPENWMI_API const GUID GUID_NULL;
#define IID_NULL GUID_NULL
#define CLSID_NULL GUID_NULL

#endif
