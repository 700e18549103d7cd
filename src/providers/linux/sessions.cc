#include "providers/linux/sessions.h"

#include <fmt/format.h>
#include <utmp.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
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

std::vector<LoginRecord> ParseLoginRecords(std::string_view text) {
  std::vector<LoginRecord> records;
  utmp record;
  for (; text.size() >= sizeof record && records.size() < kRecordsMax; text.remove_prefix(sizeof record)) {
    std::copy_n(text.begin(), sizeof record, reinterpret_cast<char*>(&record));
    if (record.ut_type != USER_PROCESS) continue;
    LoginRecord login;
    login.user = FieldText(record.ut_user);
    login.line = FieldText(record.ut_line);
    login.host = FieldText(record.ut_host);
    login.leader = record.ut_pid;
    login.start_seconds = record.ut_tv.tv_sec;
    login.is_console = IsConsole(login.line);
    records.push_back(std::move(login));
  }
  return records;
}

std::optional<std::vector<LoginRecord>> ReadLoginRecords(const Machine& machine) {
  TextBuffer buffer;
  const std::string path = machine.root.run + "/utmp";
  if (machine.files->Read(kNoDirectory, path.c_str(), kRecordsMax * sizeof(utmp), buffer) != 0) return std::nullopt;
  std::vector<LoginRecord> records = ParseLoginRecords(buffer.text());
  std::erase_if(records, [&](const LoginRecord& login) { return !IsRunning(machine, login.leader); });
  return records;
}

std::optional<LoginSessions> ReadLoginSessions(const Machine& machine) {
  const auto records = ReadLoginRecords(machine);
  if (!records) return FromLoginManager(machine);
  LoginSessions sessions;
  for (const LoginRecord& login : *records) {
    ++sessions.count;
    if (sessions.console_user.empty() && login.is_console) sessions.console_user = login.user;
  }
  return sessions;
}

}  // namespace wmi::linuxos
