#include "exec/alarm.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

namespace wmi::exec {

Alarm::~Alarm() { Stop(); }

void Alarm::RingAt(TimePoint at) {
  MutexLock lock(mutex_);
  if (stopped_ || at >= next_) return;
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread([this] { Run(); });  // waits for the lock
    } catch (const std::system_error&) {
      throw std::bad_alloc();
    }
  }
  next_ = at;
  changed_.NotifyAll();
}

void Alarm::Run() {
  MutexLock lock(mutex_);
  while (!stopped_) {
    if (SteadyClock().Now() < next_) {
      changed_.WaitUntil(lock, next_);
      continue;
    }
    next_ = TimePoint::max();  // what is set while it rings counts
    lock.Unlock();
    const TimePoint next = ring_();
    lock.Lock();
    next_ = std::min(next_, next);
  }
}

void Alarm::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  changed_.NotifyAll();
  std::thread thread = std::move(thread_);
  lock.Unlock();
  if (thread.joinable()) thread.join();
}

}  // namespace wmi::exec
