#include "providers/linux/accounts/account_list.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "providers/linux/accounts/account_files.h"

namespace wmi::linuxos {
namespace {

constexpr std::string_view kUserSidStart = "S-1-22-1-";
constexpr std::string_view kGroupSidStart = "S-1-22-2-";

Status NoAnswer(const std::string& what) {
  return Status(code::kPartialResults,
                "The name services did not answer for " + what +
                    ", so only those of the local files are shown; look at nsswitch.conf and the services it names.");
}

template <typename Entry>
void KeepFirstOfEachName(std::vector<Entry>& entries) {
  std::unordered_set<std::string> seen;
  std::erase_if(entries, [&](const Entry& entry) { return entry.name.empty() || !seen.insert(entry.name).second; });
}

std::vector<UserEntry> LocalUsers(const Machine& machine) {
  return ParsePasswdFile(ReadText(*machine.files, machine.root.etc + "/passwd", kAccountFileBytesMax));
}

std::vector<GroupEntry> LocalGroups(const Machine& machine) {
  return ParseGroupFile(ReadText(*machine.files, machine.root.etc + "/group", kAccountFileBytesMax));
}

// What came from the services, or the local ones when they failed; at most kAccountsMax.
template <typename Entry, typename Local>
Status Listed(NameAnswer answer, const char* what, const Local& local, std::vector<Entry>& entries) {
  if (answer != NameAnswer::kFound) {
    // What came before the failure may lack local ones, when the services are asked in another order.
    std::vector<Entry> more = local();
    entries.insert(entries.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  KeepFirstOfEachName(entries);
  if (answer != NameAnswer::kFound) return NoAnswer(std::string("the list of ") + what);
  if (entries.size() <= kAccountsMax) return Status();
  entries.resize(kAccountsMax);
  return Status(code::kPartialResults, "There are more than " + std::to_string(kAccountsMax) + " " + what +
                                           "; the rest is found only when asked for by name.");
}

// ASCII only: names with other letters are asked for as they stand.
std::string Lowered(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

template <typename Entry, typename Ask, typename Local>
Status Find(const std::string& name, const Ask& ask, const Local& local, std::optional<Entry>& out) {
  out.reset();
  const std::string lowered = Lowered(name);
  for (const std::string& form : {name, lowered}) {
    Entry entry;
    switch (ask(form, entry)) {
      case NameAnswer::kFound:
        // A service may know a name under others (user@domain); the key is its own name.
        if (EqualFolded(entry.name, name)) out = std::move(entry);
        return Status();
      case NameAnswer::kNotFound:
        break;
      case NameAnswer::kNoAnswer:
        for (Entry& known : local()) {
          if (!EqualFolded(known.name, name)) continue;
          out = std::move(known);
          return Status();
        }
        return NoAnswer(name);
    }
    if (lowered == name) break;
  }
  return Status();
}

template <typename Entry, typename Ask, typename Local>
Status FindId(std::uint32_t id, const Ask& ask, const Local& local, std::optional<Entry>& out) {
  out.reset();
  Entry entry;
  const NameAnswer answer = ask(id, entry);
  if (answer == NameAnswer::kFound) out = std::move(entry);
  if (answer != NameAnswer::kNoAnswer) return Status();
  for (Entry& known : local()) {
    if (known.id != id) continue;
    out = std::move(known);
    return Status();
  }
  return NoAnswer("number " + std::to_string(id));
}

}  // namespace

Status ListUsers(const Machine& machine, std::vector<UserEntry>& out) {
  const NameAnswer answer = machine.names->Users(kAccountsMax + 1, out);
  return Listed(answer, "users", [&] { return LocalUsers(machine); }, out);
}

Status ListGroups(const Machine& machine, std::vector<GroupEntry>& out) {
  const NameAnswer answer = machine.names->Groups(kAccountsMax + 1, out);
  return Listed(answer, "groups", [&] { return LocalGroups(machine); }, out);
}

Status FindUser(const Machine& machine, const std::string& name, std::optional<UserEntry>& out) {
  return Find<UserEntry>(
      name, [&](const std::string& form, UserEntry& entry) { return machine.names->UserByName(form, entry); },
      [&] { return LocalUsers(machine); }, out);
}

Status FindGroup(const Machine& machine, const std::string& name, std::optional<GroupEntry>& out) {
  return Find<GroupEntry>(
      name, [&](const std::string& form, GroupEntry& entry) { return machine.names->GroupByName(form, entry); },
      [&] { return LocalGroups(machine); }, out);
}

Status FindUserById(const Machine& machine, std::uint32_t id, std::optional<UserEntry>& out) {
  return FindId<UserEntry>(
      id, [&](std::uint32_t number, UserEntry& entry) { return machine.names->UserById(number, entry); },
      [&] { return LocalUsers(machine); }, out);
}

Status FindGroupById(const Machine& machine, std::uint32_t id, std::optional<GroupEntry>& out) {
  return FindId<GroupEntry>(
      id, [&](std::uint32_t number, GroupEntry& entry) { return machine.names->GroupById(number, entry); },
      [&] { return LocalGroups(machine); }, out);
}

bool IsSystemUser(std::uint32_t id, std::uint32_t first_person_id) {
  constexpr std::uint32_t kServicesFirst = 61184;
  constexpr std::uint32_t kServicesLast = 65519;
  constexpr std::uint32_t kNobody = 65534;
  if (id == 0) return false;
  return id < first_person_id || id == kNobody || (id >= kServicesFirst && id <= kServicesLast);
}

std::uint32_t FirstPersonIdOf(const Machine& machine) {
  return FirstPersonId(ReadText(*machine.files, machine.root.etc + "/login.defs", 1u << 20));
}

std::string_view ClassOfUser(std::uint32_t id, std::uint32_t first_person_id) {
  return IsSystemUser(id, first_person_id) ? "Win32_SystemAccount" : "Win32_UserAccount";
}

std::string UserSid(std::uint32_t id) { return std::string(kUserSidStart) + std::to_string(id); }
std::string GroupSid(std::uint32_t id) { return std::string(kGroupSidStart) + std::to_string(id); }

std::array<cim::ValueView, 16> SidBytes(bool is_group, std::uint32_t id) {
  // Revision, number of parts behind the authority, the authority (22) in six bytes, high first, and the parts in four
  // bytes each, low first.
  const std::array<std::uint64_t, 16> bytes{
      1,       2, 0, 0, 0, 0, 0, 22, is_group ? 2u : 1u, 0, 0, 0, id & 0xFFu, (id >> 8) & 0xFFu, (id >> 16) & 0xFFu,
      id >> 24};
  std::array<cim::ValueView, 16> items;
  std::transform(bytes.begin(), bytes.end(), items.begin(), cim::ValueView::Unsigned);
  return items;
}

std::optional<AccountId> ParseSid(std::string_view text) {
  AccountId account;
  if (text.size() <= kUserSidStart.size()) return std::nullopt;
  const std::string_view start = text.substr(0, kUserSidStart.size());
  account.is_group = EqualFolded(start, kGroupSidStart);
  if (!account.is_group && !EqualFolded(start, kUserSidStart)) return std::nullopt;
  const std::string_view digits = text.substr(kUserSidStart.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), account.id);
  // Only the form that is given out: no zeros before it.
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return account;
}

std::string AccountPath(std::string_view class_name, const std::string& host, const std::string& name) {
  cim::ObjectPath path;
  path.class_name = class_name;
  path.keys.push_back({"Domain", cim::Value::Text(host)});
  path.keys.push_back({"Name", cim::Value::Text(name)});
  return cim::FormatObjectPath(path);
}

}  // namespace wmi::linuxos
