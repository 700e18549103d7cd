// OpenKeys: what the HKEYs of this process stand for; and the registry that is theirs.
#pragma once

#include <winreg.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "win32/error_code.h"
#include "win32/registry/key_name.h"
#include "win32/registry/store.h"

namespace wmi::win32 {

// The registry of the user, where the environment says now (winreg.h): ERROR_BAD_PATHNAME when it says nothing.
// In a program that runs with more rights than its caller (set-uid) the environment does not count, only the home
// folder of the user database.
ErrorCode UserRegistryRoot(std::string& root);
RegistryStore RegistryAt(std::string root);

// A key that a program has opened. Immutable.
struct OpenKey {
  KeyPath path;
  REGSAM rights = 0;
};

// Safe from several threads. A handle is not used twice.
class OpenKeys {
 public:
  // That of the process; never destroyed.
  static OpenKeys& Process();

  // ERROR_NO_SYSTEM_RESOURCES when limits::kRegistryOpenKeysMax are open.
  ErrorCode Insert(OpenKey key, HKEY& handle);
  // Predefined keys are there always. ERROR_INVALID_HANDLE.
  ErrorCode Find(HKEY handle, std::shared_ptr<const OpenKey>& key) const;
  ErrorCode Close(HKEY handle);

 private:
  mutable Mutex mutex_;
  std::map<std::uintptr_t, std::shared_ptr<const OpenKey>> keys_ WMI_GUARDED_BY(mutex_);
  std::uintptr_t last_ WMI_GUARDED_BY(mutex_) = 0;
};

}  // namespace wmi::win32
