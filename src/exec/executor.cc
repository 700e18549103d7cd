#include "exec/executor.h"

#include <thread>

#include "base/mutex.h"
#include "exec/fair_queue.h"

namespace wmi::exec {

// Shared with the threads, so that a process that ends under a running turn pulls nothing away from it.
struct Executor::State {
  explicit State(std::size_t threads_wanted) : threads_max(threads_wanted) {}

  const std::size_t threads_max;
  Mutex mutex;
  CondVar work;
  CondVar ended;
  FairQueue queue WMI_GUARDED_BY(mutex);
  std::size_t threads WMI_GUARDED_BY(mutex) = 0;
  std::size_t idle WMI_GUARDED_BY(mutex) = 0;
  bool stopping WMI_GUARDED_BY(mutex) = false;
};

Executor::Executor(std::size_t threads) : state_(std::make_shared<State>(threads)) {}

Executor::~Executor() { Stop(SteadyClock().Now() + std::chrono::seconds(5)); }

void Executor::Post(Lane lane, Task task) {
  MutexLock lock(state_->mutex);
  if (state_->stopping) return;  // the task is dropped after the lock: `task` is a parameter, destroyed by the caller
  state_->queue.Push(lane, std::move(task));
  // An idle thread that was woken for an earlier task still counts as idle: compare with what waits.
  if (state_->queue.size() > state_->idle && state_->threads < state_->threads_max) {
    ++state_->threads;
    std::thread(Work, state_).detach();
  } else {
    state_->work.NotifyOne();
  }
}

void Executor::Work(std::shared_ptr<State> state) {
  MutexLock lock(state->mutex);
  while (!state->stopping) {
    if (state->queue.empty()) {
      ++state->idle;
      state->work.Wait(lock);  // no deadline: Stop wakes it
      --state->idle;
      continue;
    }
    Task task = state->queue.Pop().task;
    lock.Unlock();
    task.Run();
    task = Task();  // may drop the last reference: outside the lock
    lock.Lock();
  }
  --state->threads;
  state->ended.NotifyAll();
}

bool Executor::Stop(TimePoint deadline) {
  FairQueue dropped;
  MutexLock lock(state_->mutex);
  state_->stopping = true;
  std::swap(dropped, state_->queue);
  state_->work.NotifyAll();
  while (state_->threads > 0) {
    if (!state_->ended.WaitUntil(lock, deadline)) break;
  }
  bool all_ended = state_->threads == 0;
  lock.Unlock();  // the dropped tasks die outside the lock
  return all_ended;
}

}  // namespace wmi::exec
