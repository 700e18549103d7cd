#include "exec/gate.h"

#include <gtest/gtest.h>

#include <thread>

#include "exec/manual_scheduler.h"
#include "exec/test_support.h"
#include "exec/wait_graph.h"

namespace wmi::exec {
namespace {

TEST(GateTest, RefusesAfterCloseAndWaitsForTheLastToLeave) {
  Gate gate;
  ASSERT_TRUE(gate.Enter());
  gate.Close();
  EXPECT_FALSE(gate.Enter());
  EXPECT_FALSE(gate.WaitEmpty(SteadyClock().Now()));
  std::thread leaver([&] { gate.Leave(); });
  EXPECT_TRUE(gate.WaitEmpty(SteadyClock().Now() + std::chrono::seconds(20)));
  leaver.join();
}

TEST(WaitGraphTest, FindsACircleThroughOthers) {
  WaitGraph graph;
  // b waits for c, c waits for this thread; this thread must not wait for b.
  Event registered_b;
  Event registered_c;
  Event done;
  const std::thread::id self = std::this_thread::get_id();
  std::thread::id c_id;
  std::thread c([&] {
    ASSERT_TRUE(graph.Begin(self));
    registered_c.Set();
    done.Wait();
    graph.End();
  });
  c_id = c.get_id();
  ASSERT_TRUE(registered_c.Wait());
  std::thread b([&] {
    ASSERT_TRUE(graph.Begin(c_id));
    registered_b.Set();
    done.Wait();
    graph.End();
  });
  ASSERT_TRUE(registered_b.Wait());
  EXPECT_FALSE(graph.Begin(b.get_id()));
  EXPECT_FALSE(graph.Begin(self)) << "waiting for oneself is the smallest circle";
  done.Set();
  b.join();
  c.join();
  EXPECT_TRUE(graph.Begin(c_id)) << "nobody waits any more";
  graph.End();
}

TEST(ManualSchedulerTest, OrderDependsOnTheSeedAlone) {
  auto order = [](std::uint64_t seed) {
    ManualScheduler scheduler(seed);
    std::string log;
    for (char name = 'a'; name <= 'h'; ++name) scheduler.Post(1, Job::Make([&log, name] { log += name; }));
    EXPECT_TRUE(scheduler.RunAll());
    return log;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

}  // namespace
}  // namespace wmi::exec
