#include "engine/push_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

#include "base/limits.h"
#include "engine/key_set.h"
#include "engine/row_layout.h"

namespace wmi::engine {
namespace {

// The row with only those properties shown; for select lists.
cim::Object Projected(const cim::Object& row, const cim::PropertySet& visible) {
  cim::RowBlockBuilder builder(visible);
  builder.BeginRow(row.schema_ptr());
  for (std::size_t slot = 0; slot < row.schema().properties().size(); ++slot) builder.Set(slot, row.slot(slot));
  builder.CommitRow();
  Batch projected;
  builder.Finish(projected);
  return std::move(projected.front());
}

Status LetGoTooEarly(const std::string& provider) noexcept {
  try {
    return Status(code::kProviderFailure,
                  "the provider let go of its response handler without a final status; it must call "
                  "SetStatus(WBEM_STATUS_COMPLETE, ...) once")
        .WithProvider(provider);
  } catch (const std::bad_alloc&) {
    return Status(code::kProviderFailure);
  }
}

}  // namespace

// ---- the pusher's side ----------------------------------------------------------------------------------------------

Code PushPort::Admit(Batch& rows, bool filtering) const {
  for (const cim::Object& row : rows) {
    if (!row) return code::kInvalidObject;
    if (options_.schema && (!row.is_instance() || !HasLayoutOf(row.schema(), *options_.schema))) {
      return code::kInvalidObject;
    }
  }
  if (filtering && options_.filter) {
    std::erase_if(rows, [&](const cim::Object& row) { return !options_.filter->Matches(row.row()); });
  }
  if (options_.keys) {
    std::erase_if(rows, [&](const cim::Object& row) { return !options_.keys->Contains(row.row()); });
  }
  if (!options_.visible.is_all()) {
    for (cim::Object& row : rows) row = Projected(row, options_.visible);
  }
  return code::kOk;
}

bool PushPort::HasRoom() const {
  return rows_.size() < options_.rows_max && bytes_ < options_.bytes_max && notices_.size() < limits::kNoticesMax;
}

Code PushPort::AwaitRoom(MutexLock& lock) {
  const TimePoint deadline = SteadyClock().Now() + options_.wait_max;
  while (true) {
    if (closed_) return code::kCallCancelled;
    if (ending_) return code::kInvalidOperation;
    if (HasRoom()) return code::kOk;
    if (!changed_.WaitUntil(lock, deadline) && !HasRoom() && !closed_) return code::kServerTooBusy;
  }
}

Code PushPort::Push(Batch rows) {
  MutexLock lock(mutex_);
  if (closed_) return code::kCallCancelled;
  const bool filtering = filtering_;
  lock.Unlock();
  // Filtering is the pusher's work, on the pusher's time.
  const Code admitted = Admit(rows, filtering);
  if (Failed(admitted)) return admitted;
  std::size_t bytes = 0;
  for (const cim::Object& row : rows) bytes += row.size_bytes();

  lock.Lock();
  if (options_.overflow == Overflow::kWait) {
    const Code room = AwaitRoom(lock);
    if (Failed(room)) return room;
  } else {
    if (closed_) return code::kCallCancelled;
    if (ending_) return code::kInvalidOperation;
  }
  if (rows.empty()) return code::kOk;
  const std::size_t before = rows_.size();
  try {
    std::move(rows.begin(), rows.end(), std::back_inserter(rows_));
  } catch (const std::bad_alloc&) {
    while (rows_.size() > before) rows_.pop_back();  // all or none
    throw;
  }
  bytes_ += bytes;
  if (options_.overflow == Overflow::kDropOldest) DropOldest();
  std::function<void()> wake = TakeWake();
  lock.Unlock();
  if (wake) wake();
  return code::kOk;
}

void PushPort::DropOldest() {
  // One always stays: a single event that is larger than the queue arrives.
  while (rows_.size() > options_.rows_max || (bytes_ > options_.bytes_max && rows_.size() > 1)) {
    bytes_ -= std::min(bytes_, rows_.front().size_bytes());
    rows_.pop_front();
    ++loss_.dropped;
    if (!std::exchange(is_overflowing_, true)) ++loss_.overflows;
  }
}

Code PushPort::Tell(Notice notice) {
  MutexLock lock(mutex_);
  const Code room = AwaitRoom(lock);
  if (Failed(room)) return room;
  notices_.push_back(std::move(notice));
  std::function<void()> wake = TakeWake();
  lock.Unlock();
  if (wake) wake();
  return code::kOk;
}

void PushPort::SetFiltering(bool on) {
  MutexLock lock(mutex_);
  filtering_ = on;
}

bool PushPort::IsHalfFull() const {
  return rows_.size() * 2 > options_.rows_max || (bytes_ > options_.bytes_max / 2 && rows_.size() > 1);
}

bool PushPort::IsBehind() const {
  if (!options_.slows_down) return false;
  MutexLock lock(mutex_);
  return !ending_ && IsHalfFull();
}

bool PushPort::AwaitCatchUp(TimePoint deadline) const {
  MutexLock lock(mutex_);
  while (!closed_ && !ending_ && IsHalfFull()) {
    if (!changed_.WaitUntil(lock, deadline)) return !IsHalfFull();
  }
  return true;
}

void PushPort::Finish(Ending ending) {
  MutexLock lock(mutex_);
  if (ending_) return;
  ending_ = std::move(ending);
  changed_.NotifyAll();
  std::function<void()> wake = TakeWake();
  lock.Unlock();
  if (wake) wake();
}

void PushPort::Fail(Status status) {
  MutexLock lock(mutex_);
  failed_ = true;
  lock.Unlock();
  Finish(std::move(status));
}

void PushPort::LetGo() {
  MutexLock lock(mutex_);
  let_go_ = true;
  const bool has_ended = ending_.has_value();
  std::function<void()> wake = TakeWake();
  lock.Unlock();
  if (!has_ended) Finish(LetGoTooEarly(options_.provider));
  if (wake) wake();
}

void PushPort::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  // Under the lock: objects of ours, and called where no memory may be needed.
  rows_.clear();
  notices_.clear();
  bytes_ = 0;
  wake_ = nullptr;
  changed_.NotifyAll();
}

bool PushPort::IsClosed() const {
  MutexLock lock(mutex_);
  return closed_;
}

PushPort::Loss PushPort::loss() const {
  MutexLock lock(mutex_);
  Loss now = loss_;
  now.waiting = rows_.size();
  return now;
}

// ---- the operation's side -------------------------------------------------------------------------------------------

Pulled PushPort::Pull(const PullRequest& request, Batch& out) {
  MutexLock lock(mutex_);
  const std::size_t count = std::min(request.rows_max, rows_.size());
  for (std::size_t i = 0; i < count; ++i) {
    bytes_ -= std::min(bytes_, rows_.front().size_bytes());
    out.push_back(std::move(rows_.front()));
    rows_.pop_front();
  }
  Pulled pulled = Pulled::More();
  pulled.notices.assign(std::make_move_iterator(notices_.begin()), std::make_move_iterator(notices_.end()));
  notices_.clear();
  if (count > 0 || !pulled.notices.empty()) changed_.NotifyAll();
  if (loss_.dropped > losses_told_) {
    pulled.notices.emplace_back(Lost{loss_.dropped - losses_told_});
    losses_told_ = loss_.dropped;
  }
  if (!rows_.empty()) return pulled;
  is_overflowing_ = false;
  if (IsOver()) {
    pulled.state = PullState::kEnd;
    pulled.ending = *ending_;
  } else {
    pulled.state = PullState::kBlocked;
    wake_ = request.wake;
  }
  return pulled;
}

}  // namespace wmi::engine
