#include "win32/security/account.h"

#include <grp.h>
#include <pwd.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "base/text.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kRecordBytesMax = std::size_t{1} << 20;

struct WellKnownAccount {
  WELL_KNOWN_SID_TYPE type;
  std::string_view domain;
  std::string_view name;
  SID_NAME_USE use;
};

constexpr std::string_view kNtAuthority = "NT AUTHORITY";
constexpr std::string_view kBuiltin = "BUILTIN";
constexpr WellKnownAccount kWellKnownAccounts[] = {
    {WinNullSid, "", "NULL SID", SidTypeWellKnownGroup},
    {WinWorldSid, "", "Everyone", SidTypeWellKnownGroup},
    {WinLocalSid, "", "LOCAL", SidTypeWellKnownGroup},
    {WinCreatorOwnerSid, "", "CREATOR OWNER", SidTypeWellKnownGroup},
    {WinCreatorGroupSid, "", "CREATOR GROUP", SidTypeWellKnownGroup},
    {WinDialupSid, kNtAuthority, "DIALUP", SidTypeWellKnownGroup},
    {WinNetworkSid, kNtAuthority, "NETWORK", SidTypeWellKnownGroup},
    {WinBatchSid, kNtAuthority, "BATCH", SidTypeWellKnownGroup},
    {WinInteractiveSid, kNtAuthority, "INTERACTIVE", SidTypeWellKnownGroup},
    {WinServiceSid, kNtAuthority, "SERVICE", SidTypeWellKnownGroup},
    {WinAnonymousSid, kNtAuthority, "ANONYMOUS LOGON", SidTypeWellKnownGroup},
    {WinSelfSid, kNtAuthority, "SELF", SidTypeWellKnownGroup},
    {WinAuthenticatedUserSid, kNtAuthority, "Authenticated Users", SidTypeWellKnownGroup},
    {WinLocalSystemSid, kNtAuthority, "SYSTEM", SidTypeWellKnownGroup},
    {WinLocalServiceSid, kNtAuthority, "LOCAL SERVICE", SidTypeWellKnownGroup},
    {WinNetworkServiceSid, kNtAuthority, "NETWORK SERVICE", SidTypeWellKnownGroup},
    {WinBuiltinDomainSid, kBuiltin, "BUILTIN", SidTypeDomain},
    {WinBuiltinAdministratorsSid, kBuiltin, "Administrators", SidTypeAlias},
    {WinBuiltinUsersSid, kBuiltin, "Users", SidTypeAlias},
    {WinBuiltinGuestsSid, kBuiltin, "Guests", SidTypeAlias},
};

Account AccountOf(const WellKnownAccount& known) {
  return {std::string(known.name), std::string(known.domain), known.use};
}

// Calls `ask(space, size)`, a function of the user database that answers with an errno, with space enough.
template <typename Ask>
void AskDatabase(Ask ask) {
  std::vector<char> space(1024);
  while (ask(space.data(), space.size()) == ERANGE && space.size() < kRecordBytesMax) space.resize(space.size() * 2);
}

std::optional<Account> FindUser(uid_t uid) {
  std::optional<Account> account;
  AskDatabase([&](char* space, std::size_t size) {
    passwd record = {};
    passwd* found = nullptr;
    const int error = getpwuid_r(uid, &record, space, size, &found);
    if (found != nullptr) account = Account{found->pw_name, MachineName(), SidTypeUser};
    return error;
  });
  return account;
}

std::optional<Account> FindGroup(gid_t gid) {
  std::optional<Account> account;
  AskDatabase([&](char* space, std::size_t size) {
    group record = {};
    group* found = nullptr;
    const int error = getgrgid_r(gid, &record, space, size, &found);
    if (found != nullptr) account = Account{found->gr_name, MachineName(), SidTypeGroup};
    return error;
  });
  return account;
}

std::optional<NamedSid> FindUserSid(const std::string& name) {
  std::optional<NamedSid> result;
  AskDatabase([&](char* space, std::size_t size) {
    passwd record = {};
    passwd* found = nullptr;
    const int error = getpwnam_r(name.c_str(), &record, space, size, &found);
    if (found != nullptr) result = NamedSid{UserSid(found->pw_uid), {found->pw_name, MachineName(), SidTypeUser}};
    return error;
  });
  return result;
}

std::optional<NamedSid> FindGroupSid(const std::string& name) {
  std::optional<NamedSid> result;
  AskDatabase([&](char* space, std::size_t size) {
    group record = {};
    group* found = nullptr;
    const int error = getgrnam_r(name.c_str(), &record, space, size, &found);
    if (found != nullptr) result = NamedSid{GroupSid(found->gr_gid), {found->gr_name, MachineName(), SidTypeGroup}};
    return error;
  });
  return result;
}

}  // namespace

std::string MachineName() {
  utsname names = {};
  const std::string host = uname(&names) == 0 ? names.nodename : "localhost";
  return host.substr(0, host.find('.'));
}

std::optional<Account> FindAccount(const Sid& sid) {
  if (sid.authority() == kUnixAuthority && sid.sub_authority_count() == 2) {
    if (sid.sub_authority(0) == kUnixUsers) return FindUser(sid.sub_authority(1));
    if (sid.sub_authority(0) == kUnixGroups) return FindGroup(sid.sub_authority(1));
  }
  for (const WellKnownAccount& known : kWellKnownAccounts) {
    if (sid == *WellKnownSid(known.type)) return AccountOf(known);
  }
  return std::nullopt;
}

std::optional<NamedSid> FindAccountSid(std::string_view name) {
  const std::size_t slash = name.find('\\');
  const std::string_view domain = slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.empty()) return std::nullopt;
  for (const WellKnownAccount& known : kWellKnownAccounts) {
    const bool domain_fits = domain.empty() || EqualFolded(domain, known.domain);
    if (domain_fits && EqualFolded(name, known.name)) return NamedSid{*WellKnownSid(known.type), AccountOf(known)};
  }
  if (!domain.empty() && domain != "." && !EqualFolded(domain, MachineName())) return std::nullopt;
  std::optional<NamedSid> found = FindUserSid(std::string(name));
  return found ? found : FindGroupSid(std::string(name));
}

}  // namespace wmi::win32
