// Handles of IWbemObjectAccess and the text source for XML. The refresher, which this version does not have, answers with
// the error that the documentation gives for it, and nothing is left behind in the out-parameters.
#include <stdio.h>
#include <wchar.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

int main()
{
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    IWbemClassObject *pObj = NULL;
    pSvc->GetObject(_bstr_t("Compat_Item.Name='two'"), 0, NULL, &pObj, NULL);
    IWbemObjectAccess *pAccess = NULL;
    HRESULT hr = pObj->QueryInterface(IID_IWbemObjectAccess, (LPVOID *)&pAccess);
    if (FAILED(hr)) return 1;
    long handle = 0;
    CIMTYPE type = 0;
    DWORD number = 0;
    pAccess->GetPropertyHandle(L"Count", &type, &handle);
    hr = pAccess->ReadDWORD(handle, &number);
    printf("handles: %d\n", hr == S_OK && number == 2);
    pAccess->Release();

    IWbemRefresher *pRefresher = NULL;
    IWbemConfigureRefresher *pConfig = NULL;
    IWbemHiPerfEnum *pEnum = NULL;
    hr = CoCreateInstance(CLSID_WbemRefresher, NULL, CLSCTX_INPROC_SERVER, IID_IWbemRefresher, (void **)&pRefresher);
    if (SUCCEEDED(hr))
    {
        pRefresher->QueryInterface(IID_IWbemConfigureRefresher, (void **)&pConfig);
        long lID = 0;
        hr = pConfig->AddEnum(pSvc, L"Compat_Item", 0, NULL, &pEnum, &lID);
        printf("refresher: %d\n", SUCCEEDED(hr) || hr == WBEM_E_NOT_SUPPORTED || hr == WBEM_E_PROVIDER_NOT_CAPABLE);
        if (pEnum) pEnum->Release();
        pConfig->Release();
        pRefresher->Release();
    }
    else printf("refresher: %d\n", hr == REGDB_E_CLASSNOTREG && pRefresher == NULL);

    IWbemObjectTextSrc *pSrc = NULL;
    hr = CoCreateInstance(CLSID_WbemObjectTextSrc, NULL, CLSCTX_INPROC_SERVER, IID_IWbemObjectTextSrc, (void **)&pSrc);
    if (FAILED(hr)) return 1;
    BSTR strText = NULL;
    hr = pSrc->GetText(0, pObj, WMI_OBJ_TEXT_CIM_DTD_2_0, NULL, &strText);
    printf("text source: %d\n", SUCCEEDED(hr) && wcsstr(strText, L"CLASSNAME=\"Compat_Item\"") != NULL);
    SysFreeString(strText);
    pSrc->Release();
    pObj->Release();
    pSvc->Release();
    CoUninitialize();
    return 0;
}
