// bench_first_answer NAMESPACE QUERY|CLASS: a program as users write them, against the shared library and the public
// headers alone. Connects, asks, and writes one byte to stdout when it has the first object. Without arguments it
// writes the byte at once: what a process costs that asks nothing.
#include <unistd.h>
#include <wbemidl.h>
#include <windows.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

int Fail(const char* step, HRESULT result) {
  std::fprintf(stderr, "bench_first_answer: %s failed: 0x%08X\n", step, static_cast<unsigned>(result));
  return 1;
}

int Answer() { return write(STDOUT_FILENO, "!", 1) == 1 ? 0 : 1; }

// BSTR of an argument. Nobody frees it: the process ends soon.
BSTR Text(const char* argument) {
  std::wstring wide;
  for (const char* next = argument; *next != '\0'; ++next) wide += static_cast<wchar_t>(*next);
  return SysAllocString(wide.c_str());
}

HRESULT FirstOf(IWbemServices* services, const char* query, IWbemClassObject** first) {
  IEnumWbemClassObject* objects = nullptr;
  HRESULT result = services->ExecQuery(Text("WQL"), Text(query), WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY,
                                       nullptr, &objects);
  if (FAILED(result)) return result;
  ULONG count = 0;
  result = objects->Next(WBEM_INFINITE, 1, first, &count);
  objects->Release();
  return result == WBEM_S_NO_ERROR && count != 1 ? WBEM_E_NOT_FOUND : result;
}

int Ask(const char* name_space, const char* what) {
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) return Fail("CoInitializeEx", result);
  IWbemLocator* locator = nullptr;
  result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                            reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Fail("CoCreateInstance", result);
  IWbemServices* services = nullptr;
  result = locator->ConnectServer(Text(name_space), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  if (FAILED(result)) return Fail("ConnectServer", result);
  IWbemClassObject* first = nullptr;
  const bool is_query = std::strchr(what, ' ') != nullptr;
  result = is_query ? FirstOf(services, what, &first) : services->GetObject(Text(what), 0, nullptr, &first, nullptr);
  if (result != WBEM_S_NO_ERROR) return Fail(is_query ? "the query" : "GetObject", result);
  const int answered = Answer();
  first->Release();
  services->Release();
  locator->Release();
  CoUninitialize();
  return answered;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return Answer();
  if (argc == 3) return Ask(argv[1], argv[2]);
  std::fprintf(stderr, "usage: bench_first_answer [NAMESPACE QUERY|CLASS]\n");
  return 2;
}
