#include "engine/autorecover.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "engine/mof_file.h"
#include "mof/lexer.h"
#include "store/encoding/checksum.h"

namespace wmi::engine {
namespace {

// The first line of a copy; the rest is the text as UTF-8.
constexpr std::string_view kOrigin = "// autorecover of: ";
constexpr std::size_t kNameBytesMax = 64;
constexpr int kTriesMax = 1000;

std::string FolderOf(const std::string& repository_folder) { return repository_folder + "/autorecover"; }

Status Failure(std::string call, int error) {
  const Code code = error == ENOSPC || error == EDQUOT                    ? code::kOutOfDiskSpace
                    : error == EACCES || error == EPERM || error == EROFS ? code::kAccessDenied
                                                                          : code::kFailed;
  return SystemStatus(code, std::move(call), error);
}

// What the list knows a source by.
std::string OriginOf(const mof::Source& source) {
  if (source.file.empty()) return fmt::format("text {:016x}", store::Checksum({source.text}));
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(source.file, error);
  std::string origin = error ? source.file : full.lexically_normal().string();
  std::replace(origin.begin(), origin.end(), '\n', '?');
  return origin;
}

// "0007" of "0007-name.mof"; 0 for a file that is not of the list.
unsigned NumberOf(const std::string& file_name) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(file_name.data(), file_name.data() + file_name.size(), number);
  const bool is_ours = error == std::errc() && std::string_view(end).starts_with('-') && file_name.ends_with(".mof");
  return is_ours ? number : 0;
}

std::string NameFor(const mof::Source& source) {
  std::string name = source.file.empty() ? "text" : std::filesystem::path(source.file).stem().string();
  for (char& c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_plain) c = '-';
  }
  return name.substr(0, kNameBytesMax);
}

struct Entry {
  unsigned number;
  std::string name;
};

std::vector<Entry> Entries(const std::string& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    const unsigned number = NumberOf(name);
    if (number > 0) entries.push_back({number, std::move(name)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.number, a.name) < std::tie(b.number, b.name); });
  return entries;
}

std::optional<RecoveryFile> Read(const std::string& path) {
  // The first line comes on top of what a file may hold.
  Result<mof::Source> copy = ReadMofFile(path, 2 * limits::kMofFileBytesMax);
  if (!copy.ok() || !copy->text.starts_with(kOrigin)) return std::nullopt;
  const std::size_t line_end = copy->text.find('\n');
  if (line_end == std::string::npos) return std::nullopt;
  const std::string origin = copy->text.substr(kOrigin.size(), line_end - kOrigin.size());
  return RecoveryFile{path, {origin, copy->text.substr(line_end + 1)}};
}

Status WriteAll(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure("write(" + path + ")", errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(descriptor) == 0 ? Status() : Failure("fsync(" + path + ")", errno);
}

// A new file, whole and on the disk; only for this user.
Result<std::string> WriteTemporary(const std::string& folder, std::string_view text) {
  std::string path = folder + "/new-XXXXXX";
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return Failure("mkostemp(" + path + ")", errno);
  Status status = WriteAll(descriptor, text, path);
  if (close(descriptor) != 0 && status.ok()) status = Failure("close(" + path + ")", errno);
  if (!status.ok()) {
    unlink(path.c_str());
    return status;
  }
  return path;
}

Status SyncFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failure("open(" + folder + ")", errno);
  const Status status = fsync(descriptor) == 0 ? Status() : Failure("fsync(" + folder + ")", errno);
  close(descriptor);
  return status;
}

// Gives the file the next free number. A number that somebody else takes meanwhile is theirs.
Status Append(const std::string& folder, const std::string& temporary, const std::string& name) {
  const std::vector<Entry> entries = Entries(folder);
  unsigned number = entries.empty() ? 1 : entries.back().number + 1;
  for (int tries = 0; tries < kTriesMax; ++tries, ++number) {
    const std::string path = fmt::format("{}/{:04}-{}.mof", folder, number, name);
    if (link(temporary.c_str(), path.c_str()) == 0) return Status();
    if (errno != EEXIST) return Failure("link(" + path + ")", errno);
  }
  return {code::kFailed, "no number is free in " + folder};
}

}  // namespace

Status Remember(const std::string& repository_folder, const mof::Source& source) {
  if (repository_folder.empty()) return Status();
  const std::string folder = FolderOf(repository_folder);
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return Failure("mkdir(" + folder + ")", errno);
  const std::string origin = OriginOf(source);
  std::string text = std::string(kOrigin) + origin + "\n" + TRY(mof::DecodeSource(source.text));
  const std::string temporary = TRY(WriteTemporary(folder, text));
  for (const Entry& entry : Entries(folder)) {
    const std::string path = folder + "/" + entry.name;
    const std::optional<RecoveryFile> known = Read(path);
    if (!known || known->source.file != origin) continue;
    if (rename(temporary.c_str(), path.c_str()) == 0) return SyncFolder(folder);
    const Status status = Failure("rename(" + path + ")", errno);
    unlink(temporary.c_str());
    return status;
  }
  const Status status = Append(folder, temporary, NameFor(source));
  unlink(temporary.c_str());
  return status.ok() ? SyncFolder(folder) : status;
}

std::vector<RecoveryFile> List(const std::string& repository_folder) {
  std::vector<RecoveryFile> files;
  if (repository_folder.empty()) return files;
  const std::string folder = FolderOf(repository_folder);
  for (const Entry& entry : Entries(folder)) {
    if (std::optional<RecoveryFile> file = Read(folder + "/" + entry.name)) files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace wmi::engine
