#include "providers/linux/system/clock_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

Answer AskZone(const FixtureTree& tree) {
  SnapshotProvider<TimeZone> provider(Machine{tree.root()});
  return RunQuery(provider, {TestClass("Win32_TimeZone", PropertyNames(TimeZone::Columns()), "StandardName"), {}, {}});
}

std::string ZoneFile(std::string_view rule) {
  std::string file("TZif2", 5);
  file.append(39, '\0');
  file += "\n";
  file += rule;
  return file + "\n";
}

TEST(TimeZoneTest, TakesTheRuleOfTheZoneFile) {
  FixtureTree tree;
  tree.Write("usr/share/zoneinfo/Europe/Berlin", ZoneFile("CET-1CEST,M3.5.0,M10.5.0/3"));
  tree.Link("etc/localtime", "../usr/share/zoneinfo/Europe/Berlin");
  const Answer answer = AskZone(tree);
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Caption"), "(UTC+01:00) Europe/Berlin");
  EXPECT_EQ(answer.Text(0, "StandardName"), "CET");
  EXPECT_EQ(answer.Text(0, "DaylightName"), "CEST");
  EXPECT_EQ(answer.Get(0, "Bias").signed_integer(), 60);
  EXPECT_EQ(answer.Get(0, "DaylightBias").signed_integer(), -60);
  EXPECT_EQ(answer.Number(0, "StandardBias"), 0u);
  const std::pair<const char*, std::uint64_t> numbers[] = {
      {"DaylightMonth", 3},  {"DaylightDay", 5}, {"DaylightDayOfWeek", 0}, {"DaylightHour", 2},  {"DaylightYear", 0},
      {"StandardMonth", 10}, {"StandardDay", 5}, {"StandardHour", 3},      {"StandardMinute", 0}};
  for (const auto& [name, number] : numbers) EXPECT_EQ(answer.Number(0, name), number) << name;
}

TEST(TimeZoneTest, AZoneWithoutSummerTimeHasNoChangeOvers) {
  FixtureTree tree;
  tree.Write("etc/localtime", ZoneFile("<+0545>-5:45"));
  tree.Write("etc/timezone", "Asia/Kathmandu\n");
  const Answer answer = AskZone(tree);
  EXPECT_EQ(answer.Text(0, "Caption"), "(UTC+05:45) Asia/Kathmandu");
  EXPECT_EQ(answer.Text(0, "StandardName"), "+0545");
  EXPECT_EQ(answer.Get(0, "Bias").signed_integer(), 345);
  for (const char* name : {"DaylightName", "DaylightBias", "DaylightMonth", "StandardMonth", "StandardYear"}) {
    EXPECT_TRUE(answer.IsNull(0, name)) << name;
  }
}

TEST(TimeZoneTest, WithoutAFileTheMachineKeepsUtc) {
  const FixtureTree tree;
  const Answer answer = AskZone(tree);
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "StandardName"), "UTC");
  EXPECT_EQ(answer.Text(0, "Caption"), "(UTC+00:00) UTC");
  EXPECT_EQ(answer.Get(0, "Bias").signed_integer(), 0);
}

TEST(TimeZoneTest, AFileWithoutARuleLeavesTheName) {
  FixtureTree tree;
  tree.Write("etc/localtime", "TZif");
  tree.Write("etc/timezone", "Europe/Berlin\n");
  const Answer answer = AskZone(tree);
  EXPECT_EQ(answer.Text(0, "StandardName"), "Europe/Berlin");
  EXPECT_TRUE(answer.IsNull(0, "Bias"));
  EXPECT_TRUE(answer.IsNull(0, "StandardBias"));
}

TEST(ZoneRuleTest, ReadsWhatZoneFilesHold) {
  const auto dublin = ParseZoneRule("IST-1GMT0,M10.5.0,M3.5.0/1");
  ASSERT_TRUE(dublin);
  EXPECT_EQ(dublin->standard_minutes, 60);
  EXPECT_EQ(dublin->daylight_minutes, 0);
  EXPECT_EQ(dublin->standard_start->hour, 1u);
  const auto newfoundland = ParseZoneRule("NST3:30NDT,M3.2.0,M11.1.0");
  ASSERT_TRUE(newfoundland);
  EXPECT_EQ(newfoundland->standard_minutes, -210);
  EXPECT_EQ(newfoundland->daylight_minutes, -150);
  EXPECT_EQ(newfoundland->daylight_start->week, 2u);
  // On the day before, and two days later: no time of that day.
  const auto nuuk = ParseZoneRule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  ASSERT_TRUE(nuuk);
  EXPECT_FALSE(nuuk->daylight_start);
  EXPECT_EQ(nuuk->standard_start->hour, 0u);
  const auto days = ParseZoneRule("AAA3BBB,J60/0,J300/50");
  ASSERT_TRUE(days);
  EXPECT_FALSE(days->daylight_start);
  EXPECT_FALSE(days->standard_start);
}

TEST(ZoneRuleTest, RefusesOtherTexts) {
  for (const char* text : {"", "C", "CET", "CE-1", "CET-", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.1.0,M3.1.0",
                           "CET-1CEST,M3.6.0,M3.1.0", "CET-1CEST,M3.5.7,M3.1.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
                           "CET-200", "<+03-3", "CET-1:60"}) {
    EXPECT_FALSE(ParseZoneRule(text)) << text;
  }
}

TEST(CurrentTimeTest, HasThePartsOfOneClock) {
  const cim::ClassPtr schema = TestClass("Win32_UTCTime", PropertyNames(UtcTime::Columns()), "");
  SnapshotProvider<UtcTime> utc(Machine{});
  const Answer answer = RunQuery(utc, {schema, {}, {}});
  ASSERT_EQ(answer.rows.size(), 1u);
  std::tm parts{};
  parts.tm_year = static_cast<int>(answer.Number(0, "Year")) - 1900;
  parts.tm_mon = static_cast<int>(answer.Number(0, "Month")) - 1;
  parts.tm_mday = static_cast<int>(answer.Number(0, "Day"));
  parts.tm_hour = static_cast<int>(answer.Number(0, "Hour"));
  parts.tm_min = static_cast<int>(answer.Number(0, "Minute"));
  parts.tm_sec = static_cast<int>(answer.Number(0, "Second"));
  EXPECT_NEAR(static_cast<double>(::timegm(&parts)), static_cast<double>(std::time(nullptr)), 60);
  EXPECT_EQ(answer.Number(0, "DayOfWeek"), static_cast<std::uint64_t>(parts.tm_wday));
  EXPECT_EQ(answer.Number(0, "Quarter"), (answer.Number(0, "Month") + 2) / 3);
  EXPECT_LT(answer.Number(0, "Milliseconds"), 1000u);
  SnapshotProvider<LocalTime> local(Machine{});
  EXPECT_EQ(RunQuery(local, {schema, {}, {}}).rows.size(), 1u);
}

TEST(CurrentTimeTest, CountsTheWeeksOfAMonth) {
  const auto week = [](int day, int day_of_week) {
    CurrentTimeView view;
    view.time.tm_mday = day;
    view.time.tm_wday = day_of_week;
    const cim::ClassPtr schema = TestClass("T", {"WeekInMonth"}, "");
    provider::Request request;
    request.schema = schema;
    provider::RowWriter writer(request, 1, 1u << 10);
    writer.Begin();
    BoundColumns<CurrentTimeView>(LocalTime::Columns(), request).Write(view, 0, 0, writer);
    writer.Commit();
    std::vector<cim::Object> rows;
    writer.Finish(rows);
    return rows.at(0).slot(0).unsigned_integer();
  };
  // A month that starts on Saturday, and one that starts on Sunday.
  EXPECT_EQ(week(1, 6), 1u);
  EXPECT_EQ(week(2, 0), 2u);
  EXPECT_EQ(week(31, 1), 6u);
  EXPECT_EQ(week(7, 6), 1u);
  EXPECT_EQ(week(8, 0), 2u);
  EXPECT_EQ(week(28, 6), 4u);
}

}  // namespace
}  // namespace wmi::linuxos
