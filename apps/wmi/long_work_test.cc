#include "wmi/long_work.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <unistd.h>

#include <string>

namespace wmi::cli {
namespace {

class LongWorkTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::openpty(&master_, &terminal_, nullptr, nullptr, nullptr), 0); }
  void TearDown() override {
    ::close(terminal_);
    ::close(master_);
  }
  // What is on the terminal, after a mark that says where it ends.
  std::string Shown() {
    EXPECT_EQ(::write(terminal_, "#", 1), 1);
    std::string shown;
    char c = 0;
    while (::read(master_, &c, 1) == 1 && c != '#') shown += c;
    return shown;
  }

  int master_ = -1;
  int terminal_ = -1;
};

TEST_F(LongWorkTest, TellsHowFarItIsOnceItTakesLong) {
  const Signals signals;
  Progress progress(terminal_, Colour::kOff);
  LongWork quick(progress, signals);
  EXPECT_TRUE(quick.Step("copying", 1, 4));
  EXPECT_EQ(Shown(), "");
  LongWork work(progress, signals, SteadyClock::now() - std::chrono::seconds(2));
  EXPECT_TRUE(work.Step("copying", 5, 4));
  EXPECT_NE(Shown().find("s, copying, 100 %; Ctrl-C cancels"), std::string::npos) << "never more than all";
}

TEST_F(LongWorkTest, ASignalEndsIt) {
  const Signals signals;
  Progress progress(terminal_, Colour::kOff);
  LongWork work(progress, signals);
  EXPECT_TRUE(work.Step("copying", 0, 0));
  EXPECT_FALSE(work.is_cancelled());
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_FALSE(work.Step("copying", 0, 0));
  EXPECT_TRUE(work.is_cancelled());
  testing::internal::CaptureStderr();
  EXPECT_EQ(work.TellCancelled("wmi", "nothing has changed"), 128 + SIGTERM);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "wmi: cancelled after 0.0 s; nothing has changed\n");
}

}  // namespace
}  // namespace wmi::cli
