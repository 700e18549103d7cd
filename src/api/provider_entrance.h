// ProviderEntrance: the way onto the provider pool for those who may outlive it. A provider can hold its response
// handlers as long as it likes, the engine does not wait for them.
#pragma once

#include <utility>

#include "base/mutex.h"
#include "exec/scheduler.h"

namespace wmi::api {

// Safe from several threads; shared by the loader and everything it made. Its mutex comes before the pool's.
class ProviderEntrance {
 public:
  explicit ProviderEntrance(exec::Scheduler& pool) : pool_(&pool) {}
  ProviderEntrance(const ProviderEntrance&) = delete;
  ProviderEntrance& operator=(const ProviderEntrance&) = delete;

  // False once it is closed; the task is dropped then. Runs nothing.
  bool Post(exec::Lane lane, exec::Task task) {
    MutexLock lock(mutex_);
    if (pool_ == nullptr) return false;
    pool_->Post(lane, std::move(task));
    return true;
  }
  // The pool goes.
  void Close() {
    MutexLock lock(mutex_);
    pool_ = nullptr;
  }

 private:
  Mutex mutex_;
  exec::Scheduler* pool_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::api
