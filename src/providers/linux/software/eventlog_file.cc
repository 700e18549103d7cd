#include "providers/linux/software/eventlog_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "cim/datetime.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using View = EventlogFileView;

constexpr SourceSet kNames = 1u << 0;
constexpr SourceSet kFacts = 1u << 1;
constexpr SourceSet kHeader = 1u << 2;
constexpr SourceSet kSettings = 1u << 3;
constexpr SourceSet kHost = 1u << 4;

constexpr std::size_t kFilesMax = 65'536;
constexpr std::size_t kSettingFilesMax = 1024;
constexpr std::size_t kSettingBytesMax = 1u << 20;

constexpr std::string_view kSuffix = ".journal";

// The header of a journal file: the signature first, the number of entries in little-endian order at 152.
constexpr std::string_view kSignature = "LPKSHHRH";
constexpr std::size_t kEntriesOffset = 152;
constexpr std::size_t kHeaderBytes = kEntriesOffset + 8;

std::string_view FolderOf(const View& view) { return std::string_view(view.path).substr(0, view.path.rfind('/') + 1); }
std::string_view NameIn(const View& view) { return std::string_view(view.path).substr(view.path.rfind('/') + 1); }

void WritePath(const View& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.path); }

// Properties of 32 bits.
void SetNumber32(const std::optional<std::uint64_t>& value, RowWriter& row, std::size_t slot) {
  if (value && *value <= std::numeric_limits<std::uint32_t>::max()) row.SetUnsigned(slot, *value);
}

constexpr Source kSources[] = {
    {kNames, "`/var/log/journal/ID`, `/run/log/journal/ID`", Cost::kScan},
    {kFacts, "statx", Cost::kInstanceFile},
    {kHeader, "header of the file", Cost::kInstanceFile},
    {kSettings, "`journald.conf`, `journald.conf.d/*.conf`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

constexpr Column<View> kColumns[] = {
    {"Caption", kNames, WritePath, "as `Name`"},
    {"Compressed", kFacts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.facts.is_compressed) row.SetBoolean(slot, *v.facts.is_compressed);
     },
     "STATX_ATTR_COMPRESSED; NULL where the file system does not know"},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, EventlogFile::kClass); }, "constant"},
    {"CreationDate", kFacts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.facts.created) row.SetText(slot, cim::FormatLocalDatetime(*v.facts.created));
     },
     "stx_btime; NULL where the file system keeps none"},
    {"CSCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }, "constant"},
    {"CSName", kHost, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); },
     "host name"},
    {"Description", kNames, WritePath, "as `Name`"},
    {"Encrypted", kFacts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.facts.is_encrypted) row.SetBoolean(slot, *v.facts.is_encrypted);
     },
     "STATX_ATTR_ENCRYPTED (fscrypt); NULL where the file system does not know"},
    {"Extension", kNames, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, kSuffix.substr(1)); },
     "what follows the last point of the name"},
    {"FileName", kNames,
     [](const View& v, RowWriter& row, std::size_t slot) {
       const std::string_view name = NameIn(v);
       row.SetText(slot, name.substr(0, name.size() - kSuffix.size()));
     },
     "the name without `Extension`"},
    {"FileSize", kFacts, [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.facts.size); },
     "stx_size in bytes"},
    {"FileType", kNames, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Regular File"); },
     "constant: others are left out"},
    {"FSCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_FileSystem"); }, "constant"},
    {"LastAccessed", kFacts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, cim::FormatLocalDatetime(v.facts.accessed));
     },
     "stx_atime, which many mounts keep only roughly"},
    {"LastModified", kFacts,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, cim::FormatLocalDatetime(v.facts.modified));
     },
     "stx_mtime"},
    {"LogfileName", kNames,
     [](const View& v, RowWriter& row, std::size_t slot) {
       const std::string_view name = NameIn(v);
       if (name == "system.journal" || name.starts_with("system@")) row.SetText(slot, "System");
       if (name.starts_with("user-")) row.SetText(slot, "Application");
     },
     "of the name: System for `system.journal` and `system@…`, Application for `user-…`, NULL for others; entries that "
     "`Win32_NTLogEvent` shows in Security lie in either"},
    {"MaxFileSize", kSettings,
     [](const View& v, RowWriter& row, std::size_t slot) { SetNumber32(v.bytes_max, row, slot); },
     "`SystemMaxFileSize` as set, for files in `/run` `RuntimeMaxFileSize`; NULL where it is not set, which leaves it "
     "to journald, and from 4 GiB on"},
    {"Name", kNames, WritePath, "the absolute path"},
    {"NumberOfRecords", kHeader,
     [](const View& v, RowWriter& row, std::size_t slot) { SetNumber32(v.entries, row, slot); },
     "n_entries; NULL when the file does not start as a file of the journal does"},
    {"OverWritePolicy", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "WhenNeeded"); },
     "constant: journald deletes the oldest files when the journal needs room"},
    {"Path", kNames, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, FolderOf(v)); },
     "the folder it lies in, with a slash at the end"},
};

bool IsJournalName(std::string_view name) { return name.size() > kSuffix.size() && name.ends_with(kSuffix); }

// One of the two places where the journal is kept.
struct Place {
  std::string folder;           // with a slash at the end
  std::string_view size_limit;  // the setting that says how large its files get
};

// None when the machine has no ID, or something that is none: it becomes part of paths.
std::vector<Place> JournalPlaces(const Machine& machine) {
  const std::string id = ReadLine(*machine.files, machine.root.etc + "/machine-id");
  if (id.size() != 32 || id.find_first_not_of("0123456789abcdef") != std::string::npos) return {};
  return {{fmt::format("{}/log/journal/{}/", machine.root.var, id), "SystemMaxFileSize"},
          {fmt::format("{}/log/journal/{}/", machine.root.run, id), "RuntimeMaxFileSize"}};
}

// The texts of journald.conf and of what is added to it, those that override others last.
std::vector<std::string> JournalSettings(const Machine& machine) {
  const std::array<std::string, 3> folders = {machine.root.usr + "/lib/systemd/", machine.root.run + "/systemd/",
                                              machine.root.etc + "/systemd/"};
  std::vector<std::string> texts(1);
  std::map<std::string, std::string> added;  // path by name: a name in a later folder hides the same in an earlier one
  for (const std::string& folder : folders) {
    std::string text = ReadText(*machine.files, folder + "journald.conf", kSettingBytesMax);
    if (!text.empty()) texts.front() = std::move(text);
    const std::string more = folder + "journald.conf.d";
    std::vector<std::string> names;
    if (machine.files->List(kNoDirectory, more.c_str(), kSettingFilesMax, names) != 0) continue;
    for (const std::string& name : names) {
      if (name.ends_with(".conf")) added[name] = fmt::format("{}/{}", more, name);
    }
  }
  for (const auto& [name, path] : added) texts.push_back(ReadText(*machine.files, path, kSettingBytesMax));
  return texts;
}

std::optional<std::uint64_t> SizeLimit(const std::vector<std::string>& texts, std::string_view setting) {
  std::optional<std::uint64_t> limit;
  for (const std::string& text : texts) {
    std::string_view rest = text;
    std::string_view line;
    while (NextPart(rest, '\n', line)) {
      const std::size_t sign = line.find('=');
      if (sign == std::string_view::npos || Trim(line.substr(0, sign)) != setting) continue;
      // journald passes over what it does not understand.
      if (const auto size = JournalSize(Trim(line.substr(sign + 1)))) limit = size;
    }
  }
  return limit;
}

Status ReadHeader(const Machine& machine, View& view) {
  TextBuffer buffer;
  const int error = machine.files->Read(kNoDirectory, view.path.c_str(), kHeaderBytes, buffer);
  if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(view.path, error);
  if (error == 0) {
    view.entries = EntriesOfJournalHeader(buffer.text());
  } else {
    (OutcomeOf(error) == Outcome::kDenied ? view.denied : view.unread) |= kHeader;
  }
  return Status();
}

// The names in a place that are asked for, in order. Says with what error it could not be listed.
int NamesIn(const Machine& machine, const Asked& asked, const Place& place, std::set<std::string>& names) {
  if (asked.request.has_keys) {
    for (const provider::KeyTuple& key : asked.request.keys) {
      if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
      const std::string_view path = key.front().view().text();
      if (!path.starts_with(place.folder)) continue;
      const std::string_view name = path.substr(place.folder.size());
      if (name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos) names.emplace(name);
    }
    return 0;
  }
  std::vector<std::string> found;
  const int error = machine.files->List(kNoDirectory, place.folder.c_str(), kFilesMax, found);
  if (error == 0) names.insert(found.begin(), found.end());
  return error;
}

Status Denied(const std::string& folder) {
  return Status(code::kPartialResults,
                fmt::format("Files of the journal are missing, because {} may not be read; join the group "
                            "systemd-journal, or ask as root.",
                            folder));
}

}  // namespace

std::optional<std::uint64_t> EntriesOfJournalHeader(std::string_view header) {
  if (header.size() < kHeaderBytes || !header.starts_with(kSignature)) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = kHeaderBytes; i-- > kEntriesOffset;) {
    number = (number << 8) | static_cast<unsigned char>(header[i]);
  }
  return number;
}

std::optional<std::uint64_t> JournalSize(std::string_view text) {
  constexpr std::string_view kUnits = "KMGTPE";
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t number = 0;
  if (digits == 0 || !ParseUnsigned(text.substr(0, digits), number) || number == 0) return std::nullopt;
  const std::string_view unit = Trim(text.substr(digits));
  if (unit.empty() || unit == "B") return number;
  const std::size_t power = kUnits.find(unit.front());
  if (unit.size() != 1 || power == std::string_view::npos) return std::nullopt;
  const auto shift = static_cast<unsigned>(10 * (power + 1));
  if (number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return std::nullopt;
  return number << shift;
}

std::span<const Source> EventlogFile::Sources() { return kSources; }
std::span<const Column<EventlogFileView>> EventlogFile::Columns() { return kColumns; }

Status EventlogFile::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  Status status;
  std::optional<std::vector<std::string>> settings;
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  for (const Place& place : JournalPlaces(machine)) {
    std::set<std::string> names;
    const int unlisted = NamesIn(machine, asked, place, names);
    if (OutcomeOf(unlisted) == Outcome::kExhausted) return ExhaustedStatus(place.folder, unlisted);
    if (OutcomeOf(unlisted) == Outcome::kDenied) status = Denied(place.folder);
    std::erase_if(names, [](const std::string& name) { return !IsJournalName(name); });
    if (names.empty()) continue;
    std::optional<std::uint64_t> bytes_max;
    if (asked.Wants(kSettings)) {
      if (!settings) settings = JournalSettings(machine);
      bytes_max = SizeLimit(*settings, place.size_limit);
    }
    for (const std::string& name : names) {
      if (asked.stopped()) return status;
      View view;
      view.path = place.folder + name;
      // Whatever is asked: it may be gone by now, or be no regular file.
      const int error = machine.file_calls->Look(view.path, view.facts);
      if (OutcomeOf(error) == Outcome::kDenied) status = Denied(place.folder);
      if (error != 0 || !S_ISREG(view.facts.mode)) continue;
      if (asked.Wants(kHeader)) TRY(ReadHeader(machine, view));
      view.bytes_max = bytes_max;
      view.host_name = host_name;
      out.push_back(std::move(view));
    }
  }
  return status;
}

}  // namespace wmi::linuxos
