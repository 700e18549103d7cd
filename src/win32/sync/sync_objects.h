// The waitable objects that programs signal: events, semaphores, mutexes. Safe from several threads.
#pragma once

#include <windef.h>

#include <cstdint>

#include "win32/sync/thread_object.h"
#include "win32/sync/waitable.h"

namespace wmi::win32 {

enum class Reset { kManual, kAutomatic };
enum class Signal { kSet, kUnset };

class EventObject final : public Waitable {
 public:
  EventObject(Reset reset, Signal signal) : reset_(reset), signal_(signal) {}

  void Set();
  void Unset();

 private:
  bool IsSignaled(const ThreadObject& thread) const override WMI_REQUIRES(dispatcher_mutex);
  Taken Take(ThreadObject& thread) override WMI_REQUIRES(dispatcher_mutex);

  const Reset reset_;
  Signal signal_ WMI_GUARDED_BY(dispatcher_mutex);
};

class SemaphoreObject final : public Waitable {
 public:
  // 0 <= count <= count_max, 0 < count_max.
  SemaphoreObject(std::int32_t count, std::int32_t count_max) : count_(count), count_max_(count_max) {}

  // Adds `added` (> 0); false and no change when that would pass the maximum. *before: the count until now, untouched
  // on failure.
  bool Release(std::int32_t added, std::int32_t* before);

 private:
  bool IsSignaled(const ThreadObject& thread) const override WMI_REQUIRES(dispatcher_mutex);
  Taken Take(ThreadObject& thread) override WMI_REQUIRES(dispatcher_mutex);

  std::int32_t count_ WMI_GUARDED_BY(dispatcher_mutex);
  const std::int32_t count_max_;
};

// Owned by the thread that took it, as often as it did. An owner that ends abandons it: the next who takes it is told.
class MutexObject final : public Waitable {
 public:
  // `owner`: the calling thread, or null for a mutex that is free.
  explicit MutexObject(ThreadObject* owner);
  ~MutexObject() override;

  // False when `thread` is not the owner.
  bool Release(ThreadObject& thread);
  // The owner has ended. Called by it.
  void Abandon() WMI_REQUIRES(dispatcher_mutex);

 private:
  bool IsSignaled(const ThreadObject& thread) const override WMI_REQUIRES(dispatcher_mutex);
  Taken Take(ThreadObject& thread) override WMI_REQUIRES(dispatcher_mutex);
  // In and out of the owner's list.
  void Attach(ThreadObject& thread) WMI_REQUIRES(dispatcher_mutex);
  void Detach() WMI_REQUIRES(dispatcher_mutex);

  ThreadObject* owner_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
  std::uint64_t depth_ WMI_GUARDED_BY(dispatcher_mutex) = 0;
  bool abandoned_ WMI_GUARDED_BY(dispatcher_mutex) = false;
  MutexObject* before_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
  MutexObject* after_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
};

}  // namespace wmi::win32
