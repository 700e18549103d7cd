// Operation: one call — synchronous, semisynchronous, asynchronous — from its start to its one final status.
//
// The design is docs/operation.md. In short: a producer side pulls batches from a RowSource into a bounded buffer; a
// strand hands them to a Consumer, one callback at a time; a cancellation decides the outcome and, when no callback is
// running, makes the final call itself.
//
// States, all guarded by one mutex that is never held while foreign code runs (I4):
//   producer  idle -> queued -> running -> {queued, idle (no room), blocked (source waits), done}
//   strand    idle -> queued -> busy(thread) -> {queued, idle, awaiting (acknowledgement), done}
//   decision  open -> decided -> sent
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/consumer.h"
#include "engine/deadline.h"
#include "engine/row_source.h"
#include "exec/task.h"

namespace wmi::engine {

class Runtime;
class Reservation;

enum class WantsProgress { kNo, kYes };

// What ends an operation besides its source: a subscription ends with its connection too (contract 2.5).
enum class Lifetime { kCall, kSubscription };

// Whether Cancel waits for a callback that is running on another thread.
enum class CancelWait { kWait, kDoNotWait };

// Safe from several threads. Held by the runtime's table until it has finished, and by the tasks it has queued.
class Operation final : public std::enable_shared_from_this<Operation> {
 public:
  struct Call {
    exec::Lane session = 0;
    // What is being done, in words: "ExecQueryAsync SELECT * FROM Win32_Process". For stall and shutdown reports.
    std::string description;
    // The very pointer of the client's sink, null when there is none; the key of CancelAll.
    const void* sink = nullptr;
    WantsProgress wants_progress = WantsProgress::kNo;
    std::unique_ptr<RowSource> source;
    std::shared_ptr<Consumer> consumer;
    std::size_t rows_max = 0;  // capacity of the buffer; 0: the usual one
    // Past it the operation ends as kTimedOut, whatever its source and its consumer do.
    Deadline deadline;
    Lifetime lifetime = Lifetime::kCall;
  };

  // Enters the operation in the table, tells the consumer that it is accepted and queues the first turn. Runs no
  // foreign code but that, and does not parse, read or wait (R1). Throws std::bad_alloc only before the consumer was
  // accepted. From then on running out of memory ends the operation as kOutOfMemory: turns wait in slots of their own
  // when a queue has no place for them, and neither a cancellation nor the final call needs memory. A cancellation
  // that is faster than the start waits for it.
  static std::shared_ptr<Operation> Start(Runtime& runtime, Reservation reservation, Call call);

  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation();

  // Ends the operation with `outcome` unless its outcome was decided before. On return (CancelWait::kWait) the consumer
  // has been finished and dropped (R7), except when the callback that is running is on this thread's own stack, or its
  // thread waits, through others, for this one: then it follows as soon as that callback returns. kTimedOut when
  // that callback did not return within limits.
  Code Cancel(Status outcome = Status(code::kCallCancelled), CancelWait wait = CancelWait::kWait);

  // For when its deadline has passed: ends it without waiting. For the delivery pool, because it may make the final
  // call.
  exec::Task ExpireTask();

  // The answer to a Delivered::Later(). Ignored when none is due.
  void Acknowledge(Code code);

  const std::string& Description() const { return description_; }
  const void* sink() const { return sink_; }
  exec::Lane session() const { return session_; }
  TimePoint deadline() const { return deadline_.at; }
  Lifetime lifetime() const { return lifetime_; }

  // A look from outside, for tests and counters.
  struct Snapshot {
    std::size_t buffered_rows = 0;
    bool finished = false;
    std::string transitions;  // the last state changes, oldest first
  };
  Snapshot snapshot() const;

 private:
  enum class Producer : std::uint8_t { kIdle, kQueued, kRunning, kBlocked, kDone };
  enum class Strand : std::uint8_t { kIdle, kQueued, kBusy, kAwaiting, kDone };
  enum class Decision : std::uint8_t { kOpen, kDecided, kSent };

  struct Buffered {
    Batch rows;
    std::size_t bytes;
  };

  // Lists, because an empty one costs no memory: endings must not need any.
  struct Undelivered {
    std::list<Buffered> rows;
    std::list<Notice> notices;
  };

  // Work found under the lock, to be done without it.
  struct Afterwards {
    bool post_producer = false;
    bool post_strand = false;
  };

  Operation(Runtime& runtime, Call call);

  // Makes it an operation that can be found and cancelled, but not finished by others: its strand is this thread's.
  void Open();
  // Was refused: dies without a final status.
  void Discard();
  // The consumer has accepted: the first turn, or the end if somebody was faster.
  void Run();
  void ProducerTurn();
  void StrandTurn();
  void Wake();
  void Expire();
  void Do(Afterwards afterwards);
  // There is no thread for the producer and none can be started. True when a strand task is to be posted.
  bool FailProducer();
  // As source_->Pull; running out of memory ends the call, not the process.
  Pulled PullSafely(PullRequest& request, Batch& rows);

  void SetProducer(Producer next) WMI_REQUIRES(mutex_);
  void SetStrand(Strand next) WMI_REQUIRES(mutex_);
  void Remember(char transition) WMI_REQUIRES(mutex_);
  void Decide(Ending ending) WMI_REQUIRES(mutex_);
  bool HasRoom() const WMI_REQUIRES(mutex_);
  // Everything was produced and handed out, or the outcome was decided early.
  bool ReadyToFinish() const WMI_REQUIRES(mutex_);
  bool HasDelivery() const WMI_REQUIRES(mutex_) { return !buffer_.empty() || !notices_.empty() || ReadyToFinish(); }
  void Store(Batch rows, std::size_t bytes) WMI_REQUIRES(mutex_);
  // Hands the next rows or the next notice to the consumer; gives the mutex up for it.
  Delivered DeliverOne() WMI_REQUIRES(mutex_);
  Undelivered TakeUndelivered() WMI_REQUIRES(mutex_);
  Batch TakeBatch() WMI_REQUIRES(mutex_);
  Batch TakeFront() WMI_REQUIRES(mutex_);
  void Store(std::vector<Notice> notices) WMI_REQUIRES(mutex_);
  // Queues the producer if it waits for room and there is some; true when its task is to be posted.
  bool ResumeProducer() WMI_REQUIRES(mutex_);
  Afterwards AfterPull(Pulled pulled, Batch rows, std::size_t bytes, bool batch_was_full) WMI_REQUIRES(mutex_);
  void PostStrandTask() WMI_EXCLUDES(mutex_);
  // The next three give the mutex up while they call out, and hold it again on return.
  // With the strand busy on this thread: calls the consumer once, or finishes; then idles or queues the strand again.
  void RunStrand() WMI_REQUIRES(mutex_);
  void AfterCallback(Code code) WMI_REQUIRES(mutex_);
  void Finish() WMI_REQUIRES(mutex_);
  Code AwaitFinish(std::thread::id owner) WMI_EXCLUDES(mutex_);
  exec::Task ProducerTask();
  exec::Task StrandTask();

  Runtime& runtime_;
  const exec::Lane session_;
  const std::string description_;
  const void* const sink_;
  const WantsProgress wants_progress_;
  const ConsumerPlacement placement_;
  const std::size_t rows_max_;
  const Deadline deadline_;
  const Lifetime lifetime_;
  std::stop_source stop_source_;

  // Used by whoever runs the producer; moved out under the lock when nobody does.
  std::unique_ptr<RowSource> source_;
  // Used by whoever owns the strand; dropped once, by the owner that finishes (I6).
  std::shared_ptr<Consumer> consumer_;

  mutable Mutex mutex_;
  CondVar finished_signal_;
  Producer producer_ WMI_GUARDED_BY(mutex_) = Producer::kIdle;
  Strand strand_ WMI_GUARDED_BY(mutex_) = Strand::kIdle;
  Decision decision_ WMI_GUARDED_BY(mutex_) = Decision::kOpen;
  std::thread::id strand_owner_ WMI_GUARDED_BY(mutex_);
  Ending ending_ WMI_GUARDED_BY(mutex_);
  Ending source_ending_ WMI_GUARDED_BY(mutex_);
  std::list<Buffered> buffer_ WMI_GUARDED_BY(mutex_);
  std::size_t buffered_rows_ WMI_GUARDED_BY(mutex_) = 0;
  std::size_t buffered_bytes_ WMI_GUARDED_BY(mutex_) = 0;
  std::list<Notice> notices_ WMI_GUARDED_BY(mutex_);
  bool notice_is_next_ WMI_GUARDED_BY(mutex_) = false;  // rows and notices take turns
  std::size_t batch_rows_ WMI_GUARDED_BY(mutex_) = 1;
  bool wake_pending_ WMI_GUARDED_BY(mutex_) = false;
  bool finished_ WMI_GUARDED_BY(mutex_) = true;  // until it is opened
  std::optional<Code> early_acknowledgement_ WMI_GUARDED_BY(mutex_);
  std::array<char, 16> transitions_ WMI_GUARDED_BY(mutex_){};
  std::size_t transition_count_ WMI_GUARDED_BY(mutex_) = 0;
  // At most one task of each kind is queued at a time, so it has its place even without memory.
  exec::TaskSlot producer_slot_;
  exec::TaskSlot strand_slot_;
};

}  // namespace wmi::engine
