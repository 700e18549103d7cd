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

}  // namespace
}  // namespace wmi::exec
