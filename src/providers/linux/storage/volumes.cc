#include "providers/linux/storage/volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <utility>

#include "providers/linux/guarded_calls.h"
#include "providers/linux/logical_disk/disk_facts.h"
#include "providers/linux/storage/block_devices.h"
#include "providers/linux/storage/mounting.h"
#include "providers/linux/storage/show.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kNoSource = 0;
constexpr SourceSet kTable = 1u << 0;
constexpr SourceSet kDevices = 1u << 1;
constexpr SourceSet kSpace = 1u << 2;
constexpr SourceSet kRemovable = 1u << 3;
constexpr SourceSet kLabels = 1u << 4;
constexpr SourceSet kUuids = 1u << 5;
constexpr SourceSet kErrors = 1u << 6;
constexpr SourceSet kSwaps = 1u << 7;
constexpr SourceSet kHost = 1u << 8;

constexpr std::size_t kDevicesMax = 65'536;

constexpr Source kVolumeSources[] = {
    {kTable, "`/proc/self/mountinfo`", Cost::kFile},
    {kDevices, "`/run/udev/data`", Cost::kScan},
    {kSpace, "statvfs", Cost::kService},
    {kRemovable, "`/sys/class/block/*/removable`", Cost::kInstanceFile},
    {kLabels, "`/dev/disk/by-label`", Cost::kFile},
    {kUuids, "`/dev/disk/by-uuid`", Cost::kFile},
    {kErrors, "`/sys/fs/ext4/*/errors_count`", Cost::kInstanceFile},
    {kSwaps, "`/proc/swaps`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

bool IsPool(const Mount& mount) { return mount.file_system == "zfs"; }

// What a mount is a mount of: the id of its volume, and the device.
struct VolumeOfMount {
  std::string id;
  std::string device;
};
std::optional<VolumeOfMount> VolumeBehind(const Machine& machine, const Mount& mount) {
  if (IsNetworkFileSystem(mount.file_system) || mount.file_system == "devtmpfs") return std::nullopt;
  if (IsPool(mount)) return VolumeOfMount{mount.source, {}};
  if (!mount.source.starts_with("/dev/")) return std::nullopt;
  VolumeOfMount found;
  found.device = DeviceName(machine, mount);
  // A source may be called after a file that is no block device: /dev/fuse.
  if (found.device.empty() || BlockText(machine, found.device, "dev").empty()) return std::nullopt;
  found.id = DevicePath(machine, found.device);
  return found;
}

// The volumes that are mounted. The mount of the larger part, then the shorter path, stands for each.
std::vector<VolumeView> MountedVolumes(const Machine& machine) {
  std::vector<VolumeView> volumes;
  std::map<std::string, std::size_t> by_id;
  for (Mount& mount : ReadMounts(machine)) {
    auto behind = VolumeBehind(machine, mount);
    if (!behind) continue;
    const auto [place, is_new] = by_id.try_emplace(behind->id, volumes.size());
    if (is_new) {
      VolumeView view;
      view.id = std::move(behind->id);
      view.device = std::move(behind->device);
      volumes.push_back(std::move(view));
    }
    volumes[place->second].mounts.push_back(std::move(mount));
  }
  for (VolumeView& view : volumes) {
    std::stable_sort(view.mounts.begin(), view.mounts.end(), [](const Mount& a, const Mount& b) {
      if (a.root.size() != b.root.size()) return a.root.size() < b.root.size();
      return a.mount_point.size() < b.mount_point.size();
    });
    view.name = view.mounts.front().mount_point;
    view.file_system = view.mounts.front().file_system;
  }
  return volumes;
}

// Those that udev has found a file system on and that are not mounted.
void AddUnmounted(const Machine& machine, const Asked& asked, std::vector<VolumeView>& volumes) {
  std::vector<std::string> names;
  const std::string folder = machine.root.sys + "/class/block";
  if (machine.files->List(kNoDirectory, folder.c_str(), kDevicesMax, names) != 0) return;
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (asked.stopped()) return;
    std::string id = DevicePath(machine, name);
    if (!WantsKey(asked.request, id)) continue;
    const bool is_mounted =
        std::any_of(volumes.begin(), volumes.end(), [&](const VolumeView& volume) { return volume.id == id; });
    if (is_mounted) continue;
    const std::map<std::string, std::string> udev = ReadUdev(machine, name);
    const auto usage = udev.find("ID_FS_USAGE");
    const auto type = udev.find("ID_FS_TYPE");
    if (usage == udev.end() || usage->second != "filesystem" || type == udev.end()) continue;
    if (type->second.ends_with("_member")) continue;  // a part of a pool
    // One of several devices of a file system that is mounted by another of them.
    const auto uuid = udev.find("ID_FS_UUID");
    const bool is_part =
        type->second == "btrfs" && uuid != udev.end() &&
        machine.files->IsDirectory(fmt::format("{}/fs/btrfs/{}", machine.root.sys, uuid->second).c_str());
    if (is_part) continue;
    VolumeView view;
    view.name = id;
    view.id = std::move(id);
    view.device = name;
    view.file_system = type->second;
    volumes.push_back(std::move(view));
  }
}

// The folder of the mount table that `path` lies on.
const Mount* MountOfPath(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* best = nullptr;
  for (const Mount& mount : mounts) {
    const std::string& point = mount.mount_point;
    const bool holds =
        point == "/" || (path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/'));
    if (holds && (best == nullptr || best->mount_point.size() < point.size())) best = &mount;
  }
  return best;
}

// Ids of the volumes that hold a file which is swapped to.
std::vector<std::string> VolumesWithSwapFiles(const Machine& machine) {
  std::vector<std::string> ids;
  const std::string text = ReadText(*machine.files, machine.root.proc + "/swaps", kKernelTextBytesMax);
  if (text.empty()) return ids;
  const std::vector<Mount> mounts = ReadMounts(machine);
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    const std::string_view path = line.substr(0, line.find(' '));
    std::string_view kind = line.substr(path.size());
    kind = Trim(kind);
    if (!path.starts_with('/') || !kind.starts_with("file")) continue;
    const Mount* const mount = MountOfPath(mounts, path);
    if (mount == nullptr) continue;
    if (auto behind = VolumeBehind(machine, *mount)) ids.push_back(std::move(behind->id));
  }
  return ids;
}

// What the firmware or the boot loader reads: the first of these places that is mounted, or else the root.
bool IsSystemVolume(const VolumeView& view, const std::vector<VolumeView>& volumes) {
  for (const char* place : {"/boot/efi", "/efi", "/boot", "/"}) {
    for (const VolumeView& volume : volumes) {
      if (FindMount(volume.mounts, place) != nullptr) return volume.id == view.id;
    }
  }
  return false;
}

// FAT has 32 bits, written as two groups of four digits; other UUIDs do not fit the property.
std::optional<std::uint64_t> SerialNumberOf(std::string_view uuid) {
  if (uuid.size() != 9 || uuid[4] != '-') return std::nullopt;
  std::string digits(uuid.substr(0, 4));
  digits += uuid.substr(5);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

template <auto kField>
constexpr auto kVolume = ShowField<VolumeView, kField>;

// Of the mount that stands for the volume; NULL when it is not mounted.
template <std::optional<bool> (*kTell)(const Mount&)>
void ShowOfMount(const VolumeView& view, RowWriter& row, std::size_t slot) {
  if (!view.is_mounted()) return;
  if (const auto value = kTell(view.mounts.front())) row.SetBoolean(slot, *value);
}

template <std::uint64_t (*kTell)(const SpaceInfo&)>
void ShowSpace(const VolumeView& view, RowWriter& row, std::size_t slot) {
  if (view.is_mounted()) row.SetUnsigned(slot, kTell(view.space));
}

constexpr Column<VolumeView> kVolumeColumns[] = {
    {"Access", kTable,
     [](const VolumeView& v, RowWriter& row, std::size_t slot) {
       if (v.is_mounted()) row.SetUnsigned(slot, IsReadOnlyMount(v.mounts.front()) ? 1 : 3);
     },
     "1 when mounted ro, else 3; NULL when not mounted"},
    {"BlockSize", kSpace, ShowSpace<[](const SpaceInfo& space) { return space.block_bytes; }>,
     "f_frsize; NULL when not mounted, or when the call fails or gets no answer in time"},
    {"BootVolume", kTable, kVolume<&VolumeView::is_boot>, "whether `/` is on it"},
    {"Capacity", kSpace, ShowSpace<[](const SpaceInfo& space) { return space.blocks * space.block_bytes; }>,
     "f_blocks in bytes; NULL as `BlockSize`"},
    {"Caption", kTable, kVolume<&VolumeView::name>, "as `Name`"},
    {"Compressed", kTable, ShowOfMount<IsCompressedMount>, "as in `Win32_LogicalDisk`; NULL when not mounted"},
    {"CreationClassName", kNoSource,
     [](const VolumeView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Volume"); }, "constant"},
    {"DeviceID", kTable, kVolume<&VolumeView::id>, "device file of the source, or the data set"},
    {"DirtyBitSet", kErrors, kVolume<&VolumeView::is_dirty>,
     "TRUE when not 0; NULL for other types than ext4 and when not mounted"},
    {"DriveLetter", kTable,
     [](const VolumeView& v, RowWriter& row, std::size_t slot) {
       if (v.is_mounted()) row.SetText(slot, v.name);
     },
     "mount point; of several the one of the largest part with the shortest path; NULL when not mounted"},
    {"DriveType", kTable | kRemovable,
     [](const VolumeView& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(v.drive_type));
     },
     "2 removable, 3 fixed, 5 compact disc, 6 RAM"},
    {"FileSystem", kTable | kDevices, kVolume<&VolumeView::file_system>,
     "the kernel's name; ID_FS_TYPE when not mounted"},
    {"FreeSpace", kSpace, ShowSpace<[](const SpaceInfo& space) { return space.blocks_available * space.block_bytes; }>,
     "f_bavail in bytes; NULL as `BlockSize`"},
    {"Label", kLabels, kVolume<&VolumeView::label>, "name of the link; NULL without a label or udev"},
    {"MaximumFileNameLength", kSpace,
     [](const VolumeView& v, RowWriter& row, std::size_t slot) {
       if (v.is_mounted() && v.space.name_length_max != 0) row.SetUnsigned(slot, v.space.name_length_max);
     },
     "f_namemax in bytes; NULL as `BlockSize`"},
    {"Name", kTable, kVolume<&VolumeView::name>, "mount point, or `DeviceID` when not mounted"},
    {"NumberOfBlocks", kSpace, ShowSpace<[](const SpaceInfo& space) { return space.blocks; }>,
     "f_blocks; NULL as `BlockSize`"},
    {"PageFilePresent", kSwaps, kVolume<&VolumeView::has_page_file>, "whether a file on it is swapped to"},
    {"QuotasEnabled", kTable, ShowOfMount<HasQuotasOn>,
     "whether an option of quotas is there, for ext, xfs, f2fs and jfs; NULL for others and when not mounted"},
    {"SerialNumber", kUuids,
     [](const VolumeView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, SerialNumberOf(v.uuid));
     },
     "the eight digits of a FAT file system; NULL for others, whose UUID does not fit"},
    {"SupportsDiskQuotas", kTable, ShowOfMount<KnowsQuotas>, "as in `Win32_LogicalDisk`; NULL when not mounted"},
    {"SupportsFileBasedCompression", kTable, ShowOfMount<CompressesFiles>,
     "as in `Win32_LogicalDisk`; NULL when not mounted"},
    {"SystemCreationClassName", kNoSource, ShowComputerSystem<VolumeView>, "constant"},
    {"SystemName", kHost, kVolume<&VolumeView::host_name>, "host name"},
    {"SystemVolume", kTable, kVolume<&VolumeView::is_system>,
     "whether the machine starts from it: /boot/efi, /efi, /boot or else `/` is on it"},
};

Status NoAnswers(const std::vector<std::string>& texts) {
  if (texts.empty()) return Status();
  return Status(code::kPartialResults, fmt::format("{}", fmt::join(texts, "; ")));
}

// ---- methods

constexpr std::uint64_t kDone = 0;
constexpr std::uint64_t kAccessDenied = 1;

bool IsRefusal(int error) { return error == EPERM || error == EACCES; }

Result<VolumeView> VolumeOfCall(const MethodCall& call) {
  const std::string id = call.KeyText();
  std::vector<VolumeView> volumes = MountedVolumes(call.machine());
  for (VolumeView& view : volumes) {
    if (EqualFolded(view.id, id)) return std::move(view);
  }
  // Whatever udev knows by that name.
  std::vector<std::string> names;
  const std::string folder = call.machine().root.sys + "/class/block";
  if (call.machine().files->List(kNoDirectory, folder.c_str(), kDevicesMax, names) == 0) {
    for (const std::string& name : names) {
      if (!EqualFolded(DevicePath(call.machine(), name), id)) continue;
      VolumeView view;
      view.id = DevicePath(call.machine(), name);
      view.device = name;
      return view;
    }
  }
  return Status(code::kNotFound, fmt::format("there is no volume {}", id));
}

// Longer than a deadline of reading: a journal may have to be replayed, or written back.
constexpr std::chrono::seconds kMountDeadline{60};

Result<cim::Object> MountVolume(MethodCall& call) {
  constexpr std::uint64_t kUnknownError = 2;
  const VolumeView view = TRY(VolumeOfCall(call));
  if (view.is_mounted()) return call.Return(kDone);
  Mounting* const mounting = call.machine().mounting;
  const auto error = RunGuarded<int>(
      *call.machine().guarded, "mount " + view.id, [mounting, id = view.id] { return mounting->MountByTable(id); },
      kMountDeadline);
  if (!error) return call.Return(kUnknownError);
  return call.Return(*error == 0 ? kDone : IsRefusal(*error) ? kAccessDenied : kUnknownError);
}

Result<cim::Object> DismountVolume(MethodCall& call) {
  constexpr std::uint64_t kNoAutomountState = 3;
  constexpr std::uint64_t kForceNeeded = 4;
  const bool force = call.InBoolean("Force").value_or(false);
  // That a volume is not mounted again by itself is a matter of fstab, which is not changed.
  if (call.InBoolean("Permanent").value_or(false)) return call.Return(kNoAutomountState);
  VolumeView view = TRY(VolumeOfCall(call));
  if (FindMount(view.mounts, "/") != nullptr) {
    return Status(code::kFailed, fmt::format("{} holds the root of the file tree, which cannot be unmounted while the "
                                             "system runs",
                                             view.id));
  }
  // What lies inside another mount goes first.
  std::sort(view.mounts.begin(), view.mounts.end(),
            [](const Mount& a, const Mount& b) { return a.mount_point.size() > b.mount_point.size(); });
  Mounting* const mounting = call.machine().mounting;
  const auto when = force ? Mounting::When::kLater : Mounting::When::kUnused;
  for (const Mount& mount : view.mounts) {
    const auto error = RunGuarded<int>(
        *call.machine().guarded, "unmount " + mount.mount_point,
        [mounting, point = mount.mount_point, when] { return mounting->Unmount(point, when); }, kMountDeadline);
    if (!error) {
      return Status(code::kFailed, fmt::format("unmounting {} has not ended within a minute; it goes on by itself",
                                               mount.mount_point));
    }
    if (*error == 0) continue;
    if (IsRefusal(*error)) return call.Return(kAccessDenied);
    if (*error == EBUSY) return call.Return(kForceNeeded);
    return SystemStatus(code::kFailed, fmt::format("umount({})", mount.mount_point), *error);
  }
  return call.Return(kDone);
}

constexpr MethodRow kVolumeMethods[] = {
    {"Mount", MountVolume,
     "Mounts the volume where `/etc/fstab` says; 0 also when it is mounted already, 1 without the right, 2 when fstab "
     "does not name it or the kernel refuses."},
    {"Dismount", DismountVolume,
     "Unmounts all mount points of the volume; 1 without the right, 4 when something is in use and `Force` is not "
     "TRUE. With `Force` it leaves the tree at once and is let go when the last file is closed. `Permanent` is not "
     "supported: 3. The volume of `/` is refused with an error."},
};

// ---- associations

constexpr Source kMountPointSources[] = {
    {kTable, "`/proc/self/mountinfo`, `/sys/dev/block`", Cost::kFile},
};
constexpr Column<TwoEndsView> kMountPointColumns[] = {
    {"Directory", kTable, ShowField<TwoEndsView, &TwoEndsView::antecedent>, "the folder"},
    {"Volume", kTable, ShowField<TwoEndsView, &TwoEndsView::dependent>, "the volume"},
};

constexpr Source kDiskToPartitionSources[] = {
    {kTable, "`/proc/self/mountinfo`, `/sys/class/block/*/slaves`", Cost::kInstanceFile},
    {kDevices, "`start` and `size` of the partition", Cost::kInstanceFile},
};
constexpr Column<TwoEndsView> kDiskToPartitionColumns[] = {
    {"Antecedent", kTable, ShowField<TwoEndsView, &TwoEndsView::antecedent>, "the partition"},
    {"Dependent", kTable, ShowField<TwoEndsView, &TwoEndsView::dependent>, "the mounted disk"},
    {"EndingAddress", kDevices, ShowField<TwoEndsView, &TwoEndsView::end>,
     "last byte of the partition on its drive; NULL through mappings and arrays"},
    {"StartingAddress", kDevices, ShowField<TwoEndsView, &TwoEndsView::start>,
     "first byte of the partition on its drive; NULL through mappings and arrays"},
};

}  // namespace

std::optional<std::string> VolumeIdOf(const Machine& machine, const Mount& mount) {
  auto behind = VolumeBehind(machine, mount);
  if (!behind) return std::nullopt;
  return std::move(behind->id);
}

std::span<const Source> Volume::Sources() { return kVolumeSources; }
std::span<const Column<VolumeView>> Volume::Columns() { return kVolumeColumns; }
std::span<const MethodRow> Volume::Methods() { return kVolumeMethods; }

Status Volume::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<VolumeView> volumes = MountedVolumes(machine);
  for (VolumeView& view : volumes) {
    view.is_boot = FindMount(view.mounts, "/") != nullptr;
    view.is_system = IsSystemVolume(view, volumes);
  }
  AddUnmounted(machine, asked, volumes);
  std::erase_if(volumes, [&](const VolumeView& view) { return !WantsKey(asked.request, view.id); });
  std::unordered_map<std::string, std::string> labels;
  std::unordered_map<std::string, std::string> uuids;
  std::vector<std::string> with_swap;
  std::string host_name;
  if (asked.Wants(kLabels)) labels = LinksByDevice(machine, "by-label");
  if (asked.Wants(kUuids)) uuids = LinksByDevice(machine, "by-uuid");
  if (asked.Wants(kSwaps)) with_swap = VolumesWithSwapFiles(machine);
  if (asked.Wants(kHost)) host_name = HostName(machine);
  std::vector<std::string> no_answers;
  for (VolumeView& view : volumes) {
    if (asked.stopped()) break;
    if (!view.is_boot) view.is_boot = view.is_system = false;
    view.host_name = host_name;
    if (const auto found = labels.find(view.device); found != labels.end()) view.label = found->second;
    if (const auto found = uuids.find(view.device); found != uuids.end()) view.uuid = found->second;
    if (asked.Wants(kSwaps)) {
      view.has_page_file = std::find(with_swap.begin(), with_swap.end(), view.id) != with_swap.end();
    }
    if (asked.Wants(kRemovable)) {
      Mount mount = view.is_mounted() ? view.mounts.front() : Mount();
      if (!view.is_mounted()) mount.source = view.id;
      view.drive_type = DriveTypeOf(machine, mount, view.device);
    }
    if (view.is_mounted() && asked.Wants(kErrors)) {
      view.is_dirty = ReadDirty(machine, view.mounts.front(), view.device);
    }
    if (view.is_mounted() && asked.Wants(kSpace)) {
      const auto error = ReadSpaceInTime(machine, view.name, view.space);
      if (!error) no_answers.push_back(NoAnswerText(view.name));
      const Outcome outcome = error ? OutcomeOf(*error) : Outcome::kUnread;
      if (outcome == Outcome::kDenied) view.denied |= kSpace;
      if (outcome != Outcome::kRead && outcome != Outcome::kDenied) view.unread |= kSpace;
    }
    out.push_back(std::move(view));
  }
  return NoAnswers(no_answers);
}

std::span<const Source> MountPoint::Sources() { return kMountPointSources; }
std::span<const Column<TwoEndsView>> MountPoint::Columns() { return kMountPointColumns; }

Status MountPoint::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  for (const VolumeView& volume : MountedVolumes(machine)) {
    for (const Mount& mount : volume.mounts) {
      // A part may be a single file; asked only of parts, and these lie on devices of this machine.
      if (mount.root != "/" && !machine.files->IsDirectory(mount.mount_point.c_str())) continue;
      View view;
      view.antecedent = InstancePath("Win32_Directory", "Name", mount.mount_point);
      view.dependent = InstancePath("Win32_Volume", "DeviceID", volume.id);
      out.push_back(std::move(view));
    }
  }
  return Status();
}

std::span<const Source> DiskToPartition::Sources() { return kDiskToPartitionSources; }
std::span<const Column<TwoEndsView>> DiskToPartition::Columns() { return kDiskToPartitionColumns; }

Status DiskToPartition::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::vector<BlockDrive> drives = ListDrives(machine);
  for (const Mount& mount : SelectDisks(machine)) {
    if (!mount.source.starts_with("/dev/")) continue;
    const std::string device = DeviceName(machine, mount);
    for (const PartitionOfDrive& below : PartitionsBelow(machine, device)) {
      const bool is_of_drive =
          std::any_of(drives.begin(), drives.end(), [&](const BlockDrive& drive) { return drive.name == below.drive; });
      if (!is_of_drive) continue;
      View view;
      view.antecedent = InstancePath("Win32_DiskPartition", "DeviceID", DevicePath(machine, below.partition));
      view.dependent = InstancePath("Win32_LogicalDisk", "DeviceID", mount.mount_point);
      if (asked.Wants(kDevices) && below.partition == device) {
        const auto start = BlockNumber(machine, device, "start");
        const auto size = BlockNumber(machine, device, "size");
        if (start && size && *size != 0) {
          view.start = *start * kSectorBytes;
          view.end = (*start + *size) * kSectorBytes - 1;
        }
      }
      out.push_back(std::move(view));
    }
  }
  return Status();
}

}  // namespace wmi::linuxos
