// The functions of <winbase.h>: critical sections, last error, Sleep.
#include <pthread.h>
#include <time.h>
#include <windows.h>

#include <cerrno>
#include <cstdint>
#include <new>

namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION::opaque));
static_assert(alignof(pthread_mutex_t) <= alignof(CRITICAL_SECTION));

pthread_mutex_t* MutexOf(LPCRITICAL_SECTION section) {
  return reinterpret_cast<pthread_mutex_t*>(section->opaque.bytes);
}

thread_local DWORD last_error = 0;

}  // namespace

void InitializeCriticalSection(LPCRITICAL_SECTION section) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(new (section->opaque.bytes) pthread_mutex_t, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD /*spin_count*/) {
  InitializeCriticalSection(section);
  return TRUE;
}

void EnterCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_lock(MutexOf(section)); }

BOOL TryEnterCriticalSection(LPCRITICAL_SECTION section) {
  return pthread_mutex_trylock(MutexOf(section)) == 0 ? TRUE : FALSE;
}

void LeaveCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_unlock(MutexOf(section)); }

void DeleteCriticalSection(LPCRITICAL_SECTION section) { pthread_mutex_destroy(MutexOf(section)); }

DWORD GetLastError() { return last_error; }

void SetLastError(DWORD error) { last_error = error; }

void Sleep(DWORD milliseconds) {
  const auto low = static_cast<std::uint32_t>(milliseconds);
  do {  // NOLINT(bugprone-infinite-loop): INFINITE sleeps for ever
    timespec rest = {static_cast<time_t>(low / 1000), static_cast<long>(low % 1000) * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {  // NOLINT(banned): this is the program's own Sleep
    }
  } while (low == INFINITE);
}
