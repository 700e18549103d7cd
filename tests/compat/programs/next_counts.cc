// IEnumWbemClassObject::Next with every type of count and every spelling of "for ever".
#include <stdio.h>
#include <windows.h>
#include <comdef.h>
#include <wbemcli.h>
#include "sample_class.h"

static IEnumWbemClassObject *Start(IWbemServices *svc, long flags)
{
    IEnumWbemClassObject *e = NULL;
    svc->ExecQuery(_bstr_t("WQL"), _bstr_t("SELECT * FROM Compat_Item"), flags, NULL, &e);
    return e;
}

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    const long flags = WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY;
    IWbemClassObject *objects[10];

    IEnumWbemClassObject *e = Start(svc, flags);
    ULONG uReturn = 0;
    HRESULT hr = e->Next(WBEM_INFINITE, 2, objects, &uReturn);
    printf("ULONG %lu 0x%x\n", uReturn, hr);
    for (ULONG i = 0; i < uReturn; i++) objects[i]->Release();
    DWORD dwReturn = 0;
    hr = e->Next(INFINITE, 10, objects, &dwReturn);
    printf("DWORD %lu 0x%x\n", dwReturn, hr);
    for (DWORD i = 0; i < dwReturn; i++) objects[i]->Release();
    unsigned long plain = 7;
    hr = e->Next(-1, 1, objects, &plain);
    printf("plain %lu 0x%x\n", plain, hr);
    e->Release();

    e = Start(svc, WBEM_FLAG_RETURN_IMMEDIATELY);
    LONG count = 0;
    hr = e->Next((LONG)0xFFFFFFFF, 10, objects, (ULONG *)&count);
    printf("all ones %ld 0x%x\n", count, hr);
    for (LONG i = 0; i < count; i++) objects[i]->Release();
    hr = e->Reset();
    printf("Reset 0x%x\n", hr);
    hr = e->Skip(10000, 2);
    hr = e->Next(10000, 1, objects, &uReturn);
    _variant_t name;
    if (hr == WBEM_S_NO_ERROR) { objects[0]->Get(L"Name", 0, &name, 0, 0); objects[0]->Release(); }
    printf("third %s 0x%x\n", (const char *)_bstr_t(name), hr);
    while ((hr = e->Next(WBEM_INFINITE, 1, objects, &uReturn)) == WBEM_S_NO_ERROR) objects[0]->Release();
    printf("end %lu 0x%x\n", uReturn, hr);
    e->Release();
    svc->Release();
    CoUninitialize();
    return 0;
}
