// ManualScheduler: for tests. Nothing runs until the test says so, and then in an order drawn from a seed, so that many
// schedules can be tried and a bad one repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "exec/scheduler.h"

namespace wmi::exec {

// Posting is safe from several threads; running is for one.
class ManualScheduler final : public Scheduler {
 public:
  explicit ManualScheduler(std::uint64_t seed) : random_(seed) {}

  using Scheduler::Post;
  void Post(Lane, Task task, TaskSlot*) override {
    MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
  }

  // Runs one of the waiting tasks; false when there is none.
  bool RunOne() {
    MutexLock lock(mutex_);
    if (tasks_.empty()) return false;
    std::size_t index = std::uniform_int_distribution<std::size_t>(0, tasks_.size() - 1)(random_);
    std::swap(tasks_[index], tasks_.back());
    Task task = std::move(tasks_.back());
    tasks_.pop_back();
    lock.Unlock();
    task.Run();
    return true;
  }

  // Runs until nothing waits, at most `turns_max` turns; false when the limit was reached.
  bool RunAll(std::size_t turns_max = 1'000'000) {
    for (std::size_t turn = 0; turn < turns_max; ++turn) {
      if (!RunOne()) return true;
    }
    return false;
  }

  std::size_t waiting() const {
    MutexLock lock(mutex_);
    return tasks_.size();
  }

 private:
  mutable Mutex mutex_;
  std::vector<Task> tasks_ WMI_GUARDED_BY(mutex_);
  std::mt19937_64 random_;
};

}  // namespace wmi::exec
