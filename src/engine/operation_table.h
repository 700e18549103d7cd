// OperationTable: every operation that has not finished, found by session and sink; counts and limits them.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "exec/task.h"

namespace wmi::engine {

class Operation;

// Safe from several threads. Its mutex is a leaf.
class OperationTable {
 public:
  struct Limits {
    std::size_t per_session = 0;
    std::size_t per_process = 0;
  };

  explicit OperationTable(Limits limits) : limits_(limits) {}

  // Takes a place for an operation that is about to start; kQuotaViolation names the limit that is reached,
  // kShuttingDown after Close.
  Status Reserve(exec::Lane session);
  // Gives an unused place back.
  void Unreserve(exec::Lane session);

  // Insert throws std::bad_alloc and then changes nothing. Both after Reserve: the place is given back by Remove.
  void Insert(std::shared_ptr<Operation> operation);
  void Remove(const Operation& operation);

  // The unfinished operations of a session that were started with this very sink pointer.
  std::vector<std::shared_ptr<Operation>> FindBySink(exec::Lane session, const void* sink) const;
  std::vector<std::shared_ptr<Operation>> All() const;
  // Without the lock: for budgets and counters.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Nothing can be reserved any more.
  void Close();
  // Waits until every operation has finished; false at the deadline.
  bool WaitEmpty(std::chrono::steady_clock::time_point deadline);

 private:
  const Limits limits_;
  std::atomic<std::size_t> size_ = 0;
  mutable Mutex mutex_;
  CondVar emptied_;
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
  std::size_t reserved_ WMI_GUARDED_BY(mutex_) = 0;  // places taken, with or without an operation in them yet
  std::unordered_map<exec::Lane, std::size_t> reserved_by_session_ WMI_GUARDED_BY(mutex_);
  std::unordered_map<const Operation*, std::shared_ptr<Operation>> operations_ WMI_GUARDED_BY(mutex_);
  std::unordered_multimap<const void*, Operation*> by_sink_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
