#include "providers/linux/software/journal_reader.h"

#include <systemd/sd-journal.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace wmi::linuxos {
namespace {

constexpr std::size_t kFieldBytesMax = 64u << 10;

struct CloseJournal {
  void operator()(sd_journal* journal) const { sd_journal_close(journal); }
};
using Journal = std::unique_ptr<sd_journal, CloseJournal>;

struct FieldName {
  std::string_view name;
  std::string JournalEntry::* member;
};
constexpr FieldName kFields[] = {
    {"MESSAGE", &JournalEntry::message},
    {"SYSLOG_IDENTIFIER", &JournalEntry::identifier},
    {"_COMM", &JournalEntry::command},
    {"PRIORITY", &JournalEntry::priority},
    {"SYSLOG_FACILITY", &JournalEntry::facility},
    {"_TRANSPORT", &JournalEntry::transport},
    {"_SYSTEMD_USER_UNIT", &JournalEntry::user_unit},
    {"_HOSTNAME", &JournalEntry::host},
    {"_UID", &JournalEntry::user_id},
    {"_SOURCE_REALTIME_TIMESTAMP", &JournalEntry::generated},
    {"OPENWMI_EVENT_ID", &JournalEntry::event_id},
    {"OPENWMI_EVENT_TYPE", &JournalEntry::event_type},
    {"OPENWMI_CATEGORY", &JournalEntry::category},
    {"OPENWMI_DATA", &JournalEntry::data},
};
constexpr std::string_view kInsertionString = "OPENWMI_INSERTION_STRING_";

void TakeFields(sd_journal* journal, JournalEntry& entry) {
  const void* data = nullptr;
  std::size_t length = 0;
  sd_journal_restart_data(journal);
  while (sd_journal_enumerate_available_data(journal, &data, &length) > 0) {
    TakeField({static_cast<const char*>(data), length}, entry);
  }
}

bool TakeEntry(sd_journal* journal, bool has_fields, JournalEntry& entry) {
  char* cursor = nullptr;
  if (sd_journal_get_cursor(journal, &cursor) < 0) return false;
  const std::unique_ptr<char, void (*)(void*)> owner(cursor, std::free);
  entry.cursor = cursor;
  std::uint64_t written = 0;
  if (!ParseCursor(entry.cursor, entry.numbering, entry.number)) return false;
  if (sd_journal_get_realtime_usec(journal, &written) < 0) return false;
  entry.written = static_cast<std::int64_t>(written);
  if (has_fields) TakeFields(journal, entry);
  return true;
}

// Matches of one field are alternatives; those of several fields would all have to hold without the disjunction.
int MatchSecurity(sd_journal* journal) {
  int error = sd_journal_add_match(journal, "_TRANSPORT=audit", 0);
  if (error >= 0) error = sd_journal_add_disjunction(journal);
  if (error >= 0) error = sd_journal_add_match(journal, "SYSLOG_FACILITY=4", 0);
  if (error >= 0) error = sd_journal_add_match(journal, "SYSLOG_FACILITY=10", 0);
  return error;
}

}  // namespace

void TakeField(std::string_view field, JournalEntry& entry) {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = field.substr(0, equals);
  const std::string_view value = field.substr(equals + 1, kFieldBytesMax);
  for (const FieldName& known : kFields) {
    std::string& text = entry.*known.member;
    if (name == known.name && text.empty()) text = value;
  }
  if (!name.starts_with(kInsertionString)) return;
  const std::string_view digits = name.substr(kInsertionString.size());
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size()) return;
  if (number >= 1 && number <= kInsertionStringsMax) entry.insertion_strings.try_emplace(number, value);
}

bool IsSecurity(const JournalEntry& entry) {
  return entry.transport == "audit" || entry.facility == "4" || entry.facility == "10";
}

bool ParseCursor(const std::string& cursor, std::string& numbering, std::uint64_t& number) {
  std::string_view rest = cursor;
  bool has_number = false;
  numbering.clear();
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    const std::string_view part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (part.starts_with("s=")) numbering = part.substr(2);
    if (!part.starts_with("i=")) continue;
    const std::string_view digits = part.substr(2);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    has_number = error == std::errc() && stop == digits.data() + digits.size();
  }
  return has_number && !numbering.empty();
}

int JournalReader::Read(const JournalQuery& query, const std::function<bool(const JournalEntry&)>& use) {
  // Opened anew for each call: the library wants one thread to use a journal from its opening to its end.
  sd_journal* raw = nullptr;
  int error = sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY);
  if (error == -ENOENT) return 0;
  if (error < 0) return -error;
  const Journal journal(raw);
  sd_journal_set_data_threshold(raw, kFieldBytesMax);
  if (query.is_about_security) error = MatchSecurity(raw);
  if (error >= 0)
    error = query.start.empty() ? sd_journal_seek_tail(raw) : sd_journal_seek_cursor(raw, query.start.c_str());
  if (error < 0) return -error;
  bool is_first = true;
  for (;;) {
    error = sd_journal_previous(raw);
    if (error <= 0) return -error;
    const bool is_start =
        is_first && query.is_behind && !query.start.empty() && sd_journal_test_cursor(raw, query.start.c_str()) > 0;
    is_first = false;
    if (is_start) continue;
    JournalEntry entry;
    // One that is damaged is passed over.
    if (TakeEntry(raw, query.has_fields, entry) && !use(entry)) return 0;
  }
}

JournalReader& JournalReader::Real() {
  static auto* const reader = new JournalReader;
  return *reader;
}

}  // namespace wmi::linuxos
