// Journal: entries of the system's journal, by its native protocol (systemd, "Native Journal Protocol").
//
// sd_journal_sendv() of libsystemd is not used: it says that all went well when there is no journal, it waits without
// end when journald does not read, and its socket cannot be another one.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "consumers/interruptible_wait.h"
#include "provider/audit_log.h"

namespace wmi::consumers {

inline constexpr std::string_view kJournalSocket = "/run/systemd/journal/socket";

// Of the entries of JournalAudit: `journalctl MESSAGE_ID=…` shows them.
inline constexpr std::string_view kAuditMessageId = "6f1d3d0c8f0e4c0d9b0a52a3a4f2c7e1";

// The values of PRIORITY, those of syslog(3).
enum class JournalPriority { kError = 3, kWarning = 4, kNotice = 5, kInformation = 6 };

// Safe from several threads.
class Journal {
 public:
  // The name is of capitals, digits and _, begins with a letter and is at most 64 characters long. The value may have
  // any bytes.
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  explicit Journal(std::string socket_path = std::string(kJournalSocket)) : socket_path_(std::move(socket_path)) {}

  // Hands an entry to journald, which answers nothing. A failure names the socket and what to do; nothing was written
  // then. When journald does not read: waits until then, a stop or the deadline.
  Status Send(std::span<const Field> fields, const InterruptibleWait& wait, TimePoint deadline) const;
  // The same without waiting.
  Status SendNow(std::span<const Field> fields) const;

 private:
  Status Send(std::span<const Field> fields, const InterruptibleWait* wait, TimePoint deadline) const;

  const std::string socket_path_;
};

// The audit as entries of the journal: PRIORITY 5, SYSLOG_IDENTIFIER openwmi, MESSAGE_ID and the fields.
class JournalAudit final : public provider::AuditLog {
 public:
  JournalAudit() = default;
  explicit JournalAudit(std::string socket_path) : journal_(std::move(socket_path)) {}

  // Never waits.
  void Write(std::string_view message, std::initializer_list<Field> fields) override;

  // Entries that could not be written: there is no journal, or it did not keep up.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  const Journal journal_;
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace wmi::consumers
