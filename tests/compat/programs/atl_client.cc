// A client in ATL style: CComPtr, CComQIPtr, CComBSTR, CComVariant, the conversion classes.
#include <stdio.h>
#include <atlbase.h>
#include <atlcomcli.h>
#include <wbemidl.h>
#include "sample_class.h"
using namespace ATL;

int main()
{
    IWbemServices *opened = sample::Open();
    if (!opened) return 1;
    {
        CComPtr<IWbemServices> services;
        services.Attach(opened);
        CComPtr<IWbemLocator> locator;
        HRESULT hr = locator.CoCreateInstance(CLSID_WbemLocator);
        printf("0x%x\n", hr);
        CComPtr<IEnumWbemClassObject> items;
        hr = services->ExecQuery(CComBSTR("WQL"), CComBSTR(L"select * from Compat_Item"), WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &items);
        if (FAILED(hr)) return 2;
        ULONG fetched = 0;
        CComPtr<IWbemClassObject> item;
        while (items->Next(WBEM_INFINITE, 1, &item, &fetched) == S_OK)
        {
            CComVariant name, number;
            item->Get(CComBSTR(L"Name"), 0, &name, NULL, NULL);
            item->Get(L"Number", 0, &number, NULL, NULL);
            printf("%s %d\n", (LPCSTR)CW2A(name.bstrVal), number.intVal);
            item.Release();
        }
        CComQIPtr<IUnknown> unknown(services);
        CComPtr<IWbemServices> copy(services);
        printf("%d %d\n", unknown != NULL, copy.IsEqualObject(services));
        CComBSTR query(L"SELECT * ");
        query.Append(L"FROM ");
        query += L"Compat_Item";
        printf("%u %d\n", query.Length(), query == L"SELECT * FROM Compat_Item");
        CComVariant text(L"12");
        text.ChangeType(VT_I4);
        printf("%ld %d\n", text.lVal, text == CComVariant(12L));
        USES_CONVERSION;
        LPCSTR narrow = W2A(L"W2A \u00fc");
        LPCWSTR wide = A2W("x");
        printf("%s %d\n", narrow, wcscmp(wide, L"x") == 0);
    }
    CoUninitialize();
    return 0;
}
