#include "win32/security/token.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace wmi::win32 {
namespace {

thread_local std::shared_ptr<TokenObject> thread_token;

// The supplementary groups, which another thread may change between two calls.
std::vector<gid_t> SupplementaryGroups() {
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

}  // namespace

std::shared_ptr<TokenObject> TokenObject::OfProcess() {
  auto token = std::make_shared<TokenObject>();
  const uid_t user = geteuid();
  const gid_t group = getegid();
  token->user_ = UserSid(user);
  token->primary_group_ = GroupSid(group);
  token->is_root_ = user == 0;
  token->groups_.push_back(token->primary_group_);
  for (const gid_t other : SupplementaryGroups()) {
    if (other != group) token->groups_.push_back(GroupSid(other));
  }
  token->groups_.push_back(*WellKnownSid(WinWorldSid));
  token->groups_.push_back(*WellKnownSid(WinAuthenticatedUserSid));
  if (token->is_root_) token->groups_.push_back(*WellKnownSid(WinBuiltinAdministratorsSid));
  return token;
}

std::shared_ptr<TokenObject> TokenObject::Impersonation(SECURITY_IMPERSONATION_LEVEL level) const {
  auto token = std::make_shared<TokenObject>();
  token->user_ = user_;
  token->primary_group_ = primary_group_;
  token->groups_ = groups_;
  token->is_root_ = is_root_;
  token->type_ = TokenImpersonation;
  token->level_ = level;
  return token;
}

bool TokenObject::IsMember(const Sid& sid) const {
  return sid == user_ || std::find(groups_.begin(), groups_.end(), sid) != groups_.end();
}

std::shared_ptr<TokenObject> ThreadToken() { return thread_token; }

void SetThreadToken(std::shared_ptr<TokenObject> token) { thread_token = std::move(token); }

}  // namespace wmi::win32
