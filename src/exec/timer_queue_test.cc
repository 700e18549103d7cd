#include "exec/timer_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Writes down what it is asked, or has no resources.
class FakeTimer final : public Timer {
 public:
  void RingAt(TimePoint at) override {
    if (fails) throw std::bad_alloc();
    asked.push_back(at);
  }
  std::vector<TimePoint> asked;
  bool fails = false;
};

class TimerQueueTest : public testing::Test {
 protected:
  std::unique_ptr<TimerQueue::Entry> At(Duration after_start, std::string name) {
    return queue_->At(start_ + after_start, [this, name = std::move(name)] { story_ += name; });
  }

  ManualClock clock_;
  const TimePoint start_ = clock_.Now();
  FakeTimer timer_;
  std::shared_ptr<TimerQueue> queue_ = std::make_shared<TimerQueue>(clock_, &timer_);
  std::string story_;
};

TEST_F(TimerQueueTest, CallsOnceWhenTheTimeHasComeAndNotBefore) {
  const auto entry = At(seconds(10), "a");
  clock_.Advance(seconds(10) - Duration(1));
  EXPECT_EQ(queue_->RunDue(), start_ + seconds(10));
  EXPECT_EQ(story_, "");
  clock_.Advance(Duration(1));
  EXPECT_EQ(queue_->RunDue(), TimePoint::max());
  EXPECT_EQ(story_, "a");
  clock_.Advance(seconds(10));
  EXPECT_EQ(queue_->RunDue(), TimePoint::max());
  EXPECT_EQ(story_, "a");
}

TEST_F(TimerQueueTest, CallsTheEarliestFirstAndThoseOfOneTimeInTheirOrder) {
  const auto c = At(seconds(3), "c");
  const auto a = At(seconds(1), "a");
  const auto b = At(seconds(1), "b");
  const auto later = At(seconds(9), "later");
  clock_.Advance(seconds(5));
  EXPECT_EQ(queue_->RunDue(), start_ + seconds(9));
  EXPECT_EQ(story_, "abc");
}

TEST_F(TimerQueueTest, AnEntryTakenBackBeforeItsTimeIsNotCalled) {
  const auto stays = At(seconds(1), "stays");
  auto goes = At(seconds(1), "goes");
  goes.reset();
  clock_.Advance(seconds(1));
  queue_->RunDue();
  EXPECT_EQ(story_, "stays");
}

TEST_F(TimerQueueTest, AnEntryTakenBackByOneThatIsDueBeforeItIsNotCalled) {
  std::unique_ptr<TimerQueue::Entry> second;
  const auto first = queue_->At(start_, [&] { second.reset(); });
  second = At(Duration(0), "second");
  EXPECT_EQ(queue_->RunDue(), TimePoint::max());
  EXPECT_EQ(story_, "");
}

TEST_F(TimerQueueTest, ADueMayDestroyItsOwnEntry) {
  std::unique_ptr<TimerQueue::Entry> entry;
  const auto held = std::make_shared<std::string>("what due uses lives until it returns");
  const std::weak_ptr<std::string> weak = held;
  entry = queue_->At(start_, [this, &entry, held] {
    entry.reset();
    story_ = *held;
  });
  queue_->RunDue();
  EXPECT_EQ(story_, *held);
  EXPECT_EQ(weak.use_count(), 1) << "what due holds is let go when it has been called";
}

TEST_F(TimerQueueTest, WhatADueSetsIsLeftForTheNextCall) {
  std::vector<std::unique_ptr<TimerQueue::Entry>> kept;
  std::function<void()> again = [&] {
    story_ += 'x';
    kept.push_back(queue_->At(clock_.Now(), again));
    kept.push_back(queue_->At(start_, again));  // earlier than what is being called
  };
  clock_.Advance(seconds(2));
  const auto first = queue_->At(start_ + seconds(1), again);
  const auto other = queue_->At(start_ + seconds(2), [&] { story_ += 'o'; });
  EXPECT_EQ(queue_->RunDue(), start_);
  EXPECT_EQ(story_, "xo");
  queue_->RunDue();
  EXPECT_EQ(story_, "xoxx");
}

TEST_F(TimerQueueTest, AsksTheTimerForTheEarliest) {
  const auto ten = At(seconds(10), "");
  const auto five = At(seconds(5), "");
  ASSERT_EQ(timer_.asked.size(), 2U);
  EXPECT_EQ(timer_.asked.back(), start_ + seconds(5));
}

TEST_F(TimerQueueTest, AnEntryForWhichTheTimerHasNoResourcesIsNotThere) {
  timer_.fails = true;
  EXPECT_THROW((void)At(seconds(1), "never"), std::bad_alloc);
  EXPECT_EQ(queue_->RunDue(), TimePoint::max());
  timer_.fails = false;
  // The later one asks itself, because nobody has asked for an earlier one.
  const auto entry = At(seconds(2), "a");
  EXPECT_EQ(timer_.asked, std::vector<TimePoint>{start_ + seconds(2)});
}

TEST_F(TimerQueueTest, WithoutATimerTheOwnerOfTheClockCalls) {
  const auto queue = std::make_shared<TimerQueue>(clock_, nullptr);
  const auto entry = queue->At(start_ + seconds(1), [this] { story_ += 'a'; });
  clock_.Advance(seconds(1));
  EXPECT_EQ(queue->RunDue(), TimePoint::max());
  EXPECT_EQ(story_, "a");
}

// Lets the lock of the queue be taken from wherever the queue lets go of things.
struct TakesTheLock {
  explicit TakesTheLock(const std::shared_ptr<TimerQueue>& timers) : queue(timers) {}
  ~TakesTheLock() {
    if (const auto timers = queue.lock()) (void)timers->RunDue();
  }
  TakesTheLock(const TakesTheLock&) = delete;
  TakesTheLock& operator=(const TakesTheLock&) = delete;
  std::weak_ptr<TimerQueue> queue;
};

TEST_F(TimerQueueTest, NothingIsDestroyedUnderTheLock) {
  auto taken_back = queue_->At(start_ + hours(1), [held = std::make_shared<TakesTheLock>(queue_)] {});
  taken_back.reset();
  const auto called = queue_->At(start_, [held = std::make_shared<TakesTheLock>(queue_)] {});
  queue_->RunDue();
}

// A timer that calls back at once, as an alarm does whose time has come.
class EagerTimer final : public Timer {
 public:
  void RingAt(TimePoint) override {
    if (auto timers = queue.lock()) timers->RunDue();
  }
  std::weak_ptr<TimerQueue> queue;
};

TEST_F(TimerQueueTest, TheTimerIsAskedWithoutTheLock) {
  EagerTimer timer;
  const auto queue = std::make_shared<TimerQueue>(clock_, &timer);
  timer.queue = queue;
  const auto entry = queue->At(start_, [this] { story_ += 'a'; });
  EXPECT_EQ(story_, "a");
}

TEST_F(TimerQueueTest, AnEntryMayOutliveTheQueue) {
  auto entry = At(seconds(1), "a");
  queue_.reset();
  entry.reset();
  EXPECT_EQ(story_, "");
}

TEST_F(TimerQueueTest, ManyEntriesAreCalledInTheOrderOfTheirTimes) {
  constexpr std::size_t kCount = 20'000;
  std::mt19937 random(7);
  std::vector<std::unique_ptr<TimerQueue::Entry>> entries;
  std::vector<TimePoint> called;
  std::size_t taken_back = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const TimePoint at = start_ + seconds(1 + random() % 1000);
    entries.push_back(queue_->At(at, [&called, at] { called.push_back(at); }));
  }
  for (auto& entry : entries) {
    if (random() % 4 != 0) continue;
    entry.reset();
    ++taken_back;
  }
  TimePoint next = queue_->RunDue();
  while (next != TimePoint::max()) {
    clock_.Advance(next - clock_.Now());
    const std::size_t before = called.size();
    const TimePoint following = queue_->RunDue();
    ASSERT_GT(called.size(), before) << "asked to call when nothing was due";
    ASSERT_GT(following, next);
    next = following;
  }
  EXPECT_EQ(called.size(), kCount - taken_back);
  EXPECT_TRUE(std::is_sorted(called.begin(), called.end()));
}

TEST(TimerQueueThreadsTest, EntriesComeAndGoWhileAnAlarmCalls) {
  constexpr int kThreads = 4;
  constexpr int kPerThread = 300;
  Counter calls;
  std::shared_ptr<TimerQueue> queue;
  Alarm alarm([&queue] { return queue->RunDue(); });
  queue = std::make_shared<TimerQueue>(SteadyClock(), &alarm);
  std::vector<std::unique_ptr<TimerQueue::Entry>> kept[kThreads];
  std::vector<std::thread> threads;
  for (auto& mine : kept) {
    threads.emplace_back([&queue, &calls, &mine] {
      for (int i = 0; i < kPerThread; ++i) {
        mine.push_back(queue->At(SteadyClock().Now(), [&calls] { calls.Add(); }));
        // Taken back at once, before, while or after it is called.
        (void)queue->At(SteadyClock().Now(), [] {});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(calls.Wait(kThreads * kPerThread));
  alarm.Stop();
  EXPECT_EQ(calls.count(), kThreads * kPerThread);
  EXPECT_EQ(queue->RunDue(), TimePoint::max());
}

}  // namespace
}  // namespace wmi::exec
