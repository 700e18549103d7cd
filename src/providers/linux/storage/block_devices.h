// Block devices as sysfs and the database of udev show them: drives, their partitions, and what lies on what.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/host.h"

namespace wmi::linuxos {

// A disk drive. A value.
struct BlockDrive {
  std::string name;    // "sda"
  std::string target;  // where /sys/block/NAME points
  std::uint32_t index = 0;
};

// The drives in a natural order (sda, sdb, … sdaa), which gives them their index. Not among them: what is made of
// other storage or of memory (loop, dm, md, zram), optical and floppy drives, and the boot areas of eMMC.
std::vector<BlockDrive> ListDrives(const Machine& machine);
// Optical drives: sr0, sr1.
std::vector<BlockDrive> ListOpticalDrives(const Machine& machine);
// The names of the partitions of a drive, in the order of their numbers.
std::vector<std::string> ListPartitions(const Machine& machine, const std::string& drive);

// /dev/NAME; a device of the device mapper by the name that it was given: /dev/mapper/vg-home.
std::string DevicePath(const Machine& machine, const std::string& name);

// The properties of the database of udev for a device; empty without udev.
std::map<std::string, std::string> ReadUdev(const Machine& machine, const std::string& name);

// Attribute of /sys/class/block/NAME; empty when there is none.
std::string BlockText(const Machine& machine, const std::string& name, std::string_view attribute);
std::optional<std::uint64_t> BlockNumber(const Machine& machine, const std::string& name, std::string_view attribute);
// The kernel counts sizes and starts in units of 512 bytes, whatever the device has.
inline constexpr std::uint64_t kSectorBytes = 512;

// Host, channel, target and unit of a SCSI device.
std::optional<std::array<std::uint32_t, 4>> ScsiAddress(const Machine& machine, const std::string& name);
// The serial number that the device itself gives: an attribute, or page 80 of the vital product data of SCSI.
std::string BlockSerial(const Machine& machine, const std::string& name);

// The partitions that a device is or is made of, through mappings and arrays, each with its drive.
struct PartitionOfDrive {
  std::string partition;
  std::string drive;
};
std::vector<PartitionOfDrive> PartitionsBelow(const Machine& machine, const std::string& name);

// `Class.Key="value"` of one instance.
std::string InstancePath(std::string_view class_name, std::string_view key, std::string_view value);

}  // namespace wmi::linuxos
