#include "engine/operation_table.h"

#include <fmt/format.h>

#include <iterator>
#include <new>
#include <utility>

#include "engine/operation.h"

namespace wmi::engine {

Status OperationTable::Reserve(exec::Lane session) {
  MutexLock lock(mutex_);
  if (closed_) return Status(code::kShuttingDown, "WMI is shutting down; no new calls are accepted");
  std::size_t& in_session = reserved_by_session_[session];
  if (in_session >= limits_.per_session) {
    return Status(code::kQuotaViolation,
                  fmt::format("this connection has {} calls that have not ended; the limit per connection is {}",
                              in_session, limits_.per_session));
  }
  if (reserved_ >= limits_.per_process) {
    return Status(code::kQuotaViolation,
                  fmt::format("this process has {} calls that have not ended; the limit per process is {}", reserved_,
                              limits_.per_process));
  }
  ++in_session;
  ++reserved_;
  return Status();
}

void OperationTable::Unreserve(exec::Lane session) {
  MutexLock lock(mutex_);
  auto found = reserved_by_session_.find(session);
  if (--found->second == 0) reserved_by_session_.erase(found);
  if (--reserved_ == 0) emptied_.NotifyAll();
}

void OperationTable::Insert(std::shared_ptr<Operation> operation) {
  Operation* raw = operation.get();
  MutexLock lock(mutex_);
  const Number number = last_number_ + 1;
  auto entry = operations_.emplace(raw, Entry{std::move(operation), deadlines_.end(), number}).first;
  try {
    if (raw->deadline() != TimePoint::max()) {
      // Most have the same time to run: the newest is the last.
      entry->second.deadline = deadlines_.emplace_hint(deadlines_.end(), raw->deadline(), raw);
    }
    if (raw->sink()) by_sink_.emplace(std::pair(raw->sink(), number), raw);
    if (raw->lifetime() == Lifetime::kSubscription) subscriptions_.emplace(std::pair(raw->session(), number), raw);
  } catch (const std::bad_alloc&) {
    Forget(entry);  // the caller holds it too: nothing dies under the lock
    throw;
  }
  last_number_ = number;
  size_.store(operations_.size(), std::memory_order_relaxed);
}

void OperationTable::Forget(std::unordered_map<const Operation*, Entry>::iterator entry) {
  const Operation* operation = entry->first;
  const Number number = entry->second.number;
  by_sink_.erase(std::pair(operation->sink(), number));
  subscriptions_.erase(std::pair(operation->session(), number));
  if (entry->second.deadline != deadlines_.end()) deadlines_.erase(entry->second.deadline);
  operations_.erase(entry);
}

void OperationTable::Remove(const Operation& operation) {
  std::shared_ptr<Operation> removed;  // dies after the lock
  MutexLock lock(mutex_);
  auto found = operations_.find(&operation);
  removed = found->second.operation;
  Forget(found);
  size_.store(operations_.size(), std::memory_order_relaxed);
  lock.Unlock();
  Unreserve(operation.session());
}

OperationTable::Number OperationTable::LastNumber() const {
  MutexLock lock(mutex_);
  return last_number_;
}

OperationTable::Found OperationTable::FindBySink(exec::Lane session, const void* sink, Number after) const {
  MutexLock lock(mutex_);
  for (auto entry = by_sink_.upper_bound(std::pair(sink, after)); entry != by_sink_.end() && entry->first.first == sink;
       ++entry) {
    if (entry->second->session() == session) return {operations_.at(entry->second).operation, entry->first.second};
  }
  return {};
}

OperationTable::Found OperationTable::FindSubscription(exec::Lane session, Number after) const {
  MutexLock lock(mutex_);
  const auto entry = subscriptions_.upper_bound(std::pair(session, after));
  if (entry == subscriptions_.end() || entry->first.first != session) return {};
  return {operations_.at(entry->second).operation, entry->first.second};
}

std::vector<std::shared_ptr<Operation>> OperationTable::TakeOverdue(TimePoint now, TimePoint again) {
  std::vector<std::shared_ptr<Operation>> overdue;
  MutexLock lock(mutex_);
  const auto end = deadlines_.upper_bound(now);
  overdue.reserve(static_cast<std::size_t>(std::distance(deadlines_.begin(), end)));
  for (std::size_t left = overdue.capacity(); left > 0; --left) {
    // The node moves with its iterator: nothing is allocated, nothing can fail half-way.
    auto node = deadlines_.extract(deadlines_.begin());
    Entry& entry = operations_.at(node.mapped());
    overdue.push_back(entry.operation);
    node.key() = again;
    entry.deadline = deadlines_.insert(std::move(node));
  }
  return overdue;
}

TimePoint OperationTable::NextDeadline() const {
  MutexLock lock(mutex_);
  return deadlines_.empty() ? TimePoint::max() : deadlines_.begin()->first;
}

std::vector<std::shared_ptr<Operation>> OperationTable::All() const {
  std::vector<std::shared_ptr<Operation>> all;
  MutexLock lock(mutex_);
  all.reserve(operations_.size());
  for (const auto& [raw, entry] : operations_) all.push_back(entry.operation);
  return all;
}

void OperationTable::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
}

bool OperationTable::WaitEmpty(TimePoint deadline) {
  MutexLock lock(mutex_);
  while (reserved_ > 0) {
    if (!emptied_.WaitUntil(lock, deadline)) return reserved_ == 0;
  }
  return true;
}

}  // namespace wmi::engine
