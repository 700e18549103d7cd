// Shows each process that starts on this machine, for some seconds or until Enter is pressed: an asynchronous
// subscription to events, with a stub between WMI and the sink.
//
// Written as for Windows, and the same source compiles there:
//   here     g++ watch_processes.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 watch_processes.cc ole32.lib oleaut32.lib wbemuuid.lib
//
// usage: watch_processes [SECONDS]     until Enter when left out
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

// What happens, to instances of a class. WITHIN is how many seconds may pass between two looks, if looking it takes.
static const wchar_t kQuery[] =
    L"SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'Win32_Process'";

// A property as text; "-" for NULL and for what is not there.
static std::string Text(IWbemClassObject* object, const wchar_t* name) {
  _variant_t value;
  if (FAILED(object->Get(name, 0, &value, nullptr, nullptr)) || value.vt == VT_NULL) return "-";
  if (FAILED(VariantChangeType(&value, &value, 0, VT_BSTR))) return "?";
  return static_cast<const char*>(_bstr_t(value.bstrVal));
}

// --- The sink: WMI calls it on its own threads, one call at a time --------------------------------------------------

class EventSink : public IWbemObjectSink {
 public:
  // IUnknown. The count begins at 1: the reference of whoever made the sink.
  ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    if (id != IID_IUnknown && id != IID_IWbemObjectSink) return E_NOINTERFACE;
    *object = static_cast<IWbemObjectSink*>(this);
    AddRef();
    return S_OK;
  }

  // Events, most often one. What happened is the class of the event; what it happened to is the object inside. Return
  // soon: while a sink is busy, its events wait in a queue that has an end.
  HRESULT STDMETHODCALLTYPE Indicate(LONG count, IWbemClassObject** events) override {
    for (LONG i = 0; i < count; ++i) {
      _variant_t target;
      IWbemClassObjectPtr process;
      if (FAILED(events[i]->Get(L"TargetInstance", 0, &target, nullptr, nullptr)) || target.vt != VT_UNKNOWN ||
          FAILED(target.punkVal->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(&process)))) {
        continue;
      }
      std::printf("%8s  %s  %s\n", Text(process, L"ProcessId").c_str(), Text(process, L"Name").c_str(),
                  Text(process, L"CommandLine").c_str());
      ++events_;
    }
    std::fflush(stdout);
    return WBEM_S_NO_ERROR;
  }

  // A subscription has no end of its own: the final status comes when it is cancelled or cannot go on.
  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject* error) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    std::lock_guard<std::mutex> lock(mutex_);
    if (error != nullptr) std::fprintf(stderr, "%s\n", Text(error, L"Description").c_str());
    if (result != WBEM_E_CALL_CANCELLED) std::fprintf(stderr, "The subscription has ended by itself; press Enter.\n");
    status_ = result;
    done_ = true;
    changed_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  // False when the time is over first.
  bool WaitForFinal(std::chrono::seconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return done_; });
  }
  HRESULT Status() {
    std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }
  long Events() const { return events_; }

 private:
  virtual ~EventSink() = default;  // by Release alone

  std::atomic<ULONG> references_{1};
  std::atomic<long> events_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  HRESULT status_ = WBEM_S_NO_ERROR;
};

// --- The procedure --------------------------------------------------------------------------------------------------

static HRESULT Failed(const char* step, HRESULT result) {
  std::fprintf(stderr, "%s failed: 0x%08X\n", step, static_cast<unsigned>(result));
  return result;
}

static HRESULT Connect(IWbemServicesPtr& services) {
  IWbemLocatorPtr locator;
  HRESULT result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                    reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Failed("CoCreateInstance(CLSID_WbemLocator)", result);
  result = locator->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  if (FAILED(result)) return Failed("ConnectServer", result);
  result = CoSetProxyBlanket(services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  return FAILED(result) ? Failed("CoSetProxyBlanket", result) : S_OK;
}

// What WMI calls in place of the sink, and passes its calls on.
static HRESULT MakeStub(IWbemObjectSink* sink, IWbemObjectSinkPtr& stub) {
  IUnsecuredApartmentPtr apartment;
  HRESULT result = CoCreateInstance(CLSID_UnsecuredApartment, nullptr, CLSCTX_LOCAL_SERVER, IID_IUnsecuredApartment,
                                    reinterpret_cast<void**>(&apartment));
  if (FAILED(result)) return Failed("CoCreateInstance(CLSID_UnsecuredApartment)", result);
  IUnknownPtr object;
  result = apartment->CreateObjectStub(sink, &object);
  if (FAILED(result)) return Failed("CreateObjectStub", result);
  result = object->QueryInterface(IID_IWbemObjectSink, reinterpret_cast<void**>(&stub));
  return FAILED(result) ? Failed("QueryInterface", result) : S_OK;
}

// `seconds` 0: until Enter.
static HRESULT Watch(IWbemServices* services, EventSink* sink, IWbemObjectSink* stub, long seconds) {
  HRESULT result =
      services->ExecNotificationQueryAsync(_bstr_t(L"WQL"), _bstr_t(kQuery), WBEM_FLAG_SEND_STATUS, nullptr, stub);
  if (FAILED(result)) return Failed("ExecNotificationQueryAsync", result);  // the sink will not be called
  std::printf("%ls\n", kQuery);
  if (seconds == 0) std::printf("Press Enter to end.\n");
  std::fflush(stdout);

  // The events come on other threads; this one is free.
  if (seconds == 0) {
    std::getchar();
  } else {
    sink->WaitForFinal(std::chrono::seconds(seconds));
  }

  // By the stub, which is what the call was given. An error says that the subscription has ended already.
  services->CancelAsyncCall(stub);
  if (!sink->WaitForFinal(std::chrono::seconds(30))) return Failed("CancelAsyncCall", WBEM_E_TIMED_OUT);
  result = sink->Status();
  std::printf("%ld processes have started. Final status 0x%08X.\n", sink->Events(), static_cast<unsigned>(result));
  return result == WBEM_E_CALL_CANCELLED ? S_OK : result;
}

static HRESULT Run(long seconds) {
  HRESULT result = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                        RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr);
  if (FAILED(result)) return Failed("CoInitializeSecurity", result);
  IWbemServicesPtr services;
  result = Connect(services);
  if (FAILED(result)) return result;

  EventSink* sink = new EventSink;
  IWbemObjectSinkPtr stub;
  result = MakeStub(sink, stub);
  if (SUCCEEDED(result)) result = Watch(services, sink, stub, seconds);
  stub = nullptr;
  sink->Release();
  return result;
}

int main(int argument_count, char** arguments) {
  const long seconds = argument_count > 1 ? std::atol(arguments[1]) : 0;
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) {
    Failed("CoInitializeEx", result);
    return 1;
  }
  result = Run(seconds);
  CoUninitialize();
  return FAILED(result) ? 1 : 0;
}
