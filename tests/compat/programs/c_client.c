/* A client in C with COBJMACROS. */
#define COBJMACROS
#include <stdio.h>
#include <windows.h>
#include <oleauto.h>
#include <wbemidl.h>

int main(void)
{
    IWbemLocator *locator = NULL;
    IWbemServices *services = NULL;
    IEnumWbemClassObject *results = NULL;
    IWbemClassObject *result = NULL;
    BSTR resource = SysAllocString(L"ROOT\\CIMV2");
    BSTR language = SysAllocString(L"WQL");
    wchar_t text[80];
    BSTR query;
    HRESULT hr;
    ULONG returned = 0;
    VARIANT pid;

    _snwprintf(text, 80, L"SELECT ProcessId FROM Win32_Process WHERE ProcessId = %lu", GetCurrentProcessId());
    query = SysAllocString(text);
    CoInitializeEx(0, COINIT_MULTITHREADED);
    CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
    hr = CoCreateInstance(&CLSID_WbemLocator, 0, CLSCTX_INPROC_SERVER, &IID_IWbemLocator, (LPVOID *)&locator);
    printf("locator 0x%x\n", hr);
    hr = IWbemLocator_ConnectServer(locator, resource, NULL, NULL, NULL, 0, NULL, NULL, &services);
    printf("services 0x%x\n", hr);
    hr = IWbemServices_ExecQuery(services, language, query, WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &results);
    printf("query 0x%x\n", hr);
    while (IEnumWbemClassObject_Next(results, WBEM_INFINITE, 1, &result, &returned) == S_OK)
    {
        VariantInit(&pid);
        hr = IWbemClassObject_Get(result, L"ProcessId", 0, &pid, 0, 0);
        printf("0x%x own %d\n", hr, V_VT(&pid) == VT_I4 && V_I4(&pid) == (LONG)GetCurrentProcessId());
        VariantClear(&pid);
        IWbemClassObject_Release(result);
    }
    IEnumWbemClassObject_Release(results);
    IWbemServices_Release(services);
    IWbemLocator_Release(locator);
    SysFreeString(query);
    SysFreeString(language);
    SysFreeString(resource);
    CoUninitialize();
    return 0;
}
