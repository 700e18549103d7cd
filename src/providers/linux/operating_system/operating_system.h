// Win32_OperatingSystem from /proc, os-release and the system's settings: the only instance of its class. Its methods
// go to the login manager.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/locale_codes.h"
#include "providers/linux/mounts.h"
#include "providers/linux/sessions.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct OperatingSystemView : ViewBase {
  std::string os_release;
  std::string meminfo;
  std::string host_name;
  std::string kernel_release;
  std::string kernel_version;
  std::string architecture;
  std::optional<std::int64_t> boot_seconds;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> processes_max;
  std::optional<LoginSessions> sessions;
  SystemLocale locale;
  std::vector<Mount> mounts;
  std::string cpu_flags;
  bool has_cpu_flags = false;
  std::string pretty_host_name;
};

// Short reads of regular files and kernel text only.
struct OperatingSystem {
  using View = OperatingSystemView;
  static constexpr std::string_view kClass = "Win32_OperatingSystem";
  static constexpr std::string_view kAbout =
      "One instance, `Win32_OperatingSystem=@`: the kernel that runs and the distribution around it. Nothing here is "
      "denied to anybody. The methods go to systemd-logind, which asks polkit whether the caller may; a return value "
      "other than 0 is a system error code.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
  static std::span<const MethodRow> Methods();
};

}  // namespace wmi::linuxos
