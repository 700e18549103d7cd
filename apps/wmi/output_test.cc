#include "wmi/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace wmi::cli {
namespace {

class OutputTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe2(pipe_, O_CLOEXEC), 0); }
  void TearDown() override {
    CloseReader();
    ::close(pipe_[1]);
  }
  void CloseReader() {
    if (pipe_[0] >= 0) ::close(pipe_[0]);
    pipe_[0] = -1;
  }

  Signals signals_;
  int pipe_[2] = {-1, -1};
};

TEST_F(OutputTest, WritesMoreThanAPipeHolds) {
  const std::string text(1 << 20, 'x');
  std::string got;
  std::thread reader([&] {
    char buffer[65536];
    for (ssize_t count; got.size() < text.size() && (count = ::read(pipe_[0], buffer, sizeof buffer)) > 0;) {
      got.append(buffer, static_cast<std::size_t>(count));
    }
  });
  Output output(pipe_[1], signals_);
  EXPECT_EQ(output.Write(text), OutputState::kOpen);
  reader.join();
  EXPECT_EQ(got, text);
}

TEST_F(OutputTest, AReaderThatHasGoneIsNoError) {
  CloseReader();
  Output output(pipe_[1], signals_);
  EXPECT_EQ(output.Write("x"), OutputState::kReaderGone);
  EXPECT_EQ(output.Write("y"), OutputState::kReaderGone);
}

TEST_F(OutputTest, AFullDiskIsOne) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "no /dev/full";
  Output output(full, signals_);
  EXPECT_EQ(output.Write("x"), OutputState::kFailed);
  EXPECT_EQ(output.error(), ENOSPC);
  ::close(full);
}

TEST_F(OutputTest, ASignalEndsTheWaitForASlowReader) {
  Output output(pipe_[1], signals_);
  EXPECT_EQ(signals_.caught(), 0);
  ::raise(SIGINT);
  EXPECT_EQ(signals_.caught(), SIGINT);
  EXPECT_EQ(output.Write(std::string(1 << 20, 'x')), OutputState::kInterrupted);
}

}  // namespace
}  // namespace wmi::cli
