// GUIDs as text and back, DEFINE_GUID with initguid.h, __uuidof of types, pointers and objects, IID_PPV_ARGS.
#include <windows.h>
#include <initguid.h>
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>

// {8A6B1E24-1D3C-4F5A-8B7E-90C1D2E3F405}
DEFINE_GUID(CLSID_Own, 0x8a6b1e24, 0x1d3c, 0x4f5a, 0x8b, 0x7e, 0x90, 0xc1, 0xd2, 0xe3, 0xf4, 0x05);

template <class T> static const IID &IdOf(T *) { return __uuidof(T); }

int main()
{
    WCHAR wcID[128];
    int length = StringFromGUID2(CLSID_Own, wcID, 128);
    wprintf(L"%d %s\n", length, wcID);
    LPOLESTR text = NULL;
    StringFromCLSID(IID_IWbemServices, &text);
    wprintf(L"%s\n", text);
    CoTaskMemFree(text);
    CLSID back;
    HRESULT hr = CLSIDFromString(wcID, &back);
    printf("0x%x %d %d\n", hr, IsEqualGUID(back, CLSID_Own), back == CLSID_Own);
    printf("0x%x\n", CLSIDFromString((LPOLESTR)L"{no guid}", &back));
    GUID created = GUID_NULL;
    CoCreateGuid(&created);
    printf("%d %lu\n", created != GUID_NULL, (unsigned long)sizeof(GUID));
    IWbemServices *svc = NULL;
    printf("%d %d %d\n", __uuidof(svc) == IID_IWbemServices, IdOf(svc) == IID_IWbemServices, __uuidof(WbemLocator) == CLSID_WbemLocator);
    CoInitialize(NULL);
    IWbemLocator *pLoc = NULL;
    hr = CoCreateInstance(__uuidof(WbemLocator), NULL, CLSCTX_ALL, IID_PPV_ARGS(&pLoc));
    IUnknown *unknown = NULL;
    hr = pLoc->QueryInterface(IID_PPV_ARGS(&unknown));
    printf("0x%x\n", hr);
    unknown->Release();
    pLoc->Release();
    CoUninitialize();
    printf("%x %s\n", WBEM_E_NOT_FOUND, IsEqualIID(IID_IWbemLocator, IID_IUnknown) ? "same" : "different");
    return 0;
}
