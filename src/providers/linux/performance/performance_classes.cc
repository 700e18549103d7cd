#include "providers/linux/performance/performance_classes.h"

namespace wmi::linuxos {

void AddPerformanceClasses(Classes&) {}

}  // namespace wmi::linuxos
