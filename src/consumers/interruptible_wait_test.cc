#include "consumers/interruptible_wait.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stop_token>
#include <string>
#include <thread>

namespace wmi::consumers {
namespace {

constexpr auto kLong = std::chrono::minutes(10);

// Whether a thread of this process waits in the kernel.
bool IsWaiting(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos || text.substr(name_end).starts_with(") S");
}

TEST(InterruptibleWait, AStopWakesIt) {
  std::stop_source stop;
  const InterruptibleWait wait(stop.get_token());
  std::thread stopper([&stop, waiter = ::gettid()] {
    while (!IsWaiting(waiter)) std::this_thread::yield();
    stop.request_stop();
  });
  EXPECT_EQ(wait.Until(SteadyClock().Now() + kLong), Waited::kStopped);
  stopper.join();
  EXPECT_EQ(wait.Until(SteadyClock().Now() + kLong), Waited::kStopped);
}

TEST(InterruptibleWait, ItsTimeRunsOut) {
  const InterruptibleWait wait{std::stop_token()};
  EXPECT_EQ(wait.Until(SteadyClock().Now() - kLong), Waited::kTimedOut);
  const TimePoint deadline = SteadyClock().Now() + std::chrono::milliseconds(2);
  EXPECT_EQ(wait.Until(deadline), Waited::kTimedOut);
  EXPECT_GE(SteadyClock().Now(), deadline);
}

TEST(InterruptibleWait, ADescriptorIsReady) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const Descriptor out(pipe[0]);
  Descriptor in(pipe[1]);
  const InterruptibleWait wait{std::stop_token()};
  EXPECT_EQ(wait.ForDescriptor(out.get(), POLLIN, SteadyClock().Now()), Waited::kTimedOut);
  EXPECT_EQ(wait.ForDescriptor(in.get(), POLLOUT, SteadyClock().Now() + kLong), Waited::kReady);
  in.Close();
  EXPECT_FALSE(in);
  EXPECT_EQ(wait.ForDescriptor(out.get(), POLLIN, SteadyClock().Now() + kLong), Waited::kReady);  // its end
}

}  // namespace
}  // namespace wmi::consumers
