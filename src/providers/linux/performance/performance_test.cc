#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "providers/linux/performance/counter_text.h"
#include "providers/linux/performance/counters.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kDiskstatsText =
    " 259       0 nvme0n1 1000 5 80000 4000 500 7 40000 2000 3 5000 9000 0 0 0 0 10 20\n"
    " 259       1 nvme0n1p1 900 5 70000 3000 400 7 30000 1000 2 4000 8000 0 0 0 0\n"
    "   7       0 loop0 10 0 20 1 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
    " 253       0 dm-0 oops\n";

TEST(CounterText, DisksAreTakenApart) {
  const auto disks = ParseDiskCounters(kDiskstatsText);
  ASSERT_EQ(disks.size(), 3u);
  EXPECT_EQ(disks[0].device, "259:0");
  EXPECT_EQ(disks[0].name, "nvme0n1");
  EXPECT_EQ(disks[0].reads, 1000u);
  EXPECT_EQ(disks[0].sectors_read, 80'000u);
  EXPECT_EQ(disks[0].read_milliseconds, 4000u);
  EXPECT_EQ(disks[0].writes, 500u);
  EXPECT_EQ(disks[0].sectors_written, 40'000u);
  EXPECT_EQ(disks[0].write_milliseconds, 2000u);
  EXPECT_EQ(disks[0].in_flight, 3u);
  EXPECT_EQ(disks[0].busy_milliseconds, 5000u);
  EXPECT_EQ(disks[0].queue_milliseconds, 9000u);
}

TEST(CounterText, LinksAreTakenApart) {
  const auto links = ParseLinkCounters(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
      "compressed\n"
      "    lo:    3267      29    0    0    0     0          0         0     3267      29    0    0    0     0       0 "
      "  "
      "       0\n"
      "eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
      "  eth1: 1 2 3\n"
      "  eth2: 1 2 3 x 5 6 7 8 9 10 11 12 13 14 15 16\n");
  ASSERT_EQ(links.size(), 2u);
  EXPECT_EQ(links[0].name, "lo");
  EXPECT_EQ(links[0].bytes_out, 3267u);
  EXPECT_EQ(links[1].name, "eth0:1");
  EXPECT_EQ(links[1].bytes_in, 1u);
  EXPECT_EQ(links[1].packets_in, 2u);
  EXPECT_EQ(links[1].errors_in, 3u);
  EXPECT_EQ(links[1].dropped_in, 4u);
  EXPECT_EQ(links[1].bytes_out, 9u);
  EXPECT_EQ(links[1].packets_out, 10u);
  EXPECT_EQ(links[1].errors_out, 11u);
  EXPECT_EQ(links[1].dropped_out, 12u);
}

TEST(CounterText, FiguresAreFoundByTheirWholeName) {
  constexpr std::string_view kText = "pgfaults 1\npgfault 2\npgmajfault x\n";
  EXPECT_EQ(NamedFigure(kText, "pgfault"), 2u);
  EXPECT_EQ(NamedFigure(kText, "pgmajfault"), std::nullopt);
  EXPECT_EQ(NamedFigure(kText, "pswpin"), std::nullopt);
}

TEST(CounterText, InterruptsAreSummedByProcessor) {
  EXPECT_THAT(SumByProcessor("           CPU0       CPU2\n"
                             " 24:          1          10  IO-APIC   5-edge      ACPI:Ged\n"
                             "LOC:        100        200   Local timer interrupts\n"
                             "ERR:          7\n"
                             "MIS:          7          7\n"),
              ElementsAre(Pair(0, 101), Pair(2, 210)));
  EXPECT_THAT(SumByProcessor(""), IsEmpty());
  EXPECT_THAT(SumByProcessor("24: 1 2\n25: 3 4\n"), IsEmpty());
}

TEST(CounterText, ProcessorsAreTakenApart) {
  const auto processors =
      ParseProcessorCounters("cpu  9 9 9 9 9 9 9\ncpu0 1 2 3 4 5 6 7 8\ncpu3 1 1 1 1 1 1 1\ncpu4 1\nintr 5\n");
  ASSERT_EQ(processors.size(), 2u);
  EXPECT_EQ(processors[0].number, 0u);
  EXPECT_EQ(processors[0].user, 3u);
  EXPECT_EQ(processors[0].system, 3u);
  EXPECT_EQ(processors[0].idle, 9u);
  EXPECT_EQ(processors[0].interrupts, 6u);
  EXPECT_EQ(processors[0].soft_interrupts, 7u);
  EXPECT_EQ(processors[1].number, 3u);
}

TEST(Counters, ComeToWhatTheirKindSays) {
  const CounterTimes earlier{1'000'000'000, 50'000'000};
  const CounterTimes later{3'000'000'000, 70'000'000};
  const auto value = [&](CounterKind kind, unsigned bits, std::vector<std::optional<std::uint64_t>> before,
                         std::vector<std::optional<std::uint64_t>> now) {
    const Counter counter{"X", kind, bits, 1, 0, 1, "X_Base", {}};
    CounterRow first;
    first.figures = std::move(before);
    CounterRow second;
    second.figures = std::move(now);
    return FormattedValue(counter, second, later, first.figures.empty() ? nullptr : &first, earlier);
  };
  using enum CounterKind;
  constexpr std::uint64_t kSecond = 10'000'000;
  EXPECT_EQ(value(kNumber, 32, {}, {7}), 7u);
  EXPECT_EQ(value(kNumber, 32, {}, {1ull << 40}), 0xFFFFFFFFu);
  EXPECT_EQ(value(kAge, 64, {}, {10'000'000}), 6u);
  EXPECT_EQ(value(kAge, 64, {}, {90'000'000}), 0u);
  EXPECT_EQ(value(kFraction, 32, {}, {1, 4}), 25u);
  EXPECT_EQ(value(kFraction, 32, {}, {1, 0}), std::nullopt);
  EXPECT_EQ(value(kRate, 64, {10}, {30}), 10u);
  EXPECT_EQ(value(kBusyTime, 64, {0}, {4 * kSecond}), 200u);
  EXPECT_EQ(value(kBusyShare, 64, {0}, {4 * kSecond}), 100u);
  EXPECT_EQ(value(kIdleTime, 64, {0}, {kSecond / 2}), 75u);
  EXPECT_EQ(value(kIdleTime, 64, {0}, {3 * kSecond}), 0u);
  EXPECT_EQ(value(kQueue, 64, {0}, {6 * kSecond}), 3u);
  EXPECT_EQ(value(kTimeShare, 64, {0, 0}, {1, 4}), 25u);
  EXPECT_EQ(value(kTimeShare, 64, {0, 0}, {9, 4}), 100u);
  EXPECT_EQ(value(kMean, 64, {100, 1}, {500, 3}), 200u);
  EXPECT_EQ(value(kMeanTime, 32, {0, 0}, {6'000'000'000, 2}), 3u);
  // A mean over nothing; one look; a counter that went back; one that was not there.
  EXPECT_EQ(value(kMean, 64, {100, 3}, {100, 3}), std::nullopt);
  EXPECT_EQ(value(kRate, 64, {}, {30}), std::nullopt);
  EXPECT_EQ(value(kRate, 64, {40}, {30}), std::nullopt);
  EXPECT_EQ(value(kRate, 64, {std::nullopt}, {30}), std::nullopt);
  EXPECT_EQ(value(kRate, 64, {10}, {std::nullopt}), std::nullopt);
}

TEST(Counters, RawOnesOf32BitsWrap) {
  CounterRow row;
  row.figures = {(1ull << 32) + 5, (1ull << 32) + 6};
  const Counter rate{"X", CounterKind::kRate, 32, 1, 0, 0, {}, {}};
  EXPECT_EQ(RawValue(rate, row), 5u);
  const Counter number{"X", CounterKind::kNumber, 32, 1, 0, 0, {}, {}};
  EXPECT_EQ(RawValue(number, row), 0xFFFFFFFFu);
  const Counter mean{"X", CounterKind::kMean, 64, 1, 0, 1, "X_Base", {}};
  EXPECT_EQ(RawValue(mean, row), (1ull << 32) + 5);
  EXPECT_EQ(RawBase(mean, row), 6u);
  const Counter share{"X", CounterKind::kTimeShare, 64, 1, 0, 1, "X_Base", {}};
  EXPECT_EQ(RawBase(share, row), (1ull << 32) + 6);
}

TEST(Counters, LooksThatFollowTooCloselyAreMeasuredFromTheOneBefore) {
  const auto look = [](std::uint64_t milliseconds) {
    auto made = std::make_shared<CounterLook>();
    made->times.nanoseconds = milliseconds * 1'000'000;
    return made;
  };
  LookKeeper keeper;
  const auto first = look(1000);
  const auto second = look(2000);
  EXPECT_EQ(keeper.Exchange(first), nullptr);
  EXPECT_EQ(keeper.Exchange(look(1100)), nullptr);
  EXPECT_EQ(keeper.Exchange(second), first);
  EXPECT_EQ(keeper.Exchange(look(2100)), first);
  EXPECT_EQ(keeper.Exchange(look(2300)), second);
}

class CounterClassesTest : public testing::Test {
 protected:
  CounterClassesTest() {
    WriteProcessorTimes(100, 200);
    tree_.Write("proc/interrupts", "           CPU0       CPU1\n 24:          1          2  IO-APIC\n");
    tree_.Write("proc/softirqs", "           CPU0       CPU1\n  HI:          3          4\n");
    tree_.Write("proc/meminfo",
                "MemTotal:  8000 kB\nMemFree: 1000 kB\nMemAvailable:  4096 kB\nBuffers: 10 kB\nCached: 20 kB\n"
                "CommitLimit: 4000 kB\nCommitted_AS: 1000 kB\nDirty: 3 kB\nSlab: 5 kB\n");
    tree_.Write("proc/vmstat", "pgfault 1000\npgmajfault 10\npswpin 3\npswpout 4\n");
    tree_.Write("proc/uptime", "1000.50 1800.00\n");
    tree_.Write("proc/loadavg", "0.00 0.01 0.05 3/124 28124\n");
    tree_.Write("proc/diskstats", kDiskstatsText);
    tree_.Write("sys/block/nvme0n1/device/model", "x\n");
    tree_.MakeDirectory("sys/block/loop0");
    tree_.Write("proc/self/mountinfo",
                "22 1 259:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw\n23 1 0:40 / /mnt rw - nfs4 server:/x rw\n");
    WriteLinks(1000);
    tree_.Write("sys/class/net/eth0/speed", "1000\n");
    tree_.Write("sys/class/net/eth1/speed", "-1\n");
    Machine machine{tree_.root(), &files_};
    Classes classes(registry_, machine);
    AddSystemCounters(classes, clock_);
    AddProcessCounters(classes, clock_);
    AddDeviceCounters(classes, clock_);
    pages_ = classes.pages();
  }

  void WriteProcessorTimes(int idle, int other_idle) {
    tree_.Write("proc/stat", "cpu  9 9 9 9 9 9 9\ncpu0 10 20 30 " + std::to_string(idle) + " 0 5 6 0\ncpu1 10 20 30 " +
                                 std::to_string(other_idle) +
                                 " 0 5 6 0\nctxt 5000\nbtime 1700000000\nprocs_running 5\n");
  }
  void WriteLinks(int bytes) {
    tree_.Write("proc/net/dev", "lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0: " + std::to_string(bytes) +
                                    " 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  }
  void AddProcess(int id, const std::string& name, int ticks) {
    const std::string folder = "proc/" + std::to_string(id);
    tree_.Write(folder + "/stat", std::to_string(id) + " (" + name + ") S 1 1 1 0 -1 4194304 10 0 2 0 " +
                                      std::to_string(ticks) + " 0 0 0 20 0 3 0 500 8192 2 1 1 1\n");
    tree_.Write(folder + "/status", "VmPeak:\t 16 kB\nVmHWM:\t 12 kB\nRssAnon:\t 4 kB\nVmSwap:\t 2 kB\n");
    tree_.Write(folder + "/io", "rchar: 100\nwchar: 200\nsyscr: 3\nsyscw: 4\n");
    tree_.Write(folder + "/fd/0", "");
  }

  Answer Ask(const std::string& name, std::vector<std::string_view> names = {}) {
    std::vector<std::string_view> properties;
    for (const ClassPage& page : pages_) {
      if (page.class_name != name) continue;
      for (const auto& row : page.properties) properties.push_back(row.name);
    }
    files_.calls.clear();
    return RunQuery(*registry_.Find(name), {TestClass(name, properties, "Name"), std::move(names), {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
  ManualClock clock_;
  provider::Registry registry_;
  std::vector<ClassPage> pages_;
};

std::uint64_t Of100ns(std::uint64_t ticks) {
  return ticks * kHundredNanosecondsPerSecond / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

TEST_F(CounterClassesTest, ProcessorsAndTheirMean) {
  const Answer raw = Ask("Win32_PerfRawData_PerfOS_Processor");
  ASSERT_EQ(raw.rows.size(), 3u);
  EXPECT_EQ(raw.Text(0, "Name"), "0");
  EXPECT_EQ(raw.Number(0, "PercentProcessorTime"), Of100ns(100));
  EXPECT_EQ(raw.Number(0, "PercentUserTime"), Of100ns(30));
  EXPECT_EQ(raw.Number(0, "PercentPrivilegedTime"), Of100ns(41));
  EXPECT_EQ(raw.Number(1, "InterruptsPersec"), 2u);
  EXPECT_EQ(raw.Text(2, "Name"), "_Total");
  EXPECT_EQ(raw.Number(2, "PercentProcessorTime"), Of100ns(150));
  EXPECT_EQ(raw.Number(2, "DPCsQueuedPersec"), 7u);
  EXPECT_EQ(raw.Number(2, "Frequency_Sys100NS"), 10'000'000u);
  EXPECT_GT(raw.Number(2, "Timestamp_Sys100NS"), 116'444'736'000'000'000u);

  const std::string formatted = "Win32_PerfFormattedData_PerfOS_Processor";
  EXPECT_TRUE(Ask(formatted).IsNull(0, "PercentProcessorTime"));
  clock_.Advance(std::chrono::seconds(1));
  const int second = static_cast<int>(::sysconf(_SC_CLK_TCK));
  WriteProcessorTimes(100 + second / 4, 200 + second);
  const Answer shares = Ask(formatted);
  EXPECT_EQ(shares.Number(0, "PercentProcessorTime"), 75u);
  EXPECT_EQ(shares.Number(1, "PercentProcessorTime"), 0u);
  EXPECT_EQ(shares.Number(1, "PercentIdleTime"), 100u);
  EXPECT_NEAR(static_cast<double>(shares.Number(2, "PercentProcessorTime")), 37.5, 1);
  EXPECT_EQ(shares.Number(0, "InterruptsPersec"), 0u);
}

TEST_F(CounterClassesTest, OnlyTheSourcesAskedForAreRead) {
  Ask("Win32_PerfRawData_PerfOS_Processor", {"PercentUserTime"});
  EXPECT_EQ(files_.CallsTo("read "), 1u);
  Ask("Win32_PerfRawData_PerfOS_Memory", {"PageFaultsPersec"});
  EXPECT_EQ(files_.CallsTo("meminfo"), 0u);
  AddProcess(7, "worker", 1);
  Ask("Win32_PerfRawData_PerfProc_Process", {"PercentUserTime"});
  EXPECT_EQ(files_.CallsTo("/7/"), 1u);
  Ask("Win32_PerfRawData_PerfDisk_LogicalDisk", {"FreeMegabytes"});
  EXPECT_EQ(files_.CallsTo("diskstats"), 0u);
  Ask("Win32_PerfRawData_PerfDisk_LogicalDisk", {"DiskReadsPersec"});
  EXPECT_EQ(files_.CallsTo("space "), 0u);
  Ask("Win32_PerfRawData_Tcpip_NetworkInterface", {"BytesSentPersec"});
  EXPECT_EQ(files_.CallsTo("speed"), 0u);
}

TEST_F(CounterClassesTest, MemoryAndTheSystem) {
  const Answer memory = Ask("Win32_PerfRawData_PerfOS_Memory");
  ASSERT_EQ(memory.rows.size(), 1u);
  EXPECT_EQ(memory.Number(0, "AvailableMBytes"), 4u);
  EXPECT_EQ(memory.Number(0, "CacheBytes"), 30u * 1024);
  EXPECT_EQ(memory.Number(0, "PercentCommittedBytesInUse"), 250u);
  EXPECT_EQ(memory.Number(0, "PercentCommittedBytesInUse_Base"), 1000u);
  EXPECT_EQ(memory.Number(0, "PagesPersec"), 7u);
  EXPECT_EQ(Ask("Win32_PerfFormattedData_PerfOS_Memory").Number(0, "PercentCommittedBytesInUse"), 25u);
  AddProcess(7, "worker", 1);
  const Answer system = Ask("Win32_PerfFormattedData_PerfOS_System");
  ASSERT_EQ(system.rows.size(), 1u);
  EXPECT_EQ(system.Number(0, "Processes"), 1u);
  EXPECT_EQ(system.Number(0, "Threads"), 124u);
  EXPECT_EQ(system.Number(0, "ProcessorQueueLength"), 3u);
  EXPECT_EQ(system.Number(0, "SystemUpTime"), 1000u);
  EXPECT_TRUE(system.IsNull(0, "ContextSwitchesPersec"));
  EXPECT_EQ(Ask("Win32_PerfRawData_PerfOS_System").Number(0, "ContextSwitchesPersec"), 5000u);
}

TEST_F(CounterClassesTest, ProcessesHaveNamesOfTheirOwn) {
  AddProcess(7, "worker", 100);
  AddProcess(8, "Worker", 200);
  AddProcess(9, "worker#1", 300);
  AddProcess(10, "_Total", 400);
  const Answer raw = Ask("Win32_PerfRawData_PerfProc_Process");
  ASSERT_EQ(raw.rows.size(), 5u);
  EXPECT_EQ(raw.Text(0, "Name"), "worker");
  EXPECT_EQ(raw.Text(1, "Name"), "Worker#1");
  EXPECT_EQ(raw.Text(2, "Name"), "worker#1#1");
  EXPECT_EQ(raw.Text(3, "Name"), "_Total#1");
  EXPECT_EQ(raw.Text(4, "Name"), "_Total");
  EXPECT_EQ(raw.Number(1, "IDProcess"), 8u);
  EXPECT_EQ(raw.Number(1, "PercentProcessorTime"), Of100ns(200));
  EXPECT_EQ(raw.Number(1, "PrivateBytes"), 6u * 1024);
  EXPECT_EQ(raw.Number(1, "IODataBytesPersec"), 300u);
  EXPECT_EQ(raw.Number(1, "HandleCount"), 1u);
  EXPECT_EQ(raw.Number(4, "PercentProcessorTime"), Of100ns(1000));
  EXPECT_TRUE(raw.IsNull(4, "IDProcess"));
}

TEST_F(CounterClassesTest, ATotalGrowsThoughProcessesEnd) {
  const std::string formatted = "Win32_PerfFormattedData_PerfProc_Process";
  const auto second = static_cast<int>(::sysconf(_SC_CLK_TCK));
  AddProcess(7, "a", 100);
  AddProcess(8, "b", 5000);
  Ask(formatted);
  clock_.Advance(std::chrono::seconds(1));
  tree_.Remove("proc/8");
  AddProcess(7, "a", 100 + second / 2);
  AddProcess(9, "b", second / 4);
  const Answer answer = Ask(formatted);
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Number(0, "PercentProcessorTime"), 50u);
  // Another process of the same name has nothing to compare with.
  EXPECT_TRUE(answer.IsNull(1, "PercentProcessorTime"));
  EXPECT_EQ(answer.Number(2, "PercentProcessorTime"), 75u);
}

TEST_F(CounterClassesTest, DeniedFilesAreNullInTheTotalToo) {
  AddProcess(7, "a", 100);
  files_.failures["read io"] = EACCES;
  const Answer answer = Ask("Win32_PerfRawData_PerfProc_Process");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_TRUE(answer.IsNull(0, "IOReadBytesPersec"));
  EXPECT_TRUE(answer.IsNull(1, "IOReadBytesPersec"));
  EXPECT_TRUE(answer.denied.contains("IOReadBytesPersec"));
}

TEST_F(CounterClassesTest, DisksWithADeviceAndTheirTotal) {
  clock_.Advance(std::chrono::seconds(100));
  const Answer raw = Ask("Win32_PerfRawData_PerfDisk_PhysicalDisk");
  ASSERT_EQ(raw.rows.size(), 2u);
  EXPECT_EQ(raw.Text(0, "Name"), "nvme0n1");
  EXPECT_EQ(raw.Text(1, "Name"), "_Total");
  EXPECT_EQ(raw.Number(0, "DiskBytesPersec"), 120'000u * 512);
  EXPECT_EQ(raw.Number(0, "AvgDiskBytesPerRead_Base"), 1000u);
  EXPECT_EQ(raw.Number(0, "AvgDiskQueueLength"), 9000u * 10'000);
  EXPECT_EQ(raw.Number(0, "PercentDiskTime"), 6000u * 10'000);
  EXPECT_EQ(raw.Number(0, "PercentIdleTime_Base") - raw.Number(0, "PercentIdleTime"), 5000u * 10'000);
  EXPECT_EQ(raw.Number(0, "CurrentDiskQueueLength"), 3u);

  const std::string formatted = "Win32_PerfFormattedData_PerfDisk_PhysicalDisk";
  Ask(formatted);
  clock_.Advance(std::chrono::seconds(2));
  tree_.Write("proc/diskstats", "259 0 nvme0n1 1010 5 80200 5000 500 7 40000 2000 3 6000 9000 0 0 0 0\n");
  const Answer rates = Ask(formatted);
  EXPECT_EQ(rates.Number(0, "DiskReadsPersec"), 5u);
  EXPECT_EQ(rates.Number(0, "AvgDiskBytesPerRead"), 20u * 512);
  EXPECT_EQ(rates.Number(0, "PercentDiskReadTime"), 50u);
  EXPECT_EQ(rates.Number(1, "PercentIdleTime"), 50u);
  EXPECT_TRUE(rates.IsNull(0, "AvgDiskBytesPerWrite"));
}

TEST_F(CounterClassesTest, LogicalDisksByTheirMountPoint) {
  files_.spaces["/"] = {4096, 512, 128, 255};
  files_.spaces["/mnt"] = {1u << 21, 10, 5, 255};
  const Answer raw = Ask("Win32_PerfRawData_PerfDisk_LogicalDisk");
  ASSERT_EQ(raw.rows.size(), 3u);
  EXPECT_EQ(raw.Text(0, "Name"), "/");
  EXPECT_EQ(raw.Number(0, "DiskReadsPersec"), 900u);
  EXPECT_EQ(raw.Number(0, "FreeMegabytes"), 0u);
  EXPECT_EQ(raw.Number(0, "PercentFreeSpace_Base"), 2u);
  EXPECT_EQ(raw.Text(1, "Name"), "/mnt");
  EXPECT_TRUE(raw.IsNull(1, "DiskReadsPersec"));
  EXPECT_EQ(raw.Number(1, "FreeMegabytes"), 10u);
  EXPECT_EQ(raw.Number(2, "FreeMegabytes"), 10u);
  EXPECT_EQ(Ask("Win32_PerfFormattedData_PerfDisk_LogicalDisk").Number(1, "PercentFreeSpace"), 50u);
}

TEST_F(CounterClassesTest, InterfacesButTheLoopback) {
  const Answer raw = Ask("Win32_PerfRawData_Tcpip_NetworkInterface");
  ASSERT_EQ(raw.rows.size(), 2u);
  EXPECT_EQ(raw.Text(0, "Name"), "eth0");
  EXPECT_EQ(raw.Number(0, "BytesTotalPersec"), 1009u);
  EXPECT_EQ(raw.Number(0, "CurrentBandwidth"), 1'000'000'000u);
  EXPECT_TRUE(raw.IsNull(1, "CurrentBandwidth"));
  Ask("Win32_PerfFormattedData_Tcpip_NetworkInterface");
  clock_.Advance(std::chrono::seconds(1));
  WriteLinks(3000);
  const Answer rates = Ask("Win32_PerfFormattedData_Tcpip_NetworkInterface");
  EXPECT_EQ(rates.Number(0, "BytesReceivedPersec"), 2000u);
  EXPECT_EQ(rates.Number(0, "PacketsReceivedErrors"), 3u);
}

TEST_F(CounterClassesTest, NothingToReadIsNullOrNoRow) {
  for (const char* name : {"proc/stat", "proc/meminfo", "proc/vmstat", "proc/diskstats", "proc/net", "proc/loadavg"}) {
    tree_.Remove(name);
  }
  EXPECT_TRUE(Ask("Win32_PerfRawData_PerfOS_Processor").rows.empty());
  EXPECT_TRUE(Ask("Win32_PerfRawData_PerfOS_Memory").IsNull(0, "AvailableBytes"));
  EXPECT_TRUE(Ask("Win32_PerfRawData_PerfOS_System").IsNull(0, "Threads"));
  EXPECT_TRUE(Ask("Win32_PerfRawData_PerfDisk_PhysicalDisk").rows.empty());
  EXPECT_TRUE(Ask("Win32_PerfRawData_Tcpip_NetworkInterface").rows.empty());
}

}  // namespace
}  // namespace wmi::linuxos
