// Test doubles of the engine: a class of numbers, a source that counts, a consumer that remembers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "cim/row.h"
#include "engine/consumer.h"
#include "engine/operation.h"
#include "engine/row_source.h"
#include "engine/runtime.h"

namespace wmi::engine {

// A class Number with one property, uint32 Value.
inline cim::ClassPtr NumberClass() {
  static const cim::ClassPtr schema = [] {
    cim::ClassDeclaration declaration;
    declaration.name = "Number";
    cim::Property value;
    value.name = "Value";
    value.type.type = cim::CimType::kUint32;
    declaration.properties.push_back(std::move(value));
    return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  }();
  return schema;
}

inline void AppendNumbers(std::uint64_t first, std::size_t count, Batch& out) {
  cim::RowBlockBuilder builder;
  for (std::size_t i = 0; i < count; ++i) {
    builder.BeginRow(NumberClass());
    builder.SetUnsigned(0, first + i);
    builder.CommitRow();
  }
  builder.Finish(out);
}

inline std::uint64_t NumberOf(const cim::Object& object) { return object.slot(0).unsigned_integer(); }

// Counts the sources that are alive and the rows that were produced.
struct SourceLog {
  std::atomic<int> alive = 0;
  std::atomic<std::uint64_t> rows = 0;
  std::atomic<int> pulls = 0;
};

// 0, 1, 2, ... `total` - 1, then `outcome`. `before_pull` may answer for it: kBlocked, or an early end.
class NumberSource final : public RowSource {
 public:
  struct Script {
    std::uint64_t total = 0;
    Status outcome = {};
    std::function<std::optional<Pulled>(const PullRequest&)> before_pull = {};
    bool reports_progress = false;
    Placement placement = Placement::kExecutor;
    SourceLog* log = nullptr;
  };

  explicit NumberSource(Script script) : script_(std::move(script)) {
    if (script_.log) ++script_.log->alive;
  }
  ~NumberSource() override {
    if (script_.log) --script_.log->alive;
  }

  Placement placement() const override { return script_.placement; }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (script_.log) ++script_.log->pulls;
    if (script_.before_pull) {
      if (std::optional<Pulled> answer = script_.before_pull(request)) return *answer;
    }
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(request.rows_max, script_.total - next_));
    if (count > 0) AppendNumbers(next_, count, out);
    next_ += count;
    if (script_.log) script_.log->rows += count;
    Pulled pulled = next_ == script_.total ? Pulled::End(script_.outcome) : Pulled::More();
    if (script_.reports_progress) {
      pulled.notices.emplace_back(Progress::Of(next_, script_.total));
    }
    return pulled;
  }

 private:
  Script script_;
  std::uint64_t next_ = 0;
};

// What a RecordingConsumer saw; outlives it.
struct ConsumerLog {
  Mutex mutex;
  CondVar changed;
  std::vector<std::uint64_t> numbers WMI_GUARDED_BY(mutex);
  std::vector<std::size_t> batches WMI_GUARDED_BY(mutex);
  std::vector<Progress> progress WMI_GUARDED_BY(mutex);
  std::vector<std::string> messages WMI_GUARDED_BY(mutex);
  std::vector<Status> finishes WMI_GUARDED_BY(mutex);
  bool released WMI_GUARDED_BY(mutex) = false;
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;  // two callbacks at one time: breaks R2
  std::atomic<bool> late = false;        // a callback after the final one: breaks R5

  bool WaitReleased(Duration at_most = std::chrono::seconds(60)) {
    const TimePoint deadline = SteadyClock().Now() + at_most;
    MutexLock lock(mutex);
    while (!released) {
      if (!changed.WaitUntil(lock, deadline)) return released;
    }
    return true;
  }
  bool IsReleased() {
    MutexLock lock(mutex);
    return released;
  }
  std::size_t Count() {
    MutexLock lock(mutex);
    return numbers.size();
  }
  std::size_t Finishes() {
    MutexLock lock(mutex);
    return finishes.size();
  }
  Code Outcome() {
    MutexLock lock(mutex);
    return finishes.empty() ? code::kPending : finishes.front().code();
  }
  // Each number once and in order, from 0.
  bool InOrder() {
    MutexLock lock(mutex);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (numbers[i] != i) return false;
    }
    return true;
  }
  void ExpectWellFormed(const std::string& what) {
    EXPECT_FALSE(overlapped) << what << ": callbacks overlapped (R2)";
    EXPECT_FALSE(late) << what << ": callback after the final status (R5)";
    EXPECT_EQ(Finishes(), 1u) << what << ": exactly one final status (R5)";
    EXPECT_TRUE(IsReleased()) << what << ": the consumer is released (R5, I6)";
    EXPECT_TRUE(InOrder()) << what;
    MutexLock lock(mutex);
    for (std::size_t size : batches) EXPECT_GT(size, 0u) << what << ": no callback without objects (R3)";
  }
};

class RecordingConsumer final : public Consumer {
 public:
  struct Script {
    std::function<Delivered(const Batch&)> on_consume = {};
    std::function<Code(Progress)> on_progress = {};
    std::function<void()> on_finish = {};
    ConsumerPlacement placement = ConsumerPlacement::kDelivery;
    std::function<void()> on_accepted = {};
  };

  RecordingConsumer(std::shared_ptr<ConsumerLog> log, Script script)
      : log_(std::move(log)), script_(std::move(script)) {}
  explicit RecordingConsumer(std::shared_ptr<ConsumerLog> log) : RecordingConsumer(std::move(log), Script()) {}
  ~RecordingConsumer() override {
    MutexLock lock(log_->mutex);
    log_->released = true;
    log_->changed.NotifyAll();
  }

  ConsumerPlacement placement() const override { return script_.placement; }

  void Accepted() override {
    if (script_.on_accepted) script_.on_accepted();
  }

  Delivered Consume(Batch batch) override {
    Enter enter(*log_);
    {
      MutexLock lock(log_->mutex);
      log_->batches.push_back(batch.size());
      for (const cim::Object& object : batch) log_->numbers.push_back(NumberOf(object));
    }
    return script_.on_consume ? script_.on_consume(batch) : Delivered::With(code::kOk);
  }

  Code OnNotice(const Notice& notice) override {
    Enter enter(*log_);
    const Progress* progress = std::get_if<Progress>(&notice);
    {
      MutexLock lock(log_->mutex);
      if (progress != nullptr) log_->progress.push_back(*progress);
      if (const auto* message = std::get_if<Message>(&notice)) log_->messages.push_back(message->text);
    }
    return script_.on_progress && progress != nullptr ? script_.on_progress(*progress) : code::kOk;
  }

  void Finish(const Ending& ending) override {
    Enter enter(*log_);
    {
      MutexLock lock(log_->mutex);
      log_->finishes.push_back(ending.status);
    }
    if (script_.on_finish) script_.on_finish();
  }

 private:
  struct Enter {
    explicit Enter(ConsumerLog& consumer_log) : log(consumer_log) {
      if (log.inside.fetch_add(1) != 0) log.overlapped = true;
      if (log.Finishes() > 0) log.late = true;
    }
    ~Enter() { log.inside.fetch_sub(1); }
    ConsumerLog& log;
  };

  const std::shared_ptr<ConsumerLog> log_;
  const Script script_;
};

inline std::shared_ptr<ByteQuota> TestQuota(std::size_t bytes_max = limits::kResultBytesPerSessionMax) {
  return std::make_shared<ByteQuota>("this connection", bytes_max);
}

// Starts an operation from parts. The reservation must succeed.
inline std::shared_ptr<Operation> StartNumbers(Runtime& runtime, exec::Lane session, NumberSource::Script source,
                                               std::shared_ptr<Consumer> consumer, const void* sink = nullptr,
                                               WantsProgress wants_progress = WantsProgress::kNo) {
  Result<Reservation> reservation = runtime.Reserve(session);
  EXPECT_TRUE(reservation.ok()) << reservation.status().Message();
  Operation::Call call;
  call.session = session;
  call.description = "numbers";
  call.sink = sink;
  call.wants_progress = wants_progress;
  call.source = std::make_unique<NumberSource>(std::move(source));
  call.consumer = std::move(consumer);
  return Operation::Start(runtime, std::move(reservation).value(), std::move(call));
}

}  // namespace wmi::engine
