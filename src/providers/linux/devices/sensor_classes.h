// Batteries, fans and temperatures. Their drivers may talk to a slow controller: the reading is guarded by a deadline.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct BatteryView : ViewBase {
  std::string device_id;
  std::string host_name;
  std::string uevent;  // all figures of the battery, a line each
};

struct Battery {
  using View = BatteryView;
  static constexpr std::string_view kClass = "Win32_Battery";
  static constexpr std::string_view kAbout =
      "One instance for each battery that feeds the machine; those of mice and other devices are left out.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// A sensor of the folder hwmon.
struct SensorView : ViewBase {
  std::string device_id;  // "hwmon2/fan1"
  std::string host_name;
  std::string name;
  std::optional<bool> has_fault;
  std::optional<std::int64_t> reading;  // tenths of a degree; fans have none in their class
  std::optional<std::uint64_t> target;
  std::optional<bool> is_variable;
  std::optional<std::int64_t> low;
  std::optional<std::int64_t> low_critical;
  std::optional<std::int64_t> high;
  std::optional<std::int64_t> high_critical;
  std::optional<std::int64_t> high_fatal;
};

struct Fan {
  using View = SensorView;
  static constexpr std::string_view kClass = "Win32_Fan";
  static constexpr std::string_view kAbout = "One instance for each fan of `/sys/class/hwmon`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct TemperatureProbe {
  using View = SensorView;
  static constexpr std::string_view kClass = "Win32_TemperatureProbe";
  static constexpr std::string_view kAbout = "One instance for each temperature of `/sys/class/hwmon`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
