#include "engine/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include "base/fault.h"
#include "base/limits.h"
#include "engine/runtime.h"

namespace wmi::engine {
namespace {

std::size_t BytesOf(const Batch& batch) {
  std::size_t bytes = 0;
  for (const cim::Object& object : batch) bytes += object.size_bytes();
  return bytes;
}

// Without memory the code has to say it alone.
Status TimedOut(std::chrono::milliseconds limit) {
  try {
    return Status(code::kTimedOut,
                  fmt::format("the call had not ended when its time of {} ms was over; give it more with the value "
                              "OPENWMI_TIMEOUT_MS in the context of the call or connection, or in the environment "
                              "(0: no limit)",
                              limit.count()));
  } catch (const std::bad_alloc&) {
    return Status(code::kTimedOut);
  }
}

}  // namespace

Operation::Operation(Runtime& runtime, Call call)
    : runtime_(runtime),
      session_(call.session),
      description_(std::move(call.description)),
      sink_(call.sink),
      wants_progress_(call.wants_progress),
      placement_(call.consumer->placement()),
      rows_max_(call.rows_max ? call.rows_max : limits::kOperationRowsMax),
      deadline_(call.deadline),
      lifetime_(call.lifetime),
      source_(std::move(call.source)),
      consumer_(std::move(call.consumer)) {}

Operation::~Operation() {
  // A scheduler that was stopped drops tasks; only then may an operation die unfinished.
  MutexLock lock(mutex_);
  assert(finished_ || runtime_.stopped());
}

std::shared_ptr<Operation> Operation::Start(Runtime& runtime, Reservation reservation, Call call) {
  if (FaultHere("engine.insert")) throw std::bad_alloc();
  runtime.Prepare();
  std::shared_ptr<Operation> operation(new Operation(runtime, std::move(call)));
  operation->Open();
  bool entered = false;
  try {
    runtime.table().Insert(operation);
    entered = true;
    reservation.Commit();
    runtime.SetDeadline(operation->deadline());
  } catch (const std::bad_alloc&) {
    if (entered) runtime.table().Remove(*operation);
    operation->Discard();
    throw;
  }
  operation->consumer_->Accepted();
  operation->Run();
  return operation;
}

void Operation::Open() {
  MutexLock lock(mutex_);
  finished_ = false;
  SetStrand(Strand::kBusy);
}

void Operation::Discard() {
  MutexLock lock(mutex_);
  finished_ = true;
  finished_signal_.NotifyAll();
}

void Operation::Run() {
  MutexLock lock(mutex_);
  if (decision_ != Decision::kOpen) {
    // Cancelled before it began. Not ended here: whoever starts a call may hold a lock that its sink takes.
    SetStrand(Strand::kQueued);
    lock.Unlock();
    PostStrandTask();
    return;
  }
  SetStrand(Strand::kIdle);
  SetProducer(Producer::kQueued);
  lock.Unlock();
  if (FaultHere("engine.post")) {
    Cancel(Status(code::kOutOfMemory));
  } else {
    Do({.post_producer = true, .post_strand = false});
  }
}

// ---- producer side -------------------------------------------------------------------------------------------------

void Operation::ProducerTurn() {
  MutexLock lock(mutex_);
  if (decision_ != Decision::kOpen) {
    SetProducer(Producer::kDone);
    std::unique_ptr<RowSource> source = std::move(source_);
    lock.Unlock();  // the source dies without the lock
    return;
  }
  SetProducer(Producer::kRunning);
  PullRequest request;
  request.rows_max = batch_rows_;
  request.bytes_max = runtime_.BufferShareBytes();
  request.stop = stop_source_.get_token();
  lock.Unlock();

  Batch rows;
  Pulled pulled = PullSafely(request, rows);
  assert(rows.size() <= request.rows_max);
  const bool batch_was_full = rows.size() == request.rows_max;
  const std::size_t bytes = BytesOf(rows);

  lock.Lock();
  Afterwards afterwards;
  std::unique_ptr<RowSource> ended_source;
  if (decision_ != Decision::kOpen) {
    SetProducer(Producer::kDone);
  } else {
    afterwards = AfterPull(std::move(pulled), std::move(rows), bytes, batch_was_full);
  }
  if (producer_ == Producer::kDone) ended_source = std::move(source_);
  lock.Unlock();
  ended_source.reset();
  Do(afterwards);
}

Pulled Operation::PullSafely(PullRequest& request, Batch& rows) {
  try {
    request.wake = [weak = weak_from_this()] {
      if (std::shared_ptr<Operation> operation = weak.lock()) operation->Wake();
    };
    rows.reserve(request.rows_max);
    return source_->Pull(request, rows);
  } catch (const std::bad_alloc&) {
    return Pulled::End(Status(code::kOutOfMemory));
  }
}

Operation::Afterwards Operation::AfterPull(Pulled pulled, Batch rows, std::size_t bytes, bool batch_was_full) {
  Afterwards afterwards;
  try {
    if (!rows.empty()) Store(std::move(rows), bytes);
    Store(std::move(pulled.notices));
  } catch (const std::bad_alloc&) {
    pulled = Pulled::End(Status(code::kOutOfMemory));
  }
  // First row early, then throughput.
  if (batch_was_full) batch_rows_ = std::min(batch_rows_ * 2, limits::kBatchRowsMax);
  switch (pulled.state) {
    case PullState::kEnd:
      source_ending_ = std::move(pulled.ending);
      SetProducer(Producer::kDone);
      break;
    case PullState::kBlocked:
      if (!wake_pending_) {
        SetProducer(Producer::kBlocked);
        break;
      }
      [[fallthrough]];
    case PullState::kMore:
      // Without room the operation is simply not queued again; the strand does it when it has taken a batch (I5).
      SetProducer(HasRoom() ? Producer::kQueued : Producer::kIdle);
      afterwards.post_producer = producer_ == Producer::kQueued;
      break;
  }
  wake_pending_ = false;
  if (strand_ == Strand::kIdle && HasDelivery()) {
    SetStrand(Strand::kQueued);
    afterwards.post_strand = true;
  }
  return afterwards;
}

void Operation::Wake() {
  MutexLock lock(mutex_);
  if (producer_ == Producer::kRunning) wake_pending_ = true;
  if (producer_ != Producer::kBlocked || decision_ != Decision::kOpen) return;
  SetProducer(Producer::kQueued);
  lock.Unlock();
  Do({.post_producer = true, .post_strand = false});
}

void Operation::Store(Batch rows, std::size_t bytes) {
  const std::size_t count = rows.size();
  buffer_.push_back({std::move(rows), bytes});
  buffered_rows_ += count;
  buffered_bytes_ += bytes;
}

void Operation::Store(std::vector<Notice> notices) {
  for (Notice& notice : notices) {
    if (std::holds_alternative<Progress>(notice)) {
      if (wants_progress_ == WantsProgress::kNo) continue;
      // Only the newest state of the work is news.
      std::erase_if(notices_, [](const Notice& older) { return std::holds_alternative<Progress>(older); });
    }
    if (const Lost* const lost = std::get_if<Lost>(&notice); lost != nullptr && !notices_.empty()) {
      if (Lost* const before = std::get_if<Lost>(&notices_.back())) {
        before->count += lost->count;
        continue;
      }
    }
    notices_.push_back(std::move(notice));
  }
}

bool Operation::HasRoom() const {
  return buffered_rows_ < rows_max_ && buffered_bytes_ < runtime_.BufferShareBytes() &&
         notices_.size() < limits::kNoticesMax;
}

// ---- strand --------------------------------------------------------------------------------------------------------

void Operation::StrandTurn() {
  MutexLock lock(mutex_);
  if (strand_ != Strand::kQueued) return;  // a canceller has claimed it
  SetStrand(Strand::kBusy);
  RunStrand();
}

void Operation::RunStrand() {
  if (ReadyToFinish()) {
    Finish();
    return;
  }
  Delivered delivered = DeliverOne();
  if (!delivered.acknowledged) {
    if (!early_acknowledgement_ && decision_ == Decision::kOpen) {
      SetStrand(Strand::kAwaiting);
      return;
    }
    delivered.code = early_acknowledgement_.value_or(code::kOk);
  }
  early_acknowledgement_.reset();
  AfterCallback(delivered.code);
}

Delivered Operation::DeliverOne() {
  Delivered delivered;
  bool has_memory = true;
  const bool rows_are_next = notices_.empty() || (!buffer_.empty() && !notice_is_next_);
  notice_is_next_ = rows_are_next;
  Batch batch;
  std::list<Notice> notice;
  if (rows_are_next) {
    batch = TakeBatch();
  } else {
    notice.splice(notice.end(), notices_, notices_.begin());
  }
  const bool resume = ResumeProducer();
  mutex_.Unlock();
  Do({.post_producer = resume, .post_strand = false});
  try {
    if (rows_are_next) {
      runtime_.CountBatch(batch.size());
      delivered = consumer_->Consume(std::move(batch));
    } else {
      delivered = Delivered::With(consumer_->OnNotice(notice.front()));
    }
  } catch (const std::bad_alloc&) {
    has_memory = false;
  }
  batch.clear();
  notice.clear();
  mutex_.Lock();
  if (!has_memory) Decide(Status(code::kOutOfMemory));
  return delivered;
}

bool Operation::ResumeProducer() {
  if (producer_ != Producer::kIdle || !HasRoom()) return false;
  SetProducer(Producer::kQueued);
  return true;
}

void Operation::AfterCallback(Code code) {
  if (Failed(code)) Decide(Status(code::kCallCancelled));
  if (ReadyToFinish()) {
    Finish();
    return;
  }
  // One batch a turn: more rows go to the end of the queue, behind the other operations.
  const bool more = HasDelivery();
  SetStrand(more ? Strand::kQueued : Strand::kIdle);
  mutex_.Unlock();
  if (more) PostStrandTask();
  mutex_.Lock();
}

void Operation::Acknowledge(Code code) {
  MutexLock lock(mutex_);
  if (strand_ == Strand::kBusy) early_acknowledgement_ = code;
  if (strand_ != Strand::kAwaiting) return;
  if (Failed(code)) Decide(Status(code::kCallCancelled));
  const bool more = HasDelivery();
  SetStrand(more ? Strand::kQueued : Strand::kIdle);
  lock.Unlock();
  // Never on the caller's stack: it may hold locks of its own.
  if (more) PostStrandTask();
}

Batch Operation::TakeBatch() {
  Batch batch = TakeFront();
  // Merge what piled up while the consumer lagged.
  while (!buffer_.empty() && batch.size() + buffer_.front().rows.size() <= limits::kMergedBatchRowsMax) {
    try {
      batch.reserve(batch.size() + buffer_.front().rows.size());
    } catch (const std::bad_alloc&) {
      break;  // they come by themselves
    }
    Batch next = TakeFront();
    std::move(next.begin(), next.end(), std::back_inserter(batch));
  }
  return batch;
}

Batch Operation::TakeFront() {
  Buffered front = std::move(buffer_.front());
  buffer_.pop_front();
  buffered_rows_ -= front.rows.size();
  buffered_bytes_ -= front.bytes;
  return std::move(front.rows);
}

// ---- outcome -------------------------------------------------------------------------------------------------------

bool Operation::ReadyToFinish() const {
  if (decision_ == Decision::kDecided) return true;
  return decision_ == Decision::kOpen && producer_ == Producer::kDone && buffer_.empty() && notices_.empty();
}

void Operation::Decide(Ending ending) {
  if (decision_ != Decision::kOpen) return;  // the first decision wins (I3)
  ending_ = std::move(ending);
  decision_ = Decision::kDecided;
}

void Operation::Finish() {
  assert(strand_ == Strand::kBusy && strand_owner_ == std::this_thread::get_id());
  const bool early = decision_ == Decision::kDecided;
  Decide(std::move(source_ending_));
  decision_ = Decision::kSent;  // before the call: nobody starts another one (I2)
  const Ending ending = std::move(ending_);
  Undelivered dropped = TakeUndelivered();
  std::unique_ptr<RowSource> source;
  if (producer_ == Producer::kIdle || producer_ == Producer::kBlocked) {
    SetProducer(Producer::kDone);
    source = std::move(source_);
  }
  std::shared_ptr<Consumer> consumer = std::move(consumer_);
  mutex_.Unlock();

  if (early) stop_source_.request_stop();
  source.reset();
  dropped = {};
  consumer->Finish(ending);
  consumer.reset();  // releases the sink, before anybody who waits for this end goes on (R7)
  std::shared_ptr<Operation> self = shared_from_this();
  runtime_.table().Remove(*this);

  mutex_.Lock();
  SetStrand(Strand::kDone);
  finished_ = true;
  finished_signal_.NotifyAll();
}

Code Operation::Cancel(Status outcome, CancelWait wait) {
  std::shared_ptr<Operation> self = shared_from_this();
  Undelivered dropped;  // dies after the lock
  MutexLock lock(mutex_);
  if (finished_) return code::kOk;
  if (decision_ == Decision::kOpen) {
    Decide(std::move(outcome));
    dropped = TakeUndelivered();
  }
  if (strand_ != Strand::kBusy) {
    // No callback is running: this thread owns the end. It works even if every delivery thread is stuck.
    SetStrand(Strand::kBusy);
    Finish();
    return code::kOk;
  }
  const std::thread::id owner = strand_owner_;
  lock.Unlock();
  stop_source_.request_stop();
  dropped = {};
  if (wait == CancelWait::kDoNotWait) return code::kOk;
  return AwaitFinish(owner);
}

void Operation::Expire() {
  Cancel(TimedOut(std::chrono::round<std::chrono::milliseconds>(deadline_.limit)), CancelWait::kDoNotWait);
}

Operation::Undelivered Operation::TakeUndelivered() {
  Undelivered taken;
  std::swap(taken.rows, buffer_);
  std::swap(taken.notices, notices_);
  buffered_rows_ = 0;
  buffered_bytes_ = 0;
  return taken;
}

Code Operation::AwaitFinish(std::thread::id owner) {
  // The callback is on this thread's own stack, or its thread waits for this one: the frame below it finishes.
  exec::WaitGraph::Wait wait;
  if (!runtime_.wait_graph().Begin(owner, wait)) return code::kOk;
  const TimePoint deadline = SteadyClock().Now() + runtime_.options().cancel_wait_max;
  MutexLock lock(mutex_);
  while (!finished_) {
    if (!finished_signal_.WaitUntil(lock, deadline)) break;
  }
  const bool finished = finished_;
  lock.Unlock();
  runtime_.wait_graph().End(wait);
  return finished ? code::kOk : code::kTimedOut;
}

// ---- state changes, asserted and remembered ------------------------------------------------------------------------

void Operation::SetProducer(Producer next) {
  switch (producer_) {
    case Producer::kIdle:
    case Producer::kBlocked:
      assert(next == Producer::kQueued || next == Producer::kDone);
      break;
    case Producer::kQueued:
      assert(next == Producer::kRunning || next == Producer::kDone);
      break;
    case Producer::kRunning:
      assert(next != Producer::kRunning);
      break;
    case Producer::kDone:
      assert(false && "a producer that is done stays so");
      break;
  }
  producer_ = next;
  Remember("iqrbd"[static_cast<std::size_t>(next)]);
}

void Operation::SetStrand(Strand next) {
  switch (strand_) {
    case Strand::kIdle:
    case Strand::kQueued:
    case Strand::kAwaiting:
      assert(next != Strand::kDone && next != Strand::kAwaiting);
      break;
    case Strand::kBusy:
      assert(strand_owner_ == std::this_thread::get_id());  // I1: one thread in the consumer
      assert(next != Strand::kBusy);
      break;
    case Strand::kDone:
      assert(false && "a strand that is done stays so");
      break;
  }
  strand_ = next;
  strand_owner_ = next == Strand::kBusy ? std::this_thread::get_id() : std::thread::id();
  Remember("IQBAD"[static_cast<std::size_t>(next)]);
}

void Operation::Remember(char transition) {
  transitions_[transition_count_ % transitions_.size()] = transition;
  ++transition_count_;
}

// ---- bookkeeping ---------------------------------------------------------------------------------------------------

void Operation::Do(Afterwards afterwards) {
  if (afterwards.post_producer) {
    try {
      runtime_.PostProducer(source_->placement(), session_, ProducerTask(), producer_slot_);
    } catch (const std::bad_alloc&) {
      afterwards.post_strand = FailProducer() || afterwards.post_strand;
    }
  }
  if (!afterwards.post_strand) return;
  if (placement_ == ConsumerPlacement::kInline) {
    StrandTurn();
  } else {
    PostStrandTask();
  }
}

bool Operation::FailProducer() {
  std::unique_ptr<RowSource> source;  // dies after the lock
  MutexLock lock(mutex_);
  SetProducer(Producer::kDone);
  source = std::move(source_);
  Decide(Status(code::kOutOfMemory));
  if (strand_ != Strand::kIdle) return false;
  SetStrand(Strand::kQueued);
  return true;
}

void Operation::PostStrandTask() { runtime_.PostStrand(placement_, session_, StrandTask(), strand_slot_); }

exec::Task Operation::ProducerTask() { return exec::Task::Of<&Operation::ProducerTurn>(shared_from_this()); }
exec::Task Operation::ExpireTask() { return exec::Task::Of<&Operation::Expire>(shared_from_this()); }
exec::Task Operation::StrandTask() { return exec::Task::Of<&Operation::StrandTurn>(shared_from_this()); }

Operation::Snapshot Operation::snapshot() const {
  MutexLock lock(mutex_);
  Snapshot snapshot;
  snapshot.buffered_rows = buffered_rows_;
  snapshot.finished = finished_;
  const std::size_t kept = std::min(transition_count_, transitions_.size());
  for (std::size_t i = transition_count_ - kept; i < transition_count_; ++i) {
    snapshot.transitions += transitions_[i % transitions_.size()];
  }
  return snapshot;
}

}  // namespace wmi::engine
