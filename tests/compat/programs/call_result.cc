// Semisynchronous calls of one object: IWbemCallResult, its status, its object; contexts with named values.
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

int main()
{
    IWbemServices *svc = sample::Open(COINIT_APARTMENTTHREADED);
    if (!svc) return 1;
    IWbemCallResult *pResult = NULL, *pMissing = NULL;
    HRESULT hr = svc->GetObject(BSTR(L"Compat_Item.Name='two'"), WBEM_FLAG_RETURN_IMMEDIATELY, NULL, NULL, &pResult);
    long lStatus = -1;
    printf("start 0x%x ", hr);
    hr = pResult->GetCallStatus(WBEM_INFINITE, &lStatus);
    printf("status 0x%x 0x%lx ", hr, lStatus);
    IWbemClassObject *pObject = NULL;
    hr = pResult->GetResultObject(5000, &pObject);
    printf("object 0x%x %d\n", hr, pObject != NULL);
    pObject->Release();
    pResult->Release();

    hr = svc->GetObject(BSTR(L"Compat_Item.Name='none'"), WBEM_FLAG_RETURN_IMMEDIATELY, NULL, NULL, &pMissing);
    printf("start 0x%x ", hr);
    if (FAILED(hr) || pMissing == NULL) return 2;
    hr = pMissing->GetCallStatus(-1, &lStatus);
    printf("0x%x 0x%lX %d\n", hr, lStatus, (HRESULT)lStatus == WBEM_E_NOT_FOUND);
    pMissing->Release();

    IWbemContext *pContext = NULL;
    hr = CoCreateInstance(CLSID_WbemContext, NULL, CLSCTX_INPROC_SERVER, IID_IWbemContext, (void **)&pContext);
    VARIANT v;
    v.vt = VT_BSTR;
    v.bstrVal = SysAllocString(L"value");
    pContext->SetValue(L"Named", 0, &v);
    VariantClear(&v);
    hr = pContext->GetValue(L"named", 0, &v);
    printf("0x%x %S\n", hr, V_BSTR(&v));
    VariantClear(&v);
    hr = svc->GetObject(BSTR(L"Compat_Item.Name='two'"), 0, pContext, &pObject, NULL);
    printf("with context 0x%x\n", hr);
    pObject->Release();
    pContext->Release();
    svc->Release();
    CoUninitialize();
    return 0;
}
