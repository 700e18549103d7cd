// The events of the registry, from the write of whichever process to the listener.
#include "providers/registry/registry_events.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"
#include "win32/registry/open_keys.h"
#include "win32/registry/registry_test_support.h"

namespace wmi::registry {
namespace {

using win32::KeyPath;
using win32::RegistryStore;
using win32::RegistryValue;

constexpr auto kWaitMax = std::chrono::seconds(60);

cim::ClassPtr EventClass(const std::string& name, const std::vector<std::string>& properties) {
  cim::ClassDeclaration declaration;
  declaration.name = name;
  for (const std::string& property : properties) {
    declaration.properties.emplace_back().name = property;
    declaration.properties.back().type.type = cim::CimType::kString;
  }
  declaration.properties.emplace_back().name = "TIME_CREATED";
  declaration.properties.back().type.type = cim::CimType::kUint64;
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

// Notes what it is told: "RegistryKeyChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\Lamp".
class Ear final : public provider::EventListener {
 public:
  void Fire(cim::Object event) override {
    std::string text = event.schema().name();
    for (const cim::Property& property : event.schema().properties()) {
      const cim::ValueView value = event.slot(*event.schema().FindSlot(property.name));
      if (value.kind() == cim::ValueKind::kText) text.append(1, ' ').append(value.text());
      if (value.is_null()) text += " NULL";
    }
    Note(std::move(text));
  }
  void Lost(std::uint64_t, std::string_view) override { Note("lost"); }
  void Ended(Status why) override { Note("ended: " + why.Message()); }

  // What it was told first and has not given yet.
  std::string Next() {
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    MutexLock lock(mutex_);
    while (said_.empty()) {
      if (!changed_.WaitUntil(lock, deadline)) return "nothing";
    }
    std::string first = std::move(said_.front());
    said_.erase(said_.begin());
    return first;
  }
  std::size_t waiting() const {
    MutexLock lock(mutex_);
    return said_.size();
  }

 private:
  void Note(std::string what) {
    MutexLock lock(mutex_);
    said_.push_back(std::move(what));
    changed_.NotifyAll();
  }

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> said_ WMI_GUARDED_BY(mutex_);
};

// Somebody who listens to one thing.
struct Listener {
  std::shared_ptr<Ear> ear = std::make_shared<Ear>();
  std::unique_ptr<provider::Listening> listening;
  Status status = {};
};

class RegistryEventsTest : public testing::Test {
 protected:
  RegistryEventsTest() { RegisterRegistryEvents(sources_); }

  Listener Listen(const std::string& class_name, const std::vector<std::string>& values) {
    provider::EventSource* const source = sources_.FindEvents(class_name);
    EXPECT_NE(source, nullptr) << class_name;
    const std::vector<std::string_view> names = source->demanded();
    provider::EventRequest request;
    request.schema = EventClass(class_name, {names.begin(), names.end()});
    for (const std::string& value : values) request.demanded.push_back(cim::Value::Text(value));
    Listener listener;
    auto listening = source->Listen(request, reactor_, listener.ear);
    listener.status = listening.status();
    if (listening.ok()) listener.listening = std::move(listening).value();
    return listener;
  }
  Listener ListenToKey(const std::string& path) {
    return Listen("RegistryKeyChangeEvent", {"HKEY_LOCAL_MACHINE", path});
  }
  Listener ListenToTree(const std::string& path) {
    return Listen("RegistryTreeChangeEvent", {"HKEY_LOCAL_MACHINE", path});
  }
  Listener ListenToValue(const std::string& path, const std::string& name) {
    return Listen("RegistryValueChangeEvent", {"HKEY_LOCAL_MACHINE", path, name});
  }

  RegistryStore Store() const { return win32::RegistryAt(registry_.root()); }
  static KeyPath Key(const std::string& names) {
    KeyPath key{"HKEY_LOCAL_MACHINE"};
    EXPECT_EQ(win32::AppendNames(names, key), ERROR_SUCCESS);
    return key;
  }
  void Make(const std::string& names) {
    bool created = false;
    ASSERT_EQ(Store().Create(Key(names), created), ERROR_SUCCESS);
  }
  void Write(const std::string& names, const std::string& name, const std::string& text) {
    ASSERT_EQ(Store().Write(Key(names), name, {REG_SZ, text}), ERROR_SUCCESS);
  }
  void DeleteTree(const std::string& names) { ASSERT_EQ(Store().DeleteTree(Key(names)), ERROR_SUCCESS); }

  // Nothing that has not been given.
  void ExpectSilence(const Listener& listener) { EXPECT_EQ(listener.ear->waiting(), 0u); }

  win32::TemporaryRegistry registry_;
  provider::EventSources sources_;
  exec::Reactor reactor_;
};

constexpr const char* kLamp = "SOFTWARE\\Acme\\Lamp";
constexpr const char* kLampChanged = "RegistryKeyChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp";

TEST_F(RegistryEventsTest, AKeyTellsOfItsValuesAndOfTheKeysInIt) {
  Make(kLamp);
  const Listener listener = ListenToKey(kLamp);
  ASSERT_TRUE(listener.listening) << listener.status.Message();
  const std::pair<const char*, std::function<void()>> changes[] = {
      {"the first value", [&] { Write(kLamp, "Colour", "red"); }},
      {"another value", [&] { Write(kLamp, "", "it"); }},
      {"another content", [&] { Write(kLamp, "Colour", "green"); }},
      {"a value goes", [&] { ASSERT_EQ(Store().DeleteValue(Key(kLamp), "colour"), ERROR_SUCCESS); }},
      {"a key in it", [&] { Make("SOFTWARE\\Acme\\Lamp\\Bulb"); }},
      {"that goes", [&] { DeleteTree("SOFTWARE\\Acme\\Lamp\\Bulb"); }},
      {"all of it goes", [&] { ASSERT_EQ(Store().Clear(Key(kLamp)), ERROR_SUCCESS); }},
      {"it goes itself", [&] { DeleteTree(kLamp); }},
      {"and is made again", [&] { Make("SOFTWARE\\acme\\LAMP"); }},
      {"with a value", [&] { Write(kLamp, "Colour", "blue"); }},
      {"all above goes and comes",
       [&] {
         DeleteTree("SOFTWARE\\Acme");
         EXPECT_EQ(listener.ear->Next(), kLampChanged);
         Make(kLamp);
       }},
  };
  for (const auto& [what, change] : changes) {
    change();
    EXPECT_EQ(listener.ear->Next(), kLampChanged) << what;
    ExpectSilence(listener);
  }
}

// What is not of the key, then something that is: nothing else may have been told.
TEST_F(RegistryEventsTest, AKeyDoesNotTellOfOthers) {
  Make("SOFTWARE\\Acme\\Lamp\\Bulb");
  Make("SOFTWARE\\Acme\\Lampion");
  const Listener listener = ListenToKey(kLamp);
  ASSERT_TRUE(listener.listening) << listener.status.Message();
  Write("SOFTWARE\\Acme\\Lamp\\Bulb", "Watts", "40");
  Make("SOFTWARE\\Acme\\Lamp\\Bulb\\Wire");
  Write("SOFTWARE\\Acme\\Lampion", "Colour", "red");
  Write("SOFTWARE\\Acme", "Colour", "red");
  DeleteTree("SOFTWARE\\Acme\\Lampion");
  const Listener last = ListenToKey("SOFTWARE\\Acme\\Lamp\\Bulb");
  Write("SOFTWARE\\Acme\\Lamp\\Bulb", "Watts", "60");
  EXPECT_EQ(last.ear->Next(), "RegistryKeyChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp\\Bulb");
  Write(kLamp, "Colour", "red");
  EXPECT_EQ(listener.ear->Next(), kLampChanged);
  ExpectSilence(listener);
}

TEST_F(RegistryEventsTest, ATreeTellsOfEverythingBelow) {
  Make("SOFTWARE\\Acme\\Lamp\\Bulb");
  const Listener listener = ListenToTree("SOFTWARE\\Acme");
  ASSERT_TRUE(listener.listening) << listener.status.Message();
  const std::pair<const char*, std::function<void()>> changes[] = {
      {"a value", [&] { Write("SOFTWARE\\Acme", "Colour", "red"); }},
      {"a value below", [&] { Write("SOFTWARE\\Acme\\Lamp\\Bulb", "Watts", "40"); }},
      {"a key", [&] { Make("SOFTWARE\\Acme\\Lamp\\Bulb\\Wire"); }},
      {"a value of the new key", [&] { Write("SOFTWARE\\Acme\\Lamp\\Bulb\\Wire", "Metal", "tungsten"); }},
      {"keys go", [&] { DeleteTree(kLamp); }},
      {"one comes", [&] { Make(kLamp); }},
      {"and one in it", [&] { Make("SOFTWARE\\Acme\\Lamp\\Bulb"); }},
      {"with a value", [&] { Write("SOFTWARE\\Acme\\Lamp\\Bulb", "Watts", "60"); }},
      {"several come",
       [&] {
         for (int i = 0; i < 100; ++i) Make(fmt::format("SOFTWARE\\Acme\\Lamp\\Bulb\\{0}\\{0}", i));
       }},
  };
  for (const auto& [what, change] : changes) {
    ExpectSilence(listener);
    change();
    EXPECT_EQ(listener.ear->Next(), "RegistryTreeChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme") << what;
  }
}

TEST_F(RegistryEventsTest, AValueTellsWhenItIsAnother) {
  Make(kLamp);
  const Listener listener = ListenToValue(kLamp, "Colour");
  ASSERT_TRUE(listener.listening) << listener.status.Message();
  const std::string expected = "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp Colour";
  const std::pair<const char*, std::function<void()>> changes[] = {
      {"made", [&] { Write(kLamp, "COLOUR", "red"); }},
      {"another content",
       [&] {
         Write(kLamp, "Colour", "red");  // the same
         Write(kLamp, "Other", "blue");
         Write(kLamp, "Colour", "green");
       }},
      {"another type",
       [&] { ASSERT_EQ(Store().Write(Key(kLamp), "Colour", {REG_EXPAND_SZ, "green"}), ERROR_SUCCESS); }},
      {"deleted", [&] { ASSERT_EQ(Store().DeleteValue(Key(kLamp), "Colour"), ERROR_SUCCESS); }},
      {"again", [&] { Write(kLamp, "Colour", "red"); }},
      {"gone with its key", [&] { DeleteTree("SOFTWARE\\Acme"); }},
      {"come with its key",
       [&] {
         Make(kLamp);
         Write(kLamp, "Colour", "red");
       }},
  };
  for (const auto& [what, change] : changes) {
    change();
    EXPECT_EQ(listener.ear->Next(), expected) << what;
    ExpectSilence(listener);
  }
}

TEST_F(RegistryEventsTest, TheDefaultValueHasNoName) {
  Make(kLamp);
  const Listener listener = ListenToValue(kLamp, "");
  Write(kLamp, "@", "a value that is called so");
  Write(kLamp, "", "lamp");
  EXPECT_EQ(listener.ear->Next(), "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp ");
  ExpectSilence(listener);
}

// Who has made the change does not matter: another process of the library, or an editor.
TEST_F(RegistryEventsTest, AnotherProcessIsHeard) {
  Make(kLamp);
  Write(kLamp, "Colour", "red");
  const Listener value = ListenToValue(kLamp, "Colour");
  const Listener tree = ListenToTree("");
  const pid_t child = fork();
  if (child == 0) _exit(Store().Write(Key(kLamp), "Colour", {REG_SZ, "green"}) == ERROR_SUCCESS ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(value.ear->Next(), "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp Colour");
  EXPECT_EQ(tree.ear->Next(), "RegistryTreeChangeEvent HKEY_LOCAL_MACHINE ");
  std::string file;
  ASSERT_EQ(Store().FindValueFile(Key(kLamp), "Colour", file), ERROR_SUCCESS);
  std::ofstream(file) << "REG_SZ\nblue\n";
  EXPECT_EQ(value.ear->Next(), "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE\\Acme\\Lamp Colour");
}

// HKEY_LOCAL_MACHINE\SOFTWARE exists before there is any folder.
TEST_F(RegistryEventsTest, ARegistryThatIsNotThereYetIsWaitedFor) {
  const Listener key = ListenToKey("software");
  ASSERT_TRUE(key.listening) << key.status.Message();
  const Listener tree = ListenToTree("");
  ASSERT_TRUE(tree.listening) << tree.status.Message();
  ASSERT_FALSE(std::filesystem::exists(registry_.root()));
  Write("SOFTWARE", "Colour", "red");
  EXPECT_EQ(key.ear->Next(), "RegistryKeyChangeEvent HKEY_LOCAL_MACHINE software");
  EXPECT_EQ(tree.ear->Next(), "RegistryTreeChangeEvent HKEY_LOCAL_MACHINE ");
  const Listener value = ListenToValue("SOFTWARE", "Colour");
  std::filesystem::remove_all(registry_.root());
  EXPECT_EQ(value.ear->Next(), "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE Colour");
  Write("SOFTWARE", "Colour", "green");
  EXPECT_EQ(value.ear->Next(), "RegistryValueChangeEvent HKEY_LOCAL_MACHINE SOFTWARE Colour");
}

TEST_F(RegistryEventsTest, NothingIsToldAfterTheEnd) {
  Make(kLamp);
  Listener first = ListenToKey(kLamp);
  const Listener second = ListenToKey(kLamp);
  first.listening.reset();
  Write(kLamp, "Colour", "red");
  EXPECT_EQ(second.ear->Next(), kLampChanged);
  ExpectSilence(first);
}

TEST_F(RegistryEventsTest, WhatCannotBeListenedToIsRefusedWithTheReason) {
  struct Row {
    std::string hive;
    std::string path;
    Code code;
    const char* words;
  };
  const Row rows[] = {
      {"HKEY_LOCAL_MACHINE", "SOFTWARE\\None", code::kNotFound, "HKEY_LOCAL_MACHINE\\SOFTWARE\\None"},
      {"HKEY_LOCAL_MACHINE", "\\SOFTWARE", code::kInvalidParameter, "begins with a backslash"},
      {"HKEY_LOCAL_MACHINE", std::string(300, 'x'), code::kInvalidParameter, "too long"},
      {"HKEY_CLASSES_ROOT", "CLSID", code::kNotSupported, "SOFTWARE\\Classes"},
      {"hkey_current_user", "Software", code::kNotSupported, "HKEY_USERS"},
      {"HKEY_CURRENT_CONFIG", "Software", code::kNotSupported, "HKEY_LOCAL_MACHINE"},
      {"HKLM", "SOFTWARE", code::kNotFound, "HKEY_LOCAL_MACHINE or HKEY_USERS"},
  };
  for (const Row& row : rows) {
    const Listener listener = Listen("RegistryKeyChangeEvent", {row.hive, row.path});
    EXPECT_EQ(listener.status.code(), row.code) << row.hive << " " << row.path;
    EXPECT_NE(listener.status.Message().find(row.words), std::string::npos) << listener.status.Message();
  }
  EXPECT_EQ(ListenToValue("SOFTWARE", std::string(300, 'x')).status.code(), code::kInvalidParameter);
}

}  // namespace
}  // namespace wmi::registry
