// Runtime: the threads, the table and the budget that all operations of a process share.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/byte_quota.h"
#include "engine/consumer.h"
#include "engine/operation_table.h"
#include "engine/row_source.h"
#include "exec/alarm.h"
#include "exec/scheduler.h"
#include "exec/wait_graph.h"

namespace wmi::engine {

class Runtime;

// A place in the operation table, taken before anything of the client is touched: the start of a call can only fail
// before the sink gets its reference (R1). Gives the place back unless committed.
class Reservation {
 public:
  Reservation(Runtime& runtime, exec::Lane session) : runtime_(&runtime), session_(session) {}
  Reservation(Reservation&& other) noexcept : runtime_(other.runtime_), session_(other.session_) {
    other.runtime_ = nullptr;
  }
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation();

  void Commit() { runtime_ = nullptr; }

 private:
  Runtime* runtime_;
  exec::Lane session_;
};

// Safe from several threads.
class Runtime {
 public:
  struct Options {
    std::size_t operations_per_session_max = limits::kOperationsPerSessionMax;
    std::size_t operations_per_process_max = limits::kOperationsPerProcessMax;
    std::size_t buffer_bytes_max = limits::kProcessBufferBytesMax;
    std::size_t result_bytes_per_session_max = limits::kResultBytesPerSessionMax;
    std::size_t result_bytes_per_process_max = limits::kResultBytesPerProcessMax;
    // How long a cancellation waits for a sink's callback to return.
    Duration cancel_wait_max = std::chrono::seconds(30);
    const Clock* clock = &SteadyClock();
    // Asked to ring at the next deadline; the ring calls ExpireOverdue. Without one, the owner of the clock calls it.
    exec::Timer* timer = nullptr;
  };

  struct Counters {
    std::uint64_t started = 0;
    std::uint64_t rows = 0;
    std::uint64_t batches = 0;
    std::size_t active = 0;
  };

  // `executor` runs our own turns, `delivery` enters sinks, `provider` enters code that may block. They outlive the
  // runtime.
  Runtime(exec::Scheduler& executor, exec::Scheduler& delivery, exec::Scheduler& provider, Options options);
  Runtime(exec::Scheduler& executor, exec::Scheduler& delivery, exec::Scheduler& provider);

  // A new connection's lane.
  exec::Lane NewLane() { return next_lane_.fetch_add(1, std::memory_order_relaxed); }
  Result<Reservation> Reserve(exec::Lane session);

  // Cancels every unfinished operation of the session with this sink (R6). kNotFound when there is none: also when all
  // have finished, which is harmless.
  Status CancelAll(exec::Lane session, const void* sink);

  // The connection has been released: its subscriptions end as cancelled (contract 2.5). Does not wait.
  void EndSubscriptions(exec::Lane session);

  // Ends what has passed its deadline; returns when to call again, TimePoint::max() for not before the next timer.
  TimePoint ExpireOverdue();

  // What the results of one connection may take, as a part of what the process may.
  std::shared_ptr<ByteQuota> NewSessionQuota() const;

  // Refuses new calls, cancels what runs, waits for all final calls. Returns what had not finished by the deadline, by
  // its description.
  std::vector<std::string> Shutdown(TimePoint deadline);
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  OperationTable& table() { return table_; }
  exec::WaitGraph& wait_graph() { return wait_graph_; }
  const Options& options() const { return options_; }
  const Clock& clock() const { return *options_.clock; }
  Counters counters() const;

  // For Operation.
  void SetDeadline(TimePoint deadline) {
    if (options_.timer && deadline != TimePoint::max()) options_.timer->RingAt(deadline);
  }
  // There are threads for what an operation posts. Throws std::bad_alloc.
  void Prepare();
  // Throws std::bad_alloc when there is no thread in the provider pool and none can be started.
  void PostProducer(Placement placement, exec::Lane lane, exec::Task task, exec::TaskSlot& slot);
  void PostStrand(ConsumerPlacement placement, exec::Lane lane, exec::Task task, exec::TaskSlot& slot);
  // An operation's part of the process budget: bounded memory whatever the number of calls (docs/operation.md).
  std::size_t BufferShareBytes() const;
  void CountBatch(std::size_t rows) {
    rows_.fetch_add(rows, std::memory_order_relaxed);
    batches_.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  exec::Scheduler& executor_;
  exec::Scheduler& delivery_;
  exec::Scheduler& provider_;
  const Options options_;
  const std::shared_ptr<ByteQuota> process_quota_;
  OperationTable table_;
  exec::WaitGraph wait_graph_;
  std::atomic<exec::Lane> next_lane_ = 1;
  std::atomic<std::uint64_t> started_ = 0;
  std::atomic<std::uint64_t> rows_ = 0;
  std::atomic<std::uint64_t> batches_ = 0;
  std::atomic<bool> prepared_ = false;
  std::atomic<bool> stopped_ = false;  // released after the last cancel, acquired by destructors
};

}  // namespace wmi::engine
