#include "providers/linux/software/software_classes.h"

namespace wmi::linuxos {

void AddSoftwareClasses(Classes&) {}

}  // namespace wmi::linuxos
