// Arrays: bounds in long and LONG, elements read one by one into every type that programs use, raw access as long*.
#include <stdio.h>
#include <windows.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

static void ShowNames(SAFEARRAY *names)
{
    long lower, upper;
    SafeArrayGetLBound(names, 1, &lower);
    SafeArrayGetUBound(names, 1, &upper);
    int odd = 0;
    for (long i = lower; i <= upper; i++)
    {
        BSTR name;
        if (FAILED(SafeArrayGetElement(names, &i, &name))) break;
        if (_wcsicmp(name, L"odd") == 0) odd++;
        SysFreeString(name);
    }
    printf("names %ld..%ld, odd %d\n", lower, upper, odd);
}

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    IWbemClassObject *item = NULL;
    svc->GetObject(_bstr_t("Compat_Item.Name='three'"), 0, NULL, &item, NULL);
    if (!item) return 2;

    SAFEARRAY *psaNames = NULL;
    item->GetNames(NULL, WBEM_FLAG_ALWAYS | WBEM_FLAG_NONSYSTEM_ONLY, NULL, &psaNames);
    ShowNames(psaNames);
    SafeArrayDestroy(psaNames);

    VARIANT v;
    item->Get(L"Numbers", 0, &v, NULL, NULL);
    LONG lBound = 0, uBound = 0;
    SafeArrayGetLBound(V_ARRAY(&v), 1, &lBound);
    SafeArrayGetUBound(V_ARRAY(&v), 1, &uBound);
    LONG sum = 0;
    for (LONG i = lBound; i <= uBound; ++i)
    {
        LONG element;
        SafeArrayGetElement(V_ARRAY(&v), &i, &element);
        sum += element;
    }
    int isum = 0;
    for (long i = lBound; i <= uBound; ++i)
    {
        int element = -1;
        SafeArrayGetElement(v.parray, &i, &element);
        isum += element;
        ULONG u = 0;
        SafeArrayGetElement(v.parray, &i, &u);
        isum += (int)u;
    }
    long *data = NULL;
    long raw = 0;
    if (SUCCEEDED(SafeArrayAccessData(v.parray, (void HUGEP **)&data)))
    {
        for (long i = 0; i <= uBound - lBound; i++) raw += data[i];
        SafeArrayUnaccessData(v.parray);
    }
    LONG *again;
    SafeArrayAccessData(v.parray, (void **)&again);
    again[1] = -5;
    SafeArrayUnaccessData(v.parray);
    long index = 1;
    long changed = 0;
    SafeArrayGetElement(v.parray, &index, &changed);
    printf("%ld %d %ld %ld dims %u\n", sum, isum, raw, changed, SafeArrayGetDim(v.parray));
    VariantClear(&v);

    item->Get(L"Texts", 0, &v, NULL, NULL);
    BSTR *strings = NULL;
    SafeArrayAccessData(v.parray, (void **)&strings);
    printf("%S %S\n", strings[0], strings[1]);
    SafeArrayUnaccessData(v.parray);
    VariantClear(&v);

    SAFEARRAYBOUND bound[1];
    bound[0].lLbound = 0;
    bound[0].cElements = 3;
    SAFEARRAY *bytes = SafeArrayCreate(VT_UI1, 1, bound);
    for (long i = 0; i < 3; i++)
    {
        BYTE b = (BYTE)(10 * i);
        SafeArrayPutElement(bytes, &i, &b);
    }
    long past = 3;
    BYTE none = 0;
    printf("past the end 0x%x\n", SafeArrayPutElement(bytes, &past, &none));
    VARIANT put;
    VariantInit(&put);
    put.vt = VT_ARRAY | VT_UI1;
    put.parray = bytes;
    HRESULT hr = item->Put(L"Numbers", 0, &put, 0);
    VariantClear(&put);
    item->Get(L"Numbers", 0, &v, NULL, NULL);
    printf("bytes into sint32[]: 0x%x vt %#x\n", hr, v.vt);
    VariantClear(&v);
    item->Release();
    svc->Release();
    CoUninitialize();
    return 0;
}
