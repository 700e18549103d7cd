// The classes of this area: root\linux.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddKernelClasses(Classes& classes);

}  // namespace wmi::linuxos
