// Registered providers of events, from the subscription to the provider and back (contract 6.1, 6.6, 9.1, 9.3).
#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "api/event_provider_test_support.h"
#include "api/foreign_object_test_support.h"
#include "security/descriptor_for_test.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kBase[] = L"SELECT * FROM E_Base";

class EventProviderTest : public FiringTest {
 protected:
  struct Subscriber {
    std::shared_ptr<SinkLog> log;
    ComPtr<TestSink> sink;
  };

  void TearDown() override {
    for (const Subscriber& one : subscribers_) {
      if (services_) services_->CancelAsyncCall(one.sink.get());
      EXPECT_FALSE(one.log->late);
      EXPECT_FALSE(one.log->overlapped);
    }
    subscribers_.clear();
    FiringTest::TearDown();
  }

  Subscriber Subscribe(const wchar_t* query) {
    Subscriber made{NewLog(), nullptr};
    made.sink = NewSink(made.log);
    EXPECT_EQ(WBEM_S_NO_ERROR,
              services_->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(query), 0, nullptr, made.sink.get()));
    subscribers_.push_back(made);
    return made;
  }
  // Once it is heard: the provider knows its query.
  Subscriber Listen(const wchar_t* query) {
    const std::size_t before = firing_->Calls().size();
    Subscriber made = Subscribe(query);
    EXPECT_TRUE(firing_->WaitFor([&]() WMI_NO_THREAD_SAFETY_ANALYSIS {
      return std::any_of(firing_->calls.begin() + static_cast<std::ptrdiff_t>(before), firing_->calls.end(),
                         [](const std::string& call) { return call.starts_with("NewQuery"); });
    }));
    return made;
  }
  HRESULT Cancel(const Subscriber& one) { return services_->CancelAsyncCall(one.sink.get()); }
  // How a subscription ends that is not to stay.
  HRESULT OutcomeOf(const wchar_t* query) {
    const Subscriber made = Subscribe(query);
    EXPECT_TRUE(made.log->WaitFinals()) << Utf8(query);
    return made.log->Outcome();
  }
  // A subscription of which no provider knows, when it is heard of what a program fires.
  void Settle() {
    const Subscriber other = Subscribe(L"SELECT * FROM E_Other");
    FireUntilHeard(other);
    EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(other));
  }
  // A subscription begins some time after the call that asks for it.
  void FireUntilHeard(const Subscriber& subscriber) {
    ComPtr<IWbemObjectSink> source;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->QueryObjectSink(0, source.Receive()));
    const ComPtr<IWbemClassObject> event = Event("E_Other", 0);
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    while (subscriber.log->Objects() == 0 && SteadyClock().Now() < deadline) {
      Fire(source.get(), {event});
      std::this_thread::yield();
    }
    EXPECT_LT(0u, subscriber.log->Objects());
  }

  ComPtr<IWbemClassObject> Event(const char* class_name, std::uint32_t number) {
    Values values = {{"Text", cim::Value::Text("x")}};
    if (std::string_view(class_name) != "E_Other") values.emplace_back("Number", cim::Value::Unsigned(number));
    return MakeClassObject(Instance(class_name, values));
  }
  ComPtr<IWbemClassObject> Protected(std::uint32_t number, const security::Bytes& descriptor) {
    std::vector<cim::Value> bytes;
    for (const std::uint8_t byte : descriptor) bytes.push_back(cim::Value::Unsigned(byte));
    return MakeClassObject(Instance("E_Base", {{"Number", cim::Value::Unsigned(number)},
                                               {"SECURITY_DESCRIPTOR", cim::Value::Array(std::move(bytes))}}));
  }
  ComPtr<IWbemClassObject> Protected(std::uint32_t number, const std::string& sddl) {
    return Protected(number, security::BytesOf(security::SecurityDescriptor::FromText(sddl).value()));
  }
  // The text with the user of this process in the place of ME.
  static std::string Me(std::string sddl) {
    const std::string me = security::UserSid(geteuid()).Text();
    for (std::size_t at = 0; (at = sddl.find("ME")) != std::string::npos;) sddl.replace(at, 2, me);
    return sddl;
  }
  ComPtr<IWbemClassObject> InstanceEvent(const char* class_name, const cim::Object& target) {
    const cim::ClassPtr schema = session_->name_space()->FindClass(class_name);
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    builder.Set(*schema->FindSlot("TargetInstance"), cim::ValueView::OfObject(&target));
    builder.CommitRow();
    std::vector<cim::Object> rows;
    builder.Finish(rows);
    return MakeClassObject(rows.front());
  }
  static HRESULT Fire(IWbemObjectSink* sink, const std::vector<ComPtr<IWbemClassObject>>& events) {
    std::vector<IWbemClassObject*> array;
    for (const auto& event : events) array.push_back(event.get());
    return sink->Indicate(static_cast<long>(array.size()), array.data());
  }
  static bool WaitObjects(SinkLog& log, std::size_t count) {
    return log.WaitFor([&]() WMI_NO_THREAD_SAFETY_ANALYSIS { return log.objects.size() >= count; });
  }
  static std::vector<std::string> Heard(SinkLog& log, const wchar_t* property) {
    MutexLock lock(log.mutex);
    std::vector<std::string> texts;
    for (const auto& object : log.objects) texts.push_back(PropertyText(object.get(), property));
    return texts;
  }
  static std::vector<std::string> Numbers(SinkLog& log) { return Heard(log, L"Number"); }

 private:
  std::vector<Subscriber> subscribers_;
};

// ---- life -----------------------------------------------------------------------------------------------------------

TEST_F(EventProviderTest, LivesFromTheFirstSubscriptionToTheLast) {
  RegisterEvents({"SELECT * FROM E_Base"});
  EXPECT_EQ(0, firing_->created);
  const Subscriber one = Listen(kBase);
  const Subscriber two = Listen(L"SELECT * FROM E_Base WHERE Number = 2");
  EXPECT_EQ((std::vector<std::string>{"ProvideEvents", "NewQuery SELECT * FROM E_Base",
                                      "NewQuery SELECT * FROM E_Base WHERE Number = 2"}),
            firing_->Calls());
  EXPECT_NE(firing_->IdAt(0), firing_->IdAt(1));
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 1), Event("E_Special", 2)}));
  ASSERT_TRUE(WaitObjects(*one.log, 2) && WaitObjects(*two.log, 1));
  EXPECT_EQ((std::vector<std::string>{"1", "2"}), Numbers(*one.log));
  EXPECT_EQ((std::vector<std::string>{"2"}), Numbers(*two.log));
  EXPECT_NE("(null)", Heard(*two.log, L"TIME_CREATED").front());

  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
  ASSERT_TRUE(firing_->WaitCalls(4));
  EXPECT_EQ("CancelQuery " + std::to_string(firing_->IdAt(0)), firing_->Calls().back());
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 2)}));
  ASSERT_TRUE(WaitObjects(*two.log, 2));
  EXPECT_EQ(1, firing_->alive);

  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(two));
  ASSERT_TRUE(firing_->WaitGone());
  EXPECT_EQ("CancelQuery " + std::to_string(firing_->IdAt(1)), firing_->Calls().back());
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Fire(firing_->Sink().get(), {Event("E_Base", 3)}));
  EXPECT_EQ(WBEM_S_FALSE, firing_->Sink()->IsActive());

  const Subscriber again = Listen(kBase);
  EXPECT_EQ(2, firing_->created);
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 4)}));
  ASSERT_TRUE(WaitObjects(*again.log, 1));
  EXPECT_EQ(2u, one.log->Objects());
}

TEST_F(EventProviderTest, EventsOfOneThreadArriveInTheOrderFired) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  std::vector<std::string> fired;
  for (std::uint32_t i = 0; i < 400; i += 2) {
    ASSERT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", i), Event("E_Base", i + 1)}));
    fired.push_back(std::to_string(i));
    fired.push_back(std::to_string(i + 1));
  }
  ASSERT_TRUE(WaitObjects(*one.log, fired.size()));
  EXPECT_EQ(fired, Numbers(*one.log));
}

TEST_F(EventProviderTest, AnEventFiredInsideProvideEventsIsHeard) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->on_provide = [&](IWbemObjectSink* sink) { return Fire(sink, {Event("E_Base", 7)}); };
  const Subscriber one = Subscribe(kBase);
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ((std::vector<std::string>{"7"}), Numbers(*one.log));
  EXPECT_TRUE(firing_->WaitCalls(2));
}

TEST_F(EventProviderTest, IsLoadedForQueriesThatItsEventsMayAnswer) {
  RegisterEvents({"SELECT * FROM E_Base WHERE Number > 5",
                  "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item'", "nonsense",
                  "SELECT * FROM No_Such_Event"});
  const struct {
    const wchar_t* query;
    bool is_loaded;
  } rows[] = {
      {L"SELECT * FROM E_Special", true},
      {L"SELECT * FROM __ExtrinsicEvent", true},
      {L"SELECT * FROM __Event", true},
      {L"SELECT * FROM __InstanceOperationEvent WITHIN 100 WHERE TargetInstance ISA 'T_Sub'", true},
      {L"SELECT * FROM __InstanceCreationEvent WITHIN 100 WHERE TargetInstance ISA 'T_Base'", true},
      {L"SELECT * FROM E_Other", false},
      {L"SELECT * FROM __InstanceDeletionEvent WITHIN 100 WHERE TargetInstance ISA 'T_Item'", false},
      {L"SELECT * FROM __InstanceCreationEvent WITHIN 100 WHERE TargetInstance ISA 'T_Pair'", false},
      {L"SELECT * FROM __ClassOperationEvent", false},
  };
  int created = 0;
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.query));
    if (row.is_loaded) {
      const Subscriber one = Listen(row.query);
      EXPECT_EQ(++created, firing_->created);
      EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
      EXPECT_TRUE(firing_->WaitGone());
    } else {
      const Subscriber one = Subscribe(row.query);
      Settle();
      EXPECT_EQ(created, firing_->created);
      EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
    }
  }
}

TEST_F(EventProviderTest, WithoutTheOptionalInterfacesItFires) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_queries = false;
  const Subscriber one = Subscribe(kBase);
  ASSERT_TRUE(firing_->WaitCalls(1));
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 1)}));
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ((std::vector<std::string>{"ProvideEvents"}), firing_->Calls());
}

TEST_F(EventProviderTest, WhatNewQueryReturnsDoesNotMatter) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->on_new_query = [](unsigned long) -> HRESULT { throw std::runtime_error("no"); };
  const Subscriber one = Listen(kBase);
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 1)}));
  EXPECT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(0u, one.log->Finals());
}

// ---- the sink -------------------------------------------------------------------------------------------------------

TEST_F(EventProviderTest, OnlyEventsCanBeFiredAndAllOrNone) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  const ComPtr<IWbemClassObject> event = Event("E_Base", 1);
  const ComPtr<IWbemClassObject> thing = Pushed(1);
  const ComPtr<IWbemClassObject> schema = ClassOf("E_Base");
  const auto foreign = ComPtr<IWbemClassObject>::Adopt(new ForeignObject);
  const struct {
    const char* what;
    IWbemClassObject* object;
    HRESULT result;
  } rows[] = {
      {"no event", thing.get(), WBEM_E_INVALID_CLASS},
      {"class", schema.get(), WBEM_E_INVALID_OBJECT},
      {"foreign", foreign.get(), WBEM_E_INVALID_OBJECT},
      {"NULL", nullptr, WBEM_E_INVALID_PARAMETER},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    IWbemClassObject* objects[] = {event.get(), row.object};
    EXPECT_EQ(row.result, sink->Indicate(2, objects));
    ComPtr<IErrorInfo> error;
    EXPECT_EQ(S_OK, GetErrorInfo(0, error.Receive()));
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, sink->Indicate(0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->Indicate(1, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->Indicate(-1, nullptr));
  IWbemClassObject* good = event.get();
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->Indicate(static_cast<long>(limits::kIndicateObjectsMax) + 1, &good));
  // An event that nobody of its registration wants goes nowhere.
  EXPECT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Other", 0), Event("E_Base", 9)}));
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ((std::vector<std::string>{"9"}), Numbers(*one.log));
}

TEST_F(EventProviderTest, SetStatusAndOtherSettingsEndNothing) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  EXPECT_EQ(WBEM_S_NO_ERROR, sink->SetStatus(WBEM_STATUS_COMPLETE, WBEM_E_FAILED, nullptr, nullptr));
  BYTE descriptor[4] = {};
  EXPECT_EQ(WBEM_S_NO_ERROR, sink->SetSinkSecurity(0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->SetSinkSecurity(4, descriptor));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->SetSinkSecurity(4, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->SetSinkSecurity(-1, descriptor));
  for (const LONG flags : {0, 1, 2}) {
    EXPECT_EQ(WBEM_S_NO_ERROR, sink->SetBatchingParameters(flags, 0x7FFFFFFF, static_cast<DWORD>(WBEM_INFINITE)));
  }
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->SetBatchingParameters(3, 0, 0));
  EXPECT_EQ(WBEM_S_NO_ERROR, sink->IsActive());
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", 1)}));
  EXPECT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(0u, one.log->Finals());
}

TEST_F(EventProviderTest, RestrictedSinkLetsPassWhatItsQueriesSay) {
  RegisterEvents({"SELECT * FROM E_Base", "SELECT * FROM E_Other"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  const auto restricted = [](IWbemEventSink* of, std::vector<LPCWSTR> queries) {
    ComPtr<IWbemEventSink> made;
    EXPECT_EQ(WBEM_S_NO_ERROR,
              of->GetRestrictedSink(static_cast<long>(queries.size()), queries.data(), nullptr, made.Receive()));
    return made;
  };
  const auto few = restricted(sink.get(), {L"SELECT * FROM E_Base WHERE Number = 1", L"SELECT * FROM E_Special"});
  const auto fewer = restricted(few.get(), {L"SELECT * FROM E_Base WHERE Number > 2"});
  const auto other = restricted(sink.get(), {L"SELECT * FROM E_Other"});
  const auto instances =
      restricted(sink.get(), {L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item'"});
  const std::vector<ComPtr<IWbemClassObject>> events = {Event("E_Base", 1), Event("E_Base", 2), Event("E_Special", 3),
                                                        Event("E_Special", 2)};
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(few.get(), events));
  ASSERT_TRUE(WaitObjects(*one.log, 3));
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(fewer.get(), events));
  ASSERT_TRUE(WaitObjects(*one.log, 4));
  EXPECT_EQ((std::vector<std::string>{"1", "3", "2", "3"}), Numbers(*one.log));
  EXPECT_EQ(WBEM_S_NO_ERROR, few->IsActive());
  EXPECT_EQ(WBEM_S_NO_ERROR, fewer->IsActive());
  EXPECT_EQ(WBEM_S_FALSE, other->IsActive());
  EXPECT_EQ(WBEM_S_FALSE, instances->IsActive());
  const Subscriber two = Listen(L"SELECT * FROM E_Other");
  EXPECT_EQ(WBEM_S_NO_ERROR, other->IsActive());
  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(two));
  // What it listened with goes behind its final status.
  const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(60);
  while (other->IsActive() != WBEM_S_FALSE && SteadyClock().Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(WBEM_S_FALSE, other->IsActive());
}

TEST_F(EventProviderTest, RestrictedSinkNeedsQueriesThatCanBe) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  const struct {
    LPCWSTR query;
    HRESULT result;
  } rows[] = {
      {L"SELECT FROM", WBEM_E_INVALID_QUERY},
      {L"SELECT * FROM E_Nothing", WBEM_E_INVALID_CLASS},
      {L"SELECT * FROM T_Pushed", WBEM_E_NOT_EVENT_CLASS},
      {nullptr, WBEM_E_INVALID_PARAMETER},
  };
  for (const auto& row : rows) {
    LPCWSTR queries[] = {L"SELECT * FROM E_Base", row.query};
    auto* made = reinterpret_cast<IWbemEventSink*>(1);
    EXPECT_EQ(row.result, sink->GetRestrictedSink(2, queries, nullptr, &made)) << Utf8(row.query);
    EXPECT_EQ(nullptr, made);
  }
  LPCWSTR query = L"SELECT * FROM E_Base";
  ComPtr<IWbemEventSink> made;
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->GetRestrictedSink(0, &query, nullptr, made.Receive()));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->GetRestrictedSink(1025, &query, nullptr, made.Receive()));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->GetRestrictedSink(1, nullptr, nullptr, made.Receive()));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->GetRestrictedSink(1, &query, nullptr, nullptr));
}

// ---- who may hear ---------------------------------------------------------------------------------------------------

TEST_F(EventProviderTest, RefusalEndsTheSubscriptionAndNothingIsHeard) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_security = true;
  firing_->on_access_check = [](const std::wstring& query, long length, const BYTE* sid) -> HRESULT {
    EXPECT_EQ(0, length);
    EXPECT_EQ(nullptr, sid);
    if (query == kBase) return WBEM_S_SUBJECT_TO_SDS;
    return WBEM_E_ACCESS_DENIED;
  };
  const Subscriber one = Listen(kBase);
  EXPECT_EQ((std::vector<std::string>{"AccessCheck", "ProvideEvents", "NewQuery SELECT * FROM E_Base"}),
            firing_->Calls());
  // While it is asked about the second, the events of the first arrive there only.
  firing_->on_access_check = [&](const std::wstring&, long, const BYTE*) -> HRESULT {
    EXPECT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {Event("E_Base", 1)}));
    return WBEM_E_ACCESS_DENIED;
  };
  const Subscriber two = Subscribe(L"SELECT * FROM __ExtrinsicEvent");
  ASSERT_TRUE(two.log->WaitFinals());
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, two.log->Outcome());
  const std::string error = ErrorDescription(*two.log);
  EXPECT_NE(std::string::npos, error.find("'Firing'")) << error;
  EXPECT_NE(std::string::npos, error.find("AccessCheck")) << error;
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(0u, two.log->Objects());
  EXPECT_EQ(4u, firing_->Calls().size()) << "what was refused is not told, and not cancelled";
  firing_->on_access_check = nullptr;
}

TEST_F(EventProviderTest, RefusedAloneItIsLetGo) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_security = true;
  firing_->on_access_check = [](const std::wstring&, long, const BYTE*) -> HRESULT { return WBEM_E_ACCESS_DENIED; };
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, OutcomeOf(kBase));
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ((std::vector<std::string>{"AccessCheck"}), firing_->Calls());
}

// Contract 6.6: of a permanent subscription, who made it.
TEST_F(EventProviderTest, AccessCheckIsGivenTheCreatorOfAPermanentSubscription) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_security = true;
  std::vector<BYTE> seen;
  firing_->on_access_check = [&](const std::wstring&, long length, const BYTE* sid) -> HRESULT {
    seen.assign(sid, sid + length);
    return WBEM_S_NO_ERROR;
  };
  const auto registrations = engine_->repository().ListInstances("ROOT\\test", "__EventProviderRegistration");
  ASSERT_TRUE(registrations.ok());
  const auto provider = loader_->FindEventSource(session_, registrations->front());
  ASSERT_TRUE(provider.ok()) << provider.status().Message();
  const std::vector<std::uint8_t> sid = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
  EXPECT_TRUE((*provider)->Admit({session_, 1, "SELECT * FROM E_Base", sid}).ok());
  EXPECT_EQ(sid, seen);
  (*provider)->Stop();
  EXPECT_EQ(0, firing_->alive);
  firing_->on_access_check = nullptr;
}

// Contract 6.6: an event says itself who may have it, unless AccessCheck has said so for all.
TEST_F(EventProviderTest, DescriptorsOfEventsHoldUnlessTheProviderLetTheSubscriberIn) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const struct {
    bool has_security;
    HRESULT answer;
    std::vector<std::string> heard;
  } rows[] = {
      {false, WBEM_S_NO_ERROR, {"1", "3", "5", "9"}},
      {true, WBEM_S_SUBJECT_TO_SDS, {"1", "3", "5", "9"}},
      {true, WBEM_S_NO_ERROR, {"1", "2", "3", "4", "5", "6", "9"}},
  };
  for (const auto& row : rows) {
    firing_->has_security = row.has_security;
    firing_->on_access_check = [&](const std::wstring&, long, const BYTE*) { return row.answer; };
    const Subscriber one = Listen(kBase);
    EXPECT_EQ(WBEM_S_NO_ERROR,
              Fire(firing_->Sink().get(),
                   {Protected(1, Me("D:(A;;0x40;;;ME)")), Protected(2, Me("D:(D;;0x40;;;ME)(A;;GA;;;WD)")),
                    Protected(3, "D:(A;;0x40;;;WD)"), Protected(4, "D:"), Protected(5, "O:BA"),
                    Protected(6, "D:(A;;0x80;;;WD)"), Event("E_Base", 9)}));
    ASSERT_TRUE(WaitObjects(*one.log, row.heard.size()));
    EXPECT_EQ(row.heard, Numbers(*one.log)) << row.answer;
    EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
    ASSERT_TRUE(firing_->WaitGone());
    firing_->Forget();
  }
  firing_->on_access_check = nullptr;
}

TEST_F(EventProviderTest, AMalformedDescriptorReachesNobody) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
            Fire(sink.get(), {Event("E_Base", 1), Protected(2, security::Bytes{1, 2, 3}), Event("E_Base", 3)}));
  EXPECT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", 4)}));
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ((std::vector<std::string>{"4"}), Numbers(*one.log));
}

TEST_F(EventProviderTest, TheDescriptorOfASinkHoldsForAllThatPassesIt) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_security = true;  // and lets everybody in, which does not undo what the sinks say
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  LPCWSTR query = kBase;
  ComPtr<IWbemEventSink> inner;
  ASSERT_EQ(WBEM_S_NO_ERROR, sink->GetRestrictedSink(1, &query, nullptr, inner.Receive()));
  const auto set = [](IWbemEventSink* on, const std::string& sddl) {
    security::Bytes bytes = security::BytesOf(security::SecurityDescriptor::FromText(sddl).value());
    return on->SetSinkSecurity(static_cast<long>(bytes.size()), bytes.data());
  };
  const std::string open = Me("O:MEG:MED:(A;;0x40;;;ME)");
  const std::string closed = "O:BAG:BAD:(A;;0x80;;;WD)";
  const struct {
    std::string outer;
    std::string inner;
    std::vector<std::string> heard;  // 1 through the outer, 2 through the inner
  } rows[] = {
      {open, open, {"1", "2"}},
      {open, closed, {"1"}},
      {closed, open, {}},
  };
  std::vector<std::string> expected;
  for (const auto& row : rows) {
    ASSERT_EQ(WBEM_S_NO_ERROR, set(sink.get(), row.outer));
    ASSERT_EQ(WBEM_S_NO_ERROR, set(inner.get(), row.inner));
    EXPECT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", 1)}));
    EXPECT_EQ(WBEM_S_NO_ERROR, Fire(inner.get(), {Event("E_Base", 2)}));
    expected.insert(expected.end(), row.heard.begin(), row.heard.end());
  }
  // What is refused leaves things as they are: closed.
  for (const char* sddl : {"G:BAD:(A;;0x40;;;WD)", "O:BAD:(A;;0x40;;;WD)"}) {
    EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set(sink.get(), sddl)) << sddl;
  }
  BYTE garbage[20] = {};
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sink->SetSinkSecurity(sizeof(garbage), garbage));
  EXPECT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", 3)}));
  ASSERT_EQ(WBEM_S_NO_ERROR, sink->SetSinkSecurity(0, nullptr));
  EXPECT_EQ(WBEM_S_NO_ERROR, Fire(sink.get(), {Event("E_Base", 4)}));
  expected.push_back("4");
  ASSERT_TRUE(WaitObjects(*one.log, expected.size()));
  EXPECT_EQ(expected, Numbers(*one.log));
}

// ---- failures -------------------------------------------------------------------------------------------------------

TEST_F(EventProviderTest, ProviderThatCannotBeUsedEndsWhatDependsOnIt) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_events = false;
  EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, OutcomeOf(kBase));
  EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, OutcomeOf(L"SELECT * FROM E_Special"));
  firing_->has_events = true;
  firing_->on_provide = [](IWbemObjectSink*) -> HRESULT { return WBEM_E_FAILED; };
  EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, OutcomeOf(kBase));
  firing_->on_provide = [](IWbemObjectSink*) -> HRESULT { throw std::runtime_error("out of ink"); };
  const Subscriber one = Subscribe(kBase);
  ASSERT_TRUE(one.log->WaitFinals());
  EXPECT_NE(std::string::npos, ErrorDescription(*one.log).find("out of ink"));
  EXPECT_TRUE(firing_->WaitGone());
  for (const std::string& call : firing_->Calls()) EXPECT_EQ("ProvideEvents", call);
  firing_->on_provide = nullptr;
  const Subscriber two = Listen(kBase);
  EXPECT_EQ(0u, two.log->Finals());
}

// Others send such events, too.
TEST_F(EventProviderTest, ProviderThatCannotBeUsedDoesNotEndASubscriptionToABase) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_events = false;
  const Subscriber all = Subscribe(L"SELECT * FROM __ExtrinsicEvent");
  EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, OutcomeOf(kBase));
  FireUntilHeard(all);
  EXPECT_EQ(0u, all.log->Finals());
}

TEST_F(EventProviderTest, RegistrationThatRefersToNothingIsSaid) {
  RegisterEvents({"SELECT * FROM E_Base"}, "Nobody");
  const Subscriber one = Subscribe(kBase);
  ASSERT_TRUE(one.log->WaitFinals());
  EXPECT_EQ(WBEM_E_INVALID_PROVIDER_REGISTRATION, one.log->Outcome());
  EXPECT_NE(std::string::npos, ErrorDescription(*one.log).find("Nobody"));
}

// ---- threads --------------------------------------------------------------------------------------------------------

TEST_F(EventProviderTest, FiringGoesOnWhileSubscriptionsEnd) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  const ComPtr<IWbemEventSink> sink = firing_->Sink();
  for (int i = 0; i < 3; ++i) {
    Spawn([this, sink] {
      HRESULT result = WBEM_S_NO_ERROR;
      while (result == WBEM_S_NO_ERROR) result = Fire(sink.get(), {Event("E_Base", 1)});
      EXPECT_EQ(WBEM_E_CALL_CANCELLED, result);
    });
  }
  for (int i = 0; i < 20; ++i) {
    const Subscriber other = Listen(L"SELECT * FROM E_Special");
    EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(other));
  }
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, one.log->Outcome());
  JoinThreads();
}

TEST_F(EventProviderTest, CancelDoesNotWaitForTheProvider) {
  RegisterEvents({"SELECT * FROM E_Base"});
  Signal inside;
  Signal go_on;
  firing_->on_new_query = [=](unsigned long) -> HRESULT {
    inside.Set();
    go_on.Wait();
    return WBEM_S_NO_ERROR;
  };
  const Subscriber one = Subscribe(kBase);
  ASSERT_TRUE(inside.Wait());
  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, one.log->Outcome());
  EXPECT_EQ(1, firing_->alive);
  go_on.Set();
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ("CancelQuery " + std::to_string(firing_->IdAt(0)), firing_->Calls().back());
}

TEST_F(EventProviderTest, ProviderMayLetGoOfItsSinkEarly) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->keeps_sink = false;
  const Subscriber one = Listen(kBase);
  EXPECT_EQ(0u, one.log->Finals());
  EXPECT_EQ(WBEM_S_NO_ERROR, Cancel(one));
  EXPECT_TRUE(firing_->WaitGone());
}

TEST_F(EventProviderTest, SinkOutlivesTheEngine) {
  RegisterEvents({"SELECT * FROM E_Base"});
  const Subscriber one = Listen(kBase);
  ComPtr<IWbemClassObject> event = Event("E_Base", 1);
  services_->CancelAsyncCall(one.sink.get());
  ASSERT_TRUE(firing_->WaitGone());
  services_.Reset();
  session_.reset();
  engine_.reset();
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Fire(firing_->Sink().get(), {event}));
  LPCWSTR query = L"SELECT * FROM E_Base";
  ComPtr<IWbemEventSink> restricted;
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, firing_->Sink()->GetRestrictedSink(1, &query, nullptr, restricted.Receive()));
  EXPECT_EQ(WBEM_S_FALSE, firing_->Sink()->IsActive());
}

// ---- events of instances --------------------------------------------------------------------------------------------

constexpr char kCreationOfItems[] = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item'";

TEST_F(EventProviderTest, WhatAProviderSendsNeedsNoWithin) {
  RegisterEvents({kCreationOfItems});
  const Subscriber one = Listen(L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item'");
  const cim::Object item = Instance("T_Item", {{"Id", cim::Value::Text("new")}});
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {InstanceEvent("__InstanceCreationEvent", item)}));
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  EXPECT_EQ(0u, script_->rows_read) << "nobody looks";
  EXPECT_EQ(WBEMESS_E_REGISTRATION_TOO_PRECISE,
            OutcomeOf(L"SELECT * FROM __InstanceDeletionEvent WHERE TargetInstance ISA 'T_Item'"));
  EXPECT_EQ(WBEMESS_E_REGISTRATION_TOO_PRECISE,
            OutcomeOf(L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'T_Item'"));
  EXPECT_EQ(WBEMESS_E_REGISTRATION_TOO_PRECISE,
            OutcomeOf(L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Pair'"));
}

TEST_F(EventProviderTest, AConditionInTheRegistrationLeavesTheRestToPolling) {
  RegisterEvents(
      {"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item' AND "
       "TargetInstance.Label = 'x'"});
  EXPECT_EQ(WBEMESS_E_REGISTRATION_TOO_PRECISE,
            OutcomeOf(L"SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'T_Item'"));
}

// Contract 6.1: what a provider sends comes at once, the remaining kinds are polled.
TEST_F(EventProviderTest, WhatAProviderDoesNotSendIsPolledAndNothingComesTwice) {
  RegisterEvents({kCreationOfItems});
  const Subscriber one =
      Listen(L"SELECT * FROM __InstanceOperationEvent WITHIN 0.01 WHERE TargetInstance ISA 'T_Item'");
  const auto looked = [&](std::uint64_t more) {
    const std::uint64_t before = script_->rows_read;
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    while (script_->rows_read < before + more && SteadyClock().Now() < deadline) std::this_thread::yield();
  };
  looked(6);  // the base line, and once more
  const cim::Object item = Instance("T_Item", {{"Id", cim::Value::Text("new")}});
  ASSERT_EQ(WBEM_S_NO_ERROR, Fire(firing_->Sink().get(), {InstanceEvent("__InstanceCreationEvent", item)}));
  ASSERT_TRUE(WaitObjects(*one.log, 1));
  script_->items = 5;
  looked(10);  // seen, and not told
  script_->items = 4;
  ASSERT_TRUE(WaitObjects(*one.log, 2));
  EXPECT_EQ((std::vector<std::string>{"__InstanceCreationEvent", "__InstanceDeletionEvent"}),
            Heard(*one.log, L"__CLASS"));
}

}  // namespace
}  // namespace wmi::api
