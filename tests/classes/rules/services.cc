// What is right: services, drivers, timers, sessions.
#include "rules.h"

namespace wmi::classes {

void AddServicesRules(Rules&) {}

}  // namespace wmi::classes
