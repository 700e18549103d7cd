#include "base/mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/clock.h"

namespace wmi {
namespace {

using std::chrono::milliseconds;

TEST(MutexTest, IncrementsUnderTheLockAreNotLost) {
  struct {
    Mutex mutex;
    int count WMI_GUARDED_BY(mutex) = 0;
  } shared;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int step = 0; step < 5000; ++step) {
        MutexLock lock(shared.mutex);
        ++shared.count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.count, 20000);
}

TEST(MutexTest, AnUnlockedWindowLetsOthersIn) {
  Mutex mutex;
  MutexLock lock(mutex);
  lock.Unlock();
  std::thread([&] { MutexLock other(mutex); }).join();
  lock.Lock();
}

TEST(CondVarTest, AWaiterSeesWhatTheNotifierWrote) {
  struct {
    Mutex mutex;
    CondVar changed;
    int stage WMI_GUARDED_BY(mutex) = 0;
  } shared;
  std::thread other([&] {
    MutexLock lock(shared.mutex);
    while (shared.stage != 1) shared.changed.Wait(lock);
    shared.stage = 2;
    shared.changed.NotifyAll();
  });
  {
    MutexLock lock(shared.mutex);
    shared.stage = 1;
    shared.changed.NotifyAll();
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(30);
    while (shared.stage != 2 && shared.changed.WaitUntil(lock, deadline)) continue;
    EXPECT_EQ(shared.stage, 2);
  }
  other.join();
}

TEST(CondVarTest, AWaitEndsAtItsDeadline) {
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  const TimePoint deadline = SteadyClock().Now() + milliseconds(5);
  while (never.WaitUntil(lock, deadline)) continue;
  EXPECT_GE(SteadyClock().Now(), deadline);
}

TEST(ClockTest, TheManualClockMovesOnlyWhenTold) {
  ManualClock clock;
  const TimePoint start = clock.Now();
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(milliseconds(250));
  EXPECT_EQ(clock.Now() - start, milliseconds(250));
}

TEST(ClockTest, TheSteadyClockNeverGoesBack) {
  TimePoint last = SteadyClock().Now();
  for (int i = 0; i < 1000; ++i) {
    const TimePoint now = SteadyClock().Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace wmi
