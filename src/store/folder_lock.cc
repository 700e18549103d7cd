#include "store/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

namespace wmi::store {
namespace {

// The processes that have a lock on this file, as /proc/locks tells: "1: FLOCK ADVISORY READ 4711 00:1b:1234 0 EOF".
std::string HoldersOf(int file) {
  struct stat there{};
  if (fstat(file, &there) != 0) return "";
  const std::string inode = fmt::format(":{}", there.st_ino);
  std::ifstream locks("/proc/locks");
  std::string holders;
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string mode;
    std::string access;
    std::string process;
    std::string place;
    words >> number >> kind >> mode >> access >> process >> place;
    if (kind == "FLOCK" && place.ends_with(inode)) holders += (holders.empty() ? "" : ", ") + process;
  }
  return holders;
}

std::string PathOf(const std::string& folder, FolderLock::Kind kind) {
  return folder + (kind == FolderLock::Kind::kHost ? "/host" : "/lock");
}

}  // namespace

Result<std::string> FolderLock::Holder(const std::string& folder, Kind kind) {
  const std::string path = PathOf(folder, kind);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && errno == ENOENT) return std::string();
  if (file < 0) return SystemStatus(code::kAccessDenied, fmt::format("open({})", path), errno);
  const FolderLock closed(file);
  return HoldersOf(file);
}

Result<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& folder, Kind kind) {
  const std::string path = PathOf(folder, kind);
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return SystemStatus(errno == ENOSPC ? code::kOutOfDiskSpace : code::kAccessDenied, fmt::format("open({})", path),
                        errno);
  }
  auto lock = std::unique_ptr<FolderLock>(new FolderLock(file));
  if (flock(file, (kind == Kind::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return SystemStatus(code::kFailed, fmt::format("flock({})", path), errno);
  if (kind == Kind::kHost) {
    return Status(code::kTimedOut,
                  fmt::format("process {} hosts the repository in {} already; one is enough", HoldersOf(file), folder));
  }
  return Status(code::kTimedOut,
                fmt::format("the repository in {} is in use by process {}; end it, or wait for it, and try again",
                            folder, HoldersOf(file)));
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace wmi::store
