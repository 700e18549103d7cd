// Executor: a fixed number of threads for the engine's own short turns.
#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "exec/scheduler.h"

namespace wmi::exec {

// What runs here must be our code, bounded, and must not wait (I7). Threads start with the first task. Safe from
// several threads. The destructor stops: it drops what is queued and waits for the running turns.
class Executor final : public Scheduler {
 public:
  explicit Executor(std::size_t threads);
  ~Executor() override;

  using Scheduler::Post;
  void Post(Lane lane, Task task, TaskSlot* slot) override;
  void Prepare() override;

  // No task starts after this; queued tasks are dropped. Waits until running turns have ended or `deadline`; true when
  // all have. Must not be called from one of its own threads.
  bool Stop(TimePoint deadline);

 private:
  struct State;
  static void Work(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace wmi::exec
