#include "engine/runtime.h"

#include <algorithm>
#include <new>

#include "engine/operation.h"

namespace wmi::engine {
namespace {

constexpr auto kExpireAgainAfter = std::chrono::seconds(1);

}  // namespace

Reservation::~Reservation() {
  if (runtime_) runtime_->table().Unreserve(session_);
}

Runtime::Runtime(exec::Scheduler& executor, exec::Scheduler& delivery, exec::Scheduler& provider, Options options)
    : executor_(executor),
      delivery_(delivery),
      provider_(provider),
      options_(options),
      process_quota_(std::make_shared<ByteQuota>("this process", options.result_bytes_per_process_max)),
      table_({options.operations_per_session_max, options.operations_per_process_max}) {}

Runtime::Runtime(exec::Scheduler& executor, exec::Scheduler& delivery, exec::Scheduler& provider)
    : Runtime(executor, delivery, provider, Options()) {}

Result<Reservation> Runtime::Reserve(exec::Lane session) {
  TRY(table_.Reserve(session));
  started_.fetch_add(1, std::memory_order_relaxed);
  return Reservation(*this, session);
}

Status Runtime::CancelAll(exec::Lane session, const void* sink) {
  // What is started meanwhile is not meant.
  const OperationTable::Number last = table_.LastNumber();
  bool found_any = false;
  Code worst = code::kOk;
  for (OperationTable::Found found = table_.FindBySink(session, sink, 0); found.operation && found.number <= last;
       found = table_.FindBySink(session, sink, found.number)) {
    found_any = true;
    const Code code = found.operation->Cancel();
    if (Failed(code)) worst = code;
  }
  if (!found_any) return Status(code::kNotFound, "no call of this connection that has not ended uses this sink");
  if (Failed(worst)) {
    return Status(
        worst, "the call is cancelled, but a callback of its sink has not returned; the sink is released when it does");
  }
  return Status();
}

void Runtime::EndSubscriptions(exec::Lane session) {
  for (OperationTable::Found found = table_.FindSubscription(session, 0); found.operation;
       found = table_.FindSubscription(session, found.number)) {
    found.operation->Cancel(Status(code::kCallCancelled), CancelWait::kDoNotWait);
  }
}

TimePoint Runtime::ExpireOverdue() {
  const TimePoint now = clock().Now();
  try {
    // Those that end at once leave the table; a callback that hangs, or no memory for the task, means another try.
    for (const std::shared_ptr<Operation>& operation : table_.TakeOverdue(now, now + kExpireAgainAfter)) {
      delivery_.Post(operation->session(), operation->ExpireTask());
    }
  } catch (const std::bad_alloc&) {
    return now + kExpireAgainAfter;
  }
  return table_.NextDeadline();
}

std::shared_ptr<ByteQuota> Runtime::NewSessionQuota() const {
  return std::make_shared<ByteQuota>("this connection", options_.result_bytes_per_session_max, process_quota_);
}

std::vector<std::string> Runtime::Shutdown(TimePoint deadline) {
  table_.Close();
  for (const std::shared_ptr<Operation>& operation : table_.All()) {
    operation->Cancel(Status(code::kShuttingDown), CancelWait::kDoNotWait);
  }
  table_.WaitEmpty(deadline);
  std::vector<std::string> unfinished;
  for (const std::shared_ptr<Operation>& operation : table_.All()) unfinished.push_back(operation->Description());
  stopped_.store(true, std::memory_order_release);
  return unfinished;
}

Runtime::Counters Runtime::counters() const {
  Counters counters;
  counters.started = started_.load(std::memory_order_relaxed);
  counters.rows = rows_.load(std::memory_order_relaxed);
  counters.batches = batches_.load(std::memory_order_relaxed);
  counters.active = table_.size();
  return counters;
}

void Runtime::Prepare() {
  if (prepared_.load(std::memory_order_relaxed)) return;
  executor_.Prepare();
  delivery_.Prepare();
  prepared_.store(true, std::memory_order_relaxed);
}

void Runtime::PostProducer(Placement placement, exec::Lane lane, exec::Task task, exec::TaskSlot& slot) {
  (placement == Placement::kProvider ? provider_ : executor_).Post(lane, std::move(task), &slot);
}

void Runtime::PostStrand(ConsumerPlacement placement, exec::Lane lane, exec::Task task, exec::TaskSlot& slot) {
  (placement == ConsumerPlacement::kDelivery ? delivery_ : executor_).Post(lane, std::move(task), &slot);
}

std::size_t Runtime::BufferShareBytes() const {
  const std::size_t active = std::max<std::size_t>(table_.size(), 1);
  return std::min(limits::kOperationBytesMax, std::max<std::size_t>(options_.buffer_bytes_max / active, 1));
}

}  // namespace wmi::engine
