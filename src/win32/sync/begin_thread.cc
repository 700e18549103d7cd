// The functions of <process.h>: threads of the C run-time on top of those of Win32.
#include <process.h>
#include <processthreadsapi.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "win32/abi_guard.h"
#include "win32/sync/thread_object.h"

using wmi::win32::FirstState;
using wmi::win32::Guarded;
using wmi::win32::ThreadObject;

namespace {

constexpr auto kNoThread = static_cast<std::uintptr_t>(-1);

std::uintptr_t Refuse(int error, std::uintptr_t failure) {
  errno = error;
  return failure;
}

// A suspended thread and a handle for it, or 0.
template <typename Body>
std::uintptr_t Begin(Body body, unsigned stack_size, std::shared_ptr<ThreadObject>& thread) {
  return Guarded<std::uintptr_t>(0, [&]() -> std::uintptr_t {
    thread = ThreadObject::Start(std::move(body), stack_size, FirstState::kSuspended);
    if (thread == nullptr) return 0;
    HANDLE handle = thread->OpenHandleOrDrop();
    return reinterpret_cast<std::uintptr_t>(handle);
  });
}

}  // namespace

std::uintptr_t _beginthread(_beginthread_proc_type start, unsigned stack_size, void* argument) {
  if (start == nullptr) return Refuse(EINVAL, kNoThread);
  std::shared_ptr<ThreadObject> thread;
  const auto body = [start, argument] {
    start(argument);
    return DWORD{0};
  };
  const std::uintptr_t handle = Begin(body, stack_size, thread);
  if (handle == 0) return Refuse(EAGAIN, kNoThread);
  thread->CloseAtEnd(reinterpret_cast<HANDLE>(handle));  // NOLINT(performance-no-int-to-ptr): handles are numbers
  thread->Resume();
  return handle;
}

std::uintptr_t _beginthreadex(void* /*security*/, unsigned stack_size, _beginthreadex_proc_type start, void* argument,
                              unsigned flags, unsigned* id) {
  if (start == nullptr || (flags & ~unsigned{CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION}) != 0) {
    return Refuse(EINVAL, 0);
  }
  std::shared_ptr<ThreadObject> thread;
  const std::uintptr_t handle = Begin([start, argument] { return DWORD{start(argument)}; }, stack_size, thread);
  if (handle == 0) return Refuse(EAGAIN, 0);
  if (id != nullptr) *id = static_cast<unsigned>(thread->id());
  if ((flags & CREATE_SUSPENDED) == 0) thread->Resume();
  return handle;
}

void _endthread() { ExitThread(0); }

void _endthreadex(unsigned exit_code) { ExitThread(exit_code); }
