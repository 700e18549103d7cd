/* A C program: interfaces as tables of functions, by macro and by hand, and wmain. */
#define COBJMACROS
#include <wbemidl.h>
#include <windows.h>

#pragma comment(lib, "wbemuuid.lib")

static HRESULT Ask(IWbemServices* services, ULONG* count) {
  IEnumWbemClassObject* objects = NULL;
  BSTR language = SysAllocString(L"WQL");
  BSTR query = SysAllocString(L"SELECT Caption FROM Win32_OperatingSystem");
  HRESULT hr = IWbemServices_ExecQuery(services, language, query, WBEM_FLAG_FORWARD_ONLY, NULL, &objects);
  SysFreeString(query);
  SysFreeString(language);
  if (FAILED(hr)) return hr;
  IWbemClassObject* object = NULL;
  hr = objects->lpVtbl->Next(objects, WBEM_INFINITE, 1, &object, count);
  if (object != NULL) IWbemClassObject_Release(object);
  objects->lpVtbl->Release(objects);
  return hr;
}

int wmain(int argument_count, wchar_t* arguments[]) {
  IWbemLocator* locator = NULL;
  IWbemServices* services = NULL;
  ULONG count = 0;
  if (argument_count != 3 || wcscmp(arguments[2], L"two") != 0) return 2;
  HRESULT hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
  if (FAILED(hr)) return 3;
  hr = CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator, (void**)&locator);
  if (SUCCEEDED(hr)) {
    BSTR path = SysAllocString(L"ROOT\\CIMV2");
    hr = IWbemLocator_ConnectServer(locator, path, NULL, NULL, NULL, 0, NULL, NULL, &services);
    SysFreeString(path);
    IWbemLocator_Release(locator);
  }
  if (SUCCEEDED(hr)) {
    hr = Ask(services, &count);
    IWbemServices_Release(services);
  }
  CoUninitialize();
  return SUCCEEDED(hr) && count == 1 ? 0 : 1;
}
