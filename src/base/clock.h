// Time as a parameter: the engine asks a Clock, tests turn its hands.
#pragma once

#include <chrono>

#include "base/mutex.h"

namespace wmi {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;

// Monotonic time. Safe from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

// The system's steady clock; lives for the whole process.
const Clock& SteadyClock();

// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  TimePoint Now() const override {
    MutexLock lock(mutex_);
    return now_;
  }
  void Advance(Duration by) {
    MutexLock lock(mutex_);
    now_ += by;
  }

 private:
  mutable Mutex mutex_;
  TimePoint now_ WMI_GUARDED_BY(mutex_){};
};

}  // namespace wmi
