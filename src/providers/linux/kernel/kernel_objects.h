// Linux_Mount, Linux_KernelModule, Linux_Namespace and Linux_PressureStall: tables of the kernel that fit in a few
// files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/mounts.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct LinuxMountView : ViewBase {
  Mount mount;
};

struct LinuxMount {
  using View = LinuxMountView;
  static constexpr std::string_view kClass = "Linux_Mount";
  static constexpr std::string_view kAbout =
      "One instance for each mount that the program sees, also those that another one covers. The mount table is read "
      "and nothing else: no file system is asked, so a dead server does not matter.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// A line of /proc/modules.
struct LoadedModule {
  std::string name;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> use_count;
  std::vector<std::string> used_by;
  std::string state;  // "Live"
};
std::optional<LoadedModule> ParseModule(std::string_view line);

struct LinuxKernelModuleView : ViewBase {
  LoadedModule module;
  bool is_loaded = false;
  std::string version;
  std::string source_version;
  std::string taint;
  std::vector<std::string> parameters;  // "name=value"
};

struct LinuxKernelModule {
  using View = LinuxKernelModuleView;
  static constexpr std::string_view kClass = "Linux_KernelModule";
  static constexpr std::string_view kAbout =
      "One instance for each module that is loaded, and for each one built into the kernel that `/sys/module` shows: "
      "those with parameters, a version or drivers. Names compare exactly first and without case second, because names "
      "of modules may differ in case only.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct LinuxNamespaceView : ViewBase {
  std::uint64_t inode = 0;
  std::string type;
  std::uint64_t process_count = 0;
  std::uint64_t first_process_id = 0;
};

// "net:[4026531840]", as the links of /proc/PID/ns say it.
struct NamespaceLink {
  std::string_view type;
  std::uint64_t inode = 0;
};
std::optional<NamespaceLink> ParseNamespaceLink(std::string_view text);

struct LinuxNamespace {
  using View = LinuxNamespaceView;
  static constexpr std::string_view kClass = "Linux_Namespace";
  static constexpr std::string_view kAbout =
      "One instance for each namespace that a process is in. Namespaces that only an open file or a mount keeps alive "
      "are not seen. Processes of other users do not show theirs: the answer is then partial and says so.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The file of one resource in /proc/pressure; what the kernel does not write is not set.
struct Pressure {
  struct Line {
    std::optional<double> average10;
    std::optional<double> average60;
    std::optional<double> average300;
    std::optional<std::uint64_t> total;
  };
  Line some;
  Line full;
};
Pressure ParsePressure(std::string_view text);

struct LinuxPressureStallView : ViewBase {
  std::string resource;
  Pressure pressure;
};

struct LinuxPressureStall {
  using View = LinuxPressureStallView;
  static constexpr std::string_view kClass = "Linux_PressureStall";
  static constexpr std::string_view kAbout =
      "One instance for each resource of which the kernel measures how long tasks wait for it. None when the kernel "
      "was "
      "built or started without it (`psi=0`).";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
