// JournalReader: the journal of this machine as systemd keeps it, behind one seam.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::linuxos {

// One entry. Texts are what the journal has, at most 64 KiB each; fields that it lacks are empty. A value.
struct JournalEntry {
  std::string cursor;     // leads back to the entry
  std::string numbering;  // whose count `number` is: journals that start anew count anew
  std::uint64_t number = 0;
  std::int64_t written = 0;  // microseconds since 1970
  std::string generated;     // the same as text, from whom it came
  std::string message;
  std::string identifier;
  std::string command;
  std::string priority;
  std::string facility;
  std::string transport;
  std::string user_unit;
  std::string host;
  std::string user_id;
  // What NTEventLogEventConsumer writes (docs/consumers.md).
  std::string event_id;
  std::string event_type;
  std::string category;
  std::string data;
  std::map<std::uint32_t, std::string> insertion_strings;  // by number, from 1 on; at most kInsertionStringsMax
};

inline constexpr std::uint32_t kInsertionStringsMax = 256;

// "NAME=value" into the entry, if it is of interest. A field may stand there several times; the first counts.
void TakeField(std::string_view field, JournalEntry& entry);

struct JournalQuery {
  std::string start;               // a cursor; empty: from the newest on
  bool is_behind = false;          // the entry of the cursor itself is left out
  bool is_about_security = false;  // only entries that IsSecurity says; others may come all the same
  bool has_fields = true;          // false: only cursor, numbering, number and written
};

// The kernel's audit and the facilities auth and authpriv.
bool IsSecurity(const JournalEntry& entry);

// Splits "s=NUMBERING;i=NUMBER;…" of a cursor. False when it has no such parts.
bool ParseCursor(const std::string& cursor, std::string& numbering, std::uint64_t& number);

// What is written to a journal from a moment on. For one thread at a time.
class JournalTail {
 public:
  virtual ~JournalTail() = default;
  // Can be read when there may be entries.
  virtual int descriptor() const = 0;
  // Calls `use` for the entries that have come, oldest first, `entries_max` at most; when there are more the descriptor
  // stays as it is. Reads what was written a moment ago, so as a rule from memory, and does not wait. An errno value:
  // nothing more will come.
  virtual int Read(std::size_t entries_max, const std::function<void(const JournalEntry& entry)>& use) = 0;
};

// Of the journal files in a folder; none: of this machine.
Result<std::unique_ptr<JournalTail>> OpenJournalTail(const char* folder);

// Safe from several threads. Calls may take long with a large journal, and hold nothing open between two of them.
class JournalReader {
 public:
  virtual ~JournalReader() = default;

  // Calls `use` for one entry after the other, newest first, until it returns false or there are no more. Entries that
  // may not be read are not there. An errno value; 0 also when there is no journal.
  virtual int Read(const JournalQuery& query, const std::function<bool(const JournalEntry& entry)>& use);

  // From now on.
  virtual Result<std::unique_ptr<JournalTail>> OpenTail() { return OpenJournalTail(nullptr); }

  // That of this machine; never destroyed.
  static JournalReader& Real();
};

}  // namespace wmi::linuxos
