// Scheduler: where a task is posted to be run soon on some other thread.
#pragma once

#include "exec/task.h"

namespace wmi::exec {

// Safe from several threads.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  // Queues the task behind the others of its lane. Never runs it inside the call. After the scheduler was stopped the
  // task is dropped.
  virtual void Post(Lane lane, Task task) = 0;
};

}  // namespace wmi::exec
