// The classes of this area: counters.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddPerformanceClasses(Classes& classes);

}  // namespace wmi::linuxos
