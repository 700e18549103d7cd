#include "providers/linux/logical_disk/logical_disk_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "providers/linux/column.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/snapshot_stream.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kSpace = 1u << 0;
constexpr SourceSet kDevice = 1u << 1;
constexpr SourceSet kLabel = 1u << 2;
constexpr SourceSet kUuid = 1u << 3;
constexpr SourceSet kErrors = 1u << 4;
constexpr SourceSet kHost = 1u << 5;

constexpr std::size_t kLinksMax = 65'536;

struct LogicalDiskView {
  SourceSet denied = 0;
  SourceSet unread = 0;
  Mount mount;
  std::string device;  // the kernel's name of it
  DriveType drive_type = DriveType::kUnknown;
  SpaceInfo space;
  std::string label;
  std::string uuid;
  std::optional<bool> is_dirty;
  std::string host_name;
};

using View = LogicalDiskView;

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

void WriteMountPoint(const View& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.mount.mount_point); }

void WriteDescription(const View& view, RowWriter& row, std::size_t slot) {
  switch (view.drive_type) {
    case DriveType::kRemovable:
      return row.SetText(slot, "Removable Disk");
    case DriveType::kLocal:
      return row.SetText(slot, "Local Fixed Disk");
    case DriveType::kNetwork:
      return row.SetText(slot, "Network Connection");
    case DriveType::kCompactDisc:
      return row.SetText(slot, "CD-ROM Disc");
    case DriveType::kRam:
      return row.SetText(slot, "RAM Disk");
    case DriveType::kUnknown:
      return;
  }
}

void WriteAccess(const View& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kReadable = 1;
  constexpr std::uint64_t kReadWrite = 3;
  row.SetUnsigned(slot, HasOption(view.mount, "ro") ? kReadable : kReadWrite);
}

void WriteMediaType(const View& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kRemovableMedia = 11;
  constexpr std::uint64_t kFixedMedia = 12;
  if (view.drive_type == DriveType::kLocal) row.SetUnsigned(slot, kFixedMedia);
  if (view.drive_type == DriveType::kRemovable || view.drive_type == DriveType::kCompactDisc) {
    row.SetUnsigned(slot, kRemovableMedia);
  }
}

void WriteCompressed(const View& view, RowWriter& row, std::size_t slot) {
  const std::string& type = view.mount.file_system;
  if (type == "squashfs" || type == "erofs") return row.SetBoolean(slot, true);
  if (type == "btrfs") return row.SetBoolean(slot, HasOptionLike(view.mount, "compress"));
  if (IsOneOf(kPlainFileSystems, type)) row.SetBoolean(slot, false);
}

void WriteFileCompression(const View& view, RowWriter& row, std::size_t slot) {
  const std::string& type = view.mount.file_system;
  if (type == "btrfs" || type == "f2fs" || type == "ntfs3" || type == "bcachefs") return row.SetBoolean(slot, true);
  if (IsOneOf(kPlainFileSystems, type)) row.SetBoolean(slot, false);
}

void WriteQuotasDisabled(const View& view, RowWriter& row, std::size_t slot) {
  if (!IsOneOf(kQuotaByOption, view.mount.file_system)) return;
  bool has_quotas = false;
  for (const char* prefix : {"usrquota", "grpquota", "prjquota", "usrjquota=", "grpjquota=", "uquota", "gquota",
                             "pquota", "uqnoenforce", "gqnoenforce", "pqnoenforce"}) {
    has_quotas |= HasOptionLike(view.mount, prefix);
  }
  has_quotas |= HasOption(view.mount, "quota");
  row.SetBoolean(slot, !has_quotas);
}

void WriteSupportsQuotas(const View& view, RowWriter& row, std::size_t slot) {
  if (IsOneOf(kQuotaFileSystems, view.mount.file_system)) row.SetBoolean(slot, true);
  if (IsOneOf(kNoQuotaFileSystems, view.mount.file_system)) row.SetBoolean(slot, false);
}

constexpr Column<View> kColumns[] = {
    {"Caption", 0, WriteMountPoint},
    {"Description", kDevice, WriteDescription},
    {"Name", 0, WriteMountPoint},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_LogicalDisk"); }},
    {"DeviceID", 0, WriteMountPoint},
    {"SystemCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }},
    {"SystemName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); }},
    {"Access", 0, WriteAccess},
    {"BlockSize", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.space.block_bytes); }},
    {"NumberOfBlocks", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.space.blocks); }},
    {"FreeSpace", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.space.blocks_available * v.space.block_bytes);
     }},
    {"Size", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.space.blocks * v.space.block_bytes);
     }},
    {"Compressed", 0, WriteCompressed},
    {"DriveType", kDevice,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(v.drive_type));
     }},
    {"FileSystem", 0, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.mount.file_system); }},
    {"MaximumComponentLength", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.space.name_length_max != 0) row.SetUnsigned(slot, v.space.name_length_max);
     }},
    {"MediaType", kDevice, WriteMediaType},
    {"ProviderName", 0,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (IsNetworkFileSystem(v.mount.file_system)) SetTextOrNull(row, slot, v.mount.source);
     }},
    {"QuotasDisabled", 0, WriteQuotasDisabled},
    {"SupportsDiskQuotas", 0, WriteSupportsQuotas},
    {"SupportsFileBasedCompression", 0, WriteFileCompression},
    {"VolumeDirty", kErrors,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.is_dirty) row.SetBoolean(slot, *v.is_dirty);
     }},
    {"VolumeName", kLabel, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.label); }},
    {"VolumeSerialNumber", kUuid,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.uuid); }},
};

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string LinkTarget(Files& files, const std::string& path) {
  TextBuffer buffer;
  if (files.ReadLink(kNoDirectory, path.c_str(), buffer) != 0) return {};
  return std::string(buffer.text());
}

// The kernel's name of the device a file system lies on ("vda1", "dm-0"); empty when it lies on none.
std::string DeviceName(const Machine& machine, const Mount& mount) {
  std::string target = LinkTarget(*machine.files, machine.root.sys + "/dev/block/" + mount.device);
  // File systems over several devices have a made-up number; their source names one of the devices.
  if (target.empty() && mount.source.starts_with("/dev/")) {
    target = LinkTarget(*machine.files, machine.root.dev + mount.source.substr(4));
    if (target.empty()) target = mount.source;
  }
  return std::string(LastPart(target));
}

// udev writes bytes that are awkward in file names as \x20.
std::string DecodedName(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    std::uint64_t byte = 0;
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (name[i] == '\\' && i + 3 < name.size() && name[i + 1] == 'x' &&
        kDigits.find(name[i + 2]) != std::string_view::npos && kDigits.find(name[i + 3]) != std::string_view::npos) {
      byte = kDigits.find(name[i + 2]) * 16 + kDigits.find(name[i + 3]);
      out += static_cast<char>(byte);
      i += 3;
    } else {
      out += name[i];
    }
  }
  return out;
}

// Device name to the name of the link in /dev/disk/<folder> that points at it.
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

std::optional<bool> ReadDirty(const Machine& machine, const Mount& mount, const std::string& device) {
  if (!mount.file_system.starts_with("ext")) return std::nullopt;
  std::uint64_t errors = 0;
  const std::string path = machine.root.sys + "/fs/ext4/" + device + "/errors_count";
  if (!ParseUnsigned(ReadLine(*machine.files, path), errors)) return std::nullopt;
  return errors != 0;
}

void ReadSpace(const Machine& machine, View& view) {
  switch (OutcomeOf(machine.files->Space(view.mount.mount_point.c_str(), view.space))) {
    case Outcome::kRead:
      break;
    case Outcome::kDenied:
      view.denied |= kSpace;
      break;
    default:
      view.unread |= kSpace;
  }
}

// Disks are read one by one, so that a file server that does not answer holds up only what comes after it.
class DiskStream final : public provider::InstanceStream {
 public:
  DiskStream(const Machine& machine, const provider::Request& request)
      : machine_(machine),
        request_(request),
        columns_(kColumns, request),
        drive_type_slot_(request.schema->FindSlot("DriveType")),
        sources_(columns_.sources() | (IsNarrowed() ? kDevice : 0)) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_prepared_) Prepare();
    while (next_ < disks_.size()) {
      if (writer.full() || request_.stop.stop_requested()) return provider::ReadState::kMore;
      Mount& mount = disks_[next_++];
      View view = ReadDevice(std::move(mount));
      if (!IsAllowed(view)) continue;
      ReadRest(view);
      writer.Begin();
      columns_.Write(view, view.denied, view.unread, writer);
      writer.Commit();
    }
    return provider::ReadState::kEnd;
  }

 private:
  void Prepare() {
    disks_ = SelectDisks(machine_);
    if (request_.has_keys) KeepThoseAskedFor();
    if ((sources_ & kHost) != 0) host_name_ = HostName(machine_);
    if ((sources_ & kLabel) != 0) labels_ = LinksByDevice(machine_, "by-label");
    if ((sources_ & kUuid) != 0) uuids_ = LinksByDevice(machine_, "by-uuid");
    is_prepared_ = true;
  }

  // Keys of WMI compare without case, paths of Linux with it: of two that differ only in case the exact one comes
  // first.
  void KeepThoseAskedFor() {
    const auto is_key = [&](const Mount& mount, auto&& same) {
      return std::any_of(request_.keys.begin(), request_.keys.end(), [&](const provider::KeyTuple& key) {
        return key.size() == 1 && key.front().view().kind() == cim::ValueKind::kText &&
               same(key.front().view().text(), std::string_view(mount.mount_point));
      });
    };
    std::vector<Mount> others;
    std::vector<Mount> kept;
    for (Mount& mount : disks_) {
      if (is_key(mount, std::equal_to<>())) {
        kept.push_back(std::move(mount));
      } else if (is_key(mount, EqualFolded)) {
        others.push_back(std::move(mount));
      }
    }
    std::move(others.begin(), others.end(), std::back_inserter(kept));
    disks_ = std::move(kept);
  }

  // What tells the kind of drive; nothing that waits for a server.
  View ReadDevice(Mount mount) const {
    View view;
    view.mount = std::move(mount);
    view.host_name = host_name_;
    if ((sources_ & (kDevice | kLabel | kUuid | kErrors)) == 0) return view;
    view.device = DeviceName(machine_, view.mount);
    if ((sources_ & kDevice) != 0) view.drive_type = DriveTypeOf(machine_, view.mount, view.device);
    return view;
  }

  bool IsNarrowed() const { return drive_type_slot_ && request_.IsNarrowed(*drive_type_slot_); }

  bool IsAllowed(const View& view) const {
    return !IsNarrowed() ||
           request_.Allows(*drive_type_slot_, cim::ValueView::Unsigned(static_cast<std::uint64_t>(view.drive_type)));
  }

  void ReadRest(View& view) const {
    if ((sources_ & kSpace) != 0) ReadSpace(machine_, view);
    if ((sources_ & kErrors) != 0) view.is_dirty = ReadDirty(machine_, view.mount, view.device);
    if (auto found = labels_.find(view.device); found != labels_.end()) view.label = found->second;
    if (auto found = uuids_.find(view.device); found != uuids_.end()) view.uuid = found->second;
  }

  const Machine& machine_;
  const provider::Request& request_;
  const BoundColumns<View> columns_;
  const std::optional<std::size_t> drive_type_slot_;
  const SourceSet sources_;
  std::vector<Mount> disks_;
  std::string host_name_;
  std::unordered_map<std::string, std::string> labels_;
  std::unordered_map<std::string, std::string> uuids_;
  std::size_t next_ = 0;
  bool is_prepared_ = false;
};

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> LogicalDiskProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<DiskStream>(machine_, request));
}

std::vector<std::string_view> LogicalDiskProvider::FilledProperties() { return PropertyNames<View>(kColumns); }

}  // namespace wmi::linuxos
