#include "win32/registry/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/clock.h"
#include "base/mutex.h"

namespace wmi::win32 {

WriterLock::~WriterLock() {
  if (file_ >= 0) close(file_);  // which unlocks
}

ErrorCode WriterLock::Acquire(const std::string& folder, int wait_ms_max) {
  file_ = open((folder + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) return ErrorOfErrno(errno);
  const TimePoint deadline = SteadyClock().Now() + std::chrono::milliseconds(wait_ms_max);
  // flock() itself knows no deadline, so it is asked again and again.
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  while (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return ErrorOfErrno(errno);
    const TimePoint now = SteadyClock().Now();
    if (now >= deadline) return ERROR_BUSY;
    never.WaitUntil(lock, now + std::chrono::milliseconds(2));
  }
  return ERROR_SUCCESS;
}

}  // namespace wmi::win32
