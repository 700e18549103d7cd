// Linux_SystemdUnit: the units that systemd has loaded, and the unit files that it could.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct LinuxSystemdUnitView : ViewBase {
  std::string name;
  bool is_loaded = false;
  std::string description;
  std::string load_state;
  std::string active_state;
  std::string sub_state;
  std::string following;
  std::string object_path;
  std::uint64_t job_id = 0;
  std::string job_type;
  std::string file_path;
  std::string file_state;
};

struct LinuxSystemdUnit {
  using View = LinuxSystemdUnitView;
  static constexpr std::string_view kClass = "Linux_SystemdUnit";
  static constexpr std::string_view kAbout =
      "One instance for each unit of the system's systemd, of every type: those that it has loaded, and those of which "
      "there is only a file. Without systemd there is none, and the answer says why.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
