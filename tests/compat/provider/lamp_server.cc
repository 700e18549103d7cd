// The library: its entrance, its class factory, and how it registers itself.
#include <initguid.h>
#include <strsafe.h>
#include <tchar.h>

#include "lamp_provider.h"

#define CCH_CLSID 64

static HMODULE ghModule;
long g_cObj = 0;
long g_cLock = 0;

BOOL WINAPI DllMain(HINSTANCE hInstance, ULONG ulReason, LPVOID) {
  switch (ulReason) {
    case DLL_PROCESS_ATTACH:
      ghModule = hInstance;
      DisableThreadLibraryCalls(hInstance);
      break;
    case DLL_PROCESS_DETACH:
      ghModule = NULL;
      break;
  }
  return TRUE;
}

STDAPI DllGetClassObject(REFCLSID rclsid, REFIID riid, LPVOID* ppv) {
  if (CLSID_LampProvider != rclsid) return CLASS_E_CLASSNOTAVAILABLE;
  CLampFactory* pObj = new CLampFactory();
  HRESULT hr = pObj->QueryInterface(riid, ppv);
  if (FAILED(hr)) delete pObj;
  return hr;
}

STDAPI DllCanUnloadNow(void) { return (0L == g_cObj && 0L == g_cLock) ? S_OK : S_FALSE; }

STDAPI DllRegisterServer(void) {
  TCHAR szModule[MAX_PATH + 1];
  TCHAR szCLSID[CCH_CLSID + 16];
  WCHAR wcID[CCH_CLSID];
  LPCTSTR pszName = TEXT("Lamps, a sample provider");
  LPCTSTR pszModel = TEXT("Both");
  HKEY hKey1, hKey2;

  StringFromGUID2(CLSID_LampProvider, wcID, CCH_CLSID);
  StringCchPrintf(szCLSID, ARRAYSIZE(szCLSID), TEXT("CLSID\\%ls"), wcID);
  DWORD dwLength = GetModuleFileName(ghModule, szModule, MAX_PATH + 1);
  if (dwLength == 0 || dwLength > MAX_PATH) return E_UNEXPECTED;

  if (RegCreateKeyEx(HKEY_CLASSES_ROOT, szCLSID, 0, NULL, REG_OPTION_NON_VOLATILE, KEY_WRITE, NULL, &hKey1, NULL) !=
      ERROR_SUCCESS)
    return E_UNEXPECTED;
  RegSetValueEx(hKey1, NULL, 0, REG_SZ, (const BYTE*)pszName, (DWORD)((_tcslen(pszName) + 1) * sizeof(TCHAR)));
  if (RegCreateKey(hKey1, TEXT("InprocServer32"), &hKey2) == ERROR_SUCCESS) {
    RegSetValueEx(hKey2, NULL, 0, REG_SZ, (const BYTE*)szModule, (DWORD)((_tcslen(szModule) + 1) * sizeof(TCHAR)));
    RegSetValueEx(hKey2, TEXT("ThreadingModel"), 0, REG_SZ, (const BYTE*)pszModel,
                  (DWORD)((_tcslen(pszModel) + 1) * sizeof(TCHAR)));
    RegCloseKey(hKey2);
  }
  RegCloseKey(hKey1);
  return NOERROR;
}

STDAPI DllUnregisterServer(void) {
  TCHAR szCLSID[CCH_CLSID + 16];
  WCHAR wcID[CCH_CLSID];
  HKEY hKey;

  StringFromGUID2(CLSID_LampProvider, wcID, CCH_CLSID);
  StringCchPrintf(szCLSID, ARRAYSIZE(szCLSID), TEXT("CLSID\\%ls"), wcID);
  if (RegOpenKey(HKEY_CLASSES_ROOT, szCLSID, &hKey) != ERROR_SUCCESS) return E_UNEXPECTED;
  RegDeleteKey(hKey, TEXT("InProcServer32"));
  RegCloseKey(hKey);
  return RegDeleteKey(HKEY_CLASSES_ROOT, szCLSID) == ERROR_SUCCESS ? S_OK : E_UNEXPECTED;
}

STDMETHODIMP CLampFactory::QueryInterface(REFIID riid, LPVOID* ppv) {
  *ppv = NULL;
  if (IID_IUnknown == riid || IID_IClassFactory == riid) *ppv = this;
  if (NULL == *ppv) return E_NOINTERFACE;
  AddRef();
  return NOERROR;
}

STDMETHODIMP_(ULONG) CLampFactory::AddRef(void) { return InterlockedIncrement((long*)&m_cRef); }

STDMETHODIMP_(ULONG) CLampFactory::Release(void) {
  ULONG nNewCount = InterlockedDecrement((long*)&m_cRef);
  if (0L == nNewCount) delete this;
  return nNewCount;
}

STDMETHODIMP CLampFactory::CreateInstance(LPUNKNOWN pUnkOuter, REFIID riid, LPVOID* ppvObj) {
  *ppvObj = NULL;
  if (pUnkOuter) return CLASS_E_NOAGGREGATION;
  CLampProvider* pObj = new CLampProvider();
  HRESULT hr = pObj->QueryInterface(riid, ppvObj);
  if (FAILED(hr)) delete pObj;
  return hr;
}

STDMETHODIMP CLampFactory::LockServer(BOOL fLock) {
  if (fLock)
    InterlockedIncrement(&g_cLock);
  else
    InterlockedDecrement(&g_cLock);
  return NOERROR;
}
