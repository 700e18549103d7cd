// GroupCommit: changes that arrive while one is being committed wait and are then committed together.
//
// There is no thread of its own: whoever finds nobody at work becomes the leader, does the work of all who wait, and
// hands over to the next who came meanwhile. So a lone change costs no hand-over, and sixteen at a time cost one
// commit: a leader waits a moment for those who were there in the round before, who else would fall into two groups
// that take turns.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"

namespace wmi::store {

// Safe from several threads.
template <typename Work>
class GroupCommit {
 public:
  // One change while it waits or runs; lives on the stack of who asked for it.
  struct Job {
    explicit Job(const Work& asked) : work(asked) {}
    const Work& work;
    Status status;
    std::exception_ptr exception;
    enum class Stage { kWaiting, kRunning, kDone } stage = Stage::kWaiting;
  };
  using Group = std::span<Job*>;

  static constexpr std::size_t kGroupMax = 256;
  static constexpr auto kWaitMax = std::chrono::minutes(1);

  // `company_wait`: how long a leader waits for the company of the round before; about half of what a commit takes.
  // Room for a group is made here, so that a leader cannot fail for lack of memory.
  explicit GroupCommit(Duration company_wait) : company_wait_(company_wait) { group_.reserve(kGroupMax); }

  // `commit` does the work of a group, sets status or exception of each job, and does not throw. It may change the
  // order of the jobs in the group.
  template <typename Commit>
  Status Run(const Work& work, const Commit& commit) WMI_EXCLUDES(mutex_) {
    Job job(work);
    {
      MutexLock lock(mutex_);
      waiting_.push_back(&job);
      if (waiting_.size() == company_) company_came_.NotifyOne();
      const TimePoint deadline = SteadyClock().Now() + kWaitMax;
      while (job.stage == Job::Stage::kWaiting && has_leader_) {
        if (turn_.WaitUntil(lock, deadline) || job.stage != Job::Stage::kWaiting || !has_leader_) continue;
        std::erase(waiting_, &job);
        return Status(code::kTimedOut, "the repository was busy with other changes for a minute; try again");
      }
      // Somebody else's group has it: its leader ends, because everything it waits for has a deadline.
      while (job.stage == Job::Stage::kRunning) turn_.Wait(lock);
      if (job.stage == Job::Stage::kWaiting) {
        has_leader_ = true;
        WaitForCompany(lock);
      }
    }
    // Its own job is in the first group unless very many wait; then it leads until it is done.
    while (TakeGroup(job)) {
      commit(Group(group_));
      EndGroup(job);
    }
    if (job.exception) std::rethrow_exception(job.exception);
    return job.status;
  }

 private:
  void WaitForCompany(MutexLock& lock) WMI_REQUIRES(mutex_) {
    if (waiting_.size() >= company_) return;
    const TimePoint deadline = SteadyClock().Now() + company_wait_;
    while (waiting_.size() < company_ && company_came_.WaitUntil(lock, deadline)) {
    }
  }

  // For the leader. False when its job is done, and for whoever is no leader.
  bool TakeGroup(Job& own) WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (own.stage != Job::Stage::kWaiting) return false;
    while (!waiting_.empty() && group_.size() < kGroupMax) {
      group_.push_back(waiting_.front());
      group_.back()->stage = Job::Stage::kRunning;
      waiting_.pop_front();
    }
    return true;
  }

  void EndGroup(Job& own) WMI_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      for (Job* job : group_) job->stage = Job::Stage::kDone;
      company_ = std::min(group_.size() + waiting_.size(), kGroupMax);
      group_.clear();
      if (own.stage == Job::Stage::kDone) has_leader_ = false;
    }
    // Without the lock, which all who wake up take first.
    turn_.NotifyAll();
  }

  const Duration company_wait_;
  Mutex mutex_;
  CondVar turn_;
  CondVar company_came_;
  std::size_t company_ WMI_GUARDED_BY(mutex_) = 1;  // how many were there in the round before
  bool has_leader_ WMI_GUARDED_BY(mutex_) = false;
  std::deque<Job*> waiting_ WMI_GUARDED_BY(mutex_);
  std::vector<Job*> group_;  // the leader's
};

}  // namespace wmi::store
