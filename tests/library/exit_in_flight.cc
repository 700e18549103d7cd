// exit_in_flight CALLS quick|hung: starts so many asynchronous queries and returns from main without waiting,
// cancelling or releasing anything. Must end with 0, without a crash and without a hang.
#include <unistd.h>
#include <wbemidl.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace {

class Sink final : public IWbemObjectSink {
 public:
  explicit Sink(bool hangs) : hangs_(hangs) {}
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    if (riid != IID_IUnknown && riid != IID_IWbemObjectSink) return E_NOINTERFACE;
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
  ULONG STDMETHODCALLTYPE Release() override { return --count_; }
  HRESULT STDMETHODCALLTYPE Indicate(LONG, IWbemClassObject**) override {
    while (hangs_) pause();
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE SetStatus(LONG, HRESULT, BSTR, IWbemClassObject*) override { return WBEM_S_NO_ERROR; }

 private:
  const bool hangs_;
  std::atomic<ULONG> count_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  static Sink sink(std::strcmp(argv[2], "hung") == 0);
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                       EOAC_NONE, nullptr);
  static IWbemLocator* locator = nullptr;
  static IWbemServices* services = nullptr;
  if (FAILED(CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                              reinterpret_cast<void**>(&locator)))) {
    return 3;
  }
  BSTR name_space = SysAllocString(L"ROOT\\CIMV2");
  const HRESULT connected =
      locator->ConnectServer(name_space, nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  SysFreeString(name_space);
  if (FAILED(connected)) return 4;
  BSTR language = SysAllocString(L"WQL");
  BSTR query = SysAllocString(L"SELECT * FROM Win32_Process");
  for (int i = 0; i < std::atoi(argv[1]); ++i) {
    if (FAILED(services->ExecQueryAsync(language, query, 0, nullptr, &sink))) return 5;
  }
  SysFreeString(language);
  SysFreeString(query);
  return 0;
}
