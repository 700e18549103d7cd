// ResultSet: the consumer behind enumerators and single results. It collects what an operation delivers and lets any
// number of cursors read it (docs/operation.md).
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/byte_quota.h"
#include "engine/consumer.h"
#include "engine/operation.h"

namespace wmi::engine {

// What is kept of rows that were read.
enum class Retention {
  kForwardOnly,  // nothing: one cursor only
  kRewindable,   // everything, as far as the quota goes
};
// How far the operation may run ahead of the furthest reader.
enum class RunAhead {
  kSmall,     // semisynchronous: a buffer's worth
  kToTheEnd,  // synchronous: everything, as far as the quota goes
};

// Safe from several threads. Kept by the operation until it has finished and by its readers.
class ResultSet final : public Consumer {
 public:
  // What is kept is taken from `quota`; past it the operation ends as kQuotaViolation.
  ResultSet(Retention retention, RunAhead run_ahead, std::shared_ptr<ByteQuota> quota)
      : retention_(retention), run_ahead_(run_ahead), quota_(std::move(quota)) {}
  ~ResultSet() override;

  // The operation that fills it; set once, right after the start.
  void Attach(std::shared_ptr<Operation> operation);

  ConsumerPlacement placement() const override { return ConsumerPlacement::kInline; }
  Delivered Consume(Batch batch) override;
  Code OnNotice(const Notice& notice) override;
  void Finish(const Ending& ending) override;

  // A place in the result; rows before it have been read by its owner.
  using Position = std::size_t;

  enum class ReadState {
    kComplete,  // as many as asked for
    kEnd,       // fewer: the operation has ended, as `ending` says
    kNotYet,    // fewer: the rest has not arrived
    kLost,      // none: rows were lost because nobody read; told once, the rest follows
  };
  struct ReadResult {
    ReadState state = ReadState::kNotYet;
    Ending ending;  // for kEnd and kLost
  };

  // Appends up to `count` rows from `position` on to `out` and moves `position`; waits for them until `deadline`
  // (TimePoint::min(): does not wait). Rows read are dropped when forward-only.
  ReadResult Read(Position& position, std::size_t count, TimePoint deadline, std::vector<cim::Object>& out);

  // Whether the operation has ended well and there is nothing behind `position`.
  bool IsEndAt(Position position);

  // Calls `wake` once when rows behind `position` or the end may be there. For readers that must not wait.
  void WakeWhenReady(Position position, std::function<void()> wake);

  // Calls every registered `wake`: something other than the rows has changed.
  void WakeAll();

  // Waits until the operation has ended; kNotYet at the deadline.
  ReadResult WaitEnd(TimePoint deadline);

  // Cancels the operation if it has not ended; nobody will read any more.
  void Abandon();

 private:
  std::size_t Available(Position position) const WMI_REQUIRES(mutex_) { return first_ + rows_.size() - position; }
  bool MustHoldBack() const WMI_REQUIRES(mutex_);
  std::vector<std::function<void()>> TakeWakers() WMI_REQUIRES(mutex_);

  const Retention retention_;
  const RunAhead run_ahead_;
  const std::shared_ptr<ByteQuota> quota_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<cim::Object> rows_ WMI_GUARDED_BY(mutex_);
  Position first_ WMI_GUARDED_BY(mutex_) = 0;     // position of rows_.front()
  Position furthest_ WMI_GUARDED_BY(mutex_) = 0;  // of any reader
  std::size_t bytes_ WMI_GUARDED_BY(mutex_) = 0;  // taken from the quota
  Status over_quota_ WMI_GUARDED_BY(mutex_);
  std::uint64_t lost_ WMI_GUARDED_BY(mutex_) = 0;  // rows, and no reader was told
  bool acknowledgement_due_ WMI_GUARDED_BY(mutex_) = false;
  bool ended_ WMI_GUARDED_BY(mutex_) = false;
  bool abandoned_ WMI_GUARDED_BY(mutex_) = false;
  Ending ending_ WMI_GUARDED_BY(mutex_);
  std::weak_ptr<Operation> operation_ WMI_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> wakers_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
