// The functions of <processthreadsapi.h>, and Sleep. What each does is said there.
#include <processthreadsapi.h>
#include <pthread.h>
#include <sched.h>
#include <synchapi.h>
#include <time.h>
#include <unistd.h>
#include <winerror.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "win32/abi_guard.h"
#include "win32/console/terminal.h"
#include "win32/sync/thread_object.h"

using wmi::win32::Fail;
using wmi::win32::FindObjectAs;
using wmi::win32::FirstState;
using wmi::win32::Guarded;
using wmi::win32::ProcessObject;
using wmi::win32::ThreadObject;

HANDLE CreateThread(LPSECURITY_ATTRIBUTES /*attributes*/, SIZE_T stack_size, LPTHREAD_START_ROUTINE start,
                    LPVOID argument, DWORD flags, LPDWORD id) {
  if (start == nullptr || (flags & ~DWORD{CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION}) != 0) {
    return Fail<HANDLE>(ERROR_INVALID_PARAMETER, nullptr);
  }
  return Guarded<HANDLE>(nullptr, [&]() -> HANDLE {
    // Suspended at first in any case: if there is no handle to give, the program must not see the thread run.
    const auto thread =
        ThreadObject::Start([start, argument] { return start(argument); }, stack_size, FirstState::kSuspended);
    if (thread == nullptr) return nullptr;
    HANDLE handle = thread->OpenHandleOrDrop();
    if (handle == nullptr) return nullptr;
    if (id != nullptr) *id = thread->id();
    if ((flags & CREATE_SUSPENDED) == 0) thread->Resume();
    return handle;
  });
}

DWORD ResumeThread(HANDLE thread) {
  constexpr auto kFailed = static_cast<DWORD>(-1);
  return Guarded(kFailed, [&] {
    const auto object = FindObjectAs<ThreadObject>(thread);
    return object == nullptr ? kFailed : object->Resume();
  });
}

BOOL GetExitCodeThread(HANDLE thread, LPDWORD exit_code) {
  if (exit_code == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded(FALSE, [&] {
    const auto object = FindObjectAs<ThreadObject>(thread);
    if (object == nullptr) return FALSE;
    *exit_code = object->exit_code();
    return TRUE;
  });
}

DWORD GetThreadId(HANDLE thread) {
  return Guarded(DWORD{0}, [&] {
    const auto object = FindObjectAs<ThreadObject>(thread);
    return object == nullptr ? 0 : object->id();
  });
}

void ExitThread(DWORD exit_code) {
  Guarded(0, [&] {
    wmi::win32::CurrentThread()->set_exit_code(exit_code);
    return 0;
  });
  pthread_exit(nullptr);
}

BOOL SwitchToThread() {
  sched_yield();
  return TRUE;
}

DWORD GetCurrentThreadId() { return static_cast<DWORD>(gettid()); }

DWORD GetCurrentProcessId() { return static_cast<DWORD>(getpid()); }

DWORD GetProcessId(HANDLE process) {
  return Guarded(DWORD{0}, [&] { return FindObjectAs<ProcessObject>(process) == nullptr ? 0 : GetCurrentProcessId(); });
}

BOOL GetExitCodeProcess(HANDLE process, LPDWORD exit_code) {
  if (exit_code == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded(FALSE, [&] {
    if (FindObjectAs<ProcessObject>(process) == nullptr) return FALSE;
    *exit_code = STILL_ACTIVE;
    return TRUE;
  });
}

void ExitProcess(UINT exit_code) {
  wmi::win32::RestoreTerminal();
  std::fflush(nullptr);
  _exit(static_cast<int>(exit_code));
}

BOOL TerminateProcess(HANDLE process, UINT exit_code) {
  return Guarded(FALSE, [&]() -> BOOL {
    if (FindObjectAs<ProcessObject>(process) == nullptr) return FALSE;
    _exit(static_cast<int>(exit_code));
  });
}

void Sleep(DWORD milliseconds) {
  const auto low = static_cast<std::uint32_t>(milliseconds);
  if (low == 0) sched_yield();
  do {  // NOLINT(bugprone-infinite-loop): INFINITE sleeps for ever
    timespec rest = {static_cast<time_t>(low / 1000), static_cast<long>(low % 1000) * 1000000};
    while (low != 0 && nanosleep(&rest, &rest) != 0 && errno == EINTR) {  // NOLINT(banned): the program's own Sleep
    }
  } while (low == INFINITE);
}

DWORD SleepEx(DWORD milliseconds, BOOL /*alertable*/) {
  Sleep(milliseconds);
  return 0;
}
