#include "providers/linux/accounts/accounts_classes.h"

namespace wmi::linuxos {

void AddAccountsClasses(Classes&) {}

}  // namespace wmi::linuxos
