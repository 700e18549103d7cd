// Files of environment variables: /etc/environment as pam_env(8) reads it, and environment.d(5). Parsing keeps where
// each assignment stands, so that a change leaves every other line as it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

enum class EnvironmentForm {
  kPam,           // a line each; '#' ends the value, quotes around it go
  kEnvironmentD,  // quotes and backslashes as in a shell; values may span lines
};

// One assignment of a file. A value.
struct EnvironmentEntry {
  std::string name;
  std::string value;      // names of other variables in it are not replaced
  std::size_t start = 0;  // where it begins in the text, and where what follows it does
  std::size_t end = 0;
};

// The assignments in the order of the file, at most kEnvironmentEntriesMax. What is malformed is passed over.
std::vector<EnvironmentEntry> ParseEnvironment(std::string_view text, EnvironmentForm form);
inline constexpr std::size_t kEnvironmentEntriesMax = 4096;

// Letters, digits and '_', no digit at the front.
bool IsEnvironmentName(std::string_view name);
// Whether a file of this form can hold the value.
bool CanHoldValue(std::string_view value, EnvironmentForm form);

// The text with the value in the last assignment of `name`, or in a new last line. Name and value must be possible.
// Nothing when other assignments would change with it: the file ends inside quotes, or has too many.
std::optional<std::string> WithVariable(std::string_view text, EnvironmentForm form, std::string_view name,
                                        std::string_view value);
// The text without any assignment of `name`; nothing as above.
std::optional<std::string> WithoutVariable(std::string_view text, EnvironmentForm form, std::string_view name);

}  // namespace wmi::linuxos
