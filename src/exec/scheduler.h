// Scheduler: where a task is posted to be run soon on some other thread.
#pragma once

#include <utility>

#include "exec/task.h"

namespace wmi::exec {

// Safe from several threads.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  // Queues the task behind the others of its lane. Never runs it inside the call. After the scheduler was stopped the
  // task is dropped.
  //
  // Throws std::bad_alloc, and then has not taken the task, when there is no memory for it and `slot` is null, or when
  // there is no thread to run it and none can be started: never with a slot after Prepare.
  virtual void Post(Lane lane, Task task, TaskSlot* slot) = 0;
  void Post(Lane lane, Task task) { Post(lane, std::move(task), nullptr); }

  // There is a thread from now on. Throws std::bad_alloc when none can be started.
  virtual void Prepare() {}
};

}  // namespace wmi::exec
