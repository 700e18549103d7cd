#include "providers/linux/software/software_classes.h"

#include "providers/linux/software/eventlog_file.h"
#include "providers/linux/software/linux_package.h"
#include "providers/linux/software/log_event_provider.h"
#include "providers/linux/software/product_provider.h"

namespace wmi::linuxos {

void AddSoftwareClasses(Classes& classes) {
  classes.Add(ProductProvider::Page(), std::make_unique<ProductProvider>(classes.machine()));
  classes.Add<LinuxPackage>();
  classes.Add(LogEventProvider::Page(), std::make_unique<LogEventProvider>(classes.machine()));
  classes.Add<EventlogFile>();
}

}  // namespace wmi::linuxos
