#include "cim/datetime.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <random>
#include <sstream>

#include "cim/data_file_test.h"

namespace wmi::cim {
namespace {

void CheckComparison(const std::string& a, const std::string& relation, const std::string& b) {
  const std::optional<int> order = CompareDatetime(a, b);
  const std::optional<int> mirrored = CompareDatetime(b, a);
  if (relation == "?") {
    EXPECT_EQ(order, std::nullopt);
    EXPECT_EQ(mirrored, std::nullopt);
    return;
  }
  const int expected = relation == "<" ? -1 : relation == ">" ? 1 : 0;
  EXPECT_EQ(order, expected);
  EXPECT_EQ(mirrored, -expected);
}

TEST(DatetimeTest, DataFile) {
  for (const DataLine& line : ReadDataLines("datetime.test")) {
    SCOPED_TRACE(line.where + " " + line.text);
    std::istringstream words(line.text);
    std::string verb, a, b, c;
    words >> verb;
    if (verb == "bad") {
      // The text may hold spaces, the column is the last word.
      const std::size_t space = line.text.rfind(' ');
      const Result<Datetime> result = ParseDatetime(line.text.substr(4, space - 4));
      ASSERT_FALSE(result.ok());
      EXPECT_EQ(result.status().code(), code::kTypeMismatch);
      EXPECT_EQ(result.status().detail()->column, std::stoi(line.text.substr(space)));
      continue;
    }
    words >> a >> b >> c;
    if (verb == "compare") {
      CheckComparison(a, b, c);
      continue;
    }
    const Result<Datetime> result = ParseDatetime(a);
    ASSERT_TRUE(result.ok()) << result.status().Message();
    EXPECT_EQ(result->is_interval, verb == "interval");
    EXPECT_EQ(result->is_complete, verb != "partial");
    if (result->is_complete) {
      EXPECT_EQ(result->microseconds, std::stoll(b));
    }
  }
}

TEST(DatetimeTest, FormatsInZone) {
  EXPECT_EQ(FormatDatetime(0, 0), "19700101000000.000000+000");
  EXPECT_EQ(FormatDatetime(0, 60), "19700101010000.000000+060");
  EXPECT_EQ(FormatDatetime(-1, -300), "19691231185959.999999-300");
  EXPECT_EQ(FormatDatetime(951825600000000, 0), "20000229120000.000000+000");
  EXPECT_EQ(FormatInterval(5415250000), "00000000013015.250000:000");
}

TEST(DatetimeTest, FormatClampsWhatCannotBeWritten) {
  EXPECT_EQ(FormatDatetime(INT64_MAX, 0), "99991231235959.999999+000");
  EXPECT_EQ(FormatDatetime(INT64_MIN, 720), "00000101000000.000000+720");
  EXPECT_EQ(FormatInterval(-1), "00000000000000.000000:000");
  EXPECT_EQ(FormatInterval(INT64_MAX), "99999999235959.999999:000");
}

TEST(DatetimeTest, FormatThenParseGivesTheInstant) {
  std::mt19937_64 random(20240607);
  SCOPED_TRACE("seed 20240607");
  for (int i = 0; i < 20000; ++i) {
    const auto instant =
        std::uniform_int_distribution<std::int64_t>(-62'000'000'000'000'000, 253'000'000'000'000'000)(random);
    const int zone = std::uniform_int_distribution<int>(-840, 840)(random);
    const std::string text = FormatDatetime(instant, zone);
    const Result<Datetime> parsed = ParseDatetime(text);
    ASSERT_TRUE(parsed.ok()) << text;
    ASSERT_EQ(parsed->microseconds, instant) << text;
    // The C library's calendar agrees.
    const std::int64_t local = instant + std::int64_t{zone} * 60'000'000;
    const std::time_t seconds = (local - ((local % 1'000'000) + 1'000'000) % 1'000'000) / 1'000'000;
    std::tm civil{};
    gmtime_r(&seconds, &civil);
    char expected[32];
    std::snprintf(expected, sizeof expected, "%04d%02d%02d%02d%02d%02d", civil.tm_year + 1900, civil.tm_mon + 1,
                  civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec);
    ASSERT_EQ(text.substr(0, 14), expected);
  }
}

TEST(DatetimeTest, LocalFormatNamesTheSameInstant) {
  const std::int64_t instant = 1'700'000'000'123'456;
  const std::string text = FormatLocalDatetime(instant);
  EXPECT_EQ(ParseDatetime(text)->microseconds, instant) << text;
}

}  // namespace
}  // namespace wmi::cim
