// ForeignCommits: notices that another process has changed the repository on disk.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/status.h"
#include "exec/reactor.h"
#include "exec/timer_queue.h"
#include "store/repository.h"

namespace wmi::engine {

// Safe from several threads.
class ForeignCommits {
 public:
  virtual ~ForeignCommits() = default;

  struct Tools {
    const store::Repository* repository = nullptr;
    exec::Reactor* reactor = nullptr;
    std::shared_ptr<exec::TimerQueue> timers;
    const Clock* clock = &SteadyClock();
  };

  // Calls `changed` after such commits, several at once for one, on the reactor's thread or that of the timers; it only
  // posts. Null for a repository in memory, which nobody else has. No timer runs while nobody writes. Fails with the
  // system call; what `tools` points to outlives it.
  static Result<std::unique_ptr<ForeignCommits>> Watch(const Tools& tools, std::function<void()> changed);
};

}  // namespace wmi::engine
