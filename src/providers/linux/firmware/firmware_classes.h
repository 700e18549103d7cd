// The classes of this area: what the firmware tells: BIOS, boards, memory modules, caches; processors.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddFirmwareClasses(Classes& classes);

}  // namespace wmi::linuxos
