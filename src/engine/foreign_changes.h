// ForeignChanges: the events of what other processes commit to the repository that this one has open, too.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "exec/reactor.h"
#include "exec/scheduler.h"
#include "exec/timer_queue.h"
#include "store/change.h"
#include "store/repository.h"

namespace wmi::engine {

// Watches the folder of the repository while somebody is a member. Safe from several threads.
class ForeignChanges {
 public:
  struct Tools {
    store::Repository* repository = nullptr;
    std::shared_ptr<store::ChangeObserver> observer;  // who is told of the changes as of those of this process
    exec::Reactor* reactor = nullptr;
    std::shared_ptr<exec::TimerQueue> timers;
    exec::Scheduler* pool = nullptr;  // of threads that may block: they read the database
    const Clock* clock = &SteadyClock();
  };

  // What the tools point to outlives it and its members.
  explicit ForeignChanges(Tools tools) : tools_(std::move(tools)) {}

  // Held by who wants to know. Ends it without memory; not under a lock that `committed` takes.
  class Member {
   public:
    virtual ~Member() = default;
  };

  // From now on others tell what they change of these subjects, and the observer is told, on a thread of the pool, in
  // the order of their commits. Then `committed`, if not null, is called: several commits at once for one, also for
  // those of which nobody can tell what they did, such as a restore. It only posts. No timer runs while nobody writes.
  //
  // Null for a repository in memory, which nobody else has. Fails with the system call.
  Result<std::unique_ptr<Member>> Join(store::SubjectSet subjects, std::function<void()> committed = nullptr);

 private:
  class Folder;
  Result<std::shared_ptr<Folder>> OpenFolder();

  const Tools tools_;
  Mutex opening_;
  std::weak_ptr<Folder> folder_ WMI_GUARDED_BY(opening_);
};

}  // namespace wmi::engine
