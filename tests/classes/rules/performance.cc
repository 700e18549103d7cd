// What is right: counters.
#include "rules.h"

namespace wmi::classes {

void AddPerformanceRules(Rules&) {}

}  // namespace wmi::classes
