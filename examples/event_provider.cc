// A provider of events in the program itself: it is registered, is loaded when somebody subscribes to its events, fires
// until nobody listens, and is let go. The program subscribes to it, and prints the first three events.
//
// Written as for Windows. There, providers run in a process of WMI's, so this one would go into a DLL; here they run in
// the program that asks, and one that is part of it needs no file of its own.
//   g++ event_provider.cc $(pkg-config --cflags --libs openwmi) -pthread
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

// {4C2F9B1E-7A60-4D0B-8E53-19D6A2C7F084}
static const CLSID kProviderClass = {0x4c2f9b1e, 0x7a60, 0x4d0b, {0x8e, 0x53, 0x19, 0xd6, 0xa2, 0xc7, 0xf0, 0x84}};

// What WMI has to know: the class of the events, who the provider is, and which events it sends.
static const char kRegistration[] = R"mof(
class Example_Tick : __ExtrinsicEvent { uint32 Number; };
instance of __Win32Provider as $provider { Name = "ExampleTicks"; CLSID = "{4C2F9B1E-7A60-4D0B-8E53-19D6A2C7F084}"; };
instance of __EventProviderRegistration { provider = $provider; EventQueryList = {"SELECT * FROM Example_Tick"}; };
)mof";

// --- The provider ----------------------------------------------------------------------------------------------------

class TickProvider : public IWbemProviderInit, public IWbemEventProvider {
 public:
  ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    if (id == IID_IUnknown || id == IID_IWbemProviderInit) *object = static_cast<IWbemProviderInit*>(this);
    if (id == IID_IWbemEventProvider) *object = static_cast<IWbemEventProvider*>(this);
    if (*object == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }

  // The namespace that it was registered in: what makes its events is read there.
  HRESULT STDMETHODCALLTYPE Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices* services, IWbemContext*,
                                       IWbemProviderInitSink* sink) override {
    const HRESULT read = services->GetObject(_bstr_t(L"Example_Tick"), 0, nullptr, &event_class_, nullptr);
    return sink->SetStatus(FAILED(read) ? static_cast<LONG>(WBEM_E_FAILED) : static_cast<LONG>(WBEM_S_INITIALIZED), 0);
  }

  // WMI lets go on a thread of its own, some time after the last subscription has ended.
  static bool WaitGone() {
    for (int i = 0; i < 1000 && alive_; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return !alive_;
  }

  // Called for the first subscription. Keep the sink, return, and fire from a thread of your own.
  HRESULT STDMETHODCALLTYPE ProvideEvents(IWbemObjectSink* sink, LONG) override {
    ticking_ = std::thread([event_class = event_class_, sink = IWbemObjectSinkPtr(sink), &stop = stop_] {
      for (long number = 1; !stop; ++number) {
        IWbemClassObjectPtr event;
        if (FAILED(event_class->SpawnInstance(0, &event))) return;
        _variant_t value(number, VT_I4);
        event->Put(L"Number", 0, &value, 0);
        IWbemClassObject* events[] = {event};
        if (FAILED(sink->Indicate(1, events))) return;  // nobody listens any more
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
    return WBEM_S_NO_ERROR;
  }

 private:
  // WMI has let go of it: the last subscription has ended.
  virtual ~TickProvider() {
    stop_ = true;
    if (ticking_.joinable()) ticking_.join();
    std::printf("The provider has been let go.\n");
    alive_ = false;
  }

  static std::atomic<bool> alive_;

  std::atomic<ULONG> references_{1};
  std::atomic<bool> stop_{false};
  IWbemClassObjectPtr event_class_;
  std::thread ticking_;
};

std::atomic<bool> TickProvider::alive_{true};

class TickFactory : public IClassFactory {
 public:
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }  // lives as long as the program
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = id == IID_IUnknown || id == IID_IClassFactory ? this : nullptr;
    return *object != nullptr ? S_OK : E_NOINTERFACE;
  }
  HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID id, void** object) override {
    if (outer != nullptr) return CLASS_E_NOAGGREGATION;
    TickProvider* const provider = new TickProvider;
    const HRESULT result = provider->QueryInterface(id, object);
    provider->Release();
    return result;
  }
  HRESULT STDMETHODCALLTYPE LockServer(BOOL) override { return S_OK; }
};

// --- The program -----------------------------------------------------------------------------------------------------

static void Check(HRESULT result, const char* what) {
  if (SUCCEEDED(result)) return;
  std::fprintf(stderr, "%s failed: 0x%08x\n", what, static_cast<unsigned>(result));
  std::exit(1);
}

static void Register(const wchar_t* name_space) {
  IMofCompilerPtr compiler;
  Check(CoCreateInstance(CLSID_MofCompiler, nullptr, CLSCTX_INPROC_SERVER, IID_IMofCompiler,
                         reinterpret_cast<void**>(&compiler)),
        "CoCreateInstance(MofCompiler)");
  std::string mof = kRegistration;
  std::wstring where = name_space;
  WBEM_COMPILE_STATUS_INFO info = {};
  const HRESULT result = compiler->CompileBuffer(static_cast<LONG>(mof.size()), reinterpret_cast<BYTE*>(&mof[0]),
                                                 &where[0], nullptr, nullptr, nullptr, 0, 0, 0, &info);
  Check(result == WBEM_S_NO_ERROR ? result : info.hRes, "compiling the registration");
}

// Takes away what Register stored.
static void Unregister(IWbemServices* services) {
  services->DeleteInstance(
      _bstr_t(L"__EventProviderRegistration.provider=\"__Win32Provider.Name=\\\"ExampleTicks\\\"\""), 0, nullptr,
      nullptr);
  services->DeleteInstance(_bstr_t(L"__Win32Provider.Name=\"ExampleTicks\""), 0, nullptr, nullptr);
  services->DeleteClass(_bstr_t(L"Example_Tick"), 0, nullptr, nullptr);
}

static void PrintThree(IWbemServices* services) {
  IEnumWbemClassObjectPtr events;
  Check(services->ExecNotificationQuery(_bstr_t(L"WQL"), _bstr_t(L"SELECT * FROM Example_Tick"),
                                        WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, nullptr, &events),
        "ExecNotificationQuery");
  for (int i = 0; i < 3; ++i) {
    IWbemClassObjectPtr event;
    ULONG returned = 0;
    Check(events->Next(10000, 1, &event, &returned), "Next");
    if (returned == 0) Check(WBEM_E_TIMED_OUT, "waiting for an event");
    _variant_t number;
    Check(event->Get(L"Number", 0, &number, nullptr, nullptr), "Get(Number)");
    std::printf("Tick %ld\n", static_cast<long>(number));
  }
  // Releasing the enumerator ends the subscription, and with the last one the provider.
}

int main() {
  Check(CoInitializeEx(nullptr, COINIT_MULTITHREADED), "CoInitializeEx");
  static TickFactory factory;
  DWORD cookie = 0;
  Check(CoRegisterClassObject(kProviderClass, &factory, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie),
        "CoRegisterClassObject");
  {
    IWbemLocatorPtr locator;
    Check(CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                           reinterpret_cast<void**>(&locator)),
          "CoCreateInstance(WbemLocator)");
    IWbemServicesPtr services;
    Check(locator->ConnectServer(_bstr_t(L"root\\default"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services),
          "ConnectServer");
    Register(L"root\\default");
    PrintThree(services);
    if (!TickProvider::WaitGone()) std::fprintf(stderr, "The provider is still held.\n");
    Unregister(services);
  }
  CoRevokeClassObject(cookie);
  CoUninitialize();
  return 0;
}
