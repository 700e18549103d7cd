// Test doubles shared by the tests of exec.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "exec/task.h"

namespace wmi::exec {

// A task made of a lambda.
struct Job {
  std::function<void()> body;
  std::string name = "job";
  void Run() { body(); }
  std::string Description() const { return name; }

  static Task Make(std::function<void()> body, std::string name = "job") {
    return Task::Of<&Job::Run>(std::make_shared<Job>(Job{std::move(body), std::move(name)}));
  }
};

// Opens once; waits end after a generous bound, so a broken test fails instead of hanging.
class Event {
 public:
  void Set() {
    MutexLock lock(mutex_);
    set_ = true;
    changed_.NotifyAll();
  }
  bool Wait(Duration at_most = std::chrono::seconds(20)) {
    const TimePoint deadline = SteadyClock().Now() + at_most;
    MutexLock lock(mutex_);
    while (!set_) {
      if (!changed_.WaitUntil(lock, deadline)) return set_;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool set_ WMI_GUARDED_BY(mutex_) = false;
};

// Counts up; Wait returns when the count is reached.
class Counter {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  int count() {
    MutexLock lock(mutex_);
    return count_;
  }
  bool Wait(int wanted, Duration at_most = std::chrono::seconds(20)) {
    const TimePoint deadline = SteadyClock().Now() + at_most;
    MutexLock lock(mutex_);
    while (count_ < wanted) {
      if (!changed_.WaitUntil(lock, deadline)) return count_ >= wanted;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ WMI_GUARDED_BY(mutex_) = 0;
};

}  // namespace wmi::exec
