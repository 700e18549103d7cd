#include "engine/operation_table.h"

#include <fmt/format.h>

#include <algorithm>
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
  auto entry = operations_.emplace(raw, Entry{std::move(operation), deadlines_.end()}).first;
  try {
    if (raw->deadline() != TimePoint::max()) {
      // Most have the same time to run: the newest is the last.
      entry->second.deadline = deadlines_.emplace_hint(deadlines_.end(), raw->deadline(), raw);
    }
    if (raw->sink()) by_sink_.emplace(raw->sink(), raw);
  } catch (const std::bad_alloc&) {
    if (entry->second.deadline != deadlines_.end()) deadlines_.erase(entry->second.deadline);
    operations_.erase(entry);  // the caller holds it too: nothing dies under the lock
    throw;
  }
  size_.store(operations_.size(), std::memory_order_relaxed);
}

void OperationTable::Remove(const Operation& operation) {
  std::shared_ptr<Operation> removed;  // dies after the lock
  MutexLock lock(mutex_);
  auto [first, last] = by_sink_.equal_range(operation.sink());
  auto entry = std::find_if(first, last, [&](const auto& pair) { return pair.second == &operation; });
  if (entry != last) by_sink_.erase(entry);
  auto found = operations_.find(&operation);
  if (found->second.deadline != deadlines_.end()) deadlines_.erase(found->second.deadline);
  removed = std::move(found->second.operation);
  operations_.erase(found);
  size_.store(operations_.size(), std::memory_order_relaxed);
  lock.Unlock();
  Unreserve(operation.session());
}

std::vector<std::shared_ptr<Operation>> OperationTable::FindBySink(exec::Lane session, const void* sink) const {
  std::vector<std::shared_ptr<Operation>> found;
  MutexLock lock(mutex_);
  auto [first, last] = by_sink_.equal_range(sink);
  for (auto entry = first; entry != last; ++entry) {
    if (entry->second->session() == session) found.push_back(operations_.at(entry->second).operation);
  }
  return found;
}

std::vector<std::shared_ptr<Operation>> OperationTable::FindSubscriptions(exec::Lane session) const {
  std::vector<std::shared_ptr<Operation>> found;
  MutexLock lock(mutex_);
  for (const auto& [raw, entry] : operations_) {
    if (raw->session() == session && raw->lifetime() == Lifetime::kSubscription) found.push_back(entry.operation);
  }
  return found;
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
