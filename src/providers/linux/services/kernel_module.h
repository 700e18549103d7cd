// Win32_SystemDriver: the modules of the kernel.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct KernelModule {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t users = 0;
  bool is_permanent = false;
  std::string state;  // "Live", "Loading", "Unloading"
};

// /proc/modules; malformed lines are left out, at most 16,384.
std::vector<KernelModule> ParseModules(std::string_view text);

struct SystemDriverView : ViewBase {
  KernelModule module;
  std::string file;  // below the folder of the kernel's modules: "kernel/fs/fuse/fuse.ko.zst"
  std::string folder;
  std::string host_name;
};

struct SystemDriver {
  using View = SystemDriverView;
  static constexpr std::string_view kClass = "Win32_SystemDriver";
  static constexpr std::string_view kAbout =
      "One instance for each module that is loaded into the kernel; drivers that are built into it are not listed.";

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
