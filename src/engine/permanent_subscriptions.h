// PermanentSubscriptions: runs what __EventFilter, __EventConsumer and __FilterToConsumerBinding say, in every
// namespace of the repository, for as long as a process hosts it (contract 6.4, docs/events.md "Permanent
// subscriptions").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "engine/permanent_subscription.h"
#include "security/subject.h"

namespace wmi::engine {

class Engine;

// One binding, as it is now. A value.
struct SubscriptionState {
  enum class Condition : std::uint8_t { kStarting, kActive, kInactive, kStopped };

  std::string path;      // of the binding, full
  std::string filter;    // the reference, as it was written
  std::string consumer;  // likewise
  std::string query;     // of the filter; empty when there is no such filter
  std::string creator;   // security identifier
  std::string created;   // datetime; empty when it is not known
  Condition condition = Condition::kStarting;
  std::string reason;  // why it is inactive, and what to do about it
  DeliveryFigures figures;
};

// "Active" and so on.
const char* ConditionName(SubscriptionState::Condition condition);

// Safe from several threads. What is stored decides: whenever something that could matter has changed, here or in
// another process, all bindings are read and compared with those that run. One that cannot run is inactive, with the
// reason, and tried again after a change and, more and more seldom, after a while.
class PermanentSubscriptions {
 public:
  struct Options {
    // Before an event is tried again, and again; then it has failed.
    std::vector<Duration> retries = {std::chrono::seconds(1), std::chrono::seconds(5)};
    // Before what is inactive is tried again; doubles up to the second.
    Duration revival_first = std::chrono::minutes(1);
    Duration revival_last = std::chrono::hours(1);
    // How often Linux_EventSubscription in ROOT\linux is brought up to date, at most.
    Duration record_interval = std::chrono::seconds(5);
    // Who somebody is, by his number, with his groups; may block.
    std::function<Result<security::Subject>(std::uint32_t uid)> find_user = security::Subject::OfUser;
    // Told, in a sentence, when a subscription becomes active or inactive or is removed. From any thread; short.
    std::function<void(const std::string& sentence)> on_news = {};
  };

  // kTimedOut, with the process, when another one hosts this repository; kAccessDenied when the folder of the
  // repository belongs to another user than the one this process runs as: he could have programs run in our name.
  static Result<std::unique_ptr<PermanentSubscriptions>> Start(Engine& engine, Options options);
  // As Stop, with a second.
  virtual ~PermanentSubscriptions() = default;

  virtual std::vector<SubscriptionState> States() const = 0;

  // The same for who does not host: what is stored, and what was recorded of it. kStopped where nobody hosts.
  struct Overview {
    std::vector<SubscriptionState> states;
    std::string host;  // the process that hosts the repository; empty when none does
  };
  static Result<Overview> Look(Engine& engine);

  // Ends all of them and asks their consumers to stop; waits for those until the deadline. True when all have
  // returned. What they did is recorded.
  virtual bool Stop(TimePoint deadline) = 0;
};

}  // namespace wmi::engine
