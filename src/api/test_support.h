// Test doubles of the api: an engine with a small schema and a scripted provider, and a sink that remembers.
#pragma once

#include <gtest/gtest.h>
#include <objbase.h>
#include <oleauto.h>
#include <wbemcli.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/class_object.h"
#include "api/object_batch.h"
#include "api/services.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"
#include "com/bstr.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/security.h"
#include "engine/engine.h"

namespace wmi::api {

inline constexpr auto kWaitMax = std::chrono::seconds(60);

// An input string as programs write it: a literal cast to BSTR, without a length in front of it (checklist 23).
inline BSTR Literal(const wchar_t* text) { return const_cast<BSTR>(text); }

// Something that happens once and can be waited for. A handle: who still waits keeps the state when the test has ended,
// as the provider of a call does that timed out.
class Signal {
 public:
  void Set() const {
    MutexLock lock(state_->mutex);
    state_->set = true;
    state_->changed.NotifyAll();
  }
  bool Wait(Duration at_most = kWaitMax) const {
    const std::shared_ptr<State> state = state_;
    const TimePoint deadline = SteadyClock().Now() + at_most;
    MutexLock lock(state->mutex);
    while (!state->set) {
      if (!state->changed.WaitUntil(lock, deadline)) return state->set;
    }
    return true;
  }
  bool IsSet() const {
    MutexLock lock(state_->mutex);
    return state_->set;
  }

 private:
  struct State {
    Mutex mutex;
    CondVar changed;
    bool set WMI_GUARDED_BY(mutex) = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// ---- engine ---------------------------------------------------------------------------------------------------------

inline constexpr char kTestMof[] = R"(
Qualifier Key : ToInstance ToSubClass DisableOverride;
Qualifier Description : ToSubClass Amended;
Qualifier Units : ToInstance ToSubClass;
Qualifier Id : ToSubClass DisableOverride;
Qualifier In : ToSubClass;
Qualifier Out : ToSubClass;
Qualifier Dynamic : ToInstance;
Qualifier Provider : ToInstance;
Qualifier Singleton : ToInstance ToSubClass DisableOverride;

[abstract] class T_Base {
  [key] string Id;
  [Units("pieces"), Description("How many.")] uint32 Count = 7;
  [Description("Sets it back.")] uint32 Reset([in, id(0)] uint32 Level, [out, id(1)] string Report);
  void Nothing();
};
class T_Part { string Name; };
[dynamic, provider("Scripted")] class T_Item : T_Base {
  string Label;
  uint64 Big;
  T_Base ref Parent;
  uint32 Probe([out, id(0)] boolean Answer);
};
[dynamic, provider("Scripted")] class T_Sub : T_Item {
  [Units("boxes")] uint32 Count = 9;
  string Extra;
};
[dynamic, provider("Scripted")] class T_Pair { [key] string B; [key] sint32 A; string Text; };
[dynamic, provider("Scripted"), singleton] class T_One { string Name; };
[dynamic, provider("Missing")] class T_Orphan { [key] string Id; };
)";

// What the provider of T_Item does; T_Sub has no instances, T_Pair one (B="x", A=1), T_One one.
struct Script {
  std::atomic<std::uint64_t> items = 3;
  // Called before each row; a failure ends the stream.
  std::function<Status(std::uint64_t row, const provider::Request& request)> before_row;
  bool denies_label = false;
  provider::Blocking blocking = provider::Blocking::kNever;
  std::atomic<std::uint64_t> rows_read = 0;
  std::atomic<int> streams_alive = 0;
};

class ScriptedProvider final : public provider::InstanceProvider {
 public:
  explicit ScriptedProvider(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  provider::Blocking blocking() const override { return script_->blocking; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>(script_, request));
  }

 private:
  class Stream final : public provider::InstanceStream {
   public:
    Stream(std::shared_ptr<Script> script, const provider::Request& request)
        : script_(std::move(script)), request_(request) {
      ++script_->streams_alive;
      if (request.schema->name() == "T_Item") total_ = script_->items;
      if (request.schema->name() == "T_Sub") total_ = 0;
    }
    ~Stream() override { --script_->streams_alive; }

    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      while (next_ < total_) {
        if (writer.full()) return provider::ReadState::kMore;
        if (script_->before_row) TRY(script_->before_row(next_, request_));
        Write(writer, next_++);
        ++script_->rows_read;
      }
      return provider::ReadState::kEnd;
    }

   private:
    void Write(provider::RowWriter& writer, std::uint64_t row) {
      const std::string id = std::to_string(row);
      if (request_.has_keys && request_.schema->name() == "T_Item" && !IsWanted(id)) return;
      writer.Begin();
      const auto set_text = [&](const char* property, std::string_view text) {
        if (const auto slot = request_.schema->FindSlot(property)) writer.SetText(*slot, text);
      };
      set_text("Id", id);
      set_text("Label", "item " + id);
      set_text("B", "x");
      set_text("Name", "the one");
      if (const auto slot = request_.schema->FindSlot("A")) writer.SetSigned(*slot, 1);
      if (const auto slot = request_.schema->FindSlot("Big")) writer.SetUnsigned(*slot, ~std::uint64_t{0} - row);
      if (script_->denies_label) writer.SetDenied(*request_.schema->FindSlot("Label"));
      writer.Commit();
    }
    bool IsWanted(const std::string& id) const {
      for (const provider::KeyTuple& key : request_.keys) {
        if (key.front().view().text() == id) return true;
      }
      return false;
    }

    const std::shared_ptr<Script> script_;
    const provider::Request& request_;
    std::uint64_t total_ = 1;
    std::uint64_t next_ = 0;
  };

  const std::shared_ptr<Script> script_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// ---- sink -----------------------------------------------------------------------------------------------------------

// What a sink saw; outlives it. Safe from several threads.
struct SinkLog {
  struct Final {
    HRESULT code;
    com::ComPtr<IWbemClassObject> error;
    bool has_text;
    std::string text;  // strParam
  };

  Mutex mutex;
  CondVar changed;
  std::vector<com::ComPtr<IWbemClassObject>> objects WMI_GUARDED_BY(mutex);
  std::vector<long> batches WMI_GUARDED_BY(mutex);
  std::vector<std::pair<long, HRESULT>> progress WMI_GUARDED_BY(mutex);
  std::vector<Final> finals WMI_GUARDED_BY(mutex);
  std::atomic<int> inside = 0;
  std::atomic<int> alive = 0;  // sinks
  std::atomic<ULONG> references = 0;
  std::atomic<bool> overlapped = false;  // two callbacks at one time: breaks R2
  std::atomic<bool> late = false;        // a callback after the final one: breaks R5

  template <typename Condition>
  bool WaitFor(Condition condition) {
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    MutexLock lock(mutex);
    while (!condition()) {
      if (!changed.WaitUntil(lock, deadline)) return condition();
    }
    return true;
  }
  bool WaitFinals(std::size_t count = 1) {
    return WaitFor([&]() WMI_NO_THREAD_SAFETY_ANALYSIS { return finals.size() >= count; });
  }
  // The sink is gone, or nobody but the test holds it.
  bool WaitReferences(ULONG count) {
    return WaitFor([&] { return references.load() == count; });
  }
  std::size_t Objects() {
    MutexLock lock(mutex);
    return objects.size();
  }
  std::size_t Batches() {
    MutexLock lock(mutex);
    return batches.size();
  }
  std::size_t Finals() {
    MutexLock lock(mutex);
    return finals.size();
  }
  // Of the only final status.
  HRESULT Outcome() {
    MutexLock lock(mutex);
    return finals.size() == 1 ? finals.front().code : static_cast<HRESULT>(code::kPending);
  }
  com::ComPtr<IWbemClassObject> Error() {
    MutexLock lock(mutex);
    return finals.empty() ? nullptr : finals.front().error;
  }
};

// A sink whose count starts where the test wants it. What happens inside a callback is up to `on_indicate` and
// `on_status`, which may block, cancel, call back or throw.
class TestSink final : public IWbemObjectSink {
 public:
  explicit TestSink(std::shared_ptr<SinkLog> log, ULONG initial_count = 1)
      : log_(std::move(log)), count_(initial_count) {
    ++log_->alive;
    log_->references += initial_count;
  }

  std::function<HRESULT(long count, IWbemClassObject** objects)> on_indicate;
  std::function<HRESULT(long flags, HRESULT code)> on_status;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    if (riid != __uuidof(IUnknown) && riid != __uuidof(IWbemObjectSink)) {
      *object = nullptr;
      return E_NOINTERFACE;
    }
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override {
    ++log_->references;
    return ++count_;
  }
  ULONG Release() override {
    const std::shared_ptr<SinkLog> log = log_;
    const ULONG left = --count_;
    if (left == 0) delete this;
    MutexLock lock(log->mutex);
    --log->references;
    log->changed.NotifyAll();
    return left;
  }

  HRESULT Indicate(long lObjectCount, IWbemClassObject** apObjArray) override {
    const Visit visit(*log_);
    {
      MutexLock lock(log_->mutex);
      log_->batches.push_back(lObjectCount);
      for (long i = 0; i < lObjectCount; ++i) log_->objects.emplace_back(apObjArray[i]);
      log_->changed.NotifyAll();
    }
    return on_indicate ? on_indicate(lObjectCount, apObjArray) : WBEM_S_NO_ERROR;
  }

  HRESULT SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) override {
    const Visit visit(*log_);
    const HRESULT answer = on_status ? on_status(lFlags, hResult) : WBEM_S_NO_ERROR;
    MutexLock lock(log_->mutex);
    if (lFlags == WBEM_STATUS_COMPLETE) {
      log_->finals.push_back({hResult, com::ComPtr<IWbemClassObject>(pObjParam), strParam != nullptr,
                              strParam == nullptr ? std::string() : Utf8FromWide(strParam)});
    } else {
      log_->progress.emplace_back(lFlags, hResult);
    }
    log_->changed.NotifyAll();
    return answer;
  }

 private:
  // Watches over R2 and R5.
  struct Visit {
    explicit Visit(SinkLog& of) : log(of) {
      if (log.inside++ != 0) log.overlapped = true;
      if (log.Finals() != 0) log.late = true;
    }
    ~Visit() { --log.inside; }
    SinkLog& log;
  };

  ~TestSink() { --log_->alive; }

  const std::shared_ptr<SinkLog> log_;
  std::atomic<ULONG> count_;
};

// ---- fixture --------------------------------------------------------------------------------------------------------

// An engine with the namespace ROOT\test, and a connection to it. At the end everything must be gone.
class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    live_before_ = com::LiveObjects();
    com::ResetProcessSecurityForTest();
    ASSERT_EQ(S_OK, CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                         RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr));
    engine::Engine::Options options;
    options.server = "TESTHOST";
    options.executor_threads = 2;
    engine_ = std::make_unique<engine::Engine>(std::move(options));
    engine_->catalogue().SetSystemClasses({"system.mof", ReadFile(std::string(WMI_SOURCE_DIR) + "/schema/system.mof")});
    const Status added = engine_->catalogue().AddNamespace("ROOT\\test");
    ASSERT_TRUE(added.ok()) << added.Message();
    const Status compiled = engine_->catalogue().Compile({"test.mof", kTestMof}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    for (const char* name : {"T_Item", "T_Sub", "T_Pair", "T_One"}) {
      engine_->providers().Register(name, std::make_unique<ScriptedProvider>(script_));
    }
    Result<engine::SessionPtr> session = engine_->Connect("root\\TEST");
    ASSERT_TRUE(session.ok());
    session_ = session.value();
    services_ = com::MakeCom<Services>(session_);
  }

  void TearDown() override {
    services_.Reset();
    session_.reset();
    engine_.reset();
    SetErrorInfo(0, nullptr);
    EXPECT_EQ(0, script_->streams_alive);
    EXPECT_EQ(live_before_, com::LiveObjects()) << "COM objects leaked";
  }

  com::ComPtr<IWbemClassObject> ClassOf(const char* name) {
    return MakeClassObject(cim::Object(session_->name_space()->FindClass(name)));
  }
  com::ComPtr<IWbemClassObject> GetOne(const wchar_t* path) {
    com::ComPtr<IWbemClassObject> object;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(path), 0, nullptr, object.Receive(), nullptr));
    return object;
  }
  com::ComPtr<IEnumWbemClassObject> Query(const wchar_t* query, long flags = 0) {
    com::ComPtr<IEnumWbemClassObject> result;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->ExecQuery(Literal(L"WQL"), Literal(query), flags, nullptr, result.Receive()));
    return result;
  }
  HRESULT QueryAsync(const wchar_t* query, IWbemObjectSink* sink, long flags = 0) {
    return services_->ExecQueryAsync(Literal(L"WQL"), Literal(query), flags, nullptr, sink);
  }

  const std::shared_ptr<Script> script_ = std::make_shared<Script>();
  std::unique_ptr<engine::Engine> engine_;
  engine::SessionPtr session_;
  com::ComPtr<Services> services_;

 private:
  std::size_t live_before_ = 0;
};

// ---- reading --------------------------------------------------------------------------------------------------------

// A VARIANT that starts with garbage, as programs pass it, and is cleared at the end.
class TestVariant {
 public:
  TestVariant() { std::memset(static_cast<void*>(&value), 0xEE, sizeof value); }
  ~TestVariant() {
    if (value.vt != 0xEEEE) VariantClear(&value);
  }
  TestVariant(const TestVariant&) = delete;
  TestVariant& operator=(const TestVariant&) = delete;
  bool IsUntouched() const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
    return std::all_of(bytes, bytes + sizeof value, [](unsigned char byte) { return byte == 0xEE; });
  }
  VARIANT value;
};

inline std::string Utf8(const wchar_t* text) { return text == nullptr ? std::string("(null)") : Utf8FromWide(text); }

inline std::string TakeBstr(BSTR text) {
  std::string result = Utf8(text);
  SysFreeString(text);
  return result;
}

// The property as text: strings as they are, numbers in decimal, NULL as "(null)", what cannot be read as its code.
inline std::string PropertyText(IWbemClassObject* object, const wchar_t* name) {
  TestVariant value;
  const HRESULT hr = object->Get(name, 0, &value.value, nullptr, nullptr);
  if (FAILED(hr)) return std::string(CodeName(hr));
  switch (value.value.vt) {
    case VT_NULL:
      return "(null)";
    case VT_BSTR:
      return Utf8(value.value.bstrVal);
    case VT_BOOL:
      return value.value.boolVal != VARIANT_FALSE ? "TRUE" : "FALSE";
    case VT_I4:
      return std::to_string(value.value.lVal);
    default:
      return "vt " + std::to_string(value.value.vt);
  }
}

// The strings of an array, separated by blanks; the array is destroyed.
inline std::string TakeNames(SAFEARRAY* names) {
  std::string result;
  LONG upper = -1;
  if (names == nullptr || FAILED(SafeArrayGetUBound(names, 1, &upper))) return "(no array)";
  for (LONG i = 0; i <= upper; ++i) {
    BSTR name = nullptr;
    EXPECT_EQ(S_OK, SafeArrayGetElement(names, &i, &name));
    if (i > 0) result += ' ';
    result += TakeBstr(name);
  }
  SafeArrayDestroy(names);
  return result;
}

// The __ExtendedStatus that the last failing call of this thread left; null if it left none.
inline com::ComPtr<IWbemClassObject> TakeErrorObject() {
  com::ComPtr<IErrorInfo> info;
  if (GetErrorInfo(0, info.Receive()) != S_OK) return nullptr;
  return info.As<IWbemClassObject>();
}

}  // namespace wmi::api
