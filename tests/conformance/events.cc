// Events (contract 6.1 to 6.3 and 7.4; checklist 15, 19, 24 and 30): what is told, what a subscription may be, how it
// ends, how much may be asked for.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "support.h"

namespace wmi::conformance {
namespace {

constexpr long kForwardNow = WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;
constexpr wchar_t kEvents[] = L"SELECT * FROM C_Event";

// ---- reading events -------------------------------------------------------------------------------------------------

IWbemClassObjectPtr Embedded(IWbemClassObject* event, const wchar_t* property) {
  _variant_t value;
  IWbemClassObjectPtr object;
  if (event == nullptr || FAILED(event->Get(property, 0, &value, nullptr, nullptr)) || V_VT(&value) != VT_UNKNOWN) {
    return object;
  }
  EXPECT_EQ(S_OK, V_UNKNOWN(&value)->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(&object)));
  return object;
}

// "__InstanceModificationEvent C_Thing.Name="a" 2 was 1": the class, the instance or class, its Size or Number.
std::string Describe(IWbemClassObject* event) {
  std::string text = Text(event, L"__CLASS");
  const auto size = [](IWbemClassObject* object) {
    for (const wchar_t* name : {L"Size", L"Number"}) {
      const std::string value = Text(object, name);
      if (value != "(null)" && value != "(error)") return " " + value;
    }
    return std::string();
  };
  for (const wchar_t* name : {L"TargetInstance", L"TargetClass", L"TargetNamespace"}) {
    const IWbemClassObjectPtr target = Embedded(event, name);
    if (target) text += " " + Text(target, L"__RELPATH") + size(target);
  }
  for (const wchar_t* name : {L"PreviousInstance", L"PreviousClass"}) {
    const IWbemClassObjectPtr before = Embedded(event, name);
    if (before) text += " was" + size(before);
  }
  if (text == "C_Event" || text == "C_LoudEvent") text += " " + Text(event, L"Text");
  return text;
}

// ---- subscribing ----------------------------------------------------------------------------------------------------

HRESULT Subscribe(World& w, const wchar_t* query, IWbemObjectSink* sink, long flags = 0) {
  return w.services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(query), flags, nullptr, sink);
}

IEnumWbemClassObjectPtr Enumerate(World& w, const wchar_t* query) {
  IEnumWbemClassObjectPtr events;
  EXPECT_EQ(WBEM_S_NO_ERROR,
            w.services->ExecNotificationQuery(Literal(L"WQL"), Literal(query), kForwardNow, nullptr, &events));
  return events;
}

HRESULT NextOf(IEnumWbemClassObject* events, IWbemClassObjectPtr& event, long timeout = WBEM_INFINITE) {
  ULONG returned = 77;
  event = nullptr;
  const HRESULT next = events->Next(timeout, 1, &event, &returned);
  EXPECT_EQ(next == WBEM_S_NO_ERROR ? 1u : 0u, returned);
  return next;
}

// A subscription with a sink, for the time of a test.
class Ear {
 public:
  Ear(World& w, const wchar_t* query) : world_(w), log_(w.NewLog()), sink_(w.NewSink(log_)) {
    EXPECT_EQ(0, Subscribe(w, query, sink_)) << Narrow(query);
  }
  ~Ear() { world_.services->CancelAsyncCall(sink_); }
  Ear(const Ear&) = delete;
  Ear& operator=(const Ear&) = delete;

  SinkLog& log() { return *log_; }
  RecordingSink* sink() { return sink_; }
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const IWbemClassObjectPtr& event : log_->Objects()) told.push_back(Describe(event));
    return told;
  }
  bool Heard(const std::string& what) {
    const std::vector<std::string> told = Told();
    return std::find(told.begin(), told.end(), what) != told.end();
  }
  // Until `act` is told of as `what`: a subscription begins some time after its call returned.
  bool Await(const std::string& what, const std::function<void()>& act) {
    const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
    while (!Heard(what)) {
      if (!log_->Finals().empty() || std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "not told: " << what;
        return false;
      }
      act();
      std::this_thread::yield();
    }
    return true;
  }
  // What was told behind the last `mark`, up to `end`, which it waits for.
  std::vector<std::string> Between(const std::string& mark, const std::string& end) {
    EXPECT_TRUE(Await(end, [] {}));
    std::vector<std::string> told = Told();
    const auto last = std::find(told.begin(), told.end(), end);
    const auto first = std::find(std::make_reverse_iterator(last), told.rend(), mark).base();
    return {first, last};
  }

 private:
  World& world_;
  const SinkLogPtr log_;
  const SinkPtr sink_;
};

void PutThing(World& w, const wchar_t* name, long size) {
  EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(w.NewThing(name, size), 0, nullptr, nullptr));
}
void Remove(World& w, const wchar_t* path) {
  EXPECT_EQ(WBEM_S_NO_ERROR, w.services->DeleteInstance(Literal(path), 0, nullptr, nullptr)) << Narrow(path);
}
// A thing that comes and goes.
void Blink(World& w, const wchar_t* name) {
  PutThing(w, name, 1);
  Remove(w, (L"C_Thing.Name=\"" + std::wstring(name) + L"\"").c_str());
}
void FireMany(World& w, int count, const wchar_t* last) {
  IWbemObjectSinkPtr source;
  ASSERT_EQ(WBEM_S_NO_ERROR, w.services->QueryObjectSink(0, &source));
  const IWbemClassObjectPtr event = w.NewInstance(L"C_Event");
  SetText(event, L"Text", L"one of many");
  std::vector<IWbemClassObject*> events(1'000, event);
  for (int i = 0; i < count; i += 1'000) ASSERT_EQ(WBEM_S_NO_ERROR, source->Indicate(1'000, events.data()));
  w.Fire(last);
}

// ---- 6.1: classes ---------------------------------------------------------------------------------------------------

struct EventClass {
  const wchar_t* name;
  const wchar_t* superclass;
  std::vector<const wchar_t*> properties;  // of its own
};

const EventClass kEventClasses[] = {
    {L"__IndicationRelated", L"__SystemClass", {}},
    {L"__Event", L"__IndicationRelated", {L"SECURITY_DESCRIPTOR", L"TIME_CREATED"}},
    {L"__InstanceOperationEvent", L"__Event", {L"TargetInstance"}},
    {L"__InstanceCreationEvent", L"__InstanceOperationEvent", {}},
    {L"__InstanceModificationEvent", L"__InstanceOperationEvent", {L"PreviousInstance"}},
    {L"__InstanceDeletionEvent", L"__InstanceOperationEvent", {}},
    {L"__MethodInvocationEvent", L"__InstanceOperationEvent", {}},
    {L"__ClassOperationEvent", L"__Event", {L"TargetClass"}},
    {L"__ClassCreationEvent", L"__ClassOperationEvent", {}},
    {L"__ClassModificationEvent", L"__ClassOperationEvent", {L"PreviousClass"}},
    {L"__ClassDeletionEvent", L"__ClassOperationEvent", {}},
    {L"__NamespaceOperationEvent", L"__Event", {L"TargetNamespace"}},
    {L"__NamespaceCreationEvent", L"__NamespaceOperationEvent", {}},
    {L"__NamespaceModificationEvent", L"__NamespaceOperationEvent", {L"PreviousNamespace"}},
    {L"__NamespaceDeletionEvent", L"__NamespaceOperationEvent", {}},
    {L"__TimerEvent", L"__Event", {L"TimerId", L"NumFirings"}},
    {L"__ExtrinsicEvent", L"__Event", {}},
    {L"__SystemEvent", L"__ExtrinsicEvent", {}},
    {L"__EventDroppedEvent", L"__SystemEvent", {L"Event", L"IntendedConsumer"}},
    {L"__EventQueueOverflowEvent", L"__EventDroppedEvent", {L"CurrentQueueSize"}},
    {L"__ConsumerFailureEvent", L"__EventDroppedEvent", {L"ErrorCode", L"ErrorDescription", L"ErrorObject"}},
    {L"__AggregateEvent", L"__IndicationRelated", {L"NumberOfEvents", L"Representative"}},
    {L"__TimerInstruction", L"__EventGenerator", {L"TimerId", L"SkipIfPassed"}},
    {L"__IntervalTimerInstruction", L"__TimerInstruction", {L"IntervalBetweenEvents"}},
    {L"__AbsoluteTimerInstruction", L"__TimerInstruction", {L"EventDateTime"}},
};

// ---- 6.3: quotas ----------------------------------------------------------------------------------------------------

struct QuotaDefault {
  const wchar_t* property;
  const char* value;
};
const QuotaDefault kQuotaDefaults[] = {
    {L"TemporarySubscriptionsTotal", "10000"}, {L"TemporarySubscriptionsPerUser", "1000"},
    {L"PermanentSubscriptionsTotal", "10000"}, {L"PermanentSubscriptionsPerUser", "1000"},
    {L"PollingInstructionsTotal", "10000"},    {L"PollingInstructionsPerUser", "1000"},
    {L"PollingMemoryTotal", "10000000"},       {L"PollingMemoryPerUser", "5000000"},
};
const wchar_t* const kUnusedQuotas[] = {
    L"OutstandingTasksTotal",   L"OutstandingTasksPerUser", L"TaskThreadsTotal", L"TaskThreadsPerUser",
    L"QuotaRetryCount",         L"QuotaRetryWaitInterval",  L"TotalUsers",       L"TotalCacheMemory",
    L"TotalCacheMemoryPerUser", L"TotalCacheMemoryPerTask", L"TotalCacheDisk",   L"TotalCacheDiskPerUser",
    L"TotalCacheDiskPerTask"};

constexpr wchar_t kQuotas[] = L"__ArbitratorConfiguration=@";

// Changes quotas of this process, and puts them back.
class ChangedQuota {
 public:
  ChangedQuota(const wchar_t* property, long value) : root_(World::Connect(L"root")), property_(property) {
    IWbemClassObjectPtr now = Read();
    if (!now) return;
    EXPECT_EQ(WBEM_S_NO_ERROR, now->Get(property, 0, &before_, nullptr, nullptr));
    SetNumber(now, property, value);
    Write(now);
  }
  ~ChangedQuota() {
    IWbemClassObjectPtr now = Read();
    if (!now) return;
    EXPECT_EQ(WBEM_S_NO_ERROR, now->Put(property_, 0, &before_, 0));
    Write(now);
  }
  ChangedQuota(const ChangedQuota&) = delete;
  ChangedQuota& operator=(const ChangedQuota&) = delete;

 private:
  IWbemClassObjectPtr Read() {
    IWbemClassObjectPtr now;
    EXPECT_EQ(WBEM_S_NO_ERROR, root_->GetObject(Literal(kQuotas), 0, nullptr, &now, nullptr));
    return now;
  }
  void Write(IWbemClassObject* now) { EXPECT_EQ(WBEM_S_NO_ERROR, root_->PutInstance(now, 0, nullptr, nullptr)); }

  const IWbemServicesPtr root_;
  const wchar_t* const property_;
  _variant_t before_;
};

void ExpectRefused(World& w, const wchar_t* query, const std::string& beginning) {
  const auto log = w.NewLog();
  const SinkPtr sink = w.NewSink(log);
  ASSERT_EQ(0, Subscribe(w, query, sink));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, log->Outcome());
  const std::string description = Text(log->Finals().front().object, L"Description");
  EXPECT_EQ(0u, description.rfind(beginning, 0)) << description;
}

// ---- rows -----------------------------------------------------------------------------------------------------------

const Row kEventRows[] = {
    {"6.1", "TheClassesHaveTheirShapes",
     [](World& w) {
       for (const EventClass& expected : kEventClasses) {
         SCOPED_TRACE(Narrow(expected.name));
         const IWbemClassObjectPtr schema = w.Get(expected.name);
         ASSERT_TRUE(schema);
         EXPECT_EQ(Narrow(expected.superclass), Text(schema, L"__SUPERCLASS"));
         for (const wchar_t* property : expected.properties) {
           _bstr_t origin;
           BSTR text = nullptr;
           EXPECT_EQ(WBEM_S_NO_ERROR, schema->GetPropertyOrigin(property, &text)) << Narrow(property);
           origin.Attach(text);
           EXPECT_STREQ(expected.name, static_cast<const wchar_t*>(origin)) << Narrow(property);
         }
       }
     }},
    {"6.1", "AnEventHasNoPlaceAndATime",
     [](World& w) {
       Ear ear(w, kEvents);
       ASSERT_TRUE(w.FireUntilSeen(ear.log()));
       const IWbemClassObjectPtr event = ear.log().Objects().front();
       for (const wchar_t* name : {L"__NAMESPACE", L"__PATH", L"__RELPATH", L"__SERVER"}) {
         EXPECT_EQ("(null)", Text(event, name)) << Narrow(name);
       }
       EXPECT_EQ("2", Text(event, L"__GENUS"));
       // 100 ns since 1601, in decimal: 2020 to 2200.
       const unsigned long long created = std::stoull(Text(event, L"TIME_CREATED"));
       EXPECT_GT(created, 132'223'104'000'000'000ull);
       EXPECT_LT(created, 189'000'000'000'000'000ull);
     }},
    {"6.1", "StoredInstancesTellThemselvesWithoutWithin",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'C_Thing'");
       ASSERT_TRUE(ear.Await("__InstanceDeletionEvent C_Thing.Name=\"m\" 1", [&] { Blink(w, L"m"); }));
       PutThing(w, L"begin", 0);
       PutThing(w, L"x", 1);
       PutThing(w, L"x", 2);
       PutThing(w, L"x", 2);
       Remove(w, L"C_Thing.Name=\"x\"");
       PutThing(w, L"end", 0);
       EXPECT_EQ((std::vector<std::string>{"__InstanceCreationEvent C_Thing.Name=\"x\" 1",
                                           "__InstanceModificationEvent C_Thing.Name=\"x\" 2 was 1",
                                           "__InstanceDeletionEvent C_Thing.Name=\"x\" 2"}),
                 ear.Between("__InstanceCreationEvent C_Thing.Name=\"begin\" 0",
                             "__InstanceCreationEvent C_Thing.Name=\"end\" 0"))
           << "and a put that changes nothing is no change";
       EXPECT_TRUE(ear.log().Finals().empty());
     }},
    {"6.1", "ClassesTellThemselves",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM __ClassOperationEvent");
       const auto make = [&](const wchar_t* name) {
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(w.NewClass(name), 0, nullptr, nullptr));
       };
       const auto drop = [&](const wchar_t* name) {
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->DeleteClass(Literal(name), 0, nullptr, nullptr));
       };
       ASSERT_TRUE(ear.Await("__ClassDeletionEvent M", [&] {
         make(L"M");
         drop(L"M");
       }));
       make(L"Begin");
       make(L"Made");
       const IWbemClassObjectPtr changed = w.Get(L"Made");
       EXPECT_EQ(WBEM_S_NO_ERROR, changed->Put(L"P", 0, nullptr, CIM_STRING));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(changed, 0, nullptr, nullptr));
       drop(L"Made");
       make(L"End");
       EXPECT_EQ((std::vector<std::string>{"__ClassCreationEvent Made", "__ClassModificationEvent Made was",
                                           "__ClassDeletionEvent Made"}),
                 ear.Between("__ClassCreationEvent Begin", "__ClassCreationEvent End"));
     }},
    {"6.1", "NamespacesTellThemselves",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM __NamespaceOperationEvent");
       const auto make = [&](const wchar_t* name) {
         const IWbemClassObjectPtr made = w.NewInstance(L"__NAMESPACE");
         SetText(made, L"Name", name);
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(made, 0, nullptr, nullptr));
       };
       ASSERT_TRUE(ear.Await("__NamespaceDeletionEvent __NAMESPACE.Name=\"m\"", [&] {
         make(L"m");
         Remove(w, L"__NAMESPACE.Name=\"m\"");
       }));
       make(L"begin");
       make(L"x");
       Remove(w, L"__NAMESPACE.Name=\"x\"");
       make(L"end");
       EXPECT_EQ((std::vector<std::string>{"__NamespaceCreationEvent __NAMESPACE.Name=\"x\"",
                                           "__NamespaceDeletionEvent __NAMESPACE.Name=\"x\""}),
                 ear.Between("__NamespaceCreationEvent __NAMESPACE.Name=\"begin\"",
                             "__NamespaceCreationEvent __NAMESPACE.Name=\"end\""));
     }},
    {"6.1", "TimersFire",
     [](World& w) {
       const IWbemClassObjectPtr timer = w.NewInstance(L"__IntervalTimerInstruction");
       SetText(timer, L"TimerId", L"tick");
       SetNumber(timer, L"IntervalBetweenEvents", 5);
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(timer, 0, nullptr, nullptr));
       Ear ear(w, L"SELECT * FROM __TimerEvent WHERE TimerId = 'tick'");
       Ear other(w, L"SELECT * FROM __TimerEvent WHERE TimerId = 'tock'");
       ASSERT_TRUE(ear.log().WaitObjects(3));
       EXPECT_EQ("tick", Text(ear.log().Objects()[0], L"TimerId"));
       EXPECT_LE(1, std::stoi(Text(ear.log().Objects()[0], L"NumFirings")));
       EXPECT_EQ(0u, other.log().Batches());
     }},
    {"6.1", "TheClockTellsItselfWithoutWithin",
     [](World& w) {
       const IWbemServicesPtr machine = World::Connect(L"root\\cimv2");
       const SinkLogPtr log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 machine->ExecNotificationQueryAsync(Literal(L"WQL"),
                                                     Literal(L"SELECT * FROM __InstanceModificationEvent WHERE "
                                                             L"TargetInstance ISA 'Win32_LocalTime'"),
                                                     0, nullptr, sink));
       EXPECT_TRUE(log->WaitObjects(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, machine->CancelAsyncCall(sink));
     }},
    {"6.1", "APollTellsWhatDiffersFromTheLookBefore",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM __InstanceOperationEvent WITHIN 0.01 WHERE TargetInstance ISA 'C_Provided'");
       int next = 3;
       const auto last = [&] {
         return "__InstanceCreationEvent C_Provided.Id=\"" + std::to_string(next - 1) + "\" " +
                std::to_string(next - 1);
       };
       // What is there at the first look is not told; so one more each time, until one is.
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       while (ear.log().Batches() == 0 && std::chrono::steady_clock::now() < deadline) {
         const int calls = w.provider->calls;
         w.provider->rows = ++next;
         while (w.provider->calls < calls + 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
       }
       EXPECT_TRUE(ear.Await(last(), [] {}));
       for (const std::string& told : ear.Told()) {
         EXPECT_EQ(std::string::npos, told.find("Id=\"0\"")) << "it was there at the beginning";
       }
       w.provider->rows = 0;
       EXPECT_TRUE(ear.Await("__InstanceDeletionEvent C_Provided.Id=\"0\" 0", [] {}));
       EXPECT_TRUE(ear.log().Finals().empty());
     }},
    {"6.1", "WhatIsGroupedIsNoEvent",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM C_Event GROUP WITHIN 1 BY Text HAVING NumberOfEvents > 2");
       IWbemObjectSinkPtr source;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->QueryObjectSink(0, &source));
       std::vector<IWbemClassObjectPtr> made;
       std::vector<IWbemClassObject*> events;
       for (const wchar_t* text : {L"a", L"b", L"a", L"a"}) {
         made.push_back(w.NewInstance(L"C_Event"));
         SetText(made.back(), L"Text", text);
         events.push_back(made.back());
       }
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       while (ear.log().Batches() == 0 && std::chrono::steady_clock::now() < deadline) {
         ASSERT_EQ(WBEM_S_NO_ERROR, source->Indicate(static_cast<long>(events.size()), events.data()));
         std::this_thread::yield();
       }
       const IWbemClassObjectPtr group = ear.log().Objects().front();
       EXPECT_EQ("__AggregateEvent", Text(group, L"__CLASS"));
       EXPECT_LE(3, std::stoi(Text(group, L"NumberOfEvents")));
       EXPECT_EQ("C_Event", Text(Embedded(group, L"Representative"), L"__CLASS"));
       EXPECT_EQ(WBEM_S_FALSE, group->InheritsFrom(L"__Event"));
     }},

    {"6.2", "ASubscriptionGetsTheErrorThatEndsIt",
     [](World& w) {
       w.provider->on_call = [](const ProviderRequest& request) {
         return Complete(request.handler, WBEM_E_PROVIDER_FAILURE);
       };
       Ear ear(w, L"SELECT * FROM __InstanceCreationEvent WITHIN 0.01 WHERE TargetInstance ISA 'C_Provided'");
       ASSERT_TRUE(ear.log().WaitFinals());
       EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, ear.log().Outcome());
       EXPECT_EQ(0u, ear.log().Batches());
     }},
    {"6.2", "EventsOfOneSourceArriveInOrderAndOnce",
     [](World& w) {
       Ear ear(w, kEvents);
       ASSERT_TRUE(w.FireUntilSeen(ear.log()));
       std::vector<std::string> expected;
       w.Fire(L"begin");
       for (int i = 0; i < 500; ++i) {
         w.Fire(std::to_wstring(i).c_str());
         expected.push_back("C_Event " + std::to_string(i));
       }
       w.Fire(L"end");
       EXPECT_EQ(expected, ear.Between("C_Event begin", "C_Event end"));
     }},
    {"6.2", "ASinkThatIsTooSlowLosesAndIsNotTold",
     [](World& w) {
       Ear overflow(w, L"SELECT * FROM __EventQueueOverflowEvent");
       Ear slow(w, kEvents);
       const Signal go_on;
       slow.sink()->on_indicate = [go_on](long, IWbemClassObject**) {
         EXPECT_TRUE(go_on.Wait());
         return WBEM_S_NO_ERROR;
       };
       ASSERT_TRUE(w.FireUntilSeen(slow.log()));
       // The other one listens when it hears one that a program fires.
       IWbemObjectSinkPtr source;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->QueryObjectSink(0, &source));
       const IWbemClassObjectPtr fired = w.NewInstance(L"__EventQueueOverflowEvent");
       IWbemClassObject* object = fired;
       ASSERT_TRUE(overflow.Await("__EventQueueOverflowEvent",
                                  [&] { EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(1, &object)); }));
       FireMany(w, 30'000, L"many");
       go_on.Set();
       FireMany(w, 1'000, L"the last");
       EXPECT_TRUE(slow.Await("C_Event the last", [] {}));
       EXPECT_GT(30'000u, slow.log().Objects().size());
       EXPECT_TRUE(slow.log().Finals().empty());
       IWbemClassObjectPtr told;
       const auto has_told = [&] {
         for (const IWbemClassObjectPtr& event : overflow.log().Objects()) {
           if (Embedded(event, L"Event")) told = event;
         }
         return static_cast<bool>(told);
       };
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       while (!has_told() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
       ASSERT_TRUE(told);
       EXPECT_EQ("C_Event", Text(Embedded(told, L"Event"), L"__CLASS"));
       EXPECT_LT(0, std::stoi(Text(told, L"CurrentQueueSize")));
     }},
    {"6.2", "AnEnumeratorThatIsNotReadIsToldOnceAndGoesOn",
     [](World& w) {
       const IEnumWbemClassObjectPtr events = Enumerate(w, kEvents);
       ASSERT_TRUE(events);
       IWbemClassObjectPtr event;
       do {
         w.Fire(L"first");
       } while (NextOf(events, event, 10) == WBEM_S_TIMEDOUT);
       FireMany(w, 30'000, L"last");
       int told = 0;
       std::size_t got = 0;
       while (Text(event, L"Text") != "last") {
         const HRESULT next = NextOf(events, event, 30'000);
         if (next == WBEM_E_CLIENT_TOO_SLOW) {
           ++told;
           const std::string description = Text(TakeErrorObject(), L"Description");
           EXPECT_NE(std::string::npos, description.find("events were lost")) << description;
         } else {
           ASSERT_EQ(WBEM_S_NO_ERROR, next);
           ++got;
         }
       }
       EXPECT_EQ(1, told);
       EXPECT_GT(30'000u, got);
       EXPECT_LT(10'000u, got) << "what waits is not lost";
     }},

    {"6.3", "TheConfigurationIsThereFromTheStart",
     [](World&) {
       const IWbemServicesPtr root = World::Connect(L"root");
       IWbemClassObjectPtr quotas;
       ASSERT_EQ(WBEM_S_NO_ERROR, root->GetObject(Literal(kQuotas), 0, nullptr, &quotas, nullptr));
       EXPECT_EQ("__SystemClass", Text(quotas, L"__SUPERCLASS"));
       for (const QuotaDefault& expected : kQuotaDefaults) {
         EXPECT_EQ(expected.value, Text(quotas, expected.property)) << Narrow(expected.property);
       }
       for (const wchar_t* unused : kUnusedQuotas) EXPECT_EQ("(null)", Text(quotas, unused)) << Narrow(unused);
       EXPECT_EQ(WBEM_E_NOT_FOUND, quotas->Get(L"NoSuch", 0, nullptr, nullptr, nullptr));
     }},
    {"6.3", "SubscriptionsOfOneUserInAllNamespaces",
     [](World& w) {
       const ChangedQuota two(L"TemporarySubscriptionsPerUser", 2);
       Ear first(w, kEvents);
       ASSERT_TRUE(w.FireUntilSeen(first.log()));
       const IWbemServicesPtr elsewhere = World::Connect(L"root");
       IEnumWbemClassObjectPtr second;
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 elsewhere->ExecNotificationQuery(Literal(L"WQL"), Literal(L"SELECT * FROM __ClassDeletionEvent"),
                                                  kForwardNow, nullptr, &second));
       // It has begun when it waits.
       IWbemClassObjectPtr event;
       ASSERT_EQ(WBEM_S_TIMEDOUT, NextOf(second, event, 500));
       ExpectRefused(w, kEvents, "__ArbitratorConfiguration.TemporarySubscriptionsPerUser is 2; ");
       EXPECT_TRUE(first.log().Finals().empty());
     }},
    {"6.3", "SubscriptionsOfAllUsers",
     [](World& w) {
       Ear first(w, kEvents);
       ASSERT_TRUE(w.FireUntilSeen(first.log()));
       {
         const ChangedQuota one(L"TemporarySubscriptionsTotal", 1);
         ExpectRefused(w, kEvents, "__ArbitratorConfiguration.TemporarySubscriptionsTotal is 1; ");
       }
       Ear second(w, kEvents);
       EXPECT_TRUE(w.FireUntilSeen(second.log())) << "the change counts for what comes after it";
     }},
    {"6.3", "PolledQueries",
     [](World& w) {
       const ChangedQuota none(L"PollingInstructionsPerUser", 0);
       ExpectRefused(w, L"SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'C_Provided'",
                     "__ArbitratorConfiguration.PollingInstructionsPerUser is 0; ");
       Ear stored(w, L"SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'C_Thing'");
       EXPECT_TRUE(stored.Await("__InstanceCreationEvent C_Thing.Name=\"m\" 1", [&] { Blink(w, L"m"); }))
           << "the repository is not polled";
     }},
    {"6.3", "MemoryOfPolledQueries",
     [](World& w) {
       const ChangedQuota little(L"PollingMemoryPerUser", 10);
       ExpectRefused(w, L"SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'C_Provided'",
                     "__ArbitratorConfiguration.PollingMemoryPerUser is 10; ");
     }},

    {"7.4", "SubclassesAreIncluded",
     [](World& w) {
       const IWbemClassObjectPtr loud = w.NewClass(L"C_LoudEvent", L"C_Event");
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(loud, 0, nullptr, nullptr));
       Ear ear(w, kEvents);
       Ear only(w, L"SELECT * FROM C_LoudEvent");
       IWbemObjectSinkPtr source;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->QueryObjectSink(0, &source));
       const IWbemClassObjectPtr event = w.NewInstance(L"C_LoudEvent");
       SetText(event, L"Text", L"boom");
       IWbemClassObject* object = event;
       const auto fire = [&] {
         w.Fire(L"quiet");
         EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(1, &object));
       };
       ASSERT_TRUE(ear.Await("C_LoudEvent boom", fire));
       ASSERT_TRUE(only.Await("C_LoudEvent boom", fire));
       EXPECT_TRUE(ear.Await("C_Event quiet", [] {}));
       EXPECT_FALSE(only.Heard("C_Event quiet"));
     }},
    {"7.4", "AnEmbeddedObjectIsGivenWhole",
     [](World& w) {
       for (const wchar_t* list : {L"TargetInstance", L"TargetInstance.Name"}) {
         const std::wstring query =
             L"SELECT " + std::wstring(list) + L" FROM __InstanceCreationEvent WHERE TargetInstance ISA 'C_Thing'";
         Ear ear(w, query.c_str());
         ASSERT_TRUE(ear.Await("__InstanceCreationEvent C_Thing.Name=\"m\" 1", [&] { Blink(w, L"m"); }));
       }
     }},
    {"7.4", "TheFilterDecides",
     [](World& w) {
       Ear ear(w, L"SELECT * FROM C_Event WHERE Text LIKE 'd%' AND Text <> 'dong'");
       const auto fire = [&] {
         for (const wchar_t* text : {L"boom", L"dong", L"ding"}) w.Fire(text);
       };
       ASSERT_TRUE(ear.Await("C_Event ding", fire));
       for (const std::string& told : ear.Told()) EXPECT_EQ("C_Event ding", told);
     }},

    {"13.15", "NoStatusUntilCancelledWhateverIsWatched",
     [](World& w) {
       for (const wchar_t* query :
            {kEvents, L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'C_Thing'",
             L"SELECT * FROM __InstanceOperationEvent WITHIN 0.01 WHERE TargetInstance ISA 'C_Provided'",
             L"SELECT * FROM C_Event GROUP WITHIN 1", L"SELECT * FROM __TimerEvent"}) {
         SCOPED_TRACE(Narrow(query));
         const auto log = w.NewLog();
         const SinkPtr sink = w.NewSink(log);
         ASSERT_EQ(0, Subscribe(w, query, sink, WBEM_FLAG_SEND_STATUS));
         Ear clock(w, kEvents);
         ASSERT_TRUE(w.FireUntilSeen(clock.log()));
         EXPECT_TRUE(log->Finals().empty() && log->Others().empty());
         EXPECT_EQ(WBEM_S_NO_ERROR, w.services->CancelAsyncCall(sink));
         EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
         EXPECT_TRUE(log->Others().empty());
         EXPECT_EQ(1, log->References());
       }
     }},
    {"13.19", "AnEnumeratorOfEventsHasNoResetAndNoClone",
     [](World& w) {
       const IEnumWbemClassObjectPtr events = Enumerate(w, kEvents);
       ASSERT_TRUE(events);
       EXPECT_EQ(WBEM_E_INVALID_OPERATION, events->Reset());
       IEnumWbemClassObjectPtr clone;
       EXPECT_EQ(WBEM_E_INVALID_OPERATION, events->Clone(&clone));
       EXPECT_FALSE(clone);
       IWbemClassObjectPtr event;
       do {
         w.Fire(L"still there");
       } while (NextOf(events, event, 10) == WBEM_S_TIMEDOUT);
       EXPECT_EQ("still there", Text(event, L"Text"));
     }},
    {"13.24", "WithoutWithinOnlyWhatTellsItself",
     [](World& w) {
       const auto log = w.NewLog();
       const SinkPtr sink = w.NewSink(log);
       ASSERT_EQ(0, Subscribe(w, L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'C_Provided'", sink));
       ASSERT_TRUE(log->WaitFinals());
       EXPECT_EQ(static_cast<HRESULT>(0x80042002), log->Outcome());
       Ear stored(w, L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'C_Thing'");
       EXPECT_TRUE(stored.Await("__InstanceCreationEvent C_Thing.Name=\"m\" 1", [&] { Blink(w, L"m"); }));
     }},
    {"13.30", "ReleasingAnEnumeratorOfEventsEndsTheSubscription",
     [](World& w) {
       const ChangedQuota one(L"TemporarySubscriptionsPerUser", 1);
       IEnumWbemClassObjectPtr events = Enumerate(w, kEvents);
       ASSERT_TRUE(events);
       IWbemClassObjectPtr event;
       do {
         w.Fire(L"alive");
       } while (NextOf(events, event, 10) == WBEM_S_TIMEDOUT);
       ExpectRefused(w, kEvents, "__ArbitratorConfiguration.");
       events = nullptr;
       // Its place is free soon.
       HRESULT next = WBEM_E_QUOTA_VIOLATION;
       const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
       while (next == WBEM_E_QUOTA_VIOLATION && std::chrono::steady_clock::now() < deadline) {
         events = Enumerate(w, kEvents);
         next = NextOf(events, event, 100);
       }
       EXPECT_EQ(WBEM_S_TIMEDOUT, next);
     }},
};
WMI_ROWS(Events, kEventRows);

// ---- queries that are refused ---------------------------------------------------------------------------------------

// The call starts; the subscription fails, late and in both forms the same, with the place in the query.
struct RefusedRow {
  const char* source;
  const char* what;
  const wchar_t* query;
  HRESULT code;
  const char* beginning;  // of the Description
};
void PrintTo(const RefusedRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

const RefusedRow kRefusedRows[] = {
    {"6.1", "PolledWithoutWithin", L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'C_Provided'",
     WBEMESS_E_REGISTRATION_TOO_PRECISE, ""},
    {"6.1", "EveryInstanceOfTheNamespace", L"SELECT * FROM __InstanceCreationEvent WITHIN 5",
     WBEMESS_E_REGISTRATION_TOO_BROAD, ""},
    {"7.4", "NoEventClass", L"SELECT * FROM C_Thing", WBEM_E_NOT_EVENT_CLASS, "line 1, column 15: "},
    {"7.4", "NoClass", L"SELECT * FROM C_Evnt", WBEM_E_INVALID_CLASS, "line 1, column 15: "},
    {"7.4", "NoQuery", L"SELECT * FORM C_Event", WBEM_E_INVALID_QUERY, "line 1, column 10: "},
    {"7.4", "ByWithoutGroup", L"SELECT * FROM C_Event BY Text", WBEM_E_MISSING_GROUP_WITHIN, "line 1, column 23: "},
    {"7.4", "ByStar", L"SELECT * FROM C_Event GROUP WITHIN 5 BY *", WBEM_E_MISSING_AGGREGATION_LIST,
     "line 1, column 41: "},
    {"7.4", "ByAnObject", L"SELECT * FROM __InstanceCreationEvent GROUP WITHIN 5 BY TargetInstance",
     WBEM_E_AGGREGATING_BY_OBJECT, "line 1, column 57: "},
    {"7.4", "WithinTooSmall", L"SELECT * FROM C_Event WITHIN 0.0009", WBEMESS_E_REGISTRATION_TOO_PRECISE,
     "line 1, column 30: "},
    {"7.4", "WithinTooLarge", L"SELECT * FROM C_Event WITHIN 418938", WBEM_E_INVALID_QUERY, "line 1, column 30: "},
    {"7.4", "WithinBehindWhere", L"SELECT * FROM C_Event\nWHERE Text = 'a' WITHIN 5", WBEM_E_INVALID_QUERY,
     "line 2, column 18: "},
    {"7.4", "GroupOfFractions", L"SELECT * FROM C_Event GROUP WITHIN 1.5", WBEM_E_INVALID_QUERY, "line 1, column 36: "},
    {"7.4", "HavingAsksForSomethingElse", L"SELECT * FROM C_Event GROUP WITHIN 5 HAVING Text = 'a'",
     WBEM_E_INVALID_QUERY, "line 1, column 45: "},
};

class RefusedEvents : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedEvents, EndsWithItsCodeAndPlace) {
  const RefusedRow& row = GetParam();
  SCOPED_TRACE(std::string("contract ") + row.source);
  World world;
  ASSERT_TRUE(world.services);
  const auto log = world.NewLog();
  const SinkPtr sink = world.NewSink(log);
  ASSERT_EQ(0, Subscribe(world, row.query, sink)) << "parsed later";
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(row.code, log->Outcome()) << std::hex << log->Outcome();
  EXPECT_EQ(0u, log->Batches());
  std::string description = Text(log->Finals().front().object, L"Description");
  EXPECT_EQ(0u, description.rfind(row.beginning, 0)) << description;
  EXPECT_TRUE(log->WaitReferences(1));

  const IEnumWbemClassObjectPtr events = Enumerate(world, row.query);
  ASSERT_TRUE(events);
  IWbemClassObjectPtr event;
  EXPECT_EQ(row.code, NextOf(events, event));
  description = Text(TakeErrorObject(), L"Description");
  EXPECT_EQ(0u, description.rfind(row.beginning, 0)) << description;
}

std::string RefusedName(const testing::TestParamInfo<RefusedRow>& info) { return info.param.what; }
INSTANTIATE_TEST_SUITE_P(Contract, RefusedEvents, testing::ValuesIn(kRefusedRows), RefusedName);

}  // namespace
}  // namespace wmi::conformance
