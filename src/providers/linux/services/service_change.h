// What Win32_Service.Change sets, kept in a drop-in file of its own,
// /etc/systemd/system/NAME.service.d/50-openwmi.conf: the file of the unit is its packager's (systemd.unit(5)).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/services/service_requests.h"

namespace wmi::linuxos {

// What is to be another; what is not set stays. All of it was checked. A value.
struct ServiceChanges {
  std::optional<std::string> description;
  std::vector<std::string> command;  // empty: stays
  std::optional<std::string> user;
  std::optional<std::vector<std::string>> needed;  // names of units
  std::optional<std::string> mode;

  bool HasSettings() const { return description || !command.empty() || user || needed; }
};

// "/etc/systemd/system/NAME".
std::string UnitFilePath(const Machine& machine, std::string_view unit_name);

// Writes the changes and has systemd read them; all of them or none.
ServiceReturn ChangeUnit(const Machine& machine, const Unit& unit, const ServiceChanges& changes);
// Forgets what was changed; nothing when nothing was.
void RemoveChanges(const Machine& machine, std::string_view unit_name);

}  // namespace wmi::linuxos
