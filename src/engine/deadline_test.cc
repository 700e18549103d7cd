// Deadlines on a clock that stands still until the test moves it (docs/operation.md).
#include <gtest/gtest.h>

#include <new>

#include "base/clock.h"
#include "engine/operation.h"
#include "engine/test_support.h"
#include "exec/manual_scheduler.h"

namespace wmi::engine {
namespace {

using std::chrono::milliseconds;

class RecordingTimer final : public exec::Timer {
 public:
  void RingAt(TimePoint at) override { asked.push_back(at); }
  std::vector<TimePoint> asked;
};

class DeadlineTest : public testing::Test {
 protected:
  std::shared_ptr<Operation> Start(Runtime& runtime, NumberSource::Script source, Duration limit,
                                   std::shared_ptr<ConsumerLog> log, RecordingConsumer::Script consumer = {}) {
    Result<Reservation> reservation = runtime.Reserve(lane_);
    Operation::Call call;
    call.session = lane_;
    call.description = "numbers";
    source.log = &source_log_;
    call.source = std::make_unique<NumberSource>(std::move(source));
    call.consumer = std::make_shared<RecordingConsumer>(std::move(log), std::move(consumer));
    call.deadline = Deadline::After(clock_, limit);
    clock_.Advance(start_takes_);  // counts for the call; what it was given stays what it was
    return Operation::Start(runtime, std::move(reservation).value(), std::move(call));
  }
  std::shared_ptr<Operation> Start(NumberSource::Script source, Duration limit,
                                   RecordingConsumer::Script consumer = {}) {
    return Start(runtime_, std::move(source), limit, log_, std::move(consumer));
  }
  Runtime::Options Options() {
    Runtime::Options options;
    options.clock = &clock_;
    options.timer = &timer_;
    return options;
  }

  ManualClock clock_;
  Duration start_takes_ = Duration::zero();
  RecordingTimer timer_;
  exec::ManualScheduler scheduler_{1};
  Runtime runtime_{scheduler_, scheduler_, scheduler_, Options()};
  const exec::Lane lane_ = runtime_.NewLane();
  SourceLog source_log_;
  std::shared_ptr<ConsumerLog> log_ = std::make_shared<ConsumerLog>();
};

const NumberSource::Script kSilent = {.total = 3, .before_pull = [](const PullRequest&) { return Pulled::Blocked(); }};

TEST_F(DeadlineTest, ACallThatIsNeverAnsweredEndsAtItsDeadlineAndNotBefore) {
  Start(kSilent, milliseconds(100));
  ASSERT_TRUE(scheduler_.RunAll());
  ASSERT_EQ(timer_.asked, std::vector<TimePoint>{clock_.Now() + milliseconds(100)});
  clock_.Advance(milliseconds(99));
  EXPECT_EQ(runtime_.ExpireOverdue(), clock_.Now() + milliseconds(1)) << "asks for the rest";
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_EQ(log_->Finishes(), 0u);

  clock_.Advance(milliseconds(1));
  runtime_.ExpireOverdue();
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("timed out");
  EXPECT_EQ(log_->Outcome(), code::kTimedOut);
  EXPECT_TRUE(log_->IsReleased());
  EXPECT_EQ(source_log_.alive, 0) << "resources are freed";
  MutexLock lock(log_->mutex);
  EXPECT_NE(log_->finishes.front().Message().find("100 ms"), std::string::npos) << log_->finishes.front().Message();
  EXPECT_NE(log_->finishes.front().Message().find("OPENWMI_TIMEOUT_MS"), std::string::npos);
}

TEST_F(DeadlineTest, TheErrorSaysTheTimeThatWasGivenThoughTheStartTookSomeOfIt) {
  start_takes_ = milliseconds(30);
  Start(kSilent, milliseconds(100));
  clock_.Advance(milliseconds(70));
  runtime_.ExpireOverdue();
  ASSERT_TRUE(scheduler_.RunAll());
  MutexLock lock(log_->mutex);
  ASSERT_EQ(log_->finishes.size(), 1u);
  EXPECT_NE(log_->finishes.front().Message().find("100 ms"), std::string::npos) << log_->finishes.front().Message();
}

TEST_F(DeadlineTest, DeadlinesDoNotOverflow) {
  clock_.Advance(std::chrono::hours(1));
  EXPECT_TRUE(clock_.Now() + milliseconds(1) == Deadline::After(clock_, milliseconds(1)).at);
  EXPECT_TRUE(TimePoint::max() == Deadline::After(clock_, kNoTimeLimit).at);
  EXPECT_TRUE(TimePoint::max() == Deadline::After(clock_, Duration::max() - Duration(1)).at);
}

TEST_F(DeadlineTest, RowsThatCameInTimeAreDeliveredTheRestIsNot) {
  bool open = true;
  Start({.total = 1000,
         .before_pull = [&](const PullRequest&) -> std::optional<Pulled> {
           return open ? std::nullopt : std::optional(Pulled::Blocked());
         }},
        milliseconds(10), {.on_consume = [&](const Batch&) {
          open = false;
          return Delivered::With(code::kOk);
        }});
  ASSERT_TRUE(scheduler_.RunAll());
  const std::size_t delivered = log_->Count();
  EXPECT_GT(delivered, 0u);
  clock_.Advance(milliseconds(10));
  runtime_.ExpireOverdue();
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("timed out");
  EXPECT_EQ(log_->Outcome(), code::kTimedOut);
  EXPECT_EQ(log_->Count(), delivered);
}

TEST_F(DeadlineTest, ACallThatEndedInTimeLeavesNothingToExpire) {
  Start({.total = 3}, milliseconds(100));
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("in time");
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(runtime_.ExpireOverdue(), TimePoint::max());
  EXPECT_EQ(scheduler_.waiting(), 0u);
  EXPECT_EQ(log_->Finishes(), 1u);
}

TEST_F(DeadlineTest, ACallWithoutDeadlineIsNeverExpired) {
  auto operation = Start(kSilent, Duration::max());
  ASSERT_TRUE(scheduler_.RunAll());
  EXPECT_TRUE(timer_.asked.empty());
  clock_.Advance(std::chrono::hours(10'000));
  EXPECT_EQ(runtime_.ExpireOverdue(), TimePoint::max());
  EXPECT_EQ(log_->Finishes(), 0u);
  operation->Cancel();
}

TEST_F(DeadlineTest, WhileACallbackRunsTheEndFollowsItAndItIsAskedAgainUntilThen) {
  clock_.Advance(std::chrono::hours(1));
  Start({.total = 1}, milliseconds(10), {.on_consume = [&](const Batch&) {
          clock_.Advance(milliseconds(10));
          // The callback hangs: the deadline passes, and passes again.
          EXPECT_LT(runtime_.ExpireOverdue(), TimePoint::max());
          EXPECT_TRUE(scheduler_.RunOne());
          EXPECT_EQ(log_->Finishes(), 0u) << "one callback at a time";
          clock_.Advance(std::chrono::seconds(2));
          EXPECT_LT(runtime_.ExpireOverdue(), TimePoint::max());
          EXPECT_EQ(scheduler_.waiting(), 1u);
          return Delivered::With(code::kOk);
        }});
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("expired in a callback");
  EXPECT_EQ(log_->Outcome(), code::kTimedOut);
  EXPECT_EQ(runtime_.ExpireOverdue(), TimePoint::max());
}

TEST_F(DeadlineTest, TheEarliestOfManyIsAskedForFirstAndEachEndsAtItsOwn) {
  std::vector<std::shared_ptr<ConsumerLog>> logs;
  for (const int limit : {30, 10, 20}) {
    logs.push_back(std::make_shared<ConsumerLog>());
    Start(runtime_, kSilent, milliseconds(limit), logs.back());
  }
  ASSERT_TRUE(scheduler_.RunAll());
  const auto ended = [&] {
    std::string text;
    for (const auto& log : logs) text += log->Finishes() == 1 ? 'x' : '-';
    return text;
  };
  std::vector<std::string> seen;
  for (int step = 0; step < 3; ++step) {
    clock_.Advance(milliseconds(10));
    runtime_.ExpireOverdue();
    ASSERT_TRUE(scheduler_.RunAll());
    seen.push_back(ended());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"-x-", "-xx", "xxx"}));
}

TEST_F(DeadlineTest, TheEndOfAConnectionEndsItsSubscriptionsAndNoOtherCall) {
  auto other = std::make_shared<ConsumerLog>();
  auto call = Start(runtime_, kSilent, Duration::max(), other);
  Result<Reservation> reservation = runtime_.Reserve(lane_);
  Operation::Call subscription;
  subscription.session = lane_;
  subscription.lifetime = Lifetime::kSubscription;
  subscription.source = std::make_unique<NumberSource>(kSilent);
  subscription.consumer = std::make_shared<RecordingConsumer>(log_);
  Operation::Start(runtime_, std::move(reservation).value(), std::move(subscription));
  ASSERT_TRUE(scheduler_.RunAll());
  runtime_.EndSubscriptions(lane_ + 1);
  EXPECT_EQ(log_->Finishes(), 0u) << "another connection";
  runtime_.EndSubscriptions(lane_);
  ASSERT_TRUE(scheduler_.RunAll());
  log_->ExpectWellFormed("connection released");
  EXPECT_EQ(log_->Outcome(), code::kCallCancelled);
  EXPECT_EQ(other->Finishes(), 0u);
  call->Cancel();
}

}  // namespace
}  // namespace wmi::engine
