// Which mounts are logical disks: file systems on a block device, pools that bring their own devices, file servers, and
// whatever is mounted on /. Not: what the kernel makes up (proc, sysfs, tmpfs, cgroup, overlays of containers).
#pragma once

#include <vector>

#include "providers/linux/host.h"
#include "providers/linux/mounts.h"

namespace wmi::linuxos {

// CIM's numbers for Win32_LogicalDisk.DriveType.
enum class DriveType : std::uint32_t {
  kUnknown = 0,
  kRemovable = 2,
  kLocal = 3,
  kNetwork = 4,
  kCompactDisc = 5,
  kRam = 6,
};

bool IsNetworkFileSystem(std::string_view file_system);

// The mounts that are disks, in the order of the table. A mount that shows a part of what another disk shows (a bind
// mount) is not a disk of its own; subvolumes that are mounted side by side are.
std::vector<Mount> SelectDisks(const Machine& machine);

}  // namespace wmi::linuxos
