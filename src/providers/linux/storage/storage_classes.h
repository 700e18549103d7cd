// The classes of this area: disks, partitions, volumes, mounts, shares.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddStorageClasses(Classes& classes);

}  // namespace wmi::linuxos
