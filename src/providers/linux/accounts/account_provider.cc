#include "providers/linux/accounts/account_provider.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "providers/linux/accounts/account_list.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kNames = 1u << 0;
constexpr SourceSet kHost = 1u << 1;
constexpr SourceSet kLocal = 1u << 2;
constexpr SourceSet kShadow = 1u << 3;
constexpr SourceSet kSessions = 1u << 4;

// login.defs(5): the largest number of days, which stands for "never".
constexpr std::int64_t kNever = 99'999;

std::int64_t Today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::hours>(now).count() / 24;
}

void WriteCaption(const AccountView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, view.host.empty() ? view.name : view.host + "\\" + view.name);
}
void WriteDomain(const AccountView& view, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, view.host); }
void WriteName(const AccountView& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.name); }
void WriteComment(const AccountView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.full_name);
}
void WriteLocal(const AccountView& view, RowWriter& row, std::size_t slot) {
  if (view.is_local) row.SetBoolean(slot, *view.is_local);
}
void WriteUserSid(const AccountView& view, RowWriter& row, std::size_t slot) { row.SetText(slot, UserSid(view.id)); }

constexpr std::string_view kSidNote = "`S-1-22-1-` and the number of the user, as Samba writes it";
constexpr std::string_view kLocalNote = "TRUE when the name stands there; NULL when the file cannot be read";
constexpr std::string_view kDomainNote = "also of users that a directory service brings";

constexpr Column<AccountView> kUserColumns[] = {
    {"AccountType", kNames, [](const AccountView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 512); },
     "512, a normal account: Linux has no other kind"},
    {"Caption", kNames | kHost, WriteCaption, "host\\name"},
    {"Disabled", kShadow,
     [](const AccountView& v, RowWriter& row, std::size_t slot) {
       if (v.shadow) row.SetBoolean(slot, v.shadow->expires_on && *v.shadow->expires_on <= Today());
     },
     "TRUE when the day of expiry has come; NULL without a line there"},
    {"Domain", kHost, WriteDomain, kDomainNote},
    {"FullName", kNames, WriteComment, "the comment up to its first comma; NULL when that is empty"},
    {"LocalAccount", kLocal, WriteLocal, kLocalNote},
    {"Lockout", kShadow,
     [](const AccountView& v, RowWriter& row, std::size_t slot) {
       if (v.shadow) row.SetBoolean(slot, v.shadow->is_locked);
     },
     "TRUE when the password is locked by a `!` (`passwd -l`); keys and `su` of root may still work"},
    {"Name", kNames, WriteName},
    {"PasswordChangeable", kShadow,
     [](const AccountView& v, RowWriter& row, std::size_t slot) {
       if (!v.shadow) return;
       const bool is_barred = v.shadow->days_min && v.shadow->days_max && *v.shadow->days_min > *v.shadow->days_max;
       row.SetBoolean(slot, !is_barred);
     },
     "FALSE when the least age is more than the greatest, which keeps the user from it"},
    {"PasswordExpires", kShadow,
     [](const AccountView& v, RowWriter& row, std::size_t slot) {
       if (v.shadow) row.SetBoolean(slot, v.shadow->days_max && *v.shadow->days_max < kNever);
     },
     "TRUE when there is a greatest age below 99999 days"},
    {"PasswordRequired", kShadow,
     [](const AccountView& v, RowWriter& row, std::size_t slot) {
       if (v.shadow) row.SetBoolean(slot, !v.shadow->has_no_password);
     },
     "FALSE when the field of the password is empty"},
    {"SID", kNames, WriteUserSid, kSidNote},
    {"SIDType", kNames, [](const AccountView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 1); },
     "1, a user"},
};

constexpr Column<AccountView> kSystemColumns[] = {
    {"Caption", kNames | kHost, WriteCaption, "host\\name"},
    {"Description", kNames, WriteComment, "the comment up to its first comma; NULL when that is empty"},
    {"Domain", kHost, WriteDomain, kDomainNote},
    {"LocalAccount", kLocal, WriteLocal, kLocalNote},
    {"Name", kNames, WriteName},
    {"SID", kNames, WriteUserSid, kSidNote},
    {"SIDType", kNames, [](const AccountView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 1); },
     "1, a user"},
};

constexpr Column<AccountView> kGroupColumns[] = {
    {"Caption", kNames | kHost, WriteCaption, "host\\name"},
    {"Domain", kHost, WriteDomain, "also of groups that a directory service brings"},
    {"LocalAccount", kLocal, WriteLocal, kLocalNote},
    {"Name", kNames, WriteName},
    {"SID", kNames, [](const AccountView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, GroupSid(v.id)); },
     "`S-1-22-2-` and the number of the group, as Samba writes it"},
    {"SIDType", kNames, [](const AccountView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 4); },
     "4, an alias: what Windows calls a group of one machine"},
};

constexpr std::string_view kNamesText = "name services (`nsswitch.conf`)";
constexpr std::string_view kHostText = "`/proc/sys/kernel/hostname`";
constexpr Source kUserSources[] = {
    {kNames, kNamesText, Cost::kService},
    {kHost, kHostText, Cost::kFile},
    {kLocal, "`/etc/passwd`", Cost::kFile},
    {kShadow, "`/etc/shadow`", Cost::kFile},
};
constexpr Source kGroupSources[] = {
    {kNames, kNamesText, Cost::kService},
    {kHost, kHostText, Cost::kFile},
    {kLocal, "`/etc/group`", Cost::kFile},
};

// What stands in the file of local names, if that can be read.
struct LocalNames {
  std::optional<std::unordered_set<std::string>> names;

  std::optional<bool> Has(const std::string& name) const {
    if (!names) return std::nullopt;
    return names->contains(name);
  }
};

template <typename Entry>
LocalNames NamesOfFile(const Machine& machine, const std::string& path,
                       std::vector<Entry> (*parse)(std::string_view text)) {
  TextBuffer buffer;
  LocalNames local;
  if (machine.files->Read(kNoDirectory, path.c_str(), kAccountFileBytesMax, buffer) != 0) return local;
  local.names.emplace();
  for (Entry& entry : parse(buffer.text())) local.names->insert(std::move(entry.name));
  return local;
}

// The first of several statuses that has something to say.
void Note(Status& all, const Status& one) {
  if (all.ok() && all.code() == code::kOk) all = one;
}

// The names that the request is about: by its keys, or by what its WHERE clause leaves open; nothing when all.
struct WantedNames {
  std::optional<std::vector<std::string>> names;
  bool may_list = false;  // names that are not found as they stand may be listed in another case
};

WantedNames NamesOf(const provider::Request& request, const std::string& host) {
  WantedNames wanted;
  if (request.has_keys) {
    wanted.names.emplace();
    for (const provider::KeyTuple& key : request.keys) {
      if (EqualFolded(KeyTextOf(request, key, "Domain"), host))
        wanted.names->push_back(KeyTextOf(request, key, "Name"));
    }
    return wanted;
  }
  const auto slot = request.schema->FindSlot("Name");
  for (const provider::Request::Allowed& allowed : request.allowed) {
    if (!slot || allowed.slot != *slot) continue;
    wanted.names.emplace();
    wanted.may_list = true;
    for (const cim::Value& value : allowed.values) {
      if (value.view().kind() == cim::ValueKind::kText) wanted.names->emplace_back(value.view().text());
    }
  }
  return wanted;
}

// The entries that the request is about, each once.
template <typename Entry, typename Find, typename List>
Status Select(const Machine& machine, const Asked& asked, const std::string& host, const Find& find, const List& list,
              std::vector<Entry>& out) {
  const WantedNames wanted = NamesOf(asked.request, host);
  if (!wanted.names) return list(machine, out);
  Status status;
  bool is_complete = true;
  for (const std::string& name : *wanted.names) {
    if (asked.stopped()) return status;
    std::optional<Entry> found;
    Note(status, find(machine, name, found));
    is_complete = is_complete && found.has_value();
    const auto is_same = [&](const Entry& entry) { return entry.name == found->name; };
    if (found && std::none_of(out.begin(), out.end(), is_same)) out.push_back(std::move(*found));
  }
  if (is_complete || !wanted.may_list || status.code() != code::kOk) return status;
  out.clear();
  return list(machine, out);
}

Status LoadUsers(const Machine& machine, const Asked& asked, bool is_system, std::vector<AccountView>& out) {
  const std::string host = HostName(machine);
  std::vector<UserEntry> users;
  Status status = Select(machine, asked, host, FindUser, ListUsers, users);
  const std::uint32_t first_person = FirstPersonIdOf(machine);
  std::erase_if(users, [&](const UserEntry& user) { return IsSystemUser(user.id, first_person) != is_system; });
  if (users.empty()) return status;

  LocalNames local;
  if (asked.Wants(kLocal)) local = NamesOfFile(machine, machine.root.etc + "/passwd", ParsePasswdFile);
  std::unordered_map<std::string, ShadowEntry> shadow;
  SourceSet denied = 0;
  if (asked.Wants(kShadow)) {
    TextBuffer buffer;
    const std::string path = machine.root.etc + "/shadow";
    const int error = machine.files->Read(kNoDirectory, path.c_str(), kAccountFileBytesMax, buffer);
    if (error == 0) shadow = ParseShadowFile(buffer.text());
    if (OutcomeOf(error) == Outcome::kDenied) denied = kShadow;
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
  }
  for (UserEntry& user : users) {
    AccountView view;
    view.denied = denied;
    view.host = host;
    view.id = user.id;
    view.full_name = std::move(user.full_name);
    view.is_local = local.Has(user.name);
    const auto line = shadow.find(user.name);
    if (line != shadow.end()) view.shadow = line->second;
    view.name = std::move(user.name);
    out.push_back(std::move(view));
  }
  return status;
}

template <typename Entry>
void KeepFirstOfEachId(std::vector<Entry>& entries) {
  std::unordered_set<std::uint32_t> seen;
  std::erase_if(entries, [&](const Entry& entry) { return !seen.insert(entry.id).second; });
}

}  // namespace

std::string KeyTextOf(const provider::Request& request, const provider::KeyTuple& key, std::string_view name) {
  const auto slot = request.schema->FindSlot(name);
  const auto& slots = request.schema->key_slots();
  for (std::size_t i = 0; i < slots.size() && i < key.size(); ++i) {
    if (slot && slots[i] == *slot && key[i].view().kind() == cim::ValueKind::kText)
      return std::string(key[i].view().text());
  }
  return {};
}

std::span<const Source> UserAccount::Sources() { return kUserSources; }
std::span<const Column<AccountView>> UserAccount::Columns() { return kUserColumns; }
Status UserAccount::Load(const Machine& machine, const Asked& asked, std::vector<AccountView>& out) {
  return LoadUsers(machine, asked, false, out);
}

std::span<const Source> SystemAccount::Sources() { return kUserSources; }
std::span<const Column<AccountView>> SystemAccount::Columns() { return kSystemColumns; }
Status SystemAccount::Load(const Machine& machine, const Asked& asked, std::vector<AccountView>& out) {
  return LoadUsers(machine, asked, true, out);
}

std::span<const Source> AccountGroup::Sources() { return kGroupSources; }
std::span<const Column<AccountView>> AccountGroup::Columns() { return kGroupColumns; }
Status AccountGroup::Load(const Machine& machine, const Asked& asked, std::vector<AccountView>& out) {
  const std::string host = HostName(machine);
  std::vector<GroupEntry> groups;
  Status status = Select(machine, asked, host, FindGroup, ListGroups, groups);
  LocalNames local;
  if (asked.Wants(kLocal)) local = NamesOfFile(machine, machine.root.etc + "/group", ParseGroupFile);
  for (GroupEntry& group : groups) {
    AccountView view;
    view.host = host;
    view.id = group.id;
    view.is_local = local.Has(group.name);
    view.name = std::move(group.name);
    out.push_back(std::move(view));
  }
  return status;
}

namespace {

constexpr Source kSidSources[] = {
    {kNames, kNamesText, Cost::kService},
    {kHost, kHostText, Cost::kFile},
};

void WriteBinarySid(const AccountSidView& view, RowWriter& row, std::size_t slot) {
  const auto items = SidBytes(view.is_group, view.id);
  row.Set(slot, cim::ValueView::Array(items));
}

constexpr Column<AccountSidView> kSidColumns[] = {
    {"AccountName", kNames,
     [](const AccountSidView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.name); }},
    {"BinaryRepresentation", kNames, WriteBinarySid, "the identifier in bytes, as Windows packs it"},
    {"ReferencedDomainName", kHost,
     [](const AccountSidView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host); }},
    {"SID", kNames,
     [](const AccountSidView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, v.is_group ? GroupSid(v.id) : UserSid(v.id));
     }},
    {"SidLength", kNames, [](const AccountSidView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 16); },
     "16: the bytes of BinaryRepresentation"},
};

AccountSidView SidViewOf(const std::string& host, std::string name, bool is_group, std::uint32_t id) {
  AccountSidView view;
  view.host = host;
  view.name = std::move(name);
  view.is_group = is_group;
  view.id = id;
  return view;
}

Status LookUpSids(const Machine& machine, const Asked& asked, const std::string& host,
                  std::vector<AccountSidView>& out) {
  Status status;
  for (const provider::KeyTuple& key : asked.request.keys) {
    if (asked.stopped()) break;
    const auto wanted = ParseSid(KeyTextOf(asked.request, key, "SID"));
    if (!wanted) continue;
    if (wanted->is_group) {
      std::optional<GroupEntry> group;
      Note(status, FindGroupById(machine, wanted->id, group));
      if (group) out.push_back(SidViewOf(host, std::move(group->name), true, group->id));
    } else {
      std::optional<UserEntry> user;
      Note(status, FindUserById(machine, wanted->id, user));
      if (user) out.push_back(SidViewOf(host, std::move(user->name), false, user->id));
    }
  }
  return status;
}

}  // namespace

std::span<const Source> AccountSid::Sources() { return kSidSources; }
std::span<const Column<AccountSidView>> AccountSid::Columns() { return kSidColumns; }
Status AccountSid::Load(const Machine& machine, const Asked& asked, std::vector<AccountSidView>& out) {
  const std::string host = asked.Wants(kHost) ? HostName(machine) : std::string();
  if (asked.request.has_keys) return LookUpSids(machine, asked, host, out);
  std::vector<UserEntry> users;
  std::vector<GroupEntry> groups;
  Status status = ListUsers(machine, users);
  if (asked.stopped()) return status;
  Note(status, ListGroups(machine, groups));
  KeepFirstOfEachId(users);
  KeepFirstOfEachId(groups);
  for (UserEntry& user : users) out.push_back(SidViewOf(host, std::move(user.name), false, user.id));
  for (GroupEntry& group : groups) out.push_back(SidViewOf(host, std::move(group.name), true, group.id));
  return status;
}

namespace {

constexpr Source kProfileSources[] = {
    {kNames, kNamesText, Cost::kService},
    {kLocal, "`/etc/login.defs`", Cost::kFile},
    {kSessions, "`/run/user`", Cost::kFile},
};

constexpr Column<UserProfileView> kProfileColumns[] = {
    {"Loaded", kSessions,
     [](const UserProfileView& v, RowWriter& row, std::size_t slot) {
       if (v.is_loaded) row.SetBoolean(slot, *v.is_loaded);
     },
     "TRUE when the login manager keeps a folder for the user there: a session is open, or lingers; NULL without a "
     "login "
     "manager"},
    {"LocalPath", kNames,
     [](const UserProfileView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.home); },
     "the home folder"},
    {"SID", kNames,
     [](const UserProfileView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, UserSid(v.id)); }},
    {"Special", kNames | kLocal,
     [](const UserProfileView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.is_special); },
     "TRUE for the users of Win32_SystemAccount"},
};

bool IsHome(std::string_view path) {
  if (!path.starts_with('/') || path == "/" || path == "/dev/null") return false;
  constexpr std::string_view kNone = "/nonexistent";
  return !path.starts_with(kNone) || (path.size() > kNone.size() && path[kNone.size()] != '/');
}

constexpr std::size_t kSessionsMax = 100'000;

}  // namespace

std::span<const Source> UserProfile::Sources() { return kProfileSources; }
std::span<const Column<UserProfileView>> UserProfile::Columns() { return kProfileColumns; }
Status UserProfile::Load(const Machine& machine, const Asked& asked, std::vector<UserProfileView>& out) {
  std::vector<UserEntry> users;
  Status status;
  if (asked.request.has_keys) {
    for (const provider::KeyTuple& key : asked.request.keys) {
      if (asked.stopped()) break;
      const auto wanted = ParseSid(KeyTextOf(asked.request, key, "SID"));
      if (!wanted || wanted->is_group) continue;
      std::optional<UserEntry> user;
      Note(status, FindUserById(machine, wanted->id, user));
      if (user) users.push_back(std::move(*user));
    }
  } else {
    status = ListUsers(machine, users);
    KeepFirstOfEachId(users);
  }
  std::erase_if(users, [](const UserEntry& user) { return !IsHome(user.home); });
  if (users.empty()) return status;
  const std::uint32_t first_person = asked.Wants(kLocal) ? FirstPersonIdOf(machine) : 0;
  std::vector<std::int32_t> sessions;
  const std::string folder = machine.root.run + "/user";
  const bool knows_sessions =
      asked.Wants(kSessions) && machine.files->ListNumbers(kNoDirectory, folder.c_str(), kSessionsMax, sessions) == 0;
  const std::unordered_set<std::int64_t> loaded(sessions.begin(), sessions.end());
  for (UserEntry& user : users) {
    UserProfileView view;
    view.id = user.id;
    view.home = std::move(user.home);
    view.is_special = IsSystemUser(user.id, first_person);
    if (knows_sessions) view.is_loaded = loaded.contains(user.id);
    out.push_back(std::move(view));
  }
  return status;
}

}  // namespace wmi::linuxos
