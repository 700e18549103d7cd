// Lists the processes of this machine with an asynchronous query: the whole procedure, from CoInitializeEx to
// CoUninitialize.
//
// Written as for Windows, and the same source compiles there:
//   here     g++ async_query.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 async_query.cc ole32.lib oleaut32.lib wbemuuid.lib
//
// usage: async_query [SECONDS]     SECONDS is what the call may take, 30 when left out; 0 cancels it at once
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

using Clock = std::chrono::steady_clock;

static const wchar_t kNamespace[] = L"ROOT\\CIMV2";
static const wchar_t kQuery[] = L"SELECT ProcessId, ThreadCount, WorkingSetSize, Name FROM Win32_Process";

static double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A property as text; "-" for NULL and for what is not there. Numbers are converted, 64-bit ones are text already.
static std::string Text(IWbemClassObject* object, const wchar_t* name) {
  _variant_t value;
  if (FAILED(object->Get(name, 0, &value, nullptr, nullptr)) || value.vt == VT_NULL) return "-";
  if (FAILED(VariantChangeType(&value, &value, 0, VT_BSTR))) return "?";
  return static_cast<const char*>(_bstr_t(value.bstrVal));
}

static std::string Megabytes(const std::string& bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", std::strtod(bytes.c_str(), nullptr) / 1e6);
  return bytes == "-" ? bytes : text;
}

// The codes that this program meets; <wbemcli.h> has them all.
static std::string StatusName(HRESULT status) {
  switch (status) {
    case WBEM_S_NO_ERROR:
      return "WBEM_S_NO_ERROR";
    case WBEM_S_PARTIAL_RESULTS:
      return "WBEM_S_PARTIAL_RESULTS";
    case WBEM_E_CALL_CANCELLED:
      return "WBEM_E_CALL_CANCELLED";
    case WBEM_E_ACCESS_DENIED:
      return "WBEM_E_ACCESS_DENIED";
    case WBEM_E_INVALID_CLASS:
      return "WBEM_E_INVALID_CLASS";
    case WBEM_E_INVALID_QUERY:
      return "WBEM_E_INVALID_QUERY";
    default:
      char text[16];
      std::snprintf(text, sizeof text, "0x%08X", static_cast<unsigned>(status));
      return text;
  }
}

// --- The sink: what WMI calls, on its own threads, while main() does other work -------------------------------------

class ProcessSink : public IWbemObjectSink {
 public:
  explicit ProcessSink(Clock::time_point start) : start_(start) {}

  // IUnknown. The count begins at 1: the reference of whoever made the sink. WMI holds its own while the call runs.
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

  // A batch. The objects belong to WMI: whoever wants to keep one calls AddRef on it. An error as the return value
  // would cancel the call.
  HRESULT STDMETHODCALLTYPE Indicate(LONG count, IWbemClassObject** objects) override {
    if (batches_ == 0) std::printf("\n%8s %8s %10s  %s\n", "PID", "THREADS", "MEMORY/MB", "NAME");
    for (LONG i = 0; i < count; ++i) {
      const std::string memory = Megabytes(Text(objects[i], L"WorkingSetSize"));
      std::printf("%8s %8s %10s  %s\n", Text(objects[i], L"ProcessId").c_str(),
                  Text(objects[i], L"ThreadCount").c_str(), memory.c_str(), Text(objects[i], L"Name").c_str());
    }
    rows_ += count;
    ++batches_;
    std::printf("-- batch %d: %ld more, %ld in all, after %.1f ms\n", batches_, static_cast<long>(count), rows_,
                MillisecondsSince(start_));
    return WBEM_S_NO_ERROR;
  }

  // Progress, any number of times, because the call asked for it with WBEM_FLAG_SEND_STATUS; then, exactly once and
  // after the last batch, the outcome.
  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject* error) override {
    if (flags == WBEM_STATUS_PROGRESS) {
      std::printf("-- progress: %u of %u\n", static_cast<unsigned>(LOWORD(result)),
                  static_cast<unsigned>(HIWORD(result)));
    }
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    std::lock_guard<std::mutex> lock(mutex_);
    if (error != nullptr) message_ = Text(error, L"Description");
    status_ = result;
    took_ms_ = MillisecondsSince(start_);
    done_ = true;
    done_event_.notify_all();
    return WBEM_S_NO_ERROR;
  }

  bool Done() {
    std::lock_guard<std::mutex> lock(mutex_);
    return done_;
  }

  // False when the deadline passes first.
  bool WaitUntil(Clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    return done_event_.wait_until(lock, deadline, [this] { return done_; });
  }

  // After the final status; the last lines of the output.
  HRESULT Report() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::printf("\nFinal status %s: %ld processes in %d batches, %.1f ms.\n", StatusName(status_).c_str(), rows_,
                batches_, took_ms_);
    if (!message_.empty()) std::printf("%s\n", message_.c_str());
    return status_;
  }

 private:
  virtual ~ProcessSink() = default;  // by Release alone

  std::atomic<ULONG> references_{1};
  const Clock::time_point start_;
  long rows_ = 0;    // only the callbacks touch these two until the call is done, and WMI makes one
  int batches_ = 0;  // callback of a call at a time
  std::mutex mutex_;
  std::condition_variable done_event_;
  bool done_ = false;
  HRESULT status_ = WBEM_S_NO_ERROR;
  std::string message_;
  double took_ms_ = 0;
};

// --- The procedure --------------------------------------------------------------------------------------------------

static HRESULT Failed(const char* step, HRESULT result) {
  std::fprintf(stderr, "%s failed: %s\n", step, StatusName(result).c_str());
  return result;
}

// Steps 3 to 5: the locator, the namespace, and the security of calls into it.
static HRESULT Connect(IWbemServicesPtr& services) {
  IWbemLocatorPtr locator;
  HRESULT result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                    reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Failed("CoCreateInstance", result);

  result = locator->ConnectServer(_bstr_t(kNamespace), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  if (FAILED(result)) return Failed("ConnectServer", result);

  result = CoSetProxyBlanket(services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  if (FAILED(result)) return Failed("CoSetProxyBlanket", result);
  return result;
}

// Work of main()'s own, in slices short enough to look up in between: counts prime numbers.
class OtherWork {
 public:
  void DoSlice() {
    for (int i = 0; i < 200; ++i, ++next_) primes_ += IsPrime(next_) ? 1 : 0;
  }
  void Report() const { std::printf("Main goes on meanwhile: %d primes below %d.\n", primes_, next_); }

 private:
  static bool IsPrime(int number) {
    for (int divisor = 2; divisor * divisor <= number; ++divisor) {
      if (number % divisor == 0) return false;
    }
    return number > 1;
  }

  int next_ = 0;
  int primes_ = 0;
};

// Steps 6 and 7: start the call, do other work, wait for the end, cancel if it does not come.
static HRESULT Query(IWbemServices* services, std::chrono::seconds patience) {
  const Clock::time_point start = Clock::now();
  ProcessSink* sink = new ProcessSink(start);
  HRESULT result = services->ExecQueryAsync(_bstr_t(L"WQL"), _bstr_t(kQuery), WBEM_FLAG_SEND_STATUS, nullptr, sink);
  if (FAILED(result)) {  // nothing was started, and the sink will not be called
    sink->Release();
    return Failed("ExecQueryAsync", result);
  }
  std::printf("%ls\nThe call runs: ExecQueryAsync was back after %.3f ms.\n", kQuery, MillisecondsSince(start));

  const Clock::time_point deadline = start + patience;
  OtherWork work;
  for (int slice = 0; slice < 20 && !sink->Done() && Clock::now() < deadline; ++slice) {
    work.DoSlice();
    if (slice % 5 == 0) work.Report();
  }

  if (!sink->WaitUntil(deadline)) {
    std::printf("-- no end in sight: cancelling\n");
    services->CancelAsyncCall(sink);  // when it returns, the sink has its final status and WMI has let go of it
  }
  result = sink->Report();
  sink->Release();
  return result == WBEM_E_CALL_CANCELLED ? S_OK : result;
}

static HRESULT Run(std::chrono::seconds patience) {
  // Step 2: the security of the process. Without it no asynchronous call is answered.
  const HRESULT result = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                              RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr);
  if (FAILED(result)) return Failed("CoInitializeSecurity", result);
  IWbemServicesPtr services;
  const HRESULT connected = Connect(services);
  return FAILED(connected) ? connected : Query(services, patience);
}

int main(int argument_count, char** arguments) {
  const std::chrono::seconds patience(argument_count > 1 ? std::atoi(arguments[1]) : 30);

  // Step 1: COM on this thread.
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) {
    Failed("CoInitializeEx", result);
    return 1;
  }
  result = Run(patience);  // everything that was made in there is released when it returns …
  CoUninitialize();        // … which must come first: step 8, clean up
  return FAILED(result) ? 1 : 0;
}
