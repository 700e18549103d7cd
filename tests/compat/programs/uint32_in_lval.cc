// A uint32 comes as VT_I4: every member and format that programs read it with shows the number.
#include <iostream>
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

static void Show(VARIANT &v)
{
    printf("vt %d: %ld %lu %u %x | %d %u\n", v.vt, v.lVal, v.ulVal, v.uintVal, v.uintVal, v.intVal, (UINT)v.lVal);
    std::cout << (DWORD)v.lVal << " " << v.ulVal << " " << v.uintVal << " " << v.intVal << std::endl;
}

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    IWbemClassObject *item = NULL;
    svc->GetObject(_bstr_t("Compat_Item.Name='one'"), 0, NULL, &item, NULL);
    VARIANT v;
    memset(&v, 0xEE, sizeof v);
    v.vt = VT_I4;
    v.intVal = -1;   // the upper half of lVal stays as it was
    HRESULT hr = item->Put(L"Count", 0, &v, 0);
    printf("Put of intVal over garbage: 0x%x\n", hr);
    item->Get(L"Count", 0, &v, 0, 0);
    Show(v);
    v.vt = VT_I4;
    v.lVal = 3000000000u;
    hr = item->Put(L"Count", 0, &v, 0);
    item->Get(L"Count", 0, &v, 0, 0);
    printf("0x%x\n", hr);
    Show(v);
    v.vt = VT_I4;
    v.lVal = -2;
    item->Put(L"Number", 0, &v, 0);
    item->Get(L"Number", 0, &v, 0, 0);
    Show(v);
    item->Release();
    svc->Release();
    CoUninitialize();
}
