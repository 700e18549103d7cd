// Cancels an asynchronous query from another thread: when CancelAsyncCall returns, the sink has had its one final
// status and WMI holds no reference on it any more.
//
// Written as for Windows, and the same source compiles there:
//   here     g++ cancel.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 cancel.cc ole32.lib oleaut32.lib wbemuuid.lib
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

// Stops in its first Indicate until it is told to go on, as a sink does that waits for a disk or a user.
class SlowSink : public IWbemObjectSink {
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
    std::unique_lock<std::mutex> lock(mutex_);
    objects_ += count;
    inside_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return go_on_; });
    return WBEM_S_NO_ERROR;
  }

  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject*) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    ++finals_;
    result_ = result;
    return WBEM_S_NO_ERROR;
  }

  bool WaitUntilInside() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return inside_; });
  }
  void GoOn() {
    std::lock_guard<std::mutex> lock(mutex_);
    go_on_ = true;
    changed_.notify_all();
  }

  ULONG references() const { return references_; }
  int finals() const { return finals_; }
  HRESULT result() const { return result_; }
  long objects() const { return objects_; }

  virtual ~SlowSink() = default;

 private:
  std::atomic<ULONG> references_{1};
  std::atomic<int> finals_{0};
  std::atomic<HRESULT> result_{WBEM_S_NO_ERROR};
  std::atomic<long> objects_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool inside_ = false;
  bool go_on_ = false;
};

static HRESULT Run() {
  IWbemLocator* locator = nullptr;
  HRESULT hr = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                reinterpret_cast<void**>(&locator));
  if (FAILED(hr)) return hr;
  IWbemServices* services = nullptr;
  hr = locator->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  locator->Release();
  if (FAILED(hr)) return hr;

  SlowSink* sink = new SlowSink;
  hr = services->ExecQueryAsync(_bstr_t(L"WQL"), _bstr_t(L"SELECT Name FROM Win32_Process"), 0, nullptr, sink);
  if (SUCCEEDED(hr) && sink->WaitUntilInside()) {
    std::printf("The sink is inside Indicate with %ld object(s); cancelling.\n", sink->objects());
    // Lets the sink go on a moment after the cancellation has begun.
    std::thread letting_go([sink] {
      Sleep(50);
      sink->GoOn();
    });
    hr = services->CancelAsyncCall(sink);
    std::printf("CancelAsyncCall: 0x%08X. Final calls: %d, with 0x%08X. References left: %lu (ours).\n",
                static_cast<unsigned>(hr), sink->finals(), static_cast<unsigned>(sink->result()),
                static_cast<unsigned long>(sink->references()));
    // The call has ended, so the sink is unknown now; asking again is harmless.
    std::printf("Once more: 0x%08X.\n", static_cast<unsigned>(services->CancelAsyncCall(sink)));
    letting_go.join();
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
