#include "providers/linux/computer_system/computer_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utmp.h>

#include <cerrno>
#include <cstring>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ComputerSystemTest : public testing::Test {
 protected:
  ComputerSystemTest() {
    tree_.Write("proc/sys/kernel/hostname", "box.example.org\n");
    tree_.Write("proc/sys/kernel/arch", "x86_64\n");
    tree_.Write("proc/sys/kernel/panic", "10\n");
    tree_.Write("proc/meminfo", "MemTotal: 8000 kB\n");
    tree_.Write("proc/cmdline", "root=/dev/vda1 ro quiet\n");
    tree_.Write("proc/cpuinfo", "processor : 0\nflags : fpu hypervisor\n");
    tree_.Write("sys/class/dmi/id/sys_vendor", "Maker Inc. \n");
    tree_.Write("sys/class/dmi/id/product_name", "To Be Filled By O.E.M.\n");
    tree_.Write("sys/class/dmi/id/product_family", "\n");
    tree_.Write("sys/firmware/acpi/pm_profile", "4\n");
    tree_.Write("sys/devices/system/cpu/online", "0-3\n");
    for (int cpu = 0; cpu < 4; ++cpu) {
      const std::string topology = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
      tree_.Write(topology + "physical_package_id", std::to_string(cpu / 2));
      tree_.Write(topology + "thread_siblings_list", std::to_string(cpu));
    }
  }

  Answer Ask(std::vector<std::string_view> names = {}) {
    const cim::ClassPtr schema = TestClass("Win32_ComputerSystem", PropertyNames(ComputerSystem::Columns()), "Name");
    SnapshotProvider<ComputerSystem> provider(Machine{tree_.root(), &files_});
    files_.calls.clear();
    return RunQuery(provider, {schema, std::move(names), {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(ComputerSystemTest, FillsItsColumns) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "box.example.org");
  EXPECT_EQ(answer.Text(0, "DNSHostName"), "box");
  EXPECT_EQ(answer.Text(0, "Domain"), "example.org");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Maker Inc.");
  EXPECT_EQ(answer.Text(0, "Model"), "To Be Filled By O.E.M.") << "what the firmware says is what is shown";
  EXPECT_TRUE(answer.IsNull(0, "SystemFamily")) << "an empty text is none";
  EXPECT_TRUE(answer.IsNull(0, "SystemSKUNumber"));
  EXPECT_EQ(answer.Number(0, "NumberOfProcessors"), 2u);
  EXPECT_EQ(answer.Number(0, "NumberOfLogicalProcessors"), 4u);
  EXPECT_EQ(answer.Number(0, "TotalPhysicalMemory"), 8000u * 1024);
  EXPECT_EQ(answer.Number(0, "PCSystemType"), 4u);
  EXPECT_EQ(answer.Text(0, "SystemType"), "x64-based PC");
  EXPECT_EQ(answer.Text(0, "BootupState"), "Normal boot");
  EXPECT_TRUE(answer.Get(0, "HypervisorPresent").boolean());
  EXPECT_TRUE(answer.Get(0, "AutomaticResetBootOption").boolean());
  EXPECT_EQ(answer.Get(0, "PauseAfterReset").signed_integer(), 10'000);
  EXPECT_TRUE(answer.IsNull(0, "UserName"));
}

TEST_F(ComputerSystemTest, ReadsOnlyWhatIsAskedFor) {
  Ask({"Name", "Domain"});
  EXPECT_EQ(files_.calls.size(), 1u);
  Ask({"Model"});
  EXPECT_EQ(files_.calls.size(), 1u);
  EXPECT_EQ(files_.CallsTo("product_name"), 1u);
}

TEST_F(ComputerSystemTest, RefusedFirmwareTextsAreDenied) {
  files_.failures = {{"read id/sys_vendor", EACCES}};
  const Answer answer = Ask({"Manufacturer", "Model"});
  EXPECT_THAT(answer.denied, UnorderedElementsAre("Manufacturer"));
  EXPECT_TRUE(answer.IsNull(0, "Manufacturer"));
}

TEST_F(ComputerSystemTest, TakesTheModelFromTheDeviceTree) {
  tree_.Remove("sys/class/dmi");
  tree_.Write("sys/firmware/devicetree/base/model", std::string_view("Board 4\0", 8));
  const Answer answer = Ask({"Model", "Manufacturer"});
  EXPECT_EQ(answer.Text(0, "Model"), "Board 4");
  EXPECT_TRUE(answer.IsNull(0, "Manufacturer"));
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(ComputerSystemTest, KnowsARescueBoot) {
  for (const char* arguments : {"ro single", "quiet emergency", "systemd.unit=rescue.target"}) {
    tree_.Write("proc/cmdline", arguments);
    EXPECT_EQ(Ask({"BootupState"}).Text(0, "BootupState"), "Fail-safe boot") << arguments;
  }
  tree_.Write("proc/cmdline", "quiet singles");
  EXPECT_EQ(Ask({"BootupState"}).Text(0, "BootupState"), "Normal boot");
}

TEST_F(ComputerSystemTest, ATabletIsMobile) {
  tree_.Write("sys/firmware/acpi/pm_profile", "8\n");
  EXPECT_EQ(Ask({"PCSystemType"}).Number(0, "PCSystemType"), 2u);
  EXPECT_EQ(Ask({"PCSystemTypeEx"}).Number(0, "PCSystemTypeEx"), 8u);
  tree_.Write("sys/firmware/acpi/pm_profile", "200\n");
  EXPECT_TRUE(Ask({"PCSystemType"}).IsNull(0, "PCSystemType"));
}

TEST_F(ComputerSystemTest, NoRestartMeansNoPause) {
  tree_.Write("proc/sys/kernel/panic", "0\n");
  EXPECT_TRUE(Ask({"PauseAfterReset"}).IsNull(0, "PauseAfterReset"));
  EXPECT_FALSE(Ask({"AutomaticResetBootOption"}).Get(0, "AutomaticResetBootOption").boolean());
  tree_.Write("proc/sys/kernel/panic", "-1\n");
  EXPECT_EQ(Ask({"PauseAfterReset"}).Get(0, "PauseAfterReset").signed_integer(), 0);
}

TEST_F(ComputerSystemTest, OtherArchitecturesSayNothingAboutHypervisors) {
  tree_.Write("proc/cpuinfo", "processor : 0\nFeatures : fp asimd\n");
  EXPECT_TRUE(Ask({"HypervisorPresent"}).IsNull(0, "HypervisorPresent"));
  tree_.Write("sys/hypervisor/type", "xen\n");
  EXPECT_TRUE(Ask({"HypervisorPresent"}).Get(0, "HypervisorPresent").boolean());
}

TEST_F(ComputerSystemTest, NamesTheUserAtTheConsole) {
  std::string text;
  for (const auto& [line, user] : {std::pair("pts/0", "remote"), std::pair("tty2", "ann"), std::pair("tty3", "bob")}) {
    utmp record{};
    record.ut_type = USER_PROCESS;
    record.ut_pid = 1;
    std::strncpy(record.ut_line, line, sizeof record.ut_line);
    std::strncpy(record.ut_user, user, sizeof record.ut_user);
    text.append(reinterpret_cast<const char*>(&record), sizeof record);
  }
  tree_.MakeDirectory("proc/1");
  tree_.Write("run/utmp", text);
  EXPECT_EQ(Ask({"UserName"}).Text(0, "UserName"), "ann");
}

}  // namespace
}  // namespace wmi::linuxos
