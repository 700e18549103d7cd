#include "exec/reactor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "exec/test_support.h"

namespace wmi::exec {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) { EXPECT_GE(fd, 0); }
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  // What one read gives; empty at the end and when there is nothing.
  std::string Read(std::size_t bytes_max) const {
    std::string text(bytes_max, '\0');
    const ssize_t count = read(fd_, text.data(), bytes_max);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  void Write(std::string_view text) const {
    EXPECT_EQ(write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor reader;
  Descriptor writer;

  static Pipe Make() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    return {Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

// An eventfd, to make the reactor's thread come by.
class Bell {
 public:
  void Ring() const { eventfd_write(descriptor_.get(), 1); }
  void Hear() const {
    eventfd_t value = 0;
    eventfd_read(descriptor_.get(), &value);
  }
  int get() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

class ReactorTest : public testing::Test {
 protected:
  using Watch = std::unique_ptr<Reactor::Watch>;

  Watch Add(int fd, std::function<void()> ready) {
    Result<Watch> added = reactor_.Add(fd, std::move(ready));
    EXPECT_TRUE(added.ok()) << added.status().Message();
    return added.ok() ? std::move(added).value() : nullptr;
  }

  // Whoever can be told has been told as often as `rounds` when this returns.
  void GoRound(int rounds) {
    Bell bell;
    Counter heard;
    const Watch watch = Add(bell.get(), [&] {
      bell.Hear();
      heard.Add();
    });
    for (int round = 1; round <= rounds; ++round) {
      bell.Ring();
      ASSERT_TRUE(heard.Wait(round));
    }
  }

  Reactor reactor_;
};

TEST_F(ReactorTest, CallsWhenSomethingCanBeRead) {
  const Pipe pipe = Pipe::Make();
  std::string got;
  Counter calls;
  const Watch watch = Add(pipe.reader.get(), [&] {
    got += pipe.reader.Read(100);
    calls.Add();
  });
  pipe.writer.Write("one");
  ASSERT_TRUE(calls.Wait(1));
  pipe.writer.Write(" two");
  ASSERT_TRUE(calls.Wait(2));
  EXPECT_EQ(got, "one two");
}

TEST_F(ReactorTest, CallsAsLongAsSomethingIsLeft) {
  const Pipe pipe = Pipe::Make();
  std::string got;
  Counter calls;
  pipe.writer.Write("abc");
  Watch watch = Add(pipe.reader.get(), [&] {
    got += pipe.reader.Read(1);
    calls.Add();
  });
  ASSERT_TRUE(calls.Wait(3));
  GoRound(2);
  watch.reset();
  EXPECT_EQ(calls.count(), 3) << "called with nothing to read";
  EXPECT_EQ(got, "abc");
}

// Tells when the thread ends on which it was made.
class ThreadEnd {
 public:
  explicit ThreadEnd(std::shared_ptr<Event> event) : event_(std::move(event)) {}
  ~ThreadEnd() { event_->Set(); }
  ThreadEnd(const ThreadEnd&) = delete;
  ThreadEnd& operator=(const ThreadEnd&) = delete;

 private:
  const std::shared_ptr<Event> event_;
};

TEST_F(ReactorTest, TheThreadHasANameAndLivesFromTheFirstWatchToTheLast) {
  for (int time = 0; time < 3; ++time) {
    const Bell first_bell;
    const Bell second_bell;
    const auto ended = std::make_shared<Event>();
    Counter calls;
    std::array<char, 16> name{};
    std::thread::id first_id;
    std::thread::id second_id;
    Watch first = Add(first_bell.get(), [&] {
      thread_local const ThreadEnd end(ended);
      first_bell.Hear();
      pthread_getname_np(pthread_self(), name.data(), name.size());
      first_id = std::this_thread::get_id();
      calls.Add();
    });
    Watch second = Add(second_bell.get(), [&] {
      second_bell.Hear();
      second_id = std::this_thread::get_id();
      calls.Add();
    });
    first_bell.Ring();
    ASSERT_TRUE(calls.Wait(1));
    first.reset();
    second_bell.Ring();
    ASSERT_TRUE(calls.Wait(2));
    EXPECT_EQ(first_id, second_id) << "it ended although something was watched";
    EXPECT_NE(first_id, std::this_thread::get_id());
    EXPECT_STREQ(name.data(), "wmi-reactor");
    second.reset();
    ASSERT_TRUE(ended->Wait()) << "with nothing watched the thread goes on";
  }
}

TEST_F(ReactorTest, AWatchTakenBackIsNotCalled) {
  const Pipe pipe = Pipe::Make();
  std::atomic<int> calls{0};
  Watch watch = Add(pipe.reader.get(), [&] { ++calls; });
  watch.reset();
  pipe.writer.Write("x");
  GoRound(2);
  EXPECT_EQ(calls.load(), 0);
}

TEST_F(ReactorTest, ReadyMayTakeBackItsOwnWatch) {
  Pipe pipe = Pipe::Make();
  Event done;
  std::atomic<int> calls{0};
  Watch watch;
  const auto text = std::make_shared<const std::string>("still there");
  std::string seen;
  Bell start;  // `watch` is set before it is used
  const Watch starter = Add(start.get(), [&, text] {
    start.Hear();
    watch = Add(pipe.reader.get(), [&, text] {
      ++calls;
      watch.reset();
      pipe.reader.Close();
      seen = *text;
      done.Set();
    });
  });
  pipe.writer.Write("never read");
  start.Ring();
  ASSERT_TRUE(done.Wait());
  GoRound(2);
  EXPECT_EQ(calls.load(), 1);
  EXPECT_EQ(seen, "still there");
  EXPECT_EQ(watch, nullptr);
}

TEST_F(ReactorTest, ReadyMayTakeBackAnotherWatchThatIsTold) {
  const Bell bells[2];
  Watch watches[2];
  std::atomic<int> calls{0};
  Event done;
  Bell start;
  const Watch starter = Add(start.get(), [&] {
    start.Hear();
    // Both have something to read when the thread looks next.
    for (const std::size_t mine : {0U, 1U}) {
      bells[mine].Ring();
      watches[mine] = Add(bells[mine].get(), [&, mine] {
        bells[mine].Hear();
        ++calls;
        watches[1 - mine].reset();
        done.Set();
      });
    }
  });
  start.Ring();
  ASSERT_TRUE(done.Wait());
  GoRound(2);
  EXPECT_EQ(calls.load(), 1);
}

TEST_F(ReactorTest, TakingBackWaitsUntilReadyIsNotRunning) {
  const Bell bell;
  for (int time = 0; time < 100; ++time) {
    std::atomic<bool> inside{false};
    Counter calls;
    Watch watch = Add(bell.get(), [&] {
      inside = true;
      calls.Add();
      for (int i = 0; i < 50; ++i) std::this_thread::yield();
      inside = false;
    });
    bell.Ring();
    ASSERT_TRUE(calls.Wait(1));
    watch.reset();  // while it runs, mostly
    ASSERT_FALSE(inside.load());
    bell.Hear();
  }
}

// Held by a `ready`: takes the reactor's lock when it goes.
struct HoldsAWatch {
  Bell bell;
  std::unique_ptr<Reactor::Watch> watch;
};

TEST_F(ReactorTest, WhatReadyHoldsGoesWithoutTheLock) {
  Bell bell;
  Event called;
  auto held = std::make_shared<HoldsAWatch>();
  held->watch = Add(held->bell.get(), [] {});
  Watch watch = Add(bell.get(), [held] {});
  held.reset();
  watch.reset();  // on this thread
  held = std::make_shared<HoldsAWatch>();
  held->watch = Add(held->bell.get(), [] {});
  Bell start;
  const Watch starter = Add(start.get(), [&] {
    start.Hear();
    watch = Add(bell.get(), [&, held] {
      watch.reset();
      called.Set();
    });
    held.reset();
  });
  bell.Ring();
  start.Ring();
  ASSERT_TRUE(called.Wait());
  GoRound(1);  // on the reactor's
}

TEST_F(ReactorTest, TheEndOfASocketIsToldByReading) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  const Descriptor mine(ends[0]);
  Descriptor theirs(ends[1]);
  Event end;
  std::string got;
  Watch watch = Add(mine.get(), [&] {
    const std::string text = mine.Read(3);
    if (text.empty()) end.Set();
    got += text;
  });
  theirs.Write("last words");
  theirs.Close();
  ASSERT_TRUE(end.Wait());
  watch.reset();
  EXPECT_EQ(got, "last words");
}

TEST_F(ReactorTest, AWatcherThatDoesNotCareAboutTheEndDoesNotKeepTheThreadBusy) {
  Pipe pipe = Pipe::Make();
  std::atomic<int> calls{0};
  const Watch watch = Add(pipe.reader.get(), [&] { ++calls; });
  pipe.writer.Close();
  GoRound(100);
  const int calls_then = calls.load();
  EXPECT_GT(calls_then, 1);
  EXPECT_LT(calls_then, 50);
  GoRound(100);
  EXPECT_EQ(calls.load(), calls_then);
}

TEST_F(ReactorTest, ASocketWhoseReaderLeavesItsBytesAtTheEndDoesNotKeepTheThreadBusy) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  const Descriptor mine(ends[0]);
  const Descriptor theirs(ends[1]);
  std::atomic<int> calls{0};
  const Watch watch = Add(mine.get(), [&] { ++calls; });
  theirs.Write("unread");
  ASSERT_EQ(shutdown(theirs.get(), SHUT_WR), 0);
  GoRound(100);
  const int calls_then = calls.load();
  GoRound(100);
  EXPECT_EQ(calls.load(), calls_then);
}

TEST_F(ReactorTest, WhatWasWrittenBeforeTheEndIsReadHoweverManyCallsItTakes) {
  Pipe pipe = Pipe::Make();
  const std::string text(40'000, 'x');
  std::size_t got = 0;
  Counter ends;
  pipe.writer.Write(text);
  pipe.writer.Close();
  Watch watch = Add(pipe.reader.get(), [&] {
    const std::string part = pipe.reader.Read(500);
    got += part.size();
    if (part.empty()) ends.Add();
  });
  ASSERT_TRUE(ends.Wait(1));
  watch.reset();
  EXPECT_EQ(got, text.size());
}

TEST_F(ReactorTest, AfterTheEndOfOneWriterTheNextIsHeard) {
  std::string folder = testing::TempDir() + "reactor_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const Descriptor reader(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::string got;
  Counter useful;
  Watch watch = Add(reader.get(), [&] {
    const std::string part = reader.Read(1);
    got += part;
    if (!part.empty()) useful.Add();
  });
  int expected = 0;
  for (int time = 0; time < 3; ++time) {
    {
      const Descriptor writer(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      writer.Write("abcd");
      expected += 4;
      ASSERT_TRUE(useful.Wait(expected)) << got;
    }
    GoRound(100);  // the watcher did not care about the end
  }
  watch.reset();
  EXPECT_EQ(got, "abcdabcdabcd");
  std::filesystem::remove_all(folder);
}

TEST_F(ReactorTest, AReadyWithoutMemoryIsCalledAgainAndTheThreadGoesOn) {
  const Pipe pipe = Pipe::Make();
  Counter calls;
  std::string got;
  const Watch watch = Add(pipe.reader.get(), [&] {
    calls.Add();
    if (calls.count() < 4) throw std::bad_alloc();
    got += pipe.reader.Read(10);
  });
  pipe.writer.Write("kept");
  ASSERT_TRUE(calls.Wait(4));
  GoRound(2);
  EXPECT_EQ(calls.count(), 4);
  EXPECT_EQ(got, "kept");
}

TEST_F(ReactorTest, WhatCannotBeWatchedIsRefusedAndTheRestGoesOn) {
  const Bell bell;
  Counter calls;
  const auto ready = [&] {
    bell.Hear();
    calls.Add();
  };
  const auto refused = [this](int fd) {
    Result<Watch> result = reactor_.Add(fd, [] {});
    EXPECT_FALSE(result.ok());
    return result.status().detail() == nullptr ? 0 : result.status().detail()->system_errno;
  };
  EXPECT_EQ(refused(-1), EBADF) << "as the first";
  const Watch watch = Add(bell.get(), ready);
  EXPECT_EQ(refused(-1), EBADF) << "beside another";
  EXPECT_EQ(refused(bell.get()), EEXIST);
  const Descriptor file(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(refused(file.get()), EPERM);
  Result<Watch> result = reactor_.Add(file.get(), [] {});
  EXPECT_NE(result.status().Message().find("epoll_ctl(descriptor " + std::to_string(file.get()) + ")"),
            std::string::npos)
      << result.status().Message();
  bell.Ring();
  EXPECT_TRUE(calls.Wait(1));
}

TEST_F(ReactorTest, EachSystemCallThatFailsIsNamedAndLeavesNothingBehind) {
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const Bell bell;
  const auto before = descriptors();
  std::vector<std::string> named;
  const std::size_t failures = ForEachFault("exec.reactor", 20, [&] {
    const auto held = std::make_shared<int>();
    Result<Watch> added = reactor_.Add(bell.get(), [held] {});
    if (added.ok()) return;
    ASSERT_NE(added.status().detail(), nullptr);
    named.push_back(added.status().detail()->system_call);
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(descriptors(), before);
  });
  EXPECT_EQ(failures, 5U);
  ASSERT_EQ(named.size(), 5U);
  EXPECT_EQ(named[0], "epoll_create1");
  EXPECT_EQ(named[1], "eventfd");
  EXPECT_TRUE(named[2].starts_with("epoll_ctl")) << named[2];
  EXPECT_EQ(named[3], "epoll_ctl(descriptor " + std::to_string(bell.get()) + ")");
  EXPECT_EQ(named[4], "pthread_create");
}

std::size_t Threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_F(ReactorTest, WhatIsWatchedStaysWatchedWhenTheProgramClosesOurDescriptors) {
  const FaultScope scope("exec.reactor.wait");
  const Bell bell;
  Counter calls;
  const Watch watch = Add(bell.get(), [&] {
    bell.Hear();
    calls.Add();
  });
  bell.Ring();
  EXPECT_TRUE(calls.Wait(1));
  EXPECT_EQ(scope.FailureCount(), 1U);
}

TEST_F(ReactorTest, AThreadThatCannotWaitEndsAndALaterWatchStartsAnother) {
  const std::size_t threads_before = Threads();
  const Bell deaf;
  Watch watch;
  {
    const FaultScope scope("", 6, FaultMode::kFromThere);  // behind the five passes of Add
    watch = Add(deaf.get(), [] {});
    while (Threads() > threads_before) std::this_thread::yield();
  }
  GoRound(2);
}

TEST(ReactorEndTest, TheLastReadyMayDestroyTheReactor) {
  const Bell bell;
  const auto ended = std::make_shared<Event>();
  auto reactor = std::make_unique<Reactor>();
  std::unique_ptr<Reactor::Watch> watch;
  Event set;
  Result<std::unique_ptr<Reactor::Watch>> added = reactor->Add(bell.get(), [&] {
    thread_local const ThreadEnd end(ended);
    set.Wait();
    watch.reset();
    reactor.reset();
  });
  ASSERT_TRUE(added.ok());
  watch = std::move(added).value();
  bell.Ring();
  set.Set();
  ASSERT_TRUE(ended->Wait());
  EXPECT_EQ(reactor, nullptr);
}

TEST(ReactorThreadsTest, ManyComeAndGoAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 200;
  Reactor reactor;
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  std::atomic<int> unheard{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int time = 0; time < kTimes; ++time) {
        const Bell bell;
        auto calls = std::make_unique<Counter>();
        Result<std::unique_ptr<Reactor::Watch>> watch = reactor.Add(bell.get(), [&] {
          bell.Hear();
          calls->Add();
        });
        if (!watch.ok()) {
          ++refused;
          continue;
        }
        bell.Ring();
        if (time % 2 == 0 && !calls->Wait(1)) ++unheard;
        std::move(watch).value().reset();
        calls.reset();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused.load(), 0);
  EXPECT_EQ(unheard.load(), 0);
}

}  // namespace
}  // namespace wmi::exec
