#include "providers/linux/storage/drives.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <utility>

#include "providers/linux/mounts.h"
#include "providers/linux/storage/show.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using Udev = std::map<std::string, std::string>;

constexpr SourceSet kNoSource = 0;
constexpr SourceSet kList = 1u << 0;
constexpr SourceSet kQueue = 1u << 1;
constexpr SourceSet kSize = 1u << 2;
constexpr SourceSet kIdentity = 1u << 3;
constexpr SourceSet kSerial = 1u << 4;
constexpr SourceSet kUdev = 1u << 5;
constexpr SourceSet kState = 1u << 6;
constexpr SourceSet kRemovable = 1u << 7;
constexpr SourceSet kPartitionList = 1u << 8;
constexpr SourceSet kAddress = 1u << 9;
constexpr SourceSet kHost = 1u << 10;
constexpr SourceSet kMountTable = 1u << 11;

constexpr Source kDriveSources[] = {
    {kList, "`/sys/block`", Cost::kFile},
    {kQueue, "`queue/logical_block_size`", Cost::kInstanceFile},
    {kSize, "`size`", Cost::kInstanceFile},
    {kIdentity, "`device/model`, `device/name`, `device/vendor`, `device/rev`, `device/firmware_rev`",
     Cost::kInstanceFile},
    {kSerial, "`device/serial`, `serial` or `device/vpd_pg80`", Cost::kInstanceFile},
    {kUdev, "`/run/udev/data`", Cost::kInstanceFile},
    {kState, "`device/state`", Cost::kInstanceFile},
    {kRemovable, "`removable`, `ro`", Cost::kInstanceFile},
    {kPartitionList, "`partition` of its folders", Cost::kInstanceFile},
    {kAddress, "where `device` points", Cost::kInstanceFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kMountTable, "`/proc/self/mountinfo`", Cost::kFile},
};

std::string UdevText(const Udev& udev, const char* name) {
  const auto found = udev.find(name);
  return found == udev.end() ? std::string() : found->second;
}

// Digits with or without 0x before them.
std::optional<std::uint64_t> HexNumber(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> BlockFlag(const Machine& machine, const std::string& name, std::string_view attribute) {
  const std::string text = BlockText(machine, name, attribute);
  if (text.empty()) return std::nullopt;
  return text != "0";
}

// What drives of all kinds have.
void FillDrive(const Machine& machine, const Asked& asked, const BlockDrive& drive, DriveView& view) {
  const std::string& name = drive.name;
  view.target = drive.target;
  view.index = drive.index;
  if (asked.Wants(kHost)) view.host_name = HostName(machine);
  if (asked.Wants(kQueue)) view.sector_bytes = BlockNumber(machine, name, "queue/logical_block_size");
  if (asked.Wants(kSize)) {
    if (const auto size = BlockNumber(machine, name, "size")) {
      view.has_medium = *size != 0;
      if (*size != 0) view.size = *size * kSectorBytes;
    }
  }
  if (view.size && view.sector_bytes.value_or(0) != 0) view.sectors = *view.size / *view.sector_bytes;
  if (asked.Wants(kIdentity)) {
    view.model = BlockText(machine, name, "device/model");
    if (view.model.empty()) view.model = BlockText(machine, name, "device/name");
    view.caption = view.model.empty() ? view.path : view.model;
    view.vendor = BlockText(machine, name, "device/vendor");
    // "ATA" stands for any maker in the translation from ATA to SCSI; of virtio there is only a number.
    if (view.vendor == "ATA" || view.vendor.starts_with("0x")) view.vendor.clear();
    for (const char* attribute : {"device/firmware_rev", "device/rev", "device/fwrev"}) {
      if (view.revision.empty()) view.revision = BlockText(machine, name, attribute);
    }
  }
  if (asked.Wants(kSerial)) view.serial = BlockSerial(machine, name);
  if (asked.Wants(kState)) view.state = BlockText(machine, name, "device/state");
  if (asked.Wants(kRemovable)) {
    view.is_removable = BlockFlag(machine, name, "removable");
    view.is_read_only = BlockFlag(machine, name, "ro");
  }
  if (asked.Wants(kAddress)) view.scsi = ScsiAddress(machine, name);
}

// The numbers of CIM_MediaAccessDevice.Capabilities.
constexpr std::uint64_t kRandomAccess = 3;
constexpr std::uint64_t kSupportsWriting = 4;
constexpr std::uint64_t kRemovableMedia = 7;

struct Capability {
  std::uint64_t number;
  std::string_view text;
};

std::vector<Capability> CapabilitiesOf(std::optional<bool> writes, std::optional<bool> is_removable) {
  std::vector<Capability> found{{kRandomAccess, "Random Access"}};
  if (writes.value_or(false)) found.push_back({kSupportsWriting, "Supports Writing"});
  if (is_removable.value_or(false)) found.push_back({kRemovableMedia, "Supports Removable Media"});
  return found;
}

void SetCapabilities(const std::vector<Capability>& list, RowWriter& row, std::size_t slot) {
  std::vector<cim::ValueView> items;
  for (const Capability& item : list) items.push_back(cim::ValueView::Unsigned(item.number));
  row.Set(slot, cim::ValueView::Array(items));
}

void SetCapabilityTexts(const std::vector<Capability>& list, RowWriter& row, std::size_t slot) {
  std::vector<cim::ValueView> items;
  for (const Capability& item : list) items.push_back(cim::ValueView::Text(item.text));
  row.Set(slot, cim::ValueView::Array(items));
}

std::optional<bool> Not(std::optional<bool> value) { return value ? std::optional(!*value) : std::nullopt; }

std::vector<Capability> DriveCapabilities(const DriveView& v) {
  return CapabilitiesOf(Not(v.is_read_only), v.is_removable);
}

bool IsOnUsb(const DriveView& view) { return view.target.find("/usb") != std::string::npos; }

// One of the words that Windows has for a bus; empty for NVMe, virtio and other buses that are not among them.
std::string_view InterfaceOf(const DriveView& view) {
  if (IsOnUsb(view)) return "USB";
  if (view.target.find("/ata") != std::string::npos) return "IDE";
  if (view.target.find("/target") != std::string::npos) return "SCSI";
  return {};
}

std::string_view MediaTypeOf(const DriveView& view) {
  if (!view.is_removable) return {};
  if (*view.is_removable) return "Removable media other than floppy";
  return IsOnUsb(view) ? "External hard disk media" : "Fixed hard disk media";
}

std::string_view StatusOf(const DriveView& view) {
  if (view.state == "running" || view.state == "live") return "OK";
  if (view.state == "offline" || view.state == "transport-offline" || view.state == "dead") return "Error";
  return {};
}

template <std::size_t kPart, typename View>
void ShowAddress(const View& view, RowWriter& row, std::size_t slot) {
  if (view.scsi) row.SetUnsigned(slot, (*view.scsi)[kPart]);
}

template <auto kField>
constexpr auto kDrive = ShowField<DriveView, kField>;

constexpr Column<DriveView> kDriveColumns[] = {
    {"BytesPerSector", kQueue, kDrive<&DriveView::sector_bytes>, "the logical sector"},
    {"Capabilities", kRemovable,
     [](const DriveView& v, RowWriter& row, std::size_t slot) { SetCapabilities(DriveCapabilities(v), row, slot); },
     "random access; writing unless read-only; removable media"},
    {"CapabilityDescriptions", kRemovable,
     [](const DriveView& v, RowWriter& row, std::size_t slot) { SetCapabilityTexts(DriveCapabilities(v), row, slot); },
     "`Capabilities` in words"},
    {"Caption", kIdentity, kDrive<&DriveView::caption>, "as `Model`, or else as `DeviceID`"},
    {"CreationClassName", kNoSource,
     [](const DriveView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_DiskDrive"); }, "constant"},
    {"Description", kNoSource,
     [](const DriveView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Disk drive"); }, "constant"},
    {"DeviceID", kList, kDrive<&DriveView::path>, "the device file"},
    {"FirmwareRevision", kIdentity, kDrive<&DriveView::revision>, "NULL where the drive has none"},
    {"Index", kList, kDrive<&DriveView::index>, "place in the natural order of the names, from 0"},
    {"InterfaceType", kList,
     [](const DriveView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, InterfaceOf(v)); },
     "by the path of the device: USB, IDE (ATA and SATA), SCSI; NULL for buses that Windows has no word for, such as "
     "NVMe and virtio"},
    {"Manufacturer", kIdentity, kDrive<&DriveView::vendor>, "the vendor of SCSI and USB drives; NULL for others"},
    {"MediaLoaded", kSize, kDrive<&DriveView::has_medium>, "whether the size is not 0"},
    {"MediaType", kRemovable | kList,
     [](const DriveView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, MediaTypeOf(v)); },
     "removable, external (USB) or fixed"},
    {"Model", kIdentity, kDrive<&DriveView::model>, "NULL for drives without one, such as virtio"},
    {"Name", kList, kDrive<&DriveView::path>, "as `DeviceID`"},
    {"Partitions", kPartitionList, kDrive<&DriveView::partitions>, "their number"},
    {"SCSIBus", kAddress, ShowAddress<1, DriveView>, "channel of the address; NULL for others than SCSI devices"},
    {"SCSILogicalUnit", kAddress, ShowAddress<3, DriveView>, "as `SCSIBus`"},
    {"SCSIPort", kAddress, ShowAddress<0, DriveView>, "host of the address; NULL as `SCSIBus`"},
    {"SCSITargetId", kAddress, ShowAddress<2, DriveView>, "as `SCSIBus`"},
    {"SerialNumber", kSerial, kDrive<&DriveView::serial>, "blanks taken off; NULL where the drive tells none"},
    {"Signature", kUdev, kDrive<&DriveView::signature>,
     "the identifier in an MBR (ID_PART_TABLE_UUID); NULL for other tables and without udev"},
    {"Size", kSize, kDrive<&DriveView::size>, "in bytes; NULL without a medium"},
    {"Status", kState,
     [](const DriveView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, StatusOf(v)); },
     "what the kernel says of the device: OK for running and live, Error for offline and dead; NULL for other states "
     "and devices without one. It is no verdict on the health of the medium"},
    {"SystemCreationClassName", kNoSource, ShowComputerSystem<DriveView>, "constant"},
    {"SystemName", kHost, kDrive<&DriveView::host_name>, "host name"},
    {"TotalSectors", kSize | kQueue, kDrive<&DriveView::sectors>, "`Size` in units of `BytesPerSector`"},
};

// ---- optical drives

std::string MediumTypeOf(const Udev& udev) {
  if (udev.contains("ID_CDROM_BD")) return udev.contains("ID_CDROM_BD_R") ? "BD Writer" : "BD-ROM";
  if (udev.contains("ID_CDROM_DVD_R")) return "DVD Writer";
  if (udev.contains("ID_CDROM_DVD")) return "DVD-ROM";
  if (udev.contains("ID_CDROM_CD_R")) return "CD Writer";
  return udev.contains("ID_CDROM") ? "CD-ROM" : std::string();
}

template <auto kField>
constexpr auto kOptical = ShowField<OpticalView, kField>;

std::vector<Capability> OpticalCapabilities(const OpticalView& v) { return CapabilitiesOf(v.writes, true); }

constexpr Column<OpticalView> kOpticalColumns[] = {
    {"Capabilities", kUdev,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetCapabilities(OpticalCapabilities(v), row, slot); },
     "random access, removable media, and writing for drives that write"},
    {"CapabilityDescriptions", kUdev,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) {
       SetCapabilityTexts(OpticalCapabilities(v), row, slot);
     },
     "`Capabilities` in words"},
    {"Caption", kIdentity, [](const OpticalView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.caption); },
     "the model, or else the device file"},
    {"CreationClassName", kNoSource,
     [](const OpticalView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_CDROMDrive"); }, "constant"},
    {"Description", kNoSource,
     [](const OpticalView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "CD-ROM Drive"); }, "constant"},
    {"DeviceID", kList, [](const OpticalView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.path); },
     "the device file"},
    {"Drive", kMountTable, kOptical<&OpticalView::mount_point>, "where the disc is mounted; NULL when it is not"},
    {"Id", kList, [](const OpticalView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.path); },
     "as `DeviceID`"},
    {"Manufacturer", kIdentity,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.vendor); },
     "the vendor; NULL when the drive tells none"},
    {"MediaLoaded", kUdev,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) {
       if (v.has_medium) row.SetBoolean(slot, *v.has_medium);
     },
     "ID_CDROM_MEDIA; NULL without udev"},
    {"MediaType", kUdev, kOptical<&OpticalView::medium_type>,
     "the best that the drive does: CD-ROM, CD Writer, "
     "DVD-ROM, DVD Writer, BD-ROM, BD Writer"},
    {"MfrAssignedRevisionLevel", kIdentity,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.revision); },
     "revision of the firmware"},
    {"Name", kIdentity, [](const OpticalView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.caption); },
     "as `Caption`"},
    {"SCSIBus", kAddress, ShowAddress<1, OpticalView>, "channel of the address"},
    {"SCSILogicalUnit", kAddress, ShowAddress<3, OpticalView>, "unit of the address"},
    {"SCSIPort", kAddress, ShowAddress<0, OpticalView>, "host of the address"},
    {"SCSITargetId", kAddress, ShowAddress<2, OpticalView>, "target of the address"},
    {"SerialNumber", kSerial,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.serial); },
     "NULL where the drive tells none"},
    {"Size", kSize | kUdev,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) {
       if (v.has_medium.value_or(false) && v.size) row.SetUnsigned(slot, *v.size);
     },
     "of the disc in bytes; NULL without one"},
    {"Status", kState,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, StatusOf(v)); },
     "what the kernel says of the device: OK for running, Error for offline; NULL for other states"},
    {"SystemCreationClassName", kNoSource, ShowComputerSystem<OpticalView>, "constant"},
    {"SystemName", kHost,
     [](const OpticalView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); },
     "host name"},
    {"VolumeName", kUdev, kOptical<&OpticalView::label>, "label of the disc; NULL without one"},
    {"VolumeSerialNumber", kUdev, kOptical<&OpticalView::uuid>,
     "UUID of the file system of the disc; NULL without one"},
};

// ---- partitions

struct TypeName {
  std::string_view code;
  std::string_view name;
};
// What udev gives as ID_PART_ENTRY_TYPE.
constexpr TypeName kTypeNames[] = {
    {"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "GPT: System"},
    {"21686148-6449-6e6f-744e-656564454649", "GPT: BIOS Boot"},
    {"e3c9e316-0b5c-4db8-817d-f92df00215ae", "GPT: Microsoft Reserved"},
    {"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "GPT: Basic Data"},
    {"de94bba4-06d1-4d40-a16a-bfd50179d6ac", "GPT: Windows Recovery"},
    {"0fc63daf-8483-4772-8e79-3d69d8477de4", "GPT: Linux Filesystem"},
    {"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "GPT: Linux Root"},
    {"933ac7e1-2eb4-4f13-b844-0e14e2aef915", "GPT: Linux Home"},
    {"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "GPT: Linux Swap"},
    {"e6d6d379-f507-44c2-a23c-238f2a3df928", "GPT: Linux LVM"},
    {"a19d880f-05fc-4d3b-a006-743f0f84911e", "GPT: Linux RAID"},
    {"ca7d7ccb-63ed-4c53-861c-1742536059cc", "GPT: Linux LUKS"},
    {"bc13c2ff-59e6-4262-a352-b275fd6f7172", "GPT: Linux Extended Boot"},
    {"0x1", "12-bit FAT"},
    {"0x4", "16-bit FAT"},
    {"0x5", "Extended Partition"},
    {"0x6", "MS-DOS V4 Huge"},
    {"0x7", "Installable File System"},
    {"0xb", "Win95 w/32-bit FAT"},
    {"0xc", "Win95 w/Extended Int 13"},
    {"0xe", "Win95 w/Extended Int 13"},
    {"0xf", "Extended w/Extended Int 13"},
    {"0x42", "Logical Disk Manager"},
    {"0x63", "UNIX"},
    {"0x82", "Linux Swap"},
    {"0x83", "Linux"},
    {"0x8e", "Linux LVM"},
    {"0xef", "System"},
    {"0xfd", "Linux RAID"},
};

void FillType(const Udev& udev, std::uint64_t number, PartitionView& view) {
  const std::string scheme = UdevText(udev, "ID_PART_ENTRY_SCHEME");
  const std::string code = UdevText(udev, "ID_PART_ENTRY_TYPE");
  const bool is_gpt = scheme == "gpt";
  if (!is_gpt && scheme != "dos") return;
  const auto* const found = std::find_if(std::begin(kTypeNames), std::end(kTypeNames),
                                         [&](const TypeName& type) { return type.code == code; });
  if (!code.empty()) view.type = found != std::end(kTypeNames) ? found->name : is_gpt ? "GPT: Unknown" : "Unknown";
  // The first four of an MBR are primary, but for the one that holds the others.
  const bool is_extended = code == "0x5" || code == "0xf" || code == "0x85";
  view.is_primary = is_gpt || (number <= 4 && !is_extended);
  constexpr std::uint64_t kActive = 0x80;
  constexpr std::uint64_t kLegacyBoot = 0x4;
  const std::uint64_t flags = HexNumber(UdevText(udev, "ID_PART_ENTRY_FLAGS")).value_or(0);
  view.is_active = is_gpt ? view.type == "GPT: System" || (flags & kLegacyBoot) != 0 : (flags & kActive) != 0;
}

constexpr Source kPartitionSources[] = {
    {kList, "`/sys/block`", Cost::kFile},
    {kPartitionList, "`partition`", Cost::kInstanceFile},
    {kSize, "`size`, `start`", Cost::kInstanceFile},
    {kQueue, "`queue/logical_block_size` of the drive", Cost::kInstanceFile},
    {kRemovable, "`ro`", Cost::kInstanceFile},
    {kUdev, "`/run/udev/data`", Cost::kInstanceFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

template <auto kField>
constexpr auto kPartition = ShowField<PartitionView, kField>;

constexpr Column<PartitionView> kPartitionColumns[] = {
    {"Access", kRemovable, kPartition<&PartitionView::access>, "1 when it is read-only, else 3"},
    {"BlockSize", kQueue, kPartition<&PartitionView::block_bytes>, "the logical sector"},
    {"Bootable", kUdev, kPartition<&PartitionView::is_active>,
     "MBR: marked active; GPT: the system partition, or marked for BIOS; NULL for other tables and without udev"},
    {"BootPartition", kUdev, kPartition<&PartitionView::is_active>, "as `Bootable`"},
    {"Caption", kList, kPartition<&PartitionView::path>, "as `DeviceID`"},
    {"CreationClassName", kNoSource,
     [](const PartitionView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_DiskPartition"); },
     "constant"},
    {"Description", kUdev, kPartition<&PartitionView::type>, "as `Type`"},
    {"DeviceID", kList, kPartition<&PartitionView::path>, "the device file"},
    {"DiskIndex", kList, kPartition<&PartitionView::disk_index>, "`Index` of the drive"},
    {"Index", kPartitionList, kPartition<&PartitionView::index>, "the number of the partition, which starts at 1"},
    {"Name", kList, kPartition<&PartitionView::path>, "as `DeviceID`"},
    {"NumberOfBlocks", kSize | kQueue, kPartition<&PartitionView::blocks>, "`Size` in units of `BlockSize`"},
    {"PrimaryPartition", kUdev, kPartition<&PartitionView::is_primary>,
     "MBR: the first four, but for an extended one; GPT: all; NULL for other tables and without udev"},
    {"Size", kSize, kPartition<&PartitionView::size>, "in bytes"},
    {"StartingOffset", kSize, kPartition<&PartitionView::start>, "in bytes from the start of the drive"},
    {"SystemCreationClassName", kNoSource, ShowComputerSystem<PartitionView>, "constant"},
    {"SystemName", kHost, kPartition<&PartitionView::host_name>, "host name"},
    {"Type", kUdev, kPartition<&PartitionView::type>,
     "name of ID_PART_ENTRY_TYPE, `GPT: ` before those of GPT; Unknown for types without a name here; NULL for other "
     "tables and without udev"},
};

void FillPartition(const Machine& machine, const Asked& asked, const BlockDrive& drive, const std::string& name,
                   PartitionView& view) {
  view.disk_index = drive.index;
  if (asked.Wants(kHost)) view.host_name = HostName(machine);
  if (asked.Wants(kPartitionList | kUdev)) view.index = BlockNumber(machine, name, "partition");
  if (asked.Wants(kQueue)) view.block_bytes = BlockNumber(machine, drive.name, "queue/logical_block_size");
  if (asked.Wants(kSize)) {
    if (const auto size = BlockNumber(machine, name, "size")) view.size = *size * kSectorBytes;
    if (const auto start = BlockNumber(machine, name, "start")) view.start = *start * kSectorBytes;
  }
  if (view.size && view.block_bytes.value_or(0) != 0) view.blocks = *view.size / *view.block_bytes;
  if (asked.Wants(kRemovable)) {
    const auto is_read_only = BlockFlag(machine, name, "ro");
    if (is_read_only) view.access = *is_read_only ? 1 : 3;
  }
  if (asked.Wants(kUdev)) FillType(ReadUdev(machine, name), view.index.value_or(0), view);
}

// Whether a key may be one of this drive's partitions, so that others are not looked at.
bool MayHoldKey(const provider::Request& request, const std::string& drive_path) {
  if (!request.has_keys) return true;
  return std::any_of(request.keys.begin(), request.keys.end(), [&](const provider::KeyTuple& key) {
    return key.size() == 1 && key.front().view().kind() == cim::ValueKind::kText &&
           key.front().view().text().size() > drive_path.size() &&
           EqualFolded(key.front().view().text().substr(0, drive_path.size()), drive_path);
  });
}

constexpr Source kEndSources[] = {
    {kList, "`/sys/block` and the folders of its drives", Cost::kInstanceFile},
};

constexpr Column<TwoEndsView> kDriveToPartitionColumns[] = {
    {"Antecedent", kList, ShowField<TwoEndsView, &TwoEndsView::antecedent>, "the drive"},
    {"Dependent", kList, ShowField<TwoEndsView, &TwoEndsView::dependent>, "the partition"},
};

}  // namespace

std::span<const Source> DiskDrive::Sources() { return kDriveSources; }
std::span<const Column<DriveView>> DiskDrive::Columns() { return kDriveColumns; }

Status DiskDrive::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  for (const BlockDrive& drive : ListDrives(machine)) {
    if (asked.stopped()) return Status();
    View view;
    view.path = DevicePath(machine, drive.name);
    if (!WantsKey(asked.request, view.path)) continue;
    FillDrive(machine, asked, drive, view);
    if (asked.Wants(kPartitionList)) view.partitions = ListPartitions(machine, drive.name).size();
    if (asked.Wants(kUdev)) {
      const Udev udev = ReadUdev(machine, drive.name);
      if (UdevText(udev, "ID_PART_TABLE_TYPE") == "dos") {
        const auto signature = HexNumber(UdevText(udev, "ID_PART_TABLE_UUID"));
        if (signature && *signature <= 0xFFFFFFFFu) view.signature = signature;
      }
    }
    out.push_back(std::move(view));
  }
  return Status();
}

std::span<const Source> CdromDrive::Sources() { return kDriveSources; }
std::span<const Column<OpticalView>> CdromDrive::Columns() { return kOpticalColumns; }

Status CdromDrive::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::vector<BlockDrive> drives = ListOpticalDrives(machine);
  const std::vector<Mount> mounts =
      asked.Wants(kMountTable) && !drives.empty() ? ReadMounts(machine) : std::vector<Mount>();
  for (const BlockDrive& drive : drives) {
    View view;
    view.path = DevicePath(machine, drive.name);
    if (!WantsKey(asked.request, view.path)) continue;
    FillDrive(machine, asked, drive, view);
    view.has_medium.reset();  // the kernel keeps the size of the last disc
    if (asked.Wants(kUdev)) {
      const Udev udev = ReadUdev(machine, drive.name);
      if (!udev.empty()) view.has_medium = UdevText(udev, "ID_CDROM_MEDIA") == "1";
      view.medium_type = MediumTypeOf(udev);
      if (!udev.empty()) view.writes = view.medium_type.ends_with("Writer");
      view.label = UdevText(udev, "ID_FS_LABEL");
      view.uuid = UdevText(udev, "ID_FS_UUID");
    }
    if (asked.Wants(kMountTable)) {
      const std::string number = BlockText(machine, drive.name, "dev");
      const auto mount = std::find_if(mounts.begin(), mounts.end(),
                                      [&](const Mount& item) { return !number.empty() && item.device == number; });
      if (mount != mounts.end()) view.mount_point = mount->mount_point;
    }
    out.push_back(std::move(view));
  }
  return Status();
}

std::span<const Source> DiskPartition::Sources() { return kPartitionSources; }
std::span<const Column<PartitionView>> DiskPartition::Columns() { return kPartitionColumns; }

Status DiskPartition::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  for (const BlockDrive& drive : ListDrives(machine)) {
    if (!MayHoldKey(asked.request, DevicePath(machine, drive.name))) continue;
    for (const std::string& name : ListPartitions(machine, drive.name)) {
      if (asked.stopped()) return Status();
      View view;
      view.path = DevicePath(machine, name);
      if (!WantsKey(asked.request, view.path)) continue;
      FillPartition(machine, asked, drive, name, view);
      out.push_back(std::move(view));
    }
  }
  return Status();
}

std::span<const Source> DriveToPartition::Sources() { return kEndSources; }
std::span<const Column<TwoEndsView>> DriveToPartition::Columns() { return kDriveToPartitionColumns; }

Status DriveToPartition::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  for (const BlockDrive& drive : ListDrives(machine)) {
    for (const std::string& name : ListPartitions(machine, drive.name)) {
      View view;
      view.antecedent = InstancePath("Win32_DiskDrive", "DeviceID", DevicePath(machine, drive.name));
      view.dependent = InstancePath("Win32_DiskPartition", "DeviceID", DevicePath(machine, name));
      out.push_back(std::move(view));
    }
  }
  return Status();
}

}  // namespace wmi::linuxos
