#include "events/event_objects.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ratio>

#include "events/test_support.h"

namespace wmi::events {
namespace {

using cim::ValueKind;
using cim::ValueView;
using testing::EventClasses;
using testing::Get;

// The same as TimeCreatedNow by another way: the standard's clock, and the calendar from 1601 on.
std::uint64_t NowSince1601() {
  using namespace std::chrono;
  using Ticks = duration<std::int64_t, std::ratio<1, 10'000'000>>;
  const sys_days start(year(1601) / January / 1);
  const auto now = duration_cast<Ticks>(system_clock::now().time_since_epoch());
  return static_cast<std::uint64_t>((now - duration_cast<Ticks>(start.time_since_epoch())).count());
}

TEST(EventObjectsTest, TimeIsCountedFrom1601InTenthsOfAMicrosecond) {
  const std::uint64_t before = NowSince1601();
  const std::uint64_t told = TimeCreatedNow();
  const std::uint64_t after = NowSince1601();
  EXPECT_LE(before, told);
  EXPECT_LE(told, after);
}

TEST(EventObjectsTest, AnEventHasItsPartsAndTheTimeOfItsMaking) {
  const EventClasses classes;
  const cim::Object room = classes.Make("T_Place", {{"Room", ValueView::Text("kitchen")}});
  const cim::Object before = classes.Make("T_Place", {{"Room", ValueView::Text("Kitchen")}});
  const std::uint64_t earliest = TimeCreatedNow();
  const cim::Object event = MakeEvent(classes.FindClass("__InstanceModificationEvent"),
                                      {{"TargetInstance", room}, {"PreviousInstance", before}});
  ASSERT_TRUE(event.is_instance());
  EXPECT_EQ(event.schema().name(), "__InstanceModificationEvent");
  ASSERT_EQ(Get(event, "TargetInstance").kind(), ValueKind::kObject);
  EXPECT_EQ(Get(*Get(event, "TargetInstance").object(), "Room").text(), "kitchen");
  EXPECT_EQ(Get(*Get(event, "PreviousInstance").object(), "Room").text(), "Kitchen");
  EXPECT_TRUE(Get(event, "SECURITY_DESCRIPTOR").is_null());
  ASSERT_EQ(Get(event, "TIME_CREATED").kind(), ValueKind::kUnsigned);
  EXPECT_GE(Get(event, "TIME_CREATED").unsigned_integer(), earliest);
  EXPECT_LE(Get(event, "TIME_CREATED").unsigned_integer(), TimeCreatedNow());
}

TEST(EventObjectsTest, NamesThatTheClassDoesNotHaveAreLeftOut) {
  const EventClasses classes;
  const cim::Object room = classes.Make("T_Place");
  const cim::Object event =
      MakeEvent(classes.FindClass("__InstanceCreationEvent"), {{"PreviousInstance", room}, {"targetinstance", room}});
  EXPECT_FALSE(event.schema().FindSlot("PreviousInstance"));
  EXPECT_EQ(Get(event, "TargetInstance").kind(), ValueKind::kObject);
}

TEST(EventObjectsTest, AnEmptyObjectIsNull) {
  const EventClasses classes;
  const cim::Object event =
      MakeEvent(classes.FindClass("__InstanceDeletionEvent"), {{"TargetInstance", cim::Object()}});
  EXPECT_TRUE(Get(event, "TargetInstance").is_null());
}

TEST(EventObjectsTest, NumbersAreSetAndAClassWithoutATimeHasNone) {
  const EventClasses classes;
  const cim::Object event =
      MakeEvent(classes.FindClass("__AggregateEvent"), {{"NumberOfEvents", std::uint64_t{4'294'967'295}}});
  ASSERT_EQ(Get(event, "NumberOfEvents").kind(), ValueKind::kUnsigned);
  EXPECT_EQ(Get(event, "NumberOfEvents").unsigned_integer(), 4'294'967'295U);
  EXPECT_TRUE(Get(event, "Representative").is_null());
  EXPECT_FALSE(event.schema().FindSlot("TIME_CREATED"));
}

TEST(EventObjectsTest, WhatIsEmbeddedLivesAsLongAsTheEvent) {
  cim::Object event;
  {
    const EventClasses classes;
    const cim::Object room = classes.Make("T_Place", {{"Room", ValueView::Text("gone but for the event")}});
    event = MakeEvent(classes.FindClass("__InstanceDeletionEvent"), {{"TargetInstance", room}});
  }
  const cim::Object* target = Get(event, "TargetInstance").object();
  ASSERT_NE(target, nullptr);
  EXPECT_EQ(target->schema().name(), "T_Place");
  EXPECT_EQ(Get(*target, "Room").text(), "gone but for the event");
}

TEST(EventObjectsTest, TheClassesOfTheThreeOperationsAreFound) {
  const EventClasses classes;
  const InstanceEventClasses found = FindInstanceEventClasses(classes);
  EXPECT_EQ(found.creation, classes.FindClass("__InstanceCreationEvent"));
  EXPECT_EQ(found.modification, classes.FindClass("__InstanceModificationEvent"));
  EXPECT_EQ(found.deletion, classes.FindClass("__InstanceDeletionEvent"));
}

}  // namespace
}  // namespace wmi::events
