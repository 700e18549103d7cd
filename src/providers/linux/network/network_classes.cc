#include "providers/linux/network/network_classes.h"

namespace wmi::linuxos {

void AddNetworkClasses(Classes&) {}

}  // namespace wmi::linuxos
