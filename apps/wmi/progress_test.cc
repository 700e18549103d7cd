#include "wmi/progress.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace wmi::cli {
namespace {

class ProgressTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::openpty(&master_, &terminal_, nullptr, nullptr, nullptr), 0); }
  void TearDown() override {
    ::close(terminal_);
    ::close(master_);
  }
  std::string Shown() {
    char buffer[4096];
    const ssize_t count = ::read(master_, buffer, sizeof buffer);
    return count < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(count));
  }

  int master_ = -1;
  int terminal_ = -1;
};

TEST_F(ProgressTest, AppearsAfterHalfASecondWithoutRowsAndGoesWhenCleared) {
  Progress progress(terminal_, Colour::kOff);
  const TimePoint start = SteadyClock::now();
  EXPECT_EQ(progress.NextUpdate(start), start + std::chrono::milliseconds(500));
  progress.Update(start + std::chrono::milliseconds(1500), start, 12, -1);
  EXPECT_EQ(Shown(), "\r1.5 s, 12 objects; Ctrl-C cancels\x1b[K");
  EXPECT_EQ(progress.NextUpdate(start), start + std::chrono::milliseconds(1700));
  progress.Update(start + std::chrono::milliseconds(1700), start, 1, 40);
  EXPECT_EQ(Shown(), "\r1.7 s, 1 object, 40 %; Ctrl-C cancels\x1b[K");
  progress.Clear();
  EXPECT_EQ(Shown(), "\r\x1b[K");
}

TEST(SilentProgressTest, SaysNothingWhereThereIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    Progress progress(ends[1], Colour::kOff);
    EXPECT_EQ(progress.NextUpdate(SteadyClock::now()), std::nullopt);
    progress.Update(SteadyClock::now(), SteadyClock::now(), 1, -1);
  }
  ::close(ends[1]);
  char byte;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

}  // namespace
}  // namespace wmi::cli
