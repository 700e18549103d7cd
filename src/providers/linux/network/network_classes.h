// The classes of this area: adapters, addresses, routes, sockets, ping.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddNetworkClasses(Classes& classes);

}  // namespace wmi::linuxos
