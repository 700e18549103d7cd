// What is right: root\linux.
#include "rules.h"

namespace wmi::classes {

void AddKernelRules(Rules&) {}

}  // namespace wmi::classes
