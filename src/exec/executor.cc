#include "exec/executor.h"

#include <new>
#include <utility>

#include "base/mutex.h"
#include "exec/fair_queue.h"
#include "exec/thread_start.h"

namespace wmi::exec {

// Shared with the threads, so that a process that ends under a running turn pulls nothing away from it.
struct Executor::State : std::enable_shared_from_this<Executor::State> {
  explicit State(std::size_t threads_wanted) : threads_max(threads_wanted) {}

  // Called with the lock, which the new thread waits for.
  void StartThread() WMI_REQUIRES(mutex) {
    if (TryStartThread([state = shared_from_this()] { Work(state); })) ++threads;
  }

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

void Executor::Post(Lane lane, Task task, TaskSlot* slot) {
  // Its own reference: the task may be what somebody waits for who ends the executor then.
  const std::shared_ptr<State> state = state_;
  MutexLock lock(state->mutex);
  if (state->stopping) return;  // the task is dropped after the lock: `task` is a parameter, destroyed by the caller
  // An idle thread that was woken for an earlier task still counts as idle: compare with what waits. Before the task is
  // taken, because without any thread it cannot be.
  if (state->queue.size() >= state->idle && state->threads < state->threads_max) state->StartThread();
  if (state->threads == 0) throw std::bad_alloc();
  state->queue.Push(lane, std::move(task), slot);
  lock.Unlock();  // a thread that wakes under the lock has to wait for it first
  state->work.NotifyOne();
}

void Executor::Prepare() {
  MutexLock lock(state_->mutex);
  if (state_->threads > 0 || state_->stopping) return;
  state_->StartThread();
  if (state_->threads == 0) throw std::bad_alloc();
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
  dropped.Swap(state_->queue);
  state_->work.NotifyAll();
  while (state_->threads > 0) {
    if (!state_->ended.WaitUntil(lock, deadline)) break;
  }
  bool all_ended = state_->threads == 0;
  lock.Unlock();  // the dropped tasks die outside the lock
  return all_ended;
}

}  // namespace wmi::exec
