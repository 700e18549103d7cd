#include "exec/timer_queue.h"

#include <cassert>
#include <utility>

namespace wmi::exec {

class TimerQueue::Held final : public Entry {
 public:
  Held(std::weak_ptr<TimerQueue> queue, Key key) : queue_(std::move(queue)), key_(key) {}
  ~Held() override {
    if (const auto queue = queue_.lock()) queue->TakeBack(key_);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  // Weak: what `due` holds may hold the entry.
  const std::weak_ptr<TimerQueue> queue_;
  const Key key_;
};

std::unique_ptr<TimerQueue::Entry> TimerQueue::At(TimePoint at, std::function<void()> due) {
  std::unique_ptr<Entry> entry;
  {
    MutexLock lock(mutex_);
    const Key key{at, ++last_number_};
    entry = std::make_unique<Held>(weak_from_this(), key);
    entries_.emplace(key, std::move(due));
  }
  // Also when another entry is earlier: asking for that one may just be failing.
  if (timer_ != nullptr) timer_->RingAt(at);
  return entry;
}

void TimerQueue::TakeBack(Key key) {
  std::function<void()> due;  // destroyed without the lock: it may hold the last reference to other entries
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  due = std::move(found->second);
  entries_.erase(found);
}

TimePoint TimerQueue::RunDue() {
  const TimePoint now = clock_.Now();
  MutexLock lock(mutex_);
  // What is set meanwhile waits for the next call, or a `due` that sets the same time again would keep us here.
  const std::uint64_t newest = last_number_;
  Key passed{TimePoint::min(), 0};
  while (true) {
    const auto next = entries_.upper_bound(passed);
    if (next == entries_.end() || next->first.first > now) break;
    passed = next->first;
    if (passed.second > newest) continue;
    {
      const std::function<void()> due = std::move(next->second);
      entries_.erase(next);
      lock.Unlock();
      due();
    }
    lock.Lock();
  }
  return entries_.empty() ? TimePoint::max() : entries_.begin()->first.first;
}

}  // namespace wmi::exec
