// Permanent subscriptions (contract 6.4, 6.5): what is stored runs while somebody hosts it. Consumers are COM objects
// of this program, or those that are built in. Hosting is no part of the contract, so its interface is the product's
// own.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "api/host_tool.h"
#include "com_server.h"
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr CLSID kDeskClass = {0x8e51c7f0, 0x2d6a, 0x4b34, {0x91, 0x0c, 0x67, 0xf2, 0x3b, 0xa8, 0x5d, 0x19}};
using Names = std::vector<std::string>;

template <typename Condition>
bool Await(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// ---- a provider that consumes events, and sends them when it is registered for that ---------------------------------

// What it was told and what it answers; outlives it. Safe from any thread.
struct Desk {
  std::mutex mutex;
  Names told;                   // "consumer: text"
  std::vector<BYTE> asked_for;  // the SID of AccessCheck
  IWbemEventSinkPtr sink;
  std::atomic<HRESULT> answer = WBEM_S_NO_ERROR;  // of IndicateToConsumer
  std::function<void()> on_event;                 // before it is noted; set before there are any
  std::atomic<int> sinks = 0;                     // that live

  Names Told() {
    std::lock_guard lock(mutex);
    return told;
  }
  std::size_t Count() {
    std::lock_guard lock(mutex);
    return told.size();
  }
  std::vector<BYTE> AskedFor() {
    std::lock_guard lock(mutex);
    return asked_for;
  }
  void Drop() {
    IWbemEventSinkPtr dropped;
    std::lock_guard lock(mutex);
    dropped.Attach(sink.Detach());
  }
};
using DeskPtr = std::shared_ptr<Desk>;

class DeskSink final : public Counted<IWbemUnboundObjectSink> {
 public:
  explicit DeskSink(DeskPtr desk) : desk_(std::move(desk)) { ++desk_->sinks; }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    const bool is_one = riid == IID_IUnknown || riid == IID_IWbemUnboundObjectSink;
    *object = is_one ? this : nullptr;
    if (is_one) AddRef();
    return is_one ? S_OK : E_NOINTERFACE;
  }
  HRESULT STDMETHODCALLTYPE IndicateToConsumer(IWbemClassObject* pLogicalConsumer, long lNumObjects,
                                               IWbemClassObject** apObjects) override {
    if (desk_->on_event) desk_->on_event();
    const std::string name = Text(pLogicalConsumer, L"Name");
    std::lock_guard lock(desk_->mutex);
    for (long i = 0; i < lNumObjects; ++i) desk_->told.push_back(name + ": " + Text(apObjects[i], L"Text"));
    return desk_->answer;
  }

 private:
  ~DeskSink() override { --desk_->sinks; }
  const DeskPtr desk_;
};

class DeskProvider final
    : public Counted<IWbemProviderInit, IWbemEventConsumerProvider, IWbemEventProvider, IWbemEventProviderSecurity> {
 public:
  explicit DeskProvider(DeskPtr desk) : desk_(std::move(desk)) {}
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    *object = nullptr;
    if (riid == IID_IUnknown || riid == IID_IWbemProviderInit) *object = static_cast<IWbemProviderInit*>(this);
    if (riid == IID_IWbemEventConsumerProvider) *object = static_cast<IWbemEventConsumerProvider*>(this);
    if (riid == IID_IWbemEventProvider) *object = static_cast<IWbemEventProvider*>(this);
    if (riid == IID_IWbemEventProviderSecurity) *object = static_cast<IWbemEventProviderSecurity*>(this);
    if (*object == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices*, IWbemContext*,
                                       IWbemProviderInitSink* pInitSink) override {
    return pInitSink->SetStatus(WBEM_S_INITIALIZED, 0);
  }
  HRESULT STDMETHODCALLTYPE FindConsumer(IWbemClassObject*, IWbemUnboundObjectSink** ppConsumer) override {
    *ppConsumer = new DeskSink(desk_);
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE ProvideEvents(IWbemObjectSink* pSink, long) override {
    IWbemEventSinkPtr sink;
    if (FAILED(pSink->QueryInterface(IID_IWbemEventSink, reinterpret_cast<void**>(&sink)))) return WBEM_E_FAILED;
    std::lock_guard lock(desk_->mutex);
    desk_->sink = sink;
    return WBEM_S_NO_ERROR;
  }
  HRESULT STDMETHODCALLTYPE AccessCheck(WBEM_CWSTR, WBEM_CWSTR, long lSidLength, const BYTE* pSid) override {
    std::lock_guard lock(desk_->mutex);
    desk_->asked_for.assign(pSid, pSid + lSidLength);
    return WBEM_S_NO_ERROR;
  }

 private:
  ~DeskProvider() override = default;
  const DeskPtr desk_;
};

// ---- a namespace whose subscriptions are hosted ---------------------------------------------------------------------

constexpr char kParts[] = R"mof(
  class C_Consumer : __EventConsumer { [key] string Name; };
  instance of __Win32Provider as $provider { Name = "Desk"; CLSID = "{8E51C7F0-2D6A-4B34-910C-67F23BA85D19}"; };
  instance of __EventConsumerProviderRegistration { provider = $provider; ConsumerClassNames = {"C_Consumer"}; };
)mof";

constexpr char kSubscription[] = R"mof(
  instance of __EventFilter as $filter { Name = "all"; QueryLanguage = "WQL"; Query = "SELECT * FROM C_Event"; };
  instance of C_Consumer as $consumer { Name = "Ann"; };
  instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $consumer; };
)mof";

// The states of the subscriptions whose binding lies in one namespace, and why they are inactive.
class States final : public api::SubscriptionReceiver {
 public:
  explicit States(std::string name_space) : name_space_(std::move(name_space)) {}
  void OnHost(const char*, const char*) override {}
  void OnSubscription(const api::HostedSubscription& subscription) override {
    if (std::string(subscription.path).find(name_space_) == std::string::npos) return;
    states.emplace_back(subscription.state);
    reasons.emplace_back(subscription.reason);
    lost += subscription.lost;
  }

  Names states;
  Names reasons;
  std::uint64_t lost = 0;

 private:
  const std::string name_space_;
};

class Stage {
 public:
  explicit Stage(World& world) : world_(world) {
    Compile(kParts);
    EXPECT_EQ(S_OK, CoCreateInstance(api::CLSID_OpenWmiHost, nullptr, CLSCTX_INPROC_SERVER, __uuidof(api::IHostTool),
                                     reinterpret_cast<void**>(&host_)));
    EXPECT_EQ(WBEM_S_NO_ERROR, host_->Start(nullptr));
    EXPECT_EQ(WBEM_S_NO_ERROR, world_.services->QueryObjectSink(0, &source_));
  }
  ~Stage() {
    EXPECT_EQ(WBEM_S_NO_ERROR, host_->Stop(60'000));
    host_->Release();
    desk_->Drop();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Desk& desk() { return *desk_; }

  void Compile(const std::string& mof) { CompileIn(world_.name_space(), mof); }
  static void CompileIn(const std::wstring& name_space, const std::string& mof) {
    EXPECT_EQ(WBEM_S_NO_ERROR, Compiled(name_space, mof)) << mof;
  }
  // What compiling it came to.
  static HRESULT Compiled(const std::wstring& name_space, std::string mof) {
    IMofCompilerPtr compiler;
    EXPECT_EQ(S_OK, CoCreateInstance(CLSID_MofCompiler, nullptr, CLSCTX_INPROC_SERVER, IID_IMofCompiler,
                                     reinterpret_cast<void**>(&compiler)));
    std::wstring where = L"\\\\.\\" + name_space;
    WBEM_COMPILE_STATUS_INFO info = {};
    if (!compiler) return WBEM_E_FAILED;
    const HRESULT result = compiler->CompileBuffer(static_cast<long>(mof.size()), reinterpret_cast<BYTE*>(mof.data()),
                                                   where.data(), nullptr, nullptr, nullptr, 0, 0, 0, &info);
    return result == WBEM_S_NO_ERROR ? result : info.hRes;
  }

  bool Describe(States& seen) { return host_->Describe(&seen) == WBEM_S_NO_ERROR; }
  States Look() {
    States seen(Narrow(world_.name_space().c_str() + std::wstring(L"root\\").size()));
    EXPECT_TRUE(Describe(seen));
    return seen;
  }
  // All subscriptions of the namespace are in this state.
  testing::AssertionResult AwaitState(const char* state, std::size_t count = 1) {
    if (Await([&] { return Look().states == Names(count, state); })) return testing::AssertionSuccess();
    const States seen = Look();
    return testing::AssertionFailure() << testing::PrintToString(seen.states) << ' '
                                       << testing::PrintToString(seen.reasons);
  }

  void Fire(const wchar_t* text, std::size_t count = 1) {
    const IWbemClassObjectPtr event = world_.NewInstance(L"C_Event");
    SetText(event, L"Text", text);
    std::vector<IWbemClassObject*> events(count, event.GetInterfacePtr());
    EXPECT_EQ(WBEM_S_NO_ERROR, source_->Indicate(static_cast<long>(count), events.data()));
  }
  bool Heard(const Names& told) {
    return Await([&] { return desk_->Count() >= told.size(); }) && desk_->Told() == told;
  }

 private:
  World& world_;
  const DeskPtr desk_ = std::make_shared<Desk>();
  const ServedClass<DeskProvider, DeskPtr> served_{kDeskClass, desk_};
  api::IHostTool* host_ = nullptr;
  IWbemObjectSinkPtr source_;
};

std::vector<BYTE> BytesOf(IWbemClassObject* object, const wchar_t* property) {
  _variant_t value;
  std::vector<BYTE> bytes;
  EXPECT_EQ(WBEM_S_NO_ERROR, object->Get(property, 0, &value, nullptr, nullptr));
  if (V_VT(&value) != (VT_ARRAY | VT_UI1)) return bytes;
  LONG last = -1;
  EXPECT_EQ(S_OK, SafeArrayGetUBound(V_ARRAY(&value), 1, &last));
  for (LONG i = 0; i <= last; ++i) {
    BYTE byte = 0;
    EXPECT_EQ(S_OK, SafeArrayGetElement(V_ARRAY(&value), &i, &byte));
    bytes.push_back(byte);
  }
  return bytes;
}

// Those that have `part` in their paths.
void DeleteAll(const wchar_t* name_space, const wchar_t* class_name, const std::string& part) {
  const IWbemServicesPtr services = World::Connect(name_space);
  IEnumWbemClassObjectPtr rows;
  ASSERT_EQ(WBEM_S_NO_ERROR, services->CreateInstanceEnum(Literal(class_name), 0, nullptr, &rows));
  for (IWbemClassObjectPtr row;; row = nullptr) {
    ULONG returned = 0;
    if (rows->Next(60'000, 1, &row, &returned) != WBEM_S_NO_ERROR) return;
    _variant_t path;
    EXPECT_EQ(WBEM_S_NO_ERROR, row->Get(L"__RELPATH", 0, &path, nullptr, nullptr));
    if (Narrow(V_BSTR(&path)).find(part) == std::string::npos) continue;
    EXPECT_EQ(WBEM_S_NO_ERROR, services->DeleteInstance(V_BSTR(&path), 0, nullptr, nullptr));
  }
}

// ---- 6.4 ------------------------------------------------------------------------------------------------------------

const Row kPermanentRows[] = {
    {"6.4", "EventsReachTheConsumerInTheirOrder",
     [](World& w) {
       Stage stage(w);
       stage.Compile(kSubscription);
       ASSERT_TRUE(stage.AwaitState("Active"));
       stage.Fire(L"one");
       stage.Fire(L"two");
       EXPECT_TRUE(stage.Heard({"Ann: one", "Ann: two"}));
     }},
    {"6.4", "WithoutTheBindingNothingRuns",
     [](World& w) {
       Stage stage(w);
       stage.Compile(kSubscription);
       ASSERT_TRUE(stage.AwaitState("Active"));
       stage.Fire(L"one");
       ASSERT_TRUE(stage.Heard({"Ann: one"}));
       ASSERT_EQ(
           WBEM_S_NO_ERROR,
           w.services->DeleteInstance(
               Literal(L"__FilterToConsumerBinding.Consumer=\"C_Consumer.Name=\\\"Ann\\\"\",Filter=\"__EventFilter."
                       L"Name=\\\"all\\\"\""),
               0, nullptr, nullptr));
       ASSERT_TRUE(stage.AwaitState("", 0));
       stage.Fire(L"two");
       stage.Compile(kSubscription);
       ASSERT_TRUE(stage.AwaitState("Active"));
       stage.Fire(L"three");
       EXPECT_TRUE(stage.Heard({"Ann: one", "Ann: three"}));
     }},
    {"6.4", "WhatIsStoredRunsUnderTheNextHost",
     [](World& w) {
       {
         Stage stage(w);
         stage.Compile(kSubscription);
         ASSERT_TRUE(stage.AwaitState("Active"));
       }
       Stage stage(w);
       ASSERT_TRUE(stage.AwaitState("Active"));
       stage.Fire(L"one");
       EXPECT_TRUE(stage.Heard({"Ann: one"}));
     }},
    {"6.4", "ConsumersUnloadAfterClearAfter",
     [](World& w) {
       const IWbemServicesPtr root = World::Connect(L"root");
       for (const auto& [path, interval] :
            {std::pair(L"__EventSinkCacheControl=@", "00000000000015.000000:000"),
             std::pair(L"__EventConsumerProviderCacheControl=@", "00000000000500.000000:000")}) {
         IWbemClassObjectPtr settings;
         ASSERT_EQ(WBEM_S_NO_ERROR, root->GetObject(Literal(path), 0, nullptr, &settings, nullptr));
         EXPECT_EQ(interval, Text(settings, L"ClearAfter"));
       }
       Stage stage(w);
       stage.Compile(kSubscription);
       ASSERT_TRUE(stage.AwaitState("Active"));
       Stage::CompileIn(L"root",
                        "instance of __EventSinkCacheControl { ClearAfter = \"00000000000000.000000:000\"; };");
       stage.Fire(L"one");
       EXPECT_TRUE(stage.Heard({"Ann: one"}));
       EXPECT_TRUE(Await([&] { return stage.desk().sinks == 0; }));
       stage.Fire(L"two");
       EXPECT_TRUE(stage.Heard({"Ann: one", "Ann: two"})) << "it is loaded again";
       Stage::CompileIn(L"root",
                        "instance of __EventSinkCacheControl { ClearAfter = \"00000000000015.000000:000\"; };");
     }},
    {"6.4", "AFilterThatCannotWorkIsStoredAndInactive",
     [](World& w) {
       Stage stage(w);
       stage.Compile(R"mof(
         instance of __EventFilter as $filter { Name = "bad"; QueryLanguage = "WQL"; Query = "SELECT * FROM C_Nothing"; };
         instance of C_Consumer as $consumer { Name = "Ann"; };
         instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $consumer; };
       )mof");
       ASSERT_TRUE(stage.AwaitState("Inactive"));
       EXPECT_NE(std::string::npos, stage.Look().reasons.at(0).find("C_Nothing")) << stage.Look().reasons.at(0);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"__EventFilter.Name=\"bad\""));
       stage.Compile(
           "instance of __EventFilter { Name = \"bad\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM C_Event\"; "
           "};");
       EXPECT_TRUE(stage.AwaitState("Active")) << "the same name overwrites";
     }},
    {"6.4", "ABindingThatPointsNowhereIsInactive",
     [](World& w) {
       Stage stage(w);
       stage.Compile(R"mof(
         instance of __FilterToConsumerBinding {
           Filter = "__EventFilter.Name=\"nobody\""; Consumer = "C_Consumer.Name=\"nobody\"";
         };
       )mof");
       ASSERT_TRUE(stage.AwaitState("Inactive"));
       EXPECT_NE(std::string::npos, stage.Look().reasons.at(0).find("nobody")) << stage.Look().reasons.at(0);
     }},
    {"6.4", "ThePartsMayLieInDifferentNamespaces",
     [](World& w) {
       Stage stage(w);
       stage.Compile(kSubscription);
       const std::string here = Narrow(w.name_space().substr(5).c_str());
       const std::string root = "\\\\\\\\.\\\\root\\\\" + here + ":";
       Stage::CompileIn(L"root\\subscription", "instance of __FilterToConsumerBinding { Filter = \"" + root +
                                                   "__EventFilter.Name=\\\"all\\\"\"; Consumer = \"" + root +
                                                   "C_Consumer.Name=\\\"Ann\\\"\"; };");
       const auto active = [&] {
         States seen("");
         return stage.Describe(seen) && seen.states.size() == 2 && seen.states == Names(2, "Active");
       };
       EXPECT_TRUE(Await(active));
       stage.Fire(L"one");
       EXPECT_TRUE(stage.Heard({"Ann: one", "Ann: one"}));
       DeleteAll(L"root\\subscription", L"__FilterToConsumerBinding", here);
     }},
    {"6.4", "AFilterWithoutANameGetsOne",
     [](World& w) {
       const IWbemClassObjectPtr filter = w.NewInstance(L"__EventFilter");
       SetText(filter, L"QueryLanguage", L"WQL");
       SetText(filter, L"Query", L"SELECT * FROM C_Event");
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(filter, 0, nullptr, nullptr));
       const IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM __EventFilter", 0);
       IWbemClassObjectPtr stored;
       ULONG returned = 0;
       ASSERT_EQ(WBEM_S_NO_ERROR, rows->Next(60'000, 1, &stored, &returned));
       const std::string name = Text(stored, L"Name");
       EXPECT_EQ(38u, name.size()) << name;
       EXPECT_EQ('{', name.front()) << name;
     }},
    {"6.4", "AllPartsSayWhoWroteThem",
     [](World& w) {
       Stage stage(w);
       stage.Compile(kSubscription);
       const IWbemClassObjectPtr filter = w.Get(L"__EventFilter.Name=\"all\"");
       const IWbemClassObjectPtr consumer = w.Get(L"C_Consumer.Name=\"Ann\"");
       const std::vector<BYTE> creator = BytesOf(filter, L"CreatorSID");
       EXPECT_FALSE(creator.empty());
       EXPECT_EQ(creator, BytesOf(consumer, L"CreatorSID"));
     }},
    {"6.6", "AProviderIsAskedAboutTheCreator",
     [](World& w) {
       Stage stage(w);
       stage.Compile(R"mof(
         instance of __EventProviderRegistration {
           provider = "__Win32Provider.Name=\"Desk\""; EventQueryList = {"SELECT * FROM C_Event"};
         };
       )mof");
       stage.Compile(kSubscription);
       const IWbemClassObjectPtr filter = w.Get(L"__EventFilter.Name=\"all\"");
       const std::vector<BYTE> creator = BytesOf(filter, L"CreatorSID");
       ASSERT_FALSE(creator.empty());
       EXPECT_TRUE(Await([&] { return stage.desk().AskedFor() == creator; }));
     }},
    {"9.1", "ARegistrationWhoseQueryCannotBeReadIsRefused",
     [](World& w) {
       constexpr char kBad[] =
           "instance of __Win32Provider as $p { Name = \"Bad\"; };\n"
           "instance of __EventProviderRegistration { provider = $p; EventQueryList = {\"SELECT * FORM C_Event\"}; "
           "};\n";
       EXPECT_EQ(WBEM_E_UNINTERPRETABLE_PROVIDER_QUERY, Stage::Compiled(w.name_space(), kBad));
       IEnumWbemClassObjectPtr rows = w.Query(L"SELECT * FROM __EventProviderRegistration", 0);
       IWbemClassObjectPtr stored;
       ULONG returned = 0;
       EXPECT_EQ(WBEM_S_FALSE, rows->Next(60'000, 1, &stored, &returned));
       const IWbemClassObjectPtr registration = w.NewInstance(L"__EventProviderRegistration");
       SetText(registration, L"provider", L"__Win32Provider.Name=\"Bad\"");
       SAFEARRAY* const queries = SafeArrayCreateVector(VT_BSTR, 0, 1);
       LONG first = 0;
       _bstr_t query(L"SELECT * FROM C_Event WHERE");
       EXPECT_EQ(S_OK, SafeArrayPutElement(queries, &first, query.GetBSTR()));
       _variant_t list;
       V_VT(&list) = VT_ARRAY | VT_BSTR;
       V_ARRAY(&list) = queries;
       EXPECT_EQ(WBEM_S_NO_ERROR, registration->Put(L"EventQueryList", 0, &list, 0));
       EXPECT_EQ(WBEM_E_UNINTERPRETABLE_PROVIDER_QUERY, w.services->PutInstance(registration, 0, nullptr, nullptr));
       const IWbemClassObjectPtr error = TakeErrorObject();
       ASSERT_TRUE(error);
       EXPECT_NE(std::string::npos, Text(error, L"Description").find("query 1 of EventQueryList"))
           << Text(error, L"Description");
     }},
    {"6.4", "AConsumerThatFailsIsTriedAgainAndThenTold",
     [](World& w) {
       Stage stage(w);
       stage.Compile(kSubscription);
       ASSERT_TRUE(stage.AwaitState("Active"));
       const SinkLogPtr log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 w.services->ExecNotificationQueryAsync(
                     Literal(L"WQL"), Literal(L"SELECT * FROM __ConsumerFailureEvent"), 0, nullptr, sink));
       stage.desk().answer = WBEM_E_ACCESS_DENIED;
       // A subscription begins some time after its call returned, so one of these is seen.
       stage.Fire(L"bad");
       stage.Fire(L"bad");
       ASSERT_TRUE(log->WaitObjects(1));
       const IWbemClassObjectPtr failure = log->Objects().front();
       EXPECT_NE(std::string::npos, Text(failure, L"IntendedConsumer").find("C_Consumer.Name=\"Ann\""));
       EXPECT_EQ(static_cast<HRESULT>(std::stoll(Text(failure, L"ErrorCode"))), WBEM_E_ACCESS_DENIED);
       EXPECT_GE(stage.desk().Count(), 3u) << "tried again, twice";
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
     }},
    {"6.2", "AConsumerThatIsSlowHoldsUpWhoFires",
     [](World& w) {
       constexpr std::size_t kCalls = 40;
       constexpr std::size_t kEach = 1000;
       Stage stage(w);
       std::atomic<std::size_t> begun = 0;
       std::once_flag first;
       // Slow, until all is fired or whoever fires is held up. Unless they are held up, all calls are over by then, and
       // what is more than a queue takes is lost.
       stage.desk().on_event = [&] {
         std::call_once(first, [&] {
           const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
           while (begun < kCalls && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
         });
       };
       stage.Compile(kSubscription);
       stage.Compile(R"mof(
         instance of __FilterToConsumerBinding {
           Filter = "__EventFilter.Name=\"all\""; Consumer = "C_Consumer.Name=\"Ann\""; SlowDownProviders = TRUE;
         };
       )mof");
       ASSERT_TRUE(stage.AwaitState("Active"));
       for (std::size_t i = 0; i < kCalls; ++i) {
         ++begun;
         stage.Fire(L"x", kEach);
       }
       EXPECT_TRUE(Await([&] { return stage.desk().Count() + stage.Look().lost == kCalls * kEach; }));
       EXPECT_EQ(0u, stage.Look().lost);
     }},
};
WMI_ROWS(Permanent, kPermanentRows);

// ---- 6.5: consumers that are built in, in the namespace that has them -----------------------------------------------

// A folder for what consumers write.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "openwmi_consumers_XXXXXX").string();
    EXPECT_NE(nullptr, mkdtemp(name.data()));
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One consumer of root\subscription bound to events of the world, C_Event unless said otherwise. Takes away what it put
// there.
class Standard {
 public:
  Standard(World& w, Stage& stage, const std::string& consumer_class, const std::string& properties,
           const std::string& query = "SELECT * FROM C_Event")
      : services_(World::Connect(L"root\\subscription")), stage_(stage) {
    const std::wstring wide = w.name_space().substr(5);
    const std::wstring wide_class(consumer_class.begin(), consumer_class.end());
    paths_ = {L"__FilterToConsumerBinding.Consumer=\"" + wide_class + L".Name=\\\"" + wide +
                  L"\\\"\",Filter=\"__EventFilter.Name=\\\"" + wide + L"\\\"\"",
              wide_class + L".Name=\"" + wide + L"\"", L"__EventFilter.Name=\"" + wide + L"\""};
    const std::string name = Narrow(wide.c_str());
    std::ostringstream mof;
    mof << "instance of __EventFilter as $filter { Name = \"" << name << "\"; EventNamespace = \"root\\\\" << name
        << "\"; QueryLanguage = \"WQL\"; Query = \"" << query << "\"; };\n"
        << "instance of " << consumer_class << " as $consumer { Name = \"" << name << "\"; " << properties << " };\n"
        << "instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $consumer; };\n";
    Stage::CompileIn(L"root\\subscription", mof.str());
  }
  ~Standard() {
    for (const std::wstring& path : paths_) {
      EXPECT_EQ(WBEM_S_NO_ERROR, services_->DeleteInstance(Literal(path.c_str()), 0, nullptr, nullptr));
    }
  }
  Standard(const Standard&) = delete;
  Standard& operator=(const Standard&) = delete;

  testing::AssertionResult AwaitState(const char* state) { return stage_.AwaitState(state); }

 private:
  const IWbemServicesPtr services_;
  Stage& stage_;
  std::vector<std::wstring> paths_;
};

const Row kStandardConsumerRows[] = {
    {"6.5", "ALogFileGetsALineForEachEvent",
     [](World& w) {
       const Folder folder;
       const std::string log = folder / "log";
       Stage stage(w);
       Standard consumer(w, stage, "LogFileEventConsumer", "Filename = \"" + log + "\"; Text = \"%Text% is 100%%\";");
       ASSERT_TRUE(consumer.AwaitState("Active"));
       stage.Fire(L"one");
       stage.Fire(L"two");
       EXPECT_TRUE(Await([&] { return Contents(log).find("two") != std::string::npos; }));
       EXPECT_NE(std::string::npos, Contents(log).find("one is 100%"));
     }},
    {"6.5", "ATemplateReachesIntoTheInstanceOfTheEvent",
     [](World& w) {
       const Folder folder;
       const std::string log = folder / "log";
       Stage stage(w);
       Standard consumer(w, stage, "LogFileEventConsumer",
                         "Filename = \"" + log + "\"; Text = \"%TargetInstance.Name% has %TargetInstance.Size%\";",
                         "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'C_Thing'");
       ASSERT_TRUE(consumer.AwaitState("Active"));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(w.NewThing(L"pear", 90), 0, nullptr, nullptr));
       EXPECT_TRUE(Await([&] { return Contents(log).find("pear has 90") != std::string::npos; }));
     }},
    {"6.5", "ASourceOfTheLogHasNoColon",
     [](World& w) {
       Stage stage(w);
       Standard consumer(w, stage, "NTEventLogEventConsumer", "SourceName = \"a:b\"; EventID = 7;");
       ASSERT_TRUE(consumer.AwaitState("Inactive"));
       EXPECT_NE(std::string::npos, stage.Look().reasons.at(0).find("colon")) << stage.Look().reasons.at(0);
     }},
    {"6.5", "ALogFileThatIsTooLongBecomesABackup",
     [](World& w) {
       const Folder folder;
       const std::string log = folder / "events.log";
       Stage stage(w);
       Standard consumer(w, stage, "LogFileEventConsumer",
                         "Filename = \"" + log + "\"; Text = \"%Text%\"; MaximumFileSize = 2;");
       ASSERT_TRUE(consumer.AwaitState("Active"));
       stage.Fire(L"first");
       stage.Fire(L"second");
       EXPECT_TRUE(Await([&] { return Contents(log).find("second") != std::string::npos; }));
       EXPECT_NE(std::string::npos, Contents(folder / "events.001").find("first"));
     }},
    {"6.5", "ACommandLineIsRunWithTheEventInItsArguments",
     [](World& w) {
       const Folder folder;
       const std::string made = folder / "a file; touch b";
       Stage stage(w);
       Standard consumer(
           w, stage, "CommandLineEventConsumer",
           "ExecutablePath = \"/usr/bin/touch\"; CommandLineTemplate = \"touch %Text%\"; WorkingDirectory = \"" +
               (folder / "") + "\";");
       ASSERT_TRUE(consumer.AwaitState("Active"));
       stage.Fire(L"a file; touch b");
       EXPECT_TRUE(Await([&] { return std::filesystem::exists(made); })) << "one argument, and no shell";
     }},
    {"6.5", "AScriptDoesNotRunUnlessThatIsAllowed",
     [](World& w) {
       Stage stage(w);
       Standard consumer(w, stage, "ActiveScriptEventConsumer",
                         "ScriptingEngine = \"/bin/sh\"; ScriptText = \"true\";");
       ASSERT_TRUE(consumer.AwaitState("Inactive"));
     }},
};
WMI_ROWS(StandardConsumers, kStandardConsumerRows);

}  // namespace
}  // namespace wmi::conformance
