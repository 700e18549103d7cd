// The loop of the documentation: forward-only and at once, Next one by one until nothing comes, everything released.
#define _WIN32_DCOM
#include <iostream>
using namespace std;
#include <comdef.h>
#include <Wbemidl.h>
#include "sample_class.h"

#pragma comment(lib, "wbemuuid.lib")

int main(int argc, char **argv)
{
    (void)argc; (void)argv;
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    IEnumWbemClassObject* pEnumerator = NULL;
    HRESULT hres = pSvc->ExecQuery(
        bstr_t("WQL"),
        bstr_t("SELECT * FROM Compat_Item"),
        WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY,
        NULL,
        &pEnumerator);
    if (FAILED(hres))
    {
        cout << "Query failed. Error code = 0x" << hex << hres << endl;
        pSvc->Release();
        CoUninitialize();
        return 1;
    }
    IWbemClassObject *pclsObj = NULL;
    ULONG uReturn = 0;
    while (pEnumerator)
    {
        HRESULT hr = pEnumerator->Next(WBEM_INFINITE, 1, &pclsObj, &uReturn);
        if (0 == uReturn)
        {
            cout << "last 0x" << hex << hr << dec << endl;
            break;
        }
        VARIANT vtProp;
        VariantInit(&vtProp);
        hr = pclsObj->Get(L"Name", 0, &vtProp, 0, 0);
        wcout << " Name : " << vtProp.bstrVal << endl;
        VariantClear(&vtProp);
        hr = pclsObj->Get(L"Number", 0, &vtProp, 0, 0);
        cout << " Number : " << vtProp.uintVal << endl;
        VariantClear(&vtProp);
        pclsObj->Release();
    }
    pSvc->Release();
    pEnumerator->Release();
    CoUninitialize();
    return 0;
}
