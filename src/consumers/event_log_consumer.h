// NTEventLogEventConsumer: an entry of the journal for each event (contract 6.5, docs/consumers.md).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cim/value.h"
#include "consumers/journal.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Safe from several threads.
class EventLogConsumerProvider final : public provider::EventConsumerProvider {
 public:
  struct Options {
    std::string socket_path = std::string(kJournalSocket);
    // The name of this machine, with or without its domain; empty: what gethostname(2) says.
    std::string machine;
    // How long one entry may wait for a journald that does not read.
    Duration journal_wait_max = std::chrono::seconds(10);
  };

  EventLogConsumerProvider() : EventLogConsumerProvider(Options()) {}
  explicit EventLogConsumerProvider(Options options);

  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  const Options options_;
  const Journal journal_;
};

// "S-1-5-32-544" for the binary form of a SID; nullopt for bytes that are none.
std::optional<std::string> TextOfSid(std::span<const cim::ValueView> bytes);
// Whether a text is of that form.
bool IsSidText(std::string_view text);

}  // namespace wmi::consumers
