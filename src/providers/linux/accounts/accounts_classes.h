// The classes of this area: users and groups.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddAccountsClasses(Classes& classes);

}  // namespace wmi::linuxos
