// What is right: users and groups.
#include "rules.h"

namespace wmi::classes {

namespace {

Check ByteList() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().size() != 16) return "not 16 bytes";
    for (const ValueView item : value.items()) {
      if (item.kind() != ValueKind::kUnsigned || item.unsigned_integer() > 255) return "not a list of bytes";
    }
    return "";
  };
}

}  // namespace

void AddAccountsRules(Rules& rules) {
  rules.Add("Win32_UserAccount",
            {
                {"AccountType", Always(Between(512, 512))},
                {"Caption", Always(NonEmptyText())},
                {"Disabled", Sometimes(Boolean())},
                {"Domain", Always(NonEmptyText())},
                {"FullName", Sometimes(NonEmptyText())},
                {"LocalAccount", Always(Boolean())},
                {"Lockout", Sometimes(Boolean())},
                {"Name", Always(NonEmptyText())},
                {"PasswordChangeable", Sometimes(Boolean())},
                {"PasswordExpires", Sometimes(Boolean())},
                {"PasswordRequired", Sometimes(Boolean())},
                {"SID", Always(NonEmptyText())},
                {"SIDType", Always(Between(1, 1))},
            },
            1);
  rules.Add("Win32_SystemAccount",
            {
                {"Caption", Always(NonEmptyText())},
                {"Description", Sometimes(NonEmptyText())},
                {"Domain", Always(NonEmptyText())},
                {"LocalAccount", Always(Boolean())},
                {"Name", Always(NonEmptyText())},
                {"SID", Always(NonEmptyText())},
                {"SIDType", Always(Between(1, 1))},
            },
            1);
  rules.Add("Win32_Group",
            {
                {"Caption", Always(NonEmptyText())},
                {"Domain", Always(NonEmptyText())},
                {"LocalAccount", Always(Boolean())},
                {"Name", Always(NonEmptyText())},
                {"SID", Always(NonEmptyText())},
                {"SIDType", Always(Between(4, 4))},
            },
            1);
  rules.Add("Win32_SID",
            {
                {"AccountName", Always(NonEmptyText())},
                {"BinaryRepresentation", Always(ByteList())},
                {"ReferencedDomainName", Always(NonEmptyText())},
                {"SID", Always(NonEmptyText())},
                {"SidLength", Always(Between(16, 16))},
            },
            1);
  rules.Add("Win32_GroupUser",
            {
                {"GroupComponent", Always(NonEmptyText())},
                {"PartComponent", Always(NonEmptyText())},
            },
            1);
  rules.Add("Win32_UserProfile",
            {
                {"Loaded", Sometimes(Boolean())},
                {"LocalPath", Always(NonEmptyText())},
                {"SID", Always(NonEmptyText())},
                {"Special", Always(Boolean())},
            },
            1);
}

}  // namespace wmi::classes
