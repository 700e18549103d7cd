// Two asynchronous calls at the same time, each with its own sink. Both print as their objects arrive, so that the
// output shows how the calls run side by side; within one call the batches come one after the other.
//
//   here     g++ overlapping_calls.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 overlapping_calls.cc ole32.lib oleaut32.lib wbemuuid.lib
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>

using Clock = std::chrono::steady_clock;

static const std::chrono::seconds kPatience(30);

static HRESULT Failed(const char* step, HRESULT result) {
  std::fprintf(stderr, "%s failed: 0x%08X\n", step, static_cast<unsigned>(result));
  return result;
}

static std::string Text(IWbemClassObject* object, const wchar_t* name) {
  _variant_t value;
  if (FAILED(object->Get(name, 0, &value, nullptr, nullptr)) || value.vt != VT_BSTR) return "-";
  return static_cast<const char*>(_bstr_t(value.bstrVal));
}

// What the two sinks share: the output, in which the left call has the left column and the right call the right one.
// Counts how often the lead changes from one call to the other.
class Score {
 public:
  void Line(int column, const std::string& text) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (last_column_ >= 0 && last_column_ != column) ++turns_;
    last_column_ = column;
    std::printf("%7.1f ms  %*s%s\n", std::chrono::duration<double, std::milli>(Clock::now() - start_).count(),
                column * 36, "", text.c_str());
  }
  int turns() {
    std::lock_guard<std::mutex> lock(mutex_);
    return turns_;
  }

 private:
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  int last_column_ = -1;
  int turns_ = 0;
};

// Nothing in a callback names its call, so every call gets a sink of its own.
class ColumnSink : public IWbemObjectSink {
 public:
  ColumnSink(Score& score, int column) : score_(score), column_(column) {}

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
    objects_ += count;
    std::string line = std::to_string(count) + (count == 1 ? " object: " : " objects: ") + Text(objects[0], L"Name");
    if (count > 1) line += " …";
    score_.Line(column_, line);
    return WBEM_S_NO_ERROR;
  }

  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject*) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    score_.Line(column_, "done, " + std::to_string(objects_) + " in all");
    std::lock_guard<std::mutex> lock(mutex_);
    status_ = result;
    done_ = true;
    done_event_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  // The final status, or cancels the call at the deadline.
  HRESULT Finish(IWbemServices* services, Clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!done_event_.wait_until(lock, deadline, [this] { return done_; })) {
      lock.unlock();  // the final status comes from inside CancelAsyncCall, and takes the lock
      services->CancelAsyncCall(this);
      lock.lock();
    }
    return status_;
  }

 private:
  virtual ~ColumnSink() = default;

  std::atomic<ULONG> references_{1};
  Score& score_;
  const int column_;
  long objects_ = 0;  // callbacks of one call never run at the same time
  std::mutex mutex_;
  std::condition_variable done_event_;
  bool done_ = false;
  HRESULT status_ = WBEM_S_NO_ERROR;
};

static HRESULT Start(IWbemServices* services, const wchar_t* query, ColumnSink* sink) {
  const HRESULT result = services->ExecQueryAsync(_bstr_t(L"WQL"), _bstr_t(query), 0, nullptr, sink);
  return FAILED(result) ? Failed("ExecQueryAsync", result) : result;
}

static HRESULT Overlap(IWbemServices* services) {
  Score score;
  ColumnSink* left = new ColumnSink(score, 0);
  ColumnSink* right = new ColumnSink(score, 1);
  HRESULT result = Start(services, L"SELECT Name, WorkingSetSize FROM Win32_Process", left);
  HRESULT other = Start(services, L"SELECT Name, ThreadCount FROM Win32_Process WHERE ThreadCount > 0", right);
  const Clock::time_point deadline = Clock::now() + kPatience;
  if (SUCCEEDED(result)) result = left->Finish(services, deadline);
  if (SUCCEEDED(other)) other = right->Finish(services, deadline);
  left->Release();
  right->Release();
  if (FAILED(result)) return Failed("the left call", result);
  if (FAILED(other)) return Failed("the right call", other);
  std::printf("\nBoth calls are done; the lead went from one to the other %d times.\n", score.turns());
  return S_OK;
}

static HRESULT Run() {
  HRESULT result = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                        RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr);
  if (FAILED(result)) return Failed("CoInitializeSecurity", result);
  IWbemLocatorPtr locator;
  result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                            reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Failed("CoCreateInstance", result);
  IWbemServicesPtr services;
  result = locator->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  if (FAILED(result)) return Failed("ConnectServer", result);
  result = CoSetProxyBlanket(services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  if (FAILED(result)) return Failed("CoSetProxyBlanket", result);
  return Overlap(services);
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
