// What systemd and logind tell of services, sessions and sleep, from the signal to the listener.
#include "providers/linux/services/services_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "providers/linux/bus/bus_signals.h"
#include "providers/linux/bus/bus_test_support.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

BusValue Text(const char* text) { return {std::string(text)}; }

class Notes {
 public:
  void Add(std::string line) {
    MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.NotifyAll();
  }
  // All that came since the last call.
  std::vector<std::string> Take() {
    MutexLock lock(mutex_);
    return std::exchange(lines_, {});
  }
  bool empty() {
    MutexLock lock(mutex_);
    return lines_.empty();
  }
  // Waits for one at least.
  std::vector<std::string> Await() {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (lines_.empty() && changed_.WaitUntil(lock, deadline)) {
    }
    return std::exchange(lines_, {});
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> lines_ WMI_GUARDED_BY(mutex_);
};

class ChangeNotes final : public provider::ChangeListener {
 public:
  void Look() override { notes.Add("look"); }
  void Look(provider::KeyTuple keys) override { notes.Add("look " + KeyOf(keys)); }
  void Appeared(cim::Object) override { notes.Add("appeared"); }
  void Gone(provider::KeyTuple keys) override { notes.Add("gone " + KeyOf(keys)); }
  void Lost(std::uint64_t, std::string_view) override { notes.Add("lost"); }
  void Ended(Status why) override { notes.Add("ended: " + why.Message()); }
  Notes notes;

 private:
  static std::string KeyOf(const provider::KeyTuple& keys) { return std::string(keys.at(0).view().text()); }
};

class EventNotes final : public provider::EventListener {
 public:
  void Fire(cim::Object event) override {
    const auto number = [&](std::string_view property) {
      const cim::ValueView value = event.slot(event.schema().FindSlot(property).value());
      return value.is_null() ? std::string("-") : std::to_string(value.unsigned_integer());
    };
    EXPECT_NE(number("TIME_CREATED"), "-");
    notes.Add(number("EventType") + " " + number("OEMEventCode"));
  }
  void Lost(std::uint64_t, std::string_view) override { notes.Add("lost"); }
  void Ended(Status why) override { notes.Add("ended: " + why.Message()); }
  Notes notes;
};

// Keeps who listens, for the test to tell.
class ToldBus final : public SystemBus {
 public:
  Result<std::unique_ptr<provider::Listening>> Listen(BusInterest asked, exec::Reactor&,
                                                      std::unique_ptr<BusListener> told) override {
    interest = std::move(asked);
    listener = std::move(told);
    return std::make_unique<provider::Listening>();
  }

  // A signal of this member as a daemon sends it, and the end of the turn unless there is more.
  void Tell(const std::string& member, const std::string& path, const std::vector<BusValue>& values,
            bool has_more = false) const {
    for (std::size_t i = 0; i < interest.rules.size(); ++i) {
      if (interest.rules[i].member != member) continue;
      listener->Told(i, path, interest.rules[i].has_values ? values : std::vector<BusValue>());
      if (!has_more) listener->Flush();
      return;
    }
    ADD_FAILURE() << member << " is not of interest";
  }
  void Settle() const {
    listener->Settled();
    listener->Flush();
  }

  BusInterest interest;
  std::unique_ptr<BusListener> listener;
};

class ServicesEventsTest : public testing::Test {
 protected:
  ServicesEventsTest() {
    machine_.root = tree_.root();
    machine_.bus = &bus_;
    tree_.MakeDirectory("run/systemd/system");
    tree_.MakeDirectory("run/systemd/seats");
    AddServicesEvents(sources_, machine_);
  }

  std::unique_ptr<provider::Listening> Watch(const std::string& class_name, const std::vector<std::string>& keys = {}) {
    provider::Request request;
    request.has_keys = !keys.empty();
    for (const std::string& key : keys) request.keys.push_back({cim::Value::Text(key)});
    auto listening = sources_.FindChanges(class_name)->Listen(request, reactor_, changes_);
    EXPECT_TRUE(listening.ok()) << listening.status().Message();
    return listening.ok() ? std::move(listening).value() : nullptr;
  }
  void ChangeUnit(const std::string& label, bool has_more = false) const {
    bus_.Tell("PropertiesChanged", "/org/freedesktop/systemd1/unit/" + label, {}, has_more);
  }

  FixtureTree tree_;
  ToldBus bus_;
  Machine machine_;
  provider::EventSources sources_;
  exec::Reactor reactor_;
  const std::shared_ptr<ChangeNotes> changes_ = std::make_shared<ChangeNotes>();
  Notes& notes_ = changes_->notes;
};

TEST_F(ServicesEventsTest, AServiceThatChangesIsLookedAtOnce) {
  const auto listening = Watch("Win32_Service");
  // systemd tells of the properties of the service and of those of the unit.
  ChangeUnit("ssh_2eservice", true);
  ChangeUnit("ssh_2eservice", true);
  ChangeUnit("dev_2dsda_2edevice", true);
  ChangeUnit("getty_40tty1_2eservice");
  EXPECT_THAT(notes_.Take(), ElementsAre("look getty@tty1", "look ssh"));
  ChangeUnit("home_2emount");
  EXPECT_THAT(notes_.Take(), IsEmpty());
  bus_.Tell("UnitNew", "", {Text("new.service"), Text("/x")});
  bus_.Tell("UnitRemoved", "", {Text("old.service"), Text("/x")});
  bus_.Tell("UnitRemoved", "", {});
  EXPECT_THAT(notes_.Take(), ElementsAre("look new", "look old"));
}

TEST_F(ServicesEventsTest, OnlyTheServicesThatMatterAreLookedAt) {
  const auto listening = Watch("Win32_Service", {"SSH", "cron"});
  ChangeUnit("ssh_2eservice", true);
  ChangeUnit("dbus_2eservice");
  EXPECT_THAT(notes_.Take(), ElementsAre("look ssh"));
}

TEST_F(ServicesEventsTest, WhatMayConcernAllIsOneLook) {
  const auto listening = Watch("Win32_Service");
  bus_.Settle();
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
  ChangeUnit("a_2eservice", true);
  bus_.Tell("UnitFilesChanged", "", {});
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
  for (int i = 0; i < 200; ++i) ChangeUnit("u" + std::to_string(i) + "_2eservice", true);
  ChangeUnit("last_2eservice");
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
  ChangeUnit("a_2eservice");
  EXPECT_THAT(notes_.Take(), ElementsAre("look a"));
}

TEST_F(ServicesEventsTest, AReloadIsOneLookAtItsEnd) {
  const auto listening = Watch("Win32_Service");
  bus_.Tell("Reloading", "", {{true}});
  bus_.Tell("UnitRemoved", "", {Text("a.service"), Text("/x")});
  bus_.Tell("UnitNew", "", {Text("a.service"), Text("/x")});
  EXPECT_THAT(notes_.Take(), IsEmpty());
  bus_.Tell("Reloading", "", {{false}});
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
  // systemd ended in the middle of one, and was started again.
  bus_.Tell("Reloading", "", {{true}});
  bus_.Settle();
  ChangeUnit("a_2eservice");
  EXPECT_THAT(notes_.Take(), ElementsAre("look", "look a"));
}

TEST_F(ServicesEventsTest, SessionsComeAndGo) {
  const auto listening = Watch("Win32_LogonSession");
  bus_.Settle();
  bus_.Tell("SessionNew", "", {Text("3"), Text("/x")});
  bus_.Tell("PropertiesChanged", "/org/freedesktop/login1/session/_33", {});
  bus_.Tell("SessionRemoved", "", {Text("3"), Text("/x")});
  EXPECT_THAT(notes_.Take(), ElementsAre("look", "look 3", "look 3", "gone 3"));
  bus_.Tell("SessionNew", "", {Text("c4"), Text("/x")}, true);
  bus_.Tell("PropertiesChanged", "/org/freedesktop/login1/session/c4", {}, true);
  bus_.Tell("SessionRemoved", "", {Text("c4"), Text("/x")});
  EXPECT_THAT(notes_.Take(), ElementsAre("gone c4"));
}

TEST_F(ServicesEventsTest, UsersOfSessionsAreLookedAtTogether) {
  const auto listening = Watch("Win32_LoggedOnUser");
  bus_.Tell("PropertiesChanged", "/org/freedesktop/login1/session/_33", {});
  EXPECT_THAT(notes_.Take(), IsEmpty());
  bus_.Tell("SessionNew", "", {Text("3"), Text("/x")}, true);
  bus_.Tell("SessionRemoved", "", {Text("2"), Text("/x")});
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
}

TEST_F(ServicesEventsTest, WithoutItsDaemonEachSaysWhatIsMissing) {
  tree_.Remove("run/systemd");
  const struct {
    const char* class_name;
    const char* folder;
  } rows[] = {{"Win32_Service", "/run/systemd/system"},
              {"Win32_LogonSession", "/run/systemd/seats"},
              {"Win32_LoggedOnUser", "/run/systemd/seats"}};
  for (const auto& row : rows) {
    const auto listening = sources_.FindChanges(row.class_name)->Listen(provider::Request(), reactor_, changes_);
    EXPECT_EQ(listening.status().code(), code::kNotSupported) << row.class_name;
    EXPECT_THAT(listening.status().Message(), HasSubstr(tree_.path() + row.folder));
  }
  const auto power = sources_.FindEvents("Win32_PowerManagementEvent")
                         ->Listen({TestClass("Win32_PowerManagementEvent", {"EventType"}, ""), {}}, reactor_,
                                  std::make_shared<EventNotes>());
  EXPECT_THAT(power.status().Message(), HasSubstr("systemd-logind does not run"));
}

// From a daemon that runs to the listener: the address, the rules and the values are those of D-Bus.
TEST_F(ServicesEventsTest, ARealBusBringsThem) {
  const PrivateBus bus;
  ASSERT_TRUE(bus.is_installed()) << "install the package dbus";
  FakeDaemon systemd(bus.address(), "org.freedesktop.systemd1");
  const auto connected = ConnectedBus(bus.address());
  machine_.bus = connected.get();
  ServiceChangeSource source(machine_);
  const auto listening = source.Listen(provider::Request(), reactor_, changes_);
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  ASSERT_TRUE(systemd.Until([&] { return !notes_.empty(); }));
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
  systemd.Emit("/org/freedesktop/systemd1/unit/ssh_2eservice", "org.freedesktop.DBus.Properties", "PropertiesChanged",
               "sa{sv}as", "org.freedesktop.systemd1.Unit", 1, "ActiveState", "s", "inactive", 0);
  ASSERT_TRUE(systemd.Until([&] { return !notes_.empty(); }));
  EXPECT_THAT(notes_.Take(), ElementsAre("look ssh"));
  const char* const manager = "org.freedesktop.systemd1.Manager";
  systemd.Emit("/org/freedesktop/systemd1", manager, "Reloading", "b", 1);
  systemd.Emit("/org/freedesktop/systemd1", manager, "UnitNew", "so", "a.service", "/a");
  systemd.Emit("/org/freedesktop/systemd1", manager, "Reloading", "b", 0);
  ASSERT_TRUE(systemd.Until([&] { return !notes_.empty(); }));
  EXPECT_THAT(notes_.Take(), ElementsAre("look"));
}

// ---- power ----------------------------------------------------------------------------------------------------------

// Hears what the test writes into a pipe: one letter each.
class LetterNotifier final : public Notifier {
 public:
  explicit LetterNotifier(Descriptor end) : end_(std::move(end)) {}
  int descriptor() const override { return end_.get(); }
  Heard Read() override {
    char letter = 0;
    if (read(end_.get(), &letter, 1) != 1) return {};
    return {letter == 'c', letter == 'l', letter == 'e'};
  }

 private:
  const Descriptor end_;
};

int power_writer = -1;

Result<std::unique_ptr<Notifier>> MakeLetters() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Status(code::kFailed);
  power_writer = ends[1];
  return std::unique_ptr<Notifier>(std::make_unique<LetterNotifier>(Descriptor(ends[0])));
}

TEST_F(ServicesEventsTest, SleepAndPowerAreEvents) {
  PowerEventSource source(machine_, MakeLetters);
  const auto events = std::make_shared<EventNotes>();
  const cim::ClassPtr schema =
      TestClass("Win32_PowerManagementEvent", {"TIME_CREATED", "EventType", "OEMEventCode"}, "");
  const auto listening = source.Listen({schema, {}}, reactor_, events);
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  const Descriptor writer(power_writer);
  bus_.Settle();
  bus_.Tell("PrepareForSleep", "", {{true}});
  bus_.Tell("PrepareForSleep", "", {{false}});
  EXPECT_THAT(events->notes.Take(), ElementsAre("4 -", "7 -"));
  ASSERT_EQ(write(writer.get(), "c", 1), 1);
  EXPECT_THAT(events->notes.Await(), ElementsAre("10 -"));
  ASSERT_EQ(write(writer.get(), "l", 1), 1);
  EXPECT_THAT(events->notes.Await(), ElementsAre("lost"));
  bus_.Settle();  // logind was away
  EXPECT_THAT(events->notes.Take(), ElementsAre("lost"));
  ASSERT_EQ(write(writer.get(), "e", 1), 1);
  EXPECT_THAT(events->notes.Await(), ElementsAre(HasSubstr("the kernel tells nothing more")));
}

TEST_F(ServicesEventsTest, TheKernelTellsOfPowerToWhoMayHear) {
  const auto notifier = MakePowerNotifier();
  ASSERT_TRUE(notifier.ok()) << notifier.status().Message();
  EXPECT_FALSE((*notifier)->Read().ended);
}

}  // namespace
}  // namespace wmi::linuxos
