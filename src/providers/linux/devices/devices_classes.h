// The classes of this area: PnP, USB, video, sound, sensors, printers.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddDevicesClasses(Classes& classes);

}  // namespace wmi::linuxos
