#include "providers/linux/kernel/kernel_classes.h"

namespace wmi::linuxos {

void AddKernelClasses(Classes&) {}

}  // namespace wmi::linuxos
