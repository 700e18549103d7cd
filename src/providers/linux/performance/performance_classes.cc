#include "providers/linux/performance/performance_classes.h"

#include "providers/linux/performance/counters.h"

namespace wmi::linuxos {

void AddPerformanceClasses(Classes& classes) {
  AddSystemCounters(classes);
  AddProcessCounters(classes);
  AddDeviceCounters(classes);
}

}  // namespace wmi::linuxos
