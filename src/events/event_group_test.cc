#include "events/event_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/limits.h"
#include "events/test_support.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::events {
namespace {

using cim::ValueView;
using std::chrono::seconds;
using testing::EventClasses;
using testing::Get;
using Values = std::map<std::string, ValueView>;

// "3 x first", with what tells the representative apart.
struct Aggregate {
  std::uint64_t number;
  std::string reason;
  bool operator==(const Aggregate&) const = default;
};

void PrintTo(const Aggregate& aggregate, std::ostream* out) { *out << aggregate.number << " x " << aggregate.reason; }

class EventGroupTest : public ::testing::Test {
 protected:
  // With what follows the class in a query, such as "GROUP WITHIN 10 BY Level".
  void Start(const std::string& clause) {
    const auto tree = wql::Parse("SELECT * FROM T_Alarm " + clause);
    ASSERT_TRUE(tree.ok()) << tree.status().Message();
    const auto bound = wql::BindEvent(**tree, classes_);
    ASSERT_TRUE(bound.ok()) << bound.status().Message();
    ASSERT_TRUE(bound->group.has_value());
    Start(*bound->group);
  }

  void Start(wql::EventGroup group) {
    EventGrouper::Options options;
    options.group = std::move(group);
    options.aggregate = classes_.FindClass("__AggregateEvent");
    options.timers = timers_;
    options.clock = &clock_;
    options.out = [this](const cim::Object& event) { Take(event); };
    options.lost = [this](std::uint64_t events) { lost_ += events; };
    grouper_ = std::make_shared<EventGrouper>(std::move(options));
  }

  // An alarm that `reason` tells apart.
  cim::Object Alarm(const std::string& reason, Values values = {}, std::string_view event_class = "T_Alarm") const {
    if (values.count("Reason") == 0) values["Reason"] = ValueView::Text(reason);
    return classes_.Make(event_class, values);
  }
  void Add(const std::string& reason, Values values = {}) { grouper_->Add(Alarm(reason, std::move(values))); }

  void Pass(Duration time) {
    clock_.Advance(time);
    next_ = timers_->RunDue();
  }

  void Take(const cim::Object& event) {
    if (on_out_) on_out_();
    EXPECT_EQ(event.schema().name(), "__AggregateEvent");
    const cim::Object* first = Get(event, "Representative").object();
    ASSERT_NE(first, nullptr);
    out_.push_back({Get(event, "NumberOfEvents").unsigned_integer(), std::string(Get(*first, "Reason").text())});
  }

  // How many groups these events make.
  std::size_t GroupsOf(const std::vector<cim::Object>& events) {
    out_.clear();
    for (const cim::Object& event : events) grouper_->Add(event);
    Pass(std::chrono::hours(1));
    std::uint64_t number = 0;
    for (const Aggregate& aggregate : out_) number += aggregate.number;
    EXPECT_EQ(number, events.size());
    return out_.size();
  }

  using Aggregates = std::vector<Aggregate>;

  const EventClasses classes_;
  ManualClock clock_;
  std::shared_ptr<exec::TimerQueue> timers_ = std::make_shared<exec::TimerQueue>(clock_, nullptr);
  TimePoint next_ = TimePoint::max();
  Aggregates out_;
  std::uint64_t lost_ = 0;
  std::function<void()> on_out_;
  std::shared_ptr<EventGrouper> grouper_;
};

TEST_F(EventGroupTest, TheTimeCountsFromTheFirstEventOfAGroup) {
  Start("GROUP WITHIN 10");
  Pass(seconds(100));
  Add("a");
  Pass(seconds(9));
  Add("b");
  Pass(seconds(1) - Duration(1));
  EXPECT_EQ(out_, Aggregates());
  Add("c");
  Pass(Duration(1));
  EXPECT_EQ(out_, (Aggregates{{3, "a"}}));
  EXPECT_EQ(next_, TimePoint::max()) << "nothing is waited for without events";
  Pass(seconds(5));
  Add("d");
  Pass(seconds(10));
  EXPECT_EQ(out_, (Aggregates{{3, "a"}, {1, "d"}}));
}

TEST_F(EventGroupTest, EachGroupHasItsOwnTime) {
  Start("GROUP WITHIN 10 BY Level");
  Add("one", {{"Level", ValueView::Unsigned(1)}});
  Pass(seconds(6));
  Add("two", {{"Level", ValueView::Unsigned(2)}});
  Add("one again", {{"Level", ValueView::Unsigned(1)}});
  Pass(seconds(4));
  EXPECT_EQ(out_, (Aggregates{{2, "one"}}));
  Add("a new one", {{"Level", ValueView::Unsigned(1)}});
  Pass(seconds(6));
  EXPECT_EQ(out_, (Aggregates{{2, "one"}, {1, "two"}}));
  Pass(seconds(4));
  EXPECT_EQ(out_, (Aggregates{{2, "one"}, {1, "two"}, {1, "a new one"}}));
}

TEST_F(EventGroupTest, TextsAreTheSameWithoutCase) {
  Start("GROUP WITHIN 10 BY Source");
  const auto from = [this](std::string_view source) { return Alarm("", {{"Source", ValueView::Text(source)}}); };
  EXPECT_EQ(GroupsOf({from("Tür"), from("TÜR"), from("tür")}), 1U);
  EXPECT_EQ(GroupsOf({from("Tür"), from("Tur"), from("Tür ")}), 3U);
}

TEST_F(EventGroupTest, WhatIsNullIsAGroupOfItsOwn) {
  Start("GROUP WITHIN 10 BY Source");
  const cim::Object null = Alarm("", {{"Source", ValueView()}});
  EXPECT_EQ(GroupsOf({null, Alarm("")}), 1U);
  EXPECT_EQ(GroupsOf({null, Alarm("", {{"Source", ValueView::Text("")}})}), 2U);
  EXPECT_EQ(GroupsOf({null, Alarm("", {{"Source", ValueView::Text("n")}})}), 2U);
  Start("GROUP WITHIN 10 BY Level");
  EXPECT_EQ(GroupsOf({null, Alarm("", {{"Level", ValueView::Unsigned(0)}})}), 2U);
}

TEST_F(EventGroupTest, SeveralValuesMakeAGroupTogetherAndAreNotMixedUp) {
  Start("GROUP WITHIN 10 BY Source, Reason");
  const auto of = [this](ValueView source, ValueView reason) {
    return Alarm("", {{"Source", source}, {"Reason", reason}});
  };
  const auto text = [](std::string_view value) { return ValueView::Text(value); };
  EXPECT_EQ(GroupsOf({of(text("a"), text("b")), of(text("A"), text("B"))}), 1U);
  EXPECT_EQ(GroupsOf({of(text("a"), text("b")), of(text("b"), text("a")), of(text("a"), text("a"))}), 3U);
  EXPECT_EQ(GroupsOf({of(text("a"), text("bc")), of(text("ab"), text("c"))}), 2U);
  EXPECT_EQ(GroupsOf({of(text("a"), text("btc")), of(text("atb"), text("c"))}), 2U);
  EXPECT_EQ(GroupsOf({of(text("a"), text("bt1:c")), of(text("at1:b"), text("c"))}), 2U);
  EXPECT_EQ(GroupsOf({of(text("a"), ValueView()), of(ValueView(), text("a"))}), 2U);
}

TEST_F(EventGroupTest, EachTypeIsTold) {
  Start("GROUP WITHIN 10 BY Loud");
  EXPECT_EQ(GroupsOf({Alarm("", {{"Loud", ValueView::Boolean(true)}}), Alarm("", {{"Loud", ValueView::Boolean(true)}}),
                      Alarm("", {{"Loud", ValueView::Boolean(false)}})}),
            2U);
  Start("GROUP WITHIN 10 BY Heat");
  EXPECT_EQ(GroupsOf({Alarm("", {{"Heat", ValueView::Real(0.0)}}), Alarm("", {{"Heat", ValueView::Real(-0.0)}})}), 1U);
  EXPECT_EQ(GroupsOf({Alarm("", {{"Heat", ValueView::Real(0.1)}}), Alarm("", {{"Heat", ValueView::Real(0.1)}}),
                      Alarm("", {{"Heat", ValueView::Real(std::nextafter(0.1, 1.0))}})}),
            2U);
}

TEST_F(EventGroupTest, PathsLeadIntoEmbeddedObjects) {
  const cim::Object box = classes_.Make("T_Place", {{"Room", ValueView::Text("box")}});
  const cim::Object cupboard =
      classes_.Make("T_Place", {{"Room", ValueView::Text("hall")}, {"Inside", ValueView::OfObject(&box)}});
  const cim::Object hall =
      classes_.Make("T_Place", {{"Room", ValueView::Text("Hall")}, {"Floor", ValueView::Signed(-1)}});
  const cim::Object cellar =
      classes_.Make("T_Cellar", {{"Room", ValueView::Text("hall")}, {"Floor", ValueView::Signed(-1)}});
  const cim::Object level = Alarm("", {{"Level", ValueView::Unsigned(1)}});
  const auto at = [this](const cim::Object* place) { return Alarm("", {{"Place", ValueView::OfObject(place)}}); };
  const cim::Object nowhere = Alarm("");

  Start("GROUP WITHIN 10 BY Place.Room");
  EXPECT_EQ(GroupsOf({at(&cupboard), at(&hall), at(&cellar)}), 1U);
  EXPECT_EQ(GroupsOf({at(&hall), nowhere, at(&box)}), 3U);
  Start("GROUP WITHIN 10 BY Place.Inside.Room");
  EXPECT_EQ(GroupsOf({at(&cupboard), at(&hall), nowhere}), 2U) << "a path that breaks off is NULL";
  Start("GROUP WITHIN 10 BY Place.Floor");
  EXPECT_EQ(GroupsOf({at(&hall), at(&cellar), at(&cupboard)}), 2U);
  Start("GROUP WITHIN 10 BY Place.__CLASS");
  EXPECT_EQ(GroupsOf({at(&hall), at(&cellar), at(&cupboard), nowhere}), 3U);
  Start("GROUP WITHIN 10 BY __CLASS");
  EXPECT_EQ(GroupsOf({at(&hall), level, Alarm("", {}, "T_Fire")}), 2U);
}

TEST_F(EventGroupTest, ObjectsOfAnyClassAreAskedForWhatTheyHave) {
  const auto created = [this](const cim::Object* target) {
    return classes_.Make("__InstanceCreationEvent", {{"TargetInstance", ValueView::OfObject(target)}});
  };
  std::vector<std::uint64_t> numbers;
  EventGrouper::Options options;
  options.group.within_seconds = 10;
  options.group.by = {{"TargetInstance", "Level"}, {"TargetInstance", "Floor"}, {"TargetInstance", "Place"}};
  options.aggregate = classes_.FindClass("__AggregateEvent");
  options.timers = timers_;
  options.clock = &clock_;
  options.out = [&](const cim::Object& event) { numbers.push_back(Get(event, "NumberOfEvents").unsigned_integer()); };
  const auto grouper = std::make_shared<EventGrouper>(std::move(options));
  const cim::Object place = classes_.Make("T_Place");
  const cim::Object one = Alarm("", {{"Level", ValueView::Unsigned(1)}});
  const cim::Object placed = Alarm("", {{"Level", ValueView::Unsigned(1)}, {"Place", ValueView::OfObject(&place)}});
  const cim::Object first_floor = classes_.Make("T_Place", {{"Floor", ValueView::Signed(1)}});
  // An object is no simple value: it counts as none.
  for (const cim::Object* target : {&one, &placed, &first_floor, &place}) grouper->Add(created(target));
  Pass(seconds(10));
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{2, 1, 1}));
}

TEST_F(EventGroupTest, TheSameNumberIsTheSameInEachType) {
  // A class of some provider calls Floor what another calls Floor, with another type.
  wql::EventGroup group;
  group.within_seconds = 10;
  group.by = {{"Place", "Floor"}};
  Start(group);
  const auto of = [this](const cim::Object& place) { return Alarm("", {{"Place", ValueView::OfObject(&place)}}); };
  const cim::Object plain = classes_.Make("T_Place", {{"Floor", ValueView::Signed(7)}});
  const cim::Object other = classes_.Make("T_Place", {{"Floor", ValueView::Unsigned(7)}});
  const cim::Object text = classes_.Make("T_Place", {{"Floor", ValueView::Text("7")}});
  EXPECT_EQ(GroupsOf({of(plain), of(other)}), 1U);
  EXPECT_EQ(GroupsOf({of(plain), of(text)}), 2U);
}

struct HavingCase {
  const char* relation;
  bool two;
  bool three;
  bool four;
};

TEST_F(EventGroupTest, HavingLetsTheNumbersPassThatItNames) {
  const HavingCase cases[] = {
      {"= 3", false, true, false},           {"<> 3", true, false, true}, {"!= 3", true, false, true},
      {"< 3", true, false, false},           {"<= 3", true, true, false}, {"> 3", false, false, true},
      {">= 3", false, true, true},           {"> 0", true, true, true},   {"= 0", false, false, false},
      {"> 4294967295", false, false, false},
  };
  for (const HavingCase& each : cases) {
    SCOPED_TRACE(each.relation);
    Start(std::string("GROUP WITHIN 10 HAVING NumberOfEvents ") + each.relation);
    if (HasFatalFailure()) return;
    for (const auto& [number, passes] : {std::pair{2, each.two}, {3, each.three}, {4, each.four}}) {
      out_.clear();
      for (int i = 0; i < number; ++i) Add("event");
      Pass(seconds(10));
      EXPECT_EQ(out_.size(), passes ? 1U : 0U) << number;
    }
  }
}

TEST_F(EventGroupTest, WithoutATimeEachEventGoesOutByItself) {
  Start("GROUP WITHIN 0 BY Level");
  Add("a");
  Add("b");
  EXPECT_EQ(out_, (Aggregates{{1, "a"}, {1, "b"}}));
  EXPECT_EQ(timers_->RunDue(), TimePoint::max());
  Start("GROUP WITHIN 0 HAVING NumberOfEvents > 1");
  Add("c");
  EXPECT_EQ(out_.size(), 2U);
}

TEST_F(EventGroupTest, NothingGoesOutAfterClose) {
  Start("GROUP WITHIN 10 BY Level");
  Add("a");
  grouper_->Close();
  Pass(seconds(10));
  Add("b");
  Pass(seconds(10));
  EXPECT_EQ(next_, TimePoint::max());
  Start("GROUP WITHIN 0");
  grouper_->Close();
  Add("c");
  EXPECT_EQ(out_, Aggregates());
  EXPECT_EQ(lost_, 0U);
}

TEST_F(EventGroupTest, AGrouperThatHasGoneIsNotCalled) {
  Start("GROUP WITHIN 10");
  Add("a");
  grouper_.reset();
  Pass(seconds(10));
  EXPECT_EQ(out_, Aggregates());
}

TEST_F(EventGroupTest, WhoIsGivenAnAggregateMayAddAndClose) {
  Start("GROUP WITHIN 10 BY Level");
  on_out_ = [this] {
    if (out_.empty()) return Add("meanwhile");
    grouper_->Close();
  };
  Add("a");
  Pass(seconds(10));
  Pass(seconds(10));
  EXPECT_EQ(out_, (Aggregates{{1, "a"}, {1, "meanwhile"}}));
}

TEST_F(EventGroupTest, BeyondTheMostGroupsEventsAreLostAndCounted) {
  Start("GROUP WITHIN 10 BY Level");
  const auto level = [](std::size_t number) { return Values{{"Level", ValueView::Unsigned(number)}}; };
  for (std::size_t i = 0; i < kGroupsMax; ++i) Add("kept", level(i));
  EXPECT_EQ(lost_, 0U);
  Add("left out", level(kGroupsMax));
  Add("left out", level(kGroupsMax));
  EXPECT_EQ(lost_, 2U);
  Add("of a group that is there", level(0));
  Pass(seconds(10));
  EXPECT_EQ(lost_, 2U);
  ASSERT_EQ(out_.size(), kGroupsMax);
  EXPECT_EQ(out_.front(), (Aggregate{2, "kept"}));
  Add("there is room again", level(kGroupsMax));
  Pass(seconds(10));
  EXPECT_EQ(lost_, 2U);
  EXPECT_EQ(out_.back(), (Aggregate{1, "there is room again"}));
}

TEST_F(EventGroupTest, AGroupForWhichThereIsNoMemoryIsLostAndCounted) {
  Start("GROUP WITHIN 10");
  on_out_ = [] { throw std::bad_alloc(); };
  Add("a");
  Add("b");
  Pass(seconds(10));
  EXPECT_EQ(lost_, 2U);
  on_out_ = nullptr;
  Add("c");
  Pass(seconds(10));
  EXPECT_EQ(out_, (Aggregates{{1, "c"}}));
}

TEST_F(EventGroupTest, NoEventIsCountedTwiceOrNeverByThreads) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kPerThread = 2'000;
  Start("GROUP WITHIN 1 BY Level");
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> added{0};
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, &added] {
      for (std::uint64_t event = 0; event < kPerThread; ++event) {
        Add("event", {{"Level", ValueView::Unsigned(event % 7)}});
        ++added;
      }
    });
  }
  while (added < kThreads * kPerThread) Pass(seconds(1));  // gives out on this thread
  for (std::thread& thread : threads) thread.join();
  Pass(seconds(1));
  std::uint64_t number = 0;
  for (const Aggregate& aggregate : out_) number += aggregate.number;
  EXPECT_EQ(number, kThreads * kPerThread);
  EXPECT_EQ(lost_, 0U);
}

}  // namespace
}  // namespace wmi::events
