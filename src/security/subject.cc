#include "security/subject.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "security/limits.h"

namespace wmi::security {
namespace {

constexpr std::size_t kRecordBytesMax = std::size_t{1} << 20;

struct Entry {
  std::string name;
  gid_t group = 0;
};

Result<Entry> FindUser(std::uint32_t uid) {
  std::vector<char> space(1024);
  for (;;) {
    passwd record = {};
    passwd* found = nullptr;
    const int error = getpwuid_r(uid, &record, space.data(), space.size(), &found);
    if (error == ERANGE && space.size() < kRecordBytesMax) {
      space.resize(space.size() * 2);
      continue;
    }
    if (found != nullptr) return Entry{found->pw_name, found->pw_gid};
    // getpwuid_r(3) lists these besides 0 for a user who is not there.
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM) {
      return Status(code::kNotFound, fmt::format("the user database knows no user {}, so his groups, and with them his "
                                                 "rights, are not known",
                                                 uid));
    }
    return SystemStatus(code::kFailed, fmt::format("getpwuid_r({})", uid), error);
  }
}

// The supplementary groups, which another thread may change between two calls.
std::vector<gid_t> GroupsOfCaller() {
  constexpr int kAttemptsMax = 8;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const int count = getgroups(0, nullptr);
    if (count <= 0) break;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    const int filled = getgroups(count, groups.data());
    if (filled < 0) continue;
    groups.resize(static_cast<std::size_t>(filled));
    return groups;
  }
  return {};
}

Result<std::vector<gid_t>> GroupsOf(const Entry& user) {
  std::vector<gid_t> groups(64);
  for (;;) {
    int count = static_cast<int>(groups.size());
    const bool is_all = getgrouplist(user.name.c_str(), user.group, groups.data(), &count) >= 0;
    if (is_all) {
      groups.resize(static_cast<std::size_t>(count));
      return groups;
    }
    if (groups.size() >= kGroupsMax) {
      return Status(code::kFailed, fmt::format("the user {} is in more than {} groups", user.name, kGroupsMax));
    }
    groups.resize(std::min(groups.size() * 4, kGroupsMax));
  }
}

}  // namespace

Subject Subject::OfCaller() {
  Subject subject(UserSid(geteuid()));
  std::vector<gid_t> groups = GroupsOfCaller();
  groups.push_back(getegid());
  subject.AddGroups(groups);
  subject.AddEverybodys();
  return subject;
}

Result<Subject> Subject::OfUser(std::uint32_t uid) {
  if (uid == geteuid()) return OfCaller();
  if (uid == 0) return Named(kAdministrators);
  const Entry user = TRY(FindUser(uid));
  Subject subject(UserSid(uid));
  subject.AddGroups(TRY(GroupsOf(user)));
  subject.AddEverybodys();
  return subject;
}

Subject Subject::Named(const Sid& sid) {
  const bool is_root = sid == kAdministrators || sid == kLocalSystem;
  Subject subject(is_root ? UserSid(0) : sid);
  if (subject.user() == UserSid(0)) subject.AddGroups(std::array<gid_t, 1>{0});
  subject.AddEverybodys();
  return subject;
}

bool Subject::Has(const Sid& sid) const {
  return sid == user() || std::binary_search(sids_.begin() + 1, sids_.end(), sid);
}

void Subject::AddGroups(std::span<const std::uint32_t> gids) {
  for (const std::uint32_t gid : gids) sids_.push_back(GroupSid(gid));
}

void Subject::AddEverybodys() {
  sids_.push_back(kEveryone);
  sids_.push_back(kAuthenticatedUsers);
  if (user() == UserSid(0)) {
    sids_.push_back(kAdministrators);
    sids_.push_back(kLocalSystem);
  }
  std::sort(sids_.begin() + 1, sids_.end());
}

}  // namespace wmi::security
