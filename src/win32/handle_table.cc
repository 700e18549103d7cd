#include "win32/handle_table.h"

#include <handleapi.h>
#include <processthreadsapi.h>
#include <winerror.h>

#include <cstdint>
#include <utility>

#include "win32/abi_guard.h"
#include "win32/sync/thread_object.h"

namespace wmi::win32 {
namespace {

constexpr std::uintptr_t kStep = 4;

HANDLE HandleOf(std::size_t slot) {
  return reinterpret_cast<HANDLE>((slot + 1) * kStep);  // NOLINT(performance-no-int-to-ptr): handles are numbers
}

// A number past every slot for what cannot be a handle.
std::size_t SlotOf(HANDLE handle) {
  const auto value = reinterpret_cast<std::uintptr_t>(handle);
  return value == 0 || value % kStep != 0 ? SIZE_MAX : value / kStep - 1;
}

}  // namespace

HandleTable& HandleTable::Process() {
  static auto* const table = new HandleTable;
  return *table;
}

HANDLE HandleTable::Insert(std::shared_ptr<HandleObject> object) {
  MutexLock lock(mutex_);
  if (free_.size() > kReuseDelay || (slots_.size() == count_max_ && !free_.empty())) {
    const std::size_t slot = free_.front();
    free_.pop_front();
    slots_[slot] = std::move(object);
    return HandleOf(slot);
  }
  if (slots_.size() == count_max_) return nullptr;
  slots_.push_back(std::move(object));
  return HandleOf(slots_.size() - 1);
}

std::shared_ptr<HandleObject> HandleTable::Find(HANDLE handle) const {
  const std::size_t slot = SlotOf(handle);
  MutexLock lock(mutex_);
  return slot < slots_.size() ? slots_[slot] : nullptr;
}

bool HandleTable::Close(HANDLE handle) {
  const std::size_t slot = SlotOf(handle);
  std::shared_ptr<HandleObject> object;  // outlives the lock: its destructor may take others
  MutexLock lock(mutex_);
  if (slot >= slots_.size() || slots_[slot] == nullptr) return false;
  free_.push_back(slot);
  object = std::move(slots_[slot]);
  return true;
}

HANDLE OpenHandle(std::shared_ptr<HandleObject> object) {
  HANDLE handle = HandleTable::Process().Insert(std::move(object));
  if (handle == nullptr) SetLastError(ERROR_NO_SYSTEM_RESOURCES);
  return handle;
}

std::shared_ptr<HandleObject> FindObject(HANDLE handle) {
  if (handle == GetCurrentThread()) return CurrentThread();
  if (handle == GetCurrentProcess()) return CurrentProcess();
  return HandleTable::Process().Find(handle);
}

void SetInvalidHandle() { SetLastError(ERROR_INVALID_HANDLE); }

}  // namespace wmi::win32

using wmi::win32::Fail;

BOOL CloseHandle(HANDLE handle) {
  if (handle == GetCurrentThread() || handle == GetCurrentProcess()) return TRUE;
  return wmi::win32::Guarded(FALSE, [&] {
    return wmi::win32::HandleTable::Process().Close(handle) ? TRUE : Fail(ERROR_INVALID_HANDLE, FALSE);
  });
}

BOOL DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE* target, DWORD /*access*/,
                     BOOL /*inherit*/, DWORD options) {
  if (target != nullptr) *target = nullptr;
  if ((options & ~DWORD{DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS}) != 0) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  return wmi::win32::Guarded(FALSE, [&]() -> BOOL {
    using wmi::win32::FindObject;
    if (wmi::win32::FindObjectAs<wmi::win32::ProcessObject>(source_process) == nullptr) return FALSE;
    // Without a target the call only closes the source, and needs no target process.
    const bool copies = target != nullptr;
    if (copies && wmi::win32::FindObjectAs<wmi::win32::ProcessObject>(target_process) == nullptr) return FALSE;
    const std::shared_ptr<wmi::win32::HandleObject> object = FindObject(source);
    if (object == nullptr) return Fail(ERROR_INVALID_HANDLE, FALSE);
    HANDLE copy = copies ? wmi::win32::OpenHandle(object) : nullptr;
    if ((options & DUPLICATE_CLOSE_SOURCE) != 0) CloseHandle(source);
    if (!copies) return TRUE;
    *target = copy;
    return copy != nullptr ? TRUE : FALSE;
  });
}
