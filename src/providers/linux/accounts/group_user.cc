#include "providers/linux/accounts/group_user.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "providers/linux/accounts/account_list.h"
#include "providers/linux/accounts/account_provider.h"

namespace wmi::linuxos {
namespace {

constexpr SourceSet kNames = 1u << 0;

// Names that no list holds are asked for one by one; each may take as long as its service does.
constexpr std::size_t kAskedMax = 1000;
constexpr std::size_t kPairsMax = 1'000'000;

constexpr Source kSources[] = {{kNames, "name services (`nsswitch.conf`)", Cost::kService}};

constexpr Column<GroupUserView> kColumns[] = {
    {"GroupComponent", kNames,
     [](const GroupUserView& v, provider::RowWriter& row, std::size_t slot) { row.SetText(slot, v.group); },
     "path of a Win32_Group"},
    {"PartComponent", kNames,
     [](const GroupUserView& v, provider::RowWriter& row, std::size_t slot) { row.SetText(slot, v.member); },
     "path of a Win32_UserAccount or a Win32_SystemAccount, whichever the user is"},
};

struct AccountReference {
  std::string class_name;
  std::string name;
};

// What a path in a key names, if it is an account of this machine.
std::optional<AccountReference> ParseReference(const std::string& text, const std::string& host) {
  const auto path = cim::ParseObjectPath(text);
  if (!path.ok() || path->keys.size() != 2) return std::nullopt;
  AccountReference reference;
  reference.class_name = path->class_name;
  bool is_here = false;
  for (const cim::ObjectPath::Key& key : path->keys) {
    if (key.value.view().kind() != cim::ValueKind::kText) return std::nullopt;
    if (EqualFolded(key.name, "Domain")) is_here = EqualFolded(key.value.view().text(), host);
    if (EqualFolded(key.name, "Name")) reference.name = key.value.view().text();
  }
  if (!is_here || reference.name.empty()) return std::nullopt;
  return reference;
}

bool IsMember(const GroupEntry& group, const UserEntry& user) {
  return user.group_id == group.id ||
         std::find(group.members.begin(), group.members.end(), user.name) != group.members.end();
}

class Pairs {
 public:
  Pairs(const Machine& machine, std::vector<GroupUserView>& out)
      : host_(HostName(machine)), first_person_(FirstPersonIdOf(machine)), out_(out) {}

  const std::string& host() const { return host_; }
  std::string_view ClassOf(const UserEntry& user) const { return ClassOfUser(user.id, first_person_); }

  void Add(const std::string& group, const UserEntry& user) {
    GroupUserView view;
    view.group = AccountPath("Win32_Group", host_, group);
    view.member = AccountPath(ClassOf(user), host_, user.name);
    out_.push_back(std::move(view));
  }
  bool is_full() const { return out_.size() >= kPairsMax; }

 private:
  const std::string host_;
  const std::uint32_t first_person_;
  std::vector<GroupUserView>& out_;
};

Status LookUp(const Machine& machine, const Asked& asked, Pairs& pairs) {
  Status status;
  for (const provider::KeyTuple& key : asked.request.keys) {
    if (asked.stopped()) break;
    const auto whole = ParseReference(KeyTextOf(asked.request, key, "GroupComponent"), pairs.host());
    const auto part = ParseReference(KeyTextOf(asked.request, key, "PartComponent"), pairs.host());
    if (!whole || !part || !EqualFolded(whole->class_name, "Win32_Group")) continue;
    std::optional<GroupEntry> group;
    std::optional<UserEntry> user;
    Status found = FindGroup(machine, whole->name, group);
    if (group) found = FindUser(machine, part->name, user);
    if (found.code() != code::kOk) status = found;
    if (group && user && EqualFolded(pairs.ClassOf(*user), part->class_name) && IsMember(*group, *user))
      pairs.Add(group->name, *user);
  }
  return status;
}

// The users by name, with those that groups name and no list holds.
class KnownUsers {
 public:
  KnownUsers(const Machine& machine, std::vector<UserEntry> listed) : machine_(machine), listed_(std::move(listed)) {
    for (const UserEntry& user : listed_) by_name_.emplace(user.name, &user);
  }

  const std::vector<UserEntry>& listed() const { return listed_; }

  // Null when there is none, or nobody answers.
  const UserEntry* Find(const std::string& name, Status& status) {
    const auto known = by_name_.find(name);
    if (known != by_name_.end()) return known->second;
    const auto before = asked_.find(name);
    if (before != asked_.end()) return before->second ? &*before->second : nullptr;
    if (asked_.size() >= kAskedMax) {
      status = Status(code::kPartialResults,
                      "Groups name more than 1000 users that the name services do not list; let them list their users "
                      "(enumerate in sssd.conf), or ask for one group and user by their paths.");
      return nullptr;
    }
    if (!is_answering_) return nullptr;
    std::optional<UserEntry>& found = asked_[name];
    const Status answer = FindUser(machine_, name, found);
    if (answer.code() != code::kOk) {
      status = answer;
      is_answering_ = false;
    }
    if (found && found->name != name) found.reset();  // the group means another spelling, which is nobody
    return found ? &*found : nullptr;
  }

 private:
  const Machine& machine_;
  const std::vector<UserEntry> listed_;
  std::unordered_map<std::string, const UserEntry*> by_name_;
  std::unordered_map<std::string, std::optional<UserEntry>> asked_;
  bool is_answering_ = true;
};

Status List(const Machine& machine, const Asked& asked, Pairs& pairs) {
  std::vector<UserEntry> listed;
  std::vector<GroupEntry> groups;
  Status status = ListUsers(machine, listed);
  if (asked.stopped()) return status;
  const Status listed_groups = ListGroups(machine, groups);
  if (listed_groups.code() != code::kOk) status = listed_groups;

  KnownUsers users(machine, std::move(listed));
  std::unordered_map<std::uint32_t, std::vector<const UserEntry*>> by_first_group;
  for (const UserEntry& user : users.listed()) by_first_group[user.group_id].push_back(&user);
  for (const GroupEntry& group : groups) {
    std::unordered_set<std::string> seen;
    if (const auto first = by_first_group.find(group.id); first != by_first_group.end()) {
      for (const UserEntry* user : first->second) {
        if (seen.insert(user->name).second) pairs.Add(group.name, *user);
      }
    }
    for (const std::string& name : group.members) {
      if (asked.stopped()) return status;
      const UserEntry* const user = users.Find(name, status);
      if (user != nullptr && seen.insert(user->name).second) pairs.Add(group.name, *user);
    }
    if (pairs.is_full()) {
      return Status(code::kPartialResults,
                    "There are more than a million members of groups; ask for one group and user by their paths.");
    }
  }
  return status;
}

}  // namespace

std::span<const Source> GroupUser::Sources() { return kSources; }
std::span<const Column<GroupUserView>> GroupUser::Columns() { return kColumns; }
Status GroupUser::Load(const Machine& machine, const Asked& asked, std::vector<GroupUserView>& out) {
  Pairs pairs(machine, out);
  return asked.request.has_keys ? LookUp(machine, asked, pairs) : List(machine, asked, pairs);
}

}  // namespace wmi::linuxos
