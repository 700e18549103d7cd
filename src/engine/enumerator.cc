#include "engine/enumerator.h"

#include <algorithm>
#include <utility>

namespace wmi::engine {

// What the clones of an enumerator have in common. The last of them ends the operation.
struct Enumerator::Shared {
  Shared(std::shared_ptr<ResultSet> result_set, Retention kept) : results(std::move(result_set)), retention(kept) {}
  ~Shared() { results->Abandon(); }
  const std::shared_ptr<ResultSet> results;
  const Retention retention;
};

// A request that is served on the thread that makes it. Lets the next one in however it ends.
struct Enumerator::Request {
  explicit Request(Enumerator& of) : enumerator(of), ticket(of.TakeTicket()) {}
  ~Request() { enumerator.ReturnTicket(ticket); }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  Enumerator& enumerator;
  const Ticket ticket;
};

Enumerator::Enumerator(std::shared_ptr<ResultSet> results, Retention retention)
    : shared_(std::make_shared<Shared>(std::move(results), retention)) {}

Enumerator::Enumerator(std::shared_ptr<Shared> shared, ResultSet::Position position)
    : shared_(std::move(shared)), position_(position) {}

Enumerator::~Enumerator() = default;

ResultSet& Enumerator::results() { return *shared_->results; }

// ---- the order of requests ------------------------------------------------------------------------------------------

Enumerator::Ticket Enumerator::TakeTicket() {
  MutexLock lock(mutex_);
  tickets_.push_back(next_ticket_);
  return next_ticket_++;
}

void Enumerator::ReturnTicket(Ticket ticket) {
  MutexLock lock(mutex_);
  tickets_.erase(std::find(tickets_.begin(), tickets_.end(), ticket));
  std::vector<std::function<void()>> wakers = std::exchange(wakers_, {});
  turn_.NotifyAll();
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
}

bool Enumerator::IsTurn(Ticket ticket) {
  MutexLock lock(mutex_);
  return tickets_.front() == ticket;
}

bool Enumerator::IsClosed() {
  MutexLock lock(mutex_);
  return closed_;
}

void Enumerator::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  std::vector<std::function<void()>> wakers = std::exchange(wakers_, {});
  lock.Unlock();
  for (const std::function<void()>& wake : wakers) wake();
  results().WakeAll();
}

bool Enumerator::AwaitTurn(Ticket ticket, TimePoint deadline) {
  MutexLock lock(mutex_);
  while (tickets_.front() != ticket) {
    if (!turn_.WaitUntil(lock, deadline)) return tickets_.front() == ticket;
  }
  return true;
}

void Enumerator::WakeAtTurn(Ticket ticket, std::function<void()> wake) {
  MutexLock lock(mutex_);
  if (tickets_.front() != ticket && !closed_) {
    wakers_.push_back(std::move(wake));
    return;
  }
  lock.Unlock();
  wake();
}

// ---- requests -------------------------------------------------------------------------------------------------------

namespace {

Enumerator::NextResult Answer(ResultSet::ReadResult read, std::vector<cim::Object> rows) {
  Enumerator::NextResult next;
  next.rows = std::move(rows);
  switch (read.state) {
    case ResultSet::ReadState::kComplete:
      break;
    case ResultSet::ReadState::kNotYet:
      next.code = code::kTimedOutOk;
      break;
    case ResultSet::ReadState::kLost:
      next.code = read.ending.status.code();
      next.ending = std::move(read.ending);
      break;
    case ResultSet::ReadState::kEnd:
      next.code = code::kFalse;
      // Rows first: the failure follows with the next request (results already there stay valid, contract 2.3).
      if (!read.ending.status.ok() && next.rows.empty()) {
        next.code = read.ending.status.code();
        next.ending = std::move(read.ending);
      } else if (IsRemark(read.ending.status) && next.rows.empty()) {
        next.ending = std::move(read.ending);
      }
      break;
  }
  return next;
}

}  // namespace

Enumerator::NextResult Enumerator::Next(std::size_t count, TimePoint deadline) {
  const Request request(*this);
  NextResult next;
  if (AwaitTurn(request.ticket, deadline)) {
    std::vector<cim::Object> rows;
    ResultSet::ReadResult read = results().Read(position_, count, deadline, rows);
    next = Answer(std::move(read), std::move(rows));
  } else {
    next.code = code::kTimedOutOk;
  }
  return next;
}

Enumerator::NextResult Enumerator::Skip(std::size_t count, TimePoint deadline) {
  NextResult next = Next(count, deadline);
  next.rows.clear();
  return next;
}

Status Enumerator::Reset() {
  if (shared_->retention == Retention::kForwardOnly) {
    return Status(code::kInvalidOperation,
                  "a forward-only enumerator cannot be reset; leave WBEM_FLAG_FORWARD_ONLY out");
  }
  const Request request(*this);
  // As long as the requests before it; each of them has a deadline or a canceller.
  AwaitTurn(request.ticket, TimePoint::max());
  position_ = 0;
  return Status();
}

Result<std::shared_ptr<Enumerator>> Enumerator::Clone() {
  if (shared_->retention == Retention::kForwardOnly) {
    return Status(code::kInvalidOperation,
                  "a forward-only enumerator cannot be cloned; leave WBEM_FLAG_FORWARD_ONLY out");
  }
  const Request request(*this);
  AwaitTurn(request.ticket, TimePoint::max());
  return std::shared_ptr<Enumerator>(new Enumerator(shared_, position_));
}

bool Enumerator::IsExhausted() {
  MutexLock lock(mutex_);
  if (!tickets_.empty()) return false;  // what they will leave is not known yet
  const ResultSet::Position position = position_;
  lock.Unlock();
  return results().IsEndAt(position);
}

// A request of NextAsync as the source of an operation of its own.
class NextAsyncRows final : public RowSource {
 public:
  NextAsyncRows(std::shared_ptr<Enumerator> enumerator, std::size_t count)
      : enumerator_(std::move(enumerator)), ticket_(enumerator_->TakeTicket()), left_(count) {}
  ~NextAsyncRows() override { enumerator_->ReturnTicket(ticket_); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (enumerator_->IsClosed()) return Pulled::End(Status(code::kCallCancelled));
    if (!enumerator_->IsTurn(ticket_)) {
      enumerator_->WakeAtTurn(ticket_, request.wake);
      return Pulled::Blocked();
    }
    if (left_ == 0) return Pulled::End();
    ResultSet& results = enumerator_->results();
    ResultSet::ReadResult read =
        results.Read(enumerator_->position_, std::min(left_, request.rows_max), TimePoint::min(), out);
    if (read.state == ResultSet::ReadState::kLost) return Pulled::End(std::move(read.ending));
    left_ -= out.size();
    if (left_ == 0) return Pulled::End();
    if (read.state == ResultSet::ReadState::kEnd) {
      return Pulled::End(read.ending.status.ok() ? Ending(Status(code::kFalse)) : std::move(read.ending));
    }
    if (!out.empty()) return Pulled::More();
    results.WakeWhenReady(enumerator_->position_, request.wake);
    // Close wakes those who are registered: look once more, now that this one is.
    if (enumerator_->IsClosed()) return Pulled::End(Status(code::kCallCancelled));
    return Pulled::Blocked();
  }

 private:
  const std::shared_ptr<Enumerator> enumerator_;
  const Enumerator::Ticket ticket_;
  std::size_t left_;
};

std::unique_ptr<RowSource> Enumerator::NextAsyncSource(std::size_t count) {
  return std::make_unique<NextAsyncRows>(shared_from_this(), count);
}

}  // namespace wmi::engine
