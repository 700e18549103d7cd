#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr DWORD kSignaled = WAIT_OBJECT_0;
constexpr DWORD kTimeout = WAIT_TIMEOUT;
constexpr DWORD kFailed = WAIT_FAILED;
constexpr DWORD kLong = 60000;  // far longer than any of these waits should take

// Closes at the end of its scope.
struct Handle {
  explicit Handle(HANDLE given) : value(given) { EXPECT_NE(given, nullptr); }
  ~Handle() { EXPECT_TRUE(CloseHandle(value)); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator HANDLE() const { return value; }  // NOLINT(google-explicit-constructor): stands for the handle
  HANDLE value;
};

DWORD WaitOnOtherThread(HANDLE handle, DWORD milliseconds) {
  DWORD result = 0;
  std::thread([&] { result = WaitForSingleObject(handle, milliseconds); }).join();
  return result;
}

TEST(Event, OfManualResetStaysSignaledUntilReset) {
  const Handle event(CreateEvent(nullptr, TRUE, FALSE, nullptr));
  EXPECT_EQ(WaitForSingleObject(event, 0), kTimeout);
  EXPECT_TRUE(SetEvent(event));
  EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
  EXPECT_EQ(WaitForSingleObject(event, INFINITE), kSignaled);
  EXPECT_TRUE(ResetEvent(event));
  EXPECT_EQ(WaitForSingleObject(event, 0), kTimeout);
}

TEST(Event, OfAutomaticResetEndsOneWait) {
  const Handle event(CreateEvent(nullptr, FALSE, TRUE, nullptr));
  EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
  EXPECT_EQ(WaitForSingleObject(event, 0), kTimeout);
  EXPECT_TRUE(SetEvent(event));
  EXPECT_TRUE(SetEvent(event));  // twice is once
  EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
  EXPECT_EQ(WaitForSingleObject(event, 0), kTimeout);
}

TEST(Event, ExFormTakesFlags) {
  const Handle event(CreateEventEx(nullptr, nullptr, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, 0));
  EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
  EXPECT_EQ(WaitForSingleObject(event, 0), kSignaled);
  EXPECT_EQ(CreateEventExW(nullptr, nullptr, 4, 0), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

TEST(Wait, TakesTheTimeThatItWasGivenAndNoLess) {
  const Handle event(CreateEvent(nullptr, TRUE, FALSE, nullptr));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(WaitForSingleObject(event, 30), kTimeout);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
  EXPECT_EQ(WaitForSingleObject(event, 0x100000000UL), kTimeout);  // the low 32 bits are 0
}

TEST(Wait, FailsForWhatCannotBeWaitedFor) {
  EXPECT_EQ(WaitForSingleObject(nullptr, 0), kFailed);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  const Handle event(CreateEvent(nullptr, TRUE, TRUE, nullptr));
  HANDLE handles[MAXIMUM_WAIT_OBJECTS + 1];
  for (HANDLE& handle : handles) handle = event;
  EXPECT_EQ(WaitForMultipleObjects(0, handles, FALSE, 0), kFailed);
  EXPECT_EQ(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, handles, FALSE, 0), kFailed);
  EXPECT_EQ(WaitForMultipleObjects(1, nullptr, FALSE, 0), kFailed);
  EXPECT_EQ(WaitForMultipleObjects(2, handles, TRUE, 0), kFailed);  // one object twice
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, handles, FALSE, 0), kSignaled);
  handles[1] = nullptr;
  EXPECT_EQ(WaitForMultipleObjects(2, handles, FALSE, 0), kFailed);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  EXPECT_FALSE(SetEvent(GetCurrentThread()));
}

TEST(Wait, ForAnyTakesTheFirstSignaledOneOnly) {
  const Handle a(CreateEvent(nullptr, FALSE, FALSE, nullptr));
  const Handle b(CreateEvent(nullptr, FALSE, TRUE, nullptr));
  const Handle c(CreateEvent(nullptr, FALSE, TRUE, nullptr));
  const HANDLE handles[] = {a, b, c};
  EXPECT_EQ(WaitForMultipleObjects(3, handles, FALSE, INFINITE), kSignaled + 1);
  EXPECT_EQ(WaitForMultipleObjects(3, handles, FALSE, INFINITE), kSignaled + 2);
  EXPECT_EQ(WaitForMultipleObjects(3, handles, FALSE, 1), kTimeout);
}

TEST(Wait, ForAnyIsWokenByALaterSignal) {
  const Handle a(CreateEvent(nullptr, FALSE, FALSE, nullptr));
  const Handle b(CreateEvent(nullptr, FALSE, FALSE, nullptr));
  const HANDLE handles[] = {a, b};
  DWORD result = 0;
  std::thread waiter([&] { result = WaitForMultipleObjects(2, handles, FALSE, kLong); });
  EXPECT_TRUE(SetEvent(b));
  waiter.join();
  EXPECT_EQ(result, kSignaled + 1);
}

TEST(Wait, ForAllTakesNothingBeforeItCanTakeAll) {
  const Handle a(CreateEvent(nullptr, FALSE, TRUE, nullptr));
  const Handle b(CreateEvent(nullptr, FALSE, FALSE, nullptr));
  const HANDLE handles[] = {a, b};
  EXPECT_EQ(WaitForMultipleObjects(2, handles, TRUE, 1), kTimeout);
  EXPECT_EQ(WaitForSingleObject(a, 0), kSignaled);  // was left alone
  EXPECT_TRUE(SetEvent(b));
  DWORD result = 0;
  std::thread waiter([&] { result = WaitForMultipleObjects(2, handles, TRUE, kLong); });
  EXPECT_TRUE(SetEvent(a));
  waiter.join();
  EXPECT_EQ(result, kSignaled);
  EXPECT_EQ(WaitForSingleObject(a, 0), kTimeout);
  EXPECT_EQ(WaitForSingleObject(b, 0), kTimeout);
}

TEST(Wait, GoesOnWhenTheHandleIsClosedMeanwhile) {
  HANDLE event = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  HANDLE copy = nullptr;
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, 0));
  const Handle started(CreateEvent(nullptr, TRUE, FALSE, nullptr));
  DWORD result = 0;
  std::thread waiter([&] {
    SetEvent(started);
    result = WaitForSingleObject(event, kLong);
  });
  EXPECT_EQ(WaitForSingleObject(started, kLong), kSignaled);
  std::this_thread::yield();
  const bool in_time = CloseHandle(event) != FALSE;
  EXPECT_TRUE(in_time);
  EXPECT_TRUE(SetEvent(copy));
  waiter.join();
  EXPECT_TRUE(result == kSignaled || result == kFailed) << result;  // kFailed: closed before the wait began
  EXPECT_TRUE(CloseHandle(copy));
}

TEST(Mutex, IsOwnedByAThreadAsOftenAsItTookIt) {
  const Handle mutex(CreateMutex(nullptr, TRUE, nullptr));
  EXPECT_EQ(WaitForSingleObject(mutex, 0), kSignaled);
  EXPECT_EQ(WaitOnOtherThread(mutex, 0), kTimeout);
  EXPECT_TRUE(ReleaseMutex(mutex));
  EXPECT_EQ(WaitOnOtherThread(mutex, 0), kTimeout);
  EXPECT_TRUE(ReleaseMutex(mutex));
  EXPECT_FALSE(ReleaseMutex(mutex));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_OWNER));
}

TEST(Mutex, IsReleasedByItsOwnerAlone) {
  const Handle mutex(CreateMutex(nullptr, TRUE, nullptr));
  std::thread([&] {
    EXPECT_FALSE(ReleaseMutex(mutex));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_OWNER));
  }).join();
  EXPECT_TRUE(ReleaseMutex(mutex));
}

TEST(Mutex, OfAThreadThatEndedIsAbandonedOnce) {
  const Handle first(CreateMutex(nullptr, FALSE, nullptr));
  const Handle second(CreateMutex(nullptr, FALSE, nullptr));
  const Handle third(CreateMutex(nullptr, FALSE, nullptr));
  std::thread([&] {
    EXPECT_EQ(WaitForSingleObject(first, 0), kSignaled);
    EXPECT_EQ(WaitForSingleObject(second, 0), kSignaled);
    EXPECT_EQ(WaitForSingleObject(second, 0), kSignaled);
    EXPECT_EQ(WaitForSingleObject(third, 0), kSignaled);
    EXPECT_TRUE(ReleaseMutex(third));
  }).join();
  EXPECT_EQ(WaitForSingleObject(first, kLong), static_cast<DWORD>(WAIT_ABANDONED));
  EXPECT_TRUE(ReleaseMutex(first));
  EXPECT_EQ(WaitForSingleObject(first, 0), kSignaled);
  EXPECT_TRUE(ReleaseMutex(first));
  const HANDLE handles[] = {third, second};
  EXPECT_EQ(WaitForMultipleObjects(2, handles, TRUE, kLong), static_cast<DWORD>(WAIT_ABANDONED_0) + 1);
  EXPECT_TRUE(ReleaseMutex(second));
  EXPECT_FALSE(ReleaseMutex(second));
  EXPECT_TRUE(ReleaseMutex(third));
}

TEST(Mutex, MayLoseItsLastHandleWhileItIsOwned) {
  HANDLE first = CreateMutex(nullptr, TRUE, nullptr);
  HANDLE second = CreateMutex(nullptr, TRUE, nullptr);
  HANDLE third = CreateMutex(nullptr, TRUE, nullptr);
  EXPECT_TRUE(CloseHandle(second));
  EXPECT_TRUE(ReleaseMutex(first));
  EXPECT_TRUE(ReleaseMutex(third));
  EXPECT_TRUE(CloseHandle(first));
  EXPECT_TRUE(CloseHandle(third));
}

TEST(Semaphore, CountsDownAndUpToItsMaximum) {
  const Handle semaphore(CreateSemaphore(nullptr, 1, 3, nullptr));
  EXPECT_EQ(WaitForSingleObject(semaphore, 0), kSignaled);
  EXPECT_EQ(WaitForSingleObject(semaphore, 0), kTimeout);
  LONG before = -1;
  EXPECT_TRUE(ReleaseSemaphore(semaphore, 2, &before));
  EXPECT_EQ(before, 0);
  EXPECT_FALSE(ReleaseSemaphore(semaphore, 2, &before));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_TOO_MANY_POSTS));
  EXPECT_EQ(before, 0);
  EXPECT_TRUE(ReleaseSemaphore(semaphore, 1, &before));
  EXPECT_EQ(before, 2);
  EXPECT_FALSE(ReleaseSemaphore(semaphore, 0, nullptr));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_FALSE(ReleaseSemaphore(semaphore, LONG_MAX, nullptr));
}

TEST(Semaphore, RefusesCountsThatMakeNoSense) {
  const LONG counts[][2] = {{0, 0}, {-1, 1}, {2, 1}, {0, -1}, {0, 0x80000000L}};
  for (const auto& [initial, maximum] : counts) {
    EXPECT_EQ(CreateSemaphoreW(nullptr, initial, maximum, nullptr), nullptr) << initial << " of " << maximum;
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  }
  EXPECT_EQ(CreateSemaphoreExW(nullptr, 0, 1, nullptr, 1, 0), nullptr);
}

TEST(NamedObject, IsSharedInsideTheProcess) {
  const Handle first(CreateEventW(nullptr, TRUE, FALSE, L"an event"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
  const Handle second(CreateEventA(nullptr, FALSE, TRUE, "Local\\an event"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_ALREADY_EXISTS));
  EXPECT_EQ(WaitForSingleObject(second, 0), kTimeout);  // its initial state was not asked for
  EXPECT_TRUE(SetEvent(first));
  EXPECT_EQ(WaitForSingleObject(second, 0), kSignaled);
  const Handle other(CreateEventW(nullptr, TRUE, FALSE, L"Global\\an event"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
  const Handle shouted(CreateEventW(nullptr, TRUE, FALSE, L"AN EVENT"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
}

TEST(NamedObject, IsForgottenWithItsLastHandle) {
  for (int i = 0; i < 300; ++i) {  // more than the sweep of dead names waits for
    const std::wstring name = L"event " + std::to_wstring(i);
    const Handle event(CreateEventW(nullptr, TRUE, TRUE, name.c_str()));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
  }
  const Handle again(CreateEventW(nullptr, TRUE, FALSE, L"event 1"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
  EXPECT_EQ(WaitForSingleObject(again, 0), kTimeout);
}

TEST(NamedObject, HasOneKindAndAValidName) {
  const Handle mutex(CreateMutexW(nullptr, FALSE, L"a name"));
  EXPECT_EQ(CreateSemaphoreW(nullptr, 0, 1, L"a name"), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  EXPECT_EQ(CreateMutexW(nullptr, FALSE, L"a\\name"), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PATH_NOT_FOUND));
  const Handle longest(CreateMutexW(nullptr, FALSE, std::wstring(MAX_PATH, L'x').c_str()));
  EXPECT_EQ(CreateMutexW(nullptr, FALSE, std::wstring(MAX_PATH + 1, L'x').c_str()), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_FILENAME_EXCED_RANGE));
  const Handle unnamed(CreateMutexW(nullptr, FALSE, L""));
  const Handle unnamed_too(CreateMutexA(nullptr, FALSE, ""));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
}

TEST(NamedObject, MutexThatExistsIsNotOwnedByWhoOpensIt) {
  const Handle first(CreateMutexExW(nullptr, L"held", CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS));
  std::thread([&] {
    const Handle second(CreateMutexExA(nullptr, "held", CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_ALREADY_EXISTS));
    EXPECT_FALSE(ReleaseMutex(second));
  }).join();
  EXPECT_TRUE(ReleaseMutex(first));
}

}  // namespace
