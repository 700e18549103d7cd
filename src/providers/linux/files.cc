#include "providers/linux/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>

namespace wmi::linuxos {
namespace {

// First read of a file: larger than any file of a process but cmdline, so that one read fetches it.
constexpr std::size_t kFirstReadBytes = 4096;
constexpr std::size_t kLinkBytesMax = 4095;

int StartOf(int at) { return at == kNoDirectory ? AT_FDCWD : at; }

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using OpenDirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

// Calls take(entry, descriptor) for each entry of the open folder until it returns false.
template <typename Take>
int ForEachEntry(int at, const char* path, Take take) {
  const int descriptor = ::openat(StartOf(at), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  OpenDirectoryStream stream(::fdopendir(descriptor));
  if (!stream) {
    const int error = errno;
    ::close(descriptor);
    return error;
  }
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) return errno;
    if (!take(*entry, ::dirfd(stream.get()))) return 0;
  }
}

// The same with names only.
template <typename Take>
int ForEachName(int at, const char* path, Take take) {
  return ForEachEntry(at, path, [&](const dirent& entry, int) { return take(std::string_view(entry.d_name)); });
}

// Most file systems say it in the entry; the others are asked.
bool IsFolder(const dirent& entry, int folder) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat info;
  return ::fstatat(folder, entry.d_name, &info, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 && S_ISDIR(info.st_mode);
}

int WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Gives the open file the owner and mode of the one at `path`; of a new one, those of files that all may read.
int TakeOwner(int descriptor, const char* path) {
  struct stat info;
  if (::stat(path, &info) != 0) return errno != ENOENT ? errno : ::fchmod(descriptor, 0644) != 0 ? errno : 0;
  struct stat own;
  if (::fstat(descriptor, &own) != 0) return errno;
  const bool is_same = own.st_uid == info.st_uid && own.st_gid == info.st_gid;
  if (!is_same && ::fchown(descriptor, info.st_uid, info.st_gid) != 0) return errno;
  return ::fchmod(descriptor, info.st_mode & 07777) != 0 ? errno : 0;
}

}  // namespace

Directory& Directory::operator=(Directory&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Directory::~Directory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

char* TextBuffer::Reserve(std::size_t bytes) {
  if (memory_.size() < bytes) memory_.resize(bytes);
  return memory_.data();
}

int Files::OpenDirectory(int at, const char* path, Directory& out) {
  const int descriptor = ::openat(StartOf(at), path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  out = Directory(descriptor);
  return 0;
}

int Files::Read(int at, const char* path, std::size_t bytes_max, TextBuffer& out) {
  out.set_length(0);
  const int descriptor = ::openat(StartOf(at), path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return errno;
  std::size_t length = 0;
  int error = 0;
  while (length < bytes_max) {
    const std::size_t room = std::min(std::max(out.capacity(), kFirstReadBytes), bytes_max);
    // A full buffer doubles; the loop ends at bytes_max at the latest.
    char* memory = out.Reserve(length < room ? room : std::min(2 * length, bytes_max));
    const std::size_t ask = std::min(out.capacity(), bytes_max) - length;
    const ssize_t got = ::read(descriptor, memory + length, ask);
    if (got < 0) {
      if (errno == EINTR) continue;
      error = errno;
      break;
    }
    // Only an empty read is the end: the kernel gives texts of several records in short pieces.
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
  out.set_length(error == 0 ? length : 0);
  return error;
}

int Files::ReadLink(int at, const char* path, TextBuffer& out) {
  out.set_length(0);
  char* memory = out.Reserve(kLinkBytesMax);
  const ssize_t length = ::readlinkat(StartOf(at), path, memory, kLinkBytesMax);
  if (length < 0) return errno;
  out.set_length(static_cast<std::size_t>(length));
  return 0;
}

int Files::List(int at, const char* path, std::size_t names_max, std::vector<std::string>& out) {
  out.clear();
  return ForEachName(at, path, [&](std::string_view name) {
    if (name == "." || name == "..") return true;
    out.emplace_back(name);
    return out.size() < names_max;
  });
}

int Files::ListFolders(int at, const char* path, std::size_t names_max, std::vector<std::string>& out) {
  out.clear();
  return ForEachEntry(at, path, [&](const dirent& entry, int folder) {
    const std::string_view name = entry.d_name;
    if (name == "." || name == ".." || !IsFolder(entry, folder)) return true;
    out.emplace_back(name);
    return out.size() < names_max;
  });
}

int Files::ListNumbers(int at, const char* path, std::size_t numbers_max, std::vector<std::int32_t>& out) {
  out.clear();
  return ForEachName(at, path, [&](std::string_view name) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size() && number >= 0) out.push_back(number);
    return out.size() < numbers_max;
  });
}

int Files::Size(int at, const char* path, std::uint64_t& out) {
  struct stat info;
  if (::fstatat(StartOf(at), path, &info, 0) != 0) return errno;
  out = static_cast<std::uint64_t>(info.st_size);
  return 0;
}

int Files::Create(const char* path, std::string_view text) {
  const int descriptor = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
  if (descriptor < 0) return errno;
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error != 0) ::unlink(path);
  return error;
}

int Files::Remove(const char* path) { return ::unlink(path) == 0 ? 0 : errno; }

bool Files::IsDirectory(const char* path) {
  struct stat info;
  return ::stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int Files::Mode(int at, const char* path, std::uint32_t& out) {
  struct stat info;
  if (::fstatat(StartOf(at), path, &info, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) return errno;
  out = info.st_mode;
  return 0;
}

int Files::Write(const char* path, std::string_view text) {
  const int descriptor = ::open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
  if (descriptor < 0) return errno;
  ssize_t written = 0;
  do {
    written = ::write(descriptor, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  int error = written < 0 ? errno : 0;
  // The kernel took a part as the whole value: what came after it would be another.
  if (error == 0 && static_cast<std::size_t>(written) != text.size()) error = EINVAL;
  ::close(descriptor);
  return error;
}

bool Files::IsProcFileSystem(const char* path) {
  struct statfs info;
  return ::statfs(path, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

int Files::Space(const char* path, SpaceInfo& out) {
  struct statvfs info;
  if (::statvfs(path, &info) != 0) return errno;
  out.block_bytes = info.f_frsize;
  out.blocks = info.f_blocks;
  out.blocks_available = info.f_bavail;
  out.name_length_max = info.f_namemax;
  return 0;
}

int Files::Replace(const char* path, std::string_view text) {
  // A new file has no target yet.
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path, nullptr), &std::free);
  if (!resolved && errno != ENOENT) return errno;
  const std::string target = resolved ? resolved.get() : path;
  std::string temporary = target + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return errno;
  int error = WriteAll(descriptor, text);
  if (error == 0) error = TakeOwner(descriptor, target.c_str());
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(temporary.c_str());
  return error;
}

int Files::MakeFolder(const char* path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error.value();
}

int Files::RemoveFolder(const char* path) { return ::rmdir(path) == 0 ? 0 : errno; }

int Files::ModifiedTime(const char* path, std::int64_t& microseconds) {
  struct stat info;
  if (::stat(path, &info) != 0) return errno;
  microseconds = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000 + info.st_mtim.tv_nsec / 1000;
  return 0;
}

Files& Files::Real() {
  static Files files;
  return files;
}

Outcome OutcomeOf(int error) {
  switch (error) {
    case 0:
      return Outcome::kRead;
    case ENOENT:
    case ESRCH:
      return Outcome::kGone;
    case EACCES:
    case EPERM:
      return Outcome::kDenied;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Outcome::kExhausted;
    default:
      return Outcome::kUnread;
  }
}

Status ExhaustedStatus(std::string_view path, int error) {
  const Code code = error == ENOMEM ? code::kOutOfMemory : code::kProviderFailure;
  return SystemStatus(code, "open(" + std::string(path) + ")", error);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks(" \t\r\n\0", 5);
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool NextPart(std::string_view& rest, char separator, std::string_view& part) {
  if (rest.empty()) return false;
  const std::size_t end = rest.find(separator);
  part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return true;
}

bool ParseUnsigned(std::string_view text, std::uint64_t& out) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

bool ParseSigned(std::string_view text, std::int64_t& out) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

bool HasWord(std::string_view text, std::string_view word, char separator) {
  std::string_view part;
  while (NextPart(text, separator, part)) {
    if (part == word) return true;
  }
  return false;
}

std::string_view LastPart(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string ReadText(Files& files, const std::string& path, std::size_t bytes_max) {
  TextBuffer buffer;
  if (files.Read(kNoDirectory, path.c_str(), bytes_max, buffer) != 0) return {};
  return std::string(buffer.text());
}

std::string ReadLine(Files& files, const std::string& path) {
  const std::string text = ReadText(files, path, 4096);
  return std::string(Trim(std::string_view(text).substr(0, text.find('\n'))));
}

}  // namespace wmi::linuxos
