#include "providers/linux/logical_disk/logical_disk_provider.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "providers/linux/column.h"
#include "providers/linux/logical_disk/disk_facts.h"
#include "providers/linux/logical_disk/disk_selection.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kSpace = 1u << 0;
constexpr SourceSet kDevice = 1u << 1;
constexpr SourceSet kLabel = 1u << 2;
constexpr SourceSet kUuid = 1u << 3;
constexpr SourceSet kErrors = 1u << 4;
constexpr SourceSet kHost = 1u << 5;

constexpr SourceSet kMounts = 1u << 6;
constexpr SourceSet kNoSource = 0;

struct LogicalDiskView : ViewBase {
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

constexpr Source kSources[] = {
    {kMounts, "`/proc/self/mountinfo`", Cost::kFile},
    {kSpace, "statvfs", Cost::kService},
    {kDevice, "`/sys/dev/block`, `/sys/class/block/*/removable`", Cost::kInstanceFile},
    {kLabel, "`/dev/disk/by-label`", Cost::kFile},
    {kUuid, "`/dev/disk/by-uuid`", Cost::kFile},
    {kErrors, "`/sys/fs/ext4/*/errors_count`", Cost::kInstanceFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

void WriteMountPoint(const View& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.mount.mount_point); }

void SetBooleanOrNull(RowWriter& row, std::size_t slot, std::optional<bool> value) {
  if (value) row.SetBoolean(slot, *value);
}

void WriteAccess(const View& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kReadable = 1;
  constexpr std::uint64_t kReadWrite = 3;
  row.SetUnsigned(slot, IsReadOnlyMount(view.mount) ? kReadable : kReadWrite);
}

void WriteMediaType(const View& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kRemovableMedia = 11;
  constexpr std::uint64_t kFixedMedia = 12;
  if (view.drive_type == DriveType::kLocal) row.SetUnsigned(slot, kFixedMedia);
  if (view.drive_type == DriveType::kRemovable || view.drive_type == DriveType::kCompactDisc) {
    row.SetUnsigned(slot, kRemovableMedia);
  }
}

constexpr Column<View> kColumns[] = {
    {"Caption", kMounts, WriteMountPoint, "as `DeviceID`"},
    {"Description", kMounts | kDevice,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, DriveText(v.drive_type)); },
     "`DriveType` in words; NULL for 0"},
    {"Name", kMounts, WriteMountPoint, "as `DeviceID`"},
    {"CreationClassName", kNoSource,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_LogicalDisk"); }, "constant"},
    {"DeviceID", kMounts, WriteMountPoint, "the mount point, its escapes undone"},
    {"SystemCreationClassName", kNoSource,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }, "constant"},
    {"SystemName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); },
     "host name; NULL when it is empty"},
    {"Access", kMounts, WriteAccess, "1 when mounted ro, else 3"},
    {"BlockSize", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.space.block_bytes); },
     "f_frsize; NULL when the call fails or gets no answer in time"},
    {"NumberOfBlocks", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.space.blocks); },
     "f_blocks; NULL as `BlockSize`"},
    {"FreeSpace", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.space.blocks_available * v.space.block_bytes);
     },
     "f_bavail in bytes: what a program without privileges can use; NULL as `BlockSize`"},
    {"Size", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.space.blocks * v.space.block_bytes);
     },
     "f_blocks in bytes; NULL as `BlockSize`"},
    {"Compressed", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) { SetBooleanOrNull(row, slot, IsCompressedMount(v.mount)); },
     "btrfs: its option compress; squashfs and erofs TRUE; ext, xfs, FAT and ISO FALSE; NULL for other types"},
    {"DriveType", kMounts | kDevice,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(v.drive_type));
     },
     "4 network types; 6 tmpfs as `/`, ram and zram; 5 sr; 2 removable; 3 other devices and ZFS; 0 for a `/` that is "
     "none of these"},
    {"FileSystem", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.mount.file_system); },
     "the kernel's name: ext4, nfs4, fuse.sshfs"},
    {"MaximumComponentLength", kSpace,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.space.name_length_max != 0) row.SetUnsigned(slot, v.space.name_length_max);
     },
     "f_namemax in bytes; NULL as `BlockSize`, or when it is 0"},
    {"MediaType", kMounts | kDevice, WriteMediaType,
     "12 for `DriveType` 3, 11 for removable and compact disc; NULL for others"},
    {"ProviderName", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (IsNetworkFileSystem(v.mount.file_system)) SetTextOrNull(row, slot, v.mount.source);
     },
     "the source of a network file system, such as `server:/export`; NULL for others"},
    {"QuotasDisabled", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (const auto is_on = HasQuotasOn(v.mount)) row.SetBoolean(slot, !*is_on);
     },
     "whether no option of quotas is there, for ext, xfs, f2fs and jfs; NULL for other types"},
    {"SupportsDiskQuotas", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) { SetBooleanOrNull(row, slot, KnowsQuotas(v.mount)); },
     "TRUE for ext, xfs, f2fs, jfs, btrfs, ocfs2 and gfs2; FALSE for FAT, ISO, UDF, squashfs and erofs; NULL for "
     "others"},
    {"SupportsFileBasedCompression", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) { SetBooleanOrNull(row, slot, CompressesFiles(v.mount)); },
     "TRUE for btrfs, f2fs, ntfs3 and bcachefs; FALSE for ext, xfs, FAT, ISO and UDF; NULL for others"},
    {"VolumeDirty", kErrors,
     [](const View& v, RowWriter& row, std::size_t slot) { SetBooleanOrNull(row, slot, v.is_dirty); },
     "TRUE when not 0: errors since the last check; NULL for other types than ext4"},
    {"VolumeName", kLabel, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.label); },
     "name of the link that points at the device; NULL without a label or without udev"},
    {"VolumeSerialNumber", kUuid,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.uuid); },
     "the whole UUID, where Windows has eight digits; NULL without udev"},
};

// False when there was no answer in time.
bool ReadSpace(const Machine& machine, View& view) {
  const auto error = ReadSpaceInTime(machine, view.mount.mount_point, view.space);
  switch (error ? OutcomeOf(*error) : Outcome::kUnread) {
    case Outcome::kRead:
      break;
    case Outcome::kDenied:
      view.denied |= kSpace;
      break;
    default:
      view.unread |= kSpace;
  }
  return error.has_value();
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
      ReadRest(view, writer);
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

  void ReadRest(View& view, RowWriter& writer) const {
    if ((sources_ & kSpace) != 0 && !ReadSpace(machine_, view)) {
      writer.SetIncomplete(NoAnswerText(view.mount.mount_point));
    }
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

ClassPage LogicalDiskProvider::Page() {
  ClassPage page = MakePage<View>(
      "Win32_LogicalDisk",
      "One instance for each mounted file system that is storage. Key: `DeviceID`, the mount point, which is the "
      "identity of a disk in the file tree of Linux. Keys compare without case; where two mount points differ only in "
      "case, both are found, the exact one first.\n\n"
      "What counts as a disk: a mount whose source is a device file; ZFS and bcachefs; network file systems; and `/` "
      "whatever it is. What does not: file systems that the kernel makes up (proc, sysfs, cgroup, tmpfs, overlays of "
      "containers). A mount of a part of what another disk shows (a bind mount) is not a disk of its own, subvolumes "
      "mounted side by side are. Of several mounts on one place the topmost counts.\n\n"
      "Only queries that name a figure of space call statvfs. A file server that does not answer costs two seconds; "
      "its figures are NULL then, and the call ends with partial results that name the mount. WHERE `DriveType` = 3 "
      "does not ask servers at all.",
      kSources, kColumns);
  page.looks_up = true;
  page.may_block = true;
  return page;
}

}  // namespace wmi::linuxos
