#include "exec/fair_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/fault.h"

namespace wmi::exec {
namespace {

struct Note {
  std::vector<std::string>& log;
  std::string text;
  void Run() { log.push_back(text); }
  std::string Description() const { return text; }
};

class FairQueueTest : public testing::Test {
 protected:
  void Push(Lane lane, const std::string& text) {
    queue_.Push(lane, Task::Of<&Note::Run>(std::make_shared<Note>(Note{log_, text})));
  }
  void RunAll() {
    while (!queue_.empty()) queue_.Pop().task.Run();
  }
  FairQueue queue_;
  std::vector<std::string> log_;
};

TEST_F(FairQueueTest, OneLaneIsFirstInFirstOut) {
  Push(1, "a");
  Push(1, "b");
  Push(1, "c");
  RunAll();
  EXPECT_EQ(log_, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(FairQueueTest, ALaneWithMuchWorkDelaysAnotherByOneTurnOnly) {
  for (int i = 0; i < 100; ++i) Push(1, "busy");
  Push(2, "other");
  queue_.Pop().task.Run();
  queue_.Pop().task.Run();
  EXPECT_EQ(log_.back(), "other");
}

TEST_F(FairQueueTest, PopPassesOverLanesThatMayNotRun) {
  Push(1, "held");
  Push(2, "free");
  auto not_one = [](Lane lane) { return lane != 1; };
  queue_.Pop(not_one).task.Run();
  EXPECT_EQ(log_, std::vector<std::string>{"free"});
  EXPECT_FALSE(queue_.Pop(not_one).task);
  EXPECT_FALSE(queue_.HasFor(not_one));
  EXPECT_EQ(queue_.size(), 1u);
}

TEST_F(FairQueueTest, AnUnrunTaskReleasesItsObject) {
  auto note = std::make_shared<Note>(Note{log_, "never"});
  std::weak_ptr<Note> weak = note;
  {
    FairQueue queue;
    queue.Push(1, Task::Of<&Note::Run>(std::move(note)));
  }
  EXPECT_TRUE(weak.expired());
}

// A task that has its own place in what it works for.
struct Slotted {
  std::vector<std::string>& log;
  TaskSlot slot = {};
  void Run() { log.push_back("slotted"); }
  std::string Description() const { return "slotted"; }
};

TEST_F(FairQueueTest, WithoutMemoryATaskWaitsInItsSlotAndRunsFirst) {
  Push(1, "a");
  auto slotted = std::make_shared<Slotted>(Slotted{log_});
  {
    const FaultScope no_memory("exec.queue", 1, FaultMode::kFromThere);
    EXPECT_THROW(queue_.Push(1, Task::Of<&Slotted::Run>(slotted)), std::bad_alloc);
    queue_.Push(2, Task::Of<&Slotted::Run>(slotted), &slotted->slot);
    EXPECT_THROW(queue_.Push(2, Task::Of<&Slotted::Run>(slotted), &slotted->slot), std::bad_alloc) << "it is taken";
  }
  EXPECT_EQ(2u, queue_.size());
  EXPECT_TRUE(queue_.HasFor([](Lane lane) { return lane == 2; }));
  RunAll();
  EXPECT_EQ((std::vector<std::string>{"slotted", "a"}), log_);
  queue_.Push(2, Task::Of<&Slotted::Run>(slotted), &slotted->slot);
  RunAll();
  EXPECT_EQ(3u, log_.size());
}

TEST_F(FairQueueTest, AQueueThatIsDroppedLetsGoOfTasksInSlots) {
  auto slotted = std::make_shared<Slotted>(Slotted{log_});
  const std::weak_ptr<Slotted> watched = slotted;
  {
    FairQueue dropped;
    const FaultScope no_memory("exec.queue");
    TaskSlot& slot = slotted->slot;
    dropped.Push(1, Task::Of<&Slotted::Run>(std::move(slotted)), &slot);
  }
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace wmi::exec
