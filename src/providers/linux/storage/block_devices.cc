#include "providers/linux/storage/block_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "cim/object_path.h"
#include "providers/linux/logical_disk/disk_facts.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kDevicesMax = 65'536;
constexpr std::size_t kPartitionsMax = 4096;
constexpr std::size_t kUdevBytesMax = 256u << 10;
// Mappings on arrays on mappings: more levels than anybody builds.
constexpr int kLevelsMax = 16;

constexpr std::string_view kNoDrives[] = {"loop", "ram", "zram", "dm-", "md", "nbd", "sr", "fd"};

bool IsDrive(const BlockDrive& device) {
  if (device.target.find("/virtual/block/") != std::string::npos) return false;
  for (const std::string_view prefix : kNoDrives) {
    if (device.name.starts_with(prefix)) return false;
  }
  // Paths to a drive that the kernel shows as one (nvme0c1n1), and the boot areas of eMMC (mmcblk0boot1).
  if (device.name.starts_with("nvme") && device.name.find('c') != std::string::npos) return false;
  return !(device.name.starts_with("mmcblk") && device.name.find("boot") != std::string::npos);
}

bool ComesBefore(const std::string& a, const std::string& b) {
  const int kind = a.compare(0, 2, b, 0, 2);
  if (kind != 0) return kind < 0;
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

template <typename Keep>
std::vector<BlockDrive> ListDevices(const Machine& machine, Keep keep) {
  std::vector<std::string> names;
  const std::string folder = machine.root.sys + "/block";
  std::vector<BlockDrive> drives;
  if (machine.files->List(kNoDirectory, folder.c_str(), kDevicesMax, names) != 0) return drives;
  std::sort(names.begin(), names.end(), ComesBefore);
  for (std::string& name : names) {
    BlockDrive drive;
    drive.target = LinkTarget(*machine.files, fmt::format("{}/{}", folder, name));
    drive.name = std::move(name);
    if (!keep(drive)) continue;
    drive.index = static_cast<std::uint32_t>(drives.size());
    drives.push_back(std::move(drive));
  }
  return drives;
}

// The last but one part of where a partition's link points: ".../block/sda/sda1".
std::string ParentOf(const Machine& machine, const std::string& name) {
  const std::string target = LinkTarget(*machine.files, fmt::format("{}/class/block/{}", machine.root.sys, name));
  const std::size_t slash = target.rfind('/');
  return slash == std::string::npos ? std::string() : std::string(LastPart(std::string_view(target).substr(0, slash)));
}

void AddPartitionsBelow(const Machine& machine, const std::string& name, int level,
                        std::vector<PartitionOfDrive>& found) {
  if (level > kLevelsMax || found.size() >= kPartitionsMax) return;
  if (!BlockText(machine, name, "partition").empty()) {
    found.push_back({name, ParentOf(machine, name)});
    return;
  }
  std::vector<std::string> slaves;
  const std::string folder = fmt::format("{}/class/block/{}/slaves", machine.root.sys, name);
  if (machine.files->List(kNoDirectory, folder.c_str(), kPartitionsMax, slaves) != 0) return;
  std::sort(slaves.begin(), slaves.end());
  for (const std::string& slave : slaves) AddPartitionsBelow(machine, slave, level + 1, found);
}

}  // namespace

std::vector<BlockDrive> ListDrives(const Machine& machine) { return ListDevices(machine, IsDrive); }

std::vector<BlockDrive> ListOpticalDrives(const Machine& machine) {
  return ListDevices(machine, [](const BlockDrive& drive) { return drive.name.starts_with("sr"); });
}

std::vector<std::string> ListPartitions(const Machine& machine, const std::string& drive) {
  std::vector<std::string> names;
  const std::string folder = fmt::format("{}/class/block/{}", machine.root.sys, drive);
  if (machine.files->List(kNoDirectory, folder.c_str(), kPartitionsMax, names) != 0) return {};
  std::erase_if(names, [&](const std::string& name) {
    return !name.starts_with(drive) || BlockText(machine, name, "partition").empty();
  });
  std::sort(names.begin(), names.end(), ComesBefore);
  return names;
}

std::string DevicePath(const Machine& machine, const std::string& name) {
  if (name.starts_with("dm-")) {
    const std::string given = BlockText(machine, name, "dm/name");
    if (!given.empty()) return "/dev/mapper/" + given;
  }
  // The kernel writes a slash in a name as an exclamation mark (cciss!c0d0).
  std::string path = "/dev/" + name;
  std::replace(path.begin(), path.end(), '!', '/');
  return path;
}

std::map<std::string, std::string> ReadUdev(const Machine& machine, const std::string& name) {
  std::map<std::string, std::string> properties;
  const std::string number = BlockText(machine, name, "dev");
  if (number.empty()) return properties;
  const std::string text =
      ReadText(*machine.files, fmt::format("{}/udev/data/b{}", machine.root.run, number), kUdevBytesMax);
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    const std::size_t equals = line.find('=');
    if (!line.starts_with("E:") || equals == std::string_view::npos) continue;
    properties.emplace(line.substr(2, equals - 2), line.substr(equals + 1));
  }
  return properties;
}

std::string BlockText(const Machine& machine, const std::string& name, std::string_view attribute) {
  return ReadLine(*machine.files, fmt::format("{}/class/block/{}/{}", machine.root.sys, name, attribute));
}

std::optional<std::uint64_t> BlockNumber(const Machine& machine, const std::string& name, std::string_view attribute) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(BlockText(machine, name, attribute), number)) return std::nullopt;
  return number;
}

std::optional<std::array<std::uint32_t, 4>> ScsiAddress(const Machine& machine, const std::string& name) {
  const std::string target =
      LinkTarget(*machine.files, fmt::format("{}/class/block/{}/device", machine.root.sys, name));
  std::string_view rest = LastPart(target);
  std::array<std::uint32_t, 4> address{};
  for (std::uint32_t& part : address) {
    std::string_view text;
    if (!NextPart(rest, ':', text)) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  }
  return address;
}

std::string BlockSerial(const Machine& machine, const std::string& name) {
  for (const char* attribute : {"device/serial", "serial"}) {
    std::string serial = BlockText(machine, name, attribute);
    if (!serial.empty()) return serial;
  }
  // Four bytes of header, then the text.
  constexpr std::size_t kHeaderBytes = 4;
  const std::string page =
      ReadText(*machine.files, fmt::format("{}/class/block/{}/device/vpd_pg80", machine.root.sys, name), 4096);
  if (page.size() <= kHeaderBytes || page[1] != '\x80') return {};
  return std::string(Trim(std::string_view(page).substr(kHeaderBytes)));
}

std::vector<PartitionOfDrive> PartitionsBelow(const Machine& machine, const std::string& name) {
  std::vector<PartitionOfDrive> found;
  if (!name.empty()) AddPartitionsBelow(machine, name, 0, found);
  std::vector<PartitionOfDrive> unique;
  for (PartitionOfDrive& item : found) {
    const bool is_known = std::any_of(unique.begin(), unique.end(),
                                      [&](const PartitionOfDrive& other) { return other.partition == item.partition; });
    if (!is_known) unique.push_back(std::move(item));
  }
  return unique;
}

std::string InstancePath(std::string_view class_name, std::string_view key, std::string_view value) {
  cim::ObjectPath path;
  path.class_name = class_name;
  path.keys.push_back({std::string(key), cim::Value::Text(std::string(value))});
  return cim::FormatObjectPath(path);
}

}  // namespace wmi::linuxos
