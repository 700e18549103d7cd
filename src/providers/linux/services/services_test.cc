// Services, timers and sessions with a bus that gives canned answers; modules and logins from recorded text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utmp.h>

#include <cstring>
#include <functional>
#include <map>
#include <utility>

#include "cim/datetime.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/services/kernel_module.h"
#include "providers/linux/services/logon_session.h"
#include "providers/linux/services/scheduled_job.h"
#include "providers/linux/services/service.h"
#include "providers/linux/sessions.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using BusOutcome = BusAnswer::Outcome;

BusValue BusText(const char* text) { return {std::string(text)}; }
BusValue BusList(BusValue::List items) { return {std::move(items)}; }
BusValue BusNumber(std::uint64_t number) { return {number}; }
BusValue BusPair(const char* name, BusValue value) { return {BusValue::List{BusText(name), std::move(value)}}; }

// Answers by "Member", "GetAll path" or "Get path property"; others do not exist.
class CannedBus final : public SystemBus {
 public:
  BusAnswer Call(const BusCall& call) override {
    std::string key = call.member;
    if (call.member == "GetAll" || call.member == "Get") key.append(" ").append(call.path);
    if (call.member == "Get") key.append(" ").append(call.arguments.at(1).text());
    calls.push_back(key);
    last[call.member] = call.arguments;
    if (on_call) on_call(call);
    const auto found = answers.find(key);
    if (found != answers.end()) return found->second;
    return {BusOutcome::kNoService, {}, "org.freedesktop.DBus.Error.UnknownMethod", key + " is not canned"};
  }

  void Set(const std::string& key, BusValue value) {
    BusAnswer answer;
    answer.outcome = BusOutcome::kDone;
    answer.values.push_back(std::move(value));
    answers[key] = std::move(answer);
  }
  void Fail(const std::string& key, BusOutcome outcome, const char* name = "") {
    answers[key] = {outcome, {}, name, "canned failure"};
  }

  std::map<std::string, BusAnswer> answers;
  std::vector<std::string> calls;
  std::map<std::string, std::vector<BusValue>> last;
  std::function<void(const BusCall&)> on_call;
};

// A machine that knows one account.
class OneAccount final : public NameService {
 public:
  NameAnswer UserByName(const std::string& name, UserEntry& out) override {
    out.name = name;
    return name == "www" ? NameAnswer::kFound : NameAnswer::kNotFound;
  }
};

BusValue UnitRow(const char* name, const char* load, const char* active, const char* sub) {
  return BusList({BusText(name),
                  BusText("About it"),
                  BusText(load),
                  BusText(active),
                  BusText(sub),
                  BusText(""),
                  {UnitPath(name)},
                  BusNumber(0),
                  BusText(""),
                  BusText("/")});
}

BusValue FileRow(const char* path, const char* state) { return BusList({BusText(path), BusText(state)}); }

const char* const kSsh = "/org/freedesktop/systemd1/unit/ssh_2eservice";
const char* const kOld = "/org/freedesktop/systemd1/unit/old_2eservice";

class ServicesTest : public testing::Test {
 protected:
  ServicesTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.MakeDirectory("etc/systemd/system");
    machine_.root = tree_.root();
    machine_.files = &files_;
    machine_.bus = &bus_;
    machine_.names = &names_;
    bus_.Set("ListUnitsByPatterns", BusList({UnitRow("ssh.service", "loaded", "active", "running"),
                                             UnitRow("broken.service", "loaded", "failed", "failed"),
                                             UnitRow("hidden.service", "masked", "inactive", "dead"),
                                             UnitRow("getty@tty1.service", "loaded", "activating", "start"),
                                             UnitRow("nobody.service", "not-found", "inactive", "dead")}));
    bus_.Set("ListUnitFilesByPatterns", BusList({FileRow("/usr/lib/systemd/system/ssh.service", "enabled"),
                                                 FileRow("/usr/lib/systemd/system/broken.service", "static"),
                                                 FileRow("/etc/systemd/system/hidden.service", "masked"),
                                                 FileRow("/usr/lib/systemd/system/getty@.service", "enabled"),
                                                 FileRow("/etc/systemd/system/sshd.service", "alias"),
                                                 FileRow("/usr/lib/systemd/system/old.service", "disabled")}));
    bus_.Set(std::string("GetAll ") + kSsh,
             BusList({BusPair("MainPID", BusNumber(812)), BusPair("CanStop", {true}), BusPair("CanFreeze", {true}),
                      BusPair("User", BusText("")), BusPair("ExecMainCode", BusNumber(0)),
                      BusPair("ExecStart",
                              BusList({BusList({BusText("/usr/sbin/sshd"),
                                                BusList({BusText("sshd"), BusText("-D"), BusText("two words")})})}))}));
    bus_.Set(std::string("GetAll ") + kOld,
             BusList({BusPair("MainPID", BusNumber(0)), BusPair("User", BusText("www")),
                      BusPair("ExecMainCode", BusNumber(1)), BusPair("ExecMainStatus", BusNumber(3))}));
    bus_.Set(std::string("Get ") + kSsh + " FreezerState", BusText("running"));
    bus_.Set(std::string("Get ") + kSsh + " CanStop", {true});
    bus_.Set(std::string("Get ") + kOld + " Description", BusText("The old one"));
    bus_.Set("Get /org/freedesktop/systemd1/unit/getty_40tty1_2eservice UnitFileState", BusText("enabled"));
  }

  template <typename Traits>
  Answer Ask(std::vector<std::string_view> names, std::vector<std::string> keys = {}, std::string_view key = "Name") {
    std::vector<std::string_view> properties;
    for (const auto& column : Traits::Columns()) properties.push_back(column.property);
    SnapshotProvider<Traits> provider(machine_);
    return RunQuery(provider,
                    {TestClass(std::string(Traits::kClass), properties, key), std::move(names), std::move(keys)});
  }

  // What Load says when it is asked for these sources.
  template <typename Traits>
  Status Load(SourceSet sources, std::size_t rows) {
    const provider::Request request;
    std::vector<typename Traits::View> out;
    Status status = Traits::Load(machine_, {sources, request}, out);
    EXPECT_EQ(out.size(), rows);
    return status;
  }

  // The return value of a method of Win32_Service; -1 for a failure. `in` are texts and other values by name.
  int Run(const char* name, const char* instance, std::vector<std::pair<std::string, cim::Value>> in = {}) {
    cim::Method method;
    method.name = name;
    method.out = TestClass("Out", {"ReturnValue"}, "");
    provider::MethodRequest request;
    request.schema = TestClass("Win32_Service", {"Name"}, "Name");
    request.method = &method;
    if (instance != nullptr) request.keys = provider::KeyTuple{cim::Value::Text(instance)};
    if (!in.empty()) {
      std::vector<std::string_view> names;
      for (const auto& [parameter, value] : in) names.push_back(parameter);
      const cim::ClassPtr schema = TestClass("In", names, "");
      cim::RowBlockBuilder row;
      row.BeginRow(schema);
      for (const auto& [parameter, value] : in) row.Set(schema->FindSlot(parameter).value(), value.view());
      row.CommitRow();
      std::vector<cim::Object> built;
      row.Finish(built);
      request.in = built.front();
    }
    auto result = RunMethod(Service::Methods(), machine_, request);
    if (!result.ok()) return -1;
    return static_cast<int>(result->slot(0).unsigned_integer());
  }

  void Accept(const char* member, BusValue value = {}) { bus_.Set(member, std::move(value)); }

  FixtureTree tree_;
  WatchedFiles files_;
  CannedBus bus_;
  OneAccount names_;
  Machine machine_;
};

TEST_F(ServicesTest, ListsUnitsThatExist) {
  const Answer answer = Ask<Service>({"Name"});
  std::vector<std::string> names;
  for (std::size_t row = 0; row < answer.rows.size(); ++row) names.push_back(answer.Text(row, "Name"));
  EXPECT_THAT(names, ElementsAre("broken", "getty@tty1", "hidden", "old", "ssh"));
  EXPECT_THAT(bus_.calls, ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns"));
  EXPECT_EQ(bus_.last["ListUnitsByPatterns"].at(1).list().at(0).text(), "*.service");
}

TEST_F(ServicesTest, FillsAServiceThatRuns) {
  const Answer answer = Ask<Service>({});
  ASSERT_EQ(answer.rows.size(), 5u);
  EXPECT_EQ(answer.Text(4, "State"), "Running");
  EXPECT_EQ(answer.Text(4, "Status"), "OK");
  EXPECT_EQ(answer.Text(4, "StartMode"), "Auto");
  EXPECT_EQ(answer.Text(4, "DisplayName"), "About it");
  EXPECT_EQ(answer.Text(4, "PathName"), "/usr/sbin/sshd -D \"two words\"");
  EXPECT_EQ(answer.Text(4, "StartName"), "root");
  EXPECT_EQ(answer.Text(4, "SystemName"), "box");
  EXPECT_EQ(answer.Number(4, "ProcessId"), 812u);
  EXPECT_EQ(answer.Number(4, "ExitCode"), 0u);
  EXPECT_TRUE(answer.Get(4, "Started").boolean());
  EXPECT_TRUE(answer.Get(4, "AcceptStop").boolean());
  EXPECT_TRUE(answer.Get(4, "AcceptPause").boolean());
}

TEST_F(ServicesTest, AServiceThatASignalEndedHasNoExitCodeAndTakesNoStop) {
  bus_.Set(std::string("GetAll ") + kOld,
           BusList({BusPair("MainPID", BusNumber(0)), BusPair("CanStop", {true}), BusPair("CanFreeze", {true}),
                    BusPair("ExecMainCode", BusNumber(2)), BusPair("ExecMainStatus", BusNumber(9))}));
  const Answer answer = Ask<Service>({});
  ASSERT_EQ(answer.rows.size(), 5u);
  ASSERT_EQ(answer.Text(3, "Name"), "old");
  EXPECT_TRUE(answer.IsNull(3, "ExitCode")) << "9 is the number of the signal";
  EXPECT_FALSE(answer.Get(3, "AcceptStop").boolean());
  EXPECT_FALSE(answer.Get(3, "AcceptPause").boolean());
}

TEST_F(ServicesTest, FillsServicesThatDoNot) {
  const Answer answer = Ask<Service>({});
  ASSERT_EQ(answer.rows.size(), 5u);
  // Only a file.
  EXPECT_EQ(answer.Text(3, "State"), "Stopped");
  EXPECT_EQ(answer.Text(3, "StartMode"), "Manual");
  EXPECT_EQ(answer.Text(3, "Caption"), "The old one");
  EXPECT_EQ(answer.Text(3, "StartName"), "www");
  EXPECT_EQ(answer.Number(3, "ExitCode"), 3u);
  EXPECT_EQ(answer.Number(3, "ProcessId"), 0u);
  EXPECT_TRUE(answer.IsNull(3, "AcceptStop"));
  // Failed; systemd does not tell its properties.
  EXPECT_EQ(answer.Text(0, "State"), "Stopped");
  EXPECT_EQ(answer.Text(0, "Status"), "Error");
  EXPECT_TRUE(answer.IsNull(0, "ProcessId"));
  EXPECT_TRUE(answer.IsNull(0, "StartName"));
  EXPECT_EQ(answer.Text(1, "State"), "Start Pending");
  EXPECT_EQ(answer.Text(1, "StartMode"), "Auto");
  EXPECT_EQ(answer.Text(2, "StartMode"), "Disabled");
}

TEST_F(ServicesTest, AFrozenServiceIsPaused) {
  bus_.Set(std::string("Get ") + kSsh + " FreezerState", BusText("frozen"));
  EXPECT_EQ(Ask<Service>({"Name", "State"}).Text(4, "State"), "Paused");
}

TEST_F(ServicesTest, LooksUpANameInAnyCase) {
  Ask<Service>({"Name"}, {"Ssh-1"});
  EXPECT_EQ(bus_.last["ListUnitsByPatterns"].at(1).list().at(0).text(), "[Ss][Ss][Hh]-1.service");
  bus_.calls.clear();
  EXPECT_THAT(Ask<Service>({"Name"}, {"no such thing"}).rows, IsEmpty());
  EXPECT_THAT(Ask<Service>({"Name"}, {"a*"}).rows, IsEmpty());
  EXPECT_THAT(bus_.calls, IsEmpty());
}

TEST_F(ServicesTest, TellsWhySomethingIsMissing) {
  constexpr SourceSet kAll = ~SourceSet{0};
  // The listing is there, the properties are not.
  bus_.Fail("GetAll /org/freedesktop/systemd1/unit/hidden_2eservice", BusOutcome::kTimedOut);
  bus_.calls.clear();
  Status status = Load<Service>(kAll, 5);
  EXPECT_EQ(status.code(), code::kPartialResults);
  // Those behind it are not asked any more; what the lists say of them stays.
  EXPECT_EQ(bus_.calls.back(), "GetAll /org/freedesktop/systemd1/unit/hidden_2eservice");
  const Answer answer = Ask<Service>({});
  EXPECT_EQ(answer.Text(3, "Name"), "old");
  EXPECT_TRUE(answer.IsNull(3, "ProcessId"));
  EXPECT_TRUE(answer.IsNull(4, "State"));
  EXPECT_EQ(answer.Text(4, "StartMode"), "Auto");
  EXPECT_THAT(status.Message(), HasSubstr("canned failure"));
  for (const BusOutcome outcome : {BusOutcome::kNoBus, BusOutcome::kNoService, BusOutcome::kDenied}) {
    bus_.Fail("ListUnitsByPatterns", outcome);
    status = Load<Service>(kAll, 0);
    EXPECT_EQ(status.code(), code::kPartialResults);
    EXPECT_EQ(status.Message().find("systemd is not running") == 0, outcome != BusOutcome::kDenied);
    EXPECT_EQ(Load<ScheduledJob>(kAll, 0).code(), code::kPartialResults);
  }
}

TEST_F(ServicesTest, OddAnswersAreNoServices) {
  bus_.Set("ListUnitsByPatterns", BusList({BusText("?"), BusList({}), BusList({BusText("a.service")}), {true}}));
  bus_.Set("ListUnitFilesByPatterns", {std::uint64_t{7}});
  EXPECT_THAT(Ask<Service>({"Name"}).rows, IsEmpty());
  bus_.answers["ListUnitsByPatterns"].values.clear();
  EXPECT_THAT(Ask<Service>({"Name"}).rows, IsEmpty());
}

// Lists that hold this unit alone, as systemd gives them for its name.
class ServiceMethodsTest : public ServicesTest {
 protected:
  void Only(const char* name, const char* active, const char* file_state) {
    bus_.Set("ListUnitsByPatterns", active == nullptr ? BusList({}) : BusList({UnitRow(name, "loaded", active, "x")}));
    const std::string path = std::string("/usr/lib/systemd/system/") + name;
    bus_.Set("ListUnitFilesByPatterns",
             file_state == nullptr ? BusList({}) : BusList({FileRow(path.c_str(), file_state)}));
  }
};

TEST_F(ServiceMethodsTest, StartAndStop) {
  Accept("StartUnit", BusText("/job/1"));
  Accept("StopUnit", BusText("/job/2"));
  Only("ssh.service", "inactive", "enabled");
  EXPECT_EQ(Run("StartService", "ssh"), 0);
  EXPECT_EQ(bus_.last["StartUnit"].at(0).text(), "ssh.service");
  EXPECT_EQ(Run("StopService", "ssh"), 5);
  EXPECT_EQ(Run("InterrogateService", "ssh"), 5);
  Only("ssh.service", "active", "enabled");
  EXPECT_EQ(Run("StartService", "ssh"), 10);
  EXPECT_EQ(Run("StopService", "ssh"), 0);
  EXPECT_EQ(Run("InterrogateService", "ssh"), 0);
  EXPECT_EQ(Run("UserControlService", "ssh"), 1);
  bus_.Set(std::string("Get ") + kSsh + " CanStop", {false});
  EXPECT_EQ(Run("StopService", "ssh"), 4);
  Only("ssh.service", "inactive", "masked");
  EXPECT_EQ(Run("StartService", "ssh"), 14);
  Only("x", nullptr, nullptr);
  EXPECT_EQ(Run("StartService", "ssh"), -1);
  EXPECT_EQ(Run("StartService", "a b"), -1);
}

TEST_F(ServiceMethodsTest, ARefusalIsAReturnValue) {
  const struct {
    BusOutcome outcome;
    const char* name;
    int value;
  } cases[] = {{BusOutcome::kDenied, "", 2},
               {BusOutcome::kTimedOut, "", 7},
               {BusOutcome::kNoService, "", 1},
               {BusOutcome::kFailed, "org.freedesktop.systemd1.UnitMasked", 14},
               {BusOutcome::kFailed, "org.freedesktop.systemd1.TransactionOrderIsCyclic", 18},
               {BusOutcome::kFailed, "org.example.Other", 8}};
  Only("ssh.service", "inactive", "enabled");
  for (const auto& item : cases) {
    bus_.Fail("StartUnit", item.outcome, item.name);
    EXPECT_EQ(Run("StartService", "ssh"), item.value) << item.name;
  }
}

TEST_F(ServiceMethodsTest, PauseAndResume) {
  Accept("ThawUnit");
  Only("ssh.service", "inactive", "enabled");
  EXPECT_EQ(Run("PauseService", "ssh"), 5);
  EXPECT_EQ(Run("ResumeService", "ssh"), 5);
  Only("ssh.service", "active", "enabled");
  EXPECT_EQ(Run("PauseService", "ssh"), 1);  // systemd is too old
  Accept("FreezeUnit");
  EXPECT_EQ(Run("PauseService", "ssh"), 0);
  EXPECT_EQ(Run("ResumeService", "ssh"), 0);
  bus_.Set(std::string("Get ") + kSsh + " FreezerState", BusText("frozen"));
  EXPECT_EQ(Run("PauseService", "ssh"), 24);
}

TEST_F(ServiceMethodsTest, ChangesTheStartMode) {
  const auto change = [&](const char* mode) {
    bus_.calls.clear();
    return Run("ChangeStartMode", "ssh", {{"StartMode", cim::Value::Text(mode)}});
  };
  for (const char* member : {"Reload", "DisableUnitFiles", "MaskUnitFiles", "UnmaskUnitFiles"}) Accept(member);
  Accept("EnableUnitFiles", {true});
  Only("ssh.service", "active", "disabled");
  EXPECT_EQ(change("Boot"), 21);
  EXPECT_EQ(change("Manual"), 0);
  EXPECT_EQ(bus_.calls.size(), 2u);
  EXPECT_EQ(change("automatic"), 0);
  EXPECT_THAT(bus_.calls, ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns", "EnableUnitFiles", "Reload"));
  EXPECT_EQ(change("Disabled"), 0);
  EXPECT_THAT(bus_.calls, ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns", "MaskUnitFiles", "Reload"));
  Only("ssh.service", "active", "masked");
  EXPECT_EQ(change("Manual"), 0);
  Accept("EnableUnitFiles", {false});
  EXPECT_EQ(change("Automatic"), 1);
  EXPECT_THAT(bus_.calls, ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns", "UnmaskUnitFiles",
                                      "EnableUnitFiles", "MaskUnitFiles"));
  bus_.Fail("UnmaskUnitFiles", BusOutcome::kDenied);
  EXPECT_EQ(change("Automatic"), 2);
}

using Arguments = std::vector<std::pair<std::string, cim::Value>>;

// A service that systemd tells nothing of, so that what it is set to is not checked; its drop-in file.
class ServiceChangeTest : public ServiceMethodsTest {
 protected:
  ServiceChangeTest() {
    Only("ssh.service", "active", "disabled");
    bus_.Set(std::string("GetAll ") + kSsh, BusList({}));
    bus_.Set(std::string("Get ") + kSsh + " Requires", BusList({BusText("sysinit.target")}));
    Accept("Reload");
    tree_.Write("usr/bin/server", "");
  }

  std::string Program() const { return tree_.path() + "/usr/bin/server"; }
  int Change(Arguments in) {
    bus_.calls.clear();
    return Run("Change", "ssh", std::move(in));
  }
  bool HasFolder() { return files_.IsDirectory((tree_.path() + "/etc/systemd/system/ssh.service.d").c_str()); }
  std::string DropIn() {
    return ReadText(files_, tree_.path() + "/etc/systemd/system/ssh.service.d/50-openwmi.conf", 4096);
  }
  // The same without the comment at its front.
  std::string Settings() {
    const std::string text = DropIn();
    return text.starts_with('#') ? text.substr(text.find('\n') + 1) : text;
  }
  // Two services, as the lists have them when they are asked for by name.
  void AlsoThere(const char* other) {
    bus_.Set("ListUnitsByPatterns", BusList({UnitRow("ssh.service", "loaded", "active", "running"),
                                             UnitRow(other, "loaded", "active", "running")}));
    bus_.Set("ListUnitFilesByPatterns", BusList({FileRow("/usr/lib/systemd/system/ssh.service", "disabled")}));
  }
  void Tell(const char* description, const char* user, std::vector<const char*> command) {
    BusValue::List words;
    for (const char* word : command) words.push_back(BusText(word));
    BusValue path = words.front();
    bus_.Set(std::string("GetAll ") + kSsh,
             BusList({BusPair("Description", BusText(description)), BusPair("User", BusText(user)),
                      BusPair("ExecStart", BusList({BusList({std::move(path), BusList(std::move(words))})}))}));
  }
};

TEST_F(ServiceChangeTest, WritesADropInFile) {
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text(" 100% [Service] ")},
                    {"PathName", cim::Value::Text("\"" + Program() + "\" a$b \"c%d\\e\" ;")},
                    {"ServiceType", cim::Value::Unsigned(16)},
                    {"ErrorControl", cim::Value::Unsigned(1)},
                    {"StartMode", cim::Value::Text("Manual")},
                    {"DesktopInteract", cim::Value::Boolean(false)},
                    {"StartName", cim::Value::Text(".\\www")},
                    {"StartPassword", cim::Value::Text("")},
                    {"LoadOrderGroup", cim::Value::Text("")},
                    {"LoadOrderGroupDependencies", cim::Value::Array({})}}),
            0);
  EXPECT_EQ(DropIn(),
            "# What Win32_Service.Change set. To undo it remove this file and run `systemctl daemon-reload`.\n"
            "\n[Unit]\nDescription=100%% [Service]\n"
            "\n[Service]\nExecStart=\nExecStart=\"" +
                Program() + "\" \"a$$b\" \"c%%d\\\\e\" \";\"\nUser=www\n");
  EXPECT_THAT(bus_.calls,
              ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns", "Reload", std::string("GetAll ") + kSsh));
}

TEST_F(ServiceChangeTest, ChangesNothingWithoutArguments) {
  EXPECT_EQ(Change({}), 0);
  EXPECT_EQ(Change({{"StartMode", cim::Value::Text("Manual")}}), 0);
  EXPECT_FALSE(HasFolder());
  EXPECT_THAT(bus_.calls, ElementsAre("ListUnitsByPatterns", "ListUnitFilesByPatterns"));
}

TEST_F(ServiceChangeTest, KeepsWhatWasSetBefore) {
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text("one")}}), 0);
  EXPECT_EQ(Change({{"StartName", cim::Value::Text("www")}}), 0);
  EXPECT_EQ(Settings(), "\n[Unit]\nDescription=one\n\n[Service]\nUser=www\n");
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text("two")}, {"StartName", cim::Value::Text("LocalSystem")}}), 0);
  EXPECT_EQ(Settings(), "\n[Unit]\nDescription=two\n\n[Service]\nUser=root\n");
  // And what others wrote there.
  tree_.Write("etc/systemd/system/ssh.service.d/50-openwmi.conf", "[Service]\n# why\nNice=5\nUser = \\\nann\n");
  EXPECT_EQ(Change({{"StartName", cim::Value::Text("BOX\\www")}}), 0);
  EXPECT_EQ(DropIn(), "[Service]\nUser=www\n# why\nNice=5\n");
}

TEST_F(ServiceChangeTest, ChecksItsArguments) {
  tree_.MakeDirectory("usr/bin/folder");
  tree_.Write("usr/bin/dollar$", "");
  const auto text = [](std::string_view value) { return cim::Value::Text(std::string(value)); };
  const struct {
    const char* name;
    cim::Value value;
    int expected;
  } cases[] = {{"DisplayName", text(""), 21},
               {"DisplayName", text(" \t"), 21},
               {"DisplayName", text("a\nUser=root"), 21},
               {"DisplayName", text("a\rb"), 21},
               {"DisplayName", text("a\\"), 21},
               {"DisplayName", text(std::string(257, 'x')), 21},
               {"DisplayName", text(std::string(256, 'x')), 0},
               {"PathName", text(""), 21},
               {"PathName", text("server"), 21},
               {"PathName", text("-/bin/sh"), 21},
               {"PathName", text("/bin/sh\nUser=root"), 21},
               {"PathName", text("\"/bin/sh"), 21},
               {"PathName", text("/bin/sh " + std::string(40'000, 'x')), 21},
               {"PathName", text("/no/such/file"), 9},
               {"PathName", text(tree_.path() + "/usr/bin/folder"), 9},
               {"PathName", text(tree_.path() + "/usr/bin/dollar$"), 0},
               {"StartMode", text("Boot"), 21},
               {"StartMode", text(""), 21},
               {"StartName", text(""), 22},
               {"StartName", text("nobody1"), 22},
               {"StartName", text("www\nGroup=root"), 22},
               {"StartName", text("%i"), 22},
               {"StartName", text("OTHER\\www"), 22},
               {"StartName", text("\\www"), 22},
               {"StartName", text("NT AUTHORITY\\NetworkService"), 22},
               {"StartName", text("NT AUTHORITY\\SYSTEM"), 0},
               {"StartName", text(".\\LocalSystem"), 0},
               {"StartPassword", text("x"), 1},
               {"ServiceType", cim::Value::Unsigned(32), 1},
               {"ServiceType", cim::Value::Unsigned(272), 1},
               {"ServiceType", cim::Value::Unsigned(3), 21},
               {"ServiceType", cim::Value::Unsigned(0), 21},
               {"ErrorControl", cim::Value::Unsigned(0), 0},
               {"ErrorControl", cim::Value::Unsigned(2), 1},
               {"ErrorControl", cim::Value::Unsigned(4), 21},
               {"DesktopInteract", cim::Value::Boolean(true), 1},
               {"LoadOrderGroup", text("Base"), 1},
               {"LoadOrderGroupDependencies", cim::Value::Array({text("+Base")}), 1},
               {"ServiceDependencies", cim::Value::Array({text("a b")}), 21},
               {"ServiceDependencies", cim::Value::Array({text("+Base")}), 21},
               {"ServiceDependencies", cim::Value::Array({text("a\nWants=b")}), 21},
               {"ServiceDependencies", cim::Value::Array(std::vector<cim::Value>(65, text("a"))), 21},
               {"ServiceDependencies", cim::Value::Array({text("none")}), 13},
               {"ServiceDependencies", cim::Value::Array({text("SSH")}), 18}};
  for (const auto& item : cases) {
    // With one that is right: all of it happens or nothing.
    Arguments arguments = {{item.name, item.value}};
    if (std::string_view(item.name) != "StartName") arguments.emplace_back("StartName", text("www"));
    EXPECT_EQ(Change(std::move(arguments)), item.expected) << item.name << " " << (&item - cases);
    EXPECT_EQ(HasFolder(), item.expected == 0) << item.name << " " << (&item - cases);
    EXPECT_EQ(bus_.last.contains("Reload"), item.expected == 0) << item.name << " " << (&item - cases);
    tree_.Remove("etc/systemd/system/ssh.service.d");
    bus_.last.clear();
  }
}

TEST_F(ServiceChangeTest, ARefusalLeavesNothingBehind) {
  const Arguments change = {{"DisplayName", cim::Value::Text("new")}};
  const struct {
    const char* call;
    int error;
    int expected;
  } cases[] = {{"make ssh.service.d", EACCES, 2},
               {"make ssh.service.d", EROFS, 1},
               {"replace 50-openwmi.conf", EPERM, 2},
               {"replace 50-openwmi.conf", ENOSPC, 8},
               {"read 50-openwmi.conf", EACCES, 2}};
  for (const auto& item : cases) {
    files_.failures = {{item.call, item.error}};
    EXPECT_EQ(Change(change), item.expected) << item.call;
    EXPECT_FALSE(HasFolder()) << item.call;
    EXPECT_FALSE(bus_.last.contains("Reload")) << item.call;
  }
  files_.failures.clear();
  bus_.Fail("Reload", BusOutcome::kDenied);
  EXPECT_EQ(Change(change), 2);
  EXPECT_FALSE(HasFolder());
  tree_.Write("etc/systemd/system/ssh.service.d/50-openwmi.conf", "[Unit]\nDescription=old\n");
  EXPECT_EQ(Change(change), 2);
  EXPECT_EQ(DropIn(), "[Unit]\nDescription=old\n");
  // The start mode comes last; systemd is told of the file that is back.
  Accept("Reload");
  bus_.Fail("EnableUnitFiles", BusOutcome::kDenied);
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text("new")}, {"StartMode", cim::Value::Text("Automatic")}}), 2);
  EXPECT_EQ(DropIn(), "[Unit]\nDescription=old\n");
  EXPECT_EQ(bus_.calls.back(), "Reload");
  const std::string large(70'000, '#');
  tree_.Write("etc/systemd/system/ssh.service.d/50-openwmi.conf", large);
  EXPECT_EQ(Change(change), 8);
  EXPECT_EQ(DropIn(), large.substr(0, 4096));
}

TEST_F(ServiceChangeTest, SaysSoWhenAnotherFileHasTheLastWord) {
  const std::string program = Program();
  const Arguments change = {{"DisplayName", cim::Value::Text("new")},
                            {"StartName", cim::Value::Text("www")},
                            {"PathName", cim::Value::Text(program + " $$a")}};
  const std::string other = program + "2";
  const struct {
    const char* description;
    const char* user;
    std::vector<const char*> command;
    int expected;
  } cases[] = {{"new", "www", {program.c_str(), "$$$$a"}, 0}, {"old", "www", {program.c_str(), "$$$$a"}, 1},
               {"new", "", {program.c_str(), "$$$$a"}, 1},    {"new", "www", {other.c_str(), "$$$$a"}, 1},
               {"new", "www", {program.c_str(), "$$a"}, 1},   {"new", "www", {program.c_str()}, 1}};
  for (const auto& item : cases) {
    Tell(item.description, item.user, item.command);
    EXPECT_EQ(Change(change), item.expected) << (&item - cases);
    EXPECT_EQ(HasFolder(), item.expected == 0) << (&item - cases);
    tree_.Remove("etc/systemd/system/ssh.service.d");
  }
  // A masked unit has no settings.
  Only("ssh.service", "inactive", "masked");
  EXPECT_EQ(Change(change), 0);
}

TEST_F(ServiceChangeTest, SetsWhatItNeeds) {
  const auto needs = [&](std::vector<cim::Value> names) {
    return Change({{"ServiceDependencies", cim::Value::Array(std::move(names))}});
  };
  AlsoThere("vpn@a.service");
  EXPECT_EQ(needs({cim::Value::Text("VPN@a")}), 0);
  EXPECT_EQ(Settings(), "\n[Unit]\nRequires=vpn@a.service\nAfter=vpn@a.service\n");
  // What the file of the unit requires, a drop-in file cannot take away.
  bus_.Set(std::string("Get ") + kSsh + " Requires",
           BusList({BusText("vpn@a.service"), BusText("db.service"), BusText("sysinit.target")}));
  EXPECT_EQ(needs({}), 1);
  EXPECT_EQ(needs({cim::Value::Text("vpn@a")}), 1);
  bus_.Set(std::string("Get ") + kSsh + " Requires", BusList({BusText("vpn@a.service")}));
  EXPECT_EQ(needs({}), 0);
  EXPECT_EQ(Settings(), "\n[Unit]\n");
  bus_.Fail(std::string("Get ") + kSsh + " Requires", BusOutcome::kTimedOut);
  EXPECT_EQ(needs({}), 7);
}

TEST_F(ServiceChangeTest, OneAtATime) {
  int second = -1;
  bool is_asked = false;
  bus_.on_call = [&](const BusCall& call) {
    if (call.member != "Reload" || std::exchange(is_asked, true)) return;
    second = Run("Change", "ssh", {{"DisplayName", cim::Value::Text("two")}});
  };
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text("one")}}), 0);
  EXPECT_EQ(second, 11);
  EXPECT_EQ(Settings(), "\n[Unit]\nDescription=one\n");
  EXPECT_EQ(Change({{"DisplayName", cim::Value::Text("three")}}), 0);
}

class ServicePutTest : public ServiceMethodsTest {
 protected:
  ServicePutTest() {
    Only("ssh.service", "active", "enabled");
    for (const char* member : {"StartUnit", "StopUnit", "FreezeUnit", "ThawUnit"}) Accept(member);
    std::vector<std::string_view> properties = {"DesktopInteract"};
    for (const auto& column : Service::Columns()) properties.push_back(column.property);
    schema_ = TestClass("Win32_Service", properties, "Name");
  }

  // Puts an instance that has these values and no others.
  Result<std::string> Put(const Arguments& values, cim::PutMode mode = cim::PutMode::kCreateOrUpdate) {
    cim::RowBlockBuilder row;
    row.BeginRow(schema_);
    for (const auto& [name, value] : values) row.Set(schema_->FindSlot(name).value(), value.view());
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    bus_.calls.clear();
    return SnapshotProvider<Service>(machine_).Put({built.front(), mode, {}});
  }
  // Sets the state; the request that was made of systemd, or why there was none.
  std::string SetState(const char* state) {
    const Result<std::string> path = Put({{"Name", cim::Value::Text("ssh")}, {"State", cim::Value::Text(state)}});
    if (!path.ok()) return path.status().Message();
    EXPECT_EQ(*path, "Win32_Service.Name=\"ssh\"");
    return bus_.calls.back().ends_with("Unit") ? bus_.calls.back() : "";
  }

  cim::ClassPtr schema_;
};

TEST_F(ServicePutTest, WritesTheState) {
  const std::string freezer = std::string("Get ") + kSsh + " FreezerState";
  EXPECT_EQ(SetState("running"), "");
  EXPECT_EQ(SetState("Stopped"), "StopUnit");
  EXPECT_EQ(SetState("Paused"), "FreezeUnit");
  bus_.Set(freezer, BusText("frozen"));
  EXPECT_EQ(SetState("Paused"), "");
  EXPECT_EQ(SetState("Running"), "ThawUnit");
  Only("ssh.service", "inactive", "enabled");
  EXPECT_EQ(SetState("Running"), "StartUnit");
  EXPECT_EQ(SetState("Stopped"), "");
  EXPECT_THAT(SetState("Paused"), HasSubstr("not in a state for it"));
  EXPECT_THAT(SetState("Stop Pending"), HasSubstr("Running, Stopped or Paused"));
}

TEST_F(ServicePutTest, WritesWhatWasReadAndChanged) {
  const Answer answer = Ask<Service>({}, {"ssh"});
  ASSERT_EQ(answer.rows.size(), 1u);
  Arguments values;
  for (const auto& column : Service::Columns()) {
    const cim::ValueView value = answer.Get(0, column.property);
    if (!value.is_null()) values.emplace_back(std::string(column.property), cim::Value::Copy(value));
  }
  EXPECT_TRUE(Put(values).ok());
  // What the service does by itself since then is no wish; the state is.
  Only("ssh.service", "inactive", "enabled");
  BusAnswer& properties = bus_.answers[std::string("GetAll ") + kSsh];
  properties.values[0] = BusList({BusPair("MainPID", BusNumber(0)), BusPair("User", BusText("")),
                                  BusPair("ExecStart", *properties.values[0].Find("ExecStart"))});
  EXPECT_TRUE(Put(values).ok());
  EXPECT_EQ(bus_.calls.back(), "StartUnit");
}

TEST_F(ServicePutTest, RefusesWhatIsReadOnly) {
  const struct {
    const char* property;
    cim::Value value;
    const char* method;
  } cases[] = {{"DisplayName", cim::Value::Text("other"), "the method Change "},
               {"PathName", cim::Value::Text("/bin/true"), "the method Change "},
               {"StartName", cim::Value::Text("www"), "the method Change "},
               {"StartMode", cim::Value::Text("Manual"), "the method ChangeStartMode "},
               {"Caption", cim::Value::Text("other"), "only State is written"},
               {"DesktopInteract", cim::Value::Boolean(true), "only State is written"}};
  for (const auto& item : cases) {
    const Status status =
        Put({{"Name", cim::Value::Text("ssh")}, {item.property, item.value}, {"State", cim::Value::Text("Stopped")}})
            .status();
    EXPECT_EQ(status.code(), code::kReadOnly) << item.property;
    EXPECT_THAT(status.Message(), HasSubstr(item.method));
    EXPECT_FALSE(bus_.last.contains("StopUnit")) << item.property;
  }
}

TEST_F(ServicePutTest, FailsWithAReason) {
  const Arguments stop = {{"Name", cim::Value::Text("ssh")}, {"State", cim::Value::Text("Stopped")}};
  EXPECT_EQ(Put(stop, cim::PutMode::kCreateOnly).status().code(), code::kAlreadyExists);
  EXPECT_EQ(Put({{"State", cim::Value::Text("Stopped")}}).status().code(), code::kInvalidObject);
  const struct {
    BusOutcome outcome;
    const char* name;
    Code expected;
  } cases[] = {{BusOutcome::kDenied, "", code::kAccessDenied},
               {BusOutcome::kTimedOut, "", code::kTimedOut},
               {BusOutcome::kNoService, "", code::kNotSupported},
               {BusOutcome::kFailed, "org.example.Other", code::kFailed}};
  for (const auto& item : cases) {
    bus_.Fail("StopUnit", item.outcome, item.name);
    const Status status = Put(stop).status();
    EXPECT_EQ(status.code(), item.expected);
    EXPECT_THAT(status.Message(), HasSubstr("ssh.service did not become Stopped"));
  }
  // What is to change cannot be told.
  bus_.Fail(std::string("GetAll ") + kSsh, BusOutcome::kTimedOut);
  EXPECT_EQ(Put({{"Name", cim::Value::Text("ssh")}, {"PathName", cim::Value::Text("x")}}).status().code(),
            code::kFailed);
  Only("ssh.service", nullptr, nullptr);
  EXPECT_EQ(Put(stop).status().code(), code::kNotFound);
}

TEST_F(ServiceMethodsTest, CreatesAUnitFile) {
  Only("x", nullptr, nullptr);
  Accept("Reload");
  Accept("EnableUnitFiles", {true});
  tree_.Write("usr/bin/my server", "");
  const std::string program = tree_.path() + "/usr/bin/my server";
  const char* display_name = "100% mine";
  const auto create = [&](const char* name, const std::string& path, const char* mode, const char* user) {
    return Run("Create", nullptr,
               {{"Name", cim::Value::Text(name)},
                {"DisplayName", cim::Value::Text(display_name)},
                {"PathName", cim::Value::Text(path)},
                {"ServiceType", cim::Value::Unsigned(16)},
                {"StartMode", cim::Value::Text(mode)},
                {"StartName", cim::Value::Text(user)},
                {"ServiceDependencies", cim::Value::Array({})}});
  };
  EXPECT_EQ(create("mine", "\"" + program + "\" a$b \"c%d\\e\"", "Automatic", "www"), 0);
  const std::string path = tree_.path() + "/etc/systemd/system/mine.service";
  EXPECT_EQ(ReadText(files_, path, 4096), "[Unit]\nDescription=100%% mine\n\n[Service]\nExecStart=\"" + program +
                                              "\" \"a$$b\" \"c%%d\\\\e\"\nUser=www\n\n[Install]\n"
                                              "WantedBy=multi-user.target\n");
  EXPECT_EQ(create("mine", "\"" + program + "\"", "Manual", ""), 23);
  const struct {
    const char* name;
    std::string path;
    const char* mode;
    const char* user;
    int value;
  } cases[] = {{"../mine", "/bin/sh", "Manual", "", 20},
               {"a@b", "/bin/sh", "Manual", "", 20},
               {"", "/bin/sh", "Manual", "", 20},
               {"two", "sh", "Manual", "", 21},
               {"two", "/no/such/file", "Manual", "", 9},
               {"two", "/tmp", "Manual", "", 9},
               {"two", "/bin/sh\nUser=x", "Manual", "", 21},
               {"two", "\"/bin/sh", "Manual", "", 21},
               {"two", "/bin/sh", "Boot", "", 21},
               {"two", "/bin/sh", "Disabled", "", 1},
               {"two", "/bin/sh", "Manual", "nobody1", 22},
               {"two", "/bin/sh", "Manual", "w\nw", 22}};
  for (const auto& item : cases) {
    EXPECT_EQ(create(item.name, item.path, item.mode, item.user), item.value) << item.name << " " << item.path;
  }
  // A description is one line of the unit file: it must not break off or swallow the next.
  const std::string too_long(257, 'x');
  for (const char* wrong : {"ends in \\", "two\nExecStart=/bin/sh", too_long.c_str()}) {
    display_name = wrong;
    EXPECT_EQ(create("two", "/bin/sh", "Manual", ""), 21) << wrong;
  }
  display_name = "";
  // What could not be finished is undone.
  bus_.Fail("Reload", BusOutcome::kDenied);
  EXPECT_EQ(create("two", "/bin/sh", "Manual", "LocalSystem"), 2);
  std::uint64_t size = 0;
  EXPECT_EQ(files_.Size(kNoDirectory, (tree_.path() + "/etc/systemd/system/two.service").c_str(), size), ENOENT);
}

TEST_F(ServiceMethodsTest, DeletesWhatIsTheAdministrators) {
  Accept("Reload");
  Accept("DisableUnitFiles");
  const std::string path = tree_.path() + "/etc/systemd/system/old.service";
  tree_.Write("etc/systemd/system/old.service", "x");
  bus_.Set(std::string("Get ") + kOld + " FragmentPath", BusText("/usr/lib/systemd/system/old.service"));
  Only("old.service", "inactive", "disabled");
  EXPECT_EQ(Run("Delete", "old"), 1);
  bus_.Set(std::string("Get ") + kOld + " FragmentPath", BusText(path.c_str()));
  Only("old.service", "active", "disabled");
  EXPECT_EQ(Run("Delete", "old"), 5);
  Only("old.service", "inactive", "disabled");
  // What was changed goes too; files of others stay.
  tree_.Write("etc/systemd/system/old.service.d/50-openwmi.conf", "x");
  EXPECT_EQ(Run("Delete", "old"), 0);
  std::uint64_t size = 0;
  const std::string folder = path + ".d";
  EXPECT_EQ(files_.Size(kNoDirectory, folder.c_str(), size), ENOENT);
  tree_.Write("etc/systemd/system/old.service", "x");
  tree_.Write("etc/systemd/system/old.service.d/50-openwmi.conf", "x");
  tree_.Write("etc/systemd/system/old.service.d/other.conf", "x");
  EXPECT_EQ(Run("Delete", "old"), 0);
  EXPECT_EQ(files_.Size(kNoDirectory, (folder + "/50-openwmi.conf").c_str(), size), ENOENT);
  EXPECT_EQ(files_.Size(kNoDirectory, (folder + "/other.conf").c_str(), size), 0);
  EXPECT_EQ(files_.Size(kNoDirectory, path.c_str(), size), ENOENT);
}

TEST_F(ServicesTest, ListsTheModulesOfTheKernel) {
  tree_.Write("proc/sys/kernel/osrelease", "6.1.0\n");
  tree_.Write("proc/modules",
              "fuse 172032 0 - Live 0x0000000000000000\n"
              "snd_hda 40960 2 snd,snd_pcm, Live 0x0000000000000000 (OE)\n"
              "kept 4096 0 [permanent], Live 0x0\n"
              "new 4096 1 - Loading 0x0\n"
              "broken 4096\nbroken x 0 - Live 0x0\n");
  tree_.Write("usr/lib/modules/6.1.0/modules.dep",
              "kernel/fs/fuse/fuse.ko.zst:\nkernel/sound/snd-hda.ko: kernel/sound/snd.ko\n");
  const Answer answer = Ask<SystemDriver>({});
  ASSERT_EQ(answer.rows.size(), 4u);
  EXPECT_EQ(answer.Text(0, "Name"), "fuse");
  EXPECT_EQ(answer.Text(0, "ServiceType"), "File System Driver");
  EXPECT_EQ(answer.Text(0, "PathName"), tree_.path() + "/usr/lib/modules/6.1.0/kernel/fs/fuse/fuse.ko.zst");
  EXPECT_TRUE(answer.Get(0, "AcceptStop").boolean());
  EXPECT_TRUE(answer.Get(0, "Started").boolean());
  EXPECT_EQ(answer.Text(1, "ServiceType"), "Kernel Driver");
  EXPECT_FALSE(answer.Get(1, "AcceptStop").boolean());
  EXPECT_FALSE(answer.Get(2, "AcceptStop").boolean());
  EXPECT_TRUE(answer.IsNull(2, "PathName"));
  EXPECT_EQ(answer.Text(3, "State"), "Start Pending");
  EXPECT_EQ(answer.Text(3, "Status"), "Starting");
  files_.calls.clear();
  Ask<SystemDriver>({"Name", "State"});
  EXPECT_EQ(files_.calls.size(), 1u);
  tree_.Remove("proc/modules");
  EXPECT_THAT(Ask<SystemDriver>({}).rows, IsEmpty());
}

TEST_F(ServicesTest, ListsTheTimers) {
  bus_.Set("ListUnitsByPatterns", BusList({UnitRow("daily.timer", "loaded", "active", "waiting"),
                                           UnitRow("off.timer", "loaded", "inactive", "dead")}));
  bus_.Set("ListUnitFilesByPatterns", BusList({}));
  bus_.Set("GetAll /org/freedesktop/systemd1/unit/daily_2etimer",
           BusList({BusPair("Unit", BusText("ssh.service")),
                    BusPair("NextElapseUSecRealtime", BusNumber(1'700'000'000'000'000)),
                    BusPair("LastTriggerUSec", BusNumber(1)), BusPair("TimersMonotonic", BusList({})),
                    BusPair("TimersCalendar", BusList({BusList({BusText("OnCalendar"), BusText("daily")})}))}));
  bus_.answers[std::string("GetAll ") + kSsh].values[0].data = [&] {
    BusValue::List list = bus_.answers[std::string("GetAll ") + kSsh].values[0].list();
    list.push_back(BusPair("Result", BusText("exit-code")));
    return list;
  }();
  const Answer answer = Ask<ScheduledJob>({}, {}, "JobId");
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "daily.timer");
  EXPECT_EQ(answer.Number(0, "JobId"), JobIdOf("daily.timer"));
  EXPECT_EQ(answer.Text(0, "Command"), "/usr/sbin/sshd -D \"two words\"");
  EXPECT_EQ(answer.Text(0, "StartTime"), cim::FormatLocalDatetime(1'700'000'000'000'000));
  EXPECT_EQ(answer.Text(0, "JobStatus"), "Failure");
  EXPECT_EQ(answer.Text(0, "Owner"), "root");
  EXPECT_TRUE(answer.Get(0, "RunRepeatedly").boolean());
  bus_.calls.clear();
  Ask<ScheduledJob>({"Name"}, {}, "JobId");
  EXPECT_EQ(bus_.calls.size(), 2u);
}

TEST_F(ServicesTest, ListsTheSessionsOfTheLoginManager) {
  const auto session = [](const char* id, const char* user, const char* path) {
    return BusList({BusText(id), BusNumber(1000), BusText(user), BusText("seat0"), BusText(path)});
  };
  bus_.Set("ListSessions", BusList({session("3", "ann", "/s/3"), session("c1", "bob", "/s/c1"),
                                    session("4", "gone", "/s/4"), BusText("?")}));
  bus_.Set("GetAll /s/3",
           BusList({BusPair("Service", BusText("sshd")), BusPair("Remote", {true}), BusPair("Class", BusText("user")),
                    BusPair("Timestamp", BusNumber(1'700'000'000'000'000))}));
  bus_.Set("GetAll /s/c1", BusList({BusPair("Service", BusText("cron")), BusPair("Class", BusText("background"))}));
  const Answer answer = Ask<LogonSession>({}, {}, "LogonId");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "LogonId"), "3");
  EXPECT_EQ(answer.Number(0, "LogonType"), 10u);
  EXPECT_EQ(answer.Text(0, "AuthenticationPackage"), "sshd");
  EXPECT_EQ(answer.Text(0, "StartTime"), cim::FormatLocalDatetime(1'700'000'000'000'000));
  EXPECT_EQ(answer.Number(1, "LogonType"), 4u);
  EXPECT_TRUE(answer.IsNull(1, "StartTime"));

  const Answer users = Ask<LoggedOnUser>({}, {}, "");
  ASSERT_EQ(users.rows.size(), 3u);
  EXPECT_EQ(users.Text(0, "Antecedent"), "Win32_UserAccount.Domain=\"box\",Name=\"ann\"");
  EXPECT_EQ(users.Text(0, "Dependent"), "Win32_LogonSession.LogonId=\"3\"");

  tree_.Write("proc/20/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n");
  tree_.Write("proc/21/cgroup", "0::/system.slice/ssh.service\n");
  tree_.Write("proc/22/cgroup", "1:name=systemd:/user.slice/session-c1.scope/x\n");
  tree_.Write("proc/23/cgroup", "0::/user.slice/session-99.scope\n");
  const Answer processes = Ask<SessionProcess>({}, {}, "");
  std::map<std::string, std::string> by_process;
  for (std::size_t row = 0; row < processes.rows.size(); ++row)
    by_process[processes.Text(row, "Dependent")] = processes.Text(row, "Antecedent");
  EXPECT_THAT(by_process, ElementsAre(std::pair("Win32_Process.Handle=\"20\"", "Win32_LogonSession.LogonId=\"3\""),
                                      std::pair("Win32_Process.Handle=\"22\"", "Win32_LogonSession.LogonId=\"c1\"")));
}

TEST_F(ServicesTest, ListsTheLoginsWithoutALoginManager) {
  std::string text;
  const auto add = [&](int id, const char* user, const char* line, const char* host) {
    utmp record{};
    record.ut_type = USER_PROCESS;
    record.ut_pid = id;
    record.ut_tv.tv_sec = 1'700'000'000;
    std::strncpy(record.ut_user, user, sizeof record.ut_user);
    std::strncpy(record.ut_line, line, sizeof record.ut_line);
    std::strncpy(record.ut_host, host, sizeof record.ut_host);
    text.append(reinterpret_cast<const char*>(&record), sizeof record);
  };
  add(20, "ann", "pts/0", "10.0.0.7");
  add(21, "bob", "tty1", "");
  add(22, "gone", "tty2", "");
  tree_.Write("run/utmp", text);
  tree_.Write("proc/20/sessionid", "7");
  tree_.Write("proc/21/sessionid", "4294967295");
  tree_.Write("proc/25/sessionid", "7");
  const Answer answer = Ask<LogonSession>({}, {}, "LogonId");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "LogonId"), "7");
  EXPECT_EQ(answer.Number(0, "LogonType"), 10u);
  EXPECT_TRUE(answer.IsNull(0, "AuthenticationPackage"));
  EXPECT_EQ(answer.Text(1, "LogonId"), "21");
  EXPECT_EQ(answer.Number(1, "LogonType"), 2u);
  EXPECT_EQ(Ask<SessionProcess>({}, {}, "").rows.size(), 3u);
  bus_.Fail("ListSessions", BusOutcome::kTimedOut);
  EXPECT_EQ(Load<LogonSession>(~SourceSet{0}, 0).code(), code::kPartialResults);
}

TEST(ServicePatterns, AreOfOneName) {
  EXPECT_EQ(PatternOf("a-B_1.x@y\\x2d", ".service"), "[Aa]-[Bb]_1.[Xx]@[Yy]\\[Xx]2[Dd].service");
  for (const char* name : {"", "a b", "*", "a/b", "[a]", "\xc3\xa4"}) EXPECT_FALSE(PatternOf(name, ".service")) << name;
  EXPECT_EQ(UnitPath("1a-b.service"), "/org/freedesktop/systemd1/unit/_31a_2db_2eservice");
}

}  // namespace
}  // namespace wmi::linuxos
