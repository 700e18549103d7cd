// What ClearAfter may be, and what counts when it is nothing.
#include "engine/cache_control.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/engine.h"

namespace wmi::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class CacheControlTest : public testing::Test {
 protected:
  CacheControlTest() : engine_({}) {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/system.mof", std::ios::binary);
    engine_.catalogue().SetSystemClasses({"system.mof", {std::istreambuf_iterator<char>(file), {}}});
    EXPECT_TRUE(engine_.catalogue().AddNamespace("ROOT").ok());
  }
  ConsumerIdleTimes With(const std::string& class_name, const std::string& value) {
    const Status put = engine_.catalogue().Compile(
        {"settings.mof", fmt::format("instance of {} {{ ClearAfter = {}; }};", class_name, value)}, "ROOT");
    EXPECT_TRUE(put.ok()) << put.Message();
    return ReadConsumerIdleTimes(engine_.repository());
  }

  Engine engine_;
};

TEST_F(CacheControlTest, WithoutInstancesTheDefaultsCount) {
  const ConsumerIdleTimes times = ReadConsumerIdleTimes(engine_.repository());
  EXPECT_EQ(times.sink, seconds(15));
  EXPECT_EQ(times.provider, minutes(5));
}

TEST_F(CacheControlTest, EachClassHasItsTime) {
  EXPECT_EQ(With("__EventSinkCacheControl", "\"00000001020304.500000:000\"").sink,
            std::chrono::hours(26) + minutes(3) + seconds(4) + std::chrono::milliseconds(500));
  const ConsumerIdleTimes times = With("__EventConsumerProviderCacheControl", "\"00000000000000.000000:000\"");
  EXPECT_EQ(times.provider, seconds(0));
  EXPECT_EQ(times.sink, std::chrono::hours(26) + minutes(3) + seconds(4) + std::chrono::milliseconds(500));
}

TEST_F(CacheControlTest, WhatIsNoIntervalIsTheDefault) {
  for (const char* value : {"NULL", "\"20261124120000.000000+000\""}) {
    EXPECT_EQ(With("__EventSinkCacheControl", value).sink, seconds(15)) << value;
  }
  EXPECT_EQ(With("__EventSinkCacheControl", "\"99999999235959.999999:000\"").sink, std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace wmi::engine
