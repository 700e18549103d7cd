// Timer and Alarm: being called when a time has come.
#pragma once

#include <functional>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"

namespace wmi::exec {

// Safe from several threads.
class Timer {
 public:
  virtual ~Timer() = default;
  // Somebody wants to be called at `at`. Only the earliest of all times counts; others are asked for again then. Throws
  // std::bad_alloc when there are no resources for it, and then does not call.
  virtual void RingAt(TimePoint at) = 0;
};

// One thread that sleeps until the earliest time. It starts with the first time that is set, so a program without
// deadlines has none.
class Alarm final : public Timer {
 public:
  // `ring` runs our own short code only and returns the next time, TimePoint::max() for none. It is not called before
  // the first RingAt.
  explicit Alarm(std::function<TimePoint()> ring) : ring_(std::move(ring)) {}
  ~Alarm() override;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void RingAt(TimePoint at) override;
  // Rings no more. Waits for a ring that is being made.
  void Stop();

 private:
  void Run();

  const std::function<TimePoint()> ring_;
  Mutex mutex_;
  CondVar changed_;
  TimePoint next_ WMI_GUARDED_BY(mutex_) = TimePoint::max();
  bool stopped_ WMI_GUARDED_BY(mutex_) = false;
  std::thread thread_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::exec
