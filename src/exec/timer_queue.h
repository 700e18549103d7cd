// TimerQueue: many times of which each has something to do, on one Timer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "exec/alarm.h"

namespace wmi::exec {

// Safe from several threads. Held by a shared pointer, because an entry may outlive everything else.
class TimerQueue final : public std::enable_shared_from_this<TimerQueue> {
 public:
  // The destructor takes the time back. It does not wait for `due`, which may be running: who needs that guards itself.
  class Entry {
   public:
    virtual ~Entry() = default;
  };

  // `timer` is asked to ring at the earliest time, and whoever it rings calls RunDue; null: the owner of the clock
  // calls it. Both outlive the queue's use.
  TimerQueue(const Clock& clock, Timer* timer) : clock_(clock), timer_(timer) {}

  // Calls `due` once, when the clock has reached `at`, on the thread of whoever calls RunDue. It is our own short code,
  // only posts, and does not throw. At itself throws std::bad_alloc, also when the timer has no resources.
  std::unique_ptr<Entry> At(TimePoint at, std::function<void()> due);

  // Calls what is due, the earliest first and without a lock; returns when to call again, TimePoint::max() for not
  // before the next At. What is set while it runs is left for the next call.
  TimePoint RunDue();

 private:
  class Held;
  using Key = std::pair<TimePoint, std::uint64_t>;  // with a number, because several may have the same time

  void TakeBack(Key key);

  const Clock& clock_;
  Timer* const timer_;
  Mutex mutex_;
  std::uint64_t last_number_ WMI_GUARDED_BY(mutex_) = 0;
  std::map<Key, std::function<void()>> entries_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::exec
