// The dispatcher: objects that threads wait for, and the wait for one, any or all of several.
//
// One mutex guards the state of all waitable objects, because a wait for all of several must see and take them in one
// step. Whoever signals an object hands it over to the longest waiting threads that it satisfies, under that mutex: a
// signal is never lost, and no thread that comes later overtakes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/mutex.h"
#include "win32/handle_table.h"

namespace wmi::win32 {

class ThreadObject;
class Waiter;

// Guards what waitable objects hold. The innermost lock: no other is taken under it, nothing foreign runs under it, and
// no reference to an object is dropped under it.
inline constinit Mutex dispatcher_mutex;

// One object in one thread's wait; a link in the object's queue. It lives on the stack of the waiting thread.
struct WaitLink {
  Waiter* waiter = nullptr;
  WaitLink* before = nullptr;
  WaitLink* after = nullptr;
};

// What taking an object told: kAbandoned is a mutex whose owner ended without releasing it.
enum class Taken { kPlainly, kAbandoned };

class Waitable : public HandleObject {
 protected:
  friend class Waiter;

  // Whether `thread` may take the object now.
  virtual bool IsSignaled(const ThreadObject& thread) const WMI_REQUIRES(dispatcher_mutex) = 0;
  // Called only while IsSignaled: what a successful wait changes (an auto-reset event is reset, a mutex owned).
  virtual Taken Take(ThreadObject& thread) WMI_REQUIRES(dispatcher_mutex) = 0;

  // After every change that may satisfy waits: hands the object to waiting threads, first come first served.
  void WakeWaiters() WMI_REQUIRES(dispatcher_mutex);

 private:
  void Append(WaitLink& link) WMI_REQUIRES(dispatcher_mutex);
  void Remove(WaitLink& link) WMI_REQUIRES(dispatcher_mutex);

  WaitLink* first_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
  WaitLink* last_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
};

inline constexpr std::size_t kWaitObjectsMax = 64;         // MAXIMUM_WAIT_OBJECTS
inline constexpr std::uint32_t kWaitForEver = 0xffffffff;  // INFINITE

enum class WaitKind { kAny, kAll };

enum class WaitEnd { kTaken, kAbandoned, kTimeout };
struct WaitResult {
  WaitEnd end = WaitEnd::kTimeout;
  std::size_t index = 0;  // of the object that was taken (kAny), or of the first abandoned mutex (kAll)
};

// Waits until `thread`, the calling one, has taken any or all of `objects` (1 to kWaitObjectsMax, not null; kAll wants
// no object twice), or `timeout_ms` have passed; then none is taken. Of several that are signaled, kAny takes the
// first.
WaitResult Wait(ThreadObject& thread, std::span<const std::shared_ptr<Waitable>> objects, WaitKind kind,
                std::uint32_t timeout_ms);

}  // namespace wmi::win32
