// Puts a stub between WMI and a sink, so that only the account which called the sink first may call it back, and lists
// the logical disks of this machine through it. Then shows that a call is cancelled by its stub, not by the sink.
//
// Written as for Windows, and the same source compiles there:
//   here     g++ stub.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 stub.cc ole32.lib oleaut32.lib wbemuuid.lib
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

// --- The sink: an ordinary one, it knows nothing of the stub --------------------------------------------------------

class DiskSink : public IWbemObjectSink {
 public:
  // IUnknown. The count begins at 1: the reference of whoever made the sink. The stub holds its own.
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

  HRESULT STDMETHODCALLTYPE Indicate(LONG count, IWbemClassObject** objects) override {
    for (LONG i = 0; i < count; ++i) {
      _variant_t name;
      if (SUCCEEDED(objects[i]->Get(L"Name", 0, &name, nullptr, nullptr)) && name.vt == VT_BSTR) {
        std::printf("  %ls\n", name.bstrVal);
      }
    }
    rows_ += count;
    return WBEM_S_NO_ERROR;
  }

  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject*) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    std::lock_guard<std::mutex> lock(mutex_);
    status_ = result;
    ++finals_;
    changed_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  // Waits for the `number`-th final status; false after half a minute.
  bool WaitForFinal(int number) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return finals_ >= number; });
  }
  HRESULT Status() {
    std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }
  long Rows() const { return rows_; }

 private:
  virtual ~DiskSink() { std::printf("The sink is gone.\n"); }  // by Release alone

  std::atomic<ULONG> references_{1};
  std::atomic<long> rows_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  int finals_ = 0;
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

// The apartment is needed to make stubs and not after that: it is released here, the stub lives on.
static HRESULT MakeStub(IWbemObjectSink* sink, IWbemObjectSinkPtr& stub) {
  IWbemUnsecuredApartmentPtr apartment;
  HRESULT result = CoCreateInstance(CLSID_UnsecuredApartment, nullptr, CLSCTX_LOCAL_SERVER, IID_IWbemUnsecuredApartment,
                                    reinterpret_cast<void**>(&apartment));
  if (FAILED(result)) return Failed("CoCreateInstance(CLSID_UnsecuredApartment)", result);
  result = apartment->CreateSinkStub(sink, WBEM_FLAG_UNSECAPP_CHECK_ACCESS, nullptr, &stub);
  return FAILED(result) ? Failed("CreateSinkStub", result) : S_OK;
}

static HRESULT Query(IWbemServices* services, IWbemObjectSink* stub) {
  const HRESULT result =
      services->ExecQueryAsync(_bstr_t(L"WQL"), _bstr_t(L"SELECT Name FROM Win32_LogicalDisk"), 0, nullptr, stub);
  return FAILED(result) ? Failed("ExecQueryAsync", result) : S_OK;
}

static HRESULT Run() {
  HRESULT result = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                        RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr);
  if (FAILED(result)) return Failed("CoInitializeSecurity", result);
  IWbemServicesPtr services;
  result = Connect(services);
  if (FAILED(result)) return result;

  DiskSink* sink = new DiskSink;
  IWbemObjectSinkPtr stub;
  result = MakeStub(sink, stub);

  // The stub goes where a sink goes.
  if (SUCCEEDED(result)) result = Query(services, stub);
  if (SUCCEEDED(result)) {
    result = sink->WaitForFinal(1) ? sink->Status() : static_cast<HRESULT>(WBEM_E_TIMED_OUT);
    std::printf("%ld logical disks came through the stub.\n", sink->Rows());
  }

  // A stub may be used again. To cancel, name what the call was given: the stub.
  if (SUCCEEDED(result)) result = Query(services, stub);
  if (SUCCEEDED(result)) {
    std::printf("Cancelling with the sink: %s.\n", FAILED(services->CancelAsyncCall(sink)) ? "unknown" : "done");
    services->CancelAsyncCall(stub);  // finds nothing if the call was faster
    if (!sink->WaitForFinal(2)) result = WBEM_E_TIMED_OUT;
    std::printf("With the stub: the call has ended.\n");
  }

  // Any order will do.
  services = nullptr;
  sink->Release();
  stub = nullptr;  // the last owner of the sink
  return result;
}

int main() {
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) {
    Failed("CoInitializeEx", result);
    return 1;
  }
  result = Run();
  CoUninitialize();
  return FAILED(result) ? 1 : 0;
}
