// Subscriptions, from the query to the sink: what cannot be watched, what happens without a watch, what is lost.
#include "cim/datetime.h"
#include "engine/subscription_test_support.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

// ---- what cannot work -----------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, SaysWhyAQueryCannotBeWatched) {
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);  // checklist 24
  EXPECT_EQ(message_, "nobody tells of the changes of Tool, so it has to be looked at again and again");
  EXPECT_EQ(OutcomeOf("SELECT * FROM __InstanceCreationEvent WITHIN 1"), code::kRegistrationTooBroad);
  EXPECT_EQ(OutcomeOf("SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'Nothing'"),
            code::kInvalidClass);
}

// ---- the repository -------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, StoredInstancesClassesAndNamespacesTellThemselves) {
  const std::string names[] = {"__InstanceOperationEvent WHERE TargetInstance ISA 'Room'", "__ClassOperationEvent",
                               "__NamespaceOperationEvent"};
  std::vector<Subscriber> made;
  for (const std::string& name : names) made.push_back(Subscribe("SELECT * FROM " + name));
  ASSERT_TRUE(Await([&] {
    return engine_.events().IsWanted("__InstanceOperationEvent") &&
           engine_.events().IsWanted("__ClassOperationEvent") && engine_.events().IsWanted("__NamespaceOperationEvent");
  }));
  for (const char* text :
       {"instance of Room { Name = \"hall\"; Seats = 1; };", "instance of Room { Name = \"hall\"; Seats = 2; };",
        "class House { [key] string Name; };"}) {
    ASSERT_TRUE(engine_.catalogue().Compile({"more.mof", text}, "ROOT\\shop").ok());
  }
  ASSERT_TRUE(engine_.repository().DeleteInstance("ROOT\\shop", "Room", {cim::Value::Text("hall")}).ok());
  ASSERT_TRUE(engine_.repository().DeleteClass("ROOT\\shop", "House").ok());
  ASSERT_TRUE(engine_.catalogue().AddNamespace("ROOT\\shop\\cellar").ok());
  ExpectHeard(made[0],
              {"__InstanceCreationEvent Room hall 1", "__InstanceModificationEvent Room hall 2 was Room hall 1",
               "__InstanceDeletionEvent Room hall 2"});
  ExpectHeard(made[1], {"__ClassCreationEvent House", "__ClassDeletionEvent House"});
  ExpectHeard(made[2], {"__NamespaceCreationEvent __NAMESPACE cellar"});
}

// ---- timers ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, IntervalTimersFireWhileSomebodyListens) {
  const auto put = [&](const std::string& text) {
    ASSERT_TRUE(engine_.catalogue().Compile({"timers.mof", text}, "ROOT\\shop").ok());
  };
  put("instance of __IntervalTimerInstruction { TimerId = \"tick\"; IntervalBetweenEvents = 1000; };");
  const Subscriber ticks = Subscribe("SELECT * FROM __TimerEvent WHERE TimerId = 'Tick'");
  ASSERT_TRUE(Await([&] { return engine_.RunDue() != TimePoint::max(); }));
  const auto pass = [&](Duration time) {
    clock_.Advance(time);
    engine_.RunDue();
  };
  pass(milliseconds(999));
  pass(milliseconds(1));
  ExpectHeard(ticks, {"__TimerEvent tick 1"});
  pass(milliseconds(3500));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3"});
  pass(milliseconds(500));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3", "__TimerEvent tick 1"});
  put("instance of __IntervalTimerInstruction { TimerId = \"tick\"; IntervalBetweenEvents = 500; SkipIfPassed = TRUE; "
      "};");
  pass(milliseconds(1900));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3", "__TimerEvent tick 1", "__TimerEvent tick 1"});
  ASSERT_TRUE(
      engine_.repository().DeleteInstance("ROOT\\shop", "__IntervalTimerInstruction", {cim::Value::Text("tick")}).ok());
  pass(std::chrono::hours(1));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
}

TEST_F(SubscriptionTest, AnAbsoluteTimerFiresOnceWhenItsTimeHasCome) {
  const auto at = [](std::int64_t seconds_from_now, const char* id, const char* skips) {
    return fmt::format(
        "instance of __AbsoluteTimerInstruction {{ TimerId = \"{}\"; EventDateTime = \"{}\"; SkipIfPassed = {}; }};",
        id, cim::FormatDatetime(kMorning + seconds_from_now * 1'000'000, 120), skips);
  };
  clock_.Advance(std::chrono::hours(2));
  const std::string text = at(3600, "late", "FALSE") + at(3600, "skipped", "TRUE") + at(7200 + 9000, "noon", "FALSE");
  ASSERT_TRUE(engine_.catalogue().Compile({"timers.mof", text}, "ROOT\\shop").ok());
  const Subscriber timers = Subscribe("SELECT * FROM __TimerEvent");
  ASSERT_TRUE(Await([&] {
    engine_.RunDue();
    return !timers.heard->Events().empty();
  }));
  ExpectHeard(timers, {"__TimerEvent late 1"});
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds(2999));
    engine_.RunDue();
    EXPECT_EQ(timers.heard->Events().size(), 1u);
  }
  clock_.Advance(seconds(3));
  engine_.RunDue();
  ExpectHeard(timers, {"__TimerEvent late 1", "__TimerEvent noon 1"});
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
}

// ---- events of their own --------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, ABuiltInSourceIsListenedToWhileSomebodyIsSubscribed) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  {
    const Subscriber bells = Subscribe("SELECT * FROM Bell WHERE Tone LIKE 'd%'");
    const Subscriber more = Subscribe("SELECT * FROM LoudBell");
    ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("Bell") && engine_.events().IsWanted("LoudBell"); }));
    ASSERT_TRUE(Await([&] { return told_->listening == 1; }));
    for (const char* tone : {"ding", "boom", "dong"}) {
      cim::RowBlockBuilder builder;
      const cim::ClassPtr schema = session_->name_space()->FindClass("LoudBell");
      builder.BeginRow(schema);
      builder.SetText(*schema->FindSlot("Tone"), tone);
      builder.CommitRow();
      Batch made;
      builder.Finish(made);
      events()->Fire(made.front());
    }
    ExpectHeard(bells, {"LoudBell ding", "LoudBell dong"});
    ExpectHeard(more, {"LoudBell ding", "LoudBell boom", "LoudBell dong"});
  }
  subscribers_ -= 2;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
}

// Listens to single tones, and notes which.
class ToneEvents final : public provider::EventSource {
 public:
  explicit ToneEvents(std::shared_ptr<Told> told) : told_(std::move(told)) {}
  std::vector<std::string_view> demanded() const override { return {"Tone", "Volume"}; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor&,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    MutexLock lock(told_->mutex);
    const std::string tone(request.demanded.at(0).view().text());
    if (tone == "silence") return Status(code::kNotFound, "nothing rings so");
    told_->asked.insert(fmt::format("{} {}", tone, request.demanded.at(1).view().unsigned_integer()));
    told_->events = std::move(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<ToldListening>(told_));
  }

 private:
  const std::shared_ptr<Told> told_;
};

TEST_F(SubscriptionTest, ASourceOfSingleThingsLearnsWhichAreAsked) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToneEvents>(told_));
  const auto asked = [&] {
    MutexLock lock(told_->mutex);
    return told_->asked;
  };
  {
    const Subscriber two =
        Subscribe("SELECT * FROM LoudBell WHERE (Tone = 'ding' AND Volume = 1) OR (Tone = 'dong' AND Volume = 2)");
    ASSERT_TRUE(Await([&] { return told_->listened == 2; }));
    EXPECT_EQ(asked(), (std::set<std::string>{"ding 1", "dong 2"}));
    const Subscriber same = Subscribe("SELECT * FROM LoudBell WHERE Tone = 'DING' AND Volume = 1");
    const Subscriber third = Subscribe("SELECT * FROM LoudBell WHERE Tone = 'ding' AND Volume = 3");
    ASSERT_TRUE(Await([&] { return told_->listened == 3; }));
    EXPECT_EQ(asked(), (std::set<std::string>{"ding 1", "ding 3", "dong 2"}));
  }
  subscribers_ -= 3;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
  EXPECT_EQ(told_->listened, 3) << "what is the same without case is shared";
}

TEST_F(SubscriptionTest, ASourceOfSingleThingsRefusesAQueryThatNamesNone) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToneEvents>(told_));
  const std::pair<const char*, const char*> rows[] = {
      {"LoudBell", "values of Tone"},
      {"LoudBell WHERE Volume = 1", "values of Tone"},
      {"LoudBell WHERE Tone = 'ding'", "values of Volume"},
      {"LoudBell WHERE Tone = 'ding' AND Volume > 1", "values of Volume"},
      {"LoudBell WHERE Tone = 'ding' OR Volume = 1", "values of Tone"},
      {"Bell WHERE Tone = 'ding'", "values of Volume"},
  };
  for (const auto& [from, missing] : rows) {
    EXPECT_EQ(OutcomeOf(fmt::format("SELECT * FROM {}", from)), code::kRegistrationTooBroad) << from;
    EXPECT_NE(message_.find(missing), std::string::npos) << from << ": " << message_;
  }
  std::string many = "SELECT * FROM LoudBell WHERE Volume = 1 AND (Tone = '0'";
  for (int i = 1; i < 65; ++i) many += fmt::format(" OR Tone = '{}'", i);
  EXPECT_EQ(OutcomeOf(many + ")"), code::kRegistrationTooBroad);
  EXPECT_NE(message_.find("65"), std::string::npos) << message_;
  EXPECT_EQ(OutcomeOf("SELECT * FROM LoudBell WHERE Volume = 1 AND (Tone = 'ding' OR Tone = 'silence')"),
            code::kNotFound);
  EXPECT_EQ(told_->listening, 0) << "what could be listened to has been let go";
  // Bases have other events, too.
  const Subscriber all = Subscribe("SELECT * FROM __ExtrinsicEvent");
  EXPECT_TRUE(Await([&] { return engine_.events().IsWanted("__ExtrinsicEvent"); }));
}

TEST_F(SubscriptionTest, ASourceOfEventsThatRefusesEndsTheSubscription) {
  told_->refusal = Status(code::kAccessDenied, "only root may listen");
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  EXPECT_EQ(OutcomeOf("SELECT * FROM LoudBell"), code::kAccessDenied);
  EXPECT_EQ(OutcomeOf("SELECT * FROM Bell"), code::kAccessDenied);
}

// ---- groups and queues ----------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, AGroupIsOneEvent) {
  TellChanges(provider::kAllOperations);
  const Subscriber groups = Watching(
      "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Tool' GROUP WITHIN 5 BY TargetInstance.Weight "
      "HAVING NumberOfEvents > 1");
  changes()->Appeared(Tool("Axe", 3));
  changes()->Appeared(Tool("Saw", 3));
  changes()->Appeared(Tool("Pin", 1));
  clock_.Advance(seconds(5));
  engine_.RunDue();
  ExpectHeard(groups, {"__AggregateEvent __InstanceCreationEvent 2"});
}

// ---- at rest --------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, AThousandThatHaveNothingToDoDoNothing) {
  TellChanges(provider::kAllOperations);
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  const char* const kQueries[] = {kToldTools, "SELECT * FROM LoudBell", "SELECT * FROM Bell WHERE Tone = 'ding'",
                                  "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'",
                                  "SELECT * FROM __ClassOperationEvent GROUP WITHIN 5"};
  std::vector<Subscriber> made;
  for (std::size_t i = 0; i < 1'000; ++i) made.push_back(Subscribe(kQueries[i % std::size(kQueries)]));
  const EventQuotas& quotas = engine_.quotas();
  ASSERT_TRUE(Await([&] { return quotas.Held(QuotaKind::kTemporarySubscriptions) == made.size() && IsQuiet(); }));
  // Those that a source tells have joined when each was told.
  ASSERT_TRUE(Await([&] {
    changes()->Appeared(Tool("Axe", 1));
    changes()->Gone({cim::Value::Text("Axe")});
    for (std::size_t i = 0; i < made.size(); i += std::size(kQueries)) {
      if (made[i].heard->Events().empty()) return false;
    }
    return true;
  }));
  std::uint64_t batches = 0;
  ASSERT_TRUE(Await([&] { return std::exchange(batches, engine_.runtime().counters().batches) == batches; }));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "a timer waits";
  const Runtime::Counters before = engine_.runtime().counters();
  const int looks = shop_->looks() + shop_->single_looks();
  clock_.Advance(std::chrono::hours(24));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
  const Runtime::Counters after = engine_.runtime().counters();
  EXPECT_EQ(after.started, before.started);
  EXPECT_EQ(after.active, made.size());
  EXPECT_EQ(shop_->looks() + shop_->single_looks(), looks);
  for (const Subscriber& subscriber : made) EXPECT_FALSE(subscriber.heard->Outcome());
}

// ---- what was lost on the way ---------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, WhatASourceLosesIsCountedAndLookedFor) {
  TellChanges(provider::kAllOperations);
  const Subscriber other = Watching(kToldTools);
  EventSubscription::Options options;
  options.name_space = "ROOT\\shop";
  const auto tree = wql::Parse(kToldTools);
  ASSERT_TRUE(tree.ok());
  options.query = wql::BindEvent(**tree, *session_->name_space()).value();
  const auto subscription = EventSubscription::Make(std::move(options));
  const auto attached = engine_.watches().Attach(
      session_, {session_->name_space()->FindClass("Tool"), "SELECT * FROM Tool"}, {}, subscription);
  ASSERT_TRUE(attached.ok()) << attached.status().Message();
  shop_->Set("Axe", {3});
  changes()->Lost(7, "the socket was full");
  EXPECT_EQ(subscription->lost(), 7u);
  changes()->Lost(0, "the socket was full, nobody knows by how much");
  EXPECT_EQ(subscription->lost(), 8u);
  // And then everybody has the right state.
  ExpectHeard(other, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Take("Axe");
  changes()->Lost(0, "again");
  ExpectHeard(other, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, WhatASourceOfEventsLosesIsCounted) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  EventSubscription::Options options;
  options.name_space = "ROOT\\shop";
  const auto tree = wql::Parse("SELECT * FROM Bell");
  ASSERT_TRUE(tree.ok());
  options.query = wql::BindEvent(**tree, *session_->name_space()).value();
  const auto subscription = EventSubscription::Make(std::move(options));
  const auto feeds = engine_.feeds().Open(*session_->name_space(), subscription);
  ASSERT_TRUE(feeds.ok());
  events()->Lost(3, "the socket was full");
  events()->Lost(0, "nobody knows by how much");
  EXPECT_EQ(subscription->lost(), 4u);
}

// ---- full queues ----------------------------------------------------------------------------------------------------

// A class that was declared anew has its properties elsewhere; its events are no longer those that were asked for.
TEST_F(SubscriptionTest, EventsOfAClassThatHasLostAPropertyAreNotGrouped) {
  const Subscriber groups = Subscribe("SELECT * FROM LoudBell WHERE Volume = 3 OR Tone = 'ding' GROUP WITHIN 5");
  ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("LoudBell"); }));
  const auto fire = [&](const cim::ClassPtr& schema) {
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    if (const auto tone = schema->FindSlot("Tone")) builder.SetText(*tone, "ding");
    builder.CommitRow();
    Batch made;
    builder.Finish(made);
    engine_.events().Fire(session_->name_space()->name(), made.front());
  };
  const NamespacePtr classes = session_->name_space();
  cim::ClassDeclaration shorter;
  shorter.name = "LoudBell";
  fire(cim::Class::Make(std::move(shorter), classes->FindClass("__ExtrinsicEvent"), nullptr).value());
  fire(classes->FindClass("LoudBell"));
  clock_.Advance(seconds(5));
  engine_.RunDue();
  ExpectHeard(groups, {"__AggregateEvent LoudBell 1"});
}

TEST_F(SubscriptionTest, AFullQueueLosesItsOldestAndSaysSo) {
  TellChanges(provider::kAllOperations);
  const Subscriber overflow = Subscribe("SELECT * FROM __EventQueueOverflowEvent");
  const Subscriber slow = Watching(kToldTools);
  ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("__EventQueueOverflowEvent"); }));
  slow.heard->is_stuck = true;
  const std::size_t count = 3 * limits::kEventQueueMax;
  for (std::size_t i = 0; i < count; ++i) changes()->Appeared(Tool(fmt::format("Tool {}", i), i));
  ExpectHeard(overflow, {"__EventQueueOverflowEvent __InstanceCreationEvent"});
  slow.heard->is_stuck = false;
  const std::string last = fmt::format("__InstanceCreationEvent Tool Tool {0} {0}", count - 1);
  ASSERT_TRUE(Await([&] {
    const std::vector<std::string> heard = slow.heard->Events();
    return !heard.empty() && heard.back() == last;
  }));
  EXPECT_LT(slow.heard->Events().size(), count);
}

}  // namespace
}  // namespace wmi::engine
