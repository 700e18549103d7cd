// Shows how far an asynchronous call is: with WBEM_FLAG_SEND_STATUS the sink hears, between the batches, how many of
// how many are done, if the provider knows.
//
// Written as for Windows, and the same source compiles there:
//   here     g++ progress.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 progress.cc ole32.lib oleaut32.lib wbemuuid.lib
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>

class ProgressSink : public IWbemObjectSink {
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
    return WBEM_S_NO_ERROR;
  }

  // `flags` is one value, not a mask: progress, any number of times, then the end, once.
  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject*) override {
    if (flags == WBEM_STATUS_PROGRESS) {
      Draw(LOWORD(result), HIWORD(result));
      return WBEM_S_NO_ERROR;
    }
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    std::lock_guard<std::mutex> lock(mutex_);
    result_ = result;
    done_ = true;
    changed_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  bool Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return done_; });
  }
  HRESULT result() {
    std::lock_guard<std::mutex> lock(mutex_);
    return result_;
  }
  long objects() const { return objects_; }

  virtual ~ProgressSink() = default;

 private:
  static void Draw(unsigned done, unsigned total) {
    const unsigned width = 40;
    const unsigned filled = total == 0 ? width : done * width / total;
    std::printf("[%s%s] %u of %u\n", std::string(filled, '#').c_str(), std::string(width - filled, '.').c_str(), done,
                total);
  }

  std::atomic<ULONG> references_{1};
  std::atomic<long> objects_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  HRESULT result_ = WBEM_S_NO_ERROR;
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

  ProgressSink* sink = new ProgressSink;
  hr = services->CreateInstanceEnumAsync(_bstr_t(L"Win32_Process"), WBEM_FLAG_SEND_STATUS, nullptr, sink);
  if (SUCCEEDED(hr)) {
    if (!sink->Wait()) services->CancelAsyncCall(sink);
    hr = sink->result();
    std::printf("Final status 0x%08X after %ld processes.\n", static_cast<unsigned>(hr), sink->objects());
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
