#include "consumers/log_file_consumer.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/fault.h"
#include "base/text.h"
#include "consumers/consumer_properties.h"
#include "consumers/interruptible_wait.h"
#include "consumers/text_template.h"

namespace wmi::consumers {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr int kBackupsMax = 999;
constexpr std::uint64_t kFileSizeDefault = 65'535;
// Names in a folder that are looked at for backups.
constexpr std::size_t kFolderNamesMax = 1'000'000;
// How often the file may be replaced between opening and locking it.
constexpr int kReplacedMax = 100;
// Between two looks at a lock, which nothing tells of.
constexpr auto kLockInterval = std::chrono::milliseconds(5);

constexpr std::string_view kUtf16Mark = "\xFF\xFE";
constexpr std::string_view kUtf16BigMark = "\xFE\xFF";

std::string Utf16FromUtf8(std::string_view text) {
  std::string bytes;
  const auto add = [&bytes](char32_t unit) {
    bytes += static_cast<char>(unit & 0xFF);
    bytes += static_cast<char>((unit >> 8) & 0xFF);
  };
  for (const wchar_t wide : WideFromUtf8(text)) {
    const auto character = static_cast<char32_t>(wide);
    if (character < 0x10000) {
      add(character);
    } else {
      add(0xD800 + ((character - 0x10000) >> 10));
      add(0xDC00 + ((character - 0x10000) & 0x3FF));
    }
  }
  return bytes;
}

struct LogSettings {
  std::string name;  // of the consumer
  std::string path;
  std::string folder;
  std::string file;
  TextTemplate text;
  bool is_utf16;
  std::uint64_t size_max;  // 0: none
};

// The file while events are written: open, locked, and the one that the path names. For one thread.
class LogFile {
 public:
  LogFile(const LogSettings& settings, const LogFileConsumerProvider::Options& options, const InterruptibleWait& wait)
      : settings_(settings), options_(options), wait_(wait) {}

  // The text and a line feed, whole or not at all.
  Status Append(const std::string& text) {
    // Once round more after the file became a backup.
    for (int turn = 0; turn < kReplacedMax; ++turn) {
      TRY(OpenLocked());
      if (settings_.size_max != 0 && facts_.st_size > 0 &&
          static_cast<std::uint64_t>(facts_.st_size) > settings_.size_max) {
        TRY(MoveToBackup());
        continue;
      }
      return Write(text);
    }
    return Failed("open", EBUSY, "other programs replace the file all the time; see which ones do");
  }

  Status Stopped() const {
    return Status(code::kCallCancelled,
                  fmt::format("LogFileEventConsumer \"{}\": stopped before it was written", settings_.name));
  }

 private:
  Status Failed(std::string_view call, int error, std::string_view advice) const {
    const Code code = CodeOf(error);
    const Status failed = SystemStatus(code, fmt::format("{}({})", call, settings_.path), error);
    ErrorDetail detail = *failed.detail();
    detail.parameter = "Filename";
    detail.message =
        fmt::format("LogFileEventConsumer \"{}\": Filename: {}: {}", settings_.name, failed.Message(), advice);
    return Status(code, std::move(detail));
  }
  static Code CodeOf(int error) {
    switch (error) {
      case EACCES:
      case EPERM:
      case EROFS:
        return code::kAccessDenied;
      case ENOSPC:
      case EDQUOT:
        return code::kOutOfDiskSpace;
      default:
        return code::kFailed;
    }
  }

  Status OpenFolder() {
    if (folder_) return Status();
    folder_ = Descriptor(::open(settings_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder_) return Status();
    return Failed("open", errno, fmt::format("its folder must be there and allow to be listed: {}", settings_.folder));
  }

  // A pipe must not hold the thread up, hence O_NONBLOCK; regular files do not know it.
  Descriptor OpenFile(int flags, mode_t mode) const {
    return Descriptor(::openat(folder_.get(), settings_.file.c_str(),
                               O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | flags, mode));
  }

  // Afterwards file_ is locked and still what the path names, and facts_ are its.
  Status OpenLocked() {
    TRY(OpenFolder());
    for (int turn = 0; turn < kReplacedMax; ++turn) {
      if (file_) {
        TRY(ReadFacts());
        if (IsNamed()) return Status();
        file_.Close();
      }
      file_ = OpenFile(O_CREAT, kFileMode);
      if (!file_) return OpenFailed(errno);
      TRY(ReadFacts());
      if (!S_ISREG(facts_.st_mode)) return Failed("open", EINVAL, "it is no regular file; name one, or a new one");
      TRY(Lock());
    }
    return Failed("open", EBUSY, "other programs replace the file all the time; see which ones do");
  }

  Status OpenFailed(int error) const {
    if (error == ELOOP) return Failed("open", error, "it is a symbolic link, which is not followed; name its target");
    if (error == EISDIR) return Failed("open", error, "it is a folder; name a file");
    if (error == ENXIO) return Failed("open", error, "it is no regular file; name one, or a new one");
    return Failed("open", error, "this process must be able to read, write and make the file");
  }

  Status ReadFacts() {
    if (::fstat(file_.get(), &facts_) != 0) return Failed("fstat", errno, "look at the disk of the file");
    return Status();
  }

  // Someone may have renamed or removed the file since it was opened.
  bool IsNamed() const {
    struct stat named{};
    return ::fstatat(folder_.get(), settings_.file.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           named.st_dev == facts_.st_dev && named.st_ino == facts_.st_ino;
  }

  // Keeps other consumers of the same file, in any process, from moving it away at the same time.
  Status Lock() const {
    const TimePoint deadline = SteadyClock().Now() + options_.lock_wait_max;
    for (;;) {
      if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return Status();
      if (errno != EWOULDBLOCK && errno != EINTR) return Failed("flock", errno, "look at the disk of the file");
      const TimePoint now = SteadyClock().Now();
      if (now >= deadline) {
        return Failed("flock", EWOULDBLOCK, "another program keeps the file locked; see which one does (lslocks)");
      }
      switch (wait_.Until(std::min(deadline, now + kLockInterval))) {
        case Waited::kStopped:
          return Stopped();
        case Waited::kFailed:
          return Failed("poll", errno, "close descriptors, or raise the limit on open files");
        default:
          break;
      }
    }
  }

  Result<std::string> Encoded(const std::string& text) const {
    std::string mark;
    bool is_utf16 = settings_.is_utf16;
    if (facts_.st_size == 0) {
      if (is_utf16) mark = kUtf16Mark;
    } else {
      char start[2] = {};
      const ssize_t read = ::pread(file_.get(), start, sizeof start, 0);
      if (read < 0) return Failed("pread", errno, "look at the disk of the file");
      const std::string_view seen(start, static_cast<std::size_t>(read));
      if (seen == kUtf16BigMark) {
        return Failed("write", EILSEQ, "it is UTF-16 in big-endian order; use another file, or convert it to UTF-8");
      }
      is_utf16 = seen == kUtf16Mark;
    }
    std::string line = ToUtf8(text);
    line += '\n';
    return is_utf16 ? mark.append(Utf16FromUtf8(line)) : line;
  }

  Status Write(const std::string& text) {
    const std::string bytes = TRY(Encoded(text));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t written = WriteSome(std::string_view(bytes).substr(done));
      if (written > 0) {
        done += static_cast<std::size_t>(written);
        continue;
      }
      const int error = written == 0 ? ENOSPC : errno;
      if (error == EINTR) continue;
      TakeBack(done);
      return Failed("write", error, "make room for it, or name a file on another disk");
    }
    return Status();
  }

  ssize_t WriteSome(std::string_view bytes) const {
    if (FaultHere("log_file.write")) {
      errno = ENOSPC;
      return -1;
    }
    if (FaultHere("log_file.short_write")) bytes = bytes.substr(0, bytes.size() / 2 + 1);
    return ::write(file_.get(), bytes.data(), bytes.size());
  }

  // Half a line would spoil the next one. What others appended without the lock stays.
  void TakeBack(std::size_t written) const {
    struct stat now{};
    if (written == 0 || ::fstat(file_.get(), &now) != 0) return;
    if (now.st_size != facts_.st_size + static_cast<off_t>(written)) return;
    [[maybe_unused]] const int ignored = ::ftruncate(file_.get(), facts_.st_size);
  }

  Status MoveToBackup() {
    const std::string stem = BackupStem(settings_.file);
    std::vector<int> used = TRY(UsedNumbers(stem));
    for (;;) {
      const int number = NextBackupNumber(used);
      if (number == 0) {
        return Failed("rename", EEXIST,
                      fmt::format("it is full and there are {} backups, {}001 to {}{}; move some of them away",
                                  kBackupsMax, stem, stem, kBackupsMax));
      }
      const std::string backup = fmt::format("{}{:03}", stem, number);
      if (RenameTo(backup)) return BeginAnew();
      if (errno != EEXIST) {
        return Failed("rename", errno,
                      fmt::format("it is full and cannot become the backup {}; allow that in {}, or "
                                  "set MaximumFileSize to 0",
                                  backup, settings_.folder));
      }
      used.push_back(number);
    }
  }

  bool RenameTo(const std::string& backup) const {
    const char* const from = settings_.file.c_str();
    if (::renameat2(folder_.get(), from, folder_.get(), backup.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    // A file system that cannot promise it: UsedNumbers has seen that the name is free, and the lock keeps others off.
    return ::renameat(folder_.get(), from, folder_.get(), backup.c_str()) == 0;
  }

  Result<std::vector<int>> UsedNumbers(std::string_view stem) const {
    const int listed = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const folder = listed < 0 ? nullptr : ::fdopendir(listed);
    if (folder == nullptr) {
      const int error = errno;
      if (listed >= 0) ::close(listed);
      return Failed("opendir", error,
                    fmt::format("it is full, and its backups in {} cannot be listed; allow that", settings_.folder));
    }
    std::vector<int> used;
    for (std::size_t names = 0; names < kFolderNamesMax; ++names) {
      const dirent* const entry = ::readdir(folder);
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name.size() != stem.size() + 3 || !name.starts_with(stem)) continue;
      const std::string_view digits = name.substr(stem.size());
      if (digits.find_first_not_of("0123456789") != std::string_view::npos || digits == "000") continue;
      used.push_back((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
    }
    ::closedir(folder);
    return used;
  }

  // The new file belongs to whom the old one did, and has its mode: nobody may read more than before.
  Status BeginAnew() {
    const struct stat old = facts_;
    const Descriptor fresh = OpenFile(O_CREAT | O_EXCL, 0600);
    if (!fresh && errno != EEXIST) return OpenFailed(errno);  // EEXIST: someone was faster
    if (fresh) {
      const bool is_owned = ::fchown(fresh.get(), old.st_uid, old.st_gid) == 0;
      // Set-id bits have no place here, and the group's rights were those of another group.
      const mode_t mode = is_owned ? 0777 : 0700;
      if (::fchmod(fresh.get(), old.st_mode & mode) != 0)
        return Failed("fchmod", errno, "look at the disk of the file");
    }
    return Status();
  }

  const LogSettings& settings_;
  const LogFileConsumerProvider::Options& options_;
  const InterruptibleWait& wait_;
  Descriptor folder_;
  Descriptor file_;
  struct stat facts_{};
};

class LogFileConsumer final : public provider::EventConsumer {
 public:
  LogFileConsumer(LogSettings settings, LogFileConsumerProvider::Options options)
      : settings_(std::move(settings)), options_(options) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    const InterruptibleWait wait(stop);
    // Opened for each call: between two of them the file may be moved by others, and holds no lock.
    LogFile file(settings_, options_, wait);
    provider::Consumed consumed;
    for (const cim::Object& event : events) {
      consumed.status = wait.is_stopped() ? file.Stopped() : file.Append(settings_.text.Fill(event));
      if (!consumed.status.ok()) break;
      ++consumed.done;
    }
    return consumed;
  }

 private:
  const LogSettings settings_;
  const LogFileConsumerProvider::Options options_;
};

// What is wrong with the path; empty when nothing is.
std::string_view FaultOfPath(std::string_view path) {
  if (!path.starts_with('/')) return "it must be an absolute path, such as /var/log/events.log";
  if (path.find('\0') != std::string_view::npos) return "it has a zero character; name a file without one";
  if (path.size() >= PATH_MAX) return "it is too long for a path; name a shorter one";
  if (path.ends_with('/')) return "it is a folder; name a file in it";
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (part == "." || part == "..") return "it has . or .. in it; name the file by the path without them";
    if (part.size() > NAME_MAX) return "one of its names is too long; name a shorter one";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace

bool IsShortName(std::string_view name) {
  const std::size_t dot = name.find('.');
  const std::string_view base = name.substr(0, dot);
  const std::string_view extension = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  // A dot at the end is a name of its own on Linux.
  if (dot != std::string_view::npos && extension.empty()) return false;
  constexpr std::string_view kNeverShort = " \"*+,./:;<=>?[\\]|";
  const auto is_plain = [&](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [&](char c) {
      return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F &&
             kNeverShort.find(c) == std::string_view::npos;
    });
  };
  return !base.empty() && base.size() <= 8 && extension.size() <= 3 && is_plain(base) && is_plain(extension);
}

std::string BackupStem(std::string_view name) {
  return IsShortName(name) ? fmt::format("{}.", name.substr(0, name.find('.'))) : std::string(name);
}

int NextBackupNumber(const std::vector<int>& used) {
  std::bitset<kBackupsMax + 1> is_used;
  int largest = 0;
  for (const int number : used) {
    if (number < 1 || number > kBackupsMax) continue;
    is_used.set(static_cast<std::size_t>(number));
    largest = std::max(largest, number);
  }
  if (largest < kBackupsMax) return largest + 1;
  for (int number = 1; number <= kBackupsMax; ++number) {
    if (!is_used.test(static_cast<std::size_t>(number))) return number;
  }
  return 0;
}

Result<std::unique_ptr<provider::EventConsumer>> LogFileConsumerProvider::Open(const cim::Object& consumer) {
  const ConsumerProperties properties(consumer);
  const std::optional<std::string> path = properties.Text("Filename");
  if (!path || path->empty()) return properties.Wrong("Filename", "it must name the file to write to");
  const std::string_view fault = FaultOfPath(*path);
  if (!fault.empty()) return properties.Wrong("Filename", fault);
  std::optional<TextTemplate> text = TRY(properties.Template("Text"));
  if (!text) return properties.Wrong("Text", "it must be the text to write for an event");
  const std::size_t slash = path->rfind('/');
  LogSettings settings{.name = properties.Text("Name").value_or(std::string()),
                       .path = *path,
                       .folder = path->substr(0, std::max<std::size_t>(slash, 1)),
                       .file = path->substr(slash + 1),
                       .text = std::move(*text),
                       .is_utf16 = properties.Flag("IsUnicode"),
                       .size_max = properties.Number("MaximumFileSize").value_or(kFileSizeDefault)};
  return std::unique_ptr<provider::EventConsumer>(std::make_unique<LogFileConsumer>(std::move(settings), options_));
}

}  // namespace wmi::consumers
