// The files of accounts in /etc: passwd, group, shadow and login.defs. What is not well formed is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "providers/linux/accounts/name_service.h"

namespace wmi::linuxos {

inline constexpr std::size_t kAccountFileBytesMax = 64u << 20;

// Lines of passwd(5) and group(5); those that pull in other services ("+", "-") are not accounts.
std::vector<UserEntry> ParsePasswdFile(std::string_view text);
std::vector<GroupEntry> ParseGroupFile(std::string_view text);

// A line of shadow(5). A value.
struct ShadowEntry {
  bool is_locked = false;        // the password has a "!" before it: passwd -l
  bool has_no_password = false;  // empty: nothing is asked at login
  // Days.
  std::optional<std::int64_t> days_min;    // before it may be changed again
  std::optional<std::int64_t> days_max;    // after which it must be changed
  std::optional<std::int64_t> expires_on;  // since 1970: the account ends
};
std::unordered_map<std::string, ShadowEntry> ParseShadowFile(std::string_view text);

// UID_MIN of login.defs(5): the first id of people; 1000 when it does not say.
std::uint32_t FirstPersonId(std::string_view login_defs);

}  // namespace wmi::linuxos
