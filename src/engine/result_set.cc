#include "engine/result_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

#include "base/limits.h"

namespace wmi::engine {
namespace {

Status TooSlow(std::uint64_t lost) {
  return Status(code::kClientTooSlow,
                fmt::format("{} events were lost because the enumerator was not read in time; call Next more often, or "
                            "use ExecNotificationQueryAsync. The subscription goes on with the next call",
                            lost));
}

}  // namespace

void ResultSet::Attach(std::shared_ptr<Operation> operation) {
  MutexLock lock(mutex_);
  operation_ = operation;
}

// ---- from the operation ---------------------------------------------------------------------------------------------

ResultSet::~ResultSet() { quota_->Return(bytes_); }

Delivered ResultSet::Consume(Batch batch) {
  std::size_t bytes = 0;
  for (const cim::Object& row : batch) bytes += row.size_bytes();
  MutexLock lock(mutex_);
  if (abandoned_) return Delivered::With(code::kCallCancelled);
  over_quota_ = quota_->Take(bytes);
  if (!over_quota_.ok()) return Delivered::With(over_quota_.code());
  bytes_ += bytes;
  // Without memory the operation ends (operation.cc); what is in by then is read first.
  std::move(batch.begin(), batch.end(), std::back_inserter(rows_));
  const bool hold_back = MustHoldBack();
  acknowledgement_due_ = hold_back;
  std::vector<std::function<void()>> wakers = TakeWakers();
  changed_.NotifyAll();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
  return hold_back ? Delivered::Later() : Delivered::With(code::kOk);
}

Code ResultSet::OnNotice(const Notice& notice) {
  const Lost* const lost = std::get_if<Lost>(&notice);
  if (lost == nullptr) return code::kOk;
  MutexLock lock(mutex_);
  lost_ += lost->count;
  std::vector<std::function<void()>> wakers = TakeWakers();
  changed_.NotifyAll();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
  return code::kOk;
}

bool ResultSet::MustHoldBack() const {
  if (run_ahead_ == RunAhead::kToTheEnd) return false;
  return Available(furthest_) >= limits::kOperationRowsMax;
}

void ResultSet::Finish(const Ending& ending) {
  MutexLock lock(mutex_);
  ended_ = true;
  // The refusal of a batch is why the operation was cancelled.
  try {
    ending_ = over_quota_.ok() ? ending : Ending(over_quota_);
  } catch (const std::bad_alloc&) {
    ending_ = Status(Failed(ending.status.code()) ? ending.status.code() : code::kOutOfMemory);
  }
  std::vector<std::function<void()>> wakers = TakeWakers();
  changed_.NotifyAll();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
}

std::vector<std::function<void()>> ResultSet::TakeWakers() { return std::exchange(wakers_, {}); }

// ---- from readers ---------------------------------------------------------------------------------------------------

ResultSet::ReadResult ResultSet::Read(Position& position, std::size_t count, TimePoint deadline,
                                      std::vector<cim::Object>& out) {
  ReadResult result;
  std::size_t left = count;
  MutexLock lock(mutex_);
  while (true) {
    if (lost_ > 0 && left == count && count > 0) {
      result.state = ReadState::kLost;
      result.ending = TooSlow(std::exchange(lost_, 0));
      return result;
    }
    const std::size_t taken = std::min(left, Available(position));
    out.reserve(out.size() + taken);  // before anything is taken away
    std::size_t returned = 0;
    for (std::size_t i = 0; i < taken; ++i) {
      cim::Object& row = rows_[position - first_ + i];
      if (retention_ == Retention::kForwardOnly) {
        returned += row.size_bytes();
        out.push_back(std::move(row));
      } else {
        out.push_back(row);
      }
    }
    position += taken;
    left -= taken;
    furthest_ = std::max(furthest_, position);
    if (retention_ == Retention::kForwardOnly) {
      rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(taken));
      first_ += taken;
      quota_->Return(returned);
      bytes_ -= returned;
    }
    std::shared_ptr<Operation> refill;
    if (acknowledgement_due_ && !MustHoldBack()) {
      acknowledgement_due_ = false;
      refill = operation_.lock();
    }
    if (refill) {
      lock.Unlock();
      refill->Acknowledge(code::kOk);
      refill.reset();
      lock.Lock();
      continue;
    }
    if (left == 0) {
      result.state = ReadState::kComplete;
      return result;
    }
    if (Available(position) > 0) continue;
    if (ended_) {
      result.state = ReadState::kEnd;
      result.ending = ending_;
      return result;
    }
    if (deadline == TimePoint::min() || !changed_.WaitUntil(lock, deadline)) {
      if (Available(position) > 0 || ended_ || (lost_ > 0 && left == count)) {
        deadline = TimePoint::min();  // arrived in the last moment: take it, wait no more
        continue;
      }
      return result;
    }
  }
}

bool ResultSet::IsEndAt(Position position) {
  MutexLock lock(mutex_);
  return ended_ && ending_.status.ok() && Available(position) == 0;
}

void ResultSet::WakeWhenReady(Position position, std::function<void()> wake) {
  MutexLock lock(mutex_);
  if (!ended_ && lost_ == 0 && Available(position) == 0) {
    wakers_.push_back(std::move(wake));
    return;
  }
  lock.Unlock();
  wake();
}

void ResultSet::WakeAll() {
  MutexLock lock(mutex_);
  std::vector<std::function<void()>> wakers = TakeWakers();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
}

ResultSet::ReadResult ResultSet::WaitEnd(TimePoint deadline) {
  MutexLock lock(mutex_);
  while (!ended_) {
    if (!changed_.WaitUntil(lock, deadline) && !ended_) return {};
  }
  return {ReadState::kEnd, ending_};
}

void ResultSet::Abandon() {
  MutexLock lock(mutex_);
  abandoned_ = true;
  std::shared_ptr<Operation> operation = ended_ ? nullptr : operation_.lock();
  rows_.clear();  // objects of ours: nothing foreign runs under the lock, and no memory is needed
  first_ = furthest_;
  const std::size_t returned = std::exchange(bytes_, 0);
  lock.Unlock();
  quota_->Return(returned);
  // Nothing waits for this end, and a consumer of ours never blocks: do not wait either.
  if (operation) operation->Cancel(Status(code::kCallCancelled), CancelWait::kDoNotWait);
}

}  // namespace wmi::engine
