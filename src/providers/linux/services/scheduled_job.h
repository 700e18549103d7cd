// Win32_ScheduledJob: the timers of systemd.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/services/systemd.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct ScheduledJobView : ViewBase {
  Unit unit;
  std::uint32_t id = 0;
  BusValue timer;    // properties of the timer
  BusValue service;  // properties of what it starts
};

struct ScheduledJob {
  using View = ScheduledJobView;
  static constexpr std::string_view kClass = "Win32_ScheduledJob";
  static constexpr std::string_view kAbout =
      "One instance for each timer of systemd that is active. Without systemd there is none, and the call says so.";
  static constexpr bool kMayBlock = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The number that stands for a timer: the same on every machine and at every start.
std::uint32_t JobIdOf(std::string_view unit_name);

}  // namespace wmi::linuxos
