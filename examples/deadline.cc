// Gives calls a time limit: the value OPENWMI_TIMEOUT_MS in the context of the connection counts for each of its calls,
// over the call and everything that is read of it. A call that is over its time ends with WBEM_E_TIMED_OUT.
//
//   g++ deadline.cc $(pkg-config --cflags --libs openwmi)
//
// The source compiles on Windows, too; there the value means nothing and calls have no limit.
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>

// Takes 300 ms for each batch, which is more than the call is given.
class DawdlingSink : public IWbemObjectSink {
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
    if (id != IID_IUnknown && id != IID_IWbemObjectSink) return E_NOINTERFACE;
    *object = static_cast<IWbemObjectSink*>(this);
    AddRef();
    return S_OK;
  }

  HRESULT STDMETHODCALLTYPE Indicate(LONG count, IWbemClassObject**) override {
    objects_ += count;
    Sleep(300);
    return WBEM_S_NO_ERROR;
  }

  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject* error) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    std::lock_guard<std::mutex> lock(mutex_);
    _variant_t description;
    if (error != nullptr && SUCCEEDED(error->Get(L"Description", 0, &description, nullptr, nullptr)) &&
        description.vt == VT_BSTR) {
      message_ = static_cast<const char*>(_bstr_t(description.bstrVal));
    }
    result_ = result;
    done_ = true;
    changed_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  bool Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return done_; });
  }
  void Report() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::printf("Final status 0x%08X after %ld object(s).\n%s\n", static_cast<unsigned>(result_), objects_.load(),
                message_.c_str());
  }

  virtual ~DawdlingSink() = default;

 private:
  std::atomic<ULONG> references_{1};
  std::atomic<long> objects_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  HRESULT result_ = WBEM_S_NO_ERROR;
  std::string message_;
};

// A context with the limit in it.
static HRESULT MakeContext(long milliseconds, IWbemContext** context) {
  HRESULT hr = CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                reinterpret_cast<void**>(context));
  if (FAILED(hr)) return hr;
  _variant_t value(milliseconds);
  return (*context)->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &value);
}

static HRESULT Run() {
  IWbemContext* context = nullptr;
  HRESULT hr = MakeContext(100, &context);
  if (FAILED(hr)) return hr;
  IWbemLocator* locator = nullptr;
  hr = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                        reinterpret_cast<void**>(&locator));
  if (FAILED(hr)) return hr;
  IWbemServices* services = nullptr;
  hr = locator->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr, context, &services);
  locator->Release();
  context->Release();
  if (FAILED(hr)) return hr;

  DawdlingSink* sink = new DawdlingSink;
  hr = services->ExecQueryAsync(_bstr_t(L"WQL"), _bstr_t(L"SELECT Name FROM Win32_Process"), 0, nullptr, sink);
  if (SUCCEEDED(hr)) {
    if (sink->Wait()) sink->Report();
    services->CancelAsyncCall(sink);  // ended or not: the sink is ours alone when this returns
  }
  services->Release();
  sink->Release();
  return hr;
}

int main() {
  HRESULT hr = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(hr)) return 1;
  hr = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE,
                            nullptr, EOAC_NONE, nullptr);
  if (SUCCEEDED(hr)) hr = Run();
  CoUninitialize();
  if (FAILED(hr)) std::fprintf(stderr, "failed: 0x%08X\n", static_cast<unsigned>(hr));
  return FAILED(hr) ? 1 : 0;
}
