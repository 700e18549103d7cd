#include "providers/linux/accounts/name_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "providers/linux/guarded_calls.h"

namespace wmi::linuxos {
namespace {

using Outcome = GuardedCalls::Outcome;
using std::chrono::milliseconds;

constexpr milliseconds kAtOnce{0};
constexpr milliseconds kLong{60'000};

TEST(GuardedCallsTest, GivesWhatTheWorkGives) {
  GuardedCalls calls;
  EXPECT_EQ(RunGuarded<int>(calls, "a", [] { return 7; }, kLong), 7);
  EXPECT_EQ(RunGuarded<std::string>(calls, "a", [] { return std::string("again"); }, kLong), "again");
}

TEST(GuardedCallsTest, RunsOnAThreadOfItsOwn) {
  GuardedCalls calls;
  const auto id = RunGuarded<std::thread::id>(calls, "a", [] { return std::this_thread::get_id(); }, kLong);
  EXPECT_TRUE(id.has_value());
  EXPECT_NE(id, std::this_thread::get_id());
}

TEST(GuardedCallsTest, LeavesBehindWhatHangsAndAsksAgainWhenItIsBack) {
  GuardedCalls calls;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  EXPECT_EQ(calls.Run("/mnt/dead", [opened] { opened.wait(); }, kAtOnce), Outcome::kTimedOut);
  bool ran = false;
  EXPECT_EQ(calls.Run("/mnt/dead", [&ran] { ran = true; }, kAtOnce), Outcome::kStuck);
  EXPECT_FALSE(ran);
  EXPECT_EQ(calls.Run("/mnt/alive", [] {}, kLong), Outcome::kDone);
  gate.set_value();
  EXPECT_EQ(calls.Run("/mnt/dead", [&ran] { ran = true; }, kLong), Outcome::kDone);
  EXPECT_TRUE(ran);
}

TEST(GuardedCallsTest, GivesNoValueOfACallThatHangs) {
  GuardedCalls calls;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  const auto hang = [opened] {
    opened.wait();
    return 1;
  };
  EXPECT_EQ(RunGuarded<int>(calls, "a", hang, kAtOnce), std::nullopt);
  gate.set_value();
}

TEST(GuardedCallsTest, RefusesWhenTooManyAreOut) {
  GuardedCalls calls;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  for (std::size_t i = 0; i < GuardedCalls::kOutMax; ++i) {
    EXPECT_EQ(calls.Run(std::to_string(i), [opened] { opened.wait(); }, kAtOnce), Outcome::kTimedOut) << i;
  }
  EXPECT_EQ(calls.Run("one more", [] {}, kAtOnce), Outcome::kRefused);
  gate.set_value();
  // Waits for the first of them to be back, which makes room.
  EXPECT_EQ(calls.Run("0", [] {}, kLong), Outcome::kDone);
}

TEST(GuardedCallsTest, MayGoBeforeTheCallsThatAreOut) {
  std::promise<void> gate;
  // Shared with the call, which may still be busy telling when this test ends.
  const auto done = std::make_shared<std::promise<void>>();
  const std::future<void> told = done->get_future();
  {
    GuardedCalls calls;
    const auto work = [opened = gate.get_future().share(), done] {
      opened.wait();
      done->set_value();
    };
    EXPECT_EQ(calls.Run("a", work, kAtOnce), Outcome::kTimedOut);
  }
  gate.set_value();
  told.wait();
}

TEST(NameServiceTest, KnowsRootByNameAndNumber) {
  NameService& names = NameService::Real();
  UserEntry user;
  ASSERT_EQ(names.UserByName("root", user), NameAnswer::kFound);
  EXPECT_EQ(user.id, 0u);
  EXPECT_FALSE(user.home.empty());
  ASSERT_EQ(names.UserById(0, user), NameAnswer::kFound);
  EXPECT_EQ(user.name, "root");
  GroupEntry group;
  ASSERT_EQ(names.GroupByName("root", group), NameAnswer::kFound);
  EXPECT_EQ(group.id, 0u);
  ASSERT_EQ(names.GroupById(0, group), NameAnswer::kFound);
  EXPECT_EQ(group.name, "root");
}

TEST(NameServiceTest, TellsNobodyFromNoAnswer) {
  NameService& names = NameService::Real();
  UserEntry user;
  GroupEntry group;
  EXPECT_EQ(names.UserByName("no such user here", user), NameAnswer::kNotFound);
  EXPECT_EQ(names.UserById(4'000'000'123u, user), NameAnswer::kNotFound);
  EXPECT_EQ(names.GroupByName("no such group here", group), NameAnswer::kNotFound);
  EXPECT_EQ(names.GroupById(4'000'000'123u, group), NameAnswer::kNotFound);
}

TEST(NameServiceTest, ListsNoMoreThanAskedFor) {
  NameService& names = NameService::Real();
  std::vector<UserEntry> users;
  ASSERT_EQ(names.Users(100'000, users), NameAnswer::kFound);
  EXPECT_TRUE(std::any_of(users.begin(), users.end(), [](const UserEntry& user) { return user.name == "root"; }));
  ASSERT_EQ(names.Users(1, users), NameAnswer::kFound);
  EXPECT_EQ(users.size(), 1u);
  std::vector<GroupEntry> groups;
  ASSERT_EQ(names.Groups(1, groups), NameAnswer::kFound);
  EXPECT_EQ(groups.size(), 1u);
}

}  // namespace
}  // namespace wmi::linuxos
