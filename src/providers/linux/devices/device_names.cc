#include "providers/linux/devices/device_names.h"

#include <systemd/sd-hwdb.h>

#include <memory>

namespace wmi::linuxos {
namespace {

std::string ValueOf(sd_hwdb* database, const std::string& alias, const char* key) {
  const char* value = nullptr;
  if (::sd_hwdb_get(database, alias.c_str(), key, &value) < 0 || value == nullptr) return {};
  return value;
}

}  // namespace

std::vector<DeviceName> DeviceNames::Find(const std::vector<std::string>& aliases) {
  std::vector<DeviceName> names(aliases.size());
  sd_hwdb* opened = nullptr;
  if (aliases.empty() || ::sd_hwdb_new(&opened) < 0) return names;
  const std::unique_ptr<sd_hwdb, decltype(&::sd_hwdb_unref)> database(opened, &::sd_hwdb_unref);
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    if (aliases[i].empty()) continue;
    names[i].vendor = ValueOf(opened, aliases[i], "ID_VENDOR_FROM_DATABASE");
    names[i].model = ValueOf(opened, aliases[i], "ID_MODEL_FROM_DATABASE");
  }
  return names;
}

DeviceNames& DeviceNames::Real() {
  static auto* const names = new DeviceNames;
  return *names;
}

}  // namespace wmi::linuxos
