#include "providers/linux/software/log_event_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/datetime.h"
#include "providers/linux/accounts/account_files.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kEntries = 1u << 0;
constexpr SourceSet kUsers = 1u << 1;

// A pull that passes over this many entries ends all the same, so that a stop is noticed and rows get out.
constexpr std::size_t kPassedOverMax = 20'000;
// How far a look-up goes back for a number that is not of the newest numbering.
constexpr std::size_t kLookUpMax = 2'000'000;
constexpr std::size_t kUsersMax = 10'000;

constexpr std::string_view kSystem = "System";
constexpr std::string_view kApplication = "Application";
constexpr std::string_view kSecurity = "Security";

// syslog(3).
constexpr std::array<std::string_view, 24> kFacilities = {
    "kern", "user", "mail", "daemon", "auth",   "syslog", "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
    "ntp",  "",     "",     "",       "local0", "local1", "local2", "local3", "local4", "local5", "local6",   "local7"};

struct LogEventView : ViewBase {
  const JournalEntry* entry = nullptr;
  std::string user;
};

std::optional<std::uint64_t> NumberOf(const std::string& text) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(text, number)) return std::nullopt;
  return number;
}

// A number that NTEventLogEventConsumer wrote.
std::optional<std::uint64_t> EventIdOf(const JournalEntry& entry) {
  const auto number = NumberOf(entry.event_id);
  return number && *number <= 0xFFFF'FFFF ? number : std::nullopt;
}

// 1 for errors (emerg to err), 2 for warnings, 3 for the rest; nothing without a priority. What was said to be an audit
// is one: 4 for success, 5 for failure.
std::optional<std::uint64_t> EventTypeOf(const JournalEntry& entry) {
  if (EventIdOf(entry) && entry.event_type == "8") return 4;
  if (EventIdOf(entry) && entry.event_type == "16") return 5;
  const auto priority = NumberOf(entry.priority);
  if (!priority || *priority > 7) return std::nullopt;
  if (*priority <= 3) return 1;
  return *priority == 4 ? 2 : 3;
}

std::optional<std::uint64_t> FacilityOf(const JournalEntry& entry) {
  const auto facility = NumberOf(entry.facility);
  return facility && *facility < kFacilities.size() ? facility : std::nullopt;
}

// That of the consumer, and else the facility.
std::optional<std::uint64_t> CategoryOf(const JournalEntry& entry) {
  if (!EventIdOf(entry)) return FacilityOf(entry);
  const auto number = NumberOf(entry.category);
  return number && *number <= 0xFFFF ? number : std::nullopt;
}

void SetData(const LogEventView& view, RowWriter& row, std::size_t slot) {
  std::vector<std::uint8_t> bytes(view.entry->data.begin(), view.entry->data.end());
  SetNumbersOrNull(row, slot, bytes);
}

// Those that are missing in between are empty.
void SetInsertionStrings(const LogEventView& view, RowWriter& row, std::size_t slot) {
  std::vector<std::string> texts;
  for (const auto& [number, text] : view.entry->insertion_strings) {
    texts.resize(number - 1);
    texts.push_back(ToUtf8(text));
  }
  SetTextsOrNull(row, slot, texts);
}

constexpr Column<LogEventView> kColumns[] = {
    {"Category", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, CategoryOf(*v.entry));
     },
     "`OPENWMI_CATEGORY` of an entry of `NTEventLogEventConsumer`, else `SYSLOG_FACILITY`; NULL when the entry has "
     "none"},
    {"CategoryString", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       const auto facility = EventIdOf(*v.entry) ? std::nullopt : FacilityOf(*v.entry);
       if (facility) SetTextOrNull(row, slot, kFacilities[*facility]);
     },
     "name of that facility"},
    {"ComputerName", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.entry->host); },
     "`_HOSTNAME`"},
    {"Data", kEntries, SetData, "`OPENWMI_DATA`, its first 64 KiB"},
    {"EventCode", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       if (const auto number = EventIdOf(*v.entry)) row.SetUnsigned(slot, *number & 0xFFFF);
     },
     "the lower 16 bits of EventIdentifier"},
    {"EventIdentifier", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, EventIdOf(*v.entry)); },
     "`OPENWMI_EVENT_ID`, which `NTEventLogEventConsumer` writes"},
    {"EventType", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, EventTypeOf(*v.entry));
     },
     "of `PRIORITY`: 0 to 3 is 1, 4 is 2, 5 to 7 is 3; NULL without one. With `OPENWMI_EVENT_TYPE` 8 it is 4, with 16 "
     "it is 5"},
    {"InsertionStrings", kEntries, SetInsertionStrings, "`OPENWMI_INSERTION_STRING_1` …, each its first 64 KiB"},
    {"Logfile", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, LogOf(*v.entry)); },
     "Security: the kernel's audit, and the facilities auth and authpriv; Application: units of users, and entries of "
     "`NTEventLogEventConsumer`; System: the rest"},
    {"Message", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.entry->message); },
     "`MESSAGE`, its first 64 KiB"},
    {"RecordNumber", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, RecordNumberOf(*v.entry)); },
     "the number that the journal gave to the entry, moved by a hash of the numbering; 32 bits of it"},
    {"SourceName", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, v.entry->identifier.empty() ? v.entry->command : v.entry->identifier);
     },
     "`SYSLOG_IDENTIFIER`, or else `_COMM`"},
    {"TimeGenerated", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       std::int64_t time = 0;
       if (!ParseSigned(v.entry->generated, time)) time = v.entry->written;
       row.SetText(slot, cim::FormatLocalDatetime(time));
     },
     "`_SOURCE_REALTIME_TIMESTAMP`, or else TimeWritten"},
    {"TimeWritten", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, cim::FormatLocalDatetime(v.entry->written));
     },
     "when the journal got it"},
    {"Type", kEntries,
     [](const LogEventView& v, RowWriter& row, std::size_t slot) {
       constexpr std::array<std::string_view, 6> kTypes = {
           "", "Error", "Warning", "Information", "Security Audit Success", "Security Audit Failure"};
       if (const auto type = EventTypeOf(*v.entry)) row.SetText(slot, kTypes[*type]);
     },
     "EventType in a word"},
    {"User", kUsers, [](const LogEventView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.user); },
     "name of the user `_UID`, with the host before it; NULL when nobody has that number"},
};

constexpr Source kSources[] = {
    {kEntries, "journal (`sd-journal`)", Cost::kService},
    {kUsers, "journal (`sd-journal`), name services", Cost::kService},
};

// The logs that a request is about, and the numbers in them when it has keys.
struct WantedEntries {
  std::set<std::string_view> logs;
  std::vector<std::pair<std::string_view, std::uint32_t>> keys;
};

WantedEntries WantedOf(const provider::Request& request) {
  WantedEntries wanted;
  const auto is_log = [](cim::ValueView value, std::string_view log) {
    return value.kind() == cim::ValueKind::kText && EqualFolded(value.text(), log);
  };
  const auto log_slot = request.schema->FindSlot("Logfile");
  for (const std::string_view log : {kSystem, kApplication, kSecurity}) {
    if (!request.has_keys && (!log_slot || request.Allows(*log_slot, cim::ValueView::Text(log))))
      wanted.logs.insert(log);
    for (const provider::KeyTuple& key : request.keys) {
      if (!request.has_keys || key.size() != 2) continue;
      const bool is_log_first = log_slot && request.schema->key_slots()[0] == *log_slot;
      const cim::ValueView name = key[is_log_first ? 0 : 1].view();
      const cim::ValueView number = key[is_log_first ? 1 : 0].view();
      if (is_log(name, log) && number.kind() == cim::ValueKind::kUnsigned && number.unsigned_integer() <= 0xFFFFFFFFu)
        wanted.keys.emplace_back(log, static_cast<std::uint32_t>(number.unsigned_integer()));
    }
  }
  return wanted;
}

// The journal of the system when it is there and may not be read; else empty.
std::string DeniedJournal(const Machine& machine) {
  const std::string id = ReadLine(*machine.files, machine.root.etc + "/machine-id");
  if (id.empty()) return {};
  TextBuffer buffer;
  for (const std::string& folder : {machine.root.var + "/log/journal/", machine.root.run + "/log/journal/"}) {
    std::string path = fmt::format("{}{}/system.journal", folder, id);
    if (OutcomeOf(machine.files->Read(kNoDirectory, path.c_str(), 1, buffer)) == Outcome::kDenied) return path;
  }
  return {};
}

class LogEventStream final : public provider::InstanceStream {
 public:
  LogEventStream(const Machine& machine, const provider::Request& request)
      : machine_(machine), request_(request), columns_(kColumns, request), wanted_(WantedOf(request)) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_started_) NoteRights(writer);
    is_started_ = true;
    if (request_.has_keys) return LookUp(writer);
    if (wanted_.logs.empty()) return provider::ReadState::kEnd;
    JournalQuery query;
    query.start = cursor_;
    query.is_behind = true;
    query.is_about_security = wanted_.logs.size() == 1 && wanted_.logs.contains(kSecurity);
    std::size_t seen = 0;
    bool is_stopped = false;
    const int error = machine_.journal->Read(query, [&](const JournalEntry& entry) {
      cursor_ = entry.cursor;
      if (wanted_.logs.contains(LogOf(entry))) Write(entry, writer);
      is_stopped = writer.full() || request_.stop.stop_requested() || ++seen >= kPassedOverMax;
      return !is_stopped;
    });
    if (error != 0) return Failed(error);
    return is_stopped ? provider::ReadState::kMore : provider::ReadState::kEnd;
  }

 private:
  static Status Failed(int error) { return SystemStatus(code::kProviderFailure, "sd_journal_previous()", error); }

  // Who may not read the journal of the system gets its own entries only, without an error.
  void NoteRights(RowWriter& writer) const {
    const std::string path = DeniedJournal(machine_);
    if (path.empty()) return;
    writer.SetIncomplete("Entries of the system and of other users are missing, because " + path +
                         " may not be read; join the group systemd-journal, or ask as root.");
  }

  void Write(const JournalEntry& entry, RowWriter& writer) {
    LogEventView view;
    view.entry = &entry;
    if ((columns_.sources() & kUsers) != 0) view.user = UserOf(entry, writer);
    writer.Begin();
    columns_.Write(view, view.denied, view.unread, writer);
    writer.Commit();
  }

  std::string UserOf(const JournalEntry& entry, RowWriter& writer) {
    const auto id = NumberOf(entry.user_id);
    if (!id || *id > 0xFFFFFFFFu) return {};
    const auto known = users_.find(*id);
    if (known != users_.end()) return known->second;
    if (!names_answer_ || users_.size() >= kUsersMax) return {};
    UserEntry user;
    const NameAnswer answer = machine_.names->UserById(static_cast<std::uint32_t>(*id), user);
    if (answer == NameAnswer::kNoAnswer) {
      names_answer_ = false;
      writer.SetIncomplete(
          "Users are missing, because the name services did not answer; look at nsswitch.conf and the "
          "services it names.");
      return {};
    }
    std::string& name = users_[*id];
    if (answer == NameAnswer::kFound) name = entry.host.empty() ? user.name : entry.host + "\\" + user.name;
    return name;
  }

  Result<provider::ReadState> LookUp(RowWriter& writer) {
    for (const auto& [log, number] : wanted_.keys) {
      if (request_.stop.stop_requested()) break;
      if (const int error = LookUpOne(log, number, writer)) return Failed(error);
    }
    return provider::ReadState::kEnd;
  }

  int LookUpOne(std::string_view log, std::uint32_t number, RowWriter& writer) {
    std::string start;
    if (const int error = Guess(number, start)) return error;
    bool is_found = false;
    if (!start.empty()) {
      const int error = WriteIf(start, log, number, writer, is_found);
      if (error != 0 || is_found) return error;
    }
    // Of an older numbering: the way back, by numbers alone.
    JournalQuery query;
    query.has_fields = false;
    std::size_t seen = 0;
    start.clear();
    const int error = machine_.journal->Read(query, [&](const JournalEntry& entry) {
      if (RecordNumberOf(entry) == number) start = entry.cursor;
      return start.empty() && ++seen < kLookUpMax && !request_.stop.stop_requested();
    });
    if (seen >= kLookUpMax)
      writer.SetIncomplete(
          "Entries were looked through back to the two millionth; older ones may be asked for by "
          "journalctl.");
    if (error != 0 || start.empty()) return error;
    return WriteIf(start, log, number, writer, is_found);
  }

  // A cursor of the entry that has this number, if it is of the numbering that the newest entry is of.
  int Guess(std::uint32_t number, std::string& cursor) {
    JournalQuery query;
    query.has_fields = false;
    return machine_.journal->Read(query, [&](const JournalEntry& newest) {
      // What was added to the number, taken off again; the upper half is that of the newest, or the one before.
      const std::uint32_t moved_by = RecordNumberOf(newest) - static_cast<std::uint32_t>(newest.number);
      constexpr std::uint64_t kHalf = std::uint64_t{1} << 32;
      std::uint64_t wanted = (newest.number & ~(kHalf - 1)) | (number - moved_by);
      if (wanted > newest.number && wanted >= kHalf) wanted -= kHalf;
      if (wanted <= newest.number && wanted > 0) cursor = fmt::format("s={};i={:x}", newest.numbering, wanted);
      return false;
    });
  }

  int WriteIf(const std::string& start, std::string_view log, std::uint32_t number, RowWriter& writer, bool& is_found) {
    JournalQuery query;
    query.start = start;
    return machine_.journal->Read(query, [&](const JournalEntry& entry) {
      is_found = RecordNumberOf(entry) == number;
      if (is_found && LogOf(entry) == log) Write(entry, writer);
      return false;
    });
  }

  const Machine& machine_;
  const provider::Request& request_;
  const BoundColumns<LogEventView> columns_;
  const WantedEntries wanted_;
  std::string cursor_;
  std::unordered_map<std::uint64_t, std::string> users_;
  bool names_answer_ = true;
  bool is_started_ = false;
};

// ---- new entries -------------------------------------------------------------------------------------------------

// Entries that one call of the reactor takes at most; the rest waits for the next.
constexpr std::size_t kEntriesMax = 128;
constexpr std::size_t kRowBytesMax = 1u << 20;  // all fields of an entry and more
constexpr std::size_t kPasswdBytesMax = 4u << 20;

class LogListening final : public provider::Listening {
 public:
  LogListening(const Machine& machine, const provider::Request& request, std::unique_ptr<JournalTail> tail,
               std::shared_ptr<provider::ChangeListener> listener)
      : request_(Copy(request)),
        columns_(kColumns, request_),
        logs_(LogsOf(request)),
        tail_(std::move(tail)),
        listener_(std::move(listener)) {
    if ((columns_.sources() & kUsers) == 0) return;
    const std::string passwd = ReadText(*machine.files, machine.root.etc + "/passwd", kPasswdBytesMax);
    for (UserEntry& user : ParsePasswdFile(passwd)) users_.emplace(user.id, std::move(user.name));
  }

  Status Start(exec::Reactor& reactor) {
    watch_ = TRY(reactor.Add(tail_->descriptor(), [this] { Ready(); }));
    return Status();
  }

 private:
  // The rest of it is the listener's affair.
  static provider::Request Copy(const provider::Request& request) {
    provider::Request copy;
    copy.schema = request.schema;
    copy.needed = request.needed;
    copy.visible = request.visible;
    return copy;
  }
  static std::set<std::string_view> LogsOf(const provider::Request& request) {
    return request.has_keys ? std::set<std::string_view>{kSystem, kApplication, kSecurity} : WantedOf(request).logs;
  }

  void Ready() {
    if (has_ended_) return;
    provider::RowWriter writer(request_, kEntriesMax, kRowBytesMax);
    std::uint64_t missing = std::exchange(has_lost_, false) ? 1 : 0;
    int error = 0;
    std::vector<cim::Object> rows;
    try {
      error = tail_->Read(kEntriesMax, [&](const JournalEntry& entry) {
        missing += Missing(entry);
        if (logs_.contains(LogOf(entry))) Write(entry, writer);
      });
      writer.Finish(rows);
    } catch (const std::bad_alloc&) {
      has_lost_ = true;  // to be told with what comes next
    }
    has_ended_ = error != 0;
    // The listener may end this with any call.
    const std::shared_ptr<provider::ChangeListener> listener = listener_;
    for (cim::Object& row : rows) listener->Appeared(std::move(row));
    if (missing != 0) listener->Lost(missing, "entries were not readable, or were taken away before they were read");
    if (error != 0) listener->Ended(SystemStatus(code::kProviderFailure, "sd_journal_next()", error));
  }

  // How many entries of the same numbering lie between this one and the one before.
  std::uint64_t Missing(const JournalEntry& entry) {
    const bool is_next = entry.numbering == numbering_ && entry.number > number_;
    const std::uint64_t missing = is_next ? entry.number - number_ - 1 : 0;
    numbering_ = entry.numbering;
    number_ = entry.number;
    return missing;
  }

  void Write(const JournalEntry& entry, RowWriter& writer) const {
    LogEventView view;
    view.entry = &entry;
    const auto id = NumberOf(entry.user_id);
    const auto user = id ? users_.find(*id) : users_.end();
    if (user != users_.end()) {
      view.user = entry.host.empty() ? user->second : fmt::format("{}\\{}", entry.host, user->second);
    }
    writer.Begin();
    columns_.Write(view, view.denied, view.unread, writer);
    writer.Commit();
  }

  const provider::Request request_;
  const BoundColumns<LogEventView> columns_;
  const std::set<std::string_view> logs_;
  const std::unique_ptr<JournalTail> tail_;
  const std::shared_ptr<provider::ChangeListener> listener_;
  std::unordered_map<std::uint64_t, std::string> users_;
  std::string numbering_;
  std::uint64_t number_ = 0;
  bool has_lost_ = false;
  bool has_ended_ = false;
  std::unique_ptr<exec::Reactor::Watch> watch_;  // last: it goes first
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> LogEventChanges::Listen(
    const provider::Request& request, exec::Reactor& reactor, std::shared_ptr<provider::ChangeListener> listener) {
  const std::string kept = machine_.root.var + "/log/journal";
  const std::string passing = machine_.root.run + "/log/journal";
  if (!machine_.files->IsDirectory(kept.c_str()) && !machine_.files->IsDirectory(passing.c_str())) {
    return Status(
        code::kNotSupported,
        fmt::format("there is no journal: neither {} nor {} is a folder; start systemd-journald", kept, passing));
  }
  if (const std::string path = DeniedJournal(machine_); !path.empty()) {
    return Status(code::kAccessDenied,
                  fmt::format("{} may not be read; join the group systemd-journal, or ask as root", path));
  }
  auto listening =
      std::make_unique<LogListening>(machine_, request, TRY(machine_.journal->OpenTail()), std::move(listener));
  TRY(listening->Start(reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

std::string_view LogOf(const JournalEntry& entry) {
  if (IsSecurity(entry)) return kSecurity;
  return entry.user_unit.empty() && !EventIdOf(entry) ? kSystem : kApplication;
}

std::uint32_t RecordNumberOf(const JournalEntry& entry) {
  // FNV-1a: the same in every process and on every machine, which std::hash need not be.
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : entry.numbering) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return static_cast<std::uint32_t>(entry.number) + hash;
}

Result<std::unique_ptr<provider::InstanceStream>> LogEventProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<LogEventStream>(machine_, request));
}

ClassPage LogEventProvider::Page() {
  ClassPage page = MakePage<LogEventView>(
      "Win32_NTLogEvent",
      "The entries of the journal of this machine, newest first; a client that stops early reads no further. Who is "
      "not "
      "in the group `systemd-journal` gets its own entries, and is told so. Empty without a journal.",
      kSources, kColumns);
  page.looks_up = true;
  page.may_block = true;
  return page;
}

}  // namespace wmi::linuxos
