// The whole product under load: ten thousand queries at once over the running machine, and cancellations in the middle.
#include <gtest/gtest.h>
#include <wbemidl.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

namespace {

#if defined(__SANITIZE_THREAD__)
constexpr int kCalls = 2'000;
#else
constexpr int kCalls = 10'000;
#endif

// What one sink saw; outlives it.
struct Seen {
  std::atomic<int> objects{0};
  std::atomic<int> finals{0};
  std::atomic<HRESULT> result{WBEM_S_PENDING};
  std::atomic<bool> late{false};
  std::atomic<bool> destroyed{false};
};

// Counts the sinks that are gone.
class Countdown {
 public:
  explicit Countdown(int count) : left_(count) {}
  void Done() {
    std::lock_guard lock(mutex_);
    if (--left_ == 0) changed_.notify_all();
  }
  bool Wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(240), [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_;
};

// Starts with a count of zero, as in the documentation: the library's Release destroys it.
class Sink final : public IWbemObjectSink {
 public:
  Sink(Seen& seen, Countdown& countdown) : seen_(seen), countdown_(countdown) {}
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    if (riid != IID_IUnknown && riid != IID_IWbemObjectSink) return E_NOINTERFACE;
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT STDMETHODCALLTYPE Indicate(LONG count, IWbemClassObject** objects) override {
    if (seen_.finals > 0) seen_.late = true;
    for (LONG i = 0; i < count; ++i) {
      VARIANT value;
      VariantInit(&value);
      if (FAILED(objects[i]->Get(L"Name", 0, &value, nullptr, nullptr)) || value.vt != VT_BSTR) return WBEM_E_FAILED;
      VariantClear(&value);
    }
    seen_.objects += static_cast<int>(count);
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE SetStatus(LONG flags, HRESULT result, BSTR, IWbemClassObject*) override {
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    ++seen_.finals;
    seen_.result = result;
    return WBEM_S_NO_ERROR;
  }

 private:
  ~Sink() {
    seen_.destroyed = true;
    countdown_.Done();
  }
  Seen& seen_;
  Countdown& countdown_;
  std::atomic<ULONG> count_{0};
};

class LibraryStress : public testing::Test {
 protected:
  void SetUp() override {
    CoInitializeEx(nullptr, COINIT_MULTITHREADED);
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                         EOAC_NONE, nullptr);
    IWbemLocator* locator = nullptr;
    ASSERT_EQ(S_OK, CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                     reinterpret_cast<void**>(&locator)));
    ASSERT_EQ(S_OK, locator->ConnectServer(const_cast<BSTR>(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr,
                                           nullptr, &services_));
    locator->Release();
  }
  void TearDown() override {
    if (services_ != nullptr) services_->Release();
    CoUninitialize();
  }
  HRESULT Start(const wchar_t* query, IWbemObjectSink* sink) {
    return services_->ExecQueryAsync(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(query), 0, nullptr, sink);
  }

  IWbemServices* services_ = nullptr;
};

TEST_F(LibraryStress, TenThousandQueriesAtOnceEndOnceEach) {
  Countdown countdown(kCalls);
  std::vector<std::unique_ptr<Seen>> all;
  for (int i = 0; i < kCalls; ++i) {
    all.push_back(std::make_unique<Seen>());
    // Every hundredth over all processes, the others over one.
    const wchar_t* query =
        i % 100 == 0 ? L"SELECT Name FROM Win32_Process" : L"SELECT Name FROM Win32_Process WHERE Handle = '1'";
    ASSERT_EQ(0, Start(query, new Sink(*all.back(), countdown)));
  }
  ASSERT_TRUE(countdown.Wait()) << "every sink is released";
  for (const auto& seen : all) {
    EXPECT_EQ(seen->finals, 1);
    EXPECT_EQ(seen->result, WBEM_S_NO_ERROR);
    EXPECT_GT(seen->objects, 0);
    EXPECT_FALSE(seen->late);
  }
}

TEST_F(LibraryStress, CancelledSinksAreGoneWhenCancelReturns) {
  const std::uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  constexpr int kCancels = 500;
  Countdown countdown(kCancels);
  std::vector<std::unique_ptr<Seen>> all;
  for (int i = 0; i < kCancels; ++i) {
    all.push_back(std::make_unique<Seen>());
    Seen& seen = *all.back();
    auto* sink = new Sink(seen, countdown);
    ASSERT_EQ(0, Start(L"SELECT * FROM Win32_Process", sink));
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 3000);
    while (std::chrono::steady_clock::now() < moment) {
    }
    // The sink may be gone by now; its pointer is only compared.
    const HRESULT cancelled = services_->CancelAsyncCall(sink);
    if (SUCCEEDED(cancelled)) {
      EXPECT_TRUE(seen.destroyed) << "cancel " << i;
    }
  }
  ASSERT_TRUE(countdown.Wait());
  for (const auto& seen : all) {
    EXPECT_EQ(seen->finals, 1);
    EXPECT_TRUE(SUCCEEDED(seen->result) || seen->result == WBEM_E_CALL_CANCELLED) << std::hex << seen->result;
    EXPECT_FALSE(seen->late);
  }
}

}  // namespace
