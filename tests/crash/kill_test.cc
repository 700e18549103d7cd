// Processes that share a repository, and processes that are killed at any moment.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "steps.h"
#include "store/change_signal.h"

namespace wmi::crash {
namespace {

using Random = std::mt19937_64;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRoundsInCtest = 25;
constexpr auto kHangMax = std::chrono::seconds(60);

// A crash_writer: see writer.cc.
class Writer {
 public:
  Writer(const std::string& folder, const std::string& name, std::uint64_t first) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) return;
    const std::string start = std::to_string(first);
    process_ = fork();
    if (process_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      execl(WMI_CRASH_WRITER, WMI_CRASH_WRITER, folder.c_str(), name.c_str(), start.c_str(), nullptr);
      _exit(3);
    }
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Writer() {
    Kill();
    close(to_);
    close(from_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Until it has said something that was not read yet; false when nothing comes.
  bool AwaitOutput() const {
    pollfd wait{from_, POLLIN, 0};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kHangMax).count();
    return poll(&wait, 1, static_cast<int>(limit)) > 0;
  }
  // The next line of its output; empty at the end, or when nothing comes.
  std::string Line() {
    for (;;) {
      const std::size_t end = text_.find('\n');
      if (end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      if (!AwaitOutput()) return "";
      std::array<char, 4096> bytes{};
      const ssize_t count = read(from_, bytes.data(), bytes.size());
      if (count <= 0) return "";
      text_.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  std::string Ask(const std::string& question) {
    const std::string line = question + "\n";
    if (write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return "it does not listen";
    return Line();
  }
  // At once, whatever it does.
  void Kill() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // After Kill: the last step that it acknowledged, `otherwise` for none.
  std::uint64_t LastAcknowledged(std::uint64_t otherwise) {
    std::uint64_t last = otherwise;
    for (std::string line = Line(); !line.empty(); line = Line()) last = std::stoull(line);
    return last;
  }

 private:
  pid_t process_ = 0;
  int to_ = -1;
  int from_ = -1;
  std::string text_;
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    signal(SIGPIPE, SIG_IGN);
    std::string pattern = ::testing::TempDir() + "openwmi-kill-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~KillTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<store::Repository> Open() const {
    Result<std::unique_ptr<store::Repository>> opened =
        store::Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  static void WaitUntil(Clock::time_point moment) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(moment - Clock::now());
    if (left.count() <= 0) return;
    const timespec time{static_cast<time_t>(left.count() / 1000000000), static_cast<long>(left.count() % 1000000000)};
    ppoll(nullptr, 0, &time, nullptr);  // the moment of the kill is what is random here
  }

  std::string folder_;
};

TEST_F(KillTest, WhatWritersAcknowledgedSurvivesThem) {
  Random random(Seed());
  const std::vector<std::string> names = {"a", "b"};
  std::vector<std::uint64_t> steps(names.size(), 0);
  const std::unique_ptr<store::Repository> observer = Open();  // open all the time: its view must follow
  ASSERT_NE(observer, nullptr);
  ASSERT_TRUE(Prepare(*observer).ok());
  std::uint64_t killed_at_work = 0;
  for (std::uint64_t round = 0; round < RoundsOr(kRoundsInCtest); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::vector<std::unique_ptr<Writer>> writers;
    for (std::size_t i = 0; i < names.size(); ++i) {
      writers.push_back(std::make_unique<Writer>(folder_, names[i], steps[i] + 1));
    }
    // Every other round while they work, however slow the machine; the others anywhere, also while they begin.
    if (round % 2 == 0) {
      ASSERT_TRUE(writers.front()->AwaitOutput());
    }
    WaitUntil(Clock::now() + std::chrono::microseconds(random() % 120000));
    for (auto& writer : writers) writer->Kill();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::uint64_t acknowledged = writers[i]->LastAcknowledged(steps[i]);
      if (acknowledged != steps[i]) ++killed_at_work;
      const Result<std::uint64_t> seen = FindState(*observer, names[i], acknowledged);
      ASSERT_TRUE(seen.ok()) << "as the observer sees it: " << seen.status().Message();
      const std::unique_ptr<store::Repository> fresh = Open();
      ASSERT_NE(fresh, nullptr);
      const Result<std::uint64_t> state = FindState(*fresh, names[i], acknowledged);
      ASSERT_TRUE(state.ok()) << state.status().Message();
      EXPECT_EQ(*seen, *state);
      steps[i] = *state;
    }
    const Status sound = CheckSound(*observer);
    ASSERT_TRUE(sound.ok()) << sound.Message();
  }
  EXPECT_GT(killed_at_work, 0u) << "no writer ever came to write";
}

TEST_F(KillTest, ProcessesSeeEachOthersChangesAtTheNextCall) {
  const std::unique_ptr<store::Repository> here = Open();
  ASSERT_NE(here, nullptr);
  ASSERT_TRUE(Prepare(*here).ok());
  Writer there(folder_, "c", 0);
  // Steps make and delete rows, classes and namespaces; each side does every other one.
  for (std::uint64_t number = 1; number <= 40; ++number) {
    if (number % 2 == 0) {
      const Status status = DoStep(*here, "c", number);
      ASSERT_TRUE(status.ok()) << number << ": " << status.Message();
    } else {
      ASSERT_EQ(there.Ask("step " + std::to_string(number)), "ok") << number;
    }
    const Result<std::uint64_t> state = FindState(*here, "c", number);
    ASSERT_TRUE(state.ok()) << state.status().Message();
    EXPECT_EQ(*state, number);
    ASSERT_EQ(there.Ask("read " + std::to_string(number)), "ok");
  }
}

TEST_F(KillTest, ACommitterThatDiedBetweenItsSignalsLeavesReadersRight) {
  const std::unique_ptr<store::Repository> reader = Open();
  ASSERT_NE(reader, nullptr);
  ASSERT_TRUE(Prepare(*reader).ok());
  auto signal = store::ChangeSignal::Open(folder_ + "/changes");
  ASSERT_TRUE(signal.ok());
  (*signal)->Begin();  // and never an End
  Writer writer(folder_, "d", 0);
  for (std::uint64_t number = 1; number <= 6; ++number) {
    ASSERT_EQ(writer.Ask("step " + std::to_string(number)), "ok");
    if (number == 3) (*signal)->Begin();
    const Result<std::uint64_t> state = FindState(*reader, "d", number);
    ASSERT_TRUE(state.ok()) << state.status().Message();
    EXPECT_EQ(*state, number);
  }
  EXPECT_TRUE((*signal)->Look().is_settled()) << "the next commit ended what the dead one began";
}

}  // namespace
}  // namespace wmi::crash
