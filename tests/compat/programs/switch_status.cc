// A switch over an HRESULT with the WBEM codes as labels, goto to one place that cleans up, SUCCEEDED and FAILED.
#include <stdio.h>
#include <windows.h>
#include <wbemidl.h>
#include "sample_class.h"

static const char *Name(HRESULT hr)
{
    switch (hr)
    {
    case WBEM_S_NO_ERROR: return "no error";
    case WBEM_S_FALSE: return "false";
    case WBEM_E_NOT_FOUND: return "not found";
    case WBEM_E_INVALID_CLASS: return "invalid class";
    case WBEM_E_INVALID_NAMESPACE: return "invalid namespace";
    case WBEM_E_INVALID_QUERY: return "invalid query";
    case WBEM_E_INVALID_QUERY_TYPE: return "invalid query type";
    case WBEM_E_INVALID_PARAMETER: return "invalid parameter";
    case WBEM_E_INVALID_OBJECT_PATH: return "invalid object path";
    case WBEM_E_ACCESS_DENIED: return "access denied";
    case E_OUTOFMEMORY: return "out of memory";
    case REGDB_E_CLASSNOTREG: return "class not registered";
    case WBEM_E_FAILED: return "failed";
    default: break;
    }
    return FAILED(hr) ? "error" : "success";
}

static HRESULT Ask(IWbemServices *pSvc, const wchar_t *path)
{
    HRESULT hr = WBEM_E_FAILED;
    BSTR bstrPath = NULL;
    IWbemClassObject *pObj = NULL;

    if ((bstrPath = SysAllocString(path)) == NULL) { hr = E_OUTOFMEMORY; goto cleanup; }
    hr = pSvc->GetObject(bstrPath, 0, NULL, &pObj, NULL);
    if (FAILED(hr)) goto cleanup;
    hr = WBEM_S_NO_ERROR;

cleanup:
    if (pObj) pObj->Release();
    SysFreeString(bstrPath);
    return hr;
}

int main()
{
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    printf("%s\n", Name(Ask(pSvc, L"Compat_Item")));
    printf("%s\n", Name(Ask(pSvc, L"Compat_Item.Name=\"nobody\"")));
    printf("%s\n", Name(Ask(pSvc, L"No_Such_Class.Id=1")));
    printf("%s\n", Name(Ask(pSvc, L"Compat_Item.Name=")));
    IEnumWbemClassObject *pEnum = NULL;
    BSTR wql = SysAllocString(L"WQL"), sql = SysAllocString(L"SQL"), bad = SysAllocString(L"SELEKT * FROM Compat_Item");
    printf("%s\n", Name(pSvc->ExecQuery(wql, bad, WBEM_FLAG_FORWARD_ONLY, NULL, &pEnum)));
    printf("%s\n", Name(pSvc->ExecQuery(sql, bad, WBEM_FLAG_FORWARD_ONLY, NULL, &pEnum)));
    printf("%s\n", Name(pSvc->ExecQuery(wql, NULL, WBEM_FLAG_FORWARD_ONLY, NULL, &pEnum)));
    IWbemServices *pNone = NULL;
    printf("%s %s\n", Name(sample::Connect(L"ROOT\\NoSuchNamespace", &pNone)), pNone == NULL ? "null" : "left over");
    DWORD dwError = (DWORD)WBEM_E_NOT_FOUND;
    printf("%s\n", dwError == (DWORD)WBEM_E_NOT_FOUND && (HRESULT)dwError == WBEM_E_NOT_FOUND ? "equal" : "different");
    SysFreeString(wql); SysFreeString(sql); SysFreeString(bad);
    pSvc->Release();
    CoUninitialize();
    return 0;
}
