// Event consumers that are COM objects (contract 6.4, "Physical consumer").
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "api/event_provider_test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;
using ConsumerPtr = std::unique_ptr<provider::EventConsumer>;

// What a consumer of its own is told.
struct Desk {
  Mutex mutex;
  std::vector<std::string> told WMI_GUARDED_BY(mutex);  // "consumer: number"
  std::atomic<int> alive = 0;
  std::vector<std::string> Told() {
    MutexLock lock(mutex);
    return told;
  }
};

HRESULT NoteAt(Desk& desk, IWbemClassObject* consumer, long count, IWbemClassObject** events) {
  EXPECT_EQ(1, count);
  MutexLock lock(desk.mutex);
  desk.told.push_back(PropertyText(consumer, L"Name") + ": " + PropertyText(events[0], L"Number"));
  return WBEM_S_NO_ERROR;
}

class DeskSink final : public com::ComObject<IWbemUnboundObjectSink> {
 public:
  explicit DeskSink(std::shared_ptr<Desk> desk) : desk_(std::move(desk)) { ++desk_->alive; }
  HRESULT IndicateToConsumer(IWbemClassObject* consumer, long count, IWbemClassObject** events) override {
    return NoteAt(*desk_, consumer, count, events);
  }

 protected:
  ~DeskSink() override { --desk_->alive; }

 private:
  const std::shared_ptr<Desk> desk_;
};

class EventConsumerTest : public FiringTest {
 protected:
  Result<std::shared_ptr<provider::EventConsumerProvider>> Find(const std::string& provider = "Firing") {
    return loader_->FindEventConsumers(
        session_, Instance("__EventConsumerProviderRegistration",
                           {{"provider", cim::Value::Text("__Win32Provider.Name=\"" + provider + "\"")},
                            {"ConsumerClassNames", Texts({"E_Consumer"})}}));
  }
  ConsumerPtr Open(const char* name) {
    auto provider = Find();
    EXPECT_TRUE(provider.ok()) << provider.status().Message();
    auto opened = (*provider)->Open(Instance("E_Consumer", {{"Name", cim::Value::Text(name)}}));
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }
  std::vector<cim::Object> Events(std::uint32_t first, std::uint32_t last) {
    std::vector<cim::Object> events;
    for (std::uint32_t i = first; i <= last; ++i) {
      events.push_back(Instance("E_Base", {{"Number", cim::Value::Unsigned(i)}}));
    }
    return events;
  }
  static provider::Consumed Consume(const ConsumerPtr& consumer, const std::vector<cim::Object>& events) {
    return consumer->Consume(events, {});
  }

  const std::shared_ptr<Desk> desk_ = std::make_shared<Desk>();
};

TEST_F(EventConsumerTest, EventsGoToTheSinkThatIsFoundForTheConsumer) {
  firing_->has_consumers = true;
  firing_->on_find = [&](IWbemClassObject*, IWbemUnboundObjectSink** sink) -> HRESULT {
    *sink = com::MakeCom<DeskSink>(desk_).Detach();
    return WBEM_S_NO_ERROR;
  };
  ConsumerPtr one = Open("one");
  ConsumerPtr two = Open("two");
  EXPECT_EQ(0, firing_->created) << "not before there are events";
  const provider::Consumed consumed = Consume(one, Events(1, 2));
  EXPECT_TRUE(consumed.status.ok()) << consumed.status.Message();
  EXPECT_EQ(2u, consumed.done);
  EXPECT_EQ(1u, Consume(two, Events(3, 3)).done);
  EXPECT_EQ(1u, Consume(one, Events(4, 4)).done);
  EXPECT_EQ((std::vector<std::string>{"one: 1", "one: 2", "two: 3", "one: 4"}), desk_->Told());
  EXPECT_EQ((std::vector<std::string>{"FindConsumer", "FindConsumer"}), firing_->Calls());
  EXPECT_EQ(1, firing_->created);
  EXPECT_EQ(2, desk_->alive);
  one.reset();
  EXPECT_EQ(1u, Consume(two, Events(5, 5)).done);
  two.reset();
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ(0, desk_->alive);
}

TEST_F(EventConsumerTest, WithoutASinkTheProviderItselfIsTold) {
  firing_->has_unbound_sink = true;
  firing_->on_indicate = [&](IWbemClassObject* consumer, long count, IWbemClassObject** events) {
    return NoteAt(*desk_, consumer, count, events);
  };
  EXPECT_EQ(1u, Consume(Open("no interface"), Events(1, 1)).done);
  firing_->has_consumers = true;
  EXPECT_EQ(1u, Consume(Open("not implemented"), Events(2, 2)).done);
  firing_->on_find = [](IWbemClassObject*, IWbemUnboundObjectSink**) -> HRESULT { return WBEM_S_NO_ERROR; };
  EXPECT_EQ(1u, Consume(Open("no sink"), Events(3, 3)).done);
  EXPECT_EQ((std::vector<std::string>{"no interface: 1", "not implemented: 2", "no sink: 3"}), desk_->Told());
  EXPECT_TRUE(firing_->WaitGone());
}

TEST_F(EventConsumerTest, AFailureIsThatOfTheEventAndTheNextOneTriesAgain) {
  firing_->has_unbound_sink = true;
  int calls = 0;
  firing_->on_indicate = [&](IWbemClassObject*, long, IWbemClassObject**) -> HRESULT {
    ++calls;
    if (calls == 2) return WBEM_E_FAILED;
    if (calls == 4) throw std::runtime_error("no paper");
    return WBEM_S_FALSE;
  };
  const ConsumerPtr consumer = Open("one");
  provider::Consumed consumed = Consume(consumer, Events(1, 3));
  EXPECT_EQ(1u, consumed.done);
  EXPECT_EQ(WBEM_E_FAILED, consumed.status.code());
  EXPECT_EQ("Firing", consumed.status.detail()->provider);
  consumed = Consume(consumer, Events(2, 3));
  EXPECT_EQ(1u, consumed.done);
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, consumed.status.code());
  EXPECT_NE(std::string::npos, consumed.status.Message().find("no paper"));
  EXPECT_EQ(1u, Consume(consumer, Events(3, 3)).done);
  EXPECT_EQ(1, firing_->created);
}

TEST_F(EventConsumerTest, FindConsumerThatFailsIsAskedAgain) {
  firing_->has_consumers = true;
  firing_->has_unbound_sink = true;
  firing_->on_find = [](IWbemClassObject*, IWbemUnboundObjectSink**) -> HRESULT { return WBEM_E_NOT_FOUND; };
  const ConsumerPtr consumer = Open("one");
  provider::Consumed consumed = Consume(consumer, Events(1, 1));
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(WBEM_E_NOT_FOUND, consumed.status.code());
  EXPECT_TRUE(firing_->WaitGone());
  firing_->on_find = [&](IWbemClassObject*, IWbemUnboundObjectSink** sink) -> HRESULT {
    *sink = com::MakeCom<DeskSink>(desk_).Detach();
    return WBEM_S_NO_ERROR;
  };
  EXPECT_EQ(1u, Consume(consumer, Events(1, 1)).done);
  EXPECT_EQ((std::vector<std::string>{"one: 1"}), desk_->Told());
}

TEST_F(EventConsumerTest, ProviderWithoutASinkIsALoadFailure) {
  const provider::Consumed consumed = Consume(Open("one"), Events(1, 1));
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(WBEM_E_PROVIDER_LOAD_FAILURE, consumed.status.code());
  EXPECT_NE(std::string::npos, consumed.status.Message().find("IWbemUnboundObjectSink"));
}

TEST_F(EventConsumerTest, AStopLeavesTheRestUndone) {
  firing_->has_unbound_sink = true;
  std::stop_source stop;
  firing_->on_indicate = [&](IWbemClassObject*, long, IWbemClassObject**) -> HRESULT {
    stop.request_stop();
    return WBEM_S_NO_ERROR;
  };
  const ConsumerPtr consumer = Open("one");
  const provider::Consumed consumed = consumer->Consume(Events(1, 3), stop.get_token());
  EXPECT_EQ(1u, consumed.done);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, consumed.status.code());
}

// ---- without events (contract 6.4: consumers unload after ClearAfter) -----------------------------------------------

class RestingConsumerTest : public EventConsumerTest {
 protected:
  RestingConsumerTest() {
    firing_->has_consumers = true;
    firing_->on_find = [this](IWbemClassObject*, IWbemUnboundObjectSink** sink) -> HRESULT {
      *sink = com::MakeCom<DeskSink>(desk_).Detach();
      return WBEM_S_NO_ERROR;
    };
  }
  void SetClearAfter(const char* class_name, const char* interval) {
    const Status put = engine_->catalogue().Compile(
        {"settings.mof", std::string("instance of ") + class_name + " { ClearAfter = \"" + interval + "\"; };"},
        "ROOT");
    ASSERT_TRUE(put.ok()) << put.Message();
  }
  bool AwaitNoSink() {
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    while (desk_->alive != 0 && SteadyClock().Now() < deadline) std::this_thread::yield();
    return desk_->alive == 0;
  }
};

TEST_F(RestingConsumerTest, TheSinkGoesAndIsFoundAgain) {
  SetClearAfter("__EventSinkCacheControl", "00000000000000.000000:000");
  const ConsumerPtr consumer = Open("one");
  EXPECT_EQ(1u, Consume(consumer, Events(1, 1)).done);
  EXPECT_TRUE(AwaitNoSink());
  EXPECT_EQ(1, firing_->alive) << "the provider stays for five minutes";
  EXPECT_EQ(1u, Consume(consumer, Events(2, 2)).done);
  EXPECT_TRUE(AwaitNoSink());
  EXPECT_EQ((std::vector<std::string>{"FindConsumer", "FindConsumer"}), firing_->Calls());
  EXPECT_EQ(1, firing_->created);
  EXPECT_EQ((std::vector<std::string>{"one: 1", "one: 2"}), desk_->Told());
}

TEST_F(RestingConsumerTest, TheProviderGoesWithItsSinkAndIsLoadedAgain) {
  SetClearAfter("__EventConsumerProviderCacheControl", "00000000000000.001000:000");
  const ConsumerPtr consumer = Open("one");
  EXPECT_EQ(1u, Consume(consumer, Events(1, 1)).done);
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ(0, desk_->alive);
  EXPECT_EQ(1u, Consume(consumer, Events(2, 2)).done);
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ(2, firing_->created);
  EXPECT_EQ((std::vector<std::string>{"one: 1", "one: 2"}), desk_->Told());
}

TEST_F(RestingConsumerTest, AnEndOfTheConsumerNeedsNoRest) {
  ConsumerPtr consumer = Open("one");
  EXPECT_EQ(1u, Consume(consumer, Events(1, 1)).done);
  EXPECT_EQ(1, desk_->alive) << "for 15 seconds, without settings";
  consumer.reset();
  EXPECT_TRUE(firing_->WaitGone());
  EXPECT_EQ(0, desk_->alive);
}

// One registration of __Win32Provider is one object, whatever it is a provider of.
TEST_F(EventConsumerTest, TheSameObjectSendsEventsAndConsumesThem) {
  RegisterEvents({"SELECT * FROM E_Base"});
  firing_->has_unbound_sink = true;
  firing_->on_indicate = [&](IWbemClassObject* consumer, long count, IWbemClassObject** events) {
    return NoteAt(*desk_, consumer, count, events);
  };
  ConsumerPtr consumer = Open("one");
  EXPECT_EQ(1u, Consume(consumer, Events(1, 1)).done);
  const auto log = NewLog();
  const ComPtr<TestSink> sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecNotificationQueryAsync(Literal(L"WQL"), Literal(L"SELECT * FROM E_Base"), 0,
                                                                   nullptr, sink.get()));
  ASSERT_TRUE(firing_->WaitCalls(3));
  EXPECT_EQ(1, firing_->created);
  consumer.reset();
  EXPECT_EQ(1, firing_->alive) << "somebody still listens";
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_TRUE(firing_->WaitGone());
}

TEST_F(EventConsumerTest, RegistrationThatRefersToNothingIsInvalid) {
  const auto found = Find("Nobody");
  EXPECT_EQ(WBEM_E_INVALID_PROVIDER_REGISTRATION, found.status().code());
  EXPECT_NE(std::string::npos, found.status().Message().find("Nobody"));
}

}  // namespace
}  // namespace wmi::api
