#include "wmi/duration.h"

#include <gtest/gtest.h>

namespace wmi::cli {
namespace {

TEST(DurationTest, IsANumberAndItsUnit) {
  EXPECT_EQ(ParseDuration("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(ParseDuration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(ParseDuration("5m"), std::chrono::minutes(5));
  EXPECT_EQ(ParseDuration("1h"), std::chrono::hours(1));
  EXPECT_EQ(ParseDuration("366d"), kDurationMax);
}

TEST(DurationTest, AnythingElseIsNone) {
  for (const char* text : {"", "s", "30", "30 s", "0s", "-1s", "1.5h", "30S", "1sec", "367d", "99999999999999999999s",
                           "9223372036854775807d", "1h30m"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wmi::cli
