// Who may have an event (contract 6.6): what a provider answers AccessCheck, what its sinks and its events say.
#include <algorithm>
#include <cstddef>
#include <optional>

#include "com_server.h"
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr CLSID kFiringClass = {0x1f7c05d2, 0x83be, 0x4e19, {0xa6, 0x40, 0x5b, 0x92, 0xe8, 0x0d, 0x3c, 0x77}};
constexpr wchar_t kFiringClassText[] = L"{1F7C05D2-83BE-4E19-A640-5B92E80D3C77}";
constexpr wchar_t kEvents[] = L"SELECT * FROM C_Event";

// ---- descriptors ----------------------------------------------------------------------------------------------------

using Bytes = std::vector<BYTE>;
constexpr BYTE kSubscribe = 0x40;  // WBEM_RIGHT_SUBSCRIBE
constexpr BYTE kPublish = 0x80;    // WBEM_RIGHT_PUBLISH

// Self-relative, owned by the Administrators, with one entry: `right` for everyone. MS-DTYP 2.4.6.
Bytes EveryoneHas(BYTE right) {
  const Bytes administrators = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
  const Bytes everyone = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
  Bytes bytes = {1, 0, 0x04, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 52, 0, 0, 0};
  for (int part = 0; part < 2; ++part) bytes.insert(bytes.end(), administrators.begin(), administrators.end());
  const Bytes list = {2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, right, 0, 0, 0};
  bytes.insert(bytes.end(), list.begin(), list.end());
  bytes.insert(bytes.end(), everyone.begin(), everyone.end());
  return bytes;
}

// ---- a provider of events -------------------------------------------------------------------------------------------

struct Inquiry {
  std::wstring query;
  long sid_length = -1;
  bool has_sid = true;
};

// What the provider answers and what it was given; outlives it. Safe from any thread.
struct Firing {
  std::atomic<bool> has_security = true;
  std::atomic<HRESULT> answer = WBEM_S_NO_ERROR;

  void Take(IWbemEventSink* given) {
    std::lock_guard lock(mutex);
    sink = given;
  }
  IWbemEventSinkPtr Sink() {
    std::lock_guard lock(mutex);
    return sink;
  }
  void Drop() {
    IWbemEventSinkPtr dropped;
    std::lock_guard lock(mutex);
    dropped.Attach(sink.Detach());
  }
  std::vector<Inquiry> Inquiries() {
    std::lock_guard lock(mutex);
    return inquiries;
  }

  std::mutex mutex;
  IWbemEventSinkPtr sink;
  std::vector<Inquiry> inquiries;
};

class FiringProvider final : public Counted<IWbemProviderInit, IWbemEventProvider, IWbemEventProviderSecurity> {
 public:
  explicit FiringProvider(std::shared_ptr<Firing> firing) : firing_(std::move(firing)) {}

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    *object = nullptr;
    if (riid == IID_IUnknown || riid == IID_IWbemProviderInit) *object = static_cast<IWbemProviderInit*>(this);
    if (riid == IID_IWbemEventProvider) *object = static_cast<IWbemEventProvider*>(this);
    if (riid == IID_IWbemEventProviderSecurity && firing_->has_security) {
      *object = static_cast<IWbemEventProviderSecurity*>(this);
    }
    if (*object == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices*, IWbemContext*,
                                       IWbemProviderInitSink* pInitSink) override {
    return pInitSink->SetStatus(WBEM_S_INITIALIZED, 0);
  }
  HRESULT STDMETHODCALLTYPE ProvideEvents(IWbemObjectSink* pSink, long) override {
    IWbemEventSinkPtr sink;
    if (FAILED(pSink->QueryInterface(IID_IWbemEventSink, reinterpret_cast<void**>(&sink)))) return WBEM_E_FAILED;
    firing_->Take(sink);
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE AccessCheck(WBEM_CWSTR, WBEM_CWSTR wszQuery, long lSidLength, const BYTE* pSid) override {
    std::lock_guard lock(firing_->mutex);
    firing_->inquiries.push_back({wszQuery, lSidLength, pSid != nullptr});
    return firing_->answer;
  }

 private:
  ~FiringProvider() override = default;

  const std::shared_ptr<Firing> firing_;
};

// ---- the provider registered, and somebody subscribed to it ---------------------------------------------------------

class Stage {
 public:
  explicit Stage(World& w) : world_(w) {
    const IWbemClassObjectPtr provider = w.NewInstance(L"__Win32Provider");
    SetText(provider, L"Name", L"Firing");
    SetText(provider, L"CLSID", kFiringClassText);
    EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(provider, 0, nullptr, nullptr));
    const IWbemClassObjectPtr registration = w.NewInstance(L"__EventProviderRegistration");
    SetText(registration, L"provider", L"__Win32Provider.Name=\"Firing\"");
    SAFEARRAY* const queries = SafeArrayCreateVector(VT_BSTR, 0, 1);
    LONG first = 0;
    _bstr_t query(kEvents);
    EXPECT_EQ(S_OK, SafeArrayPutElement(queries, &first, query.GetBSTR()));
    _variant_t list;
    V_VT(&list) = VT_ARRAY | VT_BSTR;
    V_ARRAY(&list) = queries;
    EXPECT_EQ(WBEM_S_NO_ERROR, registration->Put(L"EventQueryList", 0, &list, 0));
    EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(registration, 0, nullptr, nullptr));
  }
  ~Stage() {
    if (sink_) world_.services->CancelAsyncCall(sink_);
    firing_->Drop();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Firing& firing() { return *firing_; }
  SinkLog& log() { return *log_; }
  void Subscribe() {
    log_ = world_.NewLog();
    sink_ = world_.NewSink(log_);
    EXPECT_EQ(WBEM_S_NO_ERROR,
              world_.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(kEvents), 0, nullptr, sink_));
  }
  // Subscribed, and the provider fires to it: it was let in, and has been asked for events.
  void SubscribeAndFire() {
    Subscribe();
    const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
    while (!firing_->Sink() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_TRUE(firing_->Sink());
    EXPECT_EQ(WBEM_S_NO_ERROR, Fire(L"begin"));
    EXPECT_TRUE(Heard(L"begin"));
  }
  IWbemClassObjectPtr Event(const wchar_t* text, const std::optional<Bytes>& descriptor = std::nullopt) {
    const IWbemClassObjectPtr event = world_.NewInstance(L"C_Event");
    SetText(event, L"Text", text);
    if (!descriptor) return event;
    SAFEARRAY* const bytes = SafeArrayCreateVector(VT_UI1, 0, static_cast<ULONG>(descriptor->size()));
    for (LONG i = 0; i < static_cast<LONG>(descriptor->size()); ++i) {
      BYTE byte = (*descriptor)[static_cast<std::size_t>(i)];
      EXPECT_EQ(S_OK, SafeArrayPutElement(bytes, &i, &byte));
    }
    _variant_t value;
    V_VT(&value) = VT_ARRAY | VT_UI1;
    V_ARRAY(&value) = bytes;
    EXPECT_EQ(WBEM_S_NO_ERROR, event->Put(L"SECURITY_DESCRIPTOR", 0, &value, 0));
    return event;
  }
  HRESULT Fire(const wchar_t* text, const std::optional<Bytes>& descriptor = std::nullopt) {
    const IWbemClassObjectPtr event = Event(text, descriptor);
    IWbemClassObject* events[] = {event};
    return firing_->Sink()->Indicate(1, events);
  }
  // Waits for it.
  bool Heard(const wchar_t* text) {
    const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::vector<std::string> told = Told();
      if (std::find(told.begin(), told.end(), Narrow(text)) != told.end()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  // Events of one provider arrive in their order, so what is missing in front of the last will not come.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const IWbemClassObjectPtr& event : log_->Objects()) told.push_back(Text(event, L"Text"));
    return told;
  }

 private:
  World& world_;
  const std::shared_ptr<Firing> firing_ = std::make_shared<Firing>();
  const ServedClass<FiringProvider, std::shared_ptr<Firing>> served_{kFiringClass, firing_};
  SinkLogPtr log_;
  SinkPtr sink_;
};

using Names = std::vector<std::string>;

void FireOneOfEach(Stage& stage) {
  EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"for all", EveryoneHas(kSubscribe)));
  EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"for nobody", EveryoneHas(kPublish)));
  EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"end"));
  EXPECT_TRUE(stage.Heard(L"end"));
}

const Row kEventSecurityRows[] = {
    {"6.6", "AccessCheckOfAProgramHasNoSid",
     [](World& w) {
       Stage stage(w);
       stage.SubscribeAndFire();
       const std::vector<Inquiry> inquiries = stage.firing().Inquiries();
       ASSERT_EQ(1u, inquiries.size());
       EXPECT_EQ(kEvents, inquiries[0].query);
       EXPECT_EQ(0, inquiries[0].sid_length);
       EXPECT_FALSE(inquiries[0].has_sid);
     }},
    {"6.6", "ARefusalEndsTheSubscription",
     [](World& w) {
       Stage stage(w);
       stage.firing().answer = WBEM_E_ACCESS_DENIED;
       stage.Subscribe();
       ASSERT_TRUE(stage.log().WaitFinals());
       EXPECT_EQ(WBEM_E_ACCESS_DENIED, stage.log().Outcome());
       EXPECT_EQ(0u, stage.log().Batches());
     }},
    {"6.6", "EachEventSaysWhoMayHaveIt",
     [](World& w) {
       Stage stage(w);
       stage.firing().answer = WBEM_S_SUBJECT_TO_SDS;
       stage.SubscribeAndFire();
       FireOneOfEach(stage);
       EXPECT_EQ((Names{"begin", "for all", "end"}), stage.Told());
     }},
    {"6.6", "WhereNobodyIsAskedEventsSayItToo",
     [](World& w) {
       Stage stage(w);
       stage.firing().has_security = false;
       stage.SubscribeAndFire();
       FireOneOfEach(stage);
       EXPECT_EQ((Names{"begin", "for all", "end"}), stage.Told());
     }},
    {"6.6", "WhoWasLetInHasAll",
     [](World& w) {
       Stage stage(w);
       stage.SubscribeAndFire();
       FireOneOfEach(stage);
       EXPECT_EQ((Names{"begin", "for all", "for nobody", "end"}), stage.Told());
     }},
    {"6.6", "ASinkSaysItForAllOfItsEvents",
     [](World& w) {
       Stage stage(w);
       stage.SubscribeAndFire();
       const IWbemEventSinkPtr sink = stage.firing().Sink();
       Bytes closed = EveryoneHas(kPublish);
       EXPECT_EQ(WBEM_S_NO_ERROR, sink->SetSinkSecurity(static_cast<long>(closed.size()), closed.data()));
       EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"closed"));
       Bytes open = EveryoneHas(kSubscribe);
       EXPECT_EQ(WBEM_S_NO_ERROR, sink->SetSinkSecurity(static_cast<long>(open.size()), open.data()));
       EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"open"));
       EXPECT_TRUE(stage.Heard(L"open"));
       EXPECT_EQ((Names{"begin", "open"}), stage.Told());
     }},
    {"6.6", "ADescriptorThatIsNone",
     [](World& w) {
       Stage stage(w);
       stage.SubscribeAndFire();
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, stage.Fire(L"bad", Bytes{1, 2, 3}));
       EXPECT_EQ(WBEM_S_NO_ERROR, stage.Fire(L"end"));
       EXPECT_TRUE(stage.Heard(L"end"));
       EXPECT_EQ((Names{"begin", "end"}), stage.Told());
     }},
    {"6.6", "EventsOfProgramsSayItToo",
     [](World& w) {
       Stage stage(w);
       stage.SubscribeAndFire();
       IWbemObjectSinkPtr source;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->QueryObjectSink(0, &source));
       const IWbemClassObjectPtr hidden = stage.Event(L"for nobody", EveryoneHas(kPublish));
       const IWbemClassObjectPtr open = stage.Event(L"for all", EveryoneHas(kSubscribe));
       IWbemClassObject* events[] = {hidden, open};
       EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(2, events));
       EXPECT_TRUE(stage.Heard(L"for all"));
       EXPECT_EQ((Names{"begin", "for all"}), stage.Told());
     }},
};
WMI_ROWS(EventSecurityRows, kEventSecurityRows);

}  // namespace
}  // namespace wmi::conformance
