// What one user, and all together, may subscribe to (contract 6.3).
#include "engine/subscription_test_support.h"

namespace wmi::engine {
namespace {

// ---- quotas (contract 6.3) ----------------------------------------------------------------------------------------

class QuotaTest : public SubscriptionTest {
 protected:
  void Configure(const std::string& values) {
    const Status put = engine_.catalogue().Compile(
        {"settings.mof", "instance of __ArbitratorConfiguration { " + values + " };"}, "ROOT");
    ASSERT_TRUE(put.ok()) << put.Message();
  }
  std::uint64_t Held(QuotaKind kind) { return engine_.quotas().Held(kind); }
  void ExpectViolation(const std::string& query, const std::string& beginning) {
    EXPECT_EQ(OutcomeOf(query), code::kQuotaViolation) << query;
    EXPECT_EQ(message_.rfind(beginning, 0), 0u) << message_;
    EXPECT_NE(message_.find("__ArbitratorConfiguration=@ in the namespace ROOT"), std::string::npos) << message_;
  }
  // Until its source is bound.
  Subscriber Listening(const std::string& query) {
    const std::uint64_t before = Held(QuotaKind::kTemporarySubscriptions);
    Subscriber made = Subscribe(query);
    EXPECT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == before + 1; }));
    return made;
  }
};

TEST_F(QuotaTest, AnOrdinarySubscriptionIsOneOfAThousand) {
  std::vector<Subscriber> made;
  for (int i = 0; i < 1'000; ++i) made.push_back(Subscribe("SELECT * FROM Bell"));
  ASSERT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 1'000; }));
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsPerUser is 1000; ");
  // What ends makes room.
  made.pop_back();
  --subscribers_;
  ASSERT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 999; }));
  const Subscriber again = Listening("SELECT * FROM Bell");
  EXPECT_FALSE(again.heard->Outcome());
}

TEST_F(QuotaTest, ChangesOfTheInstanceCountForLaterSubscriptions) {
  Configure("TemporarySubscriptionsPerUser = 2;");
  const Subscriber first = Listening("SELECT * FROM Bell");
  const Subscriber second = Listening("SELECT * FROM __ClassOperationEvent");
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsPerUser is 2; ");
  Configure("TemporarySubscriptionsPerUser = 3;");
  const Subscriber third = Listening("SELECT * FROM Bell");
  Configure("TemporarySubscriptionsPerUser = 100; TemporarySubscriptionsTotal = 3;");
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsTotal is 3; ");
  Configure("TemporarySubscriptionsTotal = 0;");
  EXPECT_FALSE(first.heard->Outcome() || second.heard->Outcome() || third.heard->Outcome());
  Configure("TemporarySubscriptionsTotal = NULL;");
  const Subscriber fourth = Listening("SELECT * FROM Bell");
}

TEST_F(QuotaTest, AQueryThatIsRefusedTakesNothing) {
  EXPECT_EQ(OutcomeOf("SELECT * FROM Tool"), code::kNotEventClass);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, OnePollForSeveralSubscriptionsIsOneInstruction) {
  Configure("PollingInstructionsPerUser = 1;");
  {
    const Subscriber first = Watching(kTools);
    const Subscriber second = Listening(kTools);
    EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 1u);
    ExpectViolation("SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Nail'",
                    "__ArbitratorConfiguration.PollingInstructionsPerUser is 1; ");
    EXPECT_FALSE(first.heard->Outcome() || second.heard->Outcome());
  }
  subscribers_ -= 2;
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kPollingInstructions) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingMemory), 0u);
}

TEST_F(QuotaTest, WhatIsPushedIsNoInstruction) {
  TellChanges(provider::kAllOperations);
  Configure("PollingInstructionsPerUser = 0; PollingMemoryPerUser = 0;");
  shop_->Set("Axe", {3});
  const Subscriber told = Watching(kTools);
  EXPECT_FALSE(told.heard->Outcome());
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, ASourceThatEndsMakesAnInstruction) {
  TellChanges(provider::kAllOperations);
  Configure("PollingInstructionsPerUser = 0;");
  const Subscriber told = Watching(kTools);
  changes()->Ended(Status(code::kTransportFailure, "the daemon has gone"));
  ASSERT_TRUE(Await([&] { return told.heard->Outcome().has_value(); }));
  EXPECT_EQ(told.heard->Outcome()->code(), code::kQuotaViolation);
}

TEST_F(QuotaTest, WhatIsKeptOfALookIsMemory) {
  shop_->Set("Axe", {3});
  const Subscriber small = Watching(kTools);
  const std::uint64_t one = Held(QuotaKind::kPollingMemory);
  EXPECT_GT(one, 0u);
  for (int i = 0; i < 9; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  Pass(seconds(2));
  EXPECT_GT(Held(QuotaKind::kPollingMemory), 5 * one);
  for (int i = 0; i < 9; ++i) shop_->Take(fmt::format("Pi{}", i));
  Pass(seconds(2));
  EXPECT_EQ(Held(QuotaKind::kPollingMemory), one);
  // What is held stays; what grows is refused, and ends those who poll.
  Configure(fmt::format("PollingMemoryPerUser = {};", one / 2));
  Pass(seconds(2));
  EXPECT_FALSE(small.heard->Outcome());
  shop_->Set("Saw", {3});
  clock_.Advance(seconds(2));
  engine_.RunDue();
  ASSERT_TRUE(Await([&] { return small.heard->Outcome().has_value(); }));
  EXPECT_EQ(small.heard->Outcome()->code(), code::kQuotaViolation);
  EXPECT_NE(small.heard->Outcome()->Message().find("PollingMemoryPerUser"), std::string::npos);
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kPollingMemory) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, UsersAreCountedEachAndTogether) {
  EventQuotas& quotas = engine_.quotas();
  Configure("PermanentSubscriptionsPerUser = 2; PermanentSubscriptionsTotal = 3;");
  const Principal one{1};
  const Principal two{2};
  Result<EventQuotas::Ticket> first = quotas.Permanent(one);
  ASSERT_TRUE(first.ok());
  Result<EventQuotas::Ticket> second = quotas.Permanent(one);
  ASSERT_TRUE(second.ok());
  const Result<EventQuotas::Ticket> refused = quotas.Permanent(one);
  EXPECT_EQ(refused.status().code(), code::kQuotaViolation);
  EXPECT_NE(refused.status().Message().find("PermanentSubscriptionsPerUser is 2"), std::string::npos);
  const Result<EventQuotas::Ticket> third = quotas.Permanent(two);
  ASSERT_TRUE(third.ok());
  EXPECT_NE(quotas.Permanent(two).status().Message().find("PermanentSubscriptionsTotal is 3"), std::string::npos);
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 2u);
  EventQuotas::Ticket moved = std::move(second).value();
  moved = std::move(first).value();  // gives back the one it held
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 1u);
  moved.Return();
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 0u);
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions), 1u);
}

}  // namespace
}  // namespace wmi::engine
