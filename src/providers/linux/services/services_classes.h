// The classes of this area: services, drivers, timers, sessions.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddServicesClasses(Classes& classes);

}  // namespace wmi::linuxos
