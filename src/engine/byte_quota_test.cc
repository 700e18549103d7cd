#include "engine/byte_quota.h"

#include <gtest/gtest.h>

#include "engine/enumerator.h"
#include "engine/test_support.h"
#include "exec/manual_scheduler.h"

namespace wmi::engine {
namespace {

TEST(ByteQuotaTest, TakesUpToItsLimitAndNamesWhatIsExceeded) {
  auto process = std::make_shared<ByteQuota>("this process", 150);
  ByteQuota one("this connection", 100, process);
  ByteQuota two("this connection", 100, process);
  EXPECT_TRUE(one.Take(100).ok()) << "at the limit";
  const Status own = one.Take(1);
  EXPECT_EQ(own.code(), code::kQuotaViolation);
  EXPECT_NE(own.Message().find("this connection holds would take 101 bytes; the limit is 100"), std::string::npos)
      << own.Message();
  const Status whole = two.Take(51);
  EXPECT_EQ(whole.code(), code::kQuotaViolation);
  EXPECT_NE(whole.Message().find("this process holds would take 151 bytes; the limit is 150"), std::string::npos)
      << whole.Message();
  EXPECT_TRUE(two.Take(50).ok()) << "a refusal takes nothing";
  one.Return(100);
  two.Return(50);
  EXPECT_EQ(process->used(), 0u);
}

class ResultQuotaTest : public testing::Test {
 protected:
  // Runs `total` rows into a result that may hold `bytes_max`.
  Status Collect(Retention retention, std::uint64_t total, std::size_t bytes_max) {
    quota_ = TestQuota(bytes_max);
    results_ = std::make_shared<ResultSet>(retention, RunAhead::kToTheEnd, quota_);
    results_->Attach(StartNumbers(runtime_, runtime_.NewLane(), {.total = total}, results_));
    EXPECT_TRUE(scheduler_.RunAll());
    return results_->WaitEnd(TimePoint::min()).ending.status;
  }

  exec::ManualScheduler scheduler_{1};
  Runtime runtime_{scheduler_, scheduler_, scheduler_};
  std::shared_ptr<ByteQuota> quota_;
  std::shared_ptr<ResultSet> results_;
};

TEST_F(ResultQuotaTest, AResultThatIsTooLargeEndsItsCallWithTheQuota) {
  const Status fits = Collect(Retention::kRewindable, 100, 1 << 20);
  EXPECT_TRUE(fits.ok());
  const std::size_t needed = quota_->used();
  EXPECT_GT(needed, 0u);
  EXPECT_TRUE(Collect(Retention::kRewindable, 100, needed).ok()) << "at the limit";
  const Status over = Collect(Retention::kRewindable, 100, needed - 1);
  EXPECT_EQ(over.code(), code::kQuotaViolation);
  EXPECT_NE(over.Message().find("forward-only"), std::string::npos) << "the way out: " << over.Message();
}

TEST_F(ResultQuotaTest, ReadingForwardOnlyAndReleasingGiveTheBytesBack) {
  ASSERT_TRUE(Collect(Retention::kForwardOnly, 100, 1 << 20).ok());
  const std::size_t all = quota_->used();
  ResultSet::Position position = 0;
  std::vector<cim::Object> rows;
  results_->Read(position, 50, TimePoint::min(), rows);
  EXPECT_LT(quota_->used(), all);
  results_->Read(position, 50, TimePoint::min(), rows);
  EXPECT_EQ(quota_->used(), 0u);

  ASSERT_TRUE(Collect(Retention::kRewindable, 100, 1 << 20).ok());
  results_->Abandon();
  EXPECT_EQ(quota_->used(), 0u) << "abandoned";
  ASSERT_TRUE(Collect(Retention::kRewindable, 100, 1 << 20).ok());
  results_.reset();
  EXPECT_EQ(quota_->used(), 0u) << "released";
}

}  // namespace
}  // namespace wmi::engine
