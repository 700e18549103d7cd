#include "win32/handle_table.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace wmi::win32 {
namespace {

class Marked final : public HandleObject {
 public:
  explicit Marked(std::atomic<int>& ends) : ends_(ends) {}
  ~Marked() override { ++ends_; }

 private:
  std::atomic<int>& ends_;
};

TEST(HandleTable, GivesSmallMultiplesOfFourThatFindTheirObject) {
  HandleTable table;
  std::atomic<int> ends = 0;
  const auto object = std::make_shared<Marked>(ends);
  HANDLE first = table.Insert(object);
  HANDLE second = table.Insert(object);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first), 4u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second), 8u);
  EXPECT_EQ(table.Find(first), object);
  EXPECT_EQ(table.Find(second), object);
}

TEST(HandleTable, KnowsWhatIsNotAHandle) {
  HandleTable table;
  std::atomic<int> ends = 0;
  HANDLE handle = table.Insert(std::make_shared<Marked>(ends));
  for (const std::uintptr_t value : {std::uintptr_t{0}, std::uintptr_t{1}, std::uintptr_t{5}, std::uintptr_t{8},
                                     std::uintptr_t{400000}, UINTPTR_MAX, UINTPTR_MAX - 3}) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
    EXPECT_EQ(table.Find(reinterpret_cast<HANDLE>(value)), nullptr) << value;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
    EXPECT_FALSE(table.Close(reinterpret_cast<HANDLE>(value))) << value;
  }
  EXPECT_TRUE(table.Close(handle));
  EXPECT_FALSE(table.Close(handle));
  EXPECT_EQ(table.Find(handle), nullptr);
  EXPECT_EQ(ends, 1);
}

TEST(HandleTable, DoesNotSoonUseAClosedValueAgain) {
  HandleTable table;
  std::atomic<int> ends = 0;
  std::set<HANDLE> seen;
  for (std::size_t i = 0; i < HandleTable::kReuseDelay; ++i) {
    HANDLE handle = table.Insert(std::make_shared<Marked>(ends));
    EXPECT_TRUE(seen.insert(handle).second);
    EXPECT_TRUE(table.Close(handle));
  }
  for (int i = 0; i < 10000; ++i) {
    HANDLE handle = table.Insert(std::make_shared<Marked>(ends));
    EXPECT_LE(reinterpret_cast<std::uintptr_t>(handle), 4 * (HandleTable::kReuseDelay + 1));
    EXPECT_TRUE(table.Close(handle));
  }
}

TEST(HandleTable, IsFullAtItsLimitAndTakesClosedValuesThen) {
  HandleTable table(3);
  std::atomic<int> ends = 0;
  HANDLE handles[3];
  for (HANDLE& handle : handles) handle = table.Insert(std::make_shared<Marked>(ends));
  EXPECT_EQ(table.Insert(std::make_shared<Marked>(ends)), nullptr);
  EXPECT_TRUE(table.Close(handles[1]));
  EXPECT_EQ(table.Insert(std::make_shared<Marked>(ends)), handles[1]);
}

TEST(HandleTable, ClosesOnceForManyThreads) {
  HandleTable table;
  std::atomic<int> ends = 0;
  std::atomic<int> closed = 0;
  for (int round = 0; round < 50; ++round) {
    HANDLE handle = table.Insert(std::make_shared<Marked>(ends));
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) threads.emplace_back([&] { closed += table.Close(handle) ? 1 : 0; });
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(closed, 50);
  EXPECT_EQ(ends, 50);
}

TEST(CloseHandle, SaysWhatIsNotAHandle) {
  SetLastError(0);
  EXPECT_FALSE(CloseHandle(nullptr));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  EXPECT_TRUE(CloseHandle(GetCurrentThread()));
  EXPECT_TRUE(CloseHandle(GetCurrentProcess()));  // the value of INVALID_HANDLE_VALUE, too
}

TEST(DuplicateHandle, GivesASecondHandleForTheSameObject) {
  HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  HANDLE copy = nullptr;
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
  EXPECT_NE(copy, event);
  EXPECT_TRUE(SetEvent(event));
  EXPECT_TRUE(CloseHandle(event));
  EXPECT_EQ(WaitForSingleObject(copy, 0), static_cast<DWORD>(WAIT_OBJECT_0));
  HANDLE moved = nullptr;
  EXPECT_TRUE(
      DuplicateHandle(GetCurrentProcess(), copy, GetCurrentProcess(), &moved, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
  EXPECT_FALSE(CloseHandle(copy));
  EXPECT_TRUE(CloseHandle(moved));
}

TEST(DuplicateHandle, RefusesOtherProcessesAndHandlesThatAreNone) {
  HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  HANDLE copy = event;
  EXPECT_FALSE(DuplicateHandle(event, event, GetCurrentProcess(), &copy, 0, FALSE, 0));
  EXPECT_EQ(copy, nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  EXPECT_FALSE(DuplicateHandle(GetCurrentProcess(), event, event, &copy, 0, FALSE, 0));
  EXPECT_FALSE(DuplicateHandle(GetCurrentProcess(), nullptr, GetCurrentProcess(), &copy, 0, FALSE, 0));
  EXPECT_FALSE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, 0x10));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_TRUE(CloseHandle(event));
}

}  // namespace
}  // namespace wmi::win32
