// ElasticPool: the threads that enter foreign code — sinks, and providers that may block.
//
// A few base threads do the work as long as callbacks return. A watchdog counts a thread that has been inside one
// callback longer than the stall limit as lost, and while work waits it adds replacements, doubling each time, up to a
// ceiling per process and per lane. Surplus threads leave as soon as there is nothing to do. A lane of which nothing is
// running always gets a thread, so hung sinks of one session delay only that session.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "exec/scheduler.h"

namespace wmi::exec {

// Safe from several threads.
class ElasticPool final : public Scheduler {
 public:
  struct Stall {
    std::string description;  // of the task
    Duration duration;
    Lane lane;
  };

  struct Options {
    std::size_t base_threads = 2;
    std::size_t threads_max = limits::kDeliveryThreadsMax;
    std::size_t threads_per_lane_max = limits::kDeliveryThreadsPerSessionMax;
    Duration stall_limit = std::chrono::milliseconds(50);
    // Called once per stalled callback, on the watchdog's thread, with no lock held. May be empty.
    std::function<void(const Stall&)> on_stall;
  };

  struct Counters {
    std::size_t threads = 0;
    std::size_t threads_peak = 0;
    std::size_t running = 0;
    std::size_t stalled = 0;
    std::size_t queued = 0;
    std::size_t stalls_total = 0;
  };

  explicit ElasticPool(Options options);
  // Stops with a bound of five seconds.
  ~ElasticPool() override;

  using Scheduler::Post;
  void Post(Lane lane, Task task, TaskSlot* slot) override;
  void Prepare() override;

  // No task starts after this; queued tasks are dropped. Waits until the running callbacks have returned or `deadline`;
  // true when all have. A thread inside a callback is never destroyed: it keeps what it needs and leaves later.
  bool Stop(TimePoint deadline);

  Counters counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace wmi::exec
