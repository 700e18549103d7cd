#include "exec/manual_scheduler.h"

#include <gtest/gtest.h>

#include <string>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

TEST(ManualSchedulerTest, OrderDependsOnTheSeedAlone) {
  auto order = [](std::uint64_t seed) {
    ManualScheduler scheduler(seed);
    std::string log;
    for (char name = 'a'; name <= 'h'; ++name) scheduler.Post(1, Job::Make([&log, name] { log += name; }));
    EXPECT_TRUE(scheduler.RunAll());
    return log;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

}  // namespace
}  // namespace wmi::exec
