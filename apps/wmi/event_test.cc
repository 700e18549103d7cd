#include "wmi/event.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <ctime>

namespace wmi::cli {
namespace {

constexpr std::int64_t kTime = 1'795'457'045'123'456;  // 2026-11-23 18:04:05.123456 UTC

class EventTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "there is no locale C.UTF-8";
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }

  static Event Created(std::string object, std::string name) {
    Event event;
    event.time = kTime;
    event.what = "created";
    event.object = std::move(object);
    event.facts = {{{"Name", {name}}, {"Number", {std::uint64_t{7}}}}};
    event.brief = {{{"Name", {std::move(name)}}}};
    return event;
  }
  static Event Changed() {
    Event event = Created("A.K=1", "a");
    event.what = "changed";
    event.changes = {{"State", {std::string("Stopped")}, {std::string("Running")}},
                     {"ExitCode", {}, {std::int64_t{0}}}};
    return event;
  }
};

TEST_F(EventTest, ALineHasTimeKindObjectAndDetail) {
  EventLines lines(0);
  EXPECT_EQ(lines.Line(Created("A.K=1", "a")), "18:04:05.123  created  A.K=1  Name=a\n");
  EXPECT_EQ(lines.Line(Changed()), "18:04:05.123  changed  A.K=1  State: Stopped → Running, ExitCode: NULL → 0\n");
}

TEST_F(EventTest, ColumnsGrowAndStay) {
  EventLines lines(0);
  EXPECT_EQ(lines.Line(Created("A.K=1000", "a")), "18:04:05.123  created  A.K=1000  Name=a\n");
  EXPECT_EQ(lines.Line(Created("A.K=1", "a")), "18:04:05.123  created  A.K=1     Name=a\n");
  const std::string long_path(60, 'x');
  EXPECT_EQ(lines.Line(Created(long_path, "a")), "18:04:05.123  created  " + long_path + "  Name=a\n");
  EXPECT_EQ(lines.Line(Created("A.K=1", "a")), "18:04:05.123  created  A.K=1     Name=a\n") << "not for that one";
}

TEST_F(EventTest, AnEventOfNoObjectHasItsDetailInstead) {
  Event event = Created("", "a");
  event.what = "Some_Event";
  EXPECT_EQ(EventLines(0).Line(event), "18:04:05.123  Some_Event  Name=a\n");
  event.brief.properties.clear();
  EXPECT_EQ(EventLines(0).Line(event), "18:04:05.123  Some_Event\n");
}

TEST_F(EventTest, ALineFitsTheTerminalWithRoomForTheDetail) {
  EXPECT_EQ(EventLines(44).Line(Created(std::string(60, 'x'), "abc")),
            "18:04:05.123  created  xxxxxxxxxxxxxxxxxxxx…\n");
  EXPECT_EQ(EventLines(60).Line(Created(std::string(60, 'x'), "abcdef")),
            "18:04:05.123  created  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  Name…\n");
}

TEST_F(EventTest, LongValuesAreCutInLinesAlone) {
  const Event event = Created("A.K=1", std::string(50, 'y'));
  EXPECT_EQ(DetailText(event, 40), "Name=" + std::string(39, 'y') + "…");
  EXPECT_EQ(DetailText(event, 0), "Name=" + std::string(50, 'y'));
  EXPECT_EQ(EventLines(0).Line(event).find(std::string(40, 'y')), std::string::npos);
}

TEST_F(EventTest, NothingMovesTheCursor) {
  EXPECT_EQ(EventLines(0).Line(Created("A.K=\"\x1b[2J\"", "a\nb")),
            "18:04:05.123  created  A.K=\"\\x1b[2J\"  Name=a\\nb\n");
}

TEST_F(EventTest, RowsForCsvAndListHaveTheWholeTime) {
  Row row = SummaryRow(Changed());
  ASSERT_EQ(row.properties.size(), 4u);
  EXPECT_EQ(std::get<DateTime>(row.Find("Time")->data).dmtf, "20261123180405.123456+000");
  EXPECT_EQ(std::get<std::string>(row.Find("Detail")->data), "State: Stopped → Running, ExitCode: NULL → 0");
  row = FullRow(Changed());
  EXPECT_EQ(std::get<std::string>(row.Find("State")->data), "Stopped → Running");
  EXPECT_EQ(row.Find("Number"), nullptr) << "only what changed";
  row = FullRow(Created("A.K=1", "a"));
  EXPECT_EQ(std::get<std::uint64_t>(row.Find("Number")->data), 7u);
}

}  // namespace
}  // namespace wmi::cli
