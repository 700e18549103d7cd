// Many threads at once on the objects that they wait for: nothing is lost and nothing is given twice.
#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr DWORD kSignaled = WAIT_OBJECT_0;
constexpr DWORD kTimeout = WAIT_TIMEOUT;
constexpr DWORD kLong = 60000;

template <typename Body>
void RunThreads(int count, Body body) {
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) threads.emplace_back(body, t);
  for (std::thread& thread : threads) thread.join();
}

TEST(SyncStress, NoSignalOfAnAutomaticEventIsLost) {
  HANDLE ping = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  HANDLE pong = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  RunThreads(2, [&](int t) {
    for (int i = 0; i < 2000; ++i) {
      if (t == 0) {
        SetEvent(ping);
        ASSERT_EQ(WaitForSingleObject(pong, kLong), kSignaled) << i;
      } else {
        ASSERT_EQ(WaitForSingleObject(ping, kLong), kSignaled) << i;
        SetEvent(pong);
      }
    }
  });
  CloseHandle(ping);
  CloseHandle(pong);
}

TEST(SyncStress, ASemaphoreGivesEachUnitOnce) {
  HANDLE semaphore = CreateSemaphore(nullptr, 0, 100000, nullptr);
  std::atomic<int> taken = 0;
  RunThreads(6, [&](int t) {
    for (int i = 0; i < 500; ++i) {
      if (t < 3) {
        EXPECT_TRUE(ReleaseSemaphore(semaphore, 1 + i % 2, nullptr));  // 750 of each thread
      } else {
        for (int unit = 0; unit < 1 + i % 2; ++unit) {
          EXPECT_EQ(WaitForSingleObject(semaphore, kLong), kSignaled);
          ++taken;
        }
      }
    }
  });
  EXPECT_EQ(taken, 3 * 750);
  EXPECT_EQ(WaitForSingleObject(semaphore, 0), kTimeout);
  CloseHandle(semaphore);
}

TEST(SyncStress, AMutexExcludes) {
  HANDLE mutex = CreateMutex(nullptr, FALSE, nullptr);
  int counter = 0;
  RunThreads(4, [&](int) {
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(WaitForSingleObject(mutex, kLong), kSignaled);
      ++counter;
      EXPECT_TRUE(ReleaseMutex(mutex));
    }
  });
  EXPECT_EQ(counter, 4000);
  CloseHandle(mutex);
}

// Philosophers: waits for two forks at a time, in any order, do not lock each other out.
TEST(SyncStress, WaitsForAllDoNotDeadlock) {
  constexpr int kSeats = 4;
  HANDLE forks[kSeats];
  int meals[kSeats] = {};
  for (HANDLE& fork : forks) fork = CreateMutex(nullptr, FALSE, nullptr);
  RunThreads(kSeats, [&](int seat) {
    const HANDLE both[] = {forks[seat], forks[(seat + 1) % kSeats]};
    for (int i = 0; i < 500; ++i) {
      ASSERT_EQ(WaitForMultipleObjects(2, both, TRUE, kLong), kSignaled);
      ++meals[seat];
      EXPECT_TRUE(ReleaseMutex(both[0]));
      EXPECT_TRUE(ReleaseMutex(both[1]));
    }
  });
  for (const int meal : meals) EXPECT_EQ(meal, 500);
  for (HANDLE fork : forks) CloseHandle(fork);
}

// Waits with short times race with signals: a unit is either taken by a wait or still there, never neither.
TEST(SyncStress, ATimeoutTakesNothing) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  HANDLE semaphores[2] = {CreateSemaphore(nullptr, 0, 100000, nullptr), CreateSemaphore(nullptr, 0, 100000, nullptr)};
  std::atomic<int> given[2] = {0, 0};
  std::atomic<int> taken[2] = {0, 0};
  RunThreads(6, [&](int t) {
    std::minstd_rand random(seed + static_cast<std::uint32_t>(t));
    for (int i = 0; i < 300; ++i) {
      const unsigned side = random() % 2;
      if (t % 2 == 0) {
        ++given[side];
        EXPECT_TRUE(ReleaseSemaphore(semaphores[side], 1, nullptr));
      } else if (random() % 2 == 0) {
        const DWORD result = WaitForMultipleObjects(2, semaphores, FALSE, random() % 2);
        if (result != kTimeout) ++taken[result - kSignaled];
      } else if (WaitForMultipleObjects(2, semaphores, TRUE, random() % 2) == kSignaled) {
        ++taken[0];
        ++taken[1];
      }
    }
  });
  for (int side = 0; side < 2; ++side) {
    int left = 0;
    while (WaitForSingleObject(semaphores[side], 0) == kSignaled) ++left;
    EXPECT_EQ(taken[side] + left, given[side]);
    CloseHandle(semaphores[side]);
  }
}

DWORD OwnAndEnd(LPVOID mutex) {
  const DWORD result = WaitForSingleObject(mutex, kLong);
  return result == kSignaled || result == static_cast<DWORD>(WAIT_ABANDONED) ? 1 : 0;
}

TEST(SyncStress, ThreadsThatEndAsOwnersPassTheMutexOn) {
  HANDLE mutex = CreateMutex(nullptr, FALSE, nullptr);
  HANDLE threads[MAXIMUM_WAIT_OBJECTS];
  for (HANDLE& thread : threads) {
    thread = CreateThread(nullptr, 0, OwnAndEnd, mutex, 0, nullptr);
    ASSERT_NE(thread, nullptr);
  }
  EXPECT_EQ(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, threads, TRUE, kLong), kSignaled);
  for (HANDLE thread : threads) {
    DWORD code = 0;
    EXPECT_TRUE(GetExitCodeThread(thread, &code));
    EXPECT_EQ(code, 1u);
    EXPECT_TRUE(CloseHandle(thread));
  }
  EXPECT_EQ(WaitForSingleObject(mutex, 0), static_cast<DWORD>(WAIT_ABANDONED));
  EXPECT_TRUE(ReleaseMutex(mutex));
  EXPECT_TRUE(CloseHandle(mutex));
}

TEST(SyncStress, HandlesAreOpenedAndClosedByAllThreads) {
  RunThreads(4, [&](int t) {
    for (int i = 0; i < 500; ++i) {
      HANDLE event = CreateEventW(nullptr, TRUE, TRUE, i % 2 == 0 ? L"shared by all" : nullptr);
      ASSERT_NE(event, nullptr) << t;
      EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
      EXPECT_TRUE(CloseHandle(event));
    }
  });
}

}  // namespace
