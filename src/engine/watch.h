// Watch: tells the changes of instances that providers serve, by looking and comparing; polled, or led by what Linux
// tells (docs/events.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "cim/class.h"
#include "engine/event_quotas.h"
#include "engine/event_subscription.h"
#include "engine/session.h"
#include "events/limits.h"
#include "exec/reactor.h"
#include "exec/timer_queue.h"
#include "provider/event_sources.h"

namespace wmi::engine {

class Watch;

// What is watched.
struct WatchPlan {
  cim::ClassPtr target;    // with its subclasses
  std::string data_query;  // over `target`, in normal form: its instances matter
  // What providers of events send themselves: nothing is watched for that. Only classes of which they send something.
  struct Sent {
    std::string class_name;
    provider::Operations operations = 0;
  };
  std::vector<Sent> sent = {};

  provider::Operations SentOf(const cim::Class& schema) const;
};

// What one subscription wants of it.
struct WatchInterest {
  provider::Operations operations = provider::kAllOperations;
  std::optional<Duration> within;  // WITHIN
};

// What one watch keeps at most.
struct WatchBounds {
  std::size_t instances = events::kWatchedInstancesMax;  // and twice as many events that wait for their filters
  std::size_t bytes = events::kWatchedBytesMax;
  std::size_t single_looks = 64;  // that wait; when more do, all instances are looked at
};

// The watches of an engine: one for all subscriptions that watch the same in the name of the same user. Safe from
// several threads.
class WatchTable {
 public:
  struct Tools {
    exec::Reactor* reactor = nullptr;
    std::shared_ptr<exec::TimerQueue> timers;
    const provider::EventSources* sources = nullptr;
    WatchBounds bounds = {};
  };

  // The subscription is offered events until this is destroyed.
  class Attachment {
   public:
    virtual ~Attachment() = default;
  };

  explicit WatchTable(Tools tools) : tools_(std::move(tools)) {}

  // `session`: its namespace, and its user in whose name the watch looks. kRegistrationTooPrecise when nobody tells all
  // of the operations and `within` is not given; kQuotaViolation when the user may not poll more (event_quotas.h).
  Result<std::unique_ptr<Attachment>> Attach(const SessionPtr& session, WatchPlan plan, WatchInterest interest,
                                             const std::shared_ptr<EventSubscription>& subscription);

 private:
  std::shared_ptr<Watch> FindOrMake(const SessionPtr& session, WatchPlan plan);

  const Tools tools_;
  Mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<Watch>> watches_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
