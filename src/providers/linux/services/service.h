// Win32_Service: the service units of systemd.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/services/systemd.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct ServiceView : ViewBase {
  Unit unit;
  std::string host_name;
  std::string freezer;  // "running", "frozen", …; empty when it is not known
  BusValue properties;  // a dictionary; empty when it was not asked for
};

struct Service {
  using View = ServiceView;
  static constexpr std::string_view kClass = "Win32_Service";
  static constexpr std::string_view kAbout =
      "One instance for each service unit of systemd that is loaded or has a unit file; second names, templates and "
      "units that others only name are left out. Without systemd there is none, and the call says so. `PutInstance` "
      "writes `State`: "
      "`Running`, `Stopped` or `Paused` asks systemd for it; another value that differs is refused as read-only, and "
      "the "
      "error names the method that changes it.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
  static std::span<const MethodRow> Methods();
  // Writes State; kReadOnly for what differs otherwise.
  static Result<std::string> Put(const Machine& machine, const provider::PutRequest& request);
};

// "Running", "Stopped", "Start Pending", …: what the states of systemd are called in Win32_Service.
std::string_view ServiceState(const Unit& unit, std::string_view freezer);
// "Auto", "Manual", "Disabled", or empty when the state of the unit file does not tell.
std::string_view ServiceStartMode(std::string_view file_state);

// The unit whose name is `name` without ".service", in any case. Failure: kNotFound, or why systemd did not tell.
Result<Unit> FindService(const Machine& machine, const std::string& name);

// The state of the freezer of a running unit; empty when systemd does not tell.
std::string FreezerOf(const Machine& machine, const Unit& unit);

}  // namespace wmi::linuxos
