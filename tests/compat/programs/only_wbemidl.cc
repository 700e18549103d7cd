// Nothing included but wbemidl.h.
#include <wbemidl.h>

int main()
{
    IWbemLocator *locator = NULL;
    if (FAILED(CoInitialize(0))) return 1;
    HRESULT hr = CoCreateInstance(CLSID_WbemLocator, 0, CLSCTX_INPROC_SERVER, IID_IWbemLocator, (LPVOID *)&locator);
    if (FAILED(hr)) return 2;
    IWbemServices *services = NULL;
    BSTR path = SysAllocString(L"ROOT\\CIMV2");
    hr = locator->ConnectServer(path, 0, 0, 0, 0, 0, 0, &services);
    SysFreeString(path);
    locator->Release();
    if (FAILED(hr)) return 3;
    services->Release();
    CoUninitialize();
    return 0;
}
