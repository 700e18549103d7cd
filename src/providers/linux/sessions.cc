#include "providers/linux/sessions.h"

#include <fmt/format.h>
#include <utmp.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace wmi::linuxos {
namespace {

constexpr std::size_t kRecordsMax = 65'536;

// Fields of utmp records end at a NUL or at their size.
template <std::size_t kSize>
std::string_view FieldText(const char (&field)[kSize]) {
  return {field, ::strnlen(field, kSize)};
}

bool IsConsole(std::string_view line) {
  // A virtual terminal or a local display; a network login has pts/N.
  return line.starts_with(':') || (line.starts_with("tty") && line.size() > 3 && line[3] >= '0' && line[3] <= '9');
}

bool IsRunning(const Machine& machine, std::int32_t id) {
  const std::string path = machine.root.proc + "/" + std::to_string(id);
  return machine.files->IsDirectory(path.c_str());
}

LoginSessions FromRecords(const Machine& machine, std::string_view text) {
  LoginSessions sessions;
  utmp record;
  for (; text.size() >= sizeof record; text.remove_prefix(sizeof record)) {
    std::memcpy(&record, text.data(), sizeof record);
    if (record.ut_type != USER_PROCESS || !IsRunning(machine, record.ut_pid)) continue;
    ++sessions.count;
    if (sessions.console_user.empty() && IsConsole(FieldText(record.ut_line))) {
      sessions.console_user = FieldText(record.ut_user);
    }
  }
  return sessions;
}

// Files of the login manager are named by the session and hold NAME=value lines.
std::optional<LoginSessions> FromLoginManager(const Machine& machine) {
  const std::string folder = machine.root.run + "/systemd/sessions";
  std::vector<std::string> names;
  if (machine.files->List(kNoDirectory, folder.c_str(), kRecordsMax, names) != 0) return std::nullopt;
  LoginSessions sessions;
  for (const std::string& name : names) {
    const std::string text = ReadText(*machine.files, fmt::format("{}/{}", folder, name), 16u << 10);
    // "user", "user-early"; but not "manager", "background" or "greeter".
    if (!SettingOf(text, "CLASS").starts_with("user") || SettingOf(text, "STATE") == "closing") continue;
    ++sessions.count;
    if (sessions.console_user.empty() && SettingOf(text, "SEAT") == "seat0") {
      sessions.console_user = SettingOf(text, "USER");
    }
  }
  return sessions;
}

}  // namespace

std::optional<LoginSessions> ReadLoginSessions(const Machine& machine) {
  TextBuffer buffer;
  const std::string path = machine.root.run + "/utmp";
  if (machine.files->Read(kNoDirectory, path.c_str(), kRecordsMax * sizeof(utmp), buffer) == 0) {
    return FromRecords(machine, buffer.text());
  }
  return FromLoginManager(machine);
}

}  // namespace wmi::linuxos
