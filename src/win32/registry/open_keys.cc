#include "win32/registry/open_keys.h"

#include <unistd.h>

#include <utility>

#include "base/limits.h"
#include "base/state_folder.h"

namespace wmi::win32 {
namespace {

constexpr std::uintptr_t kStep = 4;  // handles are multiples of four, as on Windows
constexpr REGSAM kAllRights = KEY_ALL_ACCESS;

std::string UserSid() { return "S-1-22-1-" + std::to_string(geteuid()); }

// Empty for a handle that is not predefined.
KeyPath PredefinedPath(HKEY handle) {
  // NOLINTBEGIN(performance-no-int-to-ptr): predefined keys are numbers
  if (handle == HKEY_LOCAL_MACHINE) return {"HKEY_LOCAL_MACHINE"};
  if (handle == HKEY_CLASSES_ROOT) return {"HKEY_LOCAL_MACHINE", "SOFTWARE", "Classes"};
  if (handle == HKEY_USERS) return {"HKEY_USERS"};
  if (handle == HKEY_CURRENT_USER) return {"HKEY_USERS", UserSid()};
  // NOLINTEND(performance-no-int-to-ptr)
  return {};
}

}  // namespace

ErrorCode UserRegistryRoot(std::string& root) {
  root = StateFolder("OPENWMI_REGISTRY", "registry");
  return root.empty() ? ERROR_BAD_PATHNAME : ERROR_SUCCESS;
}

RegistryStore RegistryAt(std::string root) {
  return RegistryStore(std::move(root), {{"HKEY_LOCAL_MACHINE"},
                                         {"HKEY_LOCAL_MACHINE", "SOFTWARE"},
                                         {"HKEY_LOCAL_MACHINE", "SOFTWARE", "Classes"},
                                         {"HKEY_LOCAL_MACHINE", "SOFTWARE", "Classes", "CLSID"},
                                         {"HKEY_USERS"},
                                         {"HKEY_USERS", UserSid()},
                                         {"HKEY_USERS", UserSid(), "SOFTWARE"}});
}

OpenKeys& OpenKeys::Process() {
  static auto* const keys = new OpenKeys;
  return *keys;
}

ErrorCode OpenKeys::Insert(OpenKey key, HKEY& handle) {
  auto shared = std::make_shared<const OpenKey>(std::move(key));
  MutexLock lock(mutex_);
  if (keys_.size() >= limits::kRegistryOpenKeysMax) return ERROR_NO_SYSTEM_RESOURCES;
  last_ += kStep;
  keys_.emplace(last_, std::move(shared));
  handle = reinterpret_cast<HKEY>(last_);  // NOLINT(performance-no-int-to-ptr): handles are numbers
  return ERROR_SUCCESS;
}

ErrorCode OpenKeys::Find(HKEY handle, std::shared_ptr<const OpenKey>& key) const {
  if (KeyPath predefined = PredefinedPath(handle); !predefined.empty()) {
    key = std::make_shared<const OpenKey>(OpenKey{std::move(predefined), kAllRights});
    return ERROR_SUCCESS;
  }
  MutexLock lock(mutex_);
  const auto found = keys_.find(reinterpret_cast<std::uintptr_t>(handle));
  if (found == keys_.end()) return ERROR_INVALID_HANDLE;
  key = found->second;
  return ERROR_SUCCESS;
}

ErrorCode OpenKeys::Close(HKEY handle) {
  if (!PredefinedPath(handle).empty()) return ERROR_SUCCESS;
  MutexLock lock(mutex_);
  return keys_.erase(reinterpret_cast<std::uintptr_t>(handle)) == 1 ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

}  // namespace wmi::win32
