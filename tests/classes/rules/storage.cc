// What is right: disks, partitions, volumes, mounts, shares.
#include "rules.h"

namespace wmi::classes {
namespace {

// One of these texts.
Check OneOf(std::vector<std::string> texts) {
  return [texts](ValueView value) -> std::string {
    for (const std::string& text : texts) {
      if (value.kind() == ValueKind::kText && value.text() == text) return {};
    }
    return "not one of the texts it may be";
  };
}

Check DevicePath() {
  return [](ValueView value) -> std::string {
    return value.kind() == ValueKind::kText && value.text().starts_with("/dev/") ? "" : "not a device file";
  };
}

Check NumberList() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().empty()) return "not a list with content";
    for (const ValueView item : value.items()) {
      if (item.kind() != ValueKind::kUnsigned) return "not a list of numbers";
    }
    return {};
  };
}

void AddDriveRules(Rules& rules) {
  const Rule computer = Always(Exactly("Win32_ComputerSystem"));
  rules.Add("Win32_DiskDrive",
            {
                {"BytesPerSector", Sometimes(Between(512, 1u << 20))},
                {"Capabilities", Always(NumberList())},
                {"CapabilityDescriptions", Always(TextList())},
                {"Caption", Always(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_DiskDrive"))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(DevicePath())},
                {"FirmwareRevision", Sometimes(NonEmptyText())},
                {"Index", Always(Between(0, 65'535))},
                {"InterfaceType", Sometimes(OneOf({"IDE", "SCSI", "USB"}))},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"MediaLoaded", Sometimes(Boolean())},
                {"MediaType", Sometimes(NonEmptyText())},
                {"Model", Sometimes(NonEmptyText())},
                {"Name", Always(DevicePath())},
                {"Partitions", Always(Between(0, 4096))},
                {"SCSIBus", Sometimes(Number32())},
                {"SCSILogicalUnit", Sometimes(Number32())},
                {"SCSIPort", Sometimes(Number32())},
                {"SCSITargetId", Sometimes(Number32())},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"Signature", Sometimes(Number32())},
                {"Size", Sometimes(Between(512, 1ull << 60))},
                {"Status", Sometimes(OneOf({"OK", "Error"}))},
                {"SystemCreationClassName", computer},
                {"SystemName", Always(NonEmptyText())},
                {"TotalSectors", Sometimes(Between(1, 1ull << 51))},
            },
            0);
  rules.Add("Win32_DiskPartition",
            {
                {"Access", Sometimes(Between(1, 3))},
                {"BlockSize", Sometimes(Between(512, 1u << 20))},
                {"Bootable", Sometimes(Boolean())},
                {"BootPartition", Sometimes(Boolean())},
                {"Caption", Always(DevicePath())},
                {"CreationClassName", Always(Exactly("Win32_DiskPartition"))},
                {"Description", Sometimes(NonEmptyText())},
                {"DeviceID", Always(DevicePath())},
                {"DiskIndex", Always(Between(0, 65'535))},
                {"Index", Always(Between(1, 4096))},
                {"Name", Always(DevicePath())},
                {"NumberOfBlocks", Sometimes(Between(0, 1ull << 51))},
                {"PrimaryPartition", Sometimes(Boolean())},
                {"Size", Sometimes(Between(0, 1ull << 60))},
                {"StartingOffset", Sometimes(Between(0, 1ull << 60))},
                {"SystemCreationClassName", computer},
                {"SystemName", Always(NonEmptyText())},
                {"Type", Sometimes(NonEmptyText())},
            },
            0);
  rules.Add("Win32_CDROMDrive",
            {
                {"Capabilities", Always(NumberList())},
                {"CapabilityDescriptions", Always(TextList())},
                {"Caption", Always(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_CDROMDrive"))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(DevicePath())},
                {"Drive", Sometimes(NonEmptyText())},
                {"Id", Always(DevicePath())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"MediaLoaded", Sometimes(Boolean())},
                {"MediaType", Sometimes(NonEmptyText())},
                {"MfrAssignedRevisionLevel", Sometimes(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"SCSIBus", Sometimes(Number32())},
                {"SCSILogicalUnit", Sometimes(Number32())},
                {"SCSIPort", Sometimes(Number32())},
                {"SCSITargetId", Sometimes(Number32())},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"Size", Sometimes(Between(1, 1ull << 40))},
                {"Status", Sometimes(OneOf({"OK", "Error"}))},
                {"SystemCreationClassName", computer},
                {"SystemName", Always(NonEmptyText())},
                {"VolumeName", Sometimes(NonEmptyText())},
                {"VolumeSerialNumber", Sometimes(NonEmptyText())},
            },
            0);
}

void AddVolumeRules(Rules& rules) {
  rules.Add("Win32_Volume",
            {
                {"Access", Sometimes(Between(1, 3))},
                {"BlockSize", Sometimes(Between(1, 1u << 30))},
                {"BootVolume", Always(Boolean())},
                {"Capacity", Sometimes(Number64())},
                {"Caption", Always(NonEmptyText())},
                {"Compressed", Sometimes(Boolean())},
                {"CreationClassName", Always(Exactly("Win32_Volume"))},
                {"DeviceID", Always(NonEmptyText())},
                {"DirtyBitSet", Sometimes(Boolean())},
                {"DriveLetter", Sometimes(NonEmptyText())},
                {"DriveType", Always(Between(2, 6))},
                {"FileSystem", Always(NonEmptyText())},
                {"FreeSpace", Sometimes(Number64())},
                {"Label", Sometimes(NonEmptyText())},
                {"MaximumFileNameLength", Sometimes(Between(1, 65'536))},
                {"Name", Always(NonEmptyText())},
                {"NumberOfBlocks", Sometimes(Number64())},
                {"PageFilePresent", Always(Boolean())},
                {"QuotasEnabled", Sometimes(Boolean())},
                {"SerialNumber", Sometimes(Number32())},
                {"SupportsDiskQuotas", Sometimes(Boolean())},
                {"SupportsFileBasedCompression", Sometimes(Boolean())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"SystemVolume", Always(Boolean())},
            },
            0);
  const Rule reference = Always(NonEmptyText());
  rules.Add("Win32_DiskDriveToDiskPartition", {{"Antecedent", reference}, {"Dependent", reference}}, 0);
  rules.Add("Win32_LogicalDiskToPartition",
            {{"Antecedent", reference},
             {"Dependent", reference},
             {"EndingAddress", Sometimes(Number64())},
             {"StartingAddress", Sometimes(Number64())}},
            0);
  rules.Add("Win32_MountPoint", {{"Directory", reference}, {"Volume", reference}}, 0);
  rules.Add("Win32_Share",
            {
                {"AllowMaximum", Always(Boolean())},
                {"Caption", Sometimes(NonEmptyText())},
                {"Description", Sometimes(NonEmptyText())},
                {"MaximumAllowed", Sometimes(Number32())},
                {"Name", Always(NonEmptyText())},
                {"Path", Sometimes(NonEmptyText())},
                {"Type", Always(Between(0, 1))},
            },
            0);
}

}  // namespace

void AddStorageRules(Rules& rules) {
  AddDriveRules(rules);
  AddVolumeRules(rules);
  rules.Add("Win32_LogicalDisk", {
                                     {"Access", Always(Between(1, 3))},
                                     {"BlockSize", Sometimes(Between(1, 1u << 30))},
                                     {"Caption", Always(NonEmptyText())},
                                     {"Compressed", Sometimes(Boolean())},
                                     {"CreationClassName", Always(Exactly("Win32_LogicalDisk"))},
                                     {"Description", Sometimes(NonEmptyText())},
                                     {"DeviceID", Always(NonEmptyText())},
                                     {"DriveType", Always(Between(0, 6))},
                                     {"FileSystem", Always(NonEmptyText())},
                                     {"FreeSpace", Sometimes(Number64())},
                                     {"MaximumComponentLength", Sometimes(Between(1, 65'536))},
                                     {"MediaType", Sometimes(Between(11, 12))},
                                     {"Name", Always(NonEmptyText())},
                                     {"NumberOfBlocks", Sometimes(Number64())},
                                     {"ProviderName", Sometimes(NonEmptyText())},
                                     {"QuotasDisabled", Sometimes(Boolean())},
                                     {"Size", Sometimes(Number64())},
                                     {"SupportsDiskQuotas", Sometimes(Boolean())},
                                     {"SupportsFileBasedCompression", Sometimes(Boolean())},
                                     {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                     {"SystemName", Always(NonEmptyText())},
                                     {"VolumeDirty", Sometimes(Boolean())},
                                     {"VolumeName", Sometimes(NonEmptyText())},
                                     {"VolumeSerialNumber", Sometimes(NonEmptyText())},
                                 });
}

}  // namespace wmi::classes
