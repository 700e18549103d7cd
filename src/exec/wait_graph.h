// WaitGraph: which thread waits for a callback on which other thread. A waiter that would close a circle must not wait.
#pragma once

#include <thread>

#include "base/mutex.h"

namespace wmi::exec {

// One per engine; rarely used, so one mutex is enough. Safe from several threads. Its mutex is a leaf: nothing else is
// locked under it.
class WaitGraph {
 public:
  // One thread's waiting, on its stack: a cancellation needs no memory.
  struct Wait {
    std::thread::id waiter;
    std::thread::id owner;
    Wait* next = nullptr;
  };

  // Says that this thread is going to wait for `owner`. False when `owner` waits for this thread, directly or through
  // others: then do not wait. Every true needs one End with the same `wait` on the same thread.
  bool Begin(std::thread::id owner, Wait& wait) {
    std::thread::id self = std::this_thread::get_id();
    MutexLock lock(mutex_);
    std::thread::id next = owner;
    // A thread waits for at most one other and no circle is let in, so the walk ends.
    while (true) {
      if (next == self) return false;
      const Wait* found = Find(next);
      if (found == nullptr) break;
      next = found->owner;
    }
    wait = {self, owner, waits_};
    waits_ = &wait;
    return true;
  }

  void End(Wait& wait) {
    MutexLock lock(mutex_);
    Wait** place = &waits_;
    while (*place != &wait) place = &(*place)->next;
    *place = wait.next;
  }

 private:
  const Wait* Find(std::thread::id waiter) const WMI_REQUIRES(mutex_) {
    const Wait* wait = waits_;
    while (wait != nullptr && wait->waiter != waiter) wait = wait->next;
    return wait;
  }

  Mutex mutex_;
  Wait* waits_ WMI_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace wmi::exec
