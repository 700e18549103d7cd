#include "wmi/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace wmi::cli {

namespace {

constexpr int kTriesMax = 100;
constexpr unsigned kPermissions = 0777;

std::string FolderOf(const std::string& path) {
  const std::size_t end = path.rfind('/');
  if (end == std::string::npos) return ".";
  return end == 0 ? "/" : path.substr(0, end);
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path) {
  const std::unique_ptr<char, decltype(&std::free)> full(realpath(path.c_str(), nullptr), std::free);
  if (full != nullptr) path_ = full.get();
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

int OutputFile::Open() {
  struct stat there{};
  if (::stat(path_.c_str(), &there) != 0) return errno == ENOENT ? MakeBeside(0) : errno;
  if (S_ISREG(there.st_mode)) {
    // A new file would take the place of one that may not be written.
    return ::access(path_.c_str(), W_OK) == 0 ? MakeBeside(there.st_mode & kPermissions) : errno;
  }
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  return descriptor_ < 0 ? errno : 0;
}

// `mode` 0: that of any new file.
int OutputFile::MakeBeside(unsigned mode) {
  for (int i = 0; i < kTriesMax; ++i) {
    std::string name = fmt::format("{}.{}-{}.new", path_, ::getpid(), i);
    descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno == EEXIST) continue;
    if (descriptor_ < 0) return errno;
    temporary_ = std::move(name);
    return mode == 0 || ::fchmod(descriptor_, mode) == 0 ? 0 : errno;
  }
  return EEXIST;
}

int OutputFile::Sync() const {
  // Pipes and the like have nothing to sync.
  return ::fsync(descriptor_) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

int OutputFile::Publish() {
  int failure = Sync();
  if (::close(descriptor_) != 0 && failure == 0) failure = errno;
  descriptor_ = -1;
  if (failure != 0 || temporary_.empty()) return failure;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return errno;
  temporary_.clear();
  const int folder = ::open(FolderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno;
  failure = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  return failure;
}

}  // namespace wmi::cli
