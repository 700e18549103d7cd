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
#include <unordered_set>
#include <utility>

#include "base/limits.h"
#include "engine/mof_file.h"
#include "mof/lexer.h"
#include "store/encoding/checksum.h"
#include "store/note.h"

namespace wmi::engine {
namespace {

// A copy is this line with the name of the file; the line `// included: COUNT` and as many lines `// SIZE NAME`; the
// text as UTF-8; and the texts of the included files, one behind the other. Without included files their lines are
// left out, unless the text could be taken for them.
constexpr std::string_view kOrigin = "// autorecover of: ";
constexpr std::string_view kIncluded = "// included: ";
constexpr std::string_view kLine = "// ";
constexpr std::size_t kCopyBytesMax = std::size_t{256} << 20;
constexpr std::size_t kNameBytesMax = 64;
// What is told of errors.
constexpr std::size_t kErrorsOfFileMax = 5;
constexpr std::size_t kErrorsMax = 50;
constexpr int kTriesMax = 1000;

std::string FolderOf(const std::string& repository_folder) { return repository_folder + "/autorecover"; }

Status Failure(std::string call, int error) {
  const Code code = error == ENOSPC || error == EDQUOT                    ? code::kOutOfDiskSpace
                    : error == EACCES || error == EPERM || error == EROFS ? code::kAccessDenied
                                                                          : code::kFailed;
  return SystemStatus(code, std::move(call), error);
}

std::string FullName(const std::string& file) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(file, error);
  return error ? file : full.lexically_normal().string();
}

std::string InOneLine(std::string name) {
  std::replace(name.begin(), name.end(), '\n', '?');
  return name;
}

// What the list knows a source by.
std::string OriginOf(const mof::Source& source) {
  if (source.file.empty()) return fmt::format("text {:016x}", store::Checksum({source.text}));
  return InOneLine(FullName(source.file));
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

// Up to the end of the line, which is taken off with it; nothing when there is no end.
std::optional<std::string_view> TakeLine(std::string_view& text, std::string_view start) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(start)) return std::nullopt;
  const std::string_view line = text.substr(start.size(), end - start.size());
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::size_t> TakeNumber(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// The texts that a copy holds; false when it is no copy.
bool TakeApart(std::string_view copy, RecoveryFile& file) {
  const std::optional<std::string_view> origin = TakeLine(copy, kOrigin);
  if (!origin) return false;
  file.source.file = *origin;
  std::vector<std::size_t> sizes;
  std::size_t size_of_all = 0;
  if (copy.starts_with(kIncluded)) {
    std::string_view head = *TakeLine(copy, kIncluded);
    for (std::size_t left = TakeNumber(head).value_or(0); left != 0; --left) {
      std::optional<std::string_view> line = TakeLine(copy, kLine);
      const std::optional<std::size_t> size = line ? TakeNumber(*line) : std::nullopt;
      if (!size || *size > copy.size() || !line->starts_with(' ')) return false;
      file.included.push_back({std::string(line->substr(1)), {}});
      sizes.push_back(*size);
      size_of_all += *size;
    }
  }
  if (size_of_all > copy.size()) return false;
  file.source.text = copy.substr(0, copy.size() - size_of_all);
  copy.remove_prefix(file.source.text.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    file.included[i].text = copy.substr(0, sizes[i]);
    copy.remove_prefix(sizes[i]);
  }
  return true;
}

RecoveryFile Read(const std::string& path) {
  const Result<mof::Source> copy = ReadMofFile(path, kCopyBytesMax);
  RecoveryFile file;
  file.path = path;
  if (copy.ok() && TakeApart(copy->text, file)) return file;
  RecoveryFile unreadable;
  unreadable.path = path;
  unreadable.status = copy.ok() ? Status(code::kMofInvalidFile,
                                         "it is damaged, or was not put on the list by mofcomp; "
                                         "compile the file itself again with #pragma autorecover")
                                : copy.status();
  return unreadable;
}

// With the names by which the compiler will ask for them when it compiles the copy (IncludePath).
Result<std::vector<mof::Source>> ReadIncluded(const mof::Source& source, const std::vector<std::string>& files) {
  std::vector<mof::Source> included;
  std::unordered_set<std::string> known;
  for (const std::string& file : files) {
    if (file == source.file || !known.insert(file).second) continue;
    mof::Source read = TRY(ReadMofFile(file));
    read.text = TRY(mof::DecodeSource(std::move(read.text)));
    // From a text without a file they are relative to the working directory, also for those who compile it again.
    read.file = InOneLine(source.file.empty() ? file : FullName(file));
    included.push_back(std::move(read));
  }
  return included;
}

Result<std::string> CopyOf(const mof::Source& source, const std::string& origin,
                           const std::vector<std::string>& files) {
  const std::string text = TRY(mof::DecodeSource(source.text));
  const std::vector<mof::Source> included = TRY(ReadIncluded(source, files));
  std::string copy = std::string(kOrigin) + origin + "\n";
  if (!included.empty() || text.starts_with(kIncluded)) copy += fmt::format("{}{}\n", kIncluded, included.size());
  for (const mof::Source& file : included) copy += fmt::format("{}{} {}\n", kLine, file.text.size(), file.file);
  copy += text;
  for (const mof::Source& file : included) copy += file.text;
  if (copy.size() <= kCopyBytesMax) return copy;
  return Status(code::kMofInvalidFile,
                fmt::format("'{}' and the files it includes have {} bytes together; {} can be kept for autorecover",
                            origin, copy.size(), kCopyBytesMax));
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

// ---- compiling again ------------------------------------------------------------------------------------------------

// A failure that says that there is nothing to do.
constexpr Code kDoneByOthers = code::kAlreadyExists;

struct Recovered {
  std::size_t files = 0;
  std::size_t without_errors = 0;
  std::size_t errors_total = 0;
  std::vector<std::string> errors;
};

// The note is nothing when the whole list was compiled.
std::optional<std::size_t> LastDone(std::string_view note) { return TakeNumber(note); }

void Tell(const RecoveryFile& file, const mof::Report& report, Recovered& recovered) {
  std::size_t errors = 0;
  for (const Status& error : report.errors) {
    // A file that only creates finds what was not lost.
    if (error.code() == code::kAlreadyExists) continue;
    ++recovered.errors_total;
    if (++errors > kErrorsOfFileMax || recovered.errors.size() >= kErrorsMax) continue;
    recovered.errors.push_back(fmt::format("{} [{}]", ErrorLine(error, file.source.file), file.path));
  }
  ++recovered.files;
  if (errors == 0) ++recovered.without_errors;
}

mof::CompileOptions OptionsFor(const RecoveryFile& file) {
  mof::CompileOptions options;
  options.open_include = [&file](std::string_view path, std::string_view from_file) -> Result<mof::Source> {
    const std::string name = InOneLine(IncludePath(path, from_file));
    for (const mof::Source& included : file.included) {
      if (included.file == name) return included;
    }
    return Status(code::kNotFound, fmt::format("'{}' was not kept with the file that includes it", path));
  };
  return options;
}

Status RecoverFile(Catalogue& catalogue, store::Repository& repository, const RecoveryFile& file,
                   Recovered& recovered) {
  bool is_done = false;
  // In the transaction of the file, so that it is compiled once.
  const auto mark = [&](store::Transaction& transaction) -> Status {
    const std::optional<std::size_t> last = LastDone(TRY(transaction.Note(store::kRecoveryNote)));
    is_done = !last || *last >= file.number;
    if (is_done) return Status(kDoneByOthers, "another process has compiled it");
    return transaction.SetNote(store::kRecoveryNote, fmt::to_string(file.number));
  };
  if (!file.status.ok()) {
    mof::Report unreadable;
    unreadable.errors.push_back(file.status);
    Tell(file, unreadable, recovered);
    return Status();
  }
  const mof::Report report = catalogue.CompileText(file.source, OptionsFor(file), OnError::kKeepTheRest, mark);
  if (is_done) return Status();
  const std::optional<std::size_t> last = LastDone(TRY(repository.Note(store::kRecoveryNote)));
  if (last && *last < file.number) {
    return report.ok() ? Status(code::kFailed, "the recovery of " + file.path + " was not stored")
                       : report.errors.back();
  }
  Tell(file, report, recovered);
  return Status();
}

std::string Lines(const Recovered& recovered) {
  if (recovered.files == 0) return {};
  std::string lines = fmt::format("the autorecover list was compiled again: {} of {} files without errors",
                                  recovered.without_errors, recovered.files);
  for (const std::string& error : recovered.errors) lines += "\n  " + error;
  const std::size_t untold = recovered.errors_total - recovered.errors.size();
  if (untold != 0) lines += fmt::format("\n  and {} more errors", untold);
  return lines;
}

}  // namespace

Status Remember(const std::string& repository_folder, const mof::Source& source,
                const std::vector<std::string>& files) {
  if (repository_folder.empty()) return Status();
  const std::string folder = FolderOf(repository_folder);
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return Failure("mkdir(" + folder + ")", errno);
  const std::string origin = OriginOf(source);
  const std::string copy = TRY(CopyOf(source, origin, files));
  const std::string temporary = TRY(WriteTemporary(folder, copy));
  for (const Entry& entry : Entries(folder)) {
    const std::string path = folder + "/" + entry.name;
    const RecoveryFile known = Read(path);
    if (!known.status.ok() || known.source.file != origin) continue;
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
    RecoveryFile file = Read(folder + "/" + entry.name);
    file.number = entry.number;
    files.push_back(std::move(file));
  }
  return files;
}

Status Recover(Catalogue& catalogue, store::Repository& repository) {
  if (!repository.changeable().ok() || !LastDone(TRY(repository.Note(store::kRecoveryNote)))) return Status();
  Recovered recovered;
  Status status;
  for (const RecoveryFile& file : List(repository.folder())) {
    status = RecoverFile(catalogue, repository, file, recovered);
    if (!status.ok()) break;
  }
  repository.AddToOpeningReport(Lines(recovered));
  if (!status.ok()) return status;
  return repository.Change(
      [](store::Transaction& transaction) { return transaction.SetNote(store::kRecoveryNote, ""); });
}

}  // namespace wmi::engine
