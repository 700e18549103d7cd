#include "base/trusted_file.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <vector>

namespace wmi {
namespace {

constexpr std::size_t kRecordBytes = 65536;

// Whether `gid` is the private group of `uid`: its primary one, called like the user, with no other member.
bool IsPrivateGroup(gid_t gid, uid_t uid) {
  std::vector<char> user_space(kRecordBytes);
  std::vector<char> group_space(kRecordBytes);
  passwd user = {};
  passwd* found_user = nullptr;
  group members = {};
  group* found_group = nullptr;
  getpwuid_r(uid, &user, user_space.data(), user_space.size(), &found_user);
  getgrgid_r(gid, &members, group_space.data(), group_space.size(), &found_group);
  if (found_user == nullptr || found_group == nullptr || user.pw_gid != gid) return false;
  const std::string name = user.pw_name;
  if (name != members.gr_name) return false;
  for (char** member = members.gr_mem; *member != nullptr; ++member) {
    if (name != *member) return false;
  }
  return true;
}

Status Refused(const std::string& path, const std::string& what) {
  return Status(code::kAccessDenied, path + ' ' + what);
}

Status CheckOne(const std::string& path, bool is_file, uid_t user) {
  struct stat state = {};
  if (lstat(path.c_str(), &state) != 0) return SystemStatus(code::kAccessDenied, "lstat(" + path + ")", errno);
  if (is_file && !S_ISREG(state.st_mode)) return Refused(path, "is no regular file");
  if (state.st_uid != 0 && state.st_uid != user) {
    return Refused(path,
                   fmt::format("belongs to user {}, and is trusted only from root or user {}", state.st_uid, user));
  }
  if (!is_file && (state.st_mode & S_ISVTX) != 0) return Status();
  if ((state.st_mode & S_IWOTH) != 0) return Refused(path, "may be written by everybody; chmod o-w mends that");
  if ((state.st_mode & S_IWGRP) != 0 && !IsPrivateGroup(state.st_gid, state.st_uid)) {
    return Refused(path, fmt::format("may be written by group {}; chmod g-w mends that", state.st_gid));
  }
  return Status();
}

}  // namespace

Result<std::string> TrustedFile(const std::string& path, uid_t user) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr), std::free);
  if (resolved == nullptr) {
    const Code code = errno == ENOENT || errno == ENOTDIR ? code::kNotFound : code::kAccessDenied;
    return SystemStatus(code, "realpath(" + path + ")", errno);
  }
  const std::string real = resolved.get();
  TRY(CheckOne(real, true, user));
  for (std::size_t end = real.rfind('/'); end != std::string::npos; end = end == 0 ? end : real.rfind('/', end - 1)) {
    TRY(CheckOne(end == 0 ? "/" : real.substr(0, end), false, user));
    if (end == 0) break;
  }
  return real;
}

}  // namespace wmi
