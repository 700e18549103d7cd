// The provider: two lamps, enumerated and got by name. Who asks is told in a property.
#include "lamp_provider.h"

#include <sddl.h>
#include <strsafe.h>
#include <wchar.h>

typedef struct {
  const wchar_t* pszName;
  long lWatts;
} LAMP;
static const LAMP Lamps[] = {{L"Desk", 7}, {L"Küche", 40}};

CLampProvider::CLampProvider() : m_cRef(0), m_pNamespace(NULL) { InterlockedIncrement(&g_cObj); }

CLampProvider::~CLampProvider() {
  if (m_pNamespace) m_pNamespace->Release();
  InterlockedDecrement(&g_cObj);
}

STDMETHODIMP CLampProvider::QueryInterface(REFIID riid, void** ppv) {
  *ppv = NULL;
  if (riid == IID_IUnknown || riid == IID_IWbemServices)
    *ppv = static_cast<IWbemServices*>(this);
  else if (riid == IID_IWbemProviderInit)
    *ppv = static_cast<IWbemProviderInit*>(this);
  if (*ppv == NULL) return E_NOINTERFACE;
  AddRef();
  return NOERROR;
}

STDMETHODIMP_(ULONG) CLampProvider::AddRef(void) { return InterlockedIncrement((long*)&m_cRef); }

STDMETHODIMP_(ULONG) CLampProvider::Release(void) {
  ULONG nNewCount = InterlockedDecrement((long*)&m_cRef);
  if (0L == nNewCount) delete this;
  return nNewCount;
}

HRESULT CLampProvider::Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices* pNamespace, IWbemContext*,
                                  IWbemProviderInitSink* pInitSink) {
  if (pNamespace) pNamespace->AddRef();
  m_pNamespace = pNamespace;
  pInitSink->SetStatus(WBEM_S_INITIALIZED, 0);
  return WBEM_S_NO_ERROR;
}

// The SID of who asks, as a text to be freed with LocalFree; NULL when it is not known.
static LPWSTR GetCaller() {
  HRESULT hr = CoImpersonateClient();
  if (FAILED(hr)) return NULL;
  LPWSTR pszSid = NULL;
  HANDLE hToken = NULL;
  if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &hToken)) {
    DWORD dwSize = 0;
    GetTokenInformation(hToken, TokenUser, NULL, 0, &dwSize);
    TOKEN_USER* pUser = (TOKEN_USER*)LocalAlloc(LPTR, dwSize);
    if (pUser != NULL && GetTokenInformation(hToken, TokenUser, pUser, dwSize, &dwSize))
      ConvertSidToStringSidW(pUser->User.Sid, &pszSid);
    LocalFree(pUser);
    CloseHandle(hToken);
  }
  CoRevertToSelf();
  return pszSid;
}

static HRESULT CreateLamp(IWbemServices* pNamespace, IWbemContext* pCtx, const LAMP* pLamp,
                          IWbemClassObject** ppInstance) {
  IWbemClassObject* pClass = NULL;
  BSTR strClass = SysAllocString(L"Sample_Lamp");
  HRESULT hr = pNamespace->GetObject(strClass, 0, pCtx, &pClass, NULL);
  SysFreeString(strClass);
  if (FAILED(hr)) return hr;
  hr = pClass->SpawnInstance(0, ppInstance);
  pClass->Release();
  if (FAILED(hr)) return hr;

  VARIANT v;
  VariantInit(&v);
  V_VT(&v) = VT_BSTR;
  V_BSTR(&v) = SysAllocString(pLamp->pszName);
  hr = (*ppInstance)->Put(L"Name", 0, &v, 0);
  VariantClear(&v);
  V_VT(&v) = VT_I4;
  V_I4(&v) = pLamp->lWatts;
  if (SUCCEEDED(hr)) hr = (*ppInstance)->Put(L"Watts", 0, &v, 0);
  LPWSTR pszCaller = GetCaller();
  if (SUCCEEDED(hr) && pszCaller != NULL) {
    V_VT(&v) = VT_BSTR;
    V_BSTR(&v) = SysAllocString(pszCaller);
    hr = (*ppInstance)->Put(L"Caller", 0, &v, 0);
    VariantClear(&v);
  }
  LocalFree(pszCaller);
  return hr;
}

SCODE CLampProvider::CreateInstanceEnumAsync(const BSTR, long, IWbemContext* pCtx, IWbemObjectSink* pHandler) {
  SCODE sc = WBEM_S_NO_ERROR;
  if (pHandler == NULL) return WBEM_E_INVALID_PARAMETER;
  for (size_t i = 0; SUCCEEDED(sc) && i < ARRAYSIZE(Lamps); i++) {
    IWbemClassObject* pInstance = NULL;
    sc = CreateLamp(m_pNamespace, pCtx, &Lamps[i], &pInstance);
    if (SUCCEEDED(sc)) sc = pHandler->Indicate(1, &pInstance);
    if (pInstance) pInstance->Release();
  }
  pHandler->SetStatus(0, sc, NULL, NULL);
  return WBEM_S_NO_ERROR;
}

SCODE CLampProvider::GetObjectAsync(const BSTR ObjectPath, long, IWbemContext* pCtx, IWbemObjectSink* pHandler) {
  if (ObjectPath == NULL || pHandler == NULL) return WBEM_E_INVALID_PARAMETER;
  SCODE sc = WBEM_E_NOT_FOUND;
  for (size_t i = 0; i < ARRAYSIZE(Lamps); i++) {
    WCHAR szPath[64];
    if (FAILED(StringCchPrintfW(szPath, ARRAYSIZE(szPath), L"Sample_Lamp.Name=\"%s\"", Lamps[i].pszName))) continue;
    if (_wcsicmp(szPath, ObjectPath) != 0) continue;
    IWbemClassObject* pInstance = NULL;
    sc = CreateLamp(m_pNamespace, pCtx, &Lamps[i], &pInstance);
    if (SUCCEEDED(sc)) sc = pHandler->Indicate(1, &pInstance);
    if (pInstance) pInstance->Release();
  }
  pHandler->SetStatus(0, sc, NULL, NULL);
  return WBEM_S_NO_ERROR;
}
