#include "exec/wait_graph.h"

#include <gtest/gtest.h>

#include <thread>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

TEST(WaitGraphTest, FindsACircleThroughOthers) {
  WaitGraph graph;
  // b waits for c, c waits for this thread; this thread must not wait for b.
  Event registered_b;
  Event registered_c;
  Event done;
  const std::thread::id self = std::this_thread::get_id();
  std::thread::id c_id;
  std::thread c([&] {
    WaitGraph::Wait wait;
    ASSERT_TRUE(graph.Begin(self, wait));
    registered_c.Set();
    done.Wait();
    graph.End(wait);
  });
  c_id = c.get_id();
  ASSERT_TRUE(registered_c.Wait());
  std::thread b([&] {
    WaitGraph::Wait wait;
    ASSERT_TRUE(graph.Begin(c_id, wait));
    registered_b.Set();
    done.Wait();
    graph.End(wait);
  });
  ASSERT_TRUE(registered_b.Wait());
  WaitGraph::Wait wait;
  EXPECT_FALSE(graph.Begin(b.get_id(), wait));
  EXPECT_FALSE(graph.Begin(self, wait)) << "waiting for oneself is the smallest circle";
  done.Set();
  b.join();
  c.join();
  EXPECT_TRUE(graph.Begin(c_id, wait)) << "nobody waits any more";
  graph.End(wait);
}

}  // namespace
}  // namespace wmi::exec
