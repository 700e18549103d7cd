#include "providers/linux/operating_system/shutdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "providers/linux/bus/system_bus.h"
#include "providers/linux/operating_system/operating_system.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = BusAnswer::Outcome;

// Notes the calls and stops nothing.
class RecordedLogins final : public SystemBus {
 public:
  BusAnswer Call(const BusCall& call) override {
    EXPECT_EQ(call.destination, "org.freedesktop.login1");
    EXPECT_FALSE(call.may_start);
    members.push_back(call.member);
    last = call;
    BusAnswer made;
    made.outcome = call.member == "SetWallMessage" ? wall : outcome;
    made.error_name = error_name;
    return made;
  }

  Outcome outcome = Outcome::kDone;
  Outcome wall = Outcome::kDone;
  std::string error_name;
  std::vector<std::string> members;
  BusCall last;
};

class ShutdownTest : public testing::Test {
 protected:
  std::uint64_t Run(const std::string& name, std::optional<std::int64_t> flags = {},
                    std::optional<std::uint64_t> timeout = {}, const std::string& comment = {}) {
    cim::Method method;
    method.name = name;
    method.in = TestClass("__PARAMETERS", {"Flags", "Timeout", "Comment"}, "");
    method.out = TestClass("__PARAMETERS", {"ReturnValue"}, "");
    provider::MethodRequest request;
    request.schema = TestClass("Win32_OperatingSystem", {"Name"}, "");
    request.method = &method;
    request.keys = provider::KeyTuple();
    cim::RowBlockBuilder row;
    row.BeginRow(method.in);
    if (flags) row.SetSigned(0, *flags);
    if (timeout) row.SetUnsigned(1, *timeout);
    if (!comment.empty()) row.SetText(2, comment);
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    request.in = built.front();

    FixtureTree tree;
    Machine machine{tree.root()};
    machine.bus = &bus_;
    bus_.members.clear();
    SnapshotProvider<OperatingSystem> provider(machine);
    const auto out = provider.Execute(request);
    EXPECT_TRUE(out.ok()) << out.status().Message();
    return out.ok() ? out->slot(0).unsigned_integer() : ~std::uint64_t{0};
  }

  RecordedLogins bus_;
};

TEST_F(ShutdownTest, AsksTheLoginManagerForWhatTheFlagsSay) {
  const struct {
    std::int64_t flags;
    const char* member;
  } cases[] = {{1, "Halt"}, {5, "Halt"}, {2, "Reboot"}, {6, "Reboot"}, {8, "PowerOff"}, {12, "PowerOff"}};
  for (const auto& [flags, member] : cases) {
    EXPECT_EQ(Run("Win32Shutdown", flags), 0u);
    EXPECT_THAT(bus_.members, ElementsAre(member));
    ASSERT_EQ(bus_.last.arguments.size(), 1u);
    EXPECT_FALSE(std::get<bool>(bus_.last.arguments[0].data)) << "nobody is asked for a password";
  }
  EXPECT_EQ(Run("Reboot"), 0u);
  EXPECT_THAT(bus_.members, ElementsAre("Reboot"));
  EXPECT_EQ(Run("Shutdown"), 0u);
  EXPECT_THAT(bus_.members, ElementsAre("Halt"));
}

TEST_F(ShutdownTest, OtherFlagsDoNothing) {
  for (const std::int64_t flags : {0, 4}) EXPECT_EQ(Run("Win32Shutdown", flags), 50u);
  for (const std::int64_t flags : {3, 9, 16, -1}) EXPECT_EQ(Run("Win32Shutdown", flags), 87u) << flags;
  EXPECT_EQ(Run("Win32Shutdown"), 87u);
  EXPECT_EQ(Run("Win32ShutdownTracker", 0, 10, "why"), 50u);
  EXPECT_THAT(bus_.members, IsEmpty());
}

TEST_F(ShutdownTest, ATimeoutIsASchedule) {
  EXPECT_EQ(Run("Win32ShutdownTracker", 2, 0), 0u);
  EXPECT_THAT(bus_.members, ElementsAre("Reboot"));
  EXPECT_EQ(Run("Win32ShutdownTracker", 8, 3600, "new kernel"), 0u);
  EXPECT_THAT(bus_.members, ElementsAre("SetWallMessage", "ScheduleShutdown"));
  EXPECT_EQ(bus_.last.signature, "st");
  EXPECT_EQ(std::get<std::string>(bus_.last.arguments.at(0).data), "poweroff");
  const auto when = std::chrono::microseconds(std::get<std::uint64_t>(bus_.last.arguments.at(1).data));
  const auto delay = when - std::chrono::system_clock::now().time_since_epoch();
  EXPECT_GT(delay, std::chrono::minutes(50));
  EXPECT_LE(delay, std::chrono::hours(1));
}

TEST_F(ShutdownTest, ARefusalIsACode) {
  bus_.outcome = Outcome::kDenied;
  EXPECT_EQ(Run("Reboot"), 1314u);
  bus_.outcome = Outcome::kNoService;
  EXPECT_EQ(Run("Reboot"), 1062u);
  bus_.outcome = Outcome::kNoBus;
  EXPECT_EQ(Run("Shutdown"), 1062u);
  bus_.outcome = Outcome::kTimedOut;
  EXPECT_EQ(Run("Reboot"), 1460u);
  bus_.outcome = Outcome::kFailed;
  EXPECT_EQ(Run("Reboot"), 31u);
  bus_.error_name = "org.freedesktop.login1.OperationInProgress";
  EXPECT_EQ(Run("Reboot"), 1115u);
  bus_.error_name = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
  EXPECT_EQ(Run("Reboot"), 1314u);
}

TEST_F(ShutdownTest, WhoMayNotSayWhyDoesNotStopTheMachine) {
  bus_.wall = Outcome::kDenied;
  EXPECT_EQ(Run("Win32ShutdownTracker", 2, 0, "why"), 1314u);
  EXPECT_THAT(bus_.members, ElementsAre("SetWallMessage"));
}

}  // namespace
}  // namespace wmi::linuxos
