// The classes of this area: packages and the journal.
#pragma once

#include "providers/linux/classes.h"

namespace wmi::linuxos {

void AddSoftwareClasses(Classes& classes);

}  // namespace wmi::linuxos
