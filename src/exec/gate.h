// Gate: counts who is inside; closing refuses newcomers and waits for the rest.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/mutex.h"

namespace wmi::exec {

// Safe from several threads.
class Gate {
 public:
  // False once the gate is closed. Every true needs one Leave.
  bool Enter() {
    MutexLock lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
  }

  void Leave() {
    MutexLock lock(mutex_);
    if (--inside_ == 0) empty_.NotifyAll();
  }

  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
  }

  bool closed() const {
    MutexLock lock(mutex_);
    return closed_;
  }

  // True when nobody is inside before the deadline.
  bool WaitEmpty(TimePoint deadline) {
    MutexLock lock(mutex_);
    while (inside_ > 0) {
      if (!empty_.WaitUntil(lock, deadline)) return inside_ == 0;
    }
    return true;
  }

  std::size_t inside() const {
    MutexLock lock(mutex_);
    return inside_;
  }

 private:
  mutable Mutex mutex_;
  CondVar empty_;
  std::size_t inside_ WMI_GUARDED_BY(mutex_) = 0;
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
};

}  // namespace wmi::exec
