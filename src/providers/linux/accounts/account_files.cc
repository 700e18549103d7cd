#include "providers/linux/accounts/account_files.h"

#include <array>
#include <limits>
#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kEntriesMax = 1'000'000;

// The fields between colons; false when there are fewer than that. More are left out.
template <std::size_t kCount>
bool SplitFields(std::string_view line, std::array<std::string_view, kCount>& fields) {
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t end = line.find(':');
    fields[i] = line.substr(0, end);
    if (end == std::string_view::npos) return i + 1 == kCount;
    line.remove_prefix(end + 1);
  }
  return true;
}

bool ParseId(std::string_view text, std::uint32_t& out) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(text, number) || number > std::numeric_limits<std::uint32_t>::max()) return false;
  out = static_cast<std::uint32_t>(number);
  return true;
}

bool IsAccountLine(std::string_view line) {
  return !line.empty() && line[0] != '#' && line[0] != '+' && line[0] != '-' && line[0] != ':';
}

std::optional<std::int64_t> Days(std::string_view field) {
  std::int64_t days = 0;
  if (!ParseSigned(field, days) || days < 0) return std::nullopt;
  return days;
}

}  // namespace

std::vector<UserEntry> ParsePasswdFile(std::string_view text) {
  std::vector<UserEntry> users;
  std::string_view line;
  while (users.size() < kEntriesMax && NextPart(text, '\n', line)) {
    std::array<std::string_view, 7> fields;
    UserEntry user;
    if (!IsAccountLine(line) || !SplitFields(line, fields)) continue;
    if (!ParseId(fields[2], user.id) || !ParseId(fields[3], user.group_id)) continue;
    user.name = fields[0];
    user.full_name = fields[4].substr(0, fields[4].find(','));
    user.home = fields[5];
    user.shell = fields[6];
    users.push_back(std::move(user));
  }
  return users;
}

std::vector<GroupEntry> ParseGroupFile(std::string_view text) {
  std::vector<GroupEntry> groups;
  std::string_view line;
  while (groups.size() < kEntriesMax && NextPart(text, '\n', line)) {
    std::array<std::string_view, 4> fields;
    GroupEntry group;
    if (!IsAccountLine(line) || !SplitFields(line, fields) || !ParseId(fields[2], group.id)) continue;
    group.name = fields[0];
    std::string_view members = fields[3];
    std::string_view member;
    while (NextPart(members, ',', member)) {
      if (!member.empty()) group.members.emplace_back(member);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::unordered_map<std::string, ShadowEntry> ParseShadowFile(std::string_view text) {
  std::unordered_map<std::string, ShadowEntry> entries;
  std::string_view line;
  while (entries.size() < kEntriesMax && NextPart(text, '\n', line)) {
    std::array<std::string_view, 8> fields;
    if (!IsAccountLine(line) || !SplitFields(line, fields)) continue;
    ShadowEntry entry;
    entry.is_locked = fields[1].starts_with('!');
    entry.has_no_password = fields[1].empty();
    entry.days_min = Days(fields[3]);
    entry.days_max = Days(fields[4]);
    entry.expires_on = Days(fields[7]);
    entries.emplace(std::string(fields[0]), entry);  // the first line of a name counts, as for the C library
  }
  return entries;
}

std::uint32_t FirstPersonId(std::string_view login_defs) {
  constexpr std::uint32_t kUsual = 1000;
  std::uint32_t id = kUsual;
  std::string_view line;
  while (NextPart(login_defs, '\n', line)) {
    line = Trim(line);
    constexpr std::string_view kName = "UID_MIN";
    if (!line.starts_with(kName) || line.size() == kName.size()) continue;
    line.remove_prefix(kName.size());
    if (line.front() != ' ' && line.front() != '\t') continue;
    if (!ParseId(line, id)) id = kUsual;
  }
  return id;
}

}  // namespace wmi::linuxos
