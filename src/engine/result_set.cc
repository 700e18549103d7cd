#include "engine/result_set.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace wmi::engine {

void ResultSet::Attach(std::shared_ptr<Operation> operation) {
  MutexLock lock(mutex_);
  operation_ = operation;
}

// ---- from the operation ---------------------------------------------------------------------------------------------

Delivered ResultSet::Consume(Batch batch) {
  MutexLock lock(mutex_);
  if (abandoned_) return Delivered::With(code::kCallCancelled);
  for (cim::Object& row : batch) {
    bytes_ += row.size_bytes();
    rows_.push_back(std::move(row));
  }
  batch.clear();
  const bool over_quota = bytes_ > limits::kResultBytesMax;
  const bool hold_back = MustHoldBack();
  acknowledgement_due_ = hold_back && !over_quota;
  std::vector<std::function<void()>> wakers = TakeWakers();
  changed_.NotifyAll();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
  if (over_quota) return Delivered::With(code::kQuotaViolation);
  return hold_back ? Delivered::Later() : Delivered::With(code::kOk);
}

bool ResultSet::MustHoldBack() const {
  if (run_ahead_ == RunAhead::kToTheEnd) return false;
  return Available(furthest_) >= limits::kOperationRowsMax;
}

void ResultSet::Finish(const Status& outcome) {
  MutexLock lock(mutex_);
  ended_ = true;
  outcome_ = outcome;
  if (bytes_ > limits::kResultBytesMax && outcome.code() == code::kCallCancelled) {
    outcome_ = Status(code::kQuotaViolation, "the result is larger than one connection may hold; read it forward-only");
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
    const std::size_t taken = std::min(left, Available(position));
    for (std::size_t i = 0; i < taken; ++i) {
      cim::Object& row = rows_[position - first_ + i];
      if (retention_ == Retention::kForwardOnly) {
        bytes_ -= std::min(bytes_, row.size_bytes());
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
      result.outcome = outcome_;
      return result;
    }
    if (deadline == TimePoint::min() || !changed_.WaitUntil(lock, deadline)) {
      if (Available(position) > 0 || ended_) {
        deadline = TimePoint::min();  // arrived in the last moment: take it, wait no more
        continue;
      }
      return result;
    }
  }
}

bool ResultSet::IsEndAt(Position position) {
  MutexLock lock(mutex_);
  return ended_ && outcome_.ok() && Available(position) == 0;
}

void ResultSet::WakeWhenReady(Position position, std::function<void()> wake) {
  MutexLock lock(mutex_);
  if (!ended_ && Available(position) == 0) {
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
  return {ReadState::kEnd, outcome_};
}

void ResultSet::Abandon() {
  MutexLock lock(mutex_);
  abandoned_ = true;
  std::shared_ptr<Operation> operation = ended_ ? nullptr : operation_.lock();
  std::deque<cim::Object> dropped = std::exchange(rows_, {});
  first_ = furthest_;
  lock.Unlock();
  // Nothing waits for this end, and a consumer of ours never blocks: do not wait either.
  if (operation) operation->Cancel(Status(code::kCallCancelled), CancelWait::kDoNotWait);
}

}  // namespace wmi::engine
