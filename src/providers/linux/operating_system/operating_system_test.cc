#include "providers/linux/operating_system/operating_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utmp.h>

#include <cstring>

#include "cim/datetime.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::IsEmpty;

class OperatingSystemTest : public testing::Test {
 protected:
  OperatingSystemTest() {
    tree_.Write("etc/os-release",
                "PRETTY_NAME=\"Test Linux 1\"\nVENDOR_NAME=Makers\nBUILD_ID=2024-01\nVARIANT_ID=server\n");
    tree_.Write("etc/locale.conf", "LANG=de_DE.UTF-8\n");
    tree_.Write("etc/machine-info", "PRETTY_HOSTNAME=\"The box\"\n");
    tree_.Write("proc/meminfo",
                "MemTotal: 8000 kB\nMemFree: 100 kB\nMemAvailable: 5000 kB\nSwapTotal: 2000 kB\nSwapFree: 1500 kB\n");
    tree_.Write("proc/stat", "cpu 1\nbtime 1700000000\n");
    tree_.Write("proc/cpuinfo", "processor : 0\nflags : fpu nx lm\n");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.Write("proc/sys/kernel/osrelease", "6.1.0-test\n");
    tree_.Write("proc/sys/kernel/version", "#1 SMP test\n");
    tree_.Write("proc/sys/kernel/arch", "x86_64\n");
    tree_.Write("proc/sys/kernel/pid_max", "32768\n");
    tree_.Write("proc/sys/kernel/threads-max", "100000\n");
    tree_.Write("proc/self/mountinfo",
                "27 1 254:1 / / rw - ext4 /dev/vda2 rw\n28 27 254:2 / /boot rw - ext4 /dev/vda1 rw\n");
    tree_.MakeDirectory("proc/1");
    tree_.MakeDirectory("proc/20");
  }

  Answer Ask(std::vector<std::string_view> names = {}) {
    const cim::ClassPtr schema = TestClass("Win32_OperatingSystem", PropertyNames(OperatingSystem::Columns()), "");
    SnapshotProvider<OperatingSystem> provider(Machine{tree_.root(), &files_});
    files_.calls.clear();
    return RunQuery(provider, {schema, std::move(names), {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(OperatingSystemTest, FillsItsColumns) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Caption"), "Test Linux 1");
  EXPECT_EQ(answer.Text(0, "Name"), "Test Linux 1");
  EXPECT_EQ(answer.Text(0, "Description"), "The box");
  EXPECT_EQ(answer.Text(0, "Version"), "6.1.0-test");
  EXPECT_EQ(answer.Text(0, "BuildNumber"), "2024-01");
  EXPECT_EQ(answer.Text(0, "BuildType"), "#1 SMP test");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Makers");
  EXPECT_EQ(answer.Text(0, "CSName"), "box");
  EXPECT_EQ(answer.Text(0, "OSArchitecture"), "64-bit");
  EXPECT_EQ(answer.Number(0, "OSType"), 36u);
  EXPECT_EQ(answer.Number(0, "FreePhysicalMemory"), 5000u);
  EXPECT_EQ(answer.Number(0, "FreeVirtualMemory"), 6500u);
  EXPECT_EQ(answer.Number(0, "FreeSpaceInPagingFiles"), 1500u);
  EXPECT_EQ(answer.Number(0, "SizeStoredInPagingFiles"), 2000u);
  EXPECT_EQ(answer.Number(0, "TotalVisibleMemorySize"), 8000u);
  EXPECT_EQ(answer.Number(0, "TotalVirtualMemorySize"), 10000u);
  EXPECT_EQ(answer.Number(0, "MaxNumberOfProcesses"), 32767u);
  EXPECT_EQ(answer.Number(0, "NumberOfProcesses"), 2u);
  EXPECT_EQ(cim::ParseDatetime(answer.Text(0, "LastBootUpTime"))->microseconds, 1'700'000'000'000'000);
  EXPECT_EQ(answer.Text(0, "Locale"), "0407");
  EXPECT_EQ(answer.Number(0, "OSLanguage"), 0x407u);
  EXPECT_EQ(answer.Text(0, "CodeSet"), "65001");
  ASSERT_EQ(answer.Get(0, "MUILanguages").items().size(), 1u);
  EXPECT_EQ(answer.Get(0, "MUILanguages").items()[0].text(), "de-DE");
  EXPECT_EQ(answer.Text(0, "BootDevice"), "/dev/vda1");
  EXPECT_EQ(answer.Text(0, "SystemDevice"), "/dev/vda2");
  EXPECT_EQ(answer.Number(0, "ProductType"), 3u);
  EXPECT_TRUE(answer.Get(0, "DataExecutionPrevention_Available").boolean());
}

TEST_F(OperatingSystemTest, ReadsOnlyWhatIsAskedFor) {
  Ask({"Version"});
  EXPECT_EQ(files_.calls.size(), files_.CallsTo("/sys/kernel/"));
  Ask({"LocalDateTime", "OSType"});
  EXPECT_THAT(files_.calls, IsEmpty());
  Ask({"FreePhysicalMemory"});
  EXPECT_EQ(files_.calls.size(), 1u);
  EXPECT_EQ(files_.CallsTo("meminfo"), 1u);
}

TEST_F(OperatingSystemTest, WhatIsMissingIsNullAndNoError) {
  FixtureTree empty;
  const cim::ClassPtr schema = TestClass("Win32_OperatingSystem", PropertyNames(OperatingSystem::Columns()), "");
  SnapshotProvider<OperatingSystem> provider(Machine{empty.root()});
  const Answer answer = RunQuery(provider, {schema, {}, {}});
  ASSERT_TRUE(answer.status.ok());
  ASSERT_EQ(answer.rows.size(), 1u);
  for (const char* name : {"Version", "LastBootUpTime", "FreePhysicalMemory", "FreeVirtualMemory", "Locale", "CSName",
                           "MUILanguages", "NumberOfUsers", "SystemDevice", "ProductType", "Manufacturer"}) {
    EXPECT_TRUE(answer.IsNull(0, name)) << name;
  }
}

TEST_F(OperatingSystemTest, ASumOfWhichHalfIsUnknownIsNull) {
  tree_.Write("proc/meminfo", "MemTotal: 8000 kB\n");
  const Answer answer = Ask({"TotalVirtualMemorySize", "TotalVisibleMemorySize"});
  EXPECT_TRUE(answer.IsNull(0, "TotalVirtualMemorySize"));
  EXPECT_EQ(answer.Number(0, "TotalVisibleMemorySize"), 8000u);
}

TEST_F(OperatingSystemTest, CountsLoginsWhoseProcessLives) {
  std::string text;
  const auto add = [&](short type, int id, const char* line) {
    utmp record{};
    record.ut_type = type;
    record.ut_pid = id;
    std::strncpy(record.ut_line, line, sizeof record.ut_line);
    text.append(reinterpret_cast<const char*>(&record), sizeof record);
  };
  add(USER_PROCESS, 20, "pts/0");
  add(USER_PROCESS, 21, "pts/1");
  add(LOGIN_PROCESS, 1, "tty1");
  add(USER_PROCESS, 1, "tty2");
  text += "cut";
  tree_.Write("run/utmp", text);
  EXPECT_EQ(Ask({"NumberOfUsers"}).Number(0, "NumberOfUsers"), 2u);
}

TEST_F(OperatingSystemTest, CountsSessionsOfTheLoginManagerWithoutUtmp) {
  tree_.Write("run/systemd/sessions/1", "USER=ann\nCLASS=user\nSTATE=active\n");
  tree_.Write("run/systemd/sessions/2", "USER=bob\nCLASS=user\nSTATE=closing\n");
  tree_.Write("run/systemd/sessions/3", "USER=root\nCLASS=manager\nSTATE=active\n");
  tree_.Write("run/systemd/sessions/1.ref", "");
  EXPECT_EQ(Ask({"NumberOfUsers"}).Number(0, "NumberOfUsers"), 1u);
}

TEST_F(OperatingSystemTest, NamesTheWidthOfEachArchitecture) {
  const std::pair<const char*, const char*> cases[] = {{"x86_64", "64-bit"},  {"aarch64", "ARM 64-bit Processor"},
                                                       {"i686", "32-bit"},    {"armv7l", "32-bit"},
                                                       {"riscv64", "64-bit"}, {"s390x", "64-bit"},
                                                       {"ppc64le", "64-bit"}};
  for (const auto& [architecture, text] : cases) {
    tree_.Write("proc/sys/kernel/arch", architecture);
    EXPECT_EQ(Ask({"OSArchitecture"}).Text(0, "OSArchitecture"), text) << architecture;
  }
}

TEST_F(OperatingSystemTest, AContainerHasNoSystemDevice) {
  tree_.Write("proc/self/mountinfo", "27 1 0:50 / / rw - overlay overlay rw\n");
  const Answer answer = Ask({"SystemDevice", "BootDevice"});
  EXPECT_TRUE(answer.IsNull(0, "SystemDevice"));
  EXPECT_TRUE(answer.IsNull(0, "BootDevice"));
}

}  // namespace
}  // namespace wmi::linuxos
