#include "providers/linux/system/system_classes.h"

#include "providers/linux/computer_system/computer_system.h"
#include "providers/linux/operating_system/operating_system.h"
#include "providers/linux/system/clock_classes.h"
#include "providers/linux/system/environment.h"
#include "providers/linux/system/machine_classes.h"
#include "providers/linux/system/startup_command.h"

namespace wmi::linuxos {

void AddSystemClasses(Classes& classes) {
  classes.Add<ComputerSystem>();
  classes.Add<OperatingSystem>();
  classes.Add<ComputerProduct>();
  classes.Add<TimeZone>();
  classes.Add<LocalTime>();
  classes.Add<UtcTime>();
  classes.Add<Environment>();
  classes.Add<StartupCommand>();
  classes.Add<PageFileUsage>();
  classes.Add<BootConfiguration>();
  classes.Add<QuickFixEngineering>();
  classes.Add<WmiSetting>();
}

}  // namespace wmi::linuxos
