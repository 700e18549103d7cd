// Settings: what the administrator of the machine wrote down for every program that uses this library.
//
// The file is /etc/openwmi/openwmi.conf; OPENWMI_CONFIG names another one, except in a program that runs with more
// rights than its caller (set-uid). It has lines `Name = value`; `#` starts a comment, at the beginning of a line or
// after a space; names compare without case; of two lines with one name the later counts. A file that is not there is
// an empty one. What is wrong with a file is kept as text, one line each, and leaves the setting at its default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace wmi {

inline constexpr char kDefaultSettingsPath[] = "/etc/openwmi/openwmi.conf";

// A value, immutable once made; safe from several threads.
class Settings {
 public:
  Settings() = default;

  // `path` appears in problems. Never fails.
  static Settings Parse(std::string_view text, std::string_view path);
  // Reads at most limits::kSettingsBytesMax; a longer file, a directory or pipe and a file that may not be read is a
  // problem and otherwise empty. Does not wait for anything.
  static Settings Load(const std::string& path);

  // The text after the `=`, without the spaces around it; nullopt if no line names the setting.
  std::optional<std::string> Find(std::string_view name) const;
  // The same as a decimal number; kInvalidParameter with file, line and way out for anything but digits from `min` to
  // `max`.
  Result<std::optional<std::uint64_t>> FindNumber(std::string_view name, std::uint64_t min, std::uint64_t max) const;

  // One sentence for each fault of the file itself: file, line, way out. At most limits::kSettingsProblemsMax.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct Entry {
    std::string value;
    std::size_t line;
  };

  void AddLine(std::string_view line, std::size_t number);
  void AddProblem(std::string text);

  std::string path_;
  std::unordered_map<std::string, Entry, FoldedHash, FoldedEqual> entries_;
  std::vector<std::string> problems_;
};

// Where the machine's file is: OPENWMI_CONFIG if it is set and not empty, else kDefaultSettingsPath.
std::string SettingsPath();

// The machine's settings, read once per process, at the first use; a change counts for programs started after it. What
// is wrong with the file is told then, on stderr, a line each.
const Settings& MachineSettings();

// MachineSettings().Find(name).
std::optional<std::string> FindSetting(std::string_view name);

// The number in `settings`, or `fallback` when there is none or it is malformed, which is told on stderr. Meant to be
// called once per setting and process: keep the answer.
std::uint64_t NumberSetting(const Settings& settings, std::string_view name, std::uint64_t min, std::uint64_t max,
                            std::uint64_t fallback);

}  // namespace wmi
