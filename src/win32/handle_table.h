// Handles: the numbers by which programs name objects of this process. One table holds them all, whatever their kind.
//
// A new kind of object derives from HandleObject (from Waitable in sync/waitable.h if programs wait for it), is given
// to the program with OpenHandle(), and is found again with FindObjectAs<Kind>(). CloseHandle and DuplicateHandle work
// for every kind.
#pragma once

#include <windef.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "base/mutex.h"

namespace wmi::win32 {

// What a handle names. Held by the table and, for the length of a call, by whoever uses it; the destructor runs with no
// lock of the table held, on the thread that dropped the last reference.
class HandleObject {
 public:
  HandleObject() = default;
  virtual ~HandleObject() = default;
  HandleObject(const HandleObject&) = delete;
  HandleObject& operator=(const HandleObject&) = delete;
};

// Safe from several threads. Values are 4, 8, 12, …; one that was closed is used again only after at least
// kReuseDelay others were closed, so that a handle that is closed twice is seldom somebody else's.
class HandleTable {
 public:
  static constexpr std::size_t kCountMax = std::size_t{1} << 24;  // as on Windows
  static constexpr std::size_t kReuseDelay = 64;

  explicit HandleTable(std::size_t count_max = kCountMax) : count_max_(count_max) {}
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;

  // The table of the process. Never destroyed: threads may outlive main().
  static HandleTable& Process();

  // A new handle, or null when the table is full. `object` is not null.
  HANDLE Insert(std::shared_ptr<HandleObject> object);
  // Null for what is not an open handle.
  std::shared_ptr<HandleObject> Find(HANDLE handle) const;
  // False for what is not an open handle. Of several threads that close one handle, one gets true.
  bool Close(HANDLE handle);

 private:
  mutable Mutex mutex_;
  const std::size_t count_max_;
  std::vector<std::shared_ptr<HandleObject>> slots_ WMI_GUARDED_BY(mutex_);
  std::deque<std::size_t> free_ WMI_GUARDED_BY(mutex_);  // the longest closed one first
};

// A new handle in the table of the process; null with the last error set when there is no place.
HANDLE OpenHandle(std::shared_ptr<HandleObject> object);

// The object behind `handle`, the pseudo handles of GetCurrentProcess and GetCurrentThread included; null for what is
// not a handle. The last error stays as it is.
std::shared_ptr<HandleObject> FindObject(HANDLE handle);

// The same if it is a `Kind`; otherwise null and the last error is ERROR_INVALID_HANDLE.
void SetInvalidHandle();
template <typename Kind>
std::shared_ptr<Kind> FindObjectAs(HANDLE handle) {
  std::shared_ptr<Kind> object = std::dynamic_pointer_cast<Kind>(FindObject(handle));
  if (object == nullptr) SetInvalidHandle();
  return object;
}

}  // namespace wmi::win32
