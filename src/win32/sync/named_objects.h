// The names of events, mutexes and semaphores: known in this process only (the manual is in <synchapi.h>).
#pragma once

#include <windef.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "win32/abi_guard.h"
#include "win32/handle_table.h"

namespace wmi::win32 {

// From a name to its object, as long as that lives. Safe from several threads.
class NamedObjects {
 public:
  // Those of the process; never destroyed.
  static NamedObjects& Process();

  // The object called `name`, or `candidate`, which has that name from now on.
  std::shared_ptr<HandleObject> FindOrAdd(const std::wstring& name, const std::shared_ptr<HandleObject>& candidate);

 private:
  void DropDead() WMI_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<std::wstring, std::weak_ptr<HandleObject>, std::less<>> objects_ WMI_GUARDED_BY(mutex_);
  std::size_t sweep_at_ WMI_GUARDED_BY(mutex_) = 64;  // dead names go when there are that many
};

// The name without "Local\". An error number for a name that is not valid.
DWORD CheckName(std::wstring_view name, std::wstring& stripped);

// A handle for a new object of kind `Kind` made of `arguments`, or for the one that is called `name` already; the last
// error tells which. Null on failure.
template <typename Kind, typename... Arguments>
HANDLE CreateObject(LPCWSTR name, Arguments... arguments) {
  return Guarded<HANDLE>(nullptr, [&]() -> HANDLE {
    std::wstring stripped;
    const DWORD fault = CheckName(name == nullptr ? L"" : name, stripped);
    if (fault != ERROR_SUCCESS) return Fail<HANDLE>(fault, nullptr);
    std::shared_ptr<HandleObject> made = std::make_shared<Kind>(arguments...);
    std::shared_ptr<HandleObject> object = stripped.empty() ? made : NamedObjects::Process().FindOrAdd(stripped, made);
    if (dynamic_cast<Kind*>(object.get()) == nullptr) return Fail<HANDLE>(ERROR_INVALID_HANDLE, nullptr);
    const DWORD news = object == made ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS;
    HANDLE handle = OpenHandle(std::move(object));
    if (handle != nullptr) SetLastError(news);
    return handle;
  });
}

}  // namespace wmi::win32
