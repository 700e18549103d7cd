#include "engine/push_port.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "engine/test_support.h"
#include "exec/elastic_pool.h"
#include "exec/test_support.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

using std::chrono::milliseconds;

Batch Numbers(std::uint64_t first, std::size_t count) {
  Batch rows;
  AppendNumbers(first, count, rows);
  return rows;
}

std::vector<std::uint64_t> Read(const Batch& rows) {
  std::vector<std::uint64_t> numbers;
  for (const cim::Object& row : rows) numbers.push_back(NumberOf(row));
  return numbers;
}

struct Finder final : cim::ClassFinder {
  cim::ClassPtr FindClass(std::string_view name) const override {
    return EqualFolded(name, "Number") ? NumberClass() : nullptr;
  }
  std::vector<std::string> ClassNames() const override { return {"Number"}; }
};

class PushPortTest : public testing::Test {
 protected:
  std::shared_ptr<PushPort> Open(PushPort::Options options = {}) {
    port_ = std::make_shared<PushPort>(std::move(options));
    return port_;
  }
  Pulled Pull(Batch& out, std::size_t rows_max = 64) {
    PullRequest request;
    request.rows_max = rows_max;
    request.wake = [this] { ++woken_; };
    return port_->Pull(request, out);
  }
  PullState PullInto(std::vector<std::uint64_t>& numbers, std::size_t rows_max = 64) {
    Batch rows;
    const Pulled pulled = Pull(rows, rows_max);
    numbers = Read(rows);
    return pulled.state;
  }

  std::shared_ptr<PushPort> port_;
  std::atomic<int> woken_ = 0;
};

TEST_F(PushPortTest, RowsComeOutInTheOrderTheyWentIn) {
  Open();
  std::vector<std::uint64_t> numbers;
  EXPECT_EQ(PullInto(numbers), PullState::kBlocked);
  EXPECT_EQ(port_->Push(Numbers(0, 3)), code::kOk);
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(port_->Push(Numbers(3, 1)), code::kOk);
  EXPECT_EQ(woken_, 1) << "nobody was waiting any more";
  EXPECT_EQ(PullInto(numbers, 2), PullState::kMore);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(PullInto(numbers), PullState::kBlocked);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(PushPortTest, EndsOnlyWhenFinishedAndLetGo) {  // contract 1.1, last row; checklist 29
  Open();
  Batch rows;
  port_->Finish(Status(code::kFalse));
  EXPECT_EQ(Pull(rows).state, PullState::kBlocked) << "the handler is still held";
  port_->LetGo();
  EXPECT_EQ(woken_, 1);
  const Pulled end = Pull(rows);
  EXPECT_EQ(end.state, PullState::kEnd);
  EXPECT_EQ(end.ending.status.code(), code::kFalse);
}

TEST_F(PushPortTest, TheFirstFinalStatusCounts) {
  Open();
  port_->Finish(Status(code::kAccessDenied));
  port_->Finish(Status());
  port_->LetGo();
  Batch rows;
  EXPECT_EQ(Pull(rows).ending.status.code(), code::kAccessDenied);
  EXPECT_EQ(port_->Push(Numbers(0, 1)), code::kInvalidOperation) << "after the final status";
}

TEST_F(PushPortTest, LettingGoWithoutAFinalStatusIsAFailureOfTheProvider) {
  Open({.provider = "Pushing"});
  EXPECT_EQ(port_->Push(Numbers(0, 1)), code::kOk);
  port_->LetGo();
  Batch rows;
  const Pulled end = Pull(rows);
  EXPECT_EQ(rows.size(), 1u) << "what was pushed is kept";
  EXPECT_EQ(end.ending.status.code(), code::kProviderFailure);
  ASSERT_NE(end.ending.status.detail(), nullptr);
  EXPECT_EQ(end.ending.status.detail()->provider, "Pushing");
}

TEST_F(PushPortTest, ARefusalEndsWithoutWaitingForTheHandler) {
  Open();
  port_->Fail(Status(code::kProviderNotCapable));
  Batch rows;
  const Pulled end = Pull(rows);
  EXPECT_EQ(end.state, PullState::kEnd);
  EXPECT_EQ(end.ending.status.code(), code::kProviderNotCapable);
}

TEST_F(PushPortTest, AFullPortHoldsThePusherUntilSomebodyReads) {
  Open({.rows_max = 4});
  exec::ElasticPool pool({});
  exec::Event pushed;
  EXPECT_EQ(port_->Push(Numbers(0, 4)), code::kOk);
  pool.Post(1, exec::Job::Make([&] {
              EXPECT_EQ(port_->Push(Numbers(4, 1)), code::kOk);
              pushed.Set();
            }));
  EXPECT_FALSE(pushed.Wait(milliseconds(30))) << "there is no room";
  std::vector<std::uint64_t> numbers;
  PullInto(numbers, 2);
  EXPECT_TRUE(pushed.Wait());
  pool.Stop(SteadyClock().Now() + std::chrono::seconds(20));
}

TEST_F(PushPortTest, APusherThatWaitsTooLongIsToldToTryAgainAndNothingIsTaken) {
  Open({.wait_max = milliseconds(1), .rows_max = 2});
  EXPECT_EQ(port_->Push(Numbers(0, 2)), code::kOk);
  EXPECT_EQ(port_->Push(Numbers(2, 1)), code::kServerTooBusy);
  std::vector<std::uint64_t> numbers;
  PullInto(numbers);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(port_->Push(Numbers(2, 1)), code::kOk) << "offered again";
}

TEST_F(PushPortTest, ClosingFreesAWaitingPusher) {
  Open({.rows_max = 1});
  exec::ElasticPool pool({});
  exec::Event refused;
  EXPECT_EQ(port_->Push(Numbers(0, 1)), code::kOk);
  pool.Post(1, exec::Job::Make([&] {
              EXPECT_EQ(port_->Push(Numbers(1, 1)), code::kCallCancelled);
              refused.Set();
            }));
  port_->Close();
  EXPECT_TRUE(refused.Wait());
  EXPECT_EQ(port_->Push(Numbers(2, 1)), code::kCallCancelled);
  EXPECT_EQ(port_->Tell(Message{0, "late"}), code::kCallCancelled);
  pool.Stop(SteadyClock().Now() + std::chrono::seconds(20));
}

TEST_F(PushPortTest, EventsGiveWayOldestFirstAndAreCounted) {
  Open({.overflow = PushPort::Overflow::kDropOldest, .rows_max = 3});
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(port_->Push(Numbers(i, 1)), code::kOk);
  std::vector<std::uint64_t> numbers;
  PullInto(numbers);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_EQ(port_->dropped(), 7u);
}

TEST_F(PushPortTest, WhoCanWaitIsSlowedDownWhileItIsHalfFull) {  // contract 6.2
  Open({.overflow = PushPort::Overflow::kDropOldest, .rows_max = 4, .slows_down = true});
  port_->Push(Numbers(0, 2));
  EXPECT_FALSE(port_->IsBehind());
  port_->Push(Numbers(2, 1));
  EXPECT_TRUE(port_->IsBehind());
  EXPECT_FALSE(port_->AwaitCatchUp(SteadyClock().Now()));
  std::vector<std::uint64_t> numbers;
  PullInto(numbers, 1);
  EXPECT_FALSE(port_->IsBehind());
  EXPECT_TRUE(port_->AwaitCatchUp(SteadyClock().Now()));
  port_->Push(Numbers(3, 2));
  EXPECT_FALSE(port_->AwaitCatchUp(SteadyClock().Now()));
  port_->Close();
  EXPECT_TRUE(port_->AwaitCatchUp(SteadyClock().Now())) << "nobody reads";
}

TEST_F(PushPortTest, NobodyIsSlowedDownUnasked) {
  Open({.overflow = PushPort::Overflow::kDropOldest, .rows_max = 4});
  port_->Push(Numbers(0, 6));
  EXPECT_FALSE(port_->IsBehind());
}

TEST_F(PushPortTest, TheReaderIsToldOfWhatGaveWay) {  // contract 6.2
  Open({.overflow = PushPort::Overflow::kDropOldest, .rows_max = 3});
  Batch out;
  const auto lost = [&] {
    const Pulled pulled = Pull(out, 2);
    return pulled.notices.empty() ? 0 : std::get<Lost>(pulled.notices.front()).count;
  };
  EXPECT_EQ(lost(), 0u);
  for (std::uint64_t i = 0; i < 8; ++i) port_->Push(Numbers(i, 1));
  EXPECT_EQ(lost(), 5u);
  EXPECT_EQ(lost(), 0u) << "once";
  for (std::uint64_t i = 0; i < 4; ++i) port_->Push(Numbers(i, 1));
  EXPECT_EQ(lost(), 1u);
}

TEST_F(PushPortTest, FiltersUnlessThePusherSaysItDoes) {  // contract 2.3, REQUIREMENTS
  const auto tree = wql::Parse("SELECT * FROM Number WHERE Value >= 5");
  ASSERT_TRUE(tree.ok());
  Result<wql::BoundQuery> query = wql::Bind(*tree.value(), Finder());
  ASSERT_TRUE(query.ok());
  Open({.filter = query->filter, .schema = NumberClass()});
  port_->Push(Numbers(3, 4));
  port_->SetFiltering(false);
  port_->Push(Numbers(0, 1));
  port_->SetFiltering(true);
  port_->Push(Numbers(1, 1));
  std::vector<std::uint64_t> numbers;
  PullInto(numbers);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{5, 6, 0}));
}

TEST_F(PushPortTest, ShowsOnlyWhatWasSelected) {
  cim::PropertySet nothing;
  Open({.visible = nothing, .schema = NumberClass()});
  port_->Push(Numbers(7, 1));
  Batch rows;
  Pull(rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows.front().IsVisible(0));
}

TEST_F(PushPortTest, RefusesWhatIsNoInstanceOfTheClass) {
  cim::ClassDeclaration declaration;
  declaration.name = "Number";  // the same name, another layout
  const cim::ClassPtr other = cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  cim::RowBlockBuilder builder;
  builder.BeginRow(other);
  builder.CommitRow();
  Batch rows;
  builder.Finish(rows);
  Open({.schema = NumberClass()});
  EXPECT_EQ(port_->Push(rows), code::kInvalidObject);
  EXPECT_EQ(port_->Push({cim::Object(NumberClass())}), code::kInvalidObject) << "a class";
  EXPECT_EQ(port_->Push({cim::Object()}), code::kInvalidObject) << "nothing";
}

TEST_F(PushPortTest, NoticesTravelWithTheRowsAndAreBounded) {
  Open({.wait_max = milliseconds(1)});
  for (std::size_t i = 0; i < limits::kNoticesMax; ++i) EXPECT_EQ(port_->Tell(Message{0, "m"}), code::kOk);
  EXPECT_EQ(port_->Tell(Message{0, "one too many"}), code::kServerTooBusy);
  Batch rows;
  EXPECT_EQ(Pull(rows).notices.size(), limits::kNoticesMax);
  EXPECT_EQ(port_->Tell(Message{0, "m"}), code::kOk);
}

TEST_F(PushPortTest, AQuestionThatNobodyHearsIsAnsweredAsCancelled) {
  Open();
  std::shared_ptr<Reply> reply;
  {
    auto holder = std::make_shared<ReplyHolder>();
    reply = holder->reply();
    EXPECT_EQ(port_->Tell(Question{"go on?", 0, holder}), code::kOk);
  }
  std::uint8_t answer = 9;
  EXPECT_EQ(reply->Wait(TimePoint::min(), answer), code::kTimedOut);
  port_->Close();
  EXPECT_EQ(reply->Wait(SteadyClock().Now() + std::chrono::seconds(20), answer), code::kCallCancelled);
}

}  // namespace
}  // namespace wmi::engine
