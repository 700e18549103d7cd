#include "store/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

namespace wmi::store {
namespace {

using Numbers = GroupCommit<int>;

TEST(GroupCommitTest, RunsEveryChangeOnceAndOneGroupAtATime) {
  constexpr int kThreads = 8;
  constexpr int kChanges = 200;
  Numbers commit(std::chrono::microseconds(500));
  std::vector<int> runs(kThreads * kChanges, 0);
  std::atomic<int> leaders = 0;
  std::atomic<int> overlaps = 0;
  const auto run = [&](Numbers::Group group) {
    if (++leaders != 1) ++overlaps;
    if (group.empty() || group.size() > kThreads) ++overlaps;
    for (Numbers::Job* job : group) {
      ++runs[static_cast<std::size_t>(job->work)];
      job->status = job->work % 2 == 0 ? Status() : Status(code::kNotFound);
    }
    --leaders;
  };
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kChanges; ++i) {
        const int number = thread * kChanges + i;
        if (commit.Run(number, run).ok() != (number % 2 == 0)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs, std::vector<int>(kThreads * kChanges, 1));
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(overlaps, 0);
}

TEST(GroupCommitTest, ALoneClientWaitsForNobody) {
  Numbers commit(std::chrono::hours(1));
  int runs = 0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(commit.Run(i, [&](Numbers::Group group) { runs += static_cast<int>(group.size()); }).ok());
  }
  EXPECT_EQ(runs, 100);
}

}  // namespace
}  // namespace wmi::store
