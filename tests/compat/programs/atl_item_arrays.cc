// CComSafeArray over the arrays of WMI objects, under a lock of ATL.
#include <stdio.h>
#include <atlbase.h>
#include <atlsafe.h>
#include <wbemidl.h>
#include "sample_class.h"

static CComAutoCriticalSection g_section;

int main()
{
    CComPtr<IWbemServices> services;
    services.Attach(sample::Open());
    if (!services) return 1;
    CComPtr<IWbemClassObject> item;
    services->GetObject(CComBSTR(L"Compat_Item.Name='three'"), 0, NULL, &item, NULL);
    {
        CComCritSecLock<CComAutoCriticalSection> lock(g_section);
        CComVariant value;
        item->Get(L"Numbers", 0, &value, NULL, NULL);
        CComSafeArray<LONG> numbers(value.parray);
        LONG sum = 0;
        for (LONG i = numbers.GetLowerBound(); i <= numbers.GetUpperBound(); i++) sum += numbers.GetAt(i);
        printf("%lu %ld\n", numbers.GetCount(), sum);
        CComSafeArray<BSTR> texts;
        texts.Add(CComBSTR(L"a"));
        texts.Add(CComBSTR(L"b"));
        texts.Add(CComBSTR(L"c"));
        CComVariant put;
        put.vt = VT_ARRAY | VT_BSTR;
        put.parray = texts.Detach();
        printf("0x%x\n", item->Put(L"Texts", 0, &put, 0));
    }
    CComVariant back;
    item->Get(L"Texts", 0, &back, NULL, NULL);
    CComSafeArray<BSTR> read(back.parray);
    printf("%lu %S\n", read.GetCount(), (BSTR)read[2]);
    item.Release();
    services.Release();
    CoUninitialize();
    return 0;
}
