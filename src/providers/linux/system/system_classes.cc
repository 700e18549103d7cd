#include "providers/linux/system/system_classes.h"

#include "providers/linux/computer_system/computer_system.h"
#include "providers/linux/operating_system/operating_system.h"

namespace wmi::linuxos {

void AddSystemClasses(Classes& classes) {
  classes.Add<ComputerSystem>();
  classes.Add<OperatingSystem>();
}

}  // namespace wmi::linuxos
