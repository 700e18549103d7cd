#include "providers/linux/services/services_classes.h"

namespace wmi::linuxos {

void AddServicesClasses(Classes&) {}

}  // namespace wmi::linuxos
