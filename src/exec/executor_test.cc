#include "exec/executor.h"

#include <gtest/gtest.h>

#include <memory>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

TEST(ExecutorTest, RunsEveryTask) {
  Counter done;
  Executor executor(2);
  for (int i = 0; i < 1000; ++i) executor.Post(static_cast<Lane>(i % 7), Job::Make([&] { done.Add(); }));
  EXPECT_TRUE(done.Wait(1000));
}

TEST(ExecutorTest, PostNeverRunsTheTaskInsideTheCall) {
  Executor executor(1);
  Event posted;
  Event ran;
  executor.Post(1, Job::Make([&] {
                  posted.Wait();
                  ran.Set();
                }));
  posted.Set();
  EXPECT_TRUE(ran.Wait());
}

TEST(ExecutorTest, StopDropsWhatWaitsAndWaitsForWhatRuns) {
  Executor executor(1);
  Event started;
  Event release;
  bool finished = false;
  bool second = false;
  executor.Post(1, Job::Make([&] {
                  started.Set();
                  release.Wait();
                  finished = true;
                }));
  executor.Post(1, Job::Make([&] { second = true; }));
  started.Wait();
  EXPECT_FALSE(executor.Stop(SteadyClock().Now())) << "the running turn has not ended";
  release.Set();
  EXPECT_TRUE(executor.Stop(SteadyClock().Now() + std::chrono::seconds(20)));
  EXPECT_TRUE(finished);
  EXPECT_FALSE(second);
  auto late = std::make_shared<int>(0);
  executor.Post(1, Job::Make([late] { ++*late; }));
  EXPECT_EQ(late.use_count(), 1) << "a task posted after the stop is dropped";
}

TEST(ExecutorTest, ATaskMayPostToItsOwnExecutor) {
  Executor executor(1);
  Counter steps;
  std::function<void()> step = [&] {
    steps.Add();
    if (steps.count() < 100) executor.Post(1, Job::Make(step));
  };
  executor.Post(1, Job::Make(step));
  EXPECT_TRUE(steps.Wait(100));
}

}  // namespace
}  // namespace wmi::exec
