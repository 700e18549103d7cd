// Engine: what the COM surface, and later the wire, call. Joins runtime, catalogue and providers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/association_index.h"
#include "engine/catalogue.h"
#include "engine/event_feeds.h"
#include "engine/event_hub.h"
#include "engine/event_quotas.h"
#include "engine/foreign_changes.h"
#include "engine/provider_feeds.h"
#include "engine/push_provider.h"
#include "engine/repository_events.h"
#include "engine/runtime.h"
#include "engine/session.h"
#include "engine/watch.h"
#include "exec/alarm.h"
#include "exec/elastic_pool.h"
#include "exec/executor.h"
#include "exec/reactor.h"
#include "exec/timer_queue.h"
#include "provider/audit_log.h"
#include "provider/event_consumer.h"
#include "provider/event_sources.h"
#include "provider/provider.h"
#include "store/repository.h"

namespace wmi::engine {

// Lives as long as the process (the library never destroys its engine) or a test. Safe from several threads.
class Engine {
 public:
  struct Options {
    std::string server;  // empty: the host name
    // Null: a new one in memory, for `server`.
    std::shared_ptr<store::Repository> repository;
    std::size_t executor_threads = 0;  // 0: one per core
    exec::ElasticPool::Options delivery;
    exec::ElasticPool::Options provider;
    Runtime::Options runtime;
    // Microseconds since 1970, UTC: for timers that go by the time of day.
    std::function<std::int64_t()> wall_clock = SystemMicroseconds;
    WatchBounds watch_bounds = {};
  };

  static std::int64_t SystemMicroseconds();

  // The name of this machine.
  static std::string LocalServer();

  explicit Engine(Options options);
  // Cancels everything and waits, a minute at most; a callback that has not returned by then ends the process.
  ~Engine();

  // ---- for the composition root, before the first Connect

  Catalogue& catalogue() { return catalogue_; }
  provider::Registry& providers() { return providers_; }
  const provider::Registry& providers() const { return providers_; }
  provider::EventSources& event_sources() { return event_sources_; }
  provider::EventConsumers& event_consumers() { return event_consumers_; }
  // Who finds providers that are registered in a namespace. Null: there are none of that kind.
  void SetLoader(std::shared_ptr<PushProviderLoader> loader) { loader_ = std::move(loader); }
  PushProviderLoader* loader() const { return loader_.get(); }

  // Where permanent subscriptions and what they run are written down. Null: nowhere.
  void SetAudit(std::shared_ptr<provider::AuditLog> audit) { audit_ = std::move(audit); }
  provider::AuditLog* audit() const { return audit_.get(); }

  // Connecting fails with `reason` from now on.
  void RefuseConnections(Status reason) { refusal_ = std::move(reason); }

  // kInvalidNamespace names the namespace that is missing.
  Result<SessionPtr> Connect(std::string_view name_space, Duration time_limit = kDefaultTimeLimit,
                             std::string locale = kDefaultLocale);

  Runtime& runtime() { return runtime_; }
  store::Repository& repository() { return *repository_; }
  EventHub& events() { return events_; }
  EventFeeds& feeds() { return feeds_; }
  EventQuotas& quotas() { return quotas_; }
  ProviderFeeds& provider_feeds() { return provider_feeds_; }
  ForeignChanges& foreign_changes() { return foreign_changes_; }
  WatchTable& watches() { return watches_; }
  const std::shared_ptr<exec::TimerQueue>& timers() const { return timers_; }
  AssociationIndexes& associations() { return associations_; }
  exec::Reactor& reactor() { return reactor_; }
  const std::function<std::int64_t()>& wall_clock() const { return wall_clock_; }
  // For code that may block and is no turn of an operation.
  exec::Scheduler& provider_pool() { return provider_pool_; }
  const exec::ElasticPool& delivery() const { return delivery_; }

  // When the engine is to be called again; for whoever owns the clock, when it has no alarm of its own.
  TimePoint RunDue();

  // No task starts any more; waits for those that run until the deadline; true when all have ended. For the end of the
  // process: no final calls are made, because the sinks may be gone.
  bool StopSilently(TimePoint deadline);

 private:
  const std::function<std::int64_t()> wall_clock_;
  exec::Executor executor_;
  exec::ElasticPool delivery_;
  exec::ElasticPool provider_pool_;
  exec::Alarm alarm_;
  exec::Reactor reactor_;
  const std::shared_ptr<exec::TimerQueue> timers_;
  Runtime runtime_;
  const std::shared_ptr<store::Repository> repository_;
  provider::Registry providers_;
  Catalogue catalogue_;
  provider::EventSources event_sources_;
  provider::EventConsumers event_consumers_;
  EventHub events_;
  const std::shared_ptr<RepositoryEvents> repository_events_;
  ForeignChanges foreign_changes_;
  EventFeeds feeds_;
  EventQuotas quotas_;
  ProviderFeeds provider_feeds_;
  WatchTable watches_;
  AssociationIndexes associations_;
  std::shared_ptr<PushProviderLoader> loader_;
  std::shared_ptr<provider::AuditLog> audit_;
  Status refusal_;
};

}  // namespace wmi::engine
