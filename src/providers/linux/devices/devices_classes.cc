#include "providers/linux/devices/devices_classes.h"

namespace wmi::linuxos {

void AddDevicesClasses(Classes&) {}

}  // namespace wmi::linuxos
