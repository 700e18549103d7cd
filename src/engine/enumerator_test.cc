// Enumerators: order of requests, sharing between clones, NextAsync (R9), back-pressure, release.
#include "engine/enumerator.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "base/limits.h"
#include "engine/test_support.h"
#include "exec/executor.h"
#include "exec/manual_scheduler.h"

namespace wmi::engine {
namespace {

constexpr TimePoint kNoWait = TimePoint::min();
TimePoint Soon() { return SteadyClock().Now() + std::chrono::seconds(20); }

class EnumeratorTest : public testing::Test {
 protected:
  std::shared_ptr<Enumerator> Open(NumberSource::Script source, Retention retention = Retention::kRewindable,
                                   RunAhead run_ahead = RunAhead::kSmall) {
    source.log = &source_log_;
    auto results = std::make_shared<ResultSet>(retention, run_ahead, TestQuota());
    results->Attach(StartNumbers(runtime_, lane_, std::move(source), results));
    return std::make_shared<Enumerator>(results, retention);
  }
  // Drives the manual scheduler until a request of this many rows is answered.
  Enumerator::NextResult Read(Enumerator& enumerator, std::size_t count) {
    Enumerator::NextResult all;
    do {
      scheduler_.RunAll();
      Enumerator::NextResult part = enumerator.Next(count - all.rows.size(), kNoWait);
      all.code = part.code;
      all.ending = part.ending;
      for (cim::Object& row : part.rows) all.rows.push_back(std::move(row));
    } while (all.code == code::kTimedOutOk);
    return all;
  }
  void StartNextAsync(Enumerator& enumerator, std::size_t count, std::shared_ptr<ConsumerLog> log) {
    Result<Reservation> reservation = runtime_.Reserve(lane_);
    Operation::Call call;
    call.session = lane_;
    call.description = "NextAsync";
    call.source = enumerator.NextAsyncSource(count);
    call.consumer = std::make_shared<RecordingConsumer>(std::move(log));
    Operation::Start(runtime_, std::move(reservation).value(), std::move(call));
  }

  exec::ManualScheduler scheduler_{7};
  Runtime runtime_{scheduler_, scheduler_, scheduler_};
  exec::Lane lane_ = runtime_.NewLane();
  SourceLog source_log_;
};

// A source that loses rows in front of its first ones.
NumberSource::Script Losing(std::uint64_t count, std::uint64_t total) {
  return {.total = total, .before_pull = [count, is_told = false](const PullRequest&) mutable -> std::optional<Pulled> {
            if (std::exchange(is_told, true)) return std::nullopt;
            Pulled pulled = Pulled::More();
            pulled.notices.emplace_back(Lost{count});
            return pulled;
          }};
}

TEST_F(EnumeratorTest, WhoReadsTooSlowlyIsToldOnceAndGoesOn) {  // contract 5.2, 6.2
  auto enumerator = Open(Losing(7, 3), Retention::kForwardOnly);
  scheduler_.RunAll();
  const Enumerator::NextResult told = enumerator->Next(2, kNoWait);
  EXPECT_EQ(told.code, code::kClientTooSlow);
  EXPECT_TRUE(told.rows.empty());
  EXPECT_EQ(told.ending.status.Message().rfind("7 events were lost", 0), 0u) << told.ending.status.Message();
  EXPECT_EQ(Read(*enumerator, 3).rows.size(), 3u);
  EXPECT_EQ(enumerator->Next(1, kNoWait).code, code::kFalse);
}

TEST_F(EnumeratorTest, AnAsynchronousReaderIsToldOfLossToo) {
  auto enumerator = Open(Losing(7, 3), Retention::kForwardOnly);
  scheduler_.RunAll();
  const auto first = std::make_shared<ConsumerLog>();
  StartNextAsync(*enumerator, 3, first);
  scheduler_.RunAll();
  EXPECT_EQ(first->Outcome(), code::kClientTooSlow);
  const auto second = std::make_shared<ConsumerLog>();
  StartNextAsync(*enumerator, 3, second);
  scheduler_.RunAll();
  EXPECT_EQ(second->Outcome(), code::kOk);
  EXPECT_EQ(second->Count(), 3u);
}

TEST_F(EnumeratorTest, NextGivesTheRowsInOrderAndThenFalse) {
  auto enumerator = Open({.total = 5}, Retention::kForwardOnly);
  Enumerator::NextResult first = Read(*enumerator, 3);
  EXPECT_EQ(first.code, code::kOk);
  ASSERT_EQ(first.rows.size(), 3u);
  EXPECT_EQ(NumberOf(first.rows[2]), 2u);
  Enumerator::NextResult rest = Read(*enumerator, 3);
  EXPECT_EQ(rest.code, code::kFalse) << "S_FALSE together with objects (checklist 18)";
  ASSERT_EQ(rest.rows.size(), 2u);
  Enumerator::NextResult none = Read(*enumerator, 1);
  EXPECT_EQ(none.code, code::kFalse);
  EXPECT_TRUE(none.rows.empty());
}

TEST_F(EnumeratorTest, NextThatRunsOutOfTimeKeepsWhatItHas) {
  std::function<void()> wake;
  int pulls = 0;
  auto enumerator = Open({.total = 5, .before_pull = [&](const PullRequest& request) -> std::optional<Pulled> {
                            wake = request.wake;
                            return ++pulls == 2 ? std::optional(Pulled::Blocked()) : std::nullopt;
                          }});
  EXPECT_EQ(enumerator->Next(5, kNoWait).code, code::kTimedOutOk) << "nothing has run yet";
  scheduler_.RunAll();
  Enumerator::NextResult some = enumerator->Next(5, kNoWait);
  EXPECT_EQ(some.code, code::kTimedOutOk);
  EXPECT_EQ(some.rows.size(), 1u) << "S_TIMEDOUT together with objects";
  wake();
  EXPECT_EQ(Read(*enumerator, 4).rows.size(), 4u);
}

TEST_F(EnumeratorTest, AFailureComesAfterTheRowsBeforeIt) {
  auto enumerator = Open({.total = 2, .outcome = Status(code::kProviderFailure, "broken")});
  Enumerator::NextResult rows = Read(*enumerator, 5);
  EXPECT_EQ(rows.rows.size(), 2u);
  EXPECT_EQ(rows.code, code::kFalse);
  Enumerator::NextResult failure = Read(*enumerator, 5);
  EXPECT_EQ(failure.code, code::kProviderFailure);
  EXPECT_EQ(failure.ending.status.Message(), "broken");
}

TEST_F(EnumeratorTest, UnreadMillionRowSourceProducesABufferAndABatch) {
  auto enumerator = Open({.total = 1'000'000}, Retention::kForwardOnly);
  scheduler_.RunAll();
  EXPECT_LE(source_log_.rows, 2 * limits::kOperationRowsMax + 2 * limits::kBatchRowsMax);
  const std::uint64_t before = source_log_.rows;
  EXPECT_EQ(Read(*enumerator, 100'000).rows.size(), 100'000u);
  EXPECT_GT(source_log_.rows, before);
}

TEST_F(EnumeratorTest, SynchronousResultsAreCompleteBeforeAnybodyReads) {
  auto enumerator = Open({.total = 50'000}, Retention::kForwardOnly, RunAhead::kToTheEnd);
  scheduler_.RunAll();
  EXPECT_EQ(source_log_.rows, 50'000u);
  EXPECT_EQ(enumerator->Next(50'000, kNoWait).rows.size(), 50'000u)
      << "a loop with WBEM_NO_WAIT works (contract 5.2, C)";
}

TEST_F(EnumeratorTest, ReleaseInTheMiddleStopsTheProducer) {  // checklist 30
  auto enumerator = Open({.total = 1'000'000});
  Read(*enumerator, 10);
  enumerator.reset();
  scheduler_.RunAll();
  EXPECT_EQ(runtime_.table().size(), 0u);
  EXPECT_EQ(source_log_.alive, 0);
}

TEST_F(EnumeratorTest, ResetAndCloneShareWhatWasRead) {  // R9
  auto enumerator = Open({.total = 300});
  EXPECT_EQ(Read(*enumerator, 200).rows.size(), 200u);
  auto clone = enumerator->Clone().value();
  EXPECT_EQ(NumberOf(Read(*clone, 1).rows[0]), 200u) << "a clone starts at the same place";
  ASSERT_TRUE(enumerator->Reset().ok());
  EXPECT_EQ(NumberOf(Read(*enumerator, 1).rows[0]), 0u);
  EXPECT_EQ(Read(*enumerator, 500).rows.size(), 299u);
  EXPECT_EQ(source_log_.rows, 300u) << "the source ran once";
  enumerator.reset();
  EXPECT_EQ(Read(*clone, 500).rows.size(), 99u) << "a clone outlives the original";
}

TEST_F(EnumeratorTest, ForwardOnlyRefusesResetAndClone) {  // checklist 19
  auto enumerator = Open({.total = 3}, Retention::kForwardOnly);
  EXPECT_EQ(enumerator->Reset().code(), code::kInvalidOperation);
  EXPECT_EQ(enumerator->Clone().status().code(), code::kInvalidOperation);
  scheduler_.RunAll();
}

TEST_F(EnumeratorTest, SkipMovesOn) {
  auto enumerator = Open({.total = 10});
  scheduler_.RunAll();
  EXPECT_EQ(enumerator->Skip(4, kNoWait).code, code::kOk);
  EXPECT_EQ(NumberOf(Read(*enumerator, 1).rows[0]), 4u);
  EXPECT_EQ(enumerator->Skip(100, kNoWait).code, code::kFalse);
}

TEST_F(EnumeratorTest, NextAsyncDeliversItsCountAndThenOk) {
  auto enumerator = Open({.total = 10});
  auto first = std::make_shared<ConsumerLog>();
  auto second = std::make_shared<ConsumerLog>();
  StartNextAsync(*enumerator, 4, first);
  StartNextAsync(*enumerator, 100, second);
  scheduler_.RunAll();
  EXPECT_EQ(first->Count(), 4u);
  EXPECT_EQ(first->Outcome(), code::kOk);
  EXPECT_EQ(second->Count(), 6u) << "requests are served in order";
  EXPECT_EQ(second->Outcome(), code::kFalse) << "short (checklist 21)";
  EXPECT_TRUE(enumerator->IsExhausted());
}

TEST_F(EnumeratorTest, ANextBehindANextAsyncWaitsForIt) {
  std::function<void()> wake;
  bool open = false;
  auto enumerator = Open({.total = 3, .before_pull = [&](const PullRequest& request) -> std::optional<Pulled> {
                            wake = request.wake;
                            return open ? std::nullopt : std::optional(Pulled::Blocked());
                          }});
  auto log = std::make_shared<ConsumerLog>();
  StartNextAsync(*enumerator, 2, log);
  scheduler_.RunAll();
  EXPECT_EQ(enumerator->Next(1, kNoWait).code, code::kTimedOutOk);
  open = true;
  wake();
  scheduler_.RunAll();
  EXPECT_EQ(log->Count(), 2u);
  EXPECT_EQ(NumberOf(Read(*enumerator, 1).rows[0]), 2u);
}

TEST_F(EnumeratorTest, ClosingEndsPendingNextAsyncAsCancelled) {
  auto enumerator = Open({.total = 3, .before_pull = [](const PullRequest&) { return Pulled::Blocked(); }});
  auto log = std::make_shared<ConsumerLog>();
  StartNextAsync(*enumerator, 2, log);
  scheduler_.RunAll();
  enumerator->Close();
  enumerator.reset();
  scheduler_.RunAll();
  EXPECT_EQ(log->Outcome(), code::kCallCancelled);
  EXPECT_TRUE(log->IsReleased());
  EXPECT_EQ(runtime_.table().size(), 0u);
}

TEST(EnumeratorThreadTest, ReadersOnSeveralThreadsGetEachRowOnce) {
  exec::Executor executor(2);
  Runtime runtime(executor, executor, executor);
  const exec::Lane lane = runtime.NewLane();
  auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kSmall, TestQuota());
  results->Attach(StartNumbers(runtime, lane, {.total = 20'000}, results));
  auto enumerator = std::make_shared<Enumerator>(results, Retention::kForwardOnly);
  std::atomic<std::uint64_t> sum = 0;
  std::atomic<std::uint64_t> rows = 0;
  auto read = [&] {
    while (true) {
      Enumerator::NextResult next = enumerator->Next(7, Soon());
      for (const cim::Object& row : next.rows) sum += NumberOf(row);
      rows += next.rows.size();
      if (next.code != code::kOk) break;
    }
  };
  std::thread other(read);
  read();
  other.join();
  EXPECT_TRUE(runtime.Shutdown(Soon()).empty());
  EXPECT_TRUE(executor.Stop(Soon()));
  EXPECT_EQ(rows, 20'000u);
  EXPECT_EQ(sum, 19'999u * 20'000u / 2);
}

// A close that falls between a pull's look at the enumerator and its waiting must not be missed.
TEST(EnumeratorThreadTest, ClosingAtAnyMomentEndsAPendingNextAsync) {
  exec::Executor executor(2);
  Runtime runtime(executor, executor, executor);
  const exec::Lane lane = runtime.NewLane();
  for (int round = 0; round < 1000; ++round) {
    auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kSmall, TestQuota());
    results->Attach(StartNumbers(
        runtime, lane, {.total = 1, .before_pull = [](const PullRequest&) { return Pulled::Blocked(); }}, results));
    auto enumerator = std::make_shared<Enumerator>(results, Retention::kForwardOnly);
    auto log = std::make_shared<ConsumerLog>();
    Result<Reservation> reservation = runtime.Reserve(lane);
    Operation::Call call;
    call.session = lane;
    call.description = "NextAsync";
    call.source = enumerator->NextAsyncSource(1);
    call.consumer = std::make_shared<RecordingConsumer>(log);
    Operation::Start(runtime, std::move(reservation).value(), std::move(call));
    enumerator->Close();
    enumerator.reset();
    ASSERT_TRUE(log->WaitReleased()) << "round " << round;
    EXPECT_EQ(log->Outcome(), code::kCallCancelled);
  }
  EXPECT_TRUE(runtime.Shutdown(Soon()).empty());
  EXPECT_TRUE(executor.Stop(Soon()));
}

}  // namespace
}  // namespace wmi::engine
