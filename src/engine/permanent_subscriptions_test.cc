// Permanent subscriptions: from what is stored to what a consumer gets, on a clock that the test sets (contract 6.4).
#include "engine/permanent_subscriptions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "cim/object_path.h"
#include "engine/creator.h"
#include "engine/engine.h"
#include "engine/event_protection.h"
#include "engine/firing_pace.h"
#include "engine/subscription_records.h"
#include "events/event_objects.h"
#include "security/descriptor_for_test.h"

namespace wmi::engine {
namespace {

using std::chrono::seconds;
using Condition = SubscriptionState::Condition;

constexpr auto kWaitMax = seconds(60);
constexpr std::int64_t kMorning = 1'700'000'000'000'000;
constexpr const char* kHome = "ROOT\\shop";

constexpr const char* kClasses = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  class Room { [key] string Name; uint32 Seats; };
  class Bell : __ExtrinsicEvent { string Tone; };
  class Clerk : __EventConsumer { [key] string Name; string Wish; };
  class Deputy : Clerk { };
  class Stranger : __EventConsumer { [key] string Name; };
)mof";

bool Await(const std::function<bool()>& holds) {
  const TimePoint deadline = SteadyClock().Now() + kWaitMax;
  while (!holds()) {
    if (SteadyClock().Now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string TextOf(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  if (!slot || object.slot(*slot).kind() != cim::ValueKind::kText) return "";
  return std::string(object.slot(*slot).text());
}

// What clerks got, and how they behave. Outlives them.
struct Desk {
  Mutex mutex;
  CondVar changed;
  std::vector<std::string> heard WMI_GUARDED_BY(mutex);  // "Clerk Tone"
  std::size_t tries WMI_GUARDED_BY(mutex) = 0;
  std::set<std::string> refused WMI_GUARDED_BY(mutex);
  bool is_hanging WMI_GUARDED_BY(mutex) = false;
  std::size_t inside WMI_GUARDED_BY(mutex) = 0;
  std::atomic<bool> needs_trust = false;

  std::vector<std::string> Heard() {
    MutexLock lock(mutex);
    return heard;
  }
  std::size_t Tries() {
    MutexLock lock(mutex);
    return tries;
  }
  std::size_t Inside() {
    MutexLock lock(mutex);
    return inside;
  }
  void Refuse(const std::string& tone) {
    MutexLock lock(mutex);
    refused.insert(tone);
  }
  void Hang(bool is) {
    MutexLock lock(mutex);
    is_hanging = is;
    changed.NotifyAll();
  }
};

// Notes the tone of bells.
class ClerkAtWork final : public provider::EventConsumer {
 public:
  ClerkAtWork(std::shared_ptr<Desk> desk, std::string name) : desk_(std::move(desk)), name_(std::move(name)) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    const std::stop_callback wake(stop, [this] { desk_->Hang(false); });
    MutexLock lock(desk_->mutex);
    ++desk_->inside;
    while (desk_->is_hanging && !stop.stop_requested()) {
      desk_->changed.WaitUntil(lock, SteadyClock().Now() + kWaitMax);
    }
    --desk_->inside;
    provider::Consumed consumed;
    for (const cim::Object& event : events) {
      const std::string tone = TextOf(event, "Tone");
      ++desk_->tries;
      if (desk_->refused.contains(tone)) {
        consumed.status = Status(code::kAccessDenied, "the clerk does not like this tone");
        return consumed;
      }
      desk_->heard.push_back(fmt::format("{} {}", name_, tone));
      ++consumed.done;
    }
    return consumed;
  }

 private:
  const std::shared_ptr<Desk> desk_;
  const std::string name_;
};

class Clerks final : public provider::EventConsumerProvider {
 public:
  explicit Clerks(std::shared_ptr<Desk> desk) : desk_(std::move(desk)) {}
  bool needs_trust() const override { return desk_->needs_trust; }
  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override {
    if (TextOf(consumer, "Wish") == "impossible") {
      return Status(code::kInvalidParameter, "Wish cannot be 'impossible'; leave it NULL").WithParameter("Wish");
    }
    return std::unique_ptr<provider::EventConsumer>(std::make_unique<ClerkAtWork>(desk_, TextOf(consumer, "Name")));
  }

 private:
  const std::shared_ptr<Desk> desk_;
};

// Remembers what is fired.
class Witness final : public EventReceiver {
 public:
  void Offer(const cim::Object& event) override {
    MutexLock lock(mutex_);
    events_.push_back(event);
  }
  std::vector<cim::Object> events() {
    MutexLock lock(mutex_);
    return events_;
  }

 private:
  Mutex mutex_;
  std::vector<cim::Object> events_ WMI_GUARDED_BY(mutex_);
};

class Notebook final : public provider::AuditLog {
 public:
  void Write(std::string_view message, std::initializer_list<Field>) override {
    MutexLock lock(mutex_);
    lines_.emplace_back(message);
  }
  bool Has(std::string_view part) {
    MutexLock lock(mutex_);
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
  }

 private:
  Mutex mutex_;
  std::vector<std::string> lines_ WMI_GUARDED_BY(mutex_);
};

std::string ReadSchema(const std::string& name) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// An engine with the classes above.
class Site {
 public:
  explicit Site(Engine::Options options) : engine_(std::move(options)) {
    engine_.catalogue().SetSystemClasses({"system.mof", ReadSchema("system.mof")});
    EXPECT_TRUE(engine_.catalogue().AddNamespace(kHome).ok());
    EXPECT_TRUE(engine_.catalogue().AddNamespace("ROOT\\linux").ok());
    EXPECT_TRUE(engine_.catalogue().AddNamespace("ROOT\\office").ok());
    Compile(kClasses);
    Compile(ReadSchema("linux.mof"));
    engine_.event_consumers().Register("Clerk", std::make_unique<Clerks>(desk_));
    engine_.SetAudit(notebook_);
  }

  Status TryCompile(const std::string& mof, const char* name_space = kHome) {
    return engine_.catalogue().Compile({"test.mof", mof}, name_space);
  }
  void Compile(const std::string& mof, const char* name_space = kHome) {
    const Status compiled = TryCompile(mof, name_space);
    EXPECT_TRUE(compiled.ok()) << compiled.Message() << "\n" << mof;
  }
  void Bind(const std::string& filter, const std::string& consumer) {
    Compile(
        fmt::format("instance of __FilterToConsumerBinding {{ Filter = \"__EventFilter.Name=\\\"{}\\\"\"; "
                    "Consumer = \"{}\"; }};",
                    filter, consumer));
  }
  void Filter(const std::string& name, const std::string& query, const std::string& more = "") {
    Compile(fmt::format("instance of __EventFilter {{ Name = \"{}\"; QueryLanguage = \"WQL\"; Query = \"{}\"; {} }};",
                        name, query, more));
  }
  // `sddl`: who may hear it; empty: everybody.
  void Ring(const std::string& tone, const char* name_space = kHome, const std::string& sddl = "") {
    const cim::ClassPtr schema = engine_.catalogue().FindClass(kHome, "Bell");
    cim::RowBlockBuilder row;
    row.BeginRow(schema);
    row.SetText(*schema->FindSlot("Tone"), tone);
    if (!sddl.empty()) {
      std::vector<cim::Value> bytes;
      for (const std::uint8_t byte : security::BytesOf(security::SecurityDescriptor::FromText(sddl).value())) {
        bytes.push_back(cim::Value::Unsigned(byte));
      }
      row.Set(*schema->FindSlot("SECURITY_DESCRIPTOR"), cim::Value::Array(std::move(bytes)).view());
    }
    row.CommitRow();
    std::vector<cim::Object> made;
    row.Finish(made);
    engine_.events().Fire(name_space, made.front());
  }

  std::unique_ptr<PermanentSubscriptions> Host(PermanentSubscriptions::Options options = {}) {
    Result<std::unique_ptr<PermanentSubscriptions>> host = PermanentSubscriptions::Start(engine_, std::move(options));
    EXPECT_TRUE(host.ok()) << host.status().Message();
    return host.ok() ? std::move(host).value() : nullptr;
  }

  Engine& engine() { return engine_; }
  Desk& desk() { return *desk_; }
  Notebook& notebook() { return *notebook_; }

 private:
  const std::shared_ptr<Desk> desk_ = std::make_shared<Desk>();
  const std::shared_ptr<Notebook> notebook_ = std::make_shared<Notebook>();
  Engine engine_;
};

class PermanentSubscriptionsTest : public testing::Test {
 protected:
  PermanentSubscriptionsTest() : site_(OptionsOn(clock_)) {}

  static Engine::Options OptionsOn(const Clock& clock) {
    Engine::Options options;
    options.server = "here";
    options.runtime.clock = &clock;
    options.wall_clock = [&clock] {
      return kMorning + std::chrono::duration_cast<std::chrono::microseconds>(clock.Now().time_since_epoch()).count();
    };
    return options;
  }

  void StoreBells(const std::string& query = "SELECT * FROM Bell") {
    site_.Filter("bells", query);
    site_.Compile("instance of Clerk { Name = \"Ann\"; };");
    site_.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  }
  // As if `uid` had written all three parts.
  void WriteAs(std::uint32_t uid) {
    store::Repository& repository = site_.engine().repository();
    for (const char* name : {"Clerk", "__EventFilter", "__FilterToConsumerBinding"}) {
      const cim::Object mine = repository.ListInstances(kHome, name).value().front();
      ASSERT_TRUE(repository.PutInstance(kHome, WrittenBy({uid}, mine, kMorning), cim::PutMode::kCreateOrUpdate).ok());
    }
  }
  // A host on a machine that has a user of every number.
  static PermanentSubscriptions::Options KnowingAnybody() {
    PermanentSubscriptions::Options options;
    options.find_user = [](std::uint32_t uid) -> Result<security::Subject> {
      return security::Subject::Named(security::UserSid(uid));
    };
    return options;
  }
  // The one binding there is.
  std::optional<SubscriptionState> Only(const PermanentSubscriptions& host) {
    const std::vector<SubscriptionState> states = host.States();
    return states.size() == 1 ? std::optional(states.front()) : std::nullopt;
  }
  bool AwaitCondition(const PermanentSubscriptions& host, Condition condition) {
    const bool reached = Await([&] {
      const auto state = Only(host);
      return state && state->condition == condition;
    });
    const auto state = Only(host);
    EXPECT_TRUE(reached) << (state ? state->reason : "no binding");
    return reached;
  }
  void Pass(Duration time) {
    clock_.Advance(time);
    site_.engine().RunDue();
  }
  bool AwaitHeard(const std::vector<std::string>& expected) {
    const bool reached = Await([&] { return site_.desk().Heard() == expected; });
    EXPECT_EQ(site_.desk().Heard(), expected);
    return reached;
  }

  ManualClock clock_;
  Site site_;
};

TEST_F(PermanentSubscriptionsTest, WhatIsStoredRunsAsSoonAsSomebodyHostsIt) {
  StoreBells();
  site_.Ring("early");  // nobody hosts yet
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("one");
  site_.Ring("two");
  ASSERT_TRUE(AwaitHeard({"Ann one", "Ann two"}));
  ASSERT_TRUE(Await([&] { return Only(*host)->figures.delivered == 2; }));
  EXPECT_EQ(Only(*host)->figures.last_delivery, kMorning);
  EXPECT_EQ(Only(*host)->query, "SELECT * FROM Bell");
  EXPECT_TRUE(Await([&] { return site_.notebook().Has("is active"); }));
}

TEST_F(PermanentSubscriptionsTest, WhatIsStoredLaterRunsAtOnceAndEndsWithItsBinding) {
  const auto host = site_.Host();
  StoreBells();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("one");
  ASSERT_TRUE(AwaitHeard({"Ann one"}));
  const std::string path =
      "__FilterToConsumerBinding.Consumer=\"Clerk.Name=\\\"Ann\\\"\",Filter=\"__EventFilter.Name="
      "\\\"bells\\\"\"";
  const cim::ClassPtr schema = site_.engine().catalogue().FindClass(kHome, "__FilterToConsumerBinding");
  const auto keys = cim::KeyValues(cim::ParseObjectPath(path).value(), *schema);
  ASSERT_TRUE(site_.engine().repository().DeleteInstance(kHome, schema->name(), keys.value()).ok());
  ASSERT_TRUE(Await([&] { return host->States().empty(); }));
  site_.Ring("two");
  site_.Filter("bells", "SELECT * FROM Bell WHERE Tone = 'three'");
  site_.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("three");
  EXPECT_TRUE(AwaitHeard({"Ann one", "Ann three"}));
  EXPECT_TRUE(Await([&] { return site_.notebook().Has("is removed"); }));
}

TEST_F(PermanentSubscriptionsTest, AChangedFilterCountsOn) {
  StoreBells();
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("one");
  ASSERT_TRUE(AwaitHeard({"Ann one"}));
  ASSERT_TRUE(Await([&] { return Only(*host)->figures.delivered == 1; }));
  site_.Filter("bells", "SELECT * FROM Bell WHERE Tone = 'loud'");
  ASSERT_TRUE(Await([&] {
    const auto state = Only(*host);
    return state->query.ends_with("'loud'") && state->condition == Condition::kActive;
  }));
  site_.Ring("soft");
  site_.Ring("loud");
  EXPECT_TRUE(AwaitHeard({"Ann one", "Ann loud"}));
  EXPECT_TRUE(Await([&] { return Only(*host)->figures.delivered == 2; }));
}

TEST_F(PermanentSubscriptionsTest, AFilterThatCannotWorkIsStoredAndShownWithTheReason) {
  StoreBells("SELECT * FROM Gong");
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
  EXPECT_NE(Only(*host)->reason.find("Gong"), std::string::npos) << Only(*host)->reason;
  EXPECT_TRUE(Await([&] { return site_.notebook().Has("is inactive"); }));
  site_.Compile("class Gong : __ExtrinsicEvent { string Tone; };");  // a class is enough to mend it
  EXPECT_TRUE(AwaitCondition(*host, Condition::kActive));
}

TEST_F(PermanentSubscriptionsTest, EachWrongPartIsNamed) {
  struct Case {
    const char* mof;
    const char* consumer;
    const char* reason;
  };
  const Case cases[] = {
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"SQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Clerk.Name=\\\"Ann\\\"", "QueryLanguage"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; };", "Clerk.Name=\\\"Ann\\\"", "Query"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; EventAccess "
       "= \"O:BAD:(A;;XX;;;WD)\"; };",
       "Clerk.Name=\\\"Ann\\\"",
       "EventAccess of the filter cannot be read: the security descriptor is malformed: column 11"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; "
       "EventNamespace = \"root\\\\nowhere\"; };",
       "Clerk.Name=\\\"Ann\\\"", "nowhere"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Room\"; };",
       "Clerk.Name=\\\"Ann\\\"", "Room"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Clerk.Name=\\\"Zoe\\\"", "points to nothing"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Room.Name=\\\"Ann\\\"", "__EventConsumer"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Clerk.Name=\\\"Bob\\\"", "Wish"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Clerk.Name=\\\"Far\\\"", "MachineName"},
      {"instance of __EventFilter { Name = \"x\"; QueryLanguage = \"WQL\"; Query = \"SELECT * FROM Bell\"; };",
       "Stranger.Name=\\\"Who\\\"", "__EventConsumerProviderRegistration"},
  };
  site_.Compile(
      "instance of Clerk { Name = \"Ann\"; }; instance of Clerk { Name = \"Bob\"; Wish = \"impossible\"; };"
      "instance of Clerk { Name = \"Far\"; MachineName = \"elsewhere\"; }; instance of Stranger { Name = \"Who\"; };");
  for (const Case& one : cases) {
    SCOPED_TRACE(one.reason);
    site_.Compile(one.mof);
    site_.Bind("x", one.consumer);
    const auto host = site_.Host();
    ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
    EXPECT_NE(Only(*host)->reason.find(one.reason), std::string::npos) << Only(*host)->reason;
    site_.Ring("unheard");
    const cim::ClassPtr schema = site_.engine().catalogue().FindClass(kHome, "__FilterToConsumerBinding");
    const Result<std::vector<cim::Object>> all = site_.engine().repository().ListInstances(kHome, schema->name());
    const auto path = cim::ParseObjectPath(cim::RelativePath(all->front()).value());
    ASSERT_TRUE(site_.engine()
                    .repository()
                    .DeleteInstance(kHome, schema->name(), cim::KeyValues(path.value(), *schema).value())
                    .ok());
  }
  EXPECT_TRUE(site_.desk().Heard().empty());
}

TEST_F(PermanentSubscriptionsTest, AnEventThatFailsIsTriedAgainThenToldAndTheNextGoesOn) {
  StoreBells();
  const auto witness = std::make_shared<Witness>();
  const auto ear = site_.engine().events().Add(witness, {kHome, "__ConsumerFailureEvent", ""});
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Refuse("shrill");
  site_.Ring("shrill");
  site_.Ring("mild");
  ASSERT_TRUE(Await([&] { return site_.desk().Tries() == 1; }));
  EXPECT_TRUE(witness->events().empty());
  // The timer may not have been set yet when the try is seen, so time passes until it is.
  ASSERT_TRUE(Await([&] {
    Pass(seconds(1));
    return site_.desk().Tries() >= 2;
  }));
  ASSERT_TRUE(Await([&] {
    Pass(seconds(5));
    return !witness->events().empty();
  }));
  ASSERT_TRUE(AwaitHeard({"Ann mild"}));
  const cim::Object failure = witness->events().front();
  EXPECT_NE(TextOf(failure, "ErrorDescription").find("does not like"), std::string::npos);
  EXPECT_NE(TextOf(failure, "IntendedConsumer").find("Clerk.Name=\"Ann\""), std::string::npos);
  const cim::ValueView event = failure.slot(*failure.schema().FindSlot("Event"));
  ASSERT_EQ(event.kind(), cim::ValueKind::kObject);
  EXPECT_EQ(TextOf(*event.object(), "Tone"), "shrill");
  const cim::ValueView error = failure.slot(*failure.schema().FindSlot("ErrorObject"));
  ASSERT_EQ(error.kind(), cim::ValueKind::kObject);
  EXPECT_EQ(error.object()->schema().name(), "__ExtendedStatus");
  EXPECT_EQ(failure.slot(*failure.schema().FindSlot("ErrorCode")).unsigned_integer(),
            static_cast<std::uint32_t>(code::kAccessDenied));
  ASSERT_TRUE(Await([&] { return Only(*host)->figures.delivered == 1; }));
  EXPECT_EQ(Only(*host)->figures.failed, 1u);
  EXPECT_EQ(site_.desk().Tries(), 4u);  // three for the shrill one
}

TEST_F(PermanentSubscriptionsTest, AConsumerOfFailuresThatFailsDoesNotFeedItself) {
  site_.Filter("failures", "SELECT * FROM __ConsumerFailureEvent");
  site_.Compile("instance of Clerk { Name = \"Ann\"; };");
  site_.Bind("failures", "Clerk.Name=\\\"Ann\\\"");
  site_.Filter("bells", "SELECT * FROM Bell");
  site_.Compile("instance of Clerk { Name = \"Bob\"; };");
  site_.Bind("bells", "Clerk.Name=\\\"Bob\\\"");
  const auto witness = std::make_shared<Witness>();
  const auto ear = site_.engine().events().Add(witness, {kHome, "__EventDroppedEvent", ""});
  const auto host = site_.Host({.retries = {}});
  ASSERT_TRUE(Await([&] {
    const auto states = host->States();
    return states.size() == 2 && states[0].condition == Condition::kActive && states[1].condition == Condition::kActive;
  }));
  site_.desk().Refuse("loud");
  site_.desk().Refuse("");  // a failure has no tone
  site_.Ring("loud");
  ASSERT_TRUE(Await([&] {
    const auto states = host->States();
    return states[0].figures.failed == 1 && states[1].figures.failed == 1;
  }));
  ASSERT_TRUE(Await([&] { return !witness->events().empty(); }));
  EXPECT_EQ(witness->events().size(), 1u);
}

TEST_F(PermanentSubscriptionsTest, AHungConsumerHoldsUpNobodyElseAndIsAskedToStop) {
  StoreBells();
  site_.Filter("rooms", "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Hang(true);
  site_.Ring("one");
  ASSERT_TRUE(Await([&] { return site_.desk().Inside() == 1; }));
  // Another subscription comes to life and works, though its consumer shares the desk's lock for a moment only.
  site_.Compile("instance of Deputy { Name = \"Dee\"; };");
  site_.Bind("rooms", "Deputy.Name=\\\"Dee\\\"");
  ASSERT_TRUE(Await([&] {
    const auto states = host->States();
    return states.size() == 2 && states[0].condition == Condition::kActive && states[1].condition == Condition::kActive;
  }));
  EXPECT_TRUE(host->Stop(SteadyClock().Now() + kWaitMax));
  EXPECT_EQ(site_.desk().Inside(), 0u);
}

TEST_F(PermanentSubscriptionsTest, AFullQueueLosesTheOldestCountsThemAndSaysSo) {
  site_.Filter("bells", "SELECT * FROM Bell");
  site_.Compile("instance of Clerk { Name = \"Ann\"; MaximumQueueSize = 2000; };");
  site_.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  const auto witness = std::make_shared<Witness>();
  const auto ear = site_.engine().events().Add(witness, {kHome, "__EventQueueOverflowEvent", ""});
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Hang(true);
  site_.Ring("first");
  ASSERT_TRUE(Await([&] { return site_.desk().Inside() == 1; }));
  std::size_t rung = 1;
  ASSERT_TRUE(Await([&] {
    for (int i = 0; i < 100; ++i, ++rung) site_.Ring(std::string(500, 'x'));
    return Only(*host)->figures.lost > 0;
  }));
  site_.Ring("last");
  ++rung;
  site_.desk().Hang(false);
  ASSERT_TRUE(Await([&] {
    const auto heard = site_.desk().Heard();
    return !heard.empty() && heard.back() == "Ann last";
  }));
  ASSERT_TRUE(Await([&] { return Only(*host)->figures.delivered + Only(*host)->figures.lost == rung; }));
  ASSERT_TRUE(Await([&] { return !witness->events().empty(); }));
  EXPECT_NE(TextOf(witness->events().front(), "IntendedConsumer").find("Ann"), std::string::npos);
}

constexpr const char* kSlowingBinding = R"mof(
  instance of __FilterToConsumerBinding {
    Filter = "__EventFilter.Name=\"bells\""; Consumer = "Clerk.Name=\"Ann\""; SlowDownProviders = TRUE;
  };
)mof";

// False when who fires would have to wait.
bool RingWithoutWaiting(Site& site, FiringPace& pace) {
  const NamespacePtr classes = site.engine().repository().FindNamespace(kHome);
  const std::vector<cim::Object> bell = {
      events::MakeEvent(classes->FindClass("Bell"), {{"Tone", std::string(500, 'x')}})};
  EXPECT_TRUE(site.engine().events().Fire(kHome, bell, &pace).ok());
  FiringPace glance = pace;
  return glance.Keep(Duration(0));
}

TEST_F(PermanentSubscriptionsTest,
       AConsumerThatIsSlowHoldsUpWhoFiresAndLosesNothing) {  // contract 6.2, SlowDownProviders
  site_.Filter("bells", "SELECT * FROM Bell");
  site_.Compile("instance of Clerk { Name = \"Ann\"; MaximumQueueSize = 20000; };");
  site_.Compile(kSlowingBinding);
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Hang(true);
  FiringPace pace;
  std::size_t rung = 0;
  ASSERT_TRUE(Await([&] {
    ++rung;
    return !RingWithoutWaiting(site_, pace);
  }));
  site_.desk().Hang(false);
  EXPECT_TRUE(pace.Keep(kWaitMax)) << "the consumer has caught up";
  ASSERT_TRUE(Await([&] { return Only(*host)->figures.delivered == rung; }));
  EXPECT_EQ(Only(*host)->figures.lost, 0u);
}

TEST_F(PermanentSubscriptionsTest, NobodyIsHeldUpUntilTheBindingSaysSo) {
  site_.Filter("bells", "SELECT * FROM Bell");
  site_.Compile("instance of Clerk { Name = \"Ann\"; MaximumQueueSize = 20000; };");
  site_.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Hang(true);
  ASSERT_TRUE(Await([&] {
    FiringPace pace;
    EXPECT_TRUE(RingWithoutWaiting(site_, pace));
    return Only(*host)->figures.lost > 0;
  }));
  site_.Compile(kSlowingBinding);
  // What ran is stopped, and its consumer let go; the new one hangs as well.
  EXPECT_TRUE(Await([&] {
    site_.desk().Hang(true);
    FiringPace pace;
    return !RingWithoutWaiting(site_, pace);
  }));
}

TEST_F(PermanentSubscriptionsTest, EventsMayHappenInAnotherNamespace) {
  site_.Compile("class Bell : __ExtrinsicEvent { string Tone; };", "ROOT\\office");
  site_.Filter("bells", "SELECT * FROM Bell", "EventNamespace = \"\\\\\\\\.\\\\root\\\\office\";");
  site_.Compile("instance of Clerk { Name = \"Ann\"; };");
  site_.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("here");
  site_.Ring("there", "ROOT\\office");
  EXPECT_TRUE(AwaitHeard({"Ann there"}));
}

TEST_F(PermanentSubscriptionsTest, OneUserHasToWriteAllThree) {
  StoreBells();
  // Written past the calls, as a copy of a foreign repository would have it.
  store::Repository& repository = site_.engine().repository();
  const cim::Object mine = repository.FindInstance(kHome, "Clerk", {cim::Value::Text("Ann")}).value();
  const cim::Object foreign = WrittenBy({geteuid() + 1}, mine, kMorning);
  ASSERT_TRUE(repository.PutInstance(kHome, foreign, cim::PutMode::kCreateOrUpdate).ok());
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
  EXPECT_NE(Only(*host)->reason.find(fmt::format("S-1-22-1-{}", geteuid() + 1)), std::string::npos)
      << Only(*host)->reason;
  site_.Compile("instance of Clerk { Name = \"Ann\"; CreatorSID = {1}; };");  // what it says itself does not count
  EXPECT_TRUE(AwaitCondition(*host, Condition::kActive));
}

TEST_F(PermanentSubscriptionsTest, ConsumersThatRunProgramsNeedAnAdministratorOrTheSameUser) {
  StoreBells();
  WriteAs(geteuid() + 1);
  {
    const auto host = site_.Host(KnowingAnybody());
    ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  }
  site_.desk().needs_trust = true;
  const auto host = site_.Host(KnowingAnybody());
  ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
  EXPECT_NE(Only(*host)->reason.find("administrator"), std::string::npos) << Only(*host)->reason;
}

// ---- security (contract 6.6) ----------------------------------------------------------------------------------------

TEST_F(PermanentSubscriptionsTest, EventAccessSaysWhoMayPublish) {
  const std::string me = security::UserSid(geteuid()).Text();
  const std::string other = security::UserSid(geteuid() + 1).Text();
  struct Case {
    std::string event_access;
    Condition condition;
    std::string reason;
  };
  const Case cases[] = {
      {"", Condition::kActive, ""},
      {"O:BAG:BAD:(A;;0x80;;;WD)", Condition::kActive, ""},
      {fmt::format("D:(A;;LO;;;{})", me), Condition::kActive, ""},
      {"O:BAG:BA", Condition::kActive, ""},  // without a list everybody may
      {"D:(A;;0x40;;;WD)", Condition::kInactive, fmt::format("does not give {} WBEM_RIGHT_PUBLISH", me)},
      {fmt::format("D:(A;;0x80;;;{})", other), Condition::kInactive, fmt::format("add (A;;0x80;;;{})", me)},
      {fmt::format("D:(D;;0x80;;;{})(A;;GA;;;WD)", me), Condition::kInactive, "EventAccess"},
      {"D:", Condition::kInactive, "EventAccess"},
      {"nonsense", Condition::kInactive, "column 1"},
  };
  const auto host = site_.Host();
  StoreBells();
  for (const Case& one : cases) {
    SCOPED_TRACE(one.event_access);
    site_.Filter("bells", "SELECT * FROM Bell", fmt::format("EventAccess = \"{}\";", one.event_access));
    ASSERT_TRUE(Await([&] {
      const auto state = Only(*host);
      return state->condition == one.condition && state->reason.find(one.reason) != std::string::npos;
    })) << Only(*host)->reason;
  }
  EXPECT_TRUE(site_.desk().Heard().empty());
}

// The page of SetSinkSecurity: besides the user, the owner of the event's descriptor has to be let.
TEST_F(PermanentSubscriptionsTest, EventAccessHoldsForTheOwnerOfAnEventToo) {
  const std::string me = security::UserSid(geteuid()).Text();
  StoreBells();
  site_.Filter("bells", "SELECT * FROM Bell", fmt::format("EventAccess = \"D:(A;;0x80;;;{})\";", me));
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("of nobody");
  site_.Ring("of a stranger", kHome, "O:S-1-22-1-4000000000D:(A;;0x40;;;WD)");
  site_.Ring("of mine", kHome, fmt::format("O:{}D:(A;;0x40;;;WD)", me));
  EXPECT_TRUE(AwaitHeard({"Ann of nobody", "Ann of mine"}));
}

TEST_F(PermanentSubscriptionsTest, AnEventIsForThoseWhomItsDescriptorLets) {
  const std::uint32_t other = geteuid() + 1;
  StoreBells();
  WriteAs(other);
  const auto host = site_.Host(KnowingAnybody());
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("for all");
  site_.Ring("for me", kHome, fmt::format("D:(A;;0x40;;;S-1-22-1-{})", geteuid()));
  site_.Ring("for administrators", kHome, "D:(A;;0x40;;;BA)");
  site_.Ring("for nobody", kHome, "D:");
  site_.Ring("to publish", kHome, "D:(A;;0x80;;;WD)");
  site_.Ring("for the other", kHome, fmt::format("D:(A;;0x40;;;S-1-22-1-{})", other));
  site_.Ring("for everyone", kHome, "D:(A;;0x40;;;WD)");
  EXPECT_TRUE(AwaitHeard({"Ann for all", "Ann for the other", "Ann for everyone"}));
}

TEST_F(PermanentSubscriptionsTest, ACreatorWhoseGroupsAreNotKnownHasNoSubscription) {
  StoreBells();
  WriteAs(geteuid() + 1);
  PermanentSubscriptions::Options options;
  std::atomic<bool> is_down = true;
  options.find_user = [&](std::uint32_t uid) -> Result<security::Subject> {
    if (is_down) return Status(code::kFailed, fmt::format("the user database is down; who is {}?", uid));
    return security::Subject::Named(security::UserSid(uid));
  };
  const auto host = site_.Host(std::move(options));
  ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
  EXPECT_NE(Only(*host)->reason.find(fmt::format("who is {}?", geteuid() + 1)), std::string::npos)
      << Only(*host)->reason;
  is_down = false;
  ASSERT_TRUE(Await([&] {
    Pass(std::chrono::minutes(1));
    return Only(*host)->condition == Condition::kActive;
  }));
}

// Who may not have an event may not have it inside another one either.
TEST_F(PermanentSubscriptionsTest, AnEventThatTellsOfAnotherHasItsDescriptor) {
  StoreBells();
  const auto witness = std::make_shared<Witness>();
  const auto ear = site_.engine().events().Add(witness, {kHome, "__ConsumerFailureEvent", ""});
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.desk().Refuse("secret");
  site_.Ring("secret", kHome, fmt::format("D:(A;;0x40;;;S-1-22-1-{})", geteuid()));
  ASSERT_TRUE(Await([&] {
    Pass(seconds(5));
    return !witness->events().empty();
  }));
  const Result<DescriptorPtr> descriptor = DescriptorOf(witness->events().front());
  ASSERT_TRUE(descriptor.ok());
  ASSERT_NE(*descriptor, nullptr);
  EXPECT_EQ((*descriptor)->dacl->front().sid, security::UserSid(geteuid()));
}

// ---- quotas and records ---------------------------------------------------------------------------------------------

TEST_F(PermanentSubscriptionsTest, OnesBeyondTheQuotaAreInactiveAndNameIt) {
  site_.Compile("instance of __ArbitratorConfiguration { PermanentSubscriptionsPerUser = 0; };", "ROOT");
  StoreBells();
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kInactive));
  EXPECT_NE(Only(*host)->reason.find("PermanentSubscriptionsPerUser is 0"), std::string::npos) << Only(*host)->reason;
  site_.Compile("instance of __ArbitratorConfiguration { PermanentSubscriptionsPerUser = 9; };", "ROOT");
  ASSERT_TRUE(Await([&] {
    Pass(std::chrono::minutes(1));
    return Only(*host)->condition == Condition::kActive;
  }));
}

TEST_F(PermanentSubscriptionsTest, WhatItDidIsRecordedAndCountedOn) {
  StoreBells();
  {
    const auto host = site_.Host();
    ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
    site_.Ring("one");
    ASSERT_TRUE(AwaitHeard({"Ann one"}));
    ASSERT_TRUE(Await([&] {
      Pass(seconds(5));
      const auto records = ReadSubscriptionRecords(site_.engine().repository());
      return records.ok() && records->size() == 1 && records->begin()->second.figures.delivered == 1;
    }));
  }
  const auto stopped = site_.engine().repository().ListInstances("ROOT\\linux", "Linux_EventSubscription");
  ASSERT_EQ(stopped->size(), 1u);
  EXPECT_EQ(TextOf(stopped->front(), "State"), "Stopped");
  EXPECT_EQ(TextOf(stopped->front(), "Query"), "SELECT * FROM Bell");
  EXPECT_FALSE(TextOf(stopped->front(), "CreationDate").empty());
  const auto host = site_.Host();
  ASSERT_TRUE(AwaitCondition(*host, Condition::kActive));
  site_.Ring("two");
  ASSERT_TRUE(AwaitHeard({"Ann one", "Ann two"}));
  EXPECT_TRUE(Await([&] { return Only(*host)->figures.delivered == 2; }));
}

TEST(CreatorSidTest, IsWrittenAsIdentifiersAre) {
  EXPECT_EQ(CreatorSid::Of({0}).Text(), "S-1-5-32-544");
  EXPECT_TRUE(CreatorSid::Of({0}).is_administrator());
  EXPECT_EQ(CreatorSid::Of({70'000}).Text(), "S-1-22-1-70000");
  EXPECT_EQ(CreatorSid().Text(), "nobody");
}

// ---- several processes, as far as one can play them -----------------------------------------------------------------

class SharedFolderTest : public testing::Test {
 protected:
  SharedFolderTest() {
    std::string name = testing::TempDir() + "wmi_hostXXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~SharedFolderTest() override {
    for (const char* file : {"/repository.db", "/repository.db-wal", "/repository.db-shm", "/lock", "/host"}) {
      unlink((folder_ + file).c_str());
    }
    rmdir(folder_.c_str());
  }
  Engine::Options Options() const {
    Engine::Options options;
    options.server = "here";
    store::Repository::Options repository;
    repository.server = "here";
    repository.folder = folder_;
    options.repository = store::Repository::Open(std::move(repository)).value();
    return options;
  }

  std::string folder_;
};

TEST_F(SharedFolderTest, WhatAnotherProcessStoresIsNoticed) {
  Site hosting(Options());
  Site storing(Options());
  const auto host = hosting.Host();
  ASSERT_TRUE(host);
  storing.Filter("bells", "SELECT * FROM Bell");
  storing.Compile("instance of Clerk { Name = \"Ann\"; };");
  storing.Bind("bells", "Clerk.Name=\\\"Ann\\\"");
  ASSERT_TRUE(Await([&] {
    const auto states = host->States();
    return states.size() == 1 && states.front().condition == Condition::kActive;
  }));
  hosting.Ring("one");
  EXPECT_TRUE(Await([&] { return hosting.desk().Heard() == std::vector<std::string>{"Ann one"}; }));
}

TEST_F(SharedFolderTest, OneHostIsEnough) {
  Site first(Options());
  Site second(Options());
  auto host = first.Host();
  ASSERT_TRUE(host);
  const auto refused = PermanentSubscriptions::Start(second.engine(), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().Message().find("already"), std::string::npos) << refused.status().Message();
  host.reset();
  EXPECT_TRUE(PermanentSubscriptions::Start(second.engine(), {}).ok());
}

}  // namespace
}  // namespace wmi::engine
