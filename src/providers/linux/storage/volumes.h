// Win32_Volume, Win32_MountPoint and Win32_LogicalDiskToPartition: file systems on devices, and where they are mounted.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/mounts.h"
#include "providers/linux/snapshot_provider.h"
#include "providers/linux/storage/drives.h"

namespace wmi::linuxos {

struct VolumeView : ViewBase {
  std::string id;             // "/dev/sda1", or the name of a pool's data set
  std::string name;           // mount point, or else the id
  std::string device;         // the kernel's name; empty for a pool
  std::vector<Mount> mounts;  // the first stands for the volume; none when it is not mounted
  std::string file_system;
  std::string label;
  std::string uuid;
  std::string host_name;
  DriveType drive_type = DriveType::kUnknown;
  SpaceInfo space;
  std::optional<bool> is_dirty;
  std::optional<bool> has_page_file;
  std::optional<bool> is_boot;
  std::optional<bool> is_system;
  bool is_mounted() const { return !mounts.empty(); }
};

// DeviceID of the volume that a mount shows; nothing when it shows none: a file server, or what the kernel makes up.
std::optional<std::string> VolumeIdOf(const Machine& machine, const Mount& mount);

struct Volume {
  using View = VolumeView;
  static constexpr std::string_view kClass = "Win32_Volume";
  static constexpr std::string_view kAbout =
      "One instance for each file system on a device of this machine, mounted or not, and for each mounted data set of "
      "ZFS. Those that are not mounted are known from the database of udev. Key: `DeviceID`, the device file "
      "(`/dev/sda1`, `/dev/mapper/vg-home`) or the name of the data set; it needs no mount point and stays the same "
      "when the volume is mounted elsewhere. File servers and what the kernel makes up are no volumes; the former are "
      "instances of `Win32_LogicalDisk`. A volume may be mounted several times, see `Win32_MountPoint`.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
  static std::span<const MethodRow> Methods();
};

struct MountPoint {
  using View = TwoEndsView;
  static constexpr std::string_view kClass = "Win32_MountPoint";
  static constexpr std::string_view kAbout =
      "One instance for each folder that a volume is mounted on, bind mounts included.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct DiskToPartition {
  using View = TwoEndsView;
  static constexpr std::string_view kClass = "Win32_LogicalDiskToPartition";
  static constexpr std::string_view kAbout =
      "One instance for each mounted disk and each partition that it lies on, through mappings and arrays too. A file "
      "system on a drive without partitions has none.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
