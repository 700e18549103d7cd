#include "providers/linux/logical_disk/disk_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "providers/linux/guarded_calls.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kLinksMax = 65'536;

constexpr std::string_view kPlainFileSystems[] = {"ext2", "ext3", "ext4", "xfs", "vfat", "exfat", "iso9660", "udf"};
constexpr std::string_view kQuotaFileSystems[] = {"ext2", "ext3",  "ext4",  "xfs", "f2fs",
                                                  "jfs",  "btrfs", "ocfs2", "gfs2"};
constexpr std::string_view kNoQuotaFileSystems[] = {"vfat", "exfat", "iso9660", "udf", "squashfs", "erofs"};
// Of these the mount options say whether quotas are on.
constexpr std::string_view kQuotaByOption[] = {"ext2", "ext3", "ext4", "xfs", "f2fs", "jfs"};

template <std::size_t kSize>
bool IsOneOf(const std::string_view (&list)[kSize], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool HasOption(const Mount& mount, std::string_view option) {
  return HasWord(mount.mount_options, option, ',') || HasWord(mount.super_options, option, ',');
}

// True when an option starts with `prefix`: "compress" is also "compress=zstd:3".
bool HasOptionLike(const Mount& mount, std::string_view prefix) {
  std::string_view rest = mount.super_options;
  std::string_view option;
  while (NextPart(rest, ',', option)) {
    if (option.starts_with(prefix) && option != "compress=no") return true;
  }
  return false;
}

}  // namespace

std::string LinkTarget(Files& files, const std::string& path) {
  TextBuffer buffer;
  if (files.ReadLink(kNoDirectory, path.c_str(), buffer) != 0) return {};
  return std::string(buffer.text());
}

std::string DeviceName(const Machine& machine, const Mount& mount) {
  std::string target = LinkTarget(*machine.files, machine.root.sys + "/dev/block/" + mount.device);
  // File systems over several devices have a made-up number; their source names one of the devices.
  if (target.empty() && mount.source.starts_with("/dev/")) {
    target = LinkTarget(*machine.files, machine.root.dev + mount.source.substr(4));
    if (target.empty()) target = mount.source;
  }
  return std::string(LastPart(target));
}

std::string DecodedName(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (name[i] == '\\' && i + 3 < name.size() && name[i + 1] == 'x' &&
        kDigits.find(name[i + 2]) != std::string_view::npos && kDigits.find(name[i + 3]) != std::string_view::npos) {
      out += static_cast<char>(kDigits.find(name[i + 2]) * 16 + kDigits.find(name[i + 3]));
      i += 3;
    } else {
      out += name[i];
    }
  }
  return out;
}

std::unordered_map<std::string, std::string> LinksByDevice(const Machine& machine, const char* folder) {
  std::unordered_map<std::string, std::string> result;
  const std::string path = machine.root.dev + "/disk/" + folder;
  std::vector<std::string> names;
  if (machine.files->List(kNoDirectory, path.c_str(), kLinksMax, names) != 0) return result;
  for (const std::string& name : names) {
    const std::string target = LinkTarget(*machine.files, fmt::format("{}/{}", path, name));
    if (!target.empty()) result.emplace(LastPart(target), DecodedName(name));
  }
  return result;
}

DriveType DriveTypeOf(const Machine& machine, const Mount& mount, const std::string& device) {
  if (IsNetworkFileSystem(mount.file_system)) return DriveType::kNetwork;
  if (mount.file_system == "tmpfs" || mount.file_system == "ramfs") return DriveType::kRam;
  if (device.starts_with("ram") || device.starts_with("zram")) return DriveType::kRam;
  if (device.starts_with("sr")) return DriveType::kCompactDisc;
  if (mount.file_system == "zfs") return DriveType::kLocal;
  if (!mount.source.starts_with("/dev/")) return DriveType::kUnknown;
  // A partition has no such file of its own; that of its disk is one level up.
  const std::string folder = machine.root.sys + "/class/block/" + device;
  std::string removable = ReadLine(*machine.files, folder + "/removable");
  if (removable.empty()) removable = ReadLine(*machine.files, folder + "/../removable");
  return removable == "1" ? DriveType::kRemovable : DriveType::kLocal;
}

std::string_view DriveText(DriveType type) {
  switch (type) {
    case DriveType::kRemovable:
      return "Removable Disk";
    case DriveType::kLocal:
      return "Local Fixed Disk";
    case DriveType::kNetwork:
      return "Network Connection";
    case DriveType::kCompactDisc:
      return "CD-ROM Disc";
    case DriveType::kRam:
      return "RAM Disk";
    case DriveType::kUnknown:
      break;
  }
  return {};
}

std::optional<bool> ReadDirty(const Machine& machine, const Mount& mount, const std::string& device) {
  if (!mount.file_system.starts_with("ext")) return std::nullopt;
  std::uint64_t errors = 0;
  const std::string path = machine.root.sys + "/fs/ext4/" + device + "/errors_count";
  if (!ParseUnsigned(ReadLine(*machine.files, path), errors)) return std::nullopt;
  return errors != 0;
}

std::optional<int> ReadSpaceInTime(const Machine& machine, const std::string& mount_point, SpaceInfo& out) {
  using Answer = std::pair<int, SpaceInfo>;
  const auto answer = RunGuarded<Answer>(*machine.guarded, mount_point, [files = machine.files, mount_point] {
    Answer found;
    found.first = files->Space(mount_point.c_str(), found.second);
    return found;
  });
  if (!answer) return std::nullopt;
  out = answer->second;
  return answer->first;
}

std::string NoAnswerText(std::string_view mount_point) {
  return fmt::format(
      "the file system mounted on {} did not answer within {} s; its figures of space are NULL. Look after its server, "
      "or leave the figures out of the query",
      mount_point, std::chrono::duration_cast<std::chrono::seconds>(GuardedCalls::kDeadline).count());
}

std::optional<bool> IsCompressedMount(const Mount& mount) {
  const std::string& type = mount.file_system;
  if (type == "squashfs" || type == "erofs") return true;
  if (type == "btrfs") return HasOptionLike(mount, "compress");
  if (IsOneOf(kPlainFileSystems, type)) return false;
  return std::nullopt;
}

std::optional<bool> CompressesFiles(const Mount& mount) {
  const std::string& type = mount.file_system;
  if (type == "btrfs" || type == "f2fs" || type == "ntfs3" || type == "bcachefs") return true;
  if (IsOneOf(kPlainFileSystems, type)) return false;
  return std::nullopt;
}

std::optional<bool> HasQuotasOn(const Mount& mount) {
  if (!IsOneOf(kQuotaByOption, mount.file_system)) return std::nullopt;
  for (const char* prefix : {"usrquota", "grpquota", "prjquota", "usrjquota=", "grpjquota=", "uquota", "gquota",
                             "pquota", "uqnoenforce", "gqnoenforce", "pqnoenforce"}) {
    if (HasOptionLike(mount, prefix)) return true;
  }
  return HasOption(mount, "quota");
}

std::optional<bool> KnowsQuotas(const Mount& mount) {
  if (IsOneOf(kQuotaFileSystems, mount.file_system)) return true;
  if (IsOneOf(kNoQuotaFileSystems, mount.file_system)) return false;
  return std::nullopt;
}

bool IsReadOnlyMount(const Mount& mount) { return HasOption(mount, "ro"); }

}  // namespace wmi::linuxos
