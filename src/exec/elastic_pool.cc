#include "exec/elastic_pool.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <new>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "exec/fair_queue.h"
#include "exec/thread_start.h"

namespace wmi::exec {
namespace {

// One callback being run.
struct Running {
  Lane lane = 0;
  TimePoint started;
  const Task* task = nullptr;  // on the stack of the thread that runs it
  bool reported = false;
};

// A lane may run another task while it is below its own ceiling. Counts by walking: a table of counts would need memory
// in the middle of a thread's work, and the walk is only made with at least `max` callbacks running.
struct BelowCeiling {
  const std::list<Running>& running;
  std::size_t max;
  bool operator()(Lane lane) const {
    if (running.size() < max) return true;
    std::size_t of_lane = 0;
    for (const Running& entry : running) {
      if (entry.lane == lane && ++of_lane >= max) return false;
    }
    return true;
  }
};

}  // namespace

// Shared with the threads: whatever hangs in a callback keeps it alive.
struct ElasticPool::State : std::enable_shared_from_this<ElasticPool::State> {
  explicit State(Options pool_options) : options(std::move(pool_options)) {}

  void Post(Lane lane, Task task, TaskSlot* slot);
  void Prepare();
  // `place` holds the one entry of `running` that the thread uses, made with the thread.
  void Work(std::list<Running> place);
  void Watch();
  bool Stop(TimePoint deadline);

  // Once as many callbacks run as there may be threads, only a lane of which nothing runs gets another one.
  BelowCeiling MayRun() const WMI_REQUIRES(mutex) {
    return {running, running.size() < options.threads_max ? options.threads_per_lane_max : 1};
  }
  bool HasWork() const WMI_REQUIRES(mutex) { return queue.HasFor(MayRun()); }
  // The watchdog sleeps without a deadline when nothing can become a stall or want a thread.
  bool MayDoze() const WMI_REQUIRES(mutex);
  void WakeWatchdog() WMI_REQUIRES(mutex);
  // False when there are no resources for another thread.
  bool StartThread() WMI_REQUIRES(mutex);
  std::size_t StalledCount(TimePoint now) const WMI_REQUIRES(mutex);
  // Surplus beyond the base threads, not counting those that are lost in a callback.
  bool IsSurplus() const WMI_REQUIRES(mutex);
  // Threads to add now, given how many were added the last time.
  std::size_t ReplacementsWanted(std::size_t added_before) const WMI_REQUIRES(mutex);
  std::vector<Stall> NewStalls() WMI_REQUIRES(mutex);
  void Report(const std::vector<Stall>& stalls) const;

  const Options options;
  mutable Mutex mutex;
  CondVar work;      // a task was queued, or stop
  CondVar watchdog;  // something runs or waits again, or stop
  CondVar ended;     // a thread left
  FairQueue queue WMI_GUARDED_BY(mutex);
  std::list<Running> running WMI_GUARDED_BY(mutex);
  std::size_t threads WMI_GUARDED_BY(mutex) = 0;
  std::size_t threads_peak WMI_GUARDED_BY(mutex) = 0;
  std::size_t idle WMI_GUARDED_BY(mutex) = 0;
  std::size_t stalls_total WMI_GUARDED_BY(mutex) = 0;
  bool watching WMI_GUARDED_BY(mutex) = false;  // the watchdog's thread exists
  bool dozing WMI_GUARDED_BY(mutex) = false;
  bool stopping WMI_GUARDED_BY(mutex) = false;
};

bool ElasticPool::State::MayDoze() const {
  bool all_reported = std::all_of(running.begin(), running.end(), [](const Running& entry) { return entry.reported; });
  return all_reported && (idle > 0 || !HasWork());
}

void ElasticPool::State::WakeWatchdog() {
  if (!watching) {
    // Without resources the next task that runs tries again.
    watching = TryStartThread([state = shared_from_this()] { state->Watch(); });
  } else if (dozing) {
    watchdog.NotifyOne();
  }
}

bool ElasticPool::State::StartThread() {
  try {
    std::list<Running> place(1);
    if (!TryStartThread(
            [state = shared_from_this(), own = std::move(place)]() mutable { state->Work(std::move(own)); }))
      return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
  ++threads;
  threads_peak = std::max(threads_peak, threads);
  return true;
}

std::size_t ElasticPool::State::StalledCount(TimePoint now) const {
  return static_cast<std::size_t>(std::count_if(running.begin(), running.end(), [&](const Running& entry) {
    return now - entry.started >= options.stall_limit;
  }));
}

bool ElasticPool::State::IsSurplus() const {
  return threads - StalledCount(SteadyClock().Now()) > options.base_threads;
}

void ElasticPool::State::Prepare() {
  MutexLock lock(mutex);
  if (threads == 0 && !stopping && !StartThread()) throw std::bad_alloc();
}

void ElasticPool::State::Post(Lane lane, Task task, TaskSlot* slot) {
  MutexLock lock(mutex);
  if (stopping) return;
  // An idle thread that was woken for an earlier task still counts as idle: compare with what waits. Before the task is
  // taken, because without any thread it cannot be.
  const bool started = queue.size() >= idle && threads < options.base_threads && StartThread();
  if (threads == 0) throw std::bad_alloc();
  queue.Push(lane, std::move(task), slot);
  if (started) return;
  if (queue.size() > idle) WakeWatchdog();
  lock.Unlock();  // a thread that wakes under the lock has to wait for it first
  work.NotifyOne();
}

void ElasticPool::State::Work(std::list<Running> place) {
  MutexLock lock(mutex);
  while (!stopping) {
    FairQueue::Entry entry = queue.Pop(MayRun());
    if (!entry.task) {
      // Only a thread that has just found nothing to do may leave. One that was notified always looks first, so a
      // wake-up is never lost with a leaving thread.
      if (IsSurplus()) break;
      ++idle;
      work.Wait(lock);  // no deadline: Post and Stop wake it
      --idle;
      continue;
    }
    place.front() = {entry.lane, SteadyClock().Now(), &entry.task};
    running.splice(running.end(), place);
    const auto position = std::prev(running.end());
    WakeWatchdog();
    lock.Unlock();
    entry.task.Run();
    lock.Lock();
    place.splice(place.end(), running, position);
    lock.Unlock();
    entry.task = Task();  // may drop the last reference to foreign objects: outside the lock
    lock.Lock();
  }
  --threads;
  ended.NotifyAll();
}

std::size_t ElasticPool::State::ReplacementsWanted(std::size_t added_before) const {
  if (!HasWork() || idle > 0) return 0;
  std::size_t lost = StalledCount(SteadyClock().Now());
  if (threads - lost >= options.base_threads) return 0;
  std::size_t wanted = std::max(added_before * 2, options.base_threads - (threads - lost));
  wanted = std::min(wanted, queue.size());
  std::size_t allowed = threads < options.threads_max ? options.threads_max - threads : 0;
  if (allowed >= wanted) return wanted;
  // At the ceiling HasWork means a lane of which nothing runs: it gets one more, and is not delayed by the others.
  return std::max<std::size_t>(allowed, 1);
}

std::vector<ElasticPool::Stall> ElasticPool::State::NewStalls() {
  std::vector<Stall> stalls;
  TimePoint now = SteadyClock().Now();
  for (Running& entry : running) {
    if (entry.reported || now - entry.started < options.stall_limit) continue;
    // The task is alive while it is listed, and its description does not change.
    stalls.push_back({entry.task->Description(), now - entry.started, entry.lane});
    entry.reported = true;
    ++stalls_total;
  }
  return stalls;
}

void ElasticPool::State::Report(const std::vector<Stall>& stalls) const {
  try {
    for (const Stall& stall : stalls) options.on_stall(stall);
  } catch (const std::bad_alloc&) {
    return;  // a report is worth less than the watch
  }
}

void ElasticPool::State::Watch() {
  std::size_t added = 0;
  MutexLock lock(mutex);
  while (!stopping) {
    if (MayDoze()) {
      dozing = true;
      watchdog.Wait(lock);  // no deadline: the next task that runs or waits wakes it
      dozing = false;
      added = 0;
      continue;
    }
    watchdog.WaitUntil(lock, SteadyClock().Now() + options.stall_limit / 2);
    if (stopping) break;
    const std::size_t wanted = ReplacementsWanted(added);
    for (added = 0; added < wanted && StartThread();) ++added;
    std::vector<Stall> stalls;
    try {
      stalls = NewStalls();
    } catch (const std::bad_alloc&) {
      continue;  // those not marked as reported come with the next look
    }
    if (!stalls.empty() && options.on_stall) {
      lock.Unlock();
      Report(stalls);
      lock.Lock();
    }
  }
  watching = false;
  ended.NotifyAll();
}

bool ElasticPool::State::Stop(TimePoint deadline) {
  FairQueue dropped;
  MutexLock lock(mutex);
  stopping = true;
  dropped.Swap(queue);
  work.NotifyAll();
  watchdog.NotifyAll();
  while (threads > 0 || watching) {
    if (!ended.WaitUntil(lock, deadline)) break;
  }
  bool all_ended = threads == 0 && !watching;
  lock.Unlock();
  return all_ended;
}

ElasticPool::ElasticPool(Options options) : state_(std::make_shared<State>(std::move(options))) {}

ElasticPool::~ElasticPool() { Stop(SteadyClock().Now() + std::chrono::seconds(5)); }

void ElasticPool::Post(Lane lane, Task task, TaskSlot* slot) {
  // Its own reference: the task may be what somebody waits for who ends the pool then.
  const std::shared_ptr<State> state = state_;
  state->Post(lane, std::move(task), slot);
}

void ElasticPool::Prepare() { state_->Prepare(); }

bool ElasticPool::Stop(TimePoint deadline) { return state_->Stop(deadline); }

ElasticPool::Counters ElasticPool::counters() const {
  MutexLock lock(state_->mutex);
  Counters counters;
  counters.threads = state_->threads;
  counters.threads_peak = state_->threads_peak;
  counters.running = state_->running.size();
  counters.stalled = state_->StalledCount(SteadyClock().Now());
  counters.queued = state_->queue.size();
  counters.stalls_total = state_->stalls_total;
  return counters;
}

}  // namespace wmi::exec
