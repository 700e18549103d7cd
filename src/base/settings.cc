#include "base/settings.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/limits.h"

namespace wmi {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// A `#` inside a word belongs to the value.
std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || kBlanks.find(line[at - 1]) != std::string_view::npos) return line.substr(0, at);
  }
  return line;
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  const int value_;
};

Status Unreadable(const std::string& path, std::string_view call, int error) {
  return Status(code::kFailed, fmt::format("{}: cannot be read, {}: {}; make it readable or remove it, its settings "
                                           "are at their defaults until then",
                                           path, call, std::strerror(error)));
}

// The bytes of a regular file that is not too long; nullopt if there is none.
Result<std::optional<std::string>> ReadBounded(const std::string& path) {
  // O_NONBLOCK: the open of a pipe must not wait for a writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return Unreadable(path, "open", errno);
  }
  struct stat facts{};
  if (fstat(file.get(), &facts) != 0) return Unreadable(path, "fstat", errno);
  if (!S_ISREG(facts.st_mode)) {
    return Status(code::kFailed,
                  fmt::format("{}: is not a file; put a text file with lines \"Name = value\" there", path));
  }
  // One byte more than allowed tells that the file goes on.
  std::string text(limits::kSettingsBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.get(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(path, "read", errno);
    size += static_cast<std::size_t>(count);
  }
  if (size > limits::kSettingsBytesMax) {
    return Status(code::kFailed, fmt::format("{}: is longer than {} bytes and was ignored; make it shorter", path,
                                             limits::kSettingsBytesMax));
  }
  text.resize(size);
  return std::optional<std::string>(std::move(text));
}

void Tell(std::string_view problem) { std::fputs(fmt::format("openwmi: {}\n", problem).c_str(), stderr); }

}  // namespace

Settings Settings::Parse(std::string_view text, std::string_view path) {
  Settings settings;
  settings.path_ = path;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    settings.AddLine(text.substr(0, end), number);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return settings;
}

Settings Settings::Load(const std::string& path) {
  const Result<std::optional<std::string>> text = ReadBounded(path);
  if (text.ok()) return Parse(text.value().value_or(std::string()), path);
  Settings settings;
  settings.path_ = path;
  settings.AddProblem(text.status().Message());
  return settings;
}

void Settings::AddLine(std::string_view line, std::size_t number) {
  line = Trimmed(WithoutComment(line));
  if (line.empty()) return;
  const std::size_t equals = line.find('=');
  const std::string_view name = Trimmed(line.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : Trimmed(line.substr(equals + 1));
  if (name.empty() || value.empty()) {
    AddProblem(fmt::format("{}:{}: not \"Name = value\" and ignored; write it so, or put # in front", path_, number));
    return;
  }
  entries_.insert_or_assign(std::string(name), Entry{std::string(value), number});
}

void Settings::AddProblem(std::string text) {
  if (problems_.size() < limits::kSettingsProblemsMax) problems_.push_back(std::move(text));
}

std::optional<std::string> Settings::Find(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return found->second.value;
}

Result<std::optional<std::uint64_t>> Settings::FindNumber(std::string_view name, std::uint64_t min,
                                                          std::uint64_t max) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::optional<std::uint64_t>();
  const std::string& text = found->second.value;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < min || number > max) {
    return Status(code::kInvalidParameter, fmt::format("{}:{}: {} is not a number from {} to {} and was ignored; write "
                                                       "such a number",
                                                       path_, found->second.line, found->first, min, max));
  }
  return std::optional<std::uint64_t>(number);
}

std::string SettingsPath() {
  const char* path = secure_getenv("OPENWMI_CONFIG");
  return path != nullptr && *path != '\0' ? path : kDefaultSettingsPath;
}

const Settings& MachineSettings() {
  // Lives as long as the process, because programs make calls from their own static destructors too.
  static const Settings& settings = *[] {
    auto* loaded = new Settings(Settings::Load(SettingsPath()));
    for (const std::string& problem : loaded->problems()) Tell(problem);
    return loaded;
  }();
  return settings;
}

std::optional<std::string> FindSetting(std::string_view name) { return MachineSettings().Find(name); }

std::uint64_t NumberSetting(const Settings& settings, std::string_view name, std::uint64_t min, std::uint64_t max,
                            std::uint64_t fallback) {
  const Result<std::optional<std::uint64_t>> number = settings.FindNumber(name, min, max);
  if (!number.ok()) Tell(number.status().Message());
  return number.ok() ? number.value().value_or(fallback) : fallback;
}

}  // namespace wmi
