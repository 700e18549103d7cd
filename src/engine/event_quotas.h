// EventQuotas: how much of events users may ask for, over all namespaces (contract 6.3). The limits are the properties
// of __ArbitratorConfiguration=@ in ROOT, read anew whenever something is taken: a change counts for what is taken
// afterwards, and what is held stays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/status.h"
#include "engine/session.h"
#include "store/repository.h"

namespace wmi::engine {

// What a user may take, and all users together.
struct EventQuota {
  std::uint64_t per_user = 0;
  std::uint64_t total = 0;
};

enum class QuotaKind : std::uint8_t {
  kTemporarySubscriptions,
  kPermanentSubscriptions,
  kPollingInstructions,  // watches with a clock
  kPollingMemory,        // bytes of what these keep
};
inline constexpr std::size_t kQuotaKinds = 4;

// What counts where the instance or a property of it is missing, in the order of QuotaKind.
inline constexpr std::array<EventQuota, kQuotaKinds> kDefaultEventQuotas = {
    {{1'000, 10'000}, {1'000, 10'000}, {1'000, 10'000}, {5'000'000, 10'000'000}}};

// Safe from several threads. Reads the repository, so it is not for the reactor, and not to be called under a lock.
class EventQuotas {
 public:
  class Counts;

  // Holds what was taken, until it is destroyed. Movable; may outlive the quotas. For one thread at a time.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket() { Return(); }
    // Gives back what it holds; needs no memory.
    void Return();
    explicit operator bool() const { return counts_ != nullptr; }
    std::uint64_t amount() const { return amount_; }

   private:
    friend class EventQuotas;
    Ticket(std::shared_ptr<Counts> counts, QuotaKind kind, Principal user, std::uint64_t amount)
        : counts_(std::move(counts)), kind_(kind), user_(user), amount_(amount) {}
    std::shared_ptr<Counts> counts_;
    QuotaKind kind_ = QuotaKind::kTemporarySubscriptions;
    Principal user_;
    std::uint64_t amount_ = 0;
  };

  // `repository` outlives it.
  explicit EventQuotas(const store::Repository& repository);

  // One more of a kind in the name of `user`. kQuotaViolation names the property, its value and the way out.
  Result<Ticket> Temporary(const Principal& user) { return Take(QuotaKind::kTemporarySubscriptions, user, 1); }
  Result<Ticket> Permanent(const Principal& user) { return Take(QuotaKind::kPermanentSubscriptions, user, 1); }
  Result<Ticket> PollingInstruction(const Principal& user) { return Take(QuotaKind::kPollingInstructions, user, 1); }
  // `bytes` instead of what `ticket` holds, which may be nothing yet. What does not grow is not refused. On failure the
  // ticket is as it was.
  Status SetPollingMemory(Ticket& ticket, const Principal& user, std::uint64_t bytes);

  // What is held now; for tests and reports.
  std::uint64_t Held(QuotaKind kind) const;
  std::uint64_t Held(QuotaKind kind, const Principal& user) const;

 private:
  Result<Ticket> Take(QuotaKind kind, const Principal& user, std::uint64_t amount);
  EventQuota Limit(QuotaKind kind) const;

  const store::Repository& repository_;
  const std::shared_ptr<Counts> counts_;
};

}  // namespace wmi::engine
