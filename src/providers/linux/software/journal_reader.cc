#include "providers/linux/software/journal_reader.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>

#include "providers/linux/changes/notifier.h"

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

// The descriptor is that of the journal (inotify) and a clock: for the rest that one call leaves, and for journals on
// file systems where inotify does not tell.
class RealTail final : public JournalTail {
 public:
  Status Open(const char* folder) {
    sd_journal* raw = nullptr;
    int error =
        folder == nullptr ? sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY) : sd_journal_open_directory(&raw, folder, 0);
    if (error < 0) return Failed("sd_journal_open", error);
    journal_.reset(raw);
    sd_journal_set_data_threshold(raw, kFieldBytesMax);
    // Asked for before the end is looked for, so that nothing falls in between.
    const int descriptor = sd_journal_get_fd(raw);
    if (descriptor < 0) return Failed("sd_journal_get_fd", descriptor);
    error = sd_journal_seek_tail(raw);
    // The place is behind the newest entry; without one, before the first to come.
    if (error >= 0) error = sd_journal_previous(raw);
    if (error == 0) error = sd_journal_seek_head(raw);
    if (error < 0) return Failed("sd_journal_seek_tail", error);

    edges_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    if (edges_.get() < 0) return Failed("epoll_create1", -errno);
    clock_ = Descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (clock_.get() < 0) return Failed("timerfd_create", -errno);
    epoll_event event{};
    event.events = EPOLLIN;
    for (const int part : {descriptor, clock_.get()}) {
      if (epoll_ctl(edges_.get(), EPOLL_CTL_ADD, part, &event) != 0) return Failed("epoll_ctl", -errno);
    }
    Ring(0);
    return Status();
  }

  int descriptor() const override { return edges_.get(); }

  int Read(std::size_t entries_max, const std::function<void(const JournalEntry&)>& use) override {
    const int error = ReadSome(entries_max, use);
    // Nothing is to be read any more.
    if (error != 0) {
      for (const int part : {sd_journal_get_fd(journal_.get()), clock_.get()}) {
        epoll_ctl(edges_.get(), EPOLL_CTL_DEL, part, nullptr);
      }
    }
    return error;
  }

 private:
  int ReadSome(std::size_t entries_max, const std::function<void(const JournalEntry&)>& use) {
    std::uint64_t times = 0;
    // Nothing to do about a failure: it only says that the time has not come.
    if (::read(clock_.get(), &times, sizeof times) < 0) times = 0;
    const int changed = sd_journal_process(journal_.get());
    if (changed < 0) return -changed;
    std::size_t count = 0;
    for (; count < entries_max; ++count) {
      const int moved = sd_journal_next(journal_.get());
      if (moved < 0) return -moved;
      if (moved == 0) break;
      JournalEntry entry;
      // One that is damaged is passed over.
      if (TakeEntry(journal_.get(), true, entry)) use(entry);
    }
    std::uint64_t until = 0;
    if (count < entries_max) {
      const int error = sd_journal_get_timeout(journal_.get(), &until);
      if (error < 0) return -error;
    }
    Ring(until);
    return 0;
  }

  static Status Failed(const char* call, int error) { return SystemStatus(code::kProviderFailure, call, -error); }

  // Microseconds of CLOCK_MONOTONIC; 0 is at once, the largest number never.
  void Ring(std::uint64_t until) {
    itimerspec when{};
    if (until != UINT64_MAX) {
      when.it_value.tv_sec = static_cast<std::time_t>(until / 1'000'000);
      when.it_value.tv_nsec = static_cast<long>(until % 1'000'000 * 1000) + 1;
    }
    timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  }

  Journal journal_;
  Descriptor clock_;
  Descriptor edges_;
};

}  // namespace

Result<std::unique_ptr<JournalTail>> OpenJournalTail(const char* folder) {
  auto tail = std::make_unique<RealTail>();
  TRY(tail->Open(folder));
  return std::unique_ptr<JournalTail>(std::move(tail));
}

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
