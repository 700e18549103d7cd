// The text of unit files of systemd: values escaped so that none can become another setting (systemd.syntax(7),
// systemd.unit(5) "Specifiers", systemd.service(5) "Command lines"), and files changed one setting at a time. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

// What Description= is to be given for this text; nothing when no line can hold it: it is blank, has control
// characters, or its end would join the next line.
std::optional<std::string> DescriptionValue(std::string_view text);

// The words of a command line: blanks separate, double quotes hold together. Empty when there is none, a quote is not
// closed, or a character cannot be written.
std::vector<std::string> CommandWords(std::string_view line);
// What ExecStart= is to be given to run exactly these words.
std::string CommandValue(const std::vector<std::string>& words);

// True for a name that User= takes as it is.
bool IsUserValue(std::string_view name);

// The text with exactly these values of the setting, in their order; comments and other settings stay. Without values
// the setting goes.
std::string WithSetting(std::string_view text, std::string_view section, std::string_view key,
                        const std::vector<std::string>& values);
// The words of all values of the setting.
std::vector<std::string> SettingWords(std::string_view text, std::string_view section, std::string_view key);

}  // namespace wmi::linuxos
