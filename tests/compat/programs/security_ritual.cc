// The security ceremony of every WMI client: process, locator, namespace, blanket of the proxy, and asking for it.
#define _WIN32_DCOM
#include <iostream>
#include <comdef.h>
#include <Wbemidl.h>
using namespace std;
#pragma comment(lib, "wbemuuid.lib")

int main()
{
    HRESULT hres = CoInitializeEx(0, COINIT_MULTITHREADED);
    cout << hex << "CoInitializeEx 0x" << hres << endl;
    hres = CoInitializeSecurity(
        NULL,
        -1,                          // COM authentication
        NULL,                        // authentication services
        NULL,                        // reserved
        RPC_C_AUTHN_LEVEL_DEFAULT,
        RPC_C_IMP_LEVEL_IMPERSONATE,
        NULL,
        EOAC_NONE,
        NULL);
    cout << "CoInitializeSecurity 0x" << hres << endl;
    hres = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IDENTIFY, NULL, EOAC_NONE, 0);
    cout << "once more 0x" << hres << " too late " << (hres == RPC_E_TOO_LATE) << endl;

    IWbemLocator *pLoc = NULL;
    hres = CoCreateInstance(CLSID_WbemLocator, 0, CLSCTX_INPROC_SERVER, IID_IWbemLocator, (LPVOID *) &pLoc);
    cout << "CoCreateInstance 0x" << hres << endl;
    IWbemServices *pSvc = NULL;
    hres = pLoc->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), NULL, NULL, 0, NULL, 0, 0, &pSvc);
    cout << "ConnectServer 0x" << hres << endl;
    hres = CoSetProxyBlanket(pSvc, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
    cout << "CoSetProxyBlanket 0x" << hres << endl;
    DWORD dwAuthn = 0, dwAuthz = 0, dwLevel = 0, dwImp = 0, dwCaps = 0;
    OLECHAR *principal = NULL;
    hres = CoQueryProxyBlanket(pSvc, &dwAuthn, &dwAuthz, &principal, &dwLevel, &dwImp, NULL, &dwCaps);
    cout << "CoQueryProxyBlanket 0x" << hres << dec << " " << dwLevel << " " << dwImp << endl;
    CoTaskMemFree(principal);

    COAUTHIDENTITY identity;
    memset(&identity, 0, sizeof(COAUTHIDENTITY));
    wchar_t user[] = L"somebody", domain[] = L"somewhere", password[] = L"secret";
    identity.User = (USHORT *)user;
    identity.UserLength = (ULONG)wcslen(user);
    identity.Domain = (USHORT *)domain;
    identity.DomainLength = (ULONG)wcslen(domain);
    identity.Password = (USHORT *)password;
    identity.PasswordLength = (ULONG)wcslen(password);
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    SecureZeroMemory(password, sizeof password);
    IWbemServices *pOther = NULL;
    hres = pLoc->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), _bstr_t(L"somebody"), _bstr_t(L"secret"), 0, NULL, 0, 0, &pOther);
    cout << "user for a local connection " << (hres == WBEM_E_LOCAL_CREDENTIALS) << " " << (pOther == NULL) << endl;
    pSvc->Release();
    pLoc->Release();
    CoUninitialize();
    return 0;
}
