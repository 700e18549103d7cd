// Signals over a real D-Bus daemon that the test starts for itself.
#include "providers/linux/bus/bus_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "base/mutex.h"
#include "providers/linux/bus/bus_test_support.h"

namespace wmi::linuxos {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

// What a listener was told, one line each. Safe from several threads.
class Notes {
 public:
  void Add(std::string line) {
    MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.NotifyAll();
  }
  std::vector<std::string> lines() {
    MutexLock lock(mutex_);
    return lines_;
  }
  bool Has(const std::string& start) {
    MutexLock lock(mutex_);
    for (const std::string& line : lines_) {
      if (line.starts_with(start)) return true;
    }
    return false;
  }
  // The last line, once it starts so.
  std::string Await(const std::string& start) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (lines_.empty() || !lines_.back().starts_with(start)) {
      if (!changed_.WaitUntil(lock, deadline)) return "nothing";
    }
    return lines_.back();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> lines_ WMI_GUARDED_BY(mutex_);
};

class NotingListener final : public BusListener {
 public:
  explicit NotingListener(std::shared_ptr<Notes> notes) : notes_(std::move(notes)) {}
  void Told(std::size_t rule, std::string_view path, const std::vector<BusValue>& values) override {
    std::string line = std::to_string(rule) + " ";
    line += path.substr(path.rfind('/') + 1);
    for (const BusValue& value : values) line.append(" ").append(value.text());
    notes_->Add(std::move(line));
  }
  void Settled() override { notes_->Add("settled"); }
  void Flush() override {}
  void Ended(Status why) override { notes_->Add("ended: " + why.Message()); }

 private:
  const std::shared_ptr<Notes> notes_;
};

BusInterest Interest() {
  BusInterest interest;
  interest.destination = kName;
  interest.rules = {{kManager, "UnitNew", kPath, false, true},
                    {kProperties, "PropertiesChanged", "/org/freedesktop/systemd1/unit", true, false}};
  BusCall subscribe;
  subscribe.destination = kName;
  subscribe.path = kPath;
  subscribe.interface = kManager;
  subscribe.member = "Subscribe";
  interest.subscribe = subscribe;
  interest.is_subscribed = "org.freedesktop.systemd1.AlreadySubscribed";
  return interest;
}

class BusSignalsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bus_.is_installed()) << "install the package dbus";
    ASSERT_FALSE(bus_.address().empty()) << "dbus-daemon did not start";
  }

  std::unique_ptr<provider::Listening> Listen(BusInterest interest = Interest()) {
    auto listening = ListenAt(bus_.address(), std::move(interest), reactor_, std::make_unique<NotingListener>(notes_));
    EXPECT_TRUE(listening.ok()) << listening.status().Message();
    return listening.ok() ? std::move(listening).value() : nullptr;
  }

  PrivateBus bus_;
  exec::Reactor reactor_;
  const std::shared_ptr<Notes> notes_ = std::make_shared<Notes>();
};

TEST_F(BusSignalsTest, TellsWhatWasAskedForAndNothingElse) {
  FakeDaemon daemon(bus_.address(), kName);
  const auto listening = Listen();
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("settled"); }));
  EXPECT_THAT(daemon.calls, ElementsAre("Subscribe"));
  daemon.Emit(kPath, kManager, "UnitNew", "so", "a.service", "/org/freedesktop/systemd1/unit/a_2eservice");
  daemon.Emit(kPath, kManager, "UnitRemoved", "so", "b.service", "/b");
  daemon.Emit("/elsewhere", kManager, "UnitNew", "so", "c.service", "/c");
  daemon.Emit("/org/freedesktop/systemd1/unity/d", kProperties, "PropertiesChanged", "sa{sv}as", "x", 0, 0);
  daemon.Emit("/org/freedesktop/systemd1/unit/e_2eservice", kProperties, "PropertiesChanged", "sa{sv}as", "x", 0, 0);
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("1 "); }));
  EXPECT_THAT(notes_->lines(), ElementsAre("settled", "0 systemd1 a.service /org/freedesktop/systemd1/unit/a_2eservice",
                                           "1 e_2eservice"));
}

TEST_F(BusSignalsTest, BelievesTheOwnerOfTheNameOnly) {
  FakeDaemon daemon(bus_.address(), kName);
  FakeDaemon stranger(bus_.address(), "");
  const auto listening = Listen();
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("settled"); }));
  // To everybody on the bus: no rule lets it through. The listener is the third of the connections.
  for (const char* receiver : {":1.0", ":1.1", ":1.2", ":1.3", ":1.4"}) {
    sd_bus_message* signal = nullptr;
    ASSERT_GE(sd_bus_message_new_signal(stranger.bus(), &signal, kPath, kManager, "UnitNew"), 0);
    ASSERT_GE(sd_bus_message_append(signal, "so", "forged.service", "/forged"), 0);
    ASSERT_GE(sd_bus_message_set_destination(signal, receiver), 0);
    ASSERT_GE(sd_bus_send(stranger.bus(), signal, nullptr), 0);
    sd_bus_message_unref(signal);
  }
  ASSERT_GE(sd_bus_flush(stranger.bus()), 0);
  // The stranger's next call is answered when the daemon has passed on what was before it.
  const char* unique = nullptr;
  ASSERT_GE(sd_bus_get_unique_name(stranger.bus(), &unique), 0);
  ASSERT_GE(sd_bus_call_method(stranger.bus(), "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                               "GetId", nullptr, nullptr, ""),
            0);
  daemon.Emit(kPath, kManager, "UnitNew", "so", "true.service", "/true");
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("0 "); }));
  EXPECT_THAT(notes_->lines(), ElementsAre("settled", AllOf(StartsWith("0 "), HasSubstr("true.service"))));
}

TEST_F(BusSignalsTest, WhoTellsAlreadyTells) {
  FakeDaemon daemon(bus_.address(), kName);
  daemon.error = "org.freedesktop.systemd1.AlreadySubscribed";
  const auto listening = Listen();
  EXPECT_TRUE(daemon.Until([&] { return notes_->Has("settled"); }));
}

TEST_F(BusSignalsTest, ARefusalIsTheEnd) {
  FakeDaemon daemon(bus_.address(), kName);
  daemon.error = SD_BUS_ERROR_ACCESS_DENIED;
  const auto listening = Listen();
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("ended"); }));
  EXPECT_THAT(notes_->lines(), ElementsAre(HasSubstr("systemd refused Subscribe")));
}

TEST_F(BusSignalsTest, ADaemonThatIsNotThereIsTheEnd) {
  const auto listening = Listen();
  EXPECT_THAT(notes_->Await("ended"), HasSubstr("systemd is not running"));
}

TEST_F(BusSignalsTest, ADaemonThatDoesNotAnswerIsTheEnd) {
  const FakeDaemon daemon(bus_.address(), kName);  // nobody answers for it
  BusInterest interest = Interest();
  interest.patience = milliseconds(50);
  const auto listening = Listen(std::move(interest));
  EXPECT_THAT(notes_->Await("ended"), HasSubstr("systemd did not answer Subscribe within 50 ms"));
}

TEST_F(BusSignalsTest, ADaemonThatComesBackIsAskedAgain) {
  auto first = std::make_unique<FakeDaemon>(bus_.address(), kName);
  const auto listening = Listen();
  ASSERT_TRUE(first->Until([&] { return notes_->Has("settled"); }));
  first.reset();
  FakeDaemon second(bus_.address(), kName);
  ASSERT_TRUE(second.Until([&] { return notes_->lines().size() == 2; }));
  second.Emit(kPath, kManager, "UnitNew", "so", "a.service", "/a");
  ASSERT_TRUE(second.Until([&] { return notes_->Has("0 "); }));
  EXPECT_THAT(notes_->lines(), ElementsAre("settled", "settled", StartsWith("0 ")));
  EXPECT_THAT(second.calls, ElementsAre("Subscribe"));
}

TEST_F(BusSignalsTest, ADaemonThatStaysAwayIsTheEnd) {
  auto daemon = std::make_unique<FakeDaemon>(bus_.address(), kName);
  BusInterest interest = Interest();
  interest.subscribe.reset();
  interest.patience = milliseconds(300);
  const auto listening = Listen(std::move(interest));
  ASSERT_EQ(notes_->Await("settled"), "settled");
  daemon.reset();
  EXPECT_THAT(notes_->Await("ended"), HasSubstr("systemd went from the bus and did not come back within 300 ms"));
}

TEST_F(BusSignalsTest, TheEndOfTheBusIsTheEnd) {
  FakeDaemon daemon(bus_.address(), kName);
  const auto listening = Listen();
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("settled"); }));
  bus_.End();
  EXPECT_THAT(notes_->Await("ended"), HasSubstr("the D-Bus daemon"));
}

TEST_F(BusSignalsTest, TellsManyInTheirOrder) {
  FakeDaemon daemon(bus_.address(), kName);
  const auto listening = Listen();
  ASSERT_TRUE(daemon.Until([&] { return notes_->Has("settled"); }));
  constexpr int kSignals = 1000;
  for (int i = 0; i < kSignals; ++i) {
    const std::string name = "u" + std::to_string(i);
    daemon.Emit(kPath, kManager, "UnitNew", "so", name.c_str(), "/u");
  }
  ASSERT_TRUE(daemon.Until([&] { return notes_->lines().size() > kSignals; }));
  const std::vector<std::string> lines = notes_->lines();
  for (int i = 0; i < kSignals; ++i) {
    EXPECT_THAT(lines.at(static_cast<std::size_t>(i) + 1), HasSubstr(" u" + std::to_string(i) + " "));
  }
}

TEST(BusSignals, FailWithoutABusAndNameTheSocket) {
  const FixtureTree tree;
  exec::Reactor reactor;
  const std::string path = tree.path() + "/run/bus";
  const auto listening =
      ListenAt("unix:path=" + path, Interest(), reactor, std::make_unique<NotingListener>(std::make_shared<Notes>()));
  ASSERT_FALSE(listening.ok());
  EXPECT_EQ(listening.status().code(), code::kNotSupported);
  EXPECT_THAT(listening.status().Message(), AllOf(HasSubstr(path), HasSubstr("No such file")));
  EXPECT_EQ(SystemBus().Listen(Interest(), reactor, nullptr).status().code(), code::kNotSupported);
}

// Connecting must not wait: who listens stands on a thread that has other things to do.
TEST(BusSignals, AGreetingThatNeverComesEndsWithoutAWait) {
  const FixtureTree tree;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = tree.path() + "/run/bus";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(socket, 4), 0);
  exec::Reactor reactor;
  const auto notes = std::make_shared<Notes>();
  {
    const auto listening = ListenAt("unix:path=" + path, Interest(), reactor, std::make_unique<NotingListener>(notes));
    ASSERT_TRUE(listening.ok()) << listening.status().Message();
    EXPECT_THAT(notes->lines(), ElementsAre());
    ::close(socket);  // the daemon ends
    EXPECT_THAT(notes->Await("ended"), HasSubstr("the D-Bus daemon"));
  }
}

TEST(BusSignals, ObjectsAreCalledByTheirNames) {
  constexpr const char* kFolder = "/unit";
  EXPECT_EQ(NameOfObject("/unit/ssh_2eservice", kFolder), "ssh.service");
  EXPECT_EQ(NameOfObject("/unit/_31", kFolder), "1");
  EXPECT_EQ(NameOfObject("/unit/a_5cx2db_40c", kFolder), "a\\x2db@c");
  for (const char* other : {"/unit", "/unit/", "/units/a", "/other/a", "/unit/a_2", "/unit/a_", "/unit/a_zz"}) {
    EXPECT_EQ(NameOfObject(other, kFolder), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace wmi::linuxos
