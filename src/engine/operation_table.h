// OperationTable: every operation that has not finished, found by session, sink and deadline; counts and limits them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
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

  // Operations are numbered from 1 in the order in which they were inserted. One is found after the other, so that
  // cancelling them needs no memory.
  using Number = std::uint64_t;
  struct Found {
    std::shared_ptr<Operation> operation;  // null: there is none
    Number number = 0;
  };
  Number LastNumber() const;
  // The next unfinished operation after number `after` of a session that was started with this very sink pointer.
  Found FindBySink(exec::Lane session, const void* sink, Number after) const;
  // The next unfinished subscription of a session.
  Found FindSubscription(exec::Lane session, Number after) const;
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
    Number number = 0;
  };
  using BySink = std::map<std::pair<const void*, Number>, Operation*>;
  using BySession = std::map<std::pair<exec::Lane, Number>, Operation*>;

  // Forgets what Insert has entered so far.
  void Forget(std::unordered_map<const Operation*, Entry>::iterator entry) WMI_REQUIRES(mutex_);

  std::unordered_map<const Operation*, Entry> operations_ WMI_GUARDED_BY(mutex_);
  Deadlines deadlines_ WMI_GUARDED_BY(mutex_);
  BySink by_sink_ WMI_GUARDED_BY(mutex_);
  BySession subscriptions_ WMI_GUARDED_BY(mutex_);
  Number last_number_ WMI_GUARDED_BY(mutex_) = 0;
};

}  // namespace wmi::engine
