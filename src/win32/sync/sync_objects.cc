#include "win32/sync/sync_objects.h"

#include <utility>

namespace wmi::win32 {

void EventObject::Set() {
  MutexLock lock(dispatcher_mutex);
  signal_ = Signal::kSet;
  WakeWaiters();
}

void EventObject::Unset() {
  MutexLock lock(dispatcher_mutex);
  signal_ = Signal::kUnset;
}

bool EventObject::IsSignaled(const ThreadObject& /*thread*/) const { return signal_ == Signal::kSet; }

Taken EventObject::Take(ThreadObject& /*thread*/) {
  if (reset_ == Reset::kAutomatic) signal_ = Signal::kUnset;
  return Taken::kPlainly;
}

bool SemaphoreObject::Release(std::int32_t added, std::int32_t* before) {
  MutexLock lock(dispatcher_mutex);
  if (added > count_max_ - count_) return false;
  *before = count_;
  count_ += added;
  WakeWaiters();
  return true;
}

bool SemaphoreObject::IsSignaled(const ThreadObject& /*thread*/) const { return count_ > 0; }

Taken SemaphoreObject::Take(ThreadObject& /*thread*/) {
  --count_;
  return Taken::kPlainly;
}

MutexObject::MutexObject(ThreadObject* owner) {
  if (owner == nullptr) return;
  MutexLock lock(dispatcher_mutex);
  Attach(*owner);
}

MutexObject::~MutexObject() {
  MutexLock lock(dispatcher_mutex);
  if (owner_ != nullptr) Detach();
}

bool MutexObject::Release(ThreadObject& thread) {
  MutexLock lock(dispatcher_mutex);
  if (owner_ != &thread) return false;
  if (--depth_ > 0) return true;
  Detach();
  WakeWaiters();
  return true;
}

void MutexObject::Abandon() {
  Detach();
  depth_ = 0;
  abandoned_ = true;
  WakeWaiters();
}

bool MutexObject::IsSignaled(const ThreadObject& thread) const { return owner_ == nullptr || owner_ == &thread; }

Taken MutexObject::Take(ThreadObject& thread) {
  if (owner_ == &thread) {
    ++depth_;
    return Taken::kPlainly;
  }
  Attach(thread);
  return std::exchange(abandoned_, false) ? Taken::kAbandoned : Taken::kPlainly;
}

void MutexObject::Attach(ThreadObject& thread) {
  owner_ = &thread;
  depth_ = 1;
  before_ = nullptr;
  after_ = thread.owned_;
  if (after_ != nullptr) after_->before_ = this;
  thread.owned_ = this;
}

void MutexObject::Detach() {
  (before_ != nullptr ? before_->after_ : owner_->owned_) = after_;
  if (after_ != nullptr) after_->before_ = before_;
  owner_ = nullptr;
}

}  // namespace wmi::win32
