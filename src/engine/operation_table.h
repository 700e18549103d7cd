// OperationTable: every operation that has not finished, found by session, sink and deadline; counts and limits them.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
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
  // The unfinished subscriptions of a session.
  std::vector<std::shared_ptr<Operation>> FindSubscriptions(exec::Lane session) const;
  std::vector<std::shared_ptr<Operation>> All() const;

  // Those whose deadline is not after `now`. They are answered again from `again` on if they still have not finished.
  std::vector<std::shared_ptr<Operation>> TakeOverdue(TimePoint now, TimePoint again);
  // TimePoint::max() when no operation has a deadline.
  TimePoint NextDeadline() const;
  // Without the lock: for budgets and counters.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Nothing can be reserved any more.
  void Close();
  // Waits until every operation has finished; false at the deadline.
  bool WaitEmpty(TimePoint deadline);

 private:
  const Limits limits_;
  std::atomic<std::size_t> size_ = 0;
  mutable Mutex mutex_;
  CondVar emptied_;
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
  std::size_t reserved_ WMI_GUARDED_BY(mutex_) = 0;  // places taken, with or without an operation in them yet
  std::unordered_map<exec::Lane, std::size_t> reserved_by_session_ WMI_GUARDED_BY(mutex_);
  using Deadlines = std::multimap<TimePoint, Operation*>;
  struct Entry {
    std::shared_ptr<Operation> operation;
    Deadlines::iterator deadline;  // end() when it has none
  };
  std::unordered_map<const Operation*, Entry> operations_ WMI_GUARDED_BY(mutex_);
  Deadlines deadlines_ WMI_GUARDED_BY(mutex_);
  std::unordered_multimap<const void*, Operation*> by_sink_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
