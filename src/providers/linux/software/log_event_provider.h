// Win32_NTLogEvent: the entries of the journal, and who tells of new ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "provider/change_source.h"
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

// Tells each entry as the journal gets it. Only to who may read the journal of the system: others would not know what
// they miss. User is looked up in /etc/passwd alone, because the other name services may take their time. Safe from
// several threads.
class LogEventChanges final : public provider::ChangeSource {
 public:
  explicit LogEventChanges(Machine machine) : machine_(std::move(machine)) {}
  // Entries never change.
  provider::Operations covers() const override { return provider::kCreation | provider::kModification; }
  bool is_log() const override { return true; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override;

 private:
  const Machine machine_;
};

// Each entry is in exactly one log: "Security", "Application" (units of users, and entries of
// NTEventLogEventConsumer) or "System".
std::string_view LogOf(const JournalEntry& entry);

// 32 bits of the entry's number, moved by a hash of the numbering, so that two numberings do not meet.
std::uint32_t RecordNumberOf(const JournalEntry& entry);

}  // namespace wmi::linuxos
