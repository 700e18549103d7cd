// What is right: disks, partitions, volumes, mounts, shares.
#include "rules.h"

namespace wmi::classes {

void AddStorageRules(Rules& rules) {
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
