// A program of the kind that the documentation teaches: connects to the local computer, asks for its operating system and
// walks through the answer. Every construct is one that such programs use; nothing here knows of Linux.
#define _WIN32_DCOM
#include <iostream>
using namespace std;
#include <comdef.h>
#include <Wbemidl.h>

#pragma comment(lib, "wbemuuid.lib")

int main(int argc, char **argv)
{
    HRESULT hres;

    // COM first.
    hres =  CoInitializeEx(0, COINIT_MULTITHREADED);
    if (FAILED(hres))
    {
        cout << "COM did not start: 0x" << hex << hres << endl;
        return 1;
    }

    // Then what the process allows and demands.
    hres =  CoInitializeSecurity(
        NULL,
        -1,                          // let COM choose the services
        NULL,
        NULL,
        RPC_C_AUTHN_LEVEL_DEFAULT,
        RPC_C_IMP_LEVEL_IMPERSONATE,
        NULL,
        EOAC_NONE,
        NULL
        );

    if (FAILED(hres))
    {
        cout << "Security was refused: 0x" << hex << hres << endl;
        CoUninitialize();
        return 1;
    }

    // The locator.
    IWbemLocator *pLoc = NULL;

    hres = CoCreateInstance(
        CLSID_WbemLocator,
        0,
        CLSCTX_INPROC_SERVER,
        IID_IWbemLocator, (LPVOID *) &pLoc);

    if (FAILED(hres))
    {
        cout << "No locator: 0x" << hex << hres << endl;
        CoUninitialize();
        return 1;
    }

    // The namespace, as the current user.
    IWbemServices *pSvc = NULL;

    hres = pLoc->ConnectServer(
         _bstr_t(L"ROOT\\CIMV2"),
         NULL,                    // user
         NULL,                    // password
         0,                       // locale
         NULL,                    // flags: a number, yet written as NULL
         0,                       // authority
         0,                       // context
         &pSvc
         );

    if (FAILED(hres))
    {
        cout << "No connection: 0x" << hex << hres << endl;
        pLoc->Release();
        CoUninitialize();
        return 1;
    }

    cout << "The namespace ROOT\\CIMV2 is open" << endl;

    // The security of calls through this pointer.
    hres = CoSetProxyBlanket(
       pSvc,
       RPC_C_AUTHN_WINNT,
       RPC_C_AUTHZ_NONE,
       NULL,
       RPC_C_AUTHN_LEVEL_CALL,
       RPC_C_IMP_LEVEL_IMPERSONATE,
       NULL,
       EOAC_NONE
    );

    if (FAILED(hres))
    {
        cout << "The blanket does not fit: 0x" << hex << hres << endl;
        pSvc->Release();
        pLoc->Release();
        CoUninitialize();
        return 1;
    }

    // The question; narrow literals are as good as wide ones.
    IEnumWbemClassObject* pEnumerator = NULL;
    hres = pSvc->ExecQuery(
        bstr_t("WQL"),
        bstr_t("SELECT * FROM Win32_OperatingSystem"),
        WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY,
        NULL,
        &pEnumerator);

    if (FAILED(hres))
    {
        cout << "The query was refused: 0x" << hex << hres << endl;
        pSvc->Release();
        pLoc->Release();
        CoUninitialize();
        return 1;
    }

    // The answer.
    IWbemClassObject *pclsObj = NULL;
    ULONG uReturn = 0;
    int found = 0;

    while (pEnumerator)
    {
        HRESULT hr = pEnumerator->Next(WBEM_INFINITE, 1,
            &pclsObj, &uReturn);

        if(0 == uReturn)
        {
            break;
        }

        VARIANT vtProp;

        // The VARIANT is not initialised: Get does that.
        hr = pclsObj->Get(L"Name", 0, &vtProp, 0, 0);
        if (SUCCEEDED(hr) && vtProp.vt == VT_BSTR)
        {
            wcout << " Operating system: " << vtProp.bstrVal << endl;
            found++;
        }
        VariantClear(&vtProp);

        pclsObj->Release();
    }

    // All of it back, in the order that such programs have.
    pSvc->Release();
    pLoc->Release();
    pEnumerator->Release();
    CoUninitialize();

    return found == 1 ? 0 : 1;
}
