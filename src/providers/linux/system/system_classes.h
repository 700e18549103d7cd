// The classes of this area: computer, boot, time, environment.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddSystemClasses(Classes& classes);

}  // namespace wmi::linuxos
