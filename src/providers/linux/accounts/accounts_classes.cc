#include "providers/linux/accounts/accounts_classes.h"

#include "providers/linux/accounts/account_provider.h"
#include "providers/linux/accounts/group_user.h"

namespace wmi::linuxos {

void AddAccountsClasses(Classes& classes) {
  classes.Add<UserAccount>();
  classes.Add<SystemAccount>();
  classes.Add<AccountGroup>();
  classes.Add<AccountSid>();
  classes.Add<GroupUser>();
  classes.Add<UserProfile>();
}

}  // namespace wmi::linuxos
