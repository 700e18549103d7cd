#include "exec/elastic_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

ElasticPool::Options Quick() {
  ElasticPool::Options options;
  options.stall_limit = std::chrono::milliseconds(10);
  return options;
}

// Waits for a condition on the counters; they change without a signal.
template <typename Condition>
bool Eventually(const ElasticPool& pool, Condition condition) {
  const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
  while (!condition(pool.counters())) {
    if (SteadyClock().Now() > deadline) return false;
  }
  return true;
}

TEST(ElasticPoolTest, RunsOnTheBaseThreadsWhileCallbacksReturn) {
  ElasticPool::Options options = Quick();
  options.stall_limit = std::chrono::seconds(60);
  ElasticPool pool(options);
  Counter done;
  for (int i = 0; i < 5000; ++i) pool.Post(static_cast<Lane>(i % 5), Job::Make([&] { done.Add(); }));
  EXPECT_TRUE(done.Wait(5000));
  EXPECT_LE(pool.counters().threads_peak, 2u);
}

TEST(ElasticPoolTest, HungCallbacksAreReplacedAndSurplusThreadsLeave) {
  Event release;
  Counter done;
  ElasticPool pool(Quick());
  for (int i = 0; i < 40; ++i) pool.Post(static_cast<Lane>(i), Job::Make([&] { release.Wait(); }));
  for (int i = 0; i < 1000; ++i) pool.Post(100, Job::Make([&] { done.Add(); }));
  EXPECT_TRUE(done.Wait(1000)) << "work behind hung callbacks is done";
  EXPECT_GT(pool.counters().threads_peak, 40u);
  release.Set();
  EXPECT_TRUE(Eventually(pool, [](const ElasticPool::Counters& now) { return now.threads <= 2; }));
}

TEST(ElasticPoolTest, AWakeUpIsNeverLostWithALeavingThread) {
  for (int round = 0; round < 30; ++round) {
    Event release;
    Counter done;
    ElasticPool pool(Quick());
    for (int i = 0; i < 6; ++i) pool.Post(1, Job::Make([&] { release.Wait(); }));
    for (int i = 0; i < 50; ++i) pool.Post(2, Job::Make([&] { done.Add(); }));
    ASSERT_TRUE(done.Wait(50));
    release.Set();
    for (int i = 0; i < 50; ++i) pool.Post(2, Job::Make([&] { done.Add(); }));
    ASSERT_TRUE(done.Wait(100)) << "round " << round;
  }
}

TEST(ElasticPoolTest, OneLaneCannotTakeMoreThanItsShareAndAnotherAlwaysGetsAThread) {
  ElasticPool::Options options = Quick();
  options.threads_per_lane_max = 3;
  options.threads_max = 4;
  Event release;
  Counter hung;
  Counter other;
  ElasticPool pool(options);
  for (int i = 0; i < 10; ++i) {
    pool.Post(1, Job::Make([&] {
                hung.Add();
                release.Wait();
              }));
  }
  for (int i = 0; i < 10; ++i) {
    pool.Post(2, Job::Make([&] {
                hung.Add();
                release.Wait();
              }));
  }
  ASSERT_TRUE(hung.Wait(4));
  pool.Post(3, Job::Make([&] { other.Add(); }));
  EXPECT_TRUE(other.Wait(1)) << "a session of which nothing runs gets a thread beyond the ceiling";
  EXPECT_LE(pool.counters().threads_peak, 5u);
  release.Set();
  EXPECT_TRUE(hung.Wait(20));
}

TEST(ElasticPoolTest, AStallIsReportedOnceWithItsDescription) {
  std::atomic<int> reports = 0;
  std::string what;
  Event reported;
  ElasticPool::Options options = Quick();
  options.on_stall = [&](const ElasticPool::Stall& stall) {
    if (++reports == 1) what = stall.description;
    reported.Set();
  };
  Event release;
  Event later;
  ElasticPool pool(options);
  pool.Post(1, Job::Make([&] { release.Wait(); }, "the slow one"));
  EXPECT_TRUE(reported.Wait());
  pool.Post(1, Job::Make([&] { later.Set(); }));
  EXPECT_TRUE(later.Wait());
  release.Set();
  EXPECT_TRUE(pool.Stop(SteadyClock().Now() + std::chrono::seconds(20)));
  EXPECT_EQ(what, "the slow one");
  EXPECT_EQ(reports, 1);
}

TEST(ElasticPoolTest, StopReturnsAtItsDeadlineWhenACallbackHangs) {
  auto release = std::make_shared<Event>();
  Event started;
  auto left = std::make_shared<Event>();
  {
    ElasticPool pool(Quick());
    pool.Post(1, Job::Make([&started, release, left] {
                started.Set();
                release->Wait();
                left->Set();
              }));
    ASSERT_TRUE(started.Wait());
    EXPECT_FALSE(pool.Stop(SteadyClock().Now()));
    release->Set();
  }
  EXPECT_TRUE(left->Wait()) << "the callback ended by itself";
}

}  // namespace
}  // namespace wmi::exec
