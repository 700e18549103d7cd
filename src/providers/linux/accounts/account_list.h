// Accounts as the classes of this folder see them: which there are, which class each belongs to, and their identifiers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/value.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

inline constexpr std::size_t kAccountsMax = 200'000;

// Everybody that the name services list, each name once. Where they do not answer: those of /etc/passwd or /etc/group,
// and a status of kPartialResults that says so.
Status ListUsers(const Machine& machine, std::vector<UserEntry>& out);
Status ListGroups(const Machine& machine, std::vector<GroupEntry>& out);

// One account by the name as a client may write it: as it stands, or else in lower case, since WMI compares without
// case and most names are lower case. Success without an entry: there is none. kPartialResults: no answer.
Status FindUser(const Machine& machine, const std::string& name, std::optional<UserEntry>& out);
Status FindGroup(const Machine& machine, const std::string& name, std::optional<GroupEntry>& out);
Status FindUserById(const Machine& machine, std::uint32_t id, std::optional<UserEntry>& out);
Status FindGroupById(const Machine& machine, std::uint32_t id, std::optional<GroupEntry>& out);

// Each user is of exactly one class. Win32_UserAccount: root, and people: ids from UID_MIN on. Win32_SystemAccount: the
// ids below, nobody (65534), and those that systemd gives to services while they run (61184 to 65519).
bool IsSystemUser(std::uint32_t id, std::uint32_t first_person_id);
// UID_MIN of this machine.
std::uint32_t FirstPersonIdOf(const Machine& machine);
std::string_view ClassOfUser(std::uint32_t id, std::uint32_t first_person_id);

// Security identifiers in the form that Samba gives to Unix accounts.
std::string UserSid(std::uint32_t id);
std::string GroupSid(std::uint32_t id);
// The same in bytes, as Windows packs them; one in each element.
std::array<cim::ValueView, 16> SidBytes(bool is_group, std::uint32_t id);
struct AccountId {
  bool is_group = false;
  std::uint32_t id = 0;
};
// Nothing when it is of another form.
std::optional<AccountId> ParseSid(std::string_view text);

// Class.Domain="host",Name="name".
std::string AccountPath(std::string_view class_name, const std::string& host, const std::string& name);

}  // namespace wmi::linuxos
