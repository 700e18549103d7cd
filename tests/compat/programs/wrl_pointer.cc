// without: wrl/client.h
// Microsoft::WRL::ComPtr, as newer programs use it.
#include <stdio.h>
#include <windows.h>
#include <wbemidl.h>
#include <wrl/client.h>
#include "sample_class.h"

using Microsoft::WRL::ComPtr;

static HRESULT Names(ComPtr<IWbemServices> services)
{
    ComPtr<IEnumWbemClassObject> items;
    HRESULT hr = services->CreateInstanceEnum(BSTR(L"Compat_Item"), WBEM_FLAG_FORWARD_ONLY, nullptr, &items);
    if (FAILED(hr)) return hr;
    for (;;)
    {
        ComPtr<IWbemClassObject> item;
        ULONG count = 0;
        hr = items->Next(WBEM_INFINITE, 1, item.GetAddressOf(), &count);
        if (hr != WBEM_S_NO_ERROR) return hr == WBEM_S_FALSE ? S_OK : hr;
        VARIANT name;
        VariantInit(&name);
        item->Get(L"Name", 0, &name, nullptr, nullptr);
        wprintf(L"%s\n", name.bstrVal);
        VariantClear(&name);
        ComPtr<IUnknown> unknown;
        if (FAILED(item.As(&unknown)) || unknown == nullptr) return E_FAIL;
    }
}

int main()
{
    IWbemServices *opened = sample::Open();
    if (!opened) return 1;
    {
        ComPtr<IWbemServices> services;
        services.Attach(opened);
        ComPtr<IWbemLocator> locator;
        HRESULT hr = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_PPV_ARGS(&locator));
        printf("0x%x %d\n", hr, locator ? 1 : 0);
        printf("0x%x\n", Names(services));
        ComPtr<IWbemServices> second = services;
        services.Reset();
        printf("%d %d\n", services.Get() == nullptr, second != nullptr);
        ComPtr<IWbemClassObject> object;
        printf("0x%x\n", second->GetObject(BSTR(L"Compat_Item"), 0, nullptr, object.ReleaseAndGetAddressOf(), nullptr));
    }
    CoUninitialize();
    return 0;
}
