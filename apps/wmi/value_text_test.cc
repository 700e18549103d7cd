#include "wmi/value_text.h"

#include <gtest/gtest.h>

#include <clocale>

namespace wmi::cli {
namespace {

TEST(ValueTextTest, ShowsEachTypeForPeople) {
  EXPECT_EQ(ValueText({}), "");
  EXPECT_EQ(ValueText({true}), "true");
  EXPECT_EQ(ValueText({std::int64_t{-7}}), "-7");
  EXPECT_EQ(ValueText({std::uint64_t{18446744073709551615U}}), "18446744073709551615");
  EXPECT_EQ(ValueText({0.1}), "0.1");
  EXPECT_EQ(ValueText({Value::Array{{std::string("a")}, {}, {std::uint64_t{2}}}}), "a, , 2");
  EXPECT_EQ(ValueText({std::make_shared<const Row>(Row{{{"Name", {std::string("x")}}}})}), R"({"Name":"x"})");
}

TEST(ValueTextTest, EscapesWhatWouldMoveTheCursor) {
  EXPECT_EQ(ValueText({std::string("a\nb\tc\x1b[2J\x7f")}), "a\\nb\\tc\\x1b[2J\\x7f");
  EXPECT_EQ(EscapeControls("\xc2\x9b"), "\\x9b");  // the one-character form of ESC [
}

TEST(ReadableDateTimeTest, ShowsCompletePointsInTimeWithTheirZone) {
  EXPECT_EQ(ReadableDateTime("20261122130200.500000+060"), "2026-11-22 13:02:00 +01:00");
  EXPECT_EQ(ReadableDateTime("20261122130200.000000-330"), "2026-11-22 13:02:00 -05:30");
}

TEST(ReadableDateTimeTest, ShowsIntervalsAsDaysAndClock) {
  EXPECT_EQ(ReadableDateTime("00000003040506.000000:000"), "3 d 04:05:06");
  EXPECT_EQ(ReadableDateTime("00000000000001.000000:000"), "00:00:01");
  EXPECT_EQ(ReadableDateTime("99999999235959.999999:000"), "99999999 d 23:59:59");
}

TEST(ReadableDateTimeTest, LeavesAnythingElseAlone) {
  for (const char* text : {"", "****0401******.000000+***", "20261122130200.500000*060", "2026112213020.5000000+060",
                           "20261122130200.500000+06"}) {
    EXPECT_EQ(ReadableDateTime(text), text);
  }
}

class WidthTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "there is no locale C.UTF-8";
  }
};

TEST_F(WidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("ä…"), 2u);
  EXPECT_EQ(DisplayWidth("日本"), 4u);
}

TEST_F(WidthTest, CutsAtWholeCharactersAndMarksTheCut) {
  EXPECT_EQ(CutToWidth("abcdef", 6), "abcdef");
  EXPECT_EQ(CutToWidth("abcdef", 4), "abc…");
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");  // half a character has no place
  EXPECT_EQ(CutToWidth("abc", 1), "…");
  EXPECT_EQ(CutToWidth("abc", 0), "");
}

TEST_F(WidthTest, WrapsWordsAndKeepsLongOnesWhole) {
  EXPECT_EQ(Wrap("one two three four five six", 24, 2), "  one two three four\n  five six\n");
  EXPECT_EQ(Wrap("a\nb", 40, 1), " a\n b\n");
  EXPECT_EQ(Wrap("averyveryveryverylongwordindeed b", 20, 0), "averyveryveryverylongwordindeed\nb\n");
  EXPECT_EQ(Wrap("", 40, 2), "");
}

}  // namespace
}  // namespace wmi::cli
