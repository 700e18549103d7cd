// EventConsumer: what acts on the events of permanent subscriptions (contract 6.4): a logical consumer, which is an
// instance of a class derived from __EventConsumer, is given to the provider of its class, which does the work.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "cim/row.h"

namespace wmi::provider {

// What became of some events.
struct Consumed {
  std::size_t done = 0;  // the first of them, which need no further attention
  Status status;         // a failure: that of the event behind them, which may be tried again
};

// Acts for one logical consumer. Calls never overlap; they come on threads that may block.
class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  // At least one event, in the order in which they happened. Returns soon after a stop was requested, with a failure
  // when it left something undone.
  virtual Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) = 0;
};

// Serves the logical consumers of one class. Safe from several threads.
class EventConsumerProvider {
 public:
  virtual ~EventConsumerProvider() = default;
  // Whether consumers of this class act with the rights of the process in a way that their creator may not have: they
  // run programs. Such a one works only for an administrator, or for the user as whom the process runs (contract 6.4).
  virtual bool needs_trust() const { return false; }
  // A failure says which property is wrong and what it should be; the subscription stays inactive with that reason.
  virtual Result<std::unique_ptr<EventConsumer>> Open(const cim::Object& consumer) = 0;
};

// Which provider serves which consumer class. Filled by the composition root before the engine starts, read-only
// afterwards.
class EventConsumers {
 public:
  void Register(std::string class_name, std::unique_ptr<EventConsumerProvider> provider) {
    providers_.insert_or_assign(std::move(class_name), std::move(provider));
  }
  // Null when no built-in code serves the class.
  EventConsumerProvider* Find(std::string_view class_name) const {
    const auto found = providers_.find(class_name);
    return found == providers_.end() ? nullptr : found->second.get();
  }

 private:
  std::unordered_map<std::string, std::unique_ptr<EventConsumerProvider>, FoldedHash, FoldedEqual> providers_;
};

}  // namespace wmi::provider
