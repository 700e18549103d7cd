#include "providers/linux/storage/storage_classes.h"

#include "providers/linux/logical_disk/logical_disk_provider.h"
#include "providers/linux/storage/drives.h"
#include "providers/linux/storage/shares.h"
#include "providers/linux/storage/volumes.h"

namespace wmi::linuxos {

void AddStorageClasses(Classes& classes) {
  classes.Add(LogicalDiskProvider::Page(), std::make_unique<LogicalDiskProvider>(classes.machine()));
  classes.Add<DiskDrive>();
  classes.Add<DiskPartition>();
  classes.Add<CdromDrive>();
  classes.Add<Volume>();
  classes.Add<DriveToPartition>();
  classes.Add<DiskToPartition>();
  classes.Add<MountPoint>();
  classes.Add<Share>();
}

}  // namespace wmi::linuxos
