#include "providers/linux/kernel/kernel_classes.h"

#include <memory>

#include "providers/linux/kernel/control_groups.h"
#include "providers/linux/kernel/kernel_objects.h"
#include "providers/linux/kernel/sockets.h"
#include "providers/linux/kernel/sysctl.h"
#include "providers/linux/kernel/systemd_units.h"

namespace wmi::linuxos {

void AddKernelClasses(Classes& classes) {
  classes.Add<LinuxMount>();
  classes.Add<LinuxKernelModule>();
  classes.Add(SysctlProvider::Page(), std::make_unique<SysctlProvider>(classes.machine()));
  classes.Add<LinuxCgroup>();
  classes.Add<LinuxContainer>();
  classes.Add<LinuxNamespace>();
  classes.Add<LinuxSystemdUnit>();
  classes.Add<LinuxSocket>();
  classes.Add<LinuxPressureStall>();
}

}  // namespace wmi::linuxos
