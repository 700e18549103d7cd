#include "exec/elastic_pool.h"

#include <algorithm>
#include <list>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "exec/fair_queue.h"

namespace wmi::exec {
namespace {

// One callback being run.
struct Running {
  Lane lane;
  TimePoint started;
  const Task* task;  // on the stack of the thread that runs it
  bool reported = false;
};

using LaneCounts = std::unordered_map<Lane, std::size_t>;

// A lane may run another task while it is below its own ceiling.
struct BelowCeiling {
  const LaneCounts& running;
  std::size_t max;
  bool operator()(Lane lane) const {
    auto found = running.find(lane);
    return found == running.end() || found->second < max;
  }
};

}  // namespace

// Shared with the threads: whatever hangs in a callback keeps it alive.
struct ElasticPool::State : std::enable_shared_from_this<ElasticPool::State> {
  explicit State(Options pool_options) : options(std::move(pool_options)) {}

  void Post(Lane lane, Task task);
  void Work();
  void Watch();
  bool Stop(TimePoint deadline);

  // Once as many callbacks run as there may be threads, only a lane of which nothing runs gets another one.
  BelowCeiling MayRun() const WMI_REQUIRES(mutex) {
    return {running_by_lane, running.size() < options.threads_max ? options.threads_per_lane_max : 1};
  }
  bool HasWork() const WMI_REQUIRES(mutex) { return queue.HasFor(MayRun()); }
  // The watchdog sleeps without a deadline when nothing can become a stall or want a thread.
  bool MayDoze() const WMI_REQUIRES(mutex);
  void WakeWatchdog() WMI_REQUIRES(mutex);
  void StartThread() WMI_REQUIRES(mutex);
  std::size_t StalledCount(TimePoint now) const WMI_REQUIRES(mutex);
  // Surplus beyond the base threads, not counting those that are lost in a callback.
  bool IsSurplus() const WMI_REQUIRES(mutex);
  // Threads to add now, given how many were added the last time.
  std::size_t ReplacementsWanted(std::size_t added_before) const WMI_REQUIRES(mutex);
  std::vector<Stall> NewStalls() WMI_REQUIRES(mutex);

  const Options options;
  mutable Mutex mutex;
  CondVar work;      // a task was queued, or stop
  CondVar watchdog;  // something runs or waits again, or stop
  CondVar ended;     // a thread left
  FairQueue queue WMI_GUARDED_BY(mutex);
  std::list<Running> running WMI_GUARDED_BY(mutex);
  LaneCounts running_by_lane WMI_GUARDED_BY(mutex);
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
    watching = true;
    std::thread([state = shared_from_this()] { state->Watch(); }).detach();
  } else if (dozing) {
    watchdog.NotifyOne();
  }
}

void ElasticPool::State::StartThread() {
  ++threads;
  threads_peak = std::max(threads_peak, threads);
  std::thread([state = shared_from_this()] { state->Work(); }).detach();
}

std::size_t ElasticPool::State::StalledCount(TimePoint now) const {
  return static_cast<std::size_t>(std::count_if(running.begin(), running.end(), [&](const Running& entry) {
    return now - entry.started >= options.stall_limit;
  }));
}

bool ElasticPool::State::IsSurplus() const {
  return threads - StalledCount(SteadyClock().Now()) > options.base_threads;
}

void ElasticPool::State::Post(Lane lane, Task task) {
  MutexLock lock(mutex);
  if (stopping) return;
  queue.Push(lane, std::move(task));
  // An idle thread that was woken for an earlier task still counts as idle: compare with what waits.
  if (queue.size() > idle && threads < options.base_threads) {
    StartThread();
    return;
  }
  work.NotifyOne();
  if (queue.size() > idle) WakeWatchdog();
}

void ElasticPool::State::Work() {
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
    ++running_by_lane[entry.lane];
    auto position = running.insert(running.end(), {entry.lane, SteadyClock().Now(), &entry.task});
    WakeWatchdog();
    lock.Unlock();
    entry.task.Run();
    lock.Lock();
    running.erase(position);
    auto count = running_by_lane.find(entry.lane);
    if (--count->second == 0) running_by_lane.erase(count);
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
    entry.reported = true;
    ++stalls_total;
    // The task is alive while it is listed, and its description does not change.
    stalls.push_back({entry.task->Description(), now - entry.started, entry.lane});
  }
  return stalls;
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
    std::vector<Stall> stalls = NewStalls();
    added = ReplacementsWanted(added);
    for (std::size_t i = 0; i < added; ++i) StartThread();
    if (!stalls.empty() && options.on_stall) {
      lock.Unlock();
      for (const Stall& stall : stalls) options.on_stall(stall);
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
  std::swap(dropped, queue);
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

void ElasticPool::Post(Lane lane, Task task) { state_->Post(lane, std::move(task)); }

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
