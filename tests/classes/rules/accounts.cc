// What is right: users and groups.
#include "rules.h"

namespace wmi::classes {

void AddAccountsRules(Rules&) {}

}  // namespace wmi::classes
