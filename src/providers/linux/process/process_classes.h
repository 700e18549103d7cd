// The classes of this area: processes and threads.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddProcessClasses(Classes& classes);

}  // namespace wmi::linuxos
