// Watches of instances (contract 7.4): polled, told by a source, and their bounds.
#include "engine/subscription_test_support.h"

namespace wmi::engine {
namespace {

// ---- polled ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, APollTellsWhatDiffersFromTheLookBefore) {
  shop_->Set("Axe", {3});
  shop_->Set("Saw", {2});
  const Subscriber all = Watching(kTools);
  shop_->Set("Axe", {4});
  shop_->Take("Saw");
  shop_->Set("Pin", {1});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Axe 4 was Tool Axe 3", "__InstanceCreationEvent Tool Pin 1",
                    "__InstanceDeletionEvent Tool Saw 2"});
  Pass(seconds(2));
  shop_->Take("Axe");
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Axe 4 was Tool Axe 3", "__InstanceCreationEvent Tool Pin 1",
                    "__InstanceDeletionEvent Tool Saw 2", "__InstanceDeletionEvent Tool Axe 4"});
}

TEST_F(SubscriptionTest, TheFilterGoesIntoTheInstances) {
  shop_->Set("Axe", {3});
  const Subscriber heavy = Watching(
      "SELECT * FROM __InstanceModificationEvent WITHIN 2 WHERE TargetInstance ISA 'Tool' AND TargetInstance.Weight > "
      "5 "
      "AND PreviousInstance.Weight <= 5");
  shop_->Set("Axe", {5});
  Pass(seconds(2));
  shop_->Set("Axe", {6});
  Pass(seconds(2));
  shop_->Set("Axe", {7});
  Pass(seconds(2));
  ExpectHeard(heavy, {"__InstanceModificationEvent Tool Axe 6 was Tool Axe 5"});
}

TEST_F(SubscriptionTest, ThoseWhoWatchTheSameShareOneLookAtTheShortestInterval) {
  const Subscriber slow = Watching(
      "SELECT * FROM __InstanceCreationEvent WITHIN 10 WHERE TargetInstance ISA 'Tool' AND "
      "TargetInstance.Weight = 1");
  const Subscriber fast = Subscribe("SELECT * FROM __InstanceOperationEvent WITHIN 1 WHERE TargetInstance ISA 'tool'");
  // It joins the base line that is there, and wants the next look earlier.
  ASSERT_TRUE(Await([&] { return engine_.RunDue() <= clock_.Now() + seconds(1); }));
  shop_->Set("Pin", {1});
  const int before = shop_->looks();
  Pass(seconds(1));
  EXPECT_EQ(shop_->looks(), before + 1);
  ExpectHeard(slow, {"__InstanceCreationEvent Tool Pin 1"});
  ExpectHeard(fast, {"__InstanceCreationEvent Tool Pin 1"});
}

// Filed by what they ask of the instance, before and after the change (filter_index.h).
TEST_F(SubscriptionTest, OfThoseWhoShareAWatchEachHearsItsOwn) {
  TellChanges(provider::kAllOperations);
  const std::string any = "SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Tool' AND ";
  const Subscriber light = Watching(any + "(TargetInstance.Weight = 1 OR TargetInstance.Weight = 2)");
  const Subscriber heavy = Subscribe(any + "TargetInstance.Weight = '7' AND TargetInstance.Colour = 'RED'");
  const Subscriber blue = Subscribe(any + "TargetInstance.Colour = 'blue'");
  const Subscriber changed = Subscribe(
      "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Tool' AND PreviousInstance.Weight = 1");
  const auto tell = [&](const std::string& name) {
    changes()->Appeared(Tool(name, 1));
    changes()->Appeared(Tool(name, 7));
    changes()->Gone({cim::Value::Text(name)});
  };
  const auto heard = [](const Subscriber& subscriber) { return !subscriber.heard->Events().empty(); };
  // Until all are members, one of which goes again.
  {
    const Subscriber gone = Subscribe(any + "TargetInstance.Weight = 1");
    ASSERT_TRUE(Await([&] {
      tell("Probe");
      return heard(gone) && heard(light) && heard(heavy) && heard(changed);
    }));
  }
  --subscribers_;
  const auto after_probes = [](const Subscriber& subscriber) {
    std::vector<std::string> events = subscriber.heard->Events();
    std::erase_if(events, [](const std::string& event) { return event.find("Probe") != std::string::npos; });
    return events;
  };
  using Events = std::vector<std::string>;
  tell("Pin");
  const Events whole{"__InstanceModificationEvent Tool Pin 7 was Tool Pin 1", "__InstanceDeletionEvent Tool Pin 7"};
  ASSERT_TRUE(Await([&] { return after_probes(heavy).size() == 2 && !after_probes(changed).empty(); }));
  ASSERT_TRUE(Await([&] { return !after_probes(light).empty(); }));
  EXPECT_EQ(after_probes(light), Events{"__InstanceCreationEvent Tool Pin 1"});
  EXPECT_EQ(after_probes(heavy), whole);
  EXPECT_EQ(after_probes(changed), Events{whole.front()});
  EXPECT_FALSE(heard(blue));
}

TEST_F(SubscriptionTest, ALookNeverOverlapsItself) {
  const Subscriber all = Watching(kTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(2));
    engine_.RunDue();
    ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  }
  shop_->Set("Axe", {3});
  shop_->SetClosed(false);
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  EXPECT_EQ(shop_->max_inside(), 1);
}

TEST_F(SubscriptionTest, WhatALookCouldNotListHasNotGone) {
  shop_->Set("Axe", {3});
  shop_->Set("Saw", {2});
  const Subscriber all = Watching(kTools);
  shop_->Take("Axe");
  shop_->Set("Saw", {1});
  shop_->SetIncomplete(true);
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Saw 1 was Tool Saw 2"});
  shop_->SetIncomplete(false);
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Saw 1 was Tool Saw 2", "__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, OneLookMayFailAndThreeMayNot) {
  const Subscriber all = Watching(kTools);
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  Pass(seconds(2));
  Pass(seconds(2));
  shop_->Fail(Status());
  shop_->Set("Axe", {3});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  Pass(seconds(2));
  Pass(seconds(2));
  EXPECT_FALSE(all.heard->Outcome());
  clock_.Advance(seconds(2));
  engine_.RunDue();
  ASSERT_TRUE(Await([&] { return all.heard->Outcome().has_value(); }));
  EXPECT_EQ(all.heard->Outcome()->code(), code::kProviderFailure);
  EXPECT_EQ(all.heard->Outcome()->Message(), "the door is stuck");
}

TEST_F(SubscriptionTest, AFirstLookThatFailsEndsTheSubscription) {
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  EXPECT_EQ(OutcomeOf(kTools), code::kProviderFailure);
}

TEST_F(SubscriptionTest, TheLastToLeaveEndsTheWatch) {
  {
    const Subscriber all = Watching(kTools);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  const int looks = shop_->looks();
  clock_.Advance(seconds(10));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "no timer is left";
  EXPECT_EQ(shop_->looks(), looks);
}

// ---- pushed ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, WhatIsToldNeedsNoInterval) {
  TellChanges(provider::kAllOperations);
  shop_->Set("Axe", {3});
  const Subscriber all = Watching(kToldTools);
  changes()->Appeared(Tool("Pin", 1));
  changes()->Appeared(Tool("Axe", 4));
  changes()->Gone({cim::Value::Text("Pin")});
  changes()->Gone({cim::Value::Text("Pin")});  // once is enough
  ExpectHeard(all, {"__InstanceCreationEvent Tool Pin 1", "__InstanceModificationEvent Tool Axe 4 was Tool Axe 3",
                    "__InstanceDeletionEvent Tool Pin 1"});
  clock_.Advance(std::chrono::hours(1));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "no timer";
}

TEST_F(SubscriptionTest, LookReadsOneOrAll) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->Set("Axe", {3});
  changes()->Look({cim::Value::Text("Axe")});
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Take("Axe");
  changes()->Look({cim::Value::Text("Axe")});
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3"});
  EXPECT_EQ(shop_->looks(), 1);
  EXPECT_EQ(shop_->single_looks(), 2);
  shop_->Set("Saw", {2});
  changes()->Look();
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3",
                    "__InstanceCreationEvent Tool Saw 2"});
}

TEST_F(SubscriptionTest, WhatIsToldDuringALookIsNewerThanTheLook) {
  TellChanges(provider::kAllOperations);
  shop_->Set("Axe", {3});
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  changes()->Look();
  ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  changes()->Gone({cim::Value::Text("Axe")});  // but the look will still list it
  shop_->SetClosed(false);
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  ExpectHeard(all, {"__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, WhatNobodyTellsIsPolledAndTheRestPushed) {
  TellChanges(provider::kCreation | provider::kDeletion);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise) << "changes are not told";
  const Subscriber all = Watching(kTools);
  changes()->Appeared(Tool("Axe", 3));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Set("Axe", {4});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceModificationEvent Tool Axe 4 was Tool Axe 3"});
}

TEST_F(SubscriptionTest, ASourceThatRefusesGivesItsReasonOrAPoll) {
  told_->refusal = Status(code::kAccessDenied, "only root may listen");
  TellChanges(provider::kAllOperations);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);
  EXPECT_NE(message_.find("only root may listen"), std::string::npos) << message_;
  const Subscriber polled = Watching(kTools);
  shop_->Set("Axe", {3});
  Pass(seconds(2));
  ExpectHeard(polled, {"__InstanceCreationEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, ASourceThatEndsLeavesItToThePoll) {
  TellChanges(provider::kAllOperations);
  const Subscriber told = Watching(kToldTools);
  const Subscriber polled = Subscribe(kTools);
  // Until it has joined.
  std::uint64_t weight = 0;
  ASSERT_TRUE(Await([&] {
    shop_->Set("Axe", {++weight});
    changes()->Look();
    return !polled.heard->Events().empty();
  }));
  changes()->Ended(Status(code::kTransportFailure, "the daemon has gone"));
  ASSERT_TRUE(Await([&] { return told.heard->Outcome().has_value(); }));
  EXPECT_EQ(told.heard->Outcome()->code(), code::kTransportFailure);
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  shop_->Set("Pin", {1});
  Pass(seconds(2));
  EXPECT_TRUE(Await([&] { return polled.heard->Events().back() == "__InstanceCreationEvent Tool Pin 1"; }));
}

TEST_F(SubscriptionTest, LostMessagesLeadToALook) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->Set("Axe", {3});
  changes()->Lost(7, "the socket was full");
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, ALogIsNotReadForWhatComes) {
  engine_.event_sources().RegisterChanges(
      "Tool",
      std::make_unique<ToldChanges>(told_, provider::kCreation | provider::kModification, ToldChanges::Kind::kLog));
  shop_->Set("Axe", {3});
  const Subscriber coming = Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Tool'");
  const auto heard_last = [&](const std::string& event) {
    const std::vector<std::string> events = coming.heard->Events();
    return !events.empty() && events.back() == event;
  };
  // Until it has joined.
  ASSERT_TRUE(Await([&] {
    if (changes()) changes()->Appeared(Tool("Pin", 1));
    return !coming.heard->Events().empty();
  }));
  changes()->Look();
  changes()->Lost(7, "the file was taken away");
  changes()->Appeared(Tool("Saw", 2));
  ASSERT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Saw 2"); }));
  const std::size_t before = coming.heard->Events().size();
  EXPECT_EQ(shop_->looks(), 0);
  {
    // What goes is found by looking; what comes is told as before, once.
    const Subscriber going = Watching("SELECT * FROM __InstanceDeletionEvent WITHIN 2 WHERE TargetInstance ISA 'Tool'");
    shop_->Set("Nut", {1});
    changes()->Appeared(Tool("Nut", 1));
    shop_->Take("Axe");
    Pass(seconds(2));
    ExpectHeard(going, {"__InstanceDeletionEvent Tool Axe 3"});
    EXPECT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Nut 1"); }));
    EXPECT_EQ(coming.heard->Events().size(), before + 1);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  const int looks = shop_->looks();
  changes()->Lost(1, "the file was taken away");
  changes()->Appeared(Tool("Peg", 1));
  ASSERT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Peg 1"); }));
  EXPECT_EQ(coming.heard->Events().size(), before + 2);
  EXPECT_EQ(shop_->looks(), looks);
}

TEST_F(SubscriptionTest, ListeningEndsWithTheLastSubscription) {
  TellChanges(provider::kAllOperations);
  {
    const Subscriber one = Watching(kToldTools);
    EXPECT_EQ(told_->listening, 1);
  }
  --subscribers_;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
  const Subscriber again = Watching(kToldTools);
  EXPECT_EQ(told_->listened, 2);
}

// ---- bounds of a watch ----------------------------------------------------------------------------------------------

class BoundedWatchTest : public SubscriptionTest {
 protected:
  BoundedWatchTest() : SubscriptionTest({.instances = 4, .bytes = 100'000, .single_looks = 2}) {}
};

TEST_F(BoundedWatchTest, ALookMayBringSoMuchAndNoMore) {
  for (int i = 0; i < 4; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  {
    const Subscriber full = Watching(kTools);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  shop_->Set("Pi4", {1});
  EXPECT_EQ(OutcomeOf(kTools), code::kQuotaViolation);
  EXPECT_NE(message_.find("more than 4 instances"), std::string::npos) << message_;
}

TEST_F(BoundedWatchTest, ALookMayBringSoManyBytesAndNoMore) {
  shop_->Set("Axe", {1, std::string(150'000, 'x')});
  EXPECT_EQ(OutcomeOf(kTools), code::kQuotaViolation);
}

TEST_F(BoundedWatchTest, WhatIsToldCannotGrowPastThem) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  for (int i = 0; i < 4; ++i) changes()->Appeared(Tool(fmt::format("Pi{}", i), 1));
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() == 4; }));
  // One more makes it look, and the look decides: here it finds that the others have gone.
  shop_->Set("Pi4", {1});
  changes()->Appeared(Tool("Pi4", 1));
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() == 9; }));
  EXPECT_EQ(all.heard->Events()[4], "__InstanceCreationEvent Tool Pi4 1");
}

TEST_F(BoundedWatchTest, ManySingleLooksAreOneOfAll) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  changes()->Look({cim::Value::Text("Axe")});
  ASSERT_TRUE(Await([&] { return shop_->single_looks() == 1; }));
  for (const char* name : {"Saw", "Pin", "Nut", "Saw"}) changes()->Look({cim::Value::Text(name)});
  shop_->Set("Nut", {2});
  const int looks = shop_->looks();
  shop_->SetClosed(false);
  ExpectHeard(all, {"__InstanceCreationEvent Tool Nut 2"});
  ASSERT_TRUE(Await([&] { return shop_->looks() == looks + 1 && IsQuiet(); }));
  EXPECT_EQ(shop_->single_looks(), 1);
}

TEST_F(BoundedWatchTest, ALookThatIsOvertakenByTooMuchIsMadeAgain) {
  TellChanges(provider::kAllOperations);
  for (int i = 0; i < 4; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  changes()->Look();
  ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  for (int i = 0; i < 4; ++i) changes()->Gone({cim::Value::Text(fmt::format("Pi{}", i))});
  for (const char* name : {"Nut", "Saw"}) changes()->Gone({cim::Value::Text(name)});
  for (int i = 0; i < 4; ++i) shop_->Take(fmt::format("Pi{}", i));
  shop_->SetClosed(false);
  // Each deletion once, and nothing out of the look before.
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() >= 4 && IsQuiet(); }));
  EXPECT_EQ(all.heard->Events().size(), 4u);
  EXPECT_EQ(shop_->looks(), looks + 2);
}

}  // namespace
}  // namespace wmi::engine
