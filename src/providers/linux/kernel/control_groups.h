// Linux_Cgroup and Linux_Container: the control groups of the machine, and the containers that their names tell of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

using CgroupFigures = std::map<std::string, std::uint64_t, std::less<>>;

struct LinuxCgroupView : ViewBase {
  std::string path;  // "/system.slice/ssh.service"
  std::string type;
  std::vector<std::string> controllers;
  std::vector<std::string> enabled_controllers;
  std::optional<std::uint64_t> process_count;
  CgroupFigures events;
  CgroupFigures stat;
  CgroupFigures cpu;
  CgroupFigures memory;
  CgroupFigures memory_events;
  CgroupFigures io;     // sums over all devices
  CgroupFigures files;  // by the name of the file: those of one number
  std::optional<std::uint64_t> cpu_quota;
  std::optional<std::uint64_t> cpu_period;
  bool has_io = false;
};

struct LinuxCgroup {
  using View = LinuxCgroupView;
  static constexpr std::string_view kClass = "Linux_Cgroup";
  static constexpr std::string_view kAbout =
      "One instance for each control group of version 2 below where it is mounted. Figures of a controller that is not "
      "switched on for the group are NULL. Where controllers are still of version 1 their figures are NULL; where all "
      "is of version 1 there is no instance, and the answer says why.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The sums over all devices of io.stat: "rbytes", "wbytes", "rios", "wios".
CgroupFigures ParseIoStat(std::string_view text);

// A container as the path of a control group names it; nothing when it names none.
struct ContainerName {
  std::string engine;  // "docker", "podman", …
  std::string id;
  std::string path;  // of the group of the container itself
};
std::optional<ContainerName> ContainerOf(std::string_view cgroup_path);

struct LinuxContainerView : ViewBase {
  ContainerName name;
  std::uint64_t process_count = 0;
  std::uint64_t first_process_id = 0;
};

struct LinuxContainer {
  using View = LinuxContainerView;
  static constexpr std::string_view kClass = "Linux_Container";
  static constexpr std::string_view kAbout =
      "One instance for each container that has a process, told by the name of the control group that its engine made. "
      "No engine is asked, so names, images and containers that are stopped are not known, nor those of engines that "
      "name their groups in another way. Inside a container there is nothing to see.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
