#include "providers/linux/system/startup_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "providers/linux/guarded_calls.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kEntries = 1u << 0;

constexpr std::size_t kEntryBytesMax = 64u << 10;
constexpr std::size_t kEntriesOfFolderMax = 1024;
constexpr std::size_t kHomesMax = 256;

// Accounts of people have numbers from here on (login.defs(5)); root logs in, too.
constexpr std::uint64_t kFirstPersonId = 1000;
constexpr std::uint64_t kNobodyId = 65534;

// The escapes that a value may have.
std::string UnescapedValue(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    switch (const char next = text[++i]) {
      case 's':
        value += ' ';
        break;
      case 'n':
        value += '\n';
        break;
      case 't':
        value += '\t';
        break;
      case 'r':
        value += '\r';
        break;
      case '\\':
        value += '\\';
        break;
      default:
        value += '\\';
        value += next;
    }
  }
  return value;
}

// What the files of one folder give.
struct StartupFolder {
  std::vector<StartupCommandView> views;
  int error = 0;
};

StartupFolder ReadStartupFolder(Files& files, const std::string& folder, const std::string& user) {
  StartupFolder found;
  std::vector<std::string> names;
  found.error = files.List(kNoDirectory, folder.c_str(), kEntriesOfFolderMax, names);
  if (found.error != 0) return found;
  std::sort(names.begin(), names.end());
  constexpr std::string_view kEnding = ".desktop";
  for (const std::string& name : names) {
    if (!name.ends_with(kEnding)) continue;
    auto entry = ParseDesktopEntry(ReadText(files, fmt::format("{}/{}", folder, name), kEntryBytesMax));
    if (!entry || entry->is_off) continue;
    StartupCommandView view;
    view.file_name = name.substr(0, name.size() - kEnding.size());
    view.location = folder;
    view.user = user;
    view.entry = std::move(*entry);
    found.views.push_back(std::move(view));
  }
  return found;
}

struct HomeFolder {
  std::string user;
  std::string path;
};

// Home folders of people, from a text like /etc/passwd.
std::vector<HomeFolder> ParseHomes(std::string_view passwd) {
  std::vector<HomeFolder> homes;
  std::string_view line;
  while (homes.size() < kHomesMax && NextPart(passwd, '\n', line)) {
    constexpr std::size_t kName = 0;
    constexpr std::size_t kId = 2;
    constexpr std::size_t kHome = 5;
    std::array<std::string_view, kHome + 1> fields;
    std::size_t count = 0;
    while (count < fields.size() && NextPart(line, ':', fields[count])) ++count;
    std::uint64_t id = 0;
    if (count != fields.size() || !ParseUnsigned(fields[kId], id)) continue;
    const bool is_person = id == 0 || (id >= kFirstPersonId && id != kNobodyId);
    if (is_person && fields[kHome].size() > 1 && fields[kHome].starts_with('/')) {
      homes.push_back({std::string(fields[kName]), std::string(fields[kHome])});
    }
  }
  return homes;
}

constexpr Source kSources[] = {{kEntries,
                                "`/etc/xdg/autostart/*.desktop`, `~/.config/autostart/*.desktop` of the users of "
                                "`/etc/passwd`",
                                Cost::kService}};

constexpr Column<StartupCommandView> kColumns[] = {
    {"Command", kEntries,
     [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.entry.command); },
     "Exec, its field codes as they are."},
    {"Location", kEntries,
     [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.location); },
     "the folder of the entry."},
    {"Name", kEntries,
     [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.file_name); },
     "name of the file without `.desktop`."},
    {"User", kEntries, [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.user); },
     "`Public` for the entries of all users, else the name of the user."},
    {"Caption", kEntries,
     [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.entry.name); },
     "Name. NULL when there is none."},
    {"Description", kEntries,
     [](const StartupCommandView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.entry.comment); },
     "Comment. NULL when there is none."},
};

void Append(std::vector<StartupCommandView>& out, std::vector<StartupCommandView> views) {
  std::move(views.begin(), views.end(), std::back_inserter(out));
}

}  // namespace

std::optional<DesktopEntry> ParseDesktopEntry(std::string_view text) {
  DesktopEntry entry;
  bool is_in_group = false;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    line = Trim(line);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      // The groups after it are of actions.
      if (is_in_group) break;
      is_in_group = line == "[Desktop Entry]";
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!is_in_group || equals == std::string_view::npos) continue;
    const std::string_view key = Trim(line.substr(0, equals));
    const std::string_view value = Trim(line.substr(equals + 1));
    if (key == "Name") entry.name = UnescapedValue(value);
    if (key == "Comment") entry.comment = UnescapedValue(value);
    if (key == "Exec") entry.command = UnescapedValue(value);
    if (key == "Hidden" && value == "true") entry.is_off = true;
    if (key == "X-GNOME-Autostart-enabled" && value == "false") entry.is_off = true;
  }
  if (entry.command.empty()) return std::nullopt;
  return entry;
}

std::span<const Source> StartupCommand::Sources() { return kSources; }
std::span<const Column<StartupCommandView>> StartupCommand::Columns() { return kColumns; }

Status StartupCommand::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  Append(out, ReadStartupFolder(*machine.files, machine.root.etc + "/xdg/autostart", "Public").views);
  std::string missing;
  std::size_t missing_count = 0;
  // One deadline for all of them: each may lie on a server of its own.
  const auto until = std::chrono::steady_clock::now() + GuardedCalls::kDeadline;
  const std::string passwd = ReadText(*machine.files, machine.root.etc + "/passwd", 1u << 20);
  for (const HomeFolder& home : ParseHomes(passwd)) {
    if (asked.stopped()) return Status();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    std::optional<StartupFolder> found;
    if (left.count() > 0) {
      found = RunGuarded<StartupFolder>(
          *machine.guarded, home.path,
          [home, files = machine.files] {
            return ReadStartupFolder(*files, home.path + "/.config/autostart", home.user);
          },
          left);
    }
    if (!found || OutcomeOf(found->error) == Outcome::kDenied) {
      if (missing_count++ == 0) missing = home.path;
      continue;
    }
    Append(out, std::move(found->views));
  }
  if (missing_count == 0) return Status();
  return Status(code::kPartialResults,
                fmt::format("start-up commands of {} users are missing: {} cannot be looked into; ask as root",
                            missing_count, missing));
}

}  // namespace wmi::linuxos
