// IWbemClassObject::Get with five and with four arguments and with defaults, type and flavor, and what Put gives back.
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    IWbemClassObject *item = NULL;
    svc->GetObject(_bstr_t(L"Compat_Item='two'"), 0, NULL, &item, NULL);
    if (!item) return 2;
    VARIANT v;
    CIMTYPE type = 0;
    long flavor = 0;
    LONG lFlavor = 0;
    HRESULT hr = item->Get(L"Number", 0, &v, &type, &flavor);
    printf("five: 0x%x %ld type %ld flavor %ld\n", hr, v.lVal, type, flavor);
    VariantClear(&v);
    hr = item->Get(L"Name", 0, &v, NULL);
    printf("four: 0x%x %S\n", hr, V_BSTR(&v));
    VariantClear(&v);
    hr = item->Get(L"Name", 0, &v);
    printf("three: 0x%x %S\n", hr, V_BSTR(&v));
    VariantClear(&v);
    hr = item->Get(L"__CLASS", 0, &v, &type, &lFlavor);
    printf("system: 0x%x %S type %d flavor %#lx\n", hr, V_BSTR(&v), (int)type, lFlavor);
    VariantClear(&v);
    hr = item->Get(L"__PATH", 0, &v, 0, 0);
    printf("path: 0x%x %d %d\n", hr, v.vt == VT_BSTR, wcsstr(v.bstrVal, L":Compat_Item.Name=\"two\"") != NULL);
    VariantClear(&v);
    hr = item->Get(L"Missing", 0, &v, NULL, NULL);
    printf("missing: 0x%x\n", hr);
    hr = item->Get(L"Nothing", 0, &v, &type, NULL);
    printf("null: 0x%x vt %d type %ld\n", hr, v.vt, type);

    V_VT(&v) = VT_I4;
    V_I4(&v) = 42;
    hr = item->Put(L"Number", 0, &v, 0);
    item->Get(L"Number", 0, &v, NULL, NULL);
    printf("put: 0x%x %ld\n", hr, V_I4(&v));
    v.vt = VT_BSTR;
    v.bstrVal = SysAllocString(L"77");
    hr = item->Put(L"Large", 0, &v, 0);
    VariantClear(&v);
    item->Get(L"Large", 0, &v, NULL, NULL);
    printf("large: 0x%x %S %lld\n", hr, v.bstrVal, (long long)wcstoll(v.bstrVal, NULL, 10));
    VariantClear(&v);
    v.vt = VT_BSTR;
    v.bstrVal = SysAllocString(L"not a number");
    hr = item->Put(L"Number", 0, &v, 0);
    printf("wrong: 0x%x\n", hr);
    VariantClear(&v);
    BSTR text = NULL;
    hr = item->GetObjectText(0, &text);
    printf("text: 0x%x %d\n", hr, wcsstr(text, L"instance of Compat_Item") != NULL);
    SysFreeString(text);
    item->Release();
    svc->Release();
    CoUninitialize();
    return 0;
}
