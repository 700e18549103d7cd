// WaitGraph: which thread waits for a callback on which other thread. A waiter that would close a circle must not wait.
#pragma once

#include <thread>
#include <unordered_map>

#include "base/mutex.h"

namespace wmi::exec {

// One per engine; rarely used, so one mutex is enough. Safe from several threads. Its mutex is a leaf: nothing else is
// locked under it.
class WaitGraph {
 public:
  // Says that this thread is going to wait for `owner`. False when `owner` waits for this thread, directly or through
  // others: then do not wait. Every true needs one End on the same thread.
  bool Begin(std::thread::id owner) {
    std::thread::id self = std::this_thread::get_id();
    MutexLock lock(mutex_);
    std::thread::id next = owner;
    // A thread waits for at most one other, so the walk is no longer than the map.
    for (std::size_t steps = 0; steps <= waits_.size(); ++steps) {
      if (next == self) return false;
      auto found = waits_.find(next);
      if (found == waits_.end()) break;
      next = found->second;
    }
    waits_[self] = owner;
    return true;
  }

  void End() {
    MutexLock lock(mutex_);
    waits_.erase(std::this_thread::get_id());
  }

 private:
  Mutex mutex_;
  std::unordered_map<std::thread::id, std::thread::id> waits_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::exec
