// Subscriptions and fired events (contract 2.5, 3, 6.2; checklist 15 and 19).
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "api/foreign_object_test_support.h"
#include "api/services_test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kEvents[] = L"SELECT * FROM S_Event";
constexpr long kEnumerate = WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;

class EventsTest : public WritableTest {
 protected:
  HRESULT Subscribe(IWbemServices* services, IWbemObjectSink* sink, long flags = 0) {
    return services->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(kEvents), flags, nullptr, sink);
  }
  ComPtr<IEnumWbemClassObject> Subscribe() {
    ComPtr<IEnumWbemClassObject> events;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->ExecNotificationQuery(Literal(L"WQL"), Literal(kEvents), kEnumerate, nullptr,
                                                                events.Receive()));
    return events;
  }
  ComPtr<IWbemObjectSink> Source() {
    ComPtr<IWbemObjectSink> source;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->QueryObjectSink(0, source.Receive()));
    return source;
  }
  ComPtr<IWbemClassObject> NewEvent(const wchar_t* text) {
    ComPtr<IWbemClassObject> event = NewInstance(L"S_Event");
    SetProperty(event.get(), L"Text", text);
    return event;
  }
  void Fire(IWbemObjectSink* source, const wchar_t* text) {
    IWbemClassObject* event = NewEvent(text).Detach();
    EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(1, &event));
    event->Release();
  }
  // Fires until the sink has seen something: a subscription is alive some time after its call has returned.
  void FireUntilSeen(SinkLog& log) {
    const ComPtr<IWbemObjectSink> source = Source();
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    while (log.Objects() == 0 && SteadyClock().Now() < deadline) {
      Fire(source.get(), L"hello");
      std::this_thread::yield();
    }
    EXPECT_LT(0u, log.Objects());
  }
};

// Checklist 15; contract 3, rule 10.
TEST_F(EventsTest, SubscriptionLivesWithoutAStatusUntilItIsCancelled) {
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  ASSERT_EQ(WBEM_S_NO_ERROR, Subscribe(services_.get(), sink.get(), WBEM_FLAG_SEND_STATUS));
  FireUntilSeen(*log);
  {
    MutexLock lock(log->mutex);
    EXPECT_EQ("hello", PropertyText(log->objects.front().get(), L"Text"));
    EXPECT_TRUE(log->progress.empty());
    EXPECT_TRUE(log->finals.empty());
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(1u, log->references);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(nullptr, log->Error().get());
}

TEST_F(EventsTest, WrongQueryEndsTheSubscriptionLate) {
  const struct {
    const wchar_t* query;
    HRESULT outcome;
  } rows[] = {
      {L"SELECT FROM", WBEM_E_INVALID_QUERY},
      {L"SELECT * FROM S_Nothing", WBEM_E_INVALID_CLASS},
      {L"SELECT * FROM S_Thing", WBEM_E_NOT_EVENT_CLASS},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.query));
    const Seen seen = Async([&](IWbemObjectSink* sink) {
      return services_->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(row.query), 0, nullptr, sink);
    });
    EXPECT_EQ(WBEM_S_NO_ERROR, seen.started);
    EXPECT_EQ(row.outcome, seen.outcome) << CodeName(seen.outcome);
    EXPECT_TRUE(seen.error);
    ComPtr<IEnumWbemClassObject> events;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecNotificationQuery(Literal(L"WQL"), Literal(row.query), kEnumerate,
                                                                nullptr, events.Receive()));
    ComPtr<IWbemClassObject> event;
    ULONG returned = 1;
    EXPECT_EQ(row.outcome, events->Next(WBEM_INFINITE, 1, event.Receive(), &returned));
  }
}

// Contract 6.2 and 5.2; checklist 19.
TEST_F(EventsTest, EnumeratorOfEventsIsForwardOnlyAndWaits) {
  const ComPtr<IEnumWbemClassObject> events = Subscribe();
  ComPtr<IWbemClassObject> event;
  ULONG returned = 7;
  EXPECT_EQ(WBEM_S_TIMEDOUT, events->Next(WBEM_NO_WAIT, 1, event.Receive(), &returned));
  EXPECT_EQ(0u, returned);
  const ComPtr<IWbemObjectSink> source = Source();
  HRESULT result = WBEM_S_TIMEDOUT;
  const TimePoint deadline = SteadyClock().Now() + kWaitMax;
  while (result == WBEM_S_TIMEDOUT && SteadyClock().Now() < deadline) {
    Fire(source.get(), L"one");
    result = events->Next(1, 1, event.Receive(), &returned);
  }
  ASSERT_EQ(WBEM_S_NO_ERROR, result);
  EXPECT_EQ("one", PropertyText(event.get(), L"Text"));
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, events->Reset());
  ComPtr<IEnumWbemClassObject> clone;
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, events->Clone(clone.Receive()));
}

TEST_F(EventsTest, ReleasingTheEnumeratorEndsTheSubscription) {
  Subscribe().Reset();
  EXPECT_TRUE(engine_->runtime().table().WaitEmpty(SteadyClock().Now() + kWaitMax));
}

// A limit of the connection does not end what is meant to stay.
TEST_F(EventsTest, SubscriptionHasNoDeadline) {
  const auto hurried = com::MakeCom<Services>(engine_->Connect("ROOT\\test", std::chrono::milliseconds(1)).value());
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  ASSERT_EQ(WBEM_S_NO_ERROR, Subscribe(hurried.get(), sink.get()));
  // A call of the same connection passes its time meanwhile.
  script_->blocking = provider::Blocking::kPossible;
  Signal go_on;
  script_->before_row = [go_on](std::uint64_t, const provider::Request&) {
    go_on.Wait();
    return Status();
  };
  ComPtr<IEnumWbemClassObject> rows;
  EXPECT_EQ(WBEM_E_TIMED_OUT, hurried->CreateInstanceEnum(Literal(L"T_Item"), 0, nullptr, rows.Receive()));
  go_on.Set();
  FireUntilSeen(*log);
  EXPECT_EQ(0u, log->Finals());
  EXPECT_EQ(WBEM_S_NO_ERROR, hurried->CancelAsyncCall(sink.get()));
}

// Contract 2.5: the last proxy of the connection takes its subscriptions with it, and nothing else.
TEST_F(EventsTest, ReleasingTheServicesEndsTheirSubscriptionsOnly) {
  ComPtr<IWbemServices> services = com::MakeCom<Services>(engine_->Connect("ROOT\\test").value());
  ComPtr<IUnknown> copy;
  ASSERT_EQ(S_OK, CoCopyProxy(services.get(), copy.Receive()));
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  ASSERT_EQ(WBEM_S_NO_ERROR, Subscribe(services.get(), sink.get()));
  auto other_log = std::make_shared<SinkLog>();
  auto other = ComPtr<TestSink>::Adopt(new TestSink(other_log));
  ASSERT_EQ(WBEM_S_NO_ERROR, Subscribe(services_.get(), other.get()));
  Signal inside;
  Signal go_on;
  doer_->before = [inside, go_on] {
    inside.Set();
    go_on.Wait();
    return Status();
  };
  auto call_log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, services->ExecMethodAsync(Literal(L"S_Doer.Id=\"1\""), Literal(L"Quiet"), 0, nullptr,
                                                       nullptr, new TestSink(call_log, 0)));
  ASSERT_TRUE(inside.Wait());
  services.Reset();
  FireUntilSeen(*log);  // a copy of the proxy is still there
  EXPECT_EQ(0u, log->Finals());
  copy.Reset();
  ASSERT_TRUE(log->WaitReferences(1));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(0u, call_log->Finals()) << "a call goes on";
  go_on.Set();
  ASSERT_TRUE(call_log->WaitReferences(0));
  EXPECT_EQ(WBEM_S_NO_ERROR, call_log->Outcome());
  FireUntilSeen(*other_log);
  EXPECT_EQ(0u, other_log->Finals());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(other.get()));
}

// Contract 1.3, QueryObjectSink.
TEST_F(EventsTest, OnlyExtrinsicEventsCanBeFired) {
  const ComPtr<IWbemObjectSink> source = Source();
  const ComPtr<IWbemClassObject> event = NewEvent(L"x");
  const ComPtr<IWbemClassObject> thing = NewThing(L"x");
  const ComPtr<IWbemClassObject> schema = GetOne(L"S_Event");
  const auto foreign = ComPtr<IWbemClassObject>::Adopt(new ForeignObject);
  const struct {
    const char* what;
    IWbemClassObject* object;
    HRESULT result;
  } rows[] = {
      {"event", event.get(), WBEM_S_NO_ERROR},        {"no event", thing.get(), WBEM_E_INVALID_CLASS},
      {"class", schema.get(), WBEM_E_INVALID_OBJECT}, {"foreign", foreign.get(), WBEM_E_INVALID_OBJECT},
      {"NULL", nullptr, WBEM_E_INVALID_PARAMETER},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    IWbemClassObject* objects[] = {event.get(), row.object};
    EXPECT_EQ(row.result, source->Indicate(2, objects));
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, source->Indicate(1, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, source->Indicate(-1, nullptr));
  EXPECT_EQ(WBEM_S_NO_ERROR, source->SetStatus(WBEM_STATUS_COMPLETE, WBEM_E_FAILED, nullptr, nullptr));
}

TEST_F(EventsTest, EventSinkOutlivesItsServices) {
  const ComPtr<IWbemObjectSink> source = Source();
  const ComPtr<IWbemClassObject> event = NewEvent(L"late");
  services_.Reset();
  IWbemClassObject* object = event.get();
  EXPECT_EQ(WBEM_S_NO_ERROR, source->Indicate(1, &object));
}

}  // namespace
}  // namespace wmi::api
