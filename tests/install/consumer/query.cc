// A program as people write it for Windows: asks for the operating system and prints its name.
#include <wbemidl.h>
#include <windows.h>

#include <cstdio>

static int Fail(const char* what, HRESULT result) {
  std::fprintf(stderr, "%s: 0x%08x\n", what, static_cast<unsigned>(result));
  return 1;
}

static int PrintCaptions(IEnumWbemClassObject* rows) {
  int count = 0;
  for (;;) {
    IWbemClassObject* row = nullptr;
    ULONG returned = 0;
    HRESULT result = rows->Next(WBEM_INFINITE, 1, &row, &returned);
    if (FAILED(result)) return Fail("Next", result);
    if (returned == 0) break;
    VARIANT value;
    VariantInit(&value);
    result = row->Get(L"Caption", 0, &value, nullptr, nullptr);
    row->Release();
    if (FAILED(result)) return Fail("Get", result);
    if (value.vt != VT_BSTR || SysStringLen(value.bstrVal) == 0) return Fail("Caption is no text", E_FAIL);
    std::printf("Caption has %u characters\n", static_cast<unsigned>(SysStringLen(value.bstrVal)));
    VariantClear(&value);
    ++count;
  }
  return count == 1 ? 0 : Fail("not exactly one operating system", E_FAIL);
}

static int Query(IWbemServices* services) {
  BSTR language = SysAllocString(L"WQL");
  BSTR query = SysAllocString(L"SELECT Caption FROM Win32_OperatingSystem");
  IEnumWbemClassObject* rows = nullptr;
  HRESULT result =
      services->ExecQuery(language, query, WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, &rows);
  SysFreeString(query);
  SysFreeString(language);
  if (FAILED(result)) return Fail("ExecQuery", result);
  int code = PrintCaptions(rows);
  rows->Release();
  return code;
}

static int Connect() {
  IWbemLocator* locator = nullptr;
  HRESULT result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                    reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Fail("CoCreateInstance", result);
  BSTR path = SysAllocString(L"ROOT\\CIMV2");
  IWbemServices* services = nullptr;
  result = locator->ConnectServer(path, nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  SysFreeString(path);
  locator->Release();
  if (FAILED(result)) return Fail("ConnectServer", result);
  int code = Query(services);
  services->Release();
  return code;
}

int main() {
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) return Fail("CoInitializeEx", result);
  int code = Connect();
  CoUninitialize();
  return code;
}
