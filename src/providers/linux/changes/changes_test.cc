// The notifiers against the kernel, each in namespaces of its own where rights allow; and what a source says of what
// its notifier heard.
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "providers/linux/changes/change_sources.h"
#include "providers/linux/changes/notifier.h"

namespace wmi::linuxos {
namespace {

constexpr int kSkipped = 77;
constexpr int kWaitMilliseconds = 30'000;

bool Waits(const Notifier& notifier, int milliseconds) {
  pollfd entry{notifier.descriptor(), POLLIN, 0};
  return poll(&entry, 1, milliseconds) == 0;
}

// Whether it tells of a change within half a minute; what else it hears does not count.
bool TellsOfAChange(Notifier& notifier) {
  for (int i = 0; i < 1000; ++i) {
    if (Waits(notifier, kWaitMilliseconds)) return false;
    if (notifier.Read().changed) return true;
  }
  return false;
}

bool Succeeds(const char* command) { return std::system(command) == 0; }  // NOLINT(cert-env33-c): a test

// Runs `body` in a child with namespaces of its own, where nothing that it does is seen outside; its result.
int InNamespaces(int namespaces, int (*body)()) {
  const pid_t child = fork();
  if (child == 0) _exit(unshare(namespaces) == 0 ? body() : kSkipped);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Makes the notifier, lets `change` happen and expects to be told; 0 when it was.
int Expect(NotifierMaker make, const std::function<bool()>& prepare, const std::function<bool()>& change) {
  if (!prepare()) return kSkipped;
  const auto notifier = make();
  if (!notifier.ok()) return 1;
  // One of changes calls once in any case.
  if ((*notifier)->when() == exec::Reactor::When::kChanged) (*notifier)->Read();
  if (!Waits(**notifier, 0)) return 2;
  if (!change()) return kSkipped;
  return TellsOfAChange(**notifier) ? 0 : 3;
}

bool Nothing() { return true; }

struct KernelCase {
  const char* name;
  int namespaces;
  int (*body)();
};

constexpr KernelCase kKernelCases[] = {
    {"a link", CLONE_NEWNET,
     [] { return Expect(MakeLinkNotifier, Nothing, [] { return Succeeds("ip link set lo up"); }); }},
    {"an address", CLONE_NEWNET,
     [] { return Expect(MakeAddressNotifier, Nothing, [] { return Succeeds("ip addr add 192.0.2.1/32 dev lo"); }); }},
    {"a route", CLONE_NEWNET,
     [] {
       return Expect(
           MakeRouteNotifier, [] { return Succeeds("ip link set lo up"); },
           [] { return Succeeds("ip route add 198.51.100.0/24 dev lo"); });
     }},
    {"a device", CLONE_NEWNET,
     [] {
       return Expect(MakeDeviceNotifier, Nothing,
                     [] { return Succeeds("ip link add wmitest0 type veth peer name wmitest1 2>/dev/null"); });
     }},
    {"a mount", CLONE_NEWNS,
     [] {
       return Expect(
           MakeMountNotifier, [] { return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0; },
           [] { return mount("none", "/tmp", "tmpfs", 0, nullptr) == 0; });
     }},
};

TEST(Notifiers, TellOfWhatTheKernelDoes) {
  std::string skipped;
  for (const KernelCase& row : kKernelCases) {
    const int result = InNamespaces(row.namespaces, row.body);
    if (result == kSkipped) {
      skipped += std::string(skipped.empty() ? "" : ", ") + row.name;
      continue;
    }
    EXPECT_EQ(result, 0) << row.name;
  }
  if (!skipped.empty()) GTEST_SKIP() << "not allowed here: " << skipped;
}

// A socket with hardly any room, and more changes than it holds.
int OverrunTheSocket() {
  const auto notifier = MakeLinkNotifier();
  if (!notifier.ok()) return 1;
  const int tiny = 1;  // the kernel takes its least
  if (setsockopt((*notifier)->descriptor(), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny) != 0) return 2;
  for (int i = 0; i < 20; ++i) {
    if (!Succeeds("ip link set lo up && ip link set lo down")) return kSkipped;
  }
  Notifier::Heard heard;
  for (int i = 0; i < 100 && !Waits(**notifier, 0); ++i) {
    const Notifier::Heard now = (*notifier)->Read();
    heard.lost = heard.lost || now.lost;
    heard.ended = heard.ended || now.ended;
  }
  if (!heard.lost) return 3;
  if (heard.ended) return 4;
  // And it goes on.
  if (!Succeeds("ip link set lo up")) return kSkipped;
  return TellsOfAChange(**notifier) ? 0 : 5;
}

TEST(Notifiers, SayThatTheKernelThrewSomethingAway) {
  const int result = InNamespaces(CLONE_NEWNET, OverrunTheSocket);
  if (result == kSkipped) GTEST_SKIP() << "a network namespace of its own is not allowed here";
  EXPECT_EQ(result, 0);
}

TEST(Notifiers, TheSecondHandMoves) {
  const auto notifier = MakeSecondHand();
  ASSERT_TRUE(notifier.ok()) << notifier.status().Message();
  EXPECT_TRUE(TellsOfAChange(**notifier));
  EXPECT_FALSE((*notifier)->Read().changed) << "once for each second";
}

// ---- the source -----------------------------------------------------------------------------------------------------

// Hears what the test writes into a pipe: one letter each.
class PipeNotifier final : public Notifier {
 public:
  explicit PipeNotifier(Descriptor end) : end_(std::move(end)) {}
  int descriptor() const override { return end_.get(); }
  Heard Read() override {
    char letter = 0;
    if (read(end_.get(), &letter, 1) != 1) return {};
    return {letter == 'c', letter == 'l', letter == 'e'};
  }

 private:
  const Descriptor end_;
};

int write_end = -1;

Result<std::unique_ptr<Notifier>> MakePipe() {
  int ends[2];
  if (pipe2(ends, 0) != 0) return Status(code::kFailed);
  write_end = ends[1];
  return std::unique_ptr<Notifier>(std::make_unique<PipeNotifier>(Descriptor(ends[0])));
}

class Listener final : public provider::ChangeListener {
 public:
  void Look() override { Note("look"); }
  void Look(provider::KeyTuple) override { Note("look at one"); }
  void Appeared(cim::Object) override { Note("appeared"); }
  void Gone(provider::KeyTuple) override { Note("gone"); }
  void Lost(std::uint64_t, std::string_view) override { Note("lost"); }
  void Ended(Status why) override { Note(why.ok() ? "?" : "ended"); }

  std::string Next() {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(30);
    MutexLock lock(mutex_);
    while (said_.empty()) {
      if (!changed_.WaitUntil(lock, deadline)) return "nothing";
    }
    std::string first = std::move(said_.front());
    said_.erase(said_.begin());
    return first;
  }

 private:
  void Note(std::string what) {
    MutexLock lock(mutex_);
    said_.push_back(std::move(what));
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> said_ WMI_GUARDED_BY(mutex_);
};

TEST(LookSourceTest, SaysWhatItsNotifierHears) {
  exec::Reactor reactor;
  LookSource source(MakePipe, provider::kAllOperations);
  const auto listener = std::make_shared<Listener>();
  auto listening = source.Listen(provider::Request(), reactor, listener);
  ASSERT_TRUE(listening.ok());
  const Descriptor writer(write_end);
  const std::pair<char, const char*> rows[] = {{'c', "look"}, {'x', nullptr}, {'l', "lost"}, {'e', "ended"}};
  for (const auto& [letter, said] : rows) {
    ASSERT_EQ(write(writer.get(), &letter, 1), 1);
    if (said == nullptr) continue;
    EXPECT_EQ(listener->Next(), said);
  }
}

TEST(LookSourceTest, AFailureIsTheAnswer) {
  exec::Reactor reactor;
  LookSource source([]() -> Result<std::unique_ptr<Notifier>> { return Status(code::kAccessDenied, "no"); },
                    provider::kAllOperations);
  EXPECT_EQ(source.Listen(provider::Request(), reactor, std::make_shared<Listener>()).status().code(),
            code::kAccessDenied);
}

}  // namespace
}  // namespace wmi::linuxos
