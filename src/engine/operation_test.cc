// The rules R1 to R8 and the invariants of docs/operation.md, one step at a time on a manual scheduler.
#include "engine/operation.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "base/limits.h"
#include "engine/test_support.h"
#include "exec/manual_scheduler.h"

namespace wmi::engine {
namespace {

class OperationTest : public testing::Test {
 protected:
  std::shared_ptr<Operation> Start(NumberSource::Script source, RecordingConsumer::Script consumer = {},
                                   const void* sink = nullptr, WantsProgress wants_progress = WantsProgress::kNo) {
    source.log = &source_log_;
    return StartNumbers(runtime_, lane_, std::move(source),
                        std::make_shared<RecordingConsumer>(log_, std::move(consumer)), sink, wants_progress);
  }

  exec::ManualScheduler scheduler_{1};
  Runtime runtime_{scheduler_, scheduler_, scheduler_};
  exec::Lane lane_ = runtime_.NewLane();
  SourceLog source_log_;
  std::shared_ptr<ConsumerLog> log_ = std::make_shared<ConsumerLog>();
};

TEST_F(OperationTest, StartReturnsBeforeAnythingIsPulledOrDelivered) {  // R1
  auto operation = Start({.total = 10});
  EXPECT_EQ(source_log_.pulls, 0);
  EXPECT_EQ(log_->Count(), 0u);
  EXPECT_FALSE(log_->IsReleased()) << "the consumer is held";
  EXPECT_EQ(scheduler_.waiting(), 1u);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("ten rows");
}

TEST_F(OperationTest, ARefusedReservationTouchesNothingAndNamesTheLimit) {  // R1
  Runtime small(scheduler_, scheduler_, scheduler_, {.operations_per_session_max = 1});
  const exec::Lane lane = small.NewLane();
  Result<Reservation> first = small.Reserve(lane);
  ASSERT_TRUE(first.ok());
  Result<Reservation> second = small.Reserve(lane);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), code::kQuotaViolation);
  EXPECT_NE(second.status().Message().find("limit per connection is 1"), std::string::npos);
  {
    Result<Reservation> given_back = std::move(first);
  }
  EXPECT_TRUE(small.Reserve(lane).ok()) << "an unused place is given back";
}

TEST_F(OperationTest, AnEmptyResultIsOneFinalSuccessAndNothingElse) {  // R3
  Start({.total = 0});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("empty");
  EXPECT_EQ(log_->Count(), 0u);
  EXPECT_EQ(log_->Outcome(), code::kOk);
}

TEST_F(OperationTest, PullsGrowFromOneRowToTheLimit) {
  std::vector<std::size_t> asked;
  Start({.total = 1000, .before_pull = [&](const PullRequest& request) {
           asked.push_back(request.rows_max);
           return std::nullopt;
         }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("growing");
  ASSERT_GE(asked.size(), 8u);
  EXPECT_EQ(std::vector<std::size_t>(asked.begin(), asked.begin() + 8),
            (std::vector<std::size_t>{1, 2, 4, 8, 16, 32, 64, 64}))
      << "the first row comes at once, then throughput";
  MutexLock lock(log_->mutex);
  for (std::size_t size : log_->batches) EXPECT_LE(size, limits::kMergedBatchRowsMax);
}

TEST_F(OperationTest, AnErrorFromTheConsumerCancels) {  // R4
  Start({.total = 1000}, {.on_consume = [](const Batch&) { return Delivered::With(code::kFailed); }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("refusing consumer");
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
  MutexLock lock(log_->mutex);
  EXPECT_EQ(log_->batches.size(), 1u) << "no further callback with objects";
}

TEST_F(OperationTest, AnErrorFromAProgressCallbackCancels) {  // R4
  Start({.total = 1000, .reports_progress = true}, {.on_progress = [](Progress) { return code::kFailed; }}, nullptr,
        WantsProgress::kYes);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("refusing progress");
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
}

TEST_F(OperationTest, ASuccessOtherThanZeroFromTheConsumerGoesOn) {  // checklist 7
  Start({.total = 500}, {.on_consume = [](const Batch&) { return Delivered::With(code::kFalse); }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("S_FALSE");
  EXPECT_EQ(log_->Count(), 500u);
  EXPECT_EQ(log_->Outcome(), code::kOk);
}

TEST_F(OperationTest, ProgressComesOnlyWhenAskedForAndNeverAfterTheEnd) {
  Start({.total = 100, .reports_progress = true});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("unasked");
  {
    MutexLock lock(log_->mutex);
    EXPECT_TRUE(log_->progress.empty());
  }
  log_ = std::make_shared<ConsumerLog>();
  Start({.total = 100, .reports_progress = true}, {}, nullptr, WantsProgress::kYes);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("asked");
  MutexLock lock(log_->mutex);
  ASSERT_FALSE(log_->progress.empty());
  EXPECT_EQ(log_->progress.back().done, 100);
  EXPECT_EQ(log_->progress.back().total, 100);
}

TEST_F(OperationTest, RowsBeforeAFailureAreDelivered) {
  Start({.total = 10, .outcome = Status(code::kProviderFailure, "broken")});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("late failure");
  EXPECT_EQ(log_->Count(), 10u);
  EXPECT_EQ(log_->Outcome(), code::kProviderFailure);
}

TEST_F(OperationTest, CancelBeforeTheFirstTurnFinishesOnTheCancellersThread) {  // R6, R7
  auto operation = Start({.total = 10});
  EXPECT_EQ(operation->Cancel(), code::kOk);
  EXPECT_TRUE(log_->IsReleased()) << "released before Cancel returned, without a thread of ours";
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("cancelled early");
  EXPECT_EQ(log_->Count(), 0u);
  EXPECT_EQ(source_log_.pulls, 0);
  operation.reset();
  EXPECT_EQ(source_log_.alive, 0);
}

TEST_F(OperationTest, TheFirstOutcomeWins) {  // I3
  auto operation = Start({.total = 10});
  operation->Cancel(Status(code::kTimedOut));
  operation->Cancel(Status(code::kShuttingDown));
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("two cancels");
  EXPECT_EQ(log_->Outcome(), code::kTimedOut);
}

TEST_F(OperationTest, CancelAfterTheEndIsHarmless) {  // checklist 10
  auto operation = Start({.total = 1});
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_EQ(operation->Cancel(), code::kOk);
  log_->ExpectWellFormed("late cancel");
  EXPECT_EQ(log_->Outcome(), code::kOk);
}

TEST_F(OperationTest, CancelReachesTheSourceThroughItsStopToken) {
  std::optional<std::stop_token> token;
  auto operation = Start({.total = 100, .before_pull = [&](const PullRequest& request) {
                            token = request.stop;
                            return std::nullopt;
                          }});
  ASSERT_TRUE(scheduler_.RunOne());
  ASSERT_TRUE(token);
  EXPECT_FALSE(token->stop_requested());
  operation->Cancel();
  EXPECT_TRUE(token->stop_requested());
  ASSERT_TRUE(scheduler_.RunAll());
}

TEST_F(OperationTest, CancelInsideACallbackFinishesRightAfterIt) {
  std::shared_ptr<Operation> operation;
  bool finished_inside = true;
  operation = Start({.total = 100}, {.on_consume = [&](const Batch&) {
                      EXPECT_EQ(operation->Cancel(), code::kOk);
                      finished_inside = log_->Finishes() > 0;
                      return Delivered::With(code::kOk);
                    }});
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_FALSE(finished_inside) << "R2: not while the callback runs";
  log_->ExpectWellFormed("self-cancel");
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
}

TEST_F(OperationTest, CancelInsideTheFinalCallbackDoesNothing) {
  std::shared_ptr<Operation> operation;
  operation = Start({.total = 5}, {.on_finish = [&] { EXPECT_EQ(operation->Cancel(), code::kOk); }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("cancel in final");
  EXPECT_EQ(log_->Outcome(), code::kOk);
}

TEST_F(OperationTest, CancelAllEndsEveryCallOfTheSinkAndNoOther) {  // R6
  int sink = 0;
  int other = 0;
  auto second = std::make_shared<ConsumerLog>();
  auto third = std::make_shared<ConsumerLog>();
  Start({.total = 100}, {}, &sink);
  StartNumbers(runtime_, lane_, {.total = 100}, std::make_shared<RecordingConsumer>(second), &sink);
  StartNumbers(runtime_, lane_, {.total = 100}, std::make_shared<RecordingConsumer>(third), &other);
  EXPECT_EQ(runtime_.CancelAll(runtime_.NewLane(), &sink).code(), code::kNotFound) << "another connection's sink";
  EXPECT_TRUE(runtime_.CancelAll(lane_, &sink).ok());
  EXPECT_TRUE(log_->IsReleased());
  EXPECT_TRUE(second->IsReleased());
  EXPECT_FALSE(third->IsReleased());
  EXPECT_EQ(runtime_.CancelAll(lane_, &sink).code(), code::kNotFound);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("first");
  second->ExpectWellFormed("second");
  third->ExpectWellFormed("third");
  EXPECT_EQ(third->Outcome(), code::kOk);
}

TEST_F(OperationTest, AConsumerThatAnswersLaterHoldsItsProducerBackWithoutAThread) {  // I5, R8
  auto operation = Start({.total = 1'000'000}, {.on_consume = [](const Batch&) { return Delivered::Later(); }});
  ASSERT_TRUE(scheduler_.RunAll()) << "nothing is left to run: no thread is held";
  EXPECT_LE(operation->snapshot().buffered_rows, limits::kOperationRowsMax + limits::kBatchRowsMax);
  EXPECT_LE(source_log_.rows, limits::kOperationRowsMax + 2 * limits::kBatchRowsMax);
  operation->Acknowledge(code::kOk);
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_GT(log_->Count(), 1u);
  EXPECT_EQ(operation->Cancel(), code::kOk);
  EXPECT_TRUE(log_->IsReleased()) << "a missing answer does not delay a cancellation (R8)";
  operation->Acknowledge(code::kOk);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("later");
}

TEST_F(OperationTest, AnAnswerThatComesBeforeTheConsumerHasReturnedCounts) {
  std::shared_ptr<Operation> operation;
  operation = Start({.total = 200}, {.on_consume = [&](const Batch&) {
                      operation->Acknowledge(code::kOk);
                      return Delivered::Later();
                    }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("early answer");
  EXPECT_EQ(log_->Count(), 200u);
}

TEST_F(OperationTest, ABlockedSourceIsWokenAndAWakeDuringThePullIsNotLost) {
  std::function<void()> wake;
  int blocked = 0;
  Start({.total = 3, .before_pull = [&](const PullRequest& request) -> std::optional<Pulled> {
           wake = request.wake;
           if (++blocked == 1) return Pulled::Blocked();
           if (blocked == 2) {
             request.wake();  // the rows come while the pull is still running
             return Pulled::Blocked();
           }
           return std::nullopt;
         }});
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_EQ(blocked, 1);
  EXPECT_EQ(log_->Finishes(), 0u);
  wake();
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("woken");
  EXPECT_EQ(log_->Count(), 3u);
  wake();  // after the end: nothing
  EXPECT_TRUE(scheduler_.RunAll());
}

TEST_F(OperationTest, CancelWhileTheSourceIsBlockedEndsAtOnce) {
  auto operation = Start({.total = 3, .before_pull = [](const PullRequest&) { return Pulled::Blocked(); }});
  ASSERT_TRUE(scheduler_.RunAll());
  operation->Cancel();
  log_->ExpectWellFormed("blocked and cancelled");
  EXPECT_EQ(source_log_.alive, 0) << "the source is given back too";
}

TEST_F(OperationTest, ASourceThatRunsOutOfMemoryEndsItsCall) {
  Start({.total = 3, .before_pull = [](const PullRequest&) -> std::optional<Pulled> { throw std::bad_alloc(); }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("no memory");
  EXPECT_EQ(log_->Outcome(), code::kOutOfMemory);
}

TEST_F(OperationTest, ACancellationThatIsFasterThanTheStartEndsTheCallOnAnotherThread) {
  int sink = 0;
  Code cancelled = code::kFailed;
  Start({.total = 3}, {.on_accepted = [&] { cancelled = runtime_.CancelAll(lane_, &sink).code(); }}, &sink);
  EXPECT_EQ(cancelled, code::kOk) << "found, and not waited for: the start is further up on this stack";
  EXPECT_EQ(log_->Finishes(), 0u) << "the final call is not made inside the start";
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("cancelled before it began");
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
  EXPECT_EQ(log_->Count(), 0u);
  EXPECT_EQ(source_log_.alive, 0);
}

TEST_F(OperationTest, ShutdownRefusesNewCallsAndEndsTheOldOnes) {
  Start({.total = 3, .before_pull = [](const PullRequest&) { return Pulled::Blocked(); }});
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_TRUE(runtime_.Shutdown(SteadyClock().Now()).empty());
  log_->ExpectWellFormed("shut down");
  EXPECT_EQ(log_->Outcome(), code::kShuttingDown);
  EXPECT_EQ(runtime_.Reserve(lane_).status().code(), code::kShuttingDown);
}

TEST_F(OperationTest, BufferSharesKeepTheProcessBudget) {
  Runtime small(scheduler_, scheduler_, scheduler_, {.buffer_bytes_max = 1000});
  const exec::Lane lane = small.NewLane();
  EXPECT_EQ(small.BufferShareBytes(), 1000u);
  for (int i = 0; i < 10; ++i) {
    StartNumbers(small, lane, {.total = 0}, std::make_shared<RecordingConsumer>(std::make_shared<ConsumerLog>()));
  }
  EXPECT_EQ(small.BufferShareBytes(), 100u);
  ASSERT_TRUE(scheduler_.RunAll());
}

// ---- many schedules -------------------------------------------------------------------------------------------------

// One random story: operations whose sources block, whose consumers answer late or refuse, cancelled at random steps,
// in an order of turns drawn from the seed.
void RunStory(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  exec::ManualScheduler scheduler(seed);
  Runtime runtime(scheduler, scheduler, scheduler);
  const exec::Lane lane = runtime.NewLane();
  SourceLog source_log;
  struct Story {
    std::shared_ptr<ConsumerLog> log = std::make_shared<ConsumerLog>();
    std::shared_ptr<Operation> operation;
    std::uint64_t total = 0;
    bool cancelled = false;
    int owed = 0;  // acknowledgements
  };
  std::vector<std::unique_ptr<Story>> stories;
  std::vector<std::function<void()>> wakes;
  int sinks[2] = {};

  for (int i = 0; i < 6; ++i) {
    auto story = std::make_unique<Story>();
    Story* raw = story.get();
    raw->total = random() % 700;
    NumberSource::Script source{.total = raw->total, .log = &source_log};
    source.before_pull = [&](const PullRequest& request) -> std::optional<Pulled> {
      if (!chance(20)) return std::nullopt;
      wakes.push_back(request.wake);
      return Pulled::Blocked();
    };
    RecordingConsumer::Script consumer;
    const bool inline_consumer = chance(30);
    if (inline_consumer) consumer.placement = ConsumerPlacement::kInline;
    consumer.on_consume = [&, raw](const Batch&) {
      if (chance(2)) {
        raw->cancelled = true;
        return Delivered::With(code::kFailed);
      }
      if (chance(2)) {
        raw->cancelled = true;
        raw->operation->Cancel();
      }
      if (chance(30)) {
        ++raw->owed;
        return Delivered::Later();
      }
      return Delivered::With(code::kOk);
    };
    raw->operation = StartNumbers(runtime, lane, std::move(source),
                                  std::make_shared<RecordingConsumer>(raw->log, consumer), &sinks[random() % 2]);
    stories.push_back(std::move(story));
  }

  for (int step = 0; step < 100'000; ++step) {
    bool ran = scheduler.RunOne();
    if (!wakes.empty() && (chance(10) || !ran)) {
      auto wake = std::move(wakes.back());
      wakes.pop_back();
      wake();
      ran = true;
    }
    for (auto& story : stories) {
      if (story->owed > 0 && (chance(20) || !ran)) {
        --story->owed;
        story->operation->Acknowledge(code::kOk);
        ran = true;
      }
      EXPECT_LE(story->operation->snapshot().buffered_rows, limits::kOperationRowsMax + limits::kBatchRowsMax);
    }
    if (random() % 1000 == 0) {
      const std::size_t victim = random() % 2;
      (void)runtime.CancelAll(lane, &sinks[victim]);
      for (auto& story : stories) {
        if (story->operation->sink() == &sinks[victim]) {
          story->cancelled = true;
          EXPECT_TRUE(story->log->IsReleased());
        }
      }
    }
    if (!ran) break;
  }
  for (auto& story : stories) {
    story->log->ExpectWellFormed("story " + story->operation->snapshot().transitions);
    if (!story->cancelled) {
      EXPECT_EQ(story->log->Outcome(), code::kOk);
      EXPECT_EQ(story->log->Count(), story->total);
    }
    story->operation.reset();
  }
  EXPECT_EQ(runtime.table().size(), 0u);
  EXPECT_EQ(source_log.alive, 0);
}

TEST(OperationScheduleTest, EveryScheduleKeepsTheRules) {
  const std::uint64_t first_seed = std::random_device()();
  std::printf("seeds from %llu\n", static_cast<unsigned long long>(first_seed));
  for (std::uint64_t seed = first_seed; seed < first_seed + 150 && !testing::Test::HasFailure(); ++seed) RunStory(seed);
}

}  // namespace
}  // namespace wmi::engine
