// Enumerator: one reader's place in a ResultSet, with the requests to it in order (R9).
//
// Next, Skip, Reset, Clone and NextAsync of one enumerator are served one after the other, in the order they came. A
// Next behind a NextAsync waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/result_set.h"
#include "engine/row_source.h"

namespace wmi::engine {

// Safe from several threads. Held by its COM object and by pending NextAsync sources.
class Enumerator final : public std::enable_shared_from_this<Enumerator> {
 public:
  Enumerator(std::shared_ptr<ResultSet> results, Retention retention);
  // The last enumerator of a result set cancels the operation.
  ~Enumerator();

  struct NextResult {
    // kOk, kFalse, kTimedOutOk, the error of the operation, or kClientTooSlow: events were lost, and no row comes with
    // this answer; the next request goes on.
    Code code = code::kOk;
    Ending ending;  // the operation's failure, with detail; with kFalse its remark, if there is one
    std::vector<cim::Object> rows;
  };

  // Its owner has released it: pending NextAsync requests end as cancelled (contract 5.2).
  void Close();

  // Codes as contract 5.2. `deadline` covers the whole request: waiting for earlier requests, too.
  NextResult Next(std::size_t count, TimePoint deadline);
  NextResult Skip(std::size_t count, TimePoint deadline);
  // kInvalidOperation when forward-only. Pending NextAsync requests are not affected.
  Status Reset();
  // A second reader at the same place; kInvalidOperation when forward-only.
  Result<std::shared_ptr<Enumerator>> Clone();

  // True when everything has been read and the operation has ended well: NextAsync answers kFalse at once.
  bool IsExhausted();
  // A source that delivers the next `count` rows and then ends with kOk, or kFalse when there were fewer. It takes its
  // place in the order of requests now.
  std::unique_ptr<RowSource> NextAsyncSource(std::size_t count);

 private:
  friend class NextAsyncRows;
  using Ticket = std::uint64_t;
  struct Request;
  struct Shared;  // keeps the result set alive and cancels with the last reader

  Enumerator(std::shared_ptr<Shared> shared, ResultSet::Position position);

  Ticket TakeTicket();
  void ReturnTicket(Ticket ticket);
  bool IsTurn(Ticket ticket);
  bool IsClosed();
  bool AwaitTurn(Ticket ticket, TimePoint deadline);
  // At once when it is the turn already, or the enumerator is closed.
  void WakeAtTurn(Ticket ticket, std::function<void()> wake);
  ResultSet& results();

  const std::shared_ptr<Shared> shared_;
  Mutex mutex_;
  CondVar turn_;
  std::deque<Ticket> tickets_ WMI_GUARDED_BY(mutex_);  // waiting requests, the one being served first
  std::vector<std::function<void()>> wakers_ WMI_GUARDED_BY(mutex_);
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
  Ticket next_ticket_ WMI_GUARDED_BY(mutex_) = 1;
  ResultSet::Position position_ = 0;  // owned by the request being served
};

}  // namespace wmi::engine
