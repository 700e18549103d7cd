#include "base/fault.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wmi {
namespace {

TEST(Fault, NothingFailsWhileNothingIsArmed) {
  EXPECT_FALSE(FaultHere("test.a"));
  {
    FaultScope scope("test.a");
  }
  EXPECT_FALSE(FaultHere("test.a"));
}

TEST(Fault, OnlyTheChosenPassOfTheChosenPointFails) {
  FaultScope scope("test.a", 2);
  EXPECT_FALSE(FaultHere("test.a"));
  EXPECT_FALSE(FaultHere("test.b"));
  EXPECT_TRUE(FaultHere("test.a"));
  EXPECT_FALSE(FaultHere("test.a"));
  EXPECT_EQ(scope.PassCount(), 3u);
  EXPECT_EQ(scope.FailureCount(), 1u);
}

TEST(Fault, FromThereFailsEveryLaterPass) {
  FaultScope scope("test.a", 2, FaultMode::kFromThere);
  EXPECT_FALSE(FaultHere("test.a"));
  EXPECT_TRUE(FaultHere("test.a"));
  EXPECT_TRUE(FaultHere("test.a"));
}

TEST(Fault, AnEmptyNameStandsForEveryPoint) {
  FaultScope scope("", 2);
  EXPECT_FALSE(FaultHere("test.a"));
  EXPECT_TRUE(FaultHere("test.b"));
}

TEST(Fault, TheLoopFailsEachPassOnceAndStopsAfterACleanRun) {
  std::vector<int> reached;
  const std::size_t failures = ForEachFault("test.step", 100, [&] {
    int steps = 0;
    while (steps < 3 && !FaultHere("test.step")) ++steps;
    reached.push_back(steps);
  });
  EXPECT_EQ(failures, 3u);
  EXPECT_EQ(reached, (std::vector<int>{0, 1, 2, 3}));
}

TEST(Fault, TheLoopEndsAtItsBound) {
  EXPECT_EQ(ForEachFault("test.step", 5,
                         [] {
                           while (!FaultHere("test.step")) continue;
                         }),
            5u);
}

TEST(Fault, ThreadsTogetherMeetExactlyOneFailure) {
  FaultScope scope("test.a", 500);
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int pass = 0; pass < 250; ++pass) failures += FaultHere("test.a") ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(scope.PassCount(), 1000u);
}

}  // namespace
}  // namespace wmi
