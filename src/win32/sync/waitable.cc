#include "win32/sync/waitable.h"

#include <chrono>

#include "base/clock.h"

namespace wmi::win32 {

// One wait of one thread.
class Waiter {
 public:
  Waiter(ThreadObject& thread, std::span<const std::shared_ptr<Waitable>> objects, WaitKind kind)
      : thread_(thread), objects_(objects), kind_(kind) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  WaitResult Run(std::uint32_t timeout_ms) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::milliseconds(timeout_ms);
    MutexLock lock(dispatcher_mutex);
    if (TryTake() || timeout_ms == 0) return result_;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      links_[i].waiter = this;
      objects_[i]->Append(links_[i]);
    }
    queued_ = true;
    while (queued_) {
      if (timeout_ms == kWaitForEver) {
        wake_.Wait(lock);  // without a deadline because the program said INFINITE
      } else if (!wake_.WaitUntil(lock, deadline) && queued_) {
        Leave();
      }
    }
    return result_;
  }

  // True when the objects are taken; the thread is then out of all queues and woken.
  bool Satisfy() WMI_REQUIRES(dispatcher_mutex) {
    if (!TryTake()) return false;
    Leave();
    wake_.NotifyOne();
    return true;
  }

 private:
  bool TryTake() WMI_REQUIRES(dispatcher_mutex) { return kind_ == WaitKind::kAny ? TryTakeAny() : TryTakeAll(); }

  bool TryTakeAny() WMI_REQUIRES(dispatcher_mutex) {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (!objects_[i]->IsSignaled(thread_)) continue;
      const Taken taken = objects_[i]->Take(thread_);
      result_ = {taken == Taken::kAbandoned ? WaitEnd::kAbandoned : WaitEnd::kTaken, i};
      return true;
    }
    return false;
  }

  bool TryTakeAll() WMI_REQUIRES(dispatcher_mutex) {
    for (const auto& object : objects_) {
      if (!object->IsSignaled(thread_)) return false;
    }
    result_ = {WaitEnd::kTaken, 0};
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (objects_[i]->Take(thread_) == Taken::kAbandoned && result_.end == WaitEnd::kTaken) {
        result_ = {WaitEnd::kAbandoned, i};
      }
    }
    return true;
  }

  void Leave() WMI_REQUIRES(dispatcher_mutex) {
    for (std::size_t i = 0; i < objects_.size(); ++i) objects_[i]->Remove(links_[i]);
    queued_ = false;
  }

  ThreadObject& thread_;
  const std::span<const std::shared_ptr<Waitable>> objects_;
  const WaitKind kind_;
  CondVar wake_;
  std::array<WaitLink, kWaitObjectsMax> links_;
  bool queued_ WMI_GUARDED_BY(dispatcher_mutex) = false;
  WaitResult result_ WMI_GUARDED_BY(dispatcher_mutex);
};

void Waitable::Append(WaitLink& link) {
  link.before = last_;
  link.after = nullptr;
  (last_ != nullptr ? last_->after : first_) = &link;
  last_ = &link;
}

void Waitable::Remove(WaitLink& link) {
  (link.before != nullptr ? link.before->after : first_) = link.after;
  (link.after != nullptr ? link.after->before : last_) = link.before;
}

void Waitable::WakeWaiters() {
  // A satisfied waiter takes its links out of the queue, perhaps several of them, hence the fresh start.
  for (WaitLink* link = first_; link != nullptr;) {
    link = link->waiter->Satisfy() ? first_ : link->after;
  }
}

WaitResult Wait(ThreadObject& thread, std::span<const std::shared_ptr<Waitable>> objects, WaitKind kind,
                std::uint32_t timeout_ms) {
  return Waiter(thread, objects, kind).Run(timeout_ms);
}

}  // namespace wmi::win32
