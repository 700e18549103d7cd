#include "engine/event_quotas.h"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"
#include "cim/row.h"

namespace wmi::engine {
namespace {

constexpr std::string_view kNamespace = "ROOT";
constexpr std::string_view kClass = "__ArbitratorConfiguration";

// A kind in messages, and its properties.
struct Kind {
  std::string_view what;
  std::string_view per_user;
  std::string_view total;
  std::string_view way_out;
};

// In the order of QuotaKind.
constexpr std::array<Kind, kQuotaKinds> kKinds = {{
    {"subscriptions", "TemporarySubscriptionsPerUser", "TemporarySubscriptionsTotal", "cancel others"},
    {"permanent subscriptions", "PermanentSubscriptionsPerUser", "PermanentSubscriptionsTotal",
     "delete instances of __FilterToConsumerBinding"},
    {"polled queries", "PollingInstructionsPerUser", "PollingInstructionsTotal", "cancel subscriptions with WITHIN"},
    {"bytes of polled instances", "PollingMemoryPerUser", "PollingMemoryTotal",
     "narrow queries with WITHIN by keys, or cancel others"},
}};

const Kind& Of(QuotaKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

void Read(const cim::Object& settings, std::string_view property, std::uint64_t& limit) {
  const auto slot = settings.schema().FindSlot(property);
  if (!slot || settings.slot(*slot).kind() != cim::ValueKind::kUnsigned) return;
  limit = settings.slot(*slot).unsigned_integer();
}

Status Violation(QuotaKind kind, std::string_view whose, std::string_view property, std::uint64_t limit,
                 std::uint64_t wanted) {
  return Status(
             code::kQuotaViolation,
             fmt::format("{}.{} is {}; {} would have {} {}. Put another value into {}=@ in the namespace {}, or {}",
                         kClass, property, limit, whose, wanted, Of(kind).what, kClass, kNamespace, Of(kind).way_out))
      .WithParameter(fmt::format("{}.{}", kClass, property));
}

}  // namespace

// Tickets may outlive the quotas, and hold this.
class EventQuotas::Counts {
 public:
  Status Take(QuotaKind kind, const Principal& user, std::uint64_t amount, const EventQuota& limit) {
    MutexLock lock(mutex_);
    Held& held = Of(kind);
    std::uint64_t& own = held.by_user[user.uid];
    const std::uint64_t before = own;
    if (amount > limit.per_user || before > limit.per_user - amount) {
      if (before == 0) held.by_user.erase(user.uid);
      lock.Unlock();
      return Violation(kind, fmt::format("the user {}", user.uid), engine::Of(kind).per_user, limit.per_user,
                       before + amount);
    }
    if (amount > limit.total || held.total > limit.total - amount) {
      const std::uint64_t wanted = held.total + amount;
      if (before == 0) held.by_user.erase(user.uid);
      lock.Unlock();
      return Violation(kind, "all users together", engine::Of(kind).total, limit.total, wanted);
    }
    own += amount;
    held.total += amount;
    return Status();
  }

  void Return(QuotaKind kind, const Principal& user, std::uint64_t amount) {
    MutexLock lock(mutex_);
    Held& held = Of(kind);
    held.total -= amount;
    const auto own = held.by_user.find(user.uid);
    if (own == held.by_user.end()) return;
    own->second -= amount;
    if (own->second == 0) held.by_user.erase(own);
  }

  std::uint64_t Total(QuotaKind kind) const {
    MutexLock lock(mutex_);
    return Of(kind).total;
  }
  std::uint64_t OfUser(QuotaKind kind, const Principal& user) const {
    MutexLock lock(mutex_);
    const auto own = Of(kind).by_user.find(user.uid);
    return own == Of(kind).by_user.end() ? 0 : own->second;
  }

 private:
  struct Held {
    std::uint64_t total = 0;
    std::unordered_map<std::uint32_t, std::uint64_t> by_user;  // nobody with 0
  };
  Held& Of(QuotaKind kind) WMI_REQUIRES(mutex_) { return held_[static_cast<std::size_t>(kind)]; }
  const Held& Of(QuotaKind kind) const WMI_REQUIRES(mutex_) { return held_[static_cast<std::size_t>(kind)]; }

  mutable Mutex mutex_;
  std::array<Held, kQuotaKinds> held_ WMI_GUARDED_BY(mutex_);
};

// ---- tickets --------------------------------------------------------------------------------------------------------

EventQuotas::Ticket::Ticket(Ticket&& other) noexcept
    : counts_(std::move(other.counts_)),
      kind_(other.kind_),
      user_(other.user_),
      amount_(std::exchange(other.amount_, 0)) {}

EventQuotas::Ticket& EventQuotas::Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  Return();
  counts_ = std::move(other.counts_);
  kind_ = other.kind_;
  user_ = other.user_;
  amount_ = std::exchange(other.amount_, 0);
  return *this;
}

void EventQuotas::Ticket::Return() {
  if (counts_) counts_->Return(kind_, user_, amount_);
  counts_.reset();
  amount_ = 0;
}

// ---- quotas ---------------------------------------------------------------------------------------------------------

EventQuotas::EventQuotas(const store::Repository& repository)
    : repository_(repository), counts_(std::make_shared<Counts>()) {}

EventQuota EventQuotas::Limit(QuotaKind kind) const {
  EventQuota limit = kDefaultEventQuotas[static_cast<std::size_t>(kind)];
  // An instance that cannot be read is no reason to refuse events: then the defaults count.
  const Result<cim::Object> settings = repository_.FindInstance(kNamespace, kClass, {});
  if (!settings.ok() || !*settings) return limit;
  Read(*settings, Of(kind).per_user, limit.per_user);
  Read(*settings, Of(kind).total, limit.total);
  return limit;
}

Result<EventQuotas::Ticket> EventQuotas::Take(QuotaKind kind, const Principal& user, std::uint64_t amount) {
  TRY(counts_->Take(kind, user, amount, Limit(kind)));
  return Ticket(counts_, kind, user, amount);
}

Status EventQuotas::SetPollingMemory(Ticket& ticket, const Principal& user, std::uint64_t bytes) {
  if (!ticket) {
    ticket = TRY(Take(QuotaKind::kPollingMemory, user, bytes));
    return Status();
  }
  if (bytes > ticket.amount_) {
    TRY(counts_->Take(ticket.kind_, ticket.user_, bytes - ticket.amount_, Limit(ticket.kind_)));
  } else {
    counts_->Return(ticket.kind_, ticket.user_, ticket.amount_ - bytes);
  }
  ticket.amount_ = bytes;
  return Status();
}

std::uint64_t EventQuotas::Held(QuotaKind kind) const { return counts_->Total(kind); }
std::uint64_t EventQuotas::Held(QuotaKind kind, const Principal& user) const { return counts_->OfUser(kind, user); }

}  // namespace wmi::engine
