#include "engine/mof_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace wmi::engine {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

Status CannotOpen(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return {code::kNotFound, "there is no file '" + path + "'"};
  }
  return SystemStatus(error == EACCES || error == EPERM ? code::kAccessDenied : code::kFailed, "open(" + path + ")",
                      error);
}

}  // namespace

Result<mof::Source> ReadMofFile(const std::string& path, std::size_t bytes_max) {
  // Not blocking, for the case that it is a pipe, which is refused.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return CannotOpen(path, errno);
  struct stat facts = {};
  if (fstat(file.number(), &facts) != 0) return SystemStatus(code::kFailed, "fstat(" + path + ")", errno);
  if (!S_ISREG(facts.st_mode)) return Status(code::kMofInvalidFile, "'" + path + "' is not a regular file");
  mof::Source source;
  source.file = std::filesystem::path(path).lexically_normal().string();
  // What a file says of its size may be wrong (/proc) or change; mostly it is right, and the text takes no more memory.
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  const std::size_t expected = facts.st_size > 0 ? static_cast<std::size_t>(facts.st_size) + 1 : kPiece;
  source.text.resize(std::min(expected, bytes_max + 1));
  for (std::size_t used = 0;;) {
    if (used == source.text.size()) source.text.resize(std::min(used + std::max(kPiece, used), bytes_max + 1));
    ssize_t count = 0;
    do {
      count = read(file.number(), source.text.data() + used, source.text.size() - used);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return SystemStatus(code::kFailed, "read(" + path + ")", errno);
    used += static_cast<std::size_t>(count);
    if (used > bytes_max) {
      return Status(code::kMofInvalidFile, "'" + path + "' is larger than " + std::to_string(bytes_max) + " bytes");
    }
    if (count != 0) continue;
    source.text.resize(used);
    return source;
  }
}

std::string IncludePath(std::string_view path, std::string_view from_file) {
  std::string native(path);
  std::replace(native.begin(), native.end(), '\\', '/');
  // A path that is not relative replaces the folder.
  return (std::filesystem::path(from_file).parent_path() / native).lexically_normal().string();
}

Result<mof::Source> OpenInclude(std::string_view path, std::string_view from_file) {
  return ReadMofFile(IncludePath(path, from_file));
}

std::string ErrorLine(const Status& error, const std::string& file) {
  static const ErrorDetail nowhere;
  const ErrorDetail& detail = error.detail() != nullptr ? *error.detail() : nowhere;
  std::string place = detail.file.empty() && detail.line == 0 ? file : detail.file;
  if (detail.line > 0) {
    place += detail.column > 0 ? fmt::format("({},{})", detail.line, detail.column) : fmt::format("({})", detail.line);
  }
  if (!place.empty()) place += ": ";
  const std::string_view name = CodeName(error.code());
  return fmt::format("{}error {} (0x{:08X}): {}", place, name.empty() ? "WBEM_E_FAILED" : name,
                     static_cast<std::uint32_t>(error.code()), error.Message());
}

}  // namespace wmi::engine
