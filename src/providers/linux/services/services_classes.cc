#include "providers/linux/services/services_classes.h"

#include "providers/linux/services/kernel_module.h"
#include "providers/linux/services/logon_session.h"
#include "providers/linux/services/scheduled_job.h"
#include "providers/linux/services/service.h"

namespace wmi::linuxos {

void AddServicesClasses(Classes& classes) {
  classes.Add<Service>();
  classes.Add<SystemDriver>();
  classes.Add<ScheduledJob>();
  classes.Add<LogonSession>();
  classes.Add<LoggedOnUser>();
  classes.Add<SessionProcess>();
}

}  // namespace wmi::linuxos
