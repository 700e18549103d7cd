#include "providers/linux/files/file_calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>  // renameat2
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

namespace wmi::linuxos {
namespace {

std::int64_t Microseconds(const struct statx_timestamp& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

std::optional<bool> Attribute(const struct statx& info, std::uint64_t bit) {
  if ((info.stx_attributes_mask & bit) == 0) return std::nullopt;
  return (info.stx_attributes & bit) != 0;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  // Tells of writes that failed late.
  int Close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0 ? 0 : errno;
  }

 private:
  int number_;
};

int WriteAll(int to, const char* bytes, std::size_t length) {
  while (length > 0) {
    const ssize_t written = ::write(to, bytes, length);
    if (written < 0 && errno != EINTR) return errno;
    if (written <= 0) continue;
    bytes += written;
    length -= static_cast<std::size_t>(written);
  }
  return 0;
}

int CopyContents(int from, int to, const std::stop_token& stop) {
  constexpr std::size_t kPieceBytes = 8u << 20;
  bool in_kernel = true;
  std::vector<char> buffer;
  while (true) {
    if (stop.stop_requested()) return ECANCELED;
    ssize_t moved = -1;
    if (in_kernel) {
      moved = ::copy_file_range(from, nullptr, to, nullptr, kPieceBytes, 0);
      if (moved == 0 && buffer.empty()) in_kernel = false;  // some file systems say so of files that have contents
      if (moved < 0 && errno == EINTR) continue;
      if (moved < 0) in_kernel = false;
      if (moved > 0) continue;
    }
    buffer.resize(std::size_t{1} << 16);
    moved = ::read(from, buffer.data(), buffer.size());
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) return errno;
    if (moved == 0) return 0;
    if (const int error = WriteAll(to, buffer.data(), static_cast<std::size_t>(moved))) return error;
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

int FileCalls::Look(const std::string& path, FileFacts& out) {
  struct statx info;
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (::statx(AT_FDCWD, path.c_str(), kFlags, STATX_BASIC_STATS | STATX_BTIME, &info) != 0) return errno;
  out.mode = info.stx_mode;
  out.size = info.stx_size;
  out.created.reset();
  if ((info.stx_mask & STATX_BTIME) != 0 && info.stx_btime.tv_sec > 0) out.created = Microseconds(info.stx_btime);
  out.modified = Microseconds(info.stx_mtime);
  out.accessed = Microseconds(info.stx_atime);
  out.is_compressed = Attribute(info, STATX_ATTR_COMPRESSED);
  out.is_encrypted = Attribute(info, STATX_ATTR_ENCRYPTED);
  return 0;
}

FileRights FileCalls::Rights(const std::string& path) {
  constexpr int kFlags = AT_EACCESS | AT_SYMLINK_NOFOLLOW;
  const auto may = [&](int mode) { return ::faccessat(AT_FDCWD, path.c_str(), mode, kFlags) == 0; };
  return {may(R_OK), may(W_OK), may(X_OK)};
}

int FileCalls::List(const std::string& path, std::size_t names_max, std::vector<FileEntry>& out) {
  out.clear();
  // Not through a link: what is listed is the folder that was named.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return errno;
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(descriptor));
  if (!folder) {
    const int error = errno;
    ::close(descriptor);
    return error;
  }
  while (out.size() < names_max) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) return errno;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    FileEntry item{std::string(name), std::nullopt};
    if (entry->d_type != DT_UNKNOWN) item.is_directory = entry->d_type == DT_DIR;
    out.push_back(std::move(item));
  }
  return 0;
}

int FileCalls::Rename(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  const int error = errno;
  if (error != EINVAL) return error;
  // File servers do not know the flag. A second name replaces nothing either; folders cannot have one.
  FileFacts facts;
  if (Look(from, facts) != 0 || facts.is_directory()) return error;
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) != 0) return errno;
  if (::unlink(from.c_str()) == 0) return 0;
  const int failed = errno;
  ::unlink(to.c_str());
  return failed;
}

int FileCalls::Copy(const std::string& from, const std::string& to, const std::stop_token& stop) {
  // Not to wait for the other end of a pipe.
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!source) return errno == ELOOP ? EINVAL : errno;
  struct stat info;
  if (::fstat(source.number(), &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return EINVAL;
  Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, info.st_mode & 0777));
  if (!target) return errno;
  int error = CopyContents(source.number(), target.number(), stop);
  if (const int closed = target.Close(); error == 0) error = closed;
  if (error != 0) ::unlink(to.c_str());
  return error;
}

int FileCalls::Remove(const std::string& path, bool is_directory) {
  return ::unlinkat(AT_FDCWD, path.c_str(), is_directory ? AT_REMOVEDIR : 0) == 0 ? 0 : errno;
}

int FileCalls::SetCompressed(const std::string& path, bool is_compressed) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file) return errno == ELOOP ? EOPNOTSUPP : errno;
  struct stat info;
  if (::fstat(file.number(), &info) != 0) return errno;
  // The number of the request means something else to devices.
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return EOPNOTSUPP;
  unsigned int flags = 0;
  if (::ioctl(file.number(), FS_IOC_GETFLAGS, &flags) != 0) return errno == ENOTTY ? EOPNOTSUPP : errno;
  const unsigned int wanted = is_compressed ? flags | FS_COMPR_FL : flags & ~static_cast<unsigned int>(FS_COMPR_FL);
  if (wanted == flags) return 0;
  if (::ioctl(file.number(), FS_IOC_SETFLAGS, &wanted) != 0) return errno == ENOTTY ? EOPNOTSUPP : errno;
  // Some take the flag and forget it.
  unsigned int now = 0;
  if (::ioctl(file.number(), FS_IOC_GETFLAGS, &now) != 0) return errno;
  return (now & FS_COMPR_FL) == (wanted & FS_COMPR_FL) ? 0 : EOPNOTSUPP;
}

FileCalls& FileCalls::Real() {
  static FileCalls calls;
  return calls;
}

}  // namespace wmi::linuxos
