#include "win32/sync/named_objects.h"

#include <winerror.h>

#include <algorithm>

namespace wmi::win32 {

NamedObjects& NamedObjects::Process() {
  static auto* const objects = new NamedObjects;
  return *objects;
}

std::shared_ptr<HandleObject> NamedObjects::FindOrAdd(const std::wstring& name,
                                                      const std::shared_ptr<HandleObject>& candidate) {
  MutexLock lock(mutex_);
  if (objects_.size() >= sweep_at_) DropDead();
  std::weak_ptr<HandleObject>& entry = objects_[name];
  if (std::shared_ptr<HandleObject> known = entry.lock()) return known;
  entry = candidate;
  return candidate;
}

void NamedObjects::DropDead() {
  std::erase_if(objects_, [](const auto& entry) { return entry.second.expired(); });
  sweep_at_ = std::max<std::size_t>(64, 2 * objects_.size());
}

DWORD CheckName(std::wstring_view name, std::wstring& stripped) {
  constexpr std::wstring_view kLocal = L"Local\\";
  constexpr std::wstring_view kGlobal = L"Global\\";
  if (name.size() > MAX_PATH) return ERROR_FILENAME_EXCED_RANGE;
  if (name.starts_with(kLocal)) name.remove_prefix(kLocal.size());
  const std::wstring_view rest = name.starts_with(kGlobal) ? name.substr(kGlobal.size()) : name;
  if (rest.find(L'\\') != std::wstring_view::npos) return ERROR_PATH_NOT_FOUND;
  stripped = name;
  return ERROR_SUCCESS;
}

}  // namespace wmi::win32
