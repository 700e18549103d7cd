// The scenarios of docs/operation.md on real threads; run under ThreadSanitizer too. Random choices print their seed.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "engine/enumerator.h"
#include "engine/test_support.h"
#include "exec/elastic_pool.h"
#include "exec/executor.h"
#include "exec/test_support.h"

namespace wmi::engine {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr int kRowsPerCall = 10;  // ten times slower there; the number of calls stays
#else
constexpr int kRowsPerCall = 100;
#endif

std::uint64_t Seed() {
  const char* given = std::getenv("OPENWMI_STRESS_SEED");
  const std::uint64_t seed =
      given == nullptr || *given == 0 ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

class OperationStress : public testing::Test {
 protected:
  explicit OperationStress(std::size_t delivery_threads = 2) : delivery_(DeliveryOptions(delivery_threads)) {}

  void TearDown() override {
    // The order of an engine's end: first the operations, then the threads, then what they use.
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(60);
    EXPECT_TRUE(runtime_.Shutdown(deadline).empty());
    EXPECT_TRUE(executor_.Stop(deadline));
    EXPECT_TRUE(provider_.Stop(deadline));
    EXPECT_TRUE(delivery_.Stop(deadline));
  }

  static exec::ElasticPool::Options DeliveryOptions(std::size_t threads) {
    exec::ElasticPool::Options options;
    options.base_threads = threads;
    options.stall_limit = std::chrono::milliseconds(20);
    return options;
  }

  std::shared_ptr<Operation> Start(std::uint64_t rows, std::shared_ptr<ConsumerLog> log,
                                   RecordingConsumer::Script consumer = {}, const void* sink = nullptr) {
    return StartNumbers(runtime_, lane_, {.total = rows}, std::make_shared<RecordingConsumer>(log, std::move(consumer)),
                        sink);
  }

  exec::Executor executor_{2};
  exec::ElasticPool delivery_;
  exec::ElasticPool provider_{exec::ElasticPool::Options{}};
  Runtime runtime_{executor_, delivery_, provider_};
  exec::Lane lane_ = runtime_.NewLane();
};

TEST_F(OperationStress, TenThousandConcurrentCallsEndOnceEach) {
  std::vector<std::shared_ptr<ConsumerLog>> logs;
  for (int i = 0; i < 10'000; ++i) {
    logs.push_back(std::make_shared<ConsumerLog>());
    Start(kRowsPerCall, logs.back());
  }
  for (auto& log : logs) ASSERT_TRUE(log->WaitReleased());
  for (auto& log : logs) {
    log->ExpectWellFormed("one of 10,000");
    EXPECT_EQ(log->Count(), static_cast<std::size_t>(kRowsPerCall));
    EXPECT_EQ(log->Outcome(), code::kOk);
  }
  EXPECT_TRUE(runtime_.table().WaitEmpty(SteadyClock().Now() + std::chrono::seconds(60)));
}

TEST_F(OperationStress, FortyHungSinksDoNotDelayAThousandOtherCalls) {
  exec::Event release;
  std::vector<std::shared_ptr<ConsumerLog>> hung;
  for (int i = 0; i < 40; ++i) {
    hung.push_back(std::make_shared<ConsumerLog>());
    Start(10, hung.back(), {.on_consume = [&](const Batch&) {
            release.Wait(std::chrono::seconds(120));
            return Delivered::With(code::kOk);
          }});
  }
  std::vector<std::shared_ptr<ConsumerLog>> logs;
  for (int i = 0; i < 1000; ++i) {
    logs.push_back(std::make_shared<ConsumerLog>());
    Start(kRowsPerCall, logs.back());
  }
  for (auto& log : logs) ASSERT_TRUE(log->WaitReleased()) << "a normal call waits for a hung one";
  for (auto& log : hung) EXPECT_EQ(log->Finishes(), 0u);
  release.Set();
  for (auto& log : hung) {
    ASSERT_TRUE(log->WaitReleased());
    log->ExpectWellFormed("hung");
  }
  for (auto& log : logs) log->ExpectWellFormed("normal");
}

TEST_F(OperationStress, ThreeThousandCancelsAtRandomMoments) {
  std::mt19937_64 random(Seed());
  for (int i = 0; i < 3000; ++i) {
    auto log = std::make_shared<ConsumerLog>();
    int sink = 0;
    Start(static_cast<std::uint64_t>(kRowsPerCall) * 20, log, {}, &sink);
    const TimePoint moment = SteadyClock().Now() + std::chrono::nanoseconds(random() % 40'000);
    while (SteadyClock().Now() < moment) {
    }
    const Status cancelled = runtime_.CancelAll(lane_, &sink);
    // Not found: it had finished. Then its release may be a moment away from being visible here, but not otherwise.
    if (!cancelled.ok()) {
      ASSERT_TRUE(log->WaitReleased());
    }
    ASSERT_TRUE(log->IsReleased()) << "released before the cancellation returned (R7)";
    log->ExpectWellFormed("cancel " + std::to_string(i));
  }
}

TEST_F(OperationStress, TwoSinksCancellingEachOtherDoNotDeadlock) {
  for (int round = 0; round < 300; ++round) {
    auto first = std::make_shared<ConsumerLog>();
    auto second = std::make_shared<ConsumerLog>();
    exec::Counter inside;
    int sinks[2] = {};
    auto cancel_other = [&](int* other) {
      return [this, other, &inside](const Batch&) {
        inside.Add();
        inside.Wait(2);  // both are inside their callbacks now
        (void)runtime_.CancelAll(lane_, other);
        return Delivered::With(code::kOk);
      };
    };
    Start(1000, first, {.on_consume = cancel_other(&sinks[1])}, &sinks[0]);
    Start(1000, second, {.on_consume = cancel_other(&sinks[0])}, &sinks[1]);
    ASSERT_TRUE(first->WaitReleased()) << "round " << round;
    ASSERT_TRUE(second->WaitReleased()) << "round " << round;
    first->ExpectWellFormed("first");
    second->ExpectWellFormed("second");
  }
}

TEST_F(OperationStress, AnUnreadEnumeratorLeavesTheWorkersFree) {
  SourceLog source_log;
  auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kSmall, TestQuota());
  results->Attach(StartNumbers(runtime_, lane_, {.total = 1'000'000, .log = &source_log}, results));
  Enumerator enumerator(results, Retention::kForwardOnly);
  auto log = std::make_shared<ConsumerLog>();
  Start(10'000, log);
  ASSERT_TRUE(log->WaitReleased());
  EXPECT_LE(source_log.rows, 2 * limits::kOperationRowsMax + 2 * limits::kBatchRowsMax);
}

TEST_F(OperationStress, ABlockingProviderDelaysNeitherOthersNorItsCancellation) {
  auto release = std::make_shared<exec::Event>();
  auto blocked = std::make_shared<ConsumerLog>();
  auto operation = StartNumbers(runtime_, lane_,
                                {.total = 1,
                                 .before_pull =
                                     [release](const PullRequest&) {
                                       release->Wait(std::chrono::seconds(120));
                                       return std::nullopt;
                                     },
                                 .placement = Placement::kProvider},
                                std::make_shared<RecordingConsumer>(blocked));
  auto log = std::make_shared<ConsumerLog>();
  Start(1000, log);
  ASSERT_TRUE(log->WaitReleased());
  EXPECT_EQ(operation->Cancel(), code::kOk);
  EXPECT_TRUE(blocked->IsReleased());
  EXPECT_EQ(blocked->Outcome(), code::kCallCancelled);
  release->Set();
}

// With a single delivery thread: everything a sink may do from inside.
class SingleThreadStress : public OperationStress {
 protected:
  SingleThreadStress() : OperationStress(1) {}
};

TEST_F(SingleThreadStress, ASinkMayCallCancelAndWaitFromInside) {
  auto log = std::make_shared<ConsumerLog>();
  auto nested = std::make_shared<ConsumerLog>();
  int sink = 0;
  Start(1000, log,
        {.on_consume =
             [&](const Batch&) {
               // A synchronous call: its rows come from executor threads, not from this one.
               auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kToTheEnd, TestQuota());
               results->Attach(StartNumbers(runtime_, lane_, {.total = 100}, results));
               Enumerator enumerator(results, Retention::kForwardOnly);
               EXPECT_EQ(enumerator.Next(100, SteadyClock().Now() + std::chrono::seconds(60)).rows.size(), 100u);
               // An asynchronous call, waited for: a replacement thread delivers it.
               Start(10, nested);
               EXPECT_TRUE(nested->WaitReleased());
               EXPECT_TRUE(runtime_.CancelAll(lane_, &sink).ok());
               return Delivered::With(code::kOk);
             }},
        &sink);
  ASSERT_TRUE(log->WaitReleased());
  log->ExpectWellFormed("outer");
  nested->ExpectWellFormed("nested");
  EXPECT_EQ(log->Outcome(), code::kCallCancelled);
  EXPECT_EQ(nested->Outcome(), code::kOk);
}

TEST_F(SingleThreadStress, ErrorsAndEmptyResultsEndAsTheyShould) {
  auto refused = std::make_shared<ConsumerLog>();
  auto empty = std::make_shared<ConsumerLog>();
  Start(1000, refused, {.on_consume = [](const Batch&) { return Delivered::With(code::kFailed); }});
  Start(0, empty);
  ASSERT_TRUE(refused->WaitReleased());
  ASSERT_TRUE(empty->WaitReleased());
  refused->ExpectWellFormed("refused");
  empty->ExpectWellFormed("empty");
  EXPECT_EQ(refused->Outcome(), code::kCallCancelled);
  EXPECT_EQ(empty->Outcome(), code::kOk);
}

}  // namespace
}  // namespace wmi::engine
