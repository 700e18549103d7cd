// ProcessFeed: one connection to the process connector for all who listen to processes, opened with the first of them
// and closed with the last. It reads each process once, for all of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "exec/reactor.h"
#include "provider/change_source.h"
#include "providers/linux/host.h"
#include "providers/linux/process/process_columns.h"
#include "providers/linux/process_events/process_connector.h"

namespace wmi::linuxos {

// A process that has come, as far as it could be read.
struct ProcessStart {
  std::int64_t time = 0;  // microseconds since 1970
  std::int32_t parent_id = 0;
  // Always has id, id_text, surroundings and name (empty: not known); the rest where it is in neither set.
  const ProcessView* view = nullptr;
  SourceSet denied = 0;
  SourceSet unread = 0;
};

// What is kept of a process until it ends, for those who show it then.
struct ProcessMemory {
  std::string name;
  std::optional<std::uint32_t> session_id;
  std::optional<std::uint32_t> user;
  std::int32_t parent_id = 0;  // 0: not known
};

struct ProcessEnd {
  std::int64_t time = 0;
  std::int32_t id = 0;
  std::int32_t parent_id = 0;  // 0: not known
  std::optional<std::uint32_t> wait_status;
  const ProcessMemory* memory = nullptr;  // never null
};

struct ThreadChange {
  std::int64_t time = 0;
  std::int32_t process_id = 0;
  std::int32_t thread_id = 0;
};

// Is told on the thread of the reactor. What it is not interested in it leaves as it is here.
class ProcessListener {
 public:
  virtual ~ProcessListener() = default;
  // What of a process that has come is to be read for it; those of each process and those of the machine. Asked once,
  // as wants_memory.
  virtual SourceSet sources() const { return 0; }
  virtual bool WantsStart(std::int32_t /*id*/) const { return false; }
  // Whether ProcessEnd::memory should be filled.
  virtual bool wants_memory() const { return false; }

  virtual void Started(const ProcessStart& /*start*/) {}
  virtual void Changed(std::int32_t /*id*/) {}
  virtual void Ended(const ProcessEnd& /*end*/) {}
  virtual void ThreadStarted(const ThreadChange& /*change*/) {}
  virtual void ThreadEnded(const ThreadChange& /*change*/) {}
  virtual void Lost(std::uint64_t messages, std::string_view why) = 0;
  // The last call.
  virtual void Broken(Status why) = 0;
};

// Safe from several threads. Who listens may outlive it, but not the reactor.
class ProcessFeed {
 public:
  explicit ProcessFeed(const Machine& machine) : machine_(machine) {}

  // Fails as ProcessConnector::Open.
  Result<std::unique_ptr<provider::Listening>> Join(exec::Reactor& reactor, std::unique_ptr<ProcessListener> listener)
      WMI_EXCLUDES(mutex_);

  class Connection;

 private:
  const Machine machine_;
  Mutex mutex_;
  std::weak_ptr<Connection> connection_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::linuxos
