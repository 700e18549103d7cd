// PushPort: a row source that is fed from outside — by a COM provider's threads, by whoever fires events.
//
// One side pushes, finishes and lets go; the other is the source of an operation. What is pushed waits in a bounded
// queue. A query's pusher waits for room; of events the oldest give way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/status.h"
#include "cim/property_set.h"
#include "engine/ending.h"
#include "engine/notice.h"
#include "engine/row_source.h"
#include "wql/predicate.h"

namespace wmi::engine {

class KeySet;

// Safe from several threads. Shared by the pusher and the source.
class PushPort final : public std::enable_shared_from_this<PushPort> {
 public:
  enum class Overflow {
    kWait,        // the pusher's thread waits, up to `wait_max`, then gets kServerTooBusy
    kDropOldest,  // and counts what was lost
  };

  struct Options {
    Overflow overflow = Overflow::kWait;
    Duration wait_max = std::chrono::seconds(30);
    std::size_t rows_max = limits::kOperationRowsMax;
    std::size_t bytes_max = limits::kOperationBytesMax;
    // kDropOldest: whether pushers that can wait shall do so while it is half full (AwaitCatchUp).
    bool slows_down = false;
    // What may pass. Null: everything. The pusher may switch it off and on again (contract 2.3, REQUIREMENTS).
    std::shared_ptr<const wql::Predicate> filter = {};
    // The instances that may pass, whatever the pusher does. Null: all.
    std::shared_ptr<const KeySet> keys = {};
    // What the client sees of each row.
    cim::PropertySet visible = cim::PropertySet::All();
    // The class of the rows, or an ancestor; others are refused as kInvalidObject. Null: any object.
    cim::ClassPtr schema = {};
    // For messages and for the error of a provider that lets go without a final status.
    std::string provider = {};
  };

  explicit PushPort(Options options) : options_(std::move(options)) {}

  // ---- the pusher's side, from any thread

  // Takes the rows, or none of them. kCallCancelled: the call has ended, stop. kServerTooBusy: offer them again.
  // kInvalidObject, kInvalidOperation after Finish.
  Code Push(Batch rows);
  // Waits for room as Push does.
  Code Tell(Notice notice);
  // Whether rows are filtered here (default) or the pusher has done it.
  void SetFiltering(bool on);
  // Whether it is half full, and slows down those who push.
  bool IsBehind() const;
  // Waits until it is behind no more, or nobody reads or pushes any more. False: the deadline has passed.
  bool AwaitCatchUp(TimePoint deadline) const;
  // The final status; the first counts. The operation ends once the pusher has let go, too (contract 1.1).
  void Finish(Ending ending);
  // The final status, and nobody is waited for: the provider refused the call.
  void Fail(Status status);
  // The last reference on the response handler has gone; without a final status before, this is a failure of the
  // provider.
  void LetGo();
  // Nobody reads any more: pushers stop waiting.
  void Close();
  bool IsClosed() const;

  // What kDropOldest has cost.
  struct Loss {
    std::uint64_t dropped = 0;    // rows
    std::uint64_t overflows = 0;  // how often it began, counted anew whenever the queue had been emptied
    std::size_t waiting = 0;      // rows that wait now
  };
  Loss loss() const;
  std::uint64_t dropped() const { return loss().dropped; }

  // ---- the operation's side: RowSource::Pull

  Pulled Pull(const PullRequest& request, Batch& out);

 private:
  bool HasRoom() const WMI_REQUIRES(mutex_);
  bool IsHalfFull() const WMI_REQUIRES(mutex_);
  bool IsOver() const WMI_REQUIRES(mutex_) { return ending_.has_value() && (let_go_ || failed_); }
  // Waits for room; kOk when there is some.
  Code AwaitRoom(MutexLock& lock) WMI_REQUIRES(mutex_);
  // Makes room for what was pushed last.
  void DropOldest() WMI_REQUIRES(mutex_);
  // The rows that may pass, as the client shall see them.
  Code Admit(Batch& rows, bool filtering) const;
  std::function<void()> TakeWake() WMI_REQUIRES(mutex_) { return std::exchange(wake_, nullptr); }

  const Options options_;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::deque<cim::Object> rows_ WMI_GUARDED_BY(mutex_);
  std::size_t bytes_ WMI_GUARDED_BY(mutex_) = 0;
  std::deque<Notice> notices_ WMI_GUARDED_BY(mutex_);
  std::optional<Ending> ending_ WMI_GUARDED_BY(mutex_);
  std::function<void()> wake_ WMI_GUARDED_BY(mutex_);
  Loss loss_ WMI_GUARDED_BY(mutex_);
  bool is_overflowing_ WMI_GUARDED_BY(mutex_) = false;
  std::uint64_t losses_told_ WMI_GUARDED_BY(mutex_) = 0;  // to the operation, of Loss::dropped
  bool filtering_ WMI_GUARDED_BY(mutex_) = true;
  bool let_go_ WMI_GUARDED_BY(mutex_) = false;
  bool failed_ WMI_GUARDED_BY(mutex_) = false;
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
};

}  // namespace wmi::engine
