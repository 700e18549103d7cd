// What the change source of Win32_Process and the traces tell, from the socket to the listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "cim/datetime.h"
#include "exec/reactor.h"
#include "exec/test_support.h"
#include "providers/linux/process/process_columns.h"
#include "providers/linux/process_events/process_events_test_support.h"
#include "providers/linux/process_events/process_sources.h"
#include "providers/linux/process_events/process_tracker.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kSecond = 1'000'000'000;

cim::ClassPtr ProcessClass() {
  static const cim::ClassPtr schema = TestClass("Win32_Process", PropertyNames(ProcessColumns()), "Handle");
  return schema;
}

std::string TextOf(const cim::Object& object, std::string_view property) {
  const cim::ValueView value = object.slot(object.schema().FindSlot(property).value());
  switch (value.kind()) {
    case cim::ValueKind::kNull:
      return "-";
    case cim::ValueKind::kText:
      return std::string(value.text());
    case cim::ValueKind::kUnsigned:
      return std::to_string(value.unsigned_integer());
    case cim::ValueKind::kArray: {
      std::string items;
      for (const cim::ValueView item : value.items()) items += std::to_string(item.unsigned_integer()) + ".";
      return items;
    }
    default:
      return "?";
  }
}

// Keeps what it is told. Safe from several threads.
class Story {
 public:
  void Add(std::string line) {
    MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.NotifyAll();
  }
  // All lines, once there are that many; fewer when they do not come.
  std::vector<std::string> Lines(std::size_t count) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (lines_.size() < count) {
      if (!changed_.WaitUntil(lock, deadline)) break;
    }
    return lines_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> lines_ WMI_GUARDED_BY(mutex_);
};

class Changes final : public provider::ChangeListener {
 public:
  void Look() override { story.Add("look"); }
  void Look(provider::KeyTuple keys) override { story.Add("!" + KeyOf(keys)); }
  void Appeared(cim::Object instance) override {
    {
      MutexLock lock(mutex_);
      appeared_.push_back(instance);
    }
    story.Add("+" + TextOf(instance, "Handle") + " " + TextOf(instance, "Name"));
    if (on_appeared) on_appeared();
  }
  void Gone(provider::KeyTuple keys) override { story.Add("-" + KeyOf(keys)); }
  void Lost(std::uint64_t messages, std::string_view why) override {
    story.Add("lost " + std::to_string(messages));
    EXPECT_FALSE(why.empty());
  }
  void Ended(Status why) override { story.Add("ended: " + why.Message()); }

  cim::Object Appeared(std::size_t index) {
    MutexLock lock(mutex_);
    return appeared_.at(index);
  }

  Story story;
  std::function<void()> on_appeared;  // set before it listens

 private:
  static std::string KeyOf(const provider::KeyTuple& keys) { return std::string(keys.at(0).view().text()); }

  Mutex mutex_;
  std::vector<cim::Object> appeared_ WMI_GUARDED_BY(mutex_);
};

class Events final : public provider::EventListener {
 public:
  explicit Events(std::vector<std::string_view> shown) : shown_(std::move(shown)) {}
  void Fire(cim::Object event) override {
    std::string line;
    for (const std::string_view property : shown_) {
      if (!line.empty()) line += ' ';
      line += TextOf(event, property);
    }
    story.Add(std::move(line));
  }
  void Lost(std::uint64_t messages, std::string_view /*why*/) override {
    story.Add("lost " + std::to_string(messages));
  }
  void Ended(Status /*why*/) override { story.Add("ended"); }

  Story story;

 private:
  const std::vector<std::string_view> shown_;
};

class ProcessEventsTest : public testing::Test {
 protected:
  ProcessEventsTest() {
    tree_.Write("proc/stat", "cpu  1 2 3 4\nbtime 1700000000\nprocesses 7\n");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.Write("proc/sys/kernel/osrelease", "6.1.0-test\n");
    tree_.Write("etc/os-release", "PRETTY_NAME=\"Test Linux 1\"\n");
    Machine machine;
    machine.root = tree_.root();
    machine.process_connector = &connector_;
    AddProcessEvents(sources_, machine);
  }

  struct Shown {
    int id = 0;
    std::string name = "worker";
    char state = 'S';
    int threads = 1;
    std::string arguments = {};
  };
  void Show(const Shown& process) {
    const std::string folder = "proc/" + std::to_string(process.id);
    tree_.Write(folder + "/stat", std::to_string(process.id) + " (" + process.name + ") " + process.state +
                                      " 7 1 44 0 -1 4194304 10 0 2 0 150 250 0 0 20 0 " +
                                      std::to_string(process.threads) + " 0 500 8192 2 1 1 1\n");
    tree_.Write(folder + "/status", "Name:\tx\nTgid:\t" + std::to_string(process.id) + "\nUid:\t1000\t0\t0\t0\n");
    tree_.Write(folder + "/cmdline", process.arguments);
  }
  void Hide(int id) { tree_.Remove("proc/" + std::to_string(id)); }

  std::unique_ptr<provider::Listening> Watch(const std::shared_ptr<Changes>& changes,
                                             const std::vector<std::string>& keys = {}) {
    provider::Request request;
    request.schema = ProcessClass();
    for (const std::string& key : keys) request.keys.push_back({cim::Value::Text(key)});
    request.has_keys = !keys.empty();
    auto listening = sources_.FindChanges("Win32_Process")->Listen(request, reactor_, changes);
    EXPECT_TRUE(listening.ok()) << listening.status().Message();
    return std::move(listening).value();
  }
  std::unique_ptr<provider::Listening> Hear(const std::string& name, const std::shared_ptr<Events>& events,
                                            const std::vector<std::string_view>& properties) {
    auto listening = sources_.FindEvents(name)->Listen({TestClass(name, properties, ""), {}}, reactor_, events);
    EXPECT_TRUE(listening.ok()) << listening.status().Message();
    return std::move(listening).value();
  }

  FixtureTree tree_;
  FakeConnector connector_;
  MessageMaker maker_;
  provider::EventSources sources_;
  exec::Reactor reactor_;
};

TEST_F(ProcessEventsTest, TellsOfAProcessWithTheNameOfItsProgram) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  Show({.id = 20, .name = "a_very_long_nam", .arguments = std::string("/bin/a_very_long_name\0--flag\0", 29)});
  connector_.Send(maker_.Fork(9, 20));
  connector_.Send(maker_.Program(20));
  Show({.id = 5});
  connector_.Send(maker_.Program(5));
  EXPECT_THAT(changes->story.Lines(2), ElementsAre("+20 a_very_long_name", "!5"));
  Show({.id = 20, .state = 'Z'});
  connector_.Send(maker_.Exit(20));
  EXPECT_THAT(changes->story.Lines(3), ElementsAre("+20 a_very_long_name", "!5", "-20"));

  const cim::Object process = changes->Appeared(0);
  EXPECT_EQ(TextOf(process, "ProcessId"), "20");
  EXPECT_EQ(TextOf(process, "ParentProcessId"), "7");
  EXPECT_EQ(TextOf(process, "SessionId"), "44");
  EXPECT_EQ(TextOf(process, "CommandLine"), "/bin/a_very_long_name --flag");
  EXPECT_EQ(TextOf(process, "CSName"), "box");
  EXPECT_EQ(TextOf(process, "OSName"), "Test Linux 1");
}

TEST_F(ProcessEventsTest, OfOneThatHasGoneItTellsWhatTheKernelTold) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  Show({.id = 9, .name = "shell"});
  connector_.set_now(1'250'000'000);  // a quarter of a second after the messages
  connector_.Send({maker_.Fork(9, 20), maker_.Exit(20)});
  connector_.Send({maker_.Fork(9, 30), maker_.Program(30), maker_.Exit(30)});
  connector_.Send({maker_.Fork(9, 40), maker_.Name(40, "named"), maker_.Exit(40)});
  // The first went on with the program of its parent; what the second ran nobody knows.
  EXPECT_THAT(changes->story.Lines(6), ElementsAre("+20 shell", "-20", "+30 -", "-30", "+40 named", "-40"));

  const cim::Object process = changes->Appeared(0);
  EXPECT_EQ(TextOf(process, "ProcessId"), "20");
  EXPECT_EQ(TextOf(process, "ParentProcessId"), "9");
  EXPECT_EQ(TextOf(process, "CreationClassName"), "Win32_Process");
  EXPECT_EQ(TextOf(process, "CSName"), "box");
  EXPECT_EQ(TextOf(process, "WorkingSetSize"), "-");
  EXPECT_EQ(TextOf(process, "CommandLine"), "-");
  EXPECT_EQ(TextOf(process, "CreationDate"), cim::FormatLocalDatetime(1'700'000'001'000'000));
}

// Between the end of a process and the end of its entry stat has the name and zeros.
TEST_F(ProcessEventsTest, OfOneThatIsBeingCollectedItTellsTheName) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  Show({.id = 20, .name = "fleeting", .threads = 0});
  connector_.Send({maker_.Fork(9, 20), maker_.Program(20)});
  EXPECT_THAT(changes->story.Lines(1), ElementsAre("+20 fleeting"));
  const cim::Object process = changes->Appeared(0);
  EXPECT_EQ(TextOf(process, "ParentProcessId"), "9");
  EXPECT_EQ(TextOf(process, "SessionId"), "-");
}

// As the WHERE clause of a data query asks for it: whoever waits for one program is not told of the others.
TEST_F(ProcessEventsTest, OnlyThoseWithTheNamesThatAreAllowedAppear) {
  provider::Request request;
  request.schema = ProcessClass();
  request.allowed.push_back({ProcessClass()->FindSlot("Name").value(), {cim::Value::Text("Shell")}});
  const auto changes = std::make_shared<Changes>();
  const auto listening = sources_.FindChanges("Win32_Process")->Listen(request, reactor_, changes);
  ASSERT_TRUE(listening.ok());
  Show({.id = 20, .name = "worker"});
  Show({.id = 40, .name = "SHELL"});
  connector_.Send({maker_.Fork(9, 20), maker_.Program(20)});
  connector_.Send({maker_.Fork(9, 30), maker_.Program(30)});  // gone, and without a name
  connector_.Send({maker_.Fork(9, 40), maker_.Program(40)});
  EXPECT_THAT(changes->story.Lines(1), ElementsAre("+40 SHELL"));
}

TEST_F(ProcessEventsTest, TheTimerTellsOfAProcessThatRunsNoProgram) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  Show({.id = 20, .name = "child"});
  connector_.Send({maker_.Program(5), maker_.Fork(9, 20), maker_.Program(6)});
  EXPECT_THAT(changes->story.Lines(2), ElementsAre("!5", "!6"));
  EXPECT_EQ(connector_.TimerTime(), kSecond + ProcessTracker::kPatience);
  connector_.Ring(kSecond + ProcessTracker::kPatience);
  EXPECT_THAT(changes->story.Lines(3), ElementsAre("!5", "!6", "+20 child"));
}

TEST_F(ProcessEventsTest, WhenTheTimeComesTheMessagesThatWaitGoFirst) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  connector_.Send(maker_.Fork(9, 30));
  ASSERT_NE(connector_.TimerTime(), 0u);
  // The reactor is busy while the time comes and then the message.
  exec::Event is_busy;
  exec::Event may_go_on;
  const int busy = ::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
  auto watch = reactor_.Add(busy, [&] {
    eventfd_t value = 0;
    ::eventfd_read(busy, &value);
    is_busy.Set();
    may_go_on.Wait();
  });
  ASSERT_TRUE(watch.ok());
  ASSERT_TRUE(is_busy.Wait());
  Show({.id = 30, .name = "program"});
  connector_.Ring(kSecond + ProcessTracker::kPatience);
  connector_.Send(maker_.Program(30));
  may_go_on.Set();
  EXPECT_THAT(changes->story.Lines(1), ElementsAre("+30 program"));
  connector_.Send(maker_.Exit(31));
  EXPECT_THAT(changes->story.Lines(2), ElementsAre("+30 program", "-31"));  // no "!30"
  watch->reset();
  ::close(busy);
}

TEST_F(ProcessEventsTest, AProcessLivesAsLongAsAThreadOfIt) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  Show({.id = 20, .state = 'Z', .threads = 2});
  connector_.Send({maker_.Exit(20), maker_.Program(5)});
  EXPECT_THAT(changes->story.Lines(1), ElementsAre("!5"));
  Show({.id = 20, .state = 'Z', .threads = 1});
  connector_.Send(maker_.Exit(20, 21, 0, 9));
  EXPECT_THAT(changes->story.Lines(2), ElementsAre("!5", "-20"));
}

TEST_F(ProcessEventsTest, TellsOnlyOfTheInstancesThatMatter) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes, {"20", "021", "x"});
  for (const int id : {19, 20, 21}) {
    Show({.id = id});
    connector_.Send({maker_.Fork(1, id), maker_.Program(id), maker_.Program(id)});
  }
  EXPECT_THAT(changes->story.Lines(2), ElementsAre("+20 worker", "!20"));
  for (const int id : {19, 20, 21}) Hide(id);
  for (const int id : {19, 21, 20}) connector_.Send(maker_.Exit(id));
  EXPECT_THAT(changes->story.Lines(3), ElementsAre("+20 worker", "!20", "-20"));
}

TEST_F(ProcessEventsTest, TellsWhatWasLost) {
  const auto changes = std::make_shared<Changes>();
  const auto listening = Watch(changes);
  const auto events = std::make_shared<Events>(std::vector<std::string_view>{"ThreadID"});
  const auto hearing = Hear("Win32_ThreadStopTrace", events, {"ThreadID"});
  connector_.Send(maker_.Fork(9, 20));
  maker_.Skip(3);
  connector_.Send(maker_.Exit(30));
  // The process that waited is told at once: the messages about it may be among the lost.
  EXPECT_THAT(changes->story.Lines(3), ElementsAre("lost 3", "+20 -", "-30"));
  EXPECT_THAT(events->story.Lines(2), ElementsAre("lost 3", "30"));
  connector_.Ring(kSecond + ProcessTracker::kPatience);
  EXPECT_THAT(changes->story.Lines(4), ElementsAre("lost 3", "+20 -", "-30", "-20"));
}

TEST_F(ProcessEventsTest, AFailureOfTheSocketEndsItAndTheNextOneStartsAnew) {
  const auto changes = std::make_shared<Changes>();
  auto listening = Watch(changes);
  connector_.BreakDown();
  ASSERT_EQ(changes->story.Lines(1).size(), 1u);
  EXPECT_THAT(changes->story.Lines(1)[0], HasSubstr("recvfrom"));

  const auto next = std::make_shared<Changes>();
  const auto second = Watch(next);
  EXPECT_EQ(connector_.opened(), 2);
  connector_.Send(maker_.Exit(30));
  EXPECT_THAT(next->story.Lines(1), ElementsAre("-30"));
  listening.reset();
  connector_.Send(maker_.Exit(31));
  EXPECT_THAT(next->story.Lines(2), ElementsAre("-30", "-31"));
  EXPECT_EQ(changes->story.Lines(1).size(), 1u);
}

TEST_F(ProcessEventsTest, OneConnectionServesAllAndEndsWithTheLast) {
  const auto first = std::make_shared<Changes>();
  const auto second = std::make_shared<Changes>();
  EXPECT_EQ(connector_.opened(), 0);
  auto one = Watch(first);
  auto two = Watch(second, {"30"});
  connector_.Send(maker_.Exit(30));
  EXPECT_THAT(first->story.Lines(1), ElementsAre("-30"));
  EXPECT_THAT(second->story.Lines(1), ElementsAre("-30"));
  one.reset();
  EXPECT_EQ(first.use_count(), 1);  // let go at once, not with the next message
  EXPECT_EQ(connector_.closed(), 0);
  connector_.Send(maker_.Exit(30));
  EXPECT_THAT(second->story.Lines(2), ElementsAre("-30", "-30"));
  EXPECT_EQ(first->story.Lines(1).size(), 1u);
  two.reset();
  EXPECT_EQ(connector_.opened(), 1);
  EXPECT_EQ(connector_.closed(), 1);
  const auto three = Watch(first);
  EXPECT_EQ(connector_.opened(), 2);
}

TEST_F(ProcessEventsTest, AListenerMayStopListeningInACall) {
  const auto changes = std::make_shared<Changes>();
  std::atomic<provider::Listening*> listening = nullptr;
  Story done;
  changes->on_appeared = [&] {
    delete listening.exchange(nullptr);
    done.Add("stopped");
  };
  Show({.id = 20});
  // The watch is given before the first message can be taken.
  listening = Watch(changes).release();
  connector_.Send({maker_.Fork(9, 20), maker_.Program(20), maker_.Exit(20)});
  EXPECT_THAT(done.Lines(1), ElementsAre("stopped"));
  const auto other = std::make_shared<Changes>();
  const auto second = Watch(other);
  connector_.Send(maker_.Exit(30));
  EXPECT_THAT(other->story.Lines(1), ElementsAre("-30"));
  EXPECT_THAT(changes->story.Lines(1), ElementsAre("+20 worker"));
}

TEST_F(ProcessEventsTest, ARefusalIsTheAnswerToWhoWantsToListen) {
  connector_.set_refused(true);
  provider::Request request;
  request.schema = ProcessClass();
  const auto listening = sources_.FindChanges("Win32_Process")->Listen(request, reactor_, std::make_shared<Changes>());
  EXPECT_EQ(listening.status().code(), code::kAccessDenied);
  connector_.set_refused(false);
  Watch(std::make_shared<Changes>());  // a later one may be allowed
  EXPECT_EQ(connector_.opened(), 1);
}

TEST_F(ProcessEventsTest, CoversWhatTheKernelTells) {
  EXPECT_EQ(sources_.FindChanges("win32_process")->covers(), provider::kCreation | provider::kDeletion);
  EXPECT_EQ(sources_.FindChanges("Win32_Thread"), nullptr);
  // Nobody fires events of the bases.
  EXPECT_EQ(sources_.FindEvents("Win32_ProcessTrace"), nullptr);
}

// --- traces ---

const std::vector<std::string_view> kProcessTrace = {"ProcessID", "ParentProcessID", "ProcessName", "SessionID", "Sid"};

std::vector<std::string_view> With(std::vector<std::string_view> list, std::string_view more) {
  list.push_back(more);
  return list;
}

TEST_F(ProcessEventsTest, FiresStartsWithTheUser) {
  const auto properties = With(kProcessTrace, "TIME_CREATED");
  const auto events = std::make_shared<Events>(properties);
  const auto hearing = Hear("Win32_ProcessStartTrace", events, properties);
  Show({.id = 20, .name = "program"});
  connector_.Send({maker_.Fork(9, 20), maker_.Program(20), maker_.Fork(9, 30), maker_.Exit(30), maker_.Exit(20)});
  EXPECT_THAT(events->story.Lines(2),
              ElementsAre("20 9 program 44 1.2.0.0.0.0.0.22.1.0.0.0.232.3.0.0. 133444736010000000",
                          "30 9 - - - 133444736010000000"));
}

TEST_F(ProcessEventsTest, FiresStopsWithWhatWasKnownOfTheProcess) {
  Show({.id = 5, .name = "old"});
  const auto properties = With(kProcessTrace, "ExitStatus");
  const auto events = std::make_shared<Events>(properties);
  const auto hearing = Hear("Win32_ProcessStopTrace", events, properties);
  Show({.id = 20, .name = "program"});
  connector_.Send(
      {maker_.Fork(9, 20), maker_.Program(20), maker_.Fork(9, 20, 21), maker_.Exit(20, 21, 0, 9), maker_.Exit(99)});
  EXPECT_THAT(events->story.Lines(1), ElementsAre("99 1 - - - 0"));
  for (const int id : {5, 20}) Hide(id);
  connector_.Send({maker_.Exit(20, 20, 0x300, 0), maker_.Exit(5, 5, 9, 1)});
  Show({.id = 6, .name = "zombie", .state = 'Z'});  // nobody listened when it came
  connector_.Send(maker_.Exit(6, 6, 0x100, 1));
  EXPECT_THAT(events->story.Lines(4),
              ElementsAre("99 1 - - - 0", "20 9 program 44 1.2.0.0.0.0.0.22.1.0.0.0.232.3.0.0. 3",
                          "5 1 old 44 1.2.0.0.0.0.0.22.1.0.0.0.232.3.0.0. 137", "6 1 zombie 44 - 1"));
}

TEST_F(ProcessEventsTest, FiresEachThread) {
  const std::vector<std::string_view> properties = {"ProcessID", "ThreadID"};
  const auto starts = std::make_shared<Events>(properties);
  const auto stops = std::make_shared<Events>(properties);
  const auto one = Hear("Win32_ThreadStartTrace", starts, properties);
  const auto two = Hear("Win32_ThreadStopTrace", stops, properties);
  connector_.Send({maker_.Fork(9, 20), maker_.Fork(9, 20, 21), maker_.Exit(20, 21, 0, 9), maker_.Exit(20)});
  EXPECT_THAT(starts->story.Lines(2), ElementsAre("20 20", "20 21"));
  EXPECT_THAT(stops->story.Lines(2), ElementsAre("20 21", "20 20"));
  EXPECT_EQ(connector_.opened(), 1);
}

// --- this machine ---

// Counts what is told of each child of this program. Its number may have been another's before, and be again: on a busy
// machine they come round in a minute.
class Tally final : public provider::ChangeListener {
 public:
  void Look() override {}
  void Look(provider::KeyTuple /*keys*/) override {}
  void Appeared(cim::Object instance) override {
    const bool is_child = TextOf(instance, "ParentProcessId") == own_number_;
    Note(TextOf(instance, "Handle"), [is_child](Counts& counts) {
      counts.is_in_order = counts.is_in_order && counts.holder == Counts::Holder::kNobody;
      counts.holder = is_child ? Counts::Holder::kChild : Counts::Holder::kStranger;
      counts.created += is_child ? 1 : 0;
    });
  }
  void Gone(provider::KeyTuple keys) override {
    Note(std::string(keys.at(0).view().text()), [](Counts& counts) {
      counts.is_in_order = counts.is_in_order && (counts.holder != Counts::Holder::kNobody || counts.created == 0);
      counts.deleted += counts.holder == Counts::Holder::kChild ? 1 : 0;
      counts.holder = Counts::Holder::kNobody;
    });
  }
  void Lost(std::uint64_t messages, std::string_view why) override {
    ADD_FAILURE() << messages << " messages lost: " << why;
  }
  void Ended(Status why) override { ADD_FAILURE() << why.Message(); }

  struct Counts {
    enum class Holder { kNobody, kChild, kStranger };
    Holder holder = Holder::kNobody;  // of the number
    int created = 0;                  // of children
    int deleted = 0;
    bool is_in_order = true;
  };
  // Until it has gone so often.
  bool WaitGone(const std::string& handle, int times) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(60);
    MutexLock lock(mutex_);
    while (counts_[handle].deleted < times) {
      if (!changed_.WaitUntil(lock, deadline)) return false;
    }
    return true;
  }
  Counts Of(const std::string& handle) {
    MutexLock lock(mutex_);
    return counts_[handle];
  }

 private:
  template <typename Change>
  void Note(const std::string& handle, Change change) {
    MutexLock lock(mutex_);
    change(counts_[handle]);
    changed_.NotifyAll();
  }

  const std::string own_number_ = std::to_string(::getpid());
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, Counts> counts_ WMI_GUARDED_BY(mutex_);
};

// The kernel's socket with hardly any room.
class TinyConnector final : public ProcessConnector {
 public:
  Result<int> Open() override {
    Result<int> socket = ProcessConnector::Open();
    const int tiny = 1;  // the kernel takes its least
    if (!socket.ok()) return socket;
    EXPECT_EQ(::setsockopt(*socket, SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny), 0);
    return socket;
  }
};

// Knows what is lost; holds the reactor at its first call until it may go on.
class LossListener final : public provider::ChangeListener {
 public:
  void Look() override {}
  void Look(provider::KeyTuple /*keys*/) override {}
  void Appeared(cim::Object /*instance*/) override { Hold(); }
  void Gone(provider::KeyTuple /*keys*/) override { Hold(); }
  void Lost(std::uint64_t /*messages*/, std::string_view why) override {
    MutexLock lock(mutex_);
    why_ = why;
    changed_.NotifyAll();
  }
  void Ended(Status why) override { ADD_FAILURE() << why.Message(); }

  bool WaitHeld() {
    MutexLock lock(mutex_);
    while (!is_held_) {
      if (!changed_.WaitUntil(lock, deadline_)) return false;
    }
    return true;
  }
  std::string LetGoAndWaitForLoss() {
    MutexLock lock(mutex_);
    may_go_on_ = true;
    changed_.NotifyAll();
    while (why_.empty()) {
      if (!changed_.WaitUntil(lock, deadline_)) break;
    }
    return why_;
  }

 private:
  void Hold() {
    MutexLock lock(mutex_);
    is_held_ = true;
    changed_.NotifyAll();
    while (!may_go_on_) {
      if (!changed_.WaitUntil(lock, deadline_)) return;
    }
  }

  const TimePoint deadline_ = SteadyClock().Now() + std::chrono::seconds(60);
  Mutex mutex_;
  CondVar changed_;
  bool is_held_ WMI_GUARDED_BY(mutex_) = false;
  bool may_go_on_ WMI_GUARDED_BY(mutex_) = false;
  std::string why_ WMI_GUARDED_BY(mutex_);
};

void RunChild() {
  pid_t id = 0;
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  ASSERT_EQ(::posix_spawn(&id, program, nullptr, nullptr, arguments, nullptr), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(id, &status, 0), id);
}

TEST(ProcessConnectorOfThisMachine, AnOverrunOfTheSocketIsTold) {
  TinyConnector connector;
  provider::EventSources sources;
  Machine machine;
  machine.process_connector = &connector;
  AddProcessEvents(sources, machine);
  exec::Reactor reactor;
  provider::Request request;
  request.schema = ProcessClass();
  const auto listener = std::make_shared<LossListener>();
  const auto listening = sources.FindChanges("Win32_Process")->Listen(request, reactor, listener);
  if (!listening.ok() && listening.status().code() == code::kAccessDenied) {
    GTEST_SKIP() << listening.status().Message();
  }
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  for (int child = 0; child < 200; ++child) RunChild();
  EXPECT_TRUE(listener->WaitHeld());
  for (int child = 0; child < 20; ++child) RunChild();
  const std::string why = listener->LetGoAndWaitForLoss();
  EXPECT_EQ(why.rfind("the kernel told of processes faster than they were taken", 0), 0u) << why;
}

// What this machine tells of children that the test starts.
class ProcessEventsOfThisMachine : public testing::Test {
 protected:
  void SetUp() override {
    AddProcessEvents(sources_, Machine());
    provider::Request request;
    request.schema = ProcessClass();
    auto listening = sources_.FindChanges("Win32_Process")->Listen(request, reactor_, tally_);
    if (!listening.ok() && listening.status().code() == code::kAccessDenied) {
      GTEST_SKIP() << listening.status().Message();
    }
    ASSERT_TRUE(listening.ok()) << listening.status().Message();
    listening_ = std::move(listening).value();
  }

  void Note(pid_t child) { ++children_[std::to_string(child)]; }
  static void Collect(pid_t child) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  // Each as often as its number was given, and never an end before its start.
  void ExpectEachTold() {
    for (const auto& [handle, count] : children_) {
      ASSERT_TRUE(tally_->WaitGone(handle, count)) << handle;
      const Tally::Counts counts = tally_->Of(handle);
      EXPECT_TRUE(counts.created == count && counts.deleted == count && counts.is_in_order)
          << handle << ": " << counts.created << " starts and " << counts.deleted << " ends told of " << count
          << (counts.is_in_order ? "" : ", out of order");
    }
  }
  // Of one child.
  void AwaitTold(pid_t child) {
    const std::string handle = std::to_string(child);
    ASSERT_TRUE(tally_->WaitGone(handle, children_.at(handle))) << handle;
  }

 private:
  provider::EventSources sources_;
  exec::Reactor reactor_;
  const std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();
  std::unique_ptr<provider::Listening> listening_;
  std::map<std::string, int> children_;  // with how often the number was given
};

TEST_F(ProcessEventsOfThisMachine, EveryShortProcessIsCreatedAndDeletedOnce) {
  constexpr int kChildren = 2000;
  for (int child = 0; child < kChildren; ++child) {
    pid_t id = 0;
    char program[] = "/bin/true";
    char* arguments[] = {program, nullptr};
    ASSERT_EQ(::posix_spawn(&id, program, nullptr, nullptr, arguments, nullptr), 0);
    Note(id);
    Collect(id);
  }
  ExpectEachTold();
}

// P10 of the performance targets: 4 ms processes are never missed. A thread sanitizer's fork copies its shadow, too.
TEST_F(ProcessEventsOfThisMachine, TenThousandProcessesOfFourMillisecondsAreToldOnce) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  constexpr int kChildren = 500;
#else
  constexpr int kChildren = 10'000;
#endif
  constexpr int kAtATime = 32;
  constexpr int kLifeMs = 4;
  std::vector<pid_t> alive;
  for (int started = 0; started < kChildren;) {
    alive.clear();
    for (; started < kChildren && static_cast<int>(alive.size()) < kAtATime; ++started) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::poll(nullptr, 0, kLifeMs);
        ::_exit(0);
      }
      ASSERT_GT(child, 0);
      alive.push_back(child);
      Note(child);
    }
    for (const pid_t child : alive) Collect(child);
    // So many wait to be told at the most: it is not the size of the kernel's queue that is tested.
    AwaitTold(alive.back());
    if (HasFatalFailure()) return;
  }
  ExpectEachTold();
}

}  // namespace
}  // namespace wmi::linuxos
