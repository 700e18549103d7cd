#include <gtest/gtest.h>
#include <process.h>
#include <pthread.h>
#include <unistd.h>
#include <windows.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace {

constexpr DWORD kSignaled = WAIT_OBJECT_0;
constexpr DWORD kTimeout = WAIT_TIMEOUT;
constexpr DWORD kLong = 60000;

DWORD ReturnArgument(LPVOID argument) { return reinterpret_cast<DWORD>(argument); }

DWORD WaitForArgument(LPVOID argument) { return WaitForSingleObject(argument, kLong); }

TEST(Thread, RunsAndIsSignaledAtItsEnd) {
  HANDLE go = CreateEvent(nullptr, TRUE, FALSE, nullptr);
  DWORD id = 0;
  HANDLE thread = CreateThread(nullptr, 0, WaitForArgument, go, 0, &id);
  ASSERT_NE(thread, nullptr);
  EXPECT_NE(id, GetCurrentThreadId());
  EXPECT_EQ(GetThreadId(thread), id);
  DWORD code = 0;
  EXPECT_TRUE(GetExitCodeThread(thread, &code));
  EXPECT_EQ(code, static_cast<DWORD>(STILL_ACTIVE));
  EXPECT_EQ(WaitForSingleObject(thread, 0), kTimeout);
  EXPECT_TRUE(SetEvent(go));
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  EXPECT_TRUE(GetExitCodeThread(thread, &code));
  EXPECT_EQ(code, kSignaled);
  EXPECT_EQ(WaitForSingleObject(thread, 0), kSignaled);  // and stays so
  EXPECT_TRUE(CloseHandle(thread));
  EXPECT_TRUE(CloseHandle(go));
}

TEST(Thread, KeepsAllBitsOfItsExitCode) {
  const auto failure = static_cast<DWORD>(E_FAIL);  // sign-extended
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  HANDLE thread = CreateThread(nullptr, 0, ReturnArgument, reinterpret_cast<LPVOID>(failure), 0, nullptr);
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  DWORD code = 0;
  EXPECT_TRUE(GetExitCodeThread(thread, &code));
  EXPECT_EQ(static_cast<HRESULT>(code), E_FAIL);
  EXPECT_EQ(code, failure);
  EXPECT_TRUE(CloseHandle(thread));
}

std::atomic<bool> ran = false;

DWORD SayThatItRan(LPVOID) {
  ran = true;
  return 7;
}

TEST(Thread, CreatedSuspendedRunsAfterResume) {
  ran = false;
  DWORD id = 0;
  HANDLE thread = CreateThread(nullptr, 0, SayThatItRan, nullptr, CREATE_SUSPENDED, &id);
  ASSERT_NE(thread, nullptr);
  EXPECT_NE(id, 0u);
  EXPECT_EQ(WaitForSingleObject(thread, 10), kTimeout);
  EXPECT_FALSE(ran);
  EXPECT_EQ(ResumeThread(thread), 1u);
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  EXPECT_TRUE(ran);
  EXPECT_EQ(ResumeThread(thread), 0u);
  EXPECT_TRUE(CloseHandle(thread));
  EXPECT_EQ(ResumeThread(thread), static_cast<DWORD>(-1));
}

TEST(Thread, RefusesWhatItCannotDo) {
  EXPECT_EQ(CreateThread(nullptr, 0, nullptr, nullptr, 0, nullptr), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(CreateThread(nullptr, 0, SayThatItRan, nullptr, 0x8000, nullptr), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(CreateThread(nullptr, SIZE_MAX, SayThatItRan, nullptr, 0, nullptr), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_ENOUGH_MEMORY));
  DWORD code = 0;
  EXPECT_FALSE(GetExitCodeThread(nullptr, &code));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  EXPECT_FALSE(GetExitCodeThread(GetCurrentThread(), nullptr));
}

DWORD StackSize(LPVOID) {
  pthread_attr_t attributes;
  std::size_t bytes = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  pthread_attr_getstacksize(&attributes, &bytes);
  pthread_attr_destroy(&attributes);
  return bytes;
}

DWORD StackSizeOf(SIZE_T asked) {
  HANDLE thread = CreateThread(nullptr, asked, StackSize, nullptr, 0, nullptr);
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  DWORD bytes = 0;
  EXPECT_TRUE(GetExitCodeThread(thread, &bytes));
  EXPECT_TRUE(CloseHandle(thread));
  return bytes;
}

TEST(Thread, HasTheStackThatWasAskedForOrMore) {
  const DWORD usual = StackSizeOf(0);
  EXPECT_GT(usual, 65536u);
  EXPECT_EQ(StackSizeOf(1), usual);
  EXPECT_GE(StackSizeOf(usual + 1000001), usual + 1000001);
}

std::atomic<int> steps = 0;

struct Step {
  ~Step() { ++steps; }
};

DWORD ExitFromTheMiddle(LPVOID) {
  thread_local const Step at_the_end;
  static_cast<void>(&at_the_end);
  const Step on_the_stack;
  ExitThread(42);
}

TEST(ExitThread, UnwindsTheStackAndSetsTheCode) {
  steps = 0;
  HANDLE thread = CreateThread(nullptr, 0, ExitFromTheMiddle, nullptr, 0, nullptr);
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  EXPECT_EQ(steps, 2);  // the object on the stack and the thread_local one, before the wait ended
  DWORD code = 0;
  EXPECT_TRUE(GetExitCodeThread(thread, &code));
  EXPECT_EQ(code, 42u);
  EXPECT_TRUE(CloseHandle(thread));
}

DWORD EndAsOwner(LPVOID mutex) {
  WaitForSingleObject(mutex, kLong);
  ExitThread(0);
}

TEST(ExitThread, AbandonsTheMutexesOfTheThread) {
  HANDLE mutex = CreateMutex(nullptr, FALSE, nullptr);
  HANDLE thread = CreateThread(nullptr, 0, EndAsOwner, mutex, 0, nullptr);
  const HANDLE both[] = {thread, mutex};
  EXPECT_EQ(WaitForMultipleObjects(2, both, TRUE, kLong), static_cast<DWORD>(WAIT_ABANDONED_0) + 1);
  EXPECT_TRUE(ReleaseMutex(mutex));
  EXPECT_TRUE(CloseHandle(thread));
  EXPECT_TRUE(CloseHandle(mutex));
}

TEST(ExitThread, WorksInThreadsThatTheLibraryDidNotStart) {
  HANDLE self = nullptr;
  std::thread([&] {
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE, 0);
    ExitThread(3);
  }).join();
  DWORD code = 0;
  EXPECT_EQ(WaitForSingleObject(self, kLong), kSignaled);
  EXPECT_TRUE(GetExitCodeThread(self, &code));
  EXPECT_EQ(code, 3u);
  EXPECT_TRUE(CloseHandle(self));
}

TEST(PseudoHandle, StandsForTheCallingThreadOrTheProcess) {
  EXPECT_EQ(GetThreadId(GetCurrentThread()), GetCurrentThreadId());
  EXPECT_EQ(GetCurrentThreadId(), static_cast<DWORD>(gettid()));
  EXPECT_EQ(GetProcessId(GetCurrentProcess()), GetCurrentProcessId());
  EXPECT_EQ(GetCurrentProcessId(), static_cast<DWORD>(_getpid()));
  EXPECT_EQ(WaitForSingleObject(GetCurrentProcess(), 1), kTimeout);
  EXPECT_EQ(WaitForSingleObject(GetCurrentThread(), 1), kTimeout);
  DWORD code = 0;
  EXPECT_TRUE(GetExitCodeProcess(GetCurrentProcess(), &code));
  EXPECT_EQ(code, static_cast<DWORD>(STILL_ACTIVE));
  EXPECT_FALSE(TerminateProcess(GetCurrentThread(), 1));
  EXPECT_EQ(GetProcessId(nullptr), 0u);
}

unsigned AddOne(void* argument) { return ++*static_cast<unsigned*>(argument); }

unsigned ExitWithNine(void*) { _endthreadex(9); }

TEST(BeginThread, ExFormGivesAHandleToWaitForAndToClose) {
  unsigned value = 4;
  unsigned id = 0;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  const auto thread = reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, AddOne, &value, CREATE_SUSPENDED, &id));
  ASSERT_NE(thread, nullptr);
  EXPECT_EQ(GetThreadId(thread), id);
  EXPECT_EQ(value, 4u);
  ResumeThread(thread);
  EXPECT_EQ(WaitForSingleObject(thread, kLong), kSignaled);
  EXPECT_EQ(value, 5u);
  EXPECT_TRUE(CloseHandle(thread));
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  const auto ended = reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, ExitWithNine, nullptr, 0, nullptr));
  EXPECT_EQ(WaitForSingleObject(ended, kLong), kSignaled);
  DWORD code = 0;
  EXPECT_TRUE(GetExitCodeThread(ended, &code));
  EXPECT_EQ(code, 9u);
  EXPECT_TRUE(CloseHandle(ended));
}

void WaitForEventAndEnd(void* argument) {
  WaitForSingleObject(argument, kLong);
  _endthread();
}

TEST(BeginThread, PlainFormClosesItsHandleItself) {
  HANDLE go = CreateEvent(nullptr, TRUE, FALSE, nullptr);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  const auto thread = reinterpret_cast<HANDLE>(_beginthread(WaitForEventAndEnd, 0, go));
  HANDLE copy = nullptr;
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &copy, 0, FALSE, 0));
  SetEvent(go);
  EXPECT_EQ(WaitForSingleObject(copy, kLong), kSignaled);
  EXPECT_FALSE(CloseHandle(thread));  // was closed before the thread was signaled
  EXPECT_TRUE(CloseHandle(copy));
  EXPECT_TRUE(CloseHandle(go));
}

TEST(BeginThread, SaysInErrnoWhatIsWrong) {
  errno = 0;
  EXPECT_EQ(_beginthread(nullptr, 0, nullptr), static_cast<uintptr_t>(-1));
  EXPECT_EQ(errno, EINVAL);
  errno = 0;
  EXPECT_EQ(_beginthreadex(nullptr, 0, nullptr, nullptr, 0, nullptr), 0u);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(_beginthreadex(nullptr, 0, AddOne, nullptr, 0x8000, nullptr), 0u);
}

TEST(SleepEx, SleepsAndSwitchToThreadReturns) {
  EXPECT_EQ(SleepEx(1, TRUE), 0u);
  EXPECT_TRUE(SwitchToThread());
}

TEST(ExitProcess, FlushesTheStreamsAndGivesTheCode) {
  EXPECT_EXIT(
      {
        std::fputs("flushed", stderr);
        ExitProcess(0x105);
      },
      testing::ExitedWithCode(5), "flushed");
  EXPECT_EXIT(TerminateProcess(GetCurrentProcess(), 6), testing::ExitedWithCode(6), "");
}

}  // namespace
