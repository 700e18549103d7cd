// Win32_NTLogEvent: the entries of the journal.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "providers/linux/classes.h"
#include "providers/linux/software/journal_reader.h"

namespace wmi::linuxos {

// Safe from several threads.
class LogEventProvider final : public provider::InstanceProvider {
 public:
  explicit LogEventProvider(Machine machine) : machine_(std::move(machine)) {}

  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  provider::Support support() const override { return {.keys = true, .needed = true, .narrowed = {"Logfile"}}; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  static ClassPage Page();

 private:
  const Machine machine_;
};

// Each entry is in exactly one log: "Security", "Application" (units of users, and entries of
// NTEventLogEventConsumer) or "System".
std::string_view LogOf(const JournalEntry& entry);

// 32 bits of the entry's number, moved by a hash of the numbering, so that two numberings do not meet.
std::uint32_t RecordNumberOf(const JournalEntry& entry);

}  // namespace wmi::linuxos
