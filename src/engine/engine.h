// Engine: what the COM surface, and later the wire, call. Joins runtime, catalogue and providers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/catalogue.h"
#include "engine/operation.h"
#include "engine/runtime.h"
#include "exec/elastic_pool.h"
#include "exec/executor.h"
#include "provider/provider.h"

namespace wmi::engine {

class Engine;

// Who calls: the Linux user in whose name an operation runs.
struct Principal {
  std::uint32_t uid = 0;
  static Principal OfCaller();  // the effective user of the calling thread
  bool operator==(const Principal&) const = default;
};

// A connection to one namespace. Immutable; safe from several threads; shared by the operations started through it.
class Session {
 public:
  Session(Engine& engine, NamespacePtr name_space, Principal principal, exec::Lane lane)
      : engine_(engine), name_space_(std::move(name_space)), principal_(principal), lane_(lane) {}

  Engine& engine() const { return engine_; }
  const Namespace& name_space() const { return *name_space_; }
  const NamespacePtr& name_space_ptr() const { return name_space_; }
  const Principal& principal() const { return principal_; }
  exec::Lane lane() const { return lane_; }

 private:
  Engine& engine_;
  const NamespacePtr name_space_;
  const Principal principal_;
  const exec::Lane lane_;
};

using SessionPtr = std::shared_ptr<const Session>;

enum class Depth { kDeep, kShallow };
enum class QueryResult { kInstances, kPrototype };
// Whether the keys are shown even where the select list left them out (WBEM_FLAG_ENSURE_LOCATABLE).
enum class Locatable { kAsSelected, kAlways };

// Lives as long as the process (the library never destroys its engine) or a test. Safe from several threads.
class Engine {
 public:
  struct Options {
    std::string server;                // empty: the host name
    std::size_t executor_threads = 0;  // 0: one per core
    exec::ElasticPool::Options delivery;
    exec::ElasticPool::Options provider;
    Runtime::Options runtime;
  };

  explicit Engine(Options options);
  // Cancels everything and waits, a minute at most; a callback that has not returned by then ends the process.
  ~Engine();

  // For the composition root, before the first Connect.
  Catalogue& catalogue() { return catalogue_; }
  provider::Registry& providers() { return providers_; }
  const provider::Registry& providers() const { return providers_; }

  // kInvalidNamespace names the namespace that is missing.
  Result<SessionPtr> Connect(std::string_view name_space);

  Runtime& runtime() { return runtime_; }
  const exec::ElasticPool& delivery() const { return delivery_; }

  // The sources of the read calls. None of them parses, looks anything up or fails here: that happens in the first turn
  // of the operation, so a wrong query is reported through its final status (contract 1.1).
  std::unique_ptr<RowSource> QuerySource(SessionPtr session, std::string query, QueryResult result,
                                         Locatable locatable = Locatable::kAsSelected,
                                         Depth depth = Depth::kDeep) const;
  std::unique_ptr<RowSource> InstancesSource(SessionPtr session, std::string class_name, Depth depth) const;
  std::unique_ptr<RowSource> ObjectSource(SessionPtr session, std::string path) const;

  // No task starts any more; waits for those that run until the deadline; true when all have ended. For the end of the
  // process: no final calls are made, because the sinks may be gone.
  bool StopSilently(TimePoint deadline);

 private:
  exec::Executor executor_;
  exec::ElasticPool delivery_;
  exec::ElasticPool provider_pool_;
  Runtime runtime_;
  Catalogue catalogue_;
  provider::Registry providers_;
};

}  // namespace wmi::engine
