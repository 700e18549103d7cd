#include "providers/linux/processor/processor_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two packages of two cores of two threads; odd processors are in package 1.
class ProcessorProviderTest : public testing::Test {
 protected:
  ProcessorProviderTest() {
    tree_.Write("proc/cpuinfo", TestData("cpuinfo_two_sockets"));
    tree_.Write("proc/sys/kernel/arch", "x86_64\n");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.Write("sys/devices/system/cpu/online", "0-7\n");
    for (int cpu = 0; cpu < 8; ++cpu) {
      const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
      const int core = cpu % 4;
      const std::string siblings = std::to_string(core) + "," + std::to_string(core + 4);
      const std::string package = cpu % 2 == 0 ? "0,2,4,6" : "1,3,5,7";
      tree_.Write(folder + "topology/physical_package_id", std::to_string(cpu % 2) + "\n");
      tree_.Write(folder + "topology/thread_siblings_list", siblings + "\n");
      WriteCache(folder + "cache/index0/", "1", "Data", "32K", siblings);
      WriteCache(folder + "cache/index1/", "2", "Unified", "1024K", siblings);
      WriteCache(folder + "cache/index2/", "3", "Unified", "22M", package);
    }
  }

  void WriteCache(const std::string& folder, const char* level, const char* type, const char* size,
                  const std::string& sharers) {
    tree_.Write(folder + "level", level);
    tree_.Write(folder + "type", type);
    tree_.Write(folder + "size", size);
    tree_.Write(folder + "shared_cpu_list", sharers);
  }

  Answer Ask(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    static const cim::ClassPtr schema = [] {
      const ClassPage page = ProcessorProvider::Page();
      std::vector<std::string_view> properties;
      for (const ClassPage::PropertyRow& row : page.properties) properties.push_back(row.name);
      return TestClass("Win32_Processor", properties, "DeviceID");
    }();
    files_.calls.clear();
    return RunQuery(provider_, {schema, std::move(names), std::move(keys)});
  }

  FixtureTree tree_;
  WatchedFiles files_;
  ManualClock clock_;
  ProcessorProvider provider_{Machine{tree_.root(), &files_}, clock_};
};

TEST_F(ProcessorProviderTest, OneInstanceForEachPackage) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "CPU0");
  EXPECT_EQ(answer.Text(1, "DeviceID"), "CPU1");
  EXPECT_EQ(answer.Text(0, "Name"), "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "GenuineIntel");
  EXPECT_EQ(answer.Text(0, "Caption"), "x86_64 Family 6 Model 85 Stepping 7");
  EXPECT_EQ(answer.Text(0, "Version"), "Model 85, Stepping 7");
  EXPECT_EQ(answer.Number(0, "Revision"), 85u * 256 + 7);
  EXPECT_EQ(answer.Number(0, "Level"), 6u);
  EXPECT_EQ(answer.Number(0, "NumberOfCores"), 2u);
  EXPECT_EQ(answer.Number(0, "NumberOfLogicalProcessors"), 4u);
  EXPECT_EQ(answer.Number(0, "Architecture"), 9u);
  EXPECT_EQ(answer.Number(0, "AddressWidth"), 64u);
  EXPECT_EQ(answer.Number(0, "L2CacheSize"), 2048u);
  EXPECT_EQ(answer.Number(0, "L3CacheSize"), 22u * 1024);
  EXPECT_EQ(answer.Number(0, "CurrentClockSpeed"), 1200u);
  EXPECT_EQ(answer.Number(1, "CurrentClockSpeed"), 1300u);
  EXPECT_EQ(answer.Number(0, "MaxClockSpeed"), 1200u);
  EXPECT_TRUE(answer.Get(0, "VMMonitorModeExtensions").boolean());
  EXPECT_TRUE(answer.Get(0, "SecondLevelAddressTranslationExtensions").boolean());
  EXPECT_TRUE(answer.IsNull(0, "LoadPercentage"));
}

TEST_F(ProcessorProviderTest, PrefersTheClocksOfFrequencyControl) {
  tree_.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2899600\n");
  tree_.Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3900000\n");
  const Answer answer = Ask({"CurrentClockSpeed", "MaxClockSpeed"}, {"cpu0"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "CurrentClockSpeed"), 2900u);
  EXPECT_EQ(answer.Number(0, "MaxClockSpeed"), 3900u);
}

TEST_F(ProcessorProviderTest, CoresDoNotReadCpuinfo) {
  Ask({"NumberOfCores", "NumberOfLogicalProcessors"});
  EXPECT_EQ(files_.CallsTo("cpuinfo"), 0u);
  EXPECT_EQ(files_.CallsTo("cache"), 0u);
  EXPECT_EQ(files_.CallsTo("/proc"), 0u);
}

TEST_F(ProcessorProviderTest, LoadIsTheShareSinceTheLastLook) {
  const auto look = [&](const char* cpu0, const char* cpu1) {
    tree_.Write("proc/stat", std::string("cpu  0 0 0 0\ncpu0 ") + cpu0 + "\ncpu1 " + cpu1 + "\nintr 1\n");
    return Ask({"LoadPercentage"});
  };
  EXPECT_TRUE(look("100 0 0 100 0 0 0 0 0 0", "0 0 0 100 0 0 0 0 0 0").IsNull(0, "LoadPercentage"));
  clock_.Advance(std::chrono::seconds(1));
  // Package 0: 25 of 100 ticks busy, waiting for a disk is idle. Package 1: all busy, 10 of it stolen.
  Answer answer = look("125 0 0 150 25 0 0 0 0 0", "40 0 50 100 0 0 0 10 0 0");
  EXPECT_EQ(answer.Number(0, "LoadPercentage"), 25u);
  EXPECT_EQ(answer.Number(1, "LoadPercentage"), 100u);
  // Too soon: measured against the same look as before.
  clock_.Advance(std::chrono::milliseconds(10));
  answer = look("126 0 0 150 25 0 0 0 0 0", "40 0 50 100 0 0 0 10 0 0");
  EXPECT_EQ(answer.Number(0, "LoadPercentage"), 25u);
  clock_.Advance(std::chrono::seconds(1));
  // Counters that went back say nothing.
  answer = look("1 0 0 1 0 0 0 0 0 0", "40 0 50 200 0 0 0 10 0 0");
  EXPECT_TRUE(answer.IsNull(0, "LoadPercentage"));
  EXPECT_EQ(answer.Number(1, "LoadPercentage"), 0u);
}

TEST_F(ProcessorProviderTest, OfflineProcessorsDoNotCount) {
  tree_.Write("sys/devices/system/cpu/online", "0,2,4\n");
  const Answer answer = Ask({"NumberOfLogicalProcessors", "NumberOfCores"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "NumberOfLogicalProcessors"), 3u);
  EXPECT_EQ(answer.Number(0, "NumberOfCores"), 2u);
}

TEST_F(ProcessorProviderTest, WithoutTopologyAllAreOnePackage) {
  FixtureTree tree;
  tree.Write("sys/devices/system/cpu/online", "0-1\n");
  tree.Write("sys/devices/system/cpu/cpu1/topology/physical_package_id", "-1\n");
  const std::vector<CpuPackage> packages = ReadCpuPackages(Machine{tree.root()});
  ASSERT_EQ(packages.size(), 1u);
  EXPECT_THAT(packages[0].logical, ElementsAre(0u, 1u));
  EXPECT_EQ(packages[0].cores, 2u);
  EXPECT_THAT(ReadCpuPackages(Machine{SystemRoot{.sys = "/nowhere"}}), IsEmpty());
}

TEST(CpuList, ExpandsRangesAndIsBounded) {
  EXPECT_THAT(ParseCpuList("0-3,8,10-11\n", 100), ElementsAre(0u, 1u, 2u, 3u, 8u, 10u, 11u));
  EXPECT_THAT(ParseCpuList("", 100), IsEmpty());
  EXPECT_THAT(ParseCpuList("x,3-1,5-x,2", 100), ElementsAre(2u));
  EXPECT_EQ(ParseCpuList("0-18446744073709551615", 100).size(), 100u);
}

}  // namespace
}  // namespace wmi::linuxos
