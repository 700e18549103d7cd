#include "providers/linux/process_events/process_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ProcessMessage::Kind;

constexpr std::uint64_t kMillisecond = 1'000'000;

class TrackerTest : public testing::Test, protected ProcessTracker::Output {
 protected:
  void Fork(std::int32_t parent, std::int32_t id, std::int32_t thread) {
    ProcessMessage message = Make(Kind::kFork, id, thread);
    message.parent_id = parent;
    tracker_.Take(message);
  }
  void Fork(std::int32_t parent, std::int32_t id) { Fork(parent, id, id); }
  void Program(std::int32_t id) { tracker_.Take(Make(Kind::kProgram, id, id)); }
  void Exit(std::int32_t id, std::int32_t thread, std::uint32_t status = 0) {
    ProcessMessage message = Make(Kind::kExit, id, thread);
    message.wait_status = status;
    tracker_.Take(message);
  }
  void Exit(std::int32_t id) { Exit(id, id); }
  void Wait(std::uint64_t ns) {
    now_ += ns;
    tracker_.Expire(now_);
  }
  // What was told since the last call.
  std::vector<std::string> Told() { return std::exchange(told_, {}); }

  std::set<std::int32_t> running_;
  std::uint64_t now_ = 1000 * kMillisecond;
  ProcessTracker tracker_{*this};

 private:
  ProcessMessage Make(Kind kind, std::int32_t id, std::int32_t thread) const {
    ProcessMessage message;
    message.kind = kind;
    message.process_id = id;
    message.thread_id = thread;
    message.time_ns = now_;
    return message;
  }

  void Started(const StartedProcess& process) override {
    told_.push_back("+" + std::to_string(process.id) + " of " + std::to_string(process.parent_id) +
                    (process.runs_own_program ? " own" : "") + (process.name.empty() ? "" : " " + process.name));
  }
  void Changed(std::int32_t id) override { told_.push_back("!" + std::to_string(id)); }
  void Ended(const EndedProcess& process) override {
    told_.push_back("-" + std::to_string(process.id) +
                    (process.wait_status ? " " + std::to_string(*process.wait_status) : " ?"));
  }
  bool IsRunning(std::int32_t id) override { return running_.contains(id); }

  std::vector<std::string> told_;
};

TEST_F(TrackerTest, AProcessIsToldWhenItRunsItsProgram) {
  Fork(1, 20);
  EXPECT_THAT(Told(), IsEmpty());
  Program(20);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1 own"));
  Wait(100 * kMillisecond);
  Exit(20);
  EXPECT_THAT(Told(), ElementsAre("-20 0"));
  EXPECT_EQ(tracker_.next_time(), std::nullopt);
}

TEST_F(TrackerTest, AProcessWithoutAProgramIsToldWhenItEnds) {
  Fork(1, 20);
  Exit(20, 20, 256);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1", "-20 256"));
  Wait(100 * kMillisecond);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(TrackerTest, AProcessWithoutAProgramIsToldAfterTenMilliseconds) {
  Fork(1, 20);
  EXPECT_EQ(tracker_.next_time(), now_ + 10 * kMillisecond);
  Wait(9 * kMillisecond);
  EXPECT_THAT(Told(), IsEmpty());
  Wait(kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1"));
  EXPECT_EQ(tracker_.next_time(), std::nullopt);
  Program(20);  // late: it was told, and is another one now
  EXPECT_THAT(Told(), ElementsAre("!20"));
  Exit(20);
  EXPECT_THAT(Told(), ElementsAre("-20 0"));
}

TEST_F(TrackerTest, ManyAtOnceAreToldEachAtItsTime) {
  Fork(1, 20);
  now_ += 4 * kMillisecond;
  Fork(20, 30);
  Program(30);
  Fork(1, 10);
  EXPECT_THAT(Told(), ElementsAre("+30 of 20 own"));
  Wait(6 * kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1"));
  EXPECT_EQ(tracker_.next_time(), now_ + 4 * kMillisecond);
  Wait(4 * kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("+10 of 1"));
}

TEST_F(TrackerTest, AProgramOrAnEndOfOneThatWasThereBefore) {
  Program(5);
  Exit(5);
  EXPECT_THAT(Told(), ElementsAre("!5", "-5 0"));
}

TEST_F(TrackerTest, AParentThatWaitsForTheProgramChangesNothing) {
  // vfork: the parent stands still until the child runs its program; both may be unknown.
  Fork(1, 20);
  Fork(20, 21);
  Program(21);
  Exit(21);
  Exit(20);
  EXPECT_THAT(Told(), ElementsAre("+21 of 20 own", "-21 0", "+20 of 1", "-20 0"));
}

TEST_F(TrackerTest, TheNameItGaveItselfIsKept) {
  Fork(1, 20);
  ProcessMessage name;
  name.kind = Kind::kName;
  name.process_id = name.thread_id = 20;
  std::string_view("worker").copy(name.name.data(), name.name.size() - 1);
  tracker_.Take(name);
  name.thread_id = 21;
  std::string_view("thread").copy(name.name.data(), name.name.size() - 1);
  tracker_.Take(name);
  Exit(20);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1 worker", "-20 0"));
}

TEST_F(TrackerTest, ThreadsAreNoProcesses) {
  running_ = {20};
  Fork(1, 20, 21);
  Exit(20, 21);
  Wait(100 * kMillisecond);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(TrackerTest, GoneWithTheLastThreadWhicheverItIs) {
  Fork(1, 20);
  Program(20);
  Fork(1, 20, 21);
  Fork(1, 20, 22);
  Told();
  running_ = {20};
  Exit(20, 20, 7);  // the first thread goes before the others
  Exit(20, 21);
  EXPECT_THAT(Told(), IsEmpty());
  running_ = {};
  Exit(20, 22);
  EXPECT_THAT(Told(), ElementsAre("-20 7"));
  Wait(1000 * kMillisecond);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(TrackerTest, AnEndThatProcDoesNotShowYetIsLookedForAgain) {
  running_ = {20};
  Exit(20);
  EXPECT_EQ(tracker_.next_time(), now_ + 10 * kMillisecond);
  Wait(10 * kMillisecond);
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_EQ(tracker_.next_time(), now_ + 20 * kMillisecond);
  running_ = {};
  Wait(20 * kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("-20 0"));
  EXPECT_EQ(tracker_.next_time(), std::nullopt);
}

TEST_F(TrackerTest, LooksForAnEndThatDoesNotComeAreFew) {
  running_ = {20};
  Exit(20);
  int looks = 0;
  while (tracker_.next_time()) {
    Wait(*tracker_.next_time() - now_);
    ASSERT_LT(++looks, 100);
  }
  EXPECT_EQ(looks, 6);
  running_ = {};
  Exit(20, 22);  // its last thread
  EXPECT_THAT(Told(), ElementsAre("-20 0"));
}

TEST_F(TrackerTest, AThreadThatRunsAProgramTakesTheNumberOfTheFirst) {
  Fork(1, 20);
  Program(20);
  Fork(1, 20, 21);
  Told();
  running_ = {20};
  Exit(20);  // of the thread that was the first; the process goes on
  Program(20);
  EXPECT_THAT(Told(), ElementsAre("!20"));
  EXPECT_EQ(tracker_.next_time(), std::nullopt);
  running_ = {};
  Exit(20, 20, 3);
  EXPECT_THAT(Told(), ElementsAre("-20 3"));
}

TEST_F(TrackerTest, ANumberThatIsGivenAgain) {
  Fork(1, 20);
  Fork(2, 20);  // the end of the one before was not told
  EXPECT_THAT(Told(), ElementsAre("+20 of 1", "-20 ?"));
  Program(20);
  Exit(20);
  EXPECT_THAT(Told(), ElementsAre("+20 of 2 own", "-20 0"));
  // Given again while /proc still shows the one before.
  running_ = {20};
  Exit(20, 20, 5);
  Fork(3, 20);
  EXPECT_THAT(Told(), ElementsAre("-20 5"));
  Program(20);
  EXPECT_THAT(Told(), ElementsAre("+20 of 3 own"));
}

TEST_F(TrackerTest, AfterALossNothingWaitsForAMessageThatMayBeLost) {
  Fork(1, 20);
  Fork(1, 30);
  Fork(1, 40);
  running_ = {30, 40};
  tracker_.Lose(now_);
  EXPECT_THAT(Told(), ElementsAre("+20 of 1", "+30 of 1", "+40 of 1"));
  Exit(40);  // arrived all the same, and told once
  running_ = {30};
  Wait(10 * kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("-20 ?", "-40 0"));
  while (tracker_.next_time()) Wait(*tracker_.next_time() - now_);
  running_ = {};
  Exit(30);
  EXPECT_THAT(Told(), ElementsAre("-30 0"));
}

TEST_F(TrackerTest, AfterALossAnEndIsLookedForAgain) {
  running_ = {20};
  Exit(20, 20, 6);
  while (tracker_.next_time()) Wait(*tracker_.next_time() - now_);
  running_ = {};
  tracker_.Lose(now_);
  EXPECT_EQ(tracker_.next_time(), now_ + 10 * kMillisecond);
  Wait(10 * kMillisecond);
  EXPECT_THAT(Told(), ElementsAre("-20 6"));
}

TEST_F(TrackerTest, WhoWaitsIsBoundedByNumber) {
  for (std::int32_t id = 1; id <= static_cast<std::int32_t>(ProcessTracker::kPendingMax); ++id) Fork(1, id);
  EXPECT_THAT(Told(), IsEmpty());
  Fork(1, 4'000'000);
  EXPECT_THAT(Told(), ElementsAre("+4000000 of 1"));
  Exit(4'000'000);
  EXPECT_THAT(Told(), ElementsAre("-4000000 0"));
}

}  // namespace
}  // namespace wmi::linuxos
