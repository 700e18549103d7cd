// What Windows programs do with the headers, as far as the compiler can tell: compiled in every standard, by every
// compiler, before and after the standard headers. Never run.
#if defined(WBEM_STANDARD_FIRST)
#include "standard_headers.h"
using namespace std;
#endif

#define _WIN32_DCOM
#include <Wbemidl.h>
#include <atlbase.h>
#include <atlcomcli.h>
#include <atlsafe.h>
#include <comdef.h>
#include <conio.h>
#include <io.h>
#include <process.h>
#include <sddl.h>
#include <strsafe.h>
#include <tchar.h>
#include <wbemtime.h>
#include <wincred.h>
#include <windows.h>
#include <wmiutils.h>
#include <wrl/client.h>

#if !defined(WBEM_STANDARD_FIRST)
#include "standard_headers.h"
using namespace std;
#endif

#pragma comment(lib, "wbemuuid.lib")

// Declared with LONG, defined with long: the sink of the documentation pages.
class QuerySink : public IWbemObjectSink {
  LONG m_lRef;
  bool bDone;
  CRITICAL_SECTION threadLock;

 public:
  QuerySink() : m_lRef(0), bDone(false) { InitializeCriticalSection(&threadLock); }
  virtual ~QuerySink() { DeleteCriticalSection(&threadLock); }
  virtual ULONG STDMETHODCALLTYPE AddRef();
  virtual ULONG STDMETHODCALLTYPE Release();
  virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** ppv);
  virtual HRESULT STDMETHODCALLTYPE Indicate(LONG lObjectCount, IWbemClassObject __RPC_FAR* __RPC_FAR* apObjArray);
  virtual HRESULT STDMETHODCALLTYPE SetStatus(LONG lFlags, HRESULT hResult, BSTR strParam,
                                              IWbemClassObject __RPC_FAR* pObjParam);
};

ULONG QuerySink::AddRef() { return static_cast<ULONG>(InterlockedIncrement(&m_lRef)); }

ULONG QuerySink::Release() {
  LONG lRef = InterlockedDecrement(&m_lRef);
  if (lRef == 0) delete this;
  return static_cast<ULONG>(lRef);
}

HRESULT QuerySink::QueryInterface(REFIID riid, void** ppv) {
  if (riid == IID_IUnknown || riid == IID_IWbemObjectSink) {
    *ppv = (IWbemObjectSink*)this;
    AddRef();
    return WBEM_S_NO_ERROR;
  }
  return E_NOINTERFACE;
}

HRESULT QuerySink::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  for (long i = 0; i < lObjectCount; i++) {
    VARIANT varName;
    HRESULT hres = apObjArray[i]->Get(_bstr_t(L"Name"), 0, &varName, 0, 0);
    if (FAILED(hres)) return WBEM_E_FAILED;
    printf("Name: %ls\n", V_BSTR(&varName));
  }
  return WBEM_S_NO_ERROR;
}

HRESULT QuerySink::SetStatus(LONG lFlags, HRESULT hResult, BSTR, IWbemClassObject __RPC_FAR*) {
  if (lFlags == WBEM_STATUS_COMPLETE) {
    EnterCriticalSection(&threadLock);
    bDone = true;
    LeaveCriticalSection(&threadLock);
  } else if (lFlags == WBEM_STATUS_PROGRESS) {
    printf("%d of %d\n", LOWORD(hResult), HIWORD(hResult));
  }
  return WBEM_S_NO_ERROR;
}

// A provider's class, with the STDMETHOD macros and SCODE results.
class InitSink : public IWbemProviderInit {
 public:
  STDMETHODIMP QueryInterface(REFIID, LPVOID FAR*) { return E_NOINTERFACE; }
  STDMETHODIMP_(ULONG) AddRef(void) { return 1; }
  STDMETHODIMP_(ULONG) Release(void) { return 1; }
  SCODE STDMETHODCALLTYPE Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices*, IWbemContext*,
                                     IWbemProviderInitSink* sink) {
    return sink->SetStatus(WBEM_S_INITIALIZED, 0);
  }
};

// Identifiers as template arguments and defaults.
template <typename T, const IID* iid = &__uuidof(T)>
struct Pointer {
  T* p;
  static const IID& Id() { return *iid; }
};

struct ITheirOwn : public IUnknown {
  STDMETHOD(Work)(THIS) PURE;
};
__CRT_UUID_DECL(ITheirOwn, 0x12345678, 0x1234, 0x1234, 1, 2, 3, 4, 5, 6, 7, 8)
_COM_SMARTPTR_TYPEDEF(ITheirOwn, __uuidof(ITheirOwn));

interface IOther : public IUnknown{};

static HRESULT Connect(IWbemServices** services) {
  IWbemLocator* pLoc = NULL;
  HRESULT hres = CoCreateInstance(CLSID_WbemLocator, 0, CLSCTX_INPROC_SERVER, IID_IWbemLocator, (LPVOID*)&pLoc);
  if (FAILED(hres)) {
    cout << "Failed. Err code = 0x" << hex << hres << endl;
    return hres;
  }
  hres = pLoc->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), NULL, NULL, 0, 0, 0, 0, services);
  hres = pLoc->ConnectServer(BSTR(L"ROOT\\DEFAULT"), NULL, NULL, NULL, 0, NULL, NULL, services);
  pLoc->Release();
  hres = CoSetProxyBlanket(*services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_CALL,
                           RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
  return hres;
}

static int Label(HRESULT hr) {
  switch (hr) {
    case WBEM_S_NO_ERROR:
      return 0;
    case WBEM_E_ACCESS_DENIED:
    case WBEM_E_INVALID_CLASS:
    case E_OUTOFMEMORY:
      return 1;
    default:
      return 2;
  }
}

static void Enumerate(IWbemServices* services) {
  IEnumWbemClassObject* pEnumerator = NULL;
  HRESULT hres = services->ExecQuery(bstr_t("WQL"), bstr_t("SELECT * FROM Win32_OperatingSystem"),
                                     WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &pEnumerator);
  IWbemClassObject* pclsObj = NULL;
  ULONG uReturn = 0;
  DWORD dwReturn = 0;
  while (pEnumerator) {
    hres = pEnumerator->Next(WBEM_INFINITE, 1, &pclsObj, &uReturn);
    hres = pEnumerator->Next((long)WBEM_INFINITE, 1, &pclsObj, &dwReturn);
    if (0 == uReturn) break;
    VARIANT vtProp;
    VariantInit(&vtProp);
    CIMTYPE type = CIM_EMPTY;
    long flavor = 0;
    hres = pclsObj->Get(L"Name", 0, &vtProp, 0, 0);
    hres = pclsObj->Get(L"Name", 0, &vtProp, &type, &flavor);
    hres = pclsObj->Get(L"Name", 0, &vtProp);
    wcout << " OS Name : " << vtProp.bstrVal << endl;
    if ((type & CIM_FLAG_ARRAY) != 0 && (vtProp.vt & VT_ARRAY) != 0) {
      long lower = 0, upper = 0;
      SafeArrayGetLBound(V_ARRAY(&vtProp), 1, &lower);
      SafeArrayGetUBound(V_ARRAY(&vtProp), 1, &upper);
      for (long i = lower; i <= upper; i++) {
        BSTR text = NULL;
        int number = 0;
        SafeArrayGetElement(V_ARRAY(&vtProp), &i, &text);
        SafeArrayGetElement(V_ARRAY(&vtProp), &i, &number);
        SafeArrayPutElement(V_ARRAY(&vtProp), &i, text);
        SysFreeString(text);
      }
    }
    VariantClear(&vtProp);
    pclsObj->Release();
  }
  cout << Label(hres);
  services->GetObjectW(_bstr_t("Win32_Process"), 0, NULL, &pclsObj, NULL);
  services->GetObject(_bstr_t("Win32_Process"), 0, NULL, &pclsObj, NULL);
}

static HRESULT Refresh(IWbemObjectAccess* access) {
  long handle = 0, got = 0;
  DWORD value = 0;
  CIMTYPE type;
  access->GetPropertyHandle(L"IDProcess", &type, &handle);
  BYTE buffer[8];
  access->ReadPropertyValue(handle, sizeof(buffer), &got, buffer);
  return access->ReadDWORD(handle, &value);
}

int _tmain() {
  HRESULT hres = CoInitializeEx(0, COINIT_MULTITHREADED);
  hres = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                              EOAC_NONE, NULL);
  IWbemServicesPtr services;
  hres = Connect(&services);
  if (services == NULL || FAILED(hres)) return 1;
  Enumerate(services);
  QuerySink* pResponseSink = new QuerySink;
  pResponseSink->AddRef();
  hres = services->ExecQueryAsync(bstr_t("WQL"), bstr_t("SELECT * FROM Win32_Process"), WBEM_FLAG_BIDIRECTIONAL, NULL,
                                  pResponseSink);
  Sleep(500);
  hres = services->CancelAsyncCall(pResponseSink);
  IUnsecuredApartment* apartment = NULL;
  CoCreateInstance(__uuidof(UnsecuredApartment), NULL, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(&apartment));
  IWbemLocatorPtr locator;
  locator.CreateInstance(__uuidof(WbemLocator));
  _variant_t number(5L);
  number = L"text";
  const _bstr_t joined = _bstr_t("a") + L"b" + _bstr_t(number);
  wcout << static_cast<const wchar_t*>(joined) << static_cast<long>(number) << _T("x") << TEXT("y");
  const bool same = Pointer<IWbemServices>::Id() == __uuidof(services) && __uuidof(apartment) != __uuidof(ITheirOwn);
  InitSink init;
  init.AddRef();
  CoUninitialize();
  return same ? Refresh(NULL) : 0;
}
