// Win32_ComputerSystem from DMI, device tree, ACPI, /proc and /sys: one instance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct ComputerSystemView : ViewBase {
  std::string host_name;
  std::optional<std::uint64_t> memory_kilobytes;
  std::vector<CpuPackage> packages;
  std::string vendor;
  std::string product;
  std::string family;
  std::string sku;
  std::optional<std::uint64_t> power_profile;
  std::optional<bool> hypervisor;
  std::optional<std::int64_t> panic_seconds;
  std::string kernel_arguments;
  std::string architecture;
  std::string console_user;
};

// Short reads of regular files and kernel text only.
struct ComputerSystem {
  using View = ComputerSystemView;
  static constexpr std::string_view kClass = "Win32_ComputerSystem";
  static constexpr std::string_view kAbout =
      "One instance; its key is the host name. Texts of the firmware are reported as the maker left them, blanks at "
      "the "
      "ends taken off: a placeholder such as \"To Be Filled By O.E.M.\" is what the firmware says, and so is what is "
      "shown. Machines without DMI tables, many virtual ones among them, have none.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
