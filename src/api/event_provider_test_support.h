// Test doubles for COM providers of events and of event consumers: one that does what a script says, its class factory,
// and the fixture that registers it.
#pragma once

#include <wbemprov.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/provider_test_support.h"

namespace wmi::api {

// What the provider does and what was done to it; outlives it.
struct FiringScript {
  // Without one: success.
  std::function<HRESULT(IWbemObjectSink* sink)> on_provide;
  std::function<HRESULT(unsigned long id)> on_new_query;
  std::function<HRESULT(const std::wstring& query, long sid_length, const BYTE* sid)> on_access_check;
  // Without one: no sink, E_NOTIMPL.
  std::function<HRESULT(IWbemClassObject* consumer, IWbemUnboundObjectSink** sink)> on_find;
  std::function<HRESULT(IWbemClassObject* consumer, long count, IWbemClassObject** events)> on_indicate;
  bool has_events = true;
  bool has_queries = true;
  bool has_security = false;
  bool has_consumers = false;
  bool has_unbound_sink = false;
  bool keeps_sink = true;
  std::atomic<int> created = 0;
  std::atomic<int> alive = 0;

  Mutex mutex;
  CondVar changed;
  std::vector<std::string> calls WMI_GUARDED_BY(mutex);
  std::vector<unsigned long> ids WMI_GUARDED_BY(mutex);  // of NewQuery
  com::ComPtr<IWbemEventSink> sink WMI_GUARDED_BY(mutex);

  void Note(std::string call) {
    MutexLock lock(mutex);
    calls.push_back(std::move(call));
    changed.NotifyAll();
  }
  std::vector<std::string> Calls() {
    MutexLock lock(mutex);
    return calls;
  }
  unsigned long IdAt(std::size_t place) {
    MutexLock lock(mutex);
    return ids.at(place);
  }
  com::ComPtr<IWbemEventSink> Sink() {
    MutexLock lock(mutex);
    return sink;
  }
  // For another life of the provider.
  void Forget() {
    MutexLock lock(mutex);
    calls.clear();
    ids.clear();
  }
  void DropSink() {
    com::ComPtr<IWbemEventSink> dropped;
    MutexLock lock(mutex);
    std::swap(dropped, sink);
    lock.Unlock();
  }
  template <typename Condition>
  bool WaitFor(Condition condition) {
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    MutexLock lock(mutex);
    while (!condition()) {
      if (!changed.WaitUntil(lock, deadline)) return condition();
    }
    return true;
  }
  bool WaitCalls(std::size_t count) {
    return WaitFor([&]() WMI_NO_THREAD_SAFETY_ANALYSIS { return calls.size() >= count; });
  }
  bool WaitGone() {
    return WaitFor([&] { return alive == 0; });
  }
};

class FiringProvider final
    : public com::ComObject<IWbemProviderInit, IWbemEventProvider, IWbemEventProviderQuerySink,
                            IWbemEventProviderSecurity, IWbemEventConsumerProvider, IWbemUnboundObjectSink> {
 public:
  explicit FiringProvider(std::shared_ptr<FiringScript> script) : script_(std::move(script)) {
    ++script_->created;
    ++script_->alive;
  }

  HRESULT Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices*, IWbemContext*,
                     IWbemProviderInitSink* sink) override {
    return sink->SetStatus(WBEM_S_INITIALIZED, 0);
  }
  HRESULT ProvideEvents(IWbemObjectSink* sink, long flags) override {
    EXPECT_EQ(0, flags);
    if (script_->keeps_sink) {
      com::ComPtr<IWbemEventSink> kept;
      EXPECT_EQ(S_OK, sink->QueryInterface(IID_IWbemEventSink, reinterpret_cast<void**>(kept.Receive())));
      MutexLock lock(script_->mutex);
      script_->sink = std::move(kept);
    }
    const HRESULT answer = script_->on_provide ? script_->on_provide(sink) : WBEM_S_NO_ERROR;
    script_->Note("ProvideEvents");
    return answer;
  }
  HRESULT NewQuery(unsigned long id, WBEM_WSTR language, WBEM_WSTR query) override {
    EXPECT_EQ("WQL", Utf8(language));
    {
      MutexLock lock(script_->mutex);
      script_->ids.push_back(id);
    }
    script_->Note("NewQuery " + Utf8(query));
    return script_->on_new_query ? script_->on_new_query(id) : WBEM_S_NO_ERROR;
  }
  HRESULT CancelQuery(unsigned long id) override {
    script_->Note("CancelQuery " + std::to_string(id));
    return WBEM_S_NO_ERROR;
  }
  HRESULT AccessCheck(WBEM_CWSTR language, WBEM_CWSTR query, long sid_length, const BYTE* sid) override {
    EXPECT_EQ("WQL", Utf8(language));
    script_->Note("AccessCheck");
    return script_->on_access_check ? script_->on_access_check(query, sid_length, sid) : WBEM_S_NO_ERROR;
  }
  HRESULT FindConsumer(IWbemClassObject* consumer, IWbemUnboundObjectSink** sink) override {
    script_->Note("FindConsumer");
    *sink = nullptr;
    return script_->on_find ? script_->on_find(consumer, sink) : E_NOTIMPL;
  }
  HRESULT IndicateToConsumer(IWbemClassObject* consumer, long count, IWbemClassObject** events) override {
    script_->Note("IndicateToConsumer");
    return script_->on_indicate ? script_->on_indicate(consumer, count, events) : WBEM_S_NO_ERROR;
  }

 protected:
  ~FiringProvider() override {
    const std::shared_ptr<FiringScript> script = script_;
    MutexLock lock(script->mutex);
    --script->alive;
    script->changed.NotifyAll();
  }
  void* Find(REFIID riid) override {
    if (riid == __uuidof(IWbemEventProvider) && !script_->has_events) return nullptr;
    if (riid == __uuidof(IWbemEventProviderQuerySink) && !script_->has_queries) return nullptr;
    if (riid == __uuidof(IWbemEventProviderSecurity) && !script_->has_security) return nullptr;
    if (riid == __uuidof(IWbemEventConsumerProvider) && !script_->has_consumers) return nullptr;
    if (riid == __uuidof(IWbemUnboundObjectSink) && !script_->has_unbound_sink) return nullptr;
    return ComObject::Find(riid);
  }

 private:
  const std::shared_ptr<FiringScript> script_;
};

class FiringFactory final : public com::ComObject<IClassFactory> {
 public:
  explicit FiringFactory(std::shared_ptr<FiringScript> script) : script_(std::move(script)) {}
  HRESULT CreateInstance(IUnknown*, REFIID riid, void** object) override {
    const com::ComPtr<FiringProvider> made = com::MakeCom<FiringProvider>(script_);
    return made->QueryInterface(riid, object);
  }
  HRESULT LockServer(BOOL) override { return S_OK; }

 private:
  const std::shared_ptr<FiringScript> script_;
};

inline constexpr CLSID kFiringClass = {0x6d3c2f84, 0x0b5e, 0x4c63, {0x9a, 0x27, 0x41, 0xd8, 0x3f, 0x70, 0xee, 0x12}};
inline constexpr char kFiringClassText[] = "{6D3C2F84-0B5E-4C63-9A27-41D83F70EE12}";

inline constexpr char kFiredMof[] = R"(
class E_Base : __ExtrinsicEvent { string Text; uint32 Number; };
class E_Special : E_Base { };
class E_Other : __ExtrinsicEvent { string Text; };
class E_Consumer : __EventConsumer { [key] string Name; };
)";

// ProviderTest with the provider `Firing`, whose registrations a test makes.
class FiringTest : public ProviderTest {
 protected:
  void SetUp() override {
    ProviderTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"fired.mof", kFiredMof}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    PutRow("__Win32Provider", {{"Name", cim::Value::Text("Firing")}, {"CLSID", cim::Value::Text(kFiringClassText)}});
    const com::ComPtr<FiringFactory> factory = com::MakeCom<FiringFactory>(firing_);
    ASSERT_EQ(S_OK, CoRegisterClassObject(kFiringClass, factory->Unknown(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE,
                                          &cookie_));
  }
  void TearDown() override {
    JoinThreads();
    firing_->DropSink();
    firing_->on_find = nullptr;
    firing_->on_indicate = nullptr;
    if (cookie_ != 0) CoRevokeClassObject(cookie_);
    ProviderTest::TearDown();
    EXPECT_EQ(0, firing_->alive);
  }

  static cim::Value Texts(const std::vector<std::string>& texts) {
    std::vector<cim::Value> values;
    for (const std::string& text : texts) values.push_back(cim::Value::Text(text));
    return cim::Value::Array(std::move(values));
  }
  void RegisterEvents(const std::vector<std::string>& queries, const std::string& provider = "Firing") {
    PutRow("__EventProviderRegistration", {{"provider", cim::Value::Text("__Win32Provider.Name=\"" + provider + "\"")},
                                           {"EventQueryList", Texts(queries)}});
  }

  const std::shared_ptr<FiringScript> firing_ = std::make_shared<FiringScript>();

 private:
  DWORD cookie_ = 0;
};

}  // namespace wmi::api
