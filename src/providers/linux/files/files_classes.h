// The classes of this area: CIM_DataFile and Win32_Directory.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddFilesClasses(Classes& classes);

}  // namespace wmi::linuxos
