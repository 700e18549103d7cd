#include "win32/registry/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/limits.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kListedMax = limits::kRegistryNamesMax + 8;  // the store has files of its own, too

class File {
 public:
  File(const std::string& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

bool HasMode(const std::string& path, mode_t kind) {
  struct stat state;
  return lstat(path.c_str(), &state) == 0 && (state.st_mode & S_IFMT) == kind;
}

ErrorCode WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrorOfErrno(errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0 ? ERROR_SUCCESS : ErrorOfErrno(errno);
}

}  // namespace

bool IsFolder(const std::string& path) { return HasMode(path, S_IFDIR); }
bool IsFile(const std::string& path) { return HasMode(path, S_IFREG); }

ErrorCode ListFolder(const std::string& path, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  if (folder == nullptr) return ErrorOfErrno(errno);
  errno = 0;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() >= kListedMax) return ERROR_NO_SYSTEM_RESOURCES;
    names.emplace_back(name);
    errno = 0;
  }
  return ErrorOfErrno(errno);
}

ErrorCode MakeFolders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (mkdir(path.substr(0, end).c_str(), 0700) != 0 && errno != EEXIST) {
      // A folder that cannot be made because it is there, on a file system that may not be written.
      const int mkdir_errno = errno;
      if (access(path.substr(0, end).c_str(), F_OK) != 0) return ErrorOfErrno(mkdir_errno);
    }
    if (end == std::string::npos) return ERROR_SUCCESS;
  }
}

ErrorCode ReadFile(const std::string& path, std::size_t bytes_max, std::string& content) {
  const File file(path, O_RDONLY | O_NONBLOCK);
  if (file.number() < 0) return ErrorOfErrno(errno);
  struct stat state;
  if (fstat(file.number(), &state) != 0) return ErrorOfErrno(errno);
  if (!S_ISREG(state.st_mode) || static_cast<std::size_t>(state.st_size) > bytes_max) return ERROR_BADDB;
  content.resize(static_cast<std::size_t>(state.st_size));
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count = read(file.number(), content.data() + filled, content.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrorOfErrno(errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return ERROR_SUCCESS;
}

ErrorCode ReplaceFile(const std::string& path, const std::string& scratch, std::string_view content) {
  ErrorCode error = ERROR_SUCCESS;
  {
    // Closed before it gets its name, so that who watches the folder is told once.
    const File file(scratch, O_WRONLY | O_CREAT | O_TRUNC);
    error = file.number() < 0 ? ErrorOfErrno(errno) : WriteAll(file.number(), content);
  }
  if (error == ERROR_SUCCESS && rename(scratch.c_str(), path.c_str()) != 0) error = ErrorOfErrno(errno);
  if (error != ERROR_SUCCESS) unlink(scratch.c_str());
  return error;
}

ErrorCode RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return ErrorOfErrno(error.value());
}

}  // namespace wmi::win32
