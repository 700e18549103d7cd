#include "cim/datetime_arithmetic.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "cim/datetime.h"

namespace wmi::cim {
namespace {

constexpr unsigned kSeed = 20240229;

struct Sum {
  const char* value;
  const char* interval;
  const char* sum;
};

// Both ways: value + interval == sum, sum - interval == value.
constexpr Sum kSums[] = {
    {"20240228120000.000000+000", "00000001000000.000000:000", "20240229120000.000000+000"},
    {"20230228120000.000000+000", "00000001000000.000000:000", "20230301120000.000000+000"},
    {"19000228000000.000000+000", "00000001000000.000000:000", "19000301000000.000000+000"},
    {"20000228000000.000000+000", "00000001000000.000000:000", "20000229000000.000000+000"},
    {"20231231235959.999999+060", "00000000000000.000001:000", "20240101000000.000000+060"},
    {"20240101000000.000000-300", "00000366000000.000000:000", "20250101000000.000000-300"},
    {"00000101000000.000000+000", "03652424235959.999999:000", "99991231235959.999999+000"},
    {"00000001235959.999999:000", "00000000000000.000001:000", "00000002000000.000000:000"},
    {"00000000000000.000000:000", "99999999235959.999999:000", "99999999235959.999999:000"},
    {"19700101000000.000000+999", "00000000000000.000000:000", "19700101000000.000000+999"},
};

TEST(DatetimeArithmeticTest, SumsGoBothWays) {
  for (const Sum& row : kSums) {
    SCOPED_TRACE(row.value);
    EXPECT_EQ(AddInterval(row.value, row.interval).value(), row.sum);
    EXPECT_EQ(SubtractInterval(row.sum, row.interval).value(), row.value);
  }
}

TEST(DatetimeArithmeticTest, WhatCannotBeWrittenIsOutOfRange) {
  const std::string tick = "00000000000000.000001:000";
  EXPECT_EQ(AddInterval("99991231235959.999999+000", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(AddInterval("99991231235959.999999-999", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(SubtractInterval("00000101000000.000000+000", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(SubtractInterval("00000101000000.000000+999", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(AddInterval("99999999235959.999999:000", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(AddInterval("99999999235959.999999:000", "99999999235959.999999:000").status().code(),
            code::kValueOutOfRange);
  EXPECT_EQ(SubtractInterval("00000000000000.000000:000", tick).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(SubtractInterval("20240101000000.000000+000", "99999999999999.999999:000").status().code(),
            code::kValueOutOfRange);
  EXPECT_EQ(DatetimeDifference("20240101000000.000000+000", "20240101000000.000001+000").status().code(),
            code::kValueOutOfRange);
  EXPECT_EQ(DatetimeInZone("99991231235959.999999+000", 1).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(DatetimeInZone("00000101000000.000000+000", -1).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(NormalizeDatetime("99991232000000.000000+000").status().code(), code::kValueOutOfRange);
  EXPECT_EQ(NormalizeDatetime("00000001000000.000000+000").status().code(), code::kValueOutOfRange) << "month 0";
  EXPECT_EQ(NormalizeDatetime("99999999240000.000000:000").status().code(), code::kValueOutOfRange);
}

TEST(DatetimeArithmeticTest, WrongKindsPartialAndMalformedValuesAreRefused) {
  const char* const point = "20240101000000.000000+000";
  const char* const interval = "00000001000000.000000:000";
  for (const char* wrong : {point, "rubbish", "****0101000000.000000+000"}) {
    EXPECT_EQ(AddInterval(point, wrong).status().code(), code::kTypeMismatch) << wrong;
    EXPECT_EQ(SubtractInterval(point, wrong).status().code(), code::kTypeMismatch) << wrong;
  }
  for (const char* wrong : {interval, "", "20240101000000.000000+***", "2024010100000*.000000+000"}) {
    EXPECT_EQ(DatetimeDifference(point, wrong).status().code(), code::kTypeMismatch) << wrong;
    EXPECT_EQ(DatetimeDifference(wrong, point).status().code(), code::kTypeMismatch) << wrong;
    EXPECT_EQ(DatetimeInZone(wrong, 0).status().code(), code::kTypeMismatch) << wrong;
  }
  EXPECT_EQ(AddInterval("********000000.000000+000", interval).status().code(), code::kTypeMismatch);
  EXPECT_EQ(NormalizeDatetime("rubbish").status().code(), code::kTypeMismatch);
  const Status status = AddInterval("********000000.000000+000", interval).status();
  EXPECT_EQ(status.detail()->parameter, "********000000.000000+000");
  EXPECT_FALSE(status.detail()->message.empty());
}

TEST(DatetimeArithmeticTest, ZoneLimits) {
  const char* const point = "20240101000000.000000+000";
  EXPECT_EQ(DatetimeInZone(point, 999).value(), "20240101163900.000000+999");
  EXPECT_EQ(DatetimeInZone(point, -999).value(), "20231231072100.000000-999");
  EXPECT_EQ(DatetimeInZone(point, 1000).status().code(), code::kValueOutOfRange);
  EXPECT_EQ(DatetimeInZone(point, -1000).status().code(), code::kValueOutOfRange);
}

TEST(DatetimeArithmeticTest, Normalises) {
  struct {
    const char* text;
    const char* expected;
  } const rows[] = {
      {"20231301000000.000000+000", "20240101000000.000000+000"},
      {"20240230000000.000000+000", "20240301000000.000000+000"},
      {"20230229000000.000000+000", "20230301000000.000000+000"},
      {"20240100000000.000000+000", "20231231000000.000000+000"},
      {"20240101246060.000000+060", "20240102010100.000000+060"},
      {"20240101000000.000000-000", "20240101000000.000000+000"},
      {"00000000250000.000000:000", "00000001010000.000000:000"},
      {"00000000000099.999999:000", "00000000000139.999999:000"},
      {"****0401******.000000+***", "****0401******.000000+***"},
      {"20240101000000.000000-***", "20240101000000.000000-***"},
  };
  for (const auto& row : rows) EXPECT_EQ(NormalizeDatetime(row.text).value(), row.expected) << row.text;
}

class Random {
 public:
  std::string Point() {
    // Far enough from both ends for any interval of Interval().
    return FormatDatetime(Number(-30'000'000'000'000'000, 125'000'000'000'000'000), Zone());
  }
  std::string Interval() { return FormatInterval(Number(0, 30'000'000'000'000'000) >> Number(0, 50)); }
  int Zone() { return static_cast<int>(Number(-kUtcOffsetMax, kUtcOffsetMax)); }
  // The text with digits that count past their field.
  std::string Denormal() {
    std::string text = Point();
    for (const std::size_t at : {4U, 6U, 8U, 10U, 12U}) {
      if (Number(0, 1) == 0) continue;
      text[at] = static_cast<char>('0' + Number(0, 9));
      text[at + 1] = static_cast<char>('0' + Number(0, 9));
    }
    return text;
  }

 private:
  std::int64_t Number(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  std::mt19937_64 engine_{kSeed};
};

TEST(DatetimeArithmeticTest, RandomSumsAndDifferencesUndoEachOther) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random;
  for (int i = 0; i < 20000; ++i) {
    const std::string a = random.Point();
    const std::string interval = random.Interval();
    const std::string sum = AddInterval(a, interval).value();
    ASSERT_EQ(SubtractInterval(sum, interval).value(), a) << interval;
    ASSERT_EQ(DatetimeDifference(sum, a).value(), interval) << a;
    ASSERT_EQ(AddInterval(SubtractInterval(a, interval).value(), interval).value(), a) << interval;
    // Another zone changes no difference.
    const std::string elsewhere = DatetimeInZone(a, random.Zone()).value();
    ASSERT_EQ(CompareDatetime(a, elsewhere), 0) << elsewhere;
    ASSERT_EQ(DatetimeDifference(sum, elsewhere).value(), interval) << elsewhere;
    ASSERT_EQ(DatetimeInZone(elsewhere, ParseDatetime(a)->utc_offset_minutes).value(), a);

    const std::string b = random.Point();
    const bool a_is_later = CompareDatetime(a, b).value() >= 0;
    const std::string& later = a_is_later ? a : b;
    const std::string& earlier = a_is_later ? b : a;
    const std::string between = DatetimeDifference(later, earlier).value();
    ASSERT_EQ(CompareDatetime(AddInterval(earlier, between).value(), later), 0) << earlier << ' ' << between;
    if (CompareDatetime(a, b) != 0) {
      ASSERT_EQ(DatetimeDifference(earlier, later).status().code(), code::kValueOutOfRange);
    }
  }
}

TEST(DatetimeArithmeticTest, NormalisingKeepsTheInstantAndIsDoneOnce) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random.Denormal();
    const std::string normal = NormalizeDatetime(text).value();
    ASSERT_EQ(ParseDatetime(normal)->microseconds, ParseDatetime(text)->microseconds) << text;
    ASSERT_EQ(ParseDatetime(normal)->utc_offset_minutes, ParseDatetime(text)->utc_offset_minutes) << text;
    ASSERT_EQ(NormalizeDatetime(normal).value(), normal) << text;
  }
}

}  // namespace
}  // namespace wmi::cim
