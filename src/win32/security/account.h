// Accounts: the names of SIDs, from the user database of the machine, and back.
#pragma once

#include <windef.h>

#include <optional>
#include <string>
#include <string_view>

#include "win32/security/sid.h"

namespace wmi::win32 {

struct Account {
  std::string name;
  std::string domain;
  SID_NAME_USE use = SidTypeUnknown;
};

// The name of this machine, without its domain: the domain of its users and groups.
std::string MachineName();

// nullopt for a SID that nobody has. May wait for a server of the user database.
std::optional<Account> FindAccount(const Sid& sid);

struct NamedSid {
  Sid sid;
  Account account;
};

// "NAME", "DOMAIN\NAME" or ".\NAME", compared with the names of well-known SIDs without case.
std::optional<NamedSid> FindAccountSid(std::string_view name);

}  // namespace wmi::win32
