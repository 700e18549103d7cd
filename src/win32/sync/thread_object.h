// Threads as objects: those that the program started with CreateThread and _beginthreadex, and any other from the
// moment it first waits or asks for itself.
#pragma once

#include <windef.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "base/mutex.h"
#include "win32/sync/waitable.h"

namespace wmi::win32 {

class MutexObject;

inline constexpr DWORD kStillActive = 259;  // STILL_ACTIVE

enum class FirstState { kRunning, kSuspended };

// Signaled from the end of the thread on. That comes after its own thread-local objects were destroyed; it abandons the
// mutexes that the thread still owns.
class ThreadObject final : public Waitable, public std::enable_shared_from_this<ThreadObject> {
 public:
  explicit ThreadObject(FirstState state) : suspended_(state == FirstState::kSuspended) {}

  // Starts a thread that runs `body` and keeps its value as the exit code; returns when the thread has its id. Null
  // with the last error set when there are no resources. stack_bytes: the least size; 0 leaves it to the system.
  static std::shared_ptr<ThreadObject> Start(std::function<DWORD()> body, std::size_t stack_bytes, FirstState state);

  DWORD id() const;
  // kStillActive until the end.
  DWORD exit_code() const;
  // Lets a thread that was created suspended run. How often it was suspended before: 1 or 0.
  DWORD Resume();
  // For a thread that was not resumed yet: a handle for it. If there is none, null, and the thread ends without running
  // its body. May throw bad_alloc, with the same effect.
  HANDLE OpenHandleOrDrop();

  // What the thread ends with. Only called on the thread itself.
  void set_exit_code(DWORD code);
  // A handle that the end of the thread closes (_beginthread).
  void CloseAtEnd(HANDLE handle);

  // The end: called once, on the thread itself.
  void End();

 private:
  friend class MutexObject;
  friend std::shared_ptr<ThreadObject> CurrentThread();

  bool IsSignaled(const ThreadObject& thread) const override WMI_REQUIRES(dispatcher_mutex);
  Taken Take(ThreadObject& thread) override WMI_REQUIRES(dispatcher_mutex);
  enum class Birth { kPending, kAlive, kFailed };

  // Ends a thread that was not resumed yet without running its body.
  void Drop();
  // On the new thread: makes it known under `self`, and waits until it may run. False when it may not.
  static bool Enter(const std::shared_ptr<ThreadObject>& self);
  void Report(Birth birth);

  Birth birth_ WMI_GUARDED_BY(dispatcher_mutex) = Birth::kPending;
  DWORD id_ WMI_GUARDED_BY(dispatcher_mutex) = 0;
  DWORD exit_code_ WMI_GUARDED_BY(dispatcher_mutex) = 0;
  HANDLE close_at_end_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;
  bool ended_ WMI_GUARDED_BY(dispatcher_mutex) = false;
  bool dropped_ WMI_GUARDED_BY(dispatcher_mutex) = false;
  bool suspended_ WMI_GUARDED_BY(dispatcher_mutex);
  MutexObject* owned_ WMI_GUARDED_BY(dispatcher_mutex) = nullptr;  // the mutexes of this thread, a list through them
  CondVar changed_;                                                // birth_ or suspended_
};

// The calling thread. May throw bad_alloc on a thread's first call.
std::shared_ptr<ThreadObject> CurrentThread();

// This process: never signaled, since nobody can wait for its own end.
class ProcessObject final : public Waitable {
 private:
  bool IsSignaled(const ThreadObject& thread) const override WMI_REQUIRES(dispatcher_mutex);
  Taken Take(ThreadObject& thread) override WMI_REQUIRES(dispatcher_mutex);
};
std::shared_ptr<ProcessObject> CurrentProcess();

}  // namespace wmi::win32
