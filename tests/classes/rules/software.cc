// What is right: packages and the journal.
#include "rules.h"

namespace wmi::classes {

void AddSoftwareRules(Rules&) {}

}  // namespace wmi::classes
