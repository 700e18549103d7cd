// Win32_DiskDrive, Win32_DiskPartition, Win32_CDROMDrive and which partition lies on which drive: from /sys and udev.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/snapshot_provider.h"
#include "providers/linux/storage/block_devices.h"

namespace wmi::linuxos {

struct DriveView : ViewBase {
  std::string path;  // "/dev/sda"
  std::string target;
  std::string host_name;
  std::optional<std::uint64_t> index;
  std::optional<std::uint64_t> sector_bytes;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> sectors;
  std::optional<std::uint64_t> partitions;
  std::optional<std::uint64_t> signature;
  std::optional<std::array<std::uint32_t, 4>> scsi;
  std::optional<bool> is_removable;
  std::optional<bool> is_read_only;
  std::optional<bool> has_medium;
  std::string model;
  std::string caption;
  std::string vendor;
  std::string revision;
  std::string serial;
  std::string state;
};

struct DiskDrive {
  using View = DriveView;
  static constexpr std::string_view kClass = "Win32_DiskDrive";
  static constexpr std::string_view kAbout =
      "One instance for each disk drive of `/sys/block`. Not listed: what is made of other storage or of memory "
      "(loop, device mapper, arrays, zram), optical drives, and the boot areas of eMMC. Key: `DeviceID`, the device "
      "file, such as `/dev/sda`. `Index` counts in the natural order of the names, so it may change when a drive is "
      "added; `SerialNumber` does not.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct OpticalView : DriveView {
  std::string mount_point;
  std::string medium_type;
  std::string label;
  std::string uuid;
  std::optional<bool> writes;
};

struct CdromDrive {
  using View = OpticalView;
  static constexpr std::string_view kClass = "Win32_CDROMDrive";
  static constexpr std::string_view kAbout =
      "One instance for each optical drive (`sr`). Key: `DeviceID`, the device file, such as `/dev/sr0`. What is in "
      "the drive is told by the database of udev; without it those properties are NULL.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct PartitionView : ViewBase {
  std::string path;  // "/dev/sda1"
  std::string caption;
  std::string host_name;
  std::string type;
  std::optional<std::uint64_t> disk_index;
  std::optional<std::uint64_t> index;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> start;
  std::optional<std::uint64_t> block_bytes;
  std::optional<std::uint64_t> blocks;
  std::optional<std::uint64_t> access;
  std::optional<bool> is_primary;
  std::optional<bool> is_active;
};

struct DiskPartition {
  using View = PartitionView;
  static constexpr std::string_view kClass = "Win32_DiskPartition";
  static constexpr std::string_view kAbout =
      "One instance for each partition of the drives of `Win32_DiskDrive`. Key: `DeviceID`, the device file, such as "
      "`/dev/sda1`. A file system on a drive without partitions has none.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct TwoEndsView : ViewBase {
  std::string antecedent;
  std::string dependent;
  std::optional<std::uint64_t> start;
  std::optional<std::uint64_t> end;
};

struct DriveToPartition {
  using View = TwoEndsView;
  static constexpr std::string_view kClass = "Win32_DiskDriveToDiskPartition";
  static constexpr std::string_view kAbout = "One instance for each partition: the drive that it lies on.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
