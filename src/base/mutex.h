// Annotated mutex, lock and condition variable: std::mutex with clang's thread-safety attributes, so that the analyze
// preset proves that guarded fields are touched only under their lock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define WMI_ATTRIBUTE(x) __attribute__((x))
#else
#define WMI_ATTRIBUTE(x)
#endif
#define WMI_CAPABILITY(x) WMI_ATTRIBUTE(capability(x))
#define WMI_SCOPED_CAPABILITY WMI_ATTRIBUTE(scoped_lockable)
#define WMI_GUARDED_BY(x) WMI_ATTRIBUTE(guarded_by(x))
#define WMI_REQUIRES(...) WMI_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define WMI_EXCLUDES(...) WMI_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define WMI_ACQUIRE(...) WMI_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define WMI_RELEASE(...) WMI_ATTRIBUTE(release_capability(__VA_ARGS__))
#define WMI_NO_THREAD_SAFETY_ANALYSIS WMI_ATTRIBUTE(no_thread_safety_analysis)

namespace wmi {

class WMI_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() WMI_ACQUIRE() { mutex_.lock(); }
  void Unlock() WMI_RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a Mutex for a scope. Unlock and Lock open a window in it, for calls that must not be made under the lock.
class WMI_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) WMI_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() WMI_RELEASE() {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Unlock() WMI_RELEASE() { lock_.unlock(); }
  void Lock() WMI_ACQUIRE() { lock_.lock(); }

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

// Waits have a deadline; a wait without one needs a reason at the call. Spurious wake-ups happen: wait in a loop.
class CondVar {
 public:
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

  void Wait(MutexLock& lock) { condition_.wait(lock.lock_); }

  // False when `deadline` has passed.
  bool WaitUntil(MutexLock& lock, std::chrono::steady_clock::time_point deadline) {
    return condition_.wait_until(lock.lock_, deadline) == std::cv_status::no_timeout;
  }

 private:
  std::condition_variable condition_;
};

}  // namespace wmi
