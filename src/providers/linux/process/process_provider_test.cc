#include "providers/linux/process/process_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "cim/datetime.h"
#include "providers/linux/process/process_columns.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::uint64_t kKernelThread = 0x00200000;

cim::ClassPtr ProcessClass() {
  static const cim::ClassPtr schema = TestClass("Win32_Process", PropertyNames(ProcessColumns()), "Handle");
  return schema;
}

struct FakeProcess {
  int id = 0;
  std::string name = "worker";
  char state = 'S';
  std::uint64_t flags = 0x400000;
  std::string arguments = {};  // NULs between
  std::string executable = {};
};

class ProcessProviderTest : public testing::Test {
 protected:
  ProcessProviderTest() {
    tree_.Write("proc/stat", "cpu  1 2 3 4\nbtime 1700000000\nprocesses 7\n");
    tree_.Write("proc/sys/kernel/hostname", "box.example.org\n");
    tree_.Write("proc/sys/kernel/osrelease", "6.1.0-test\n");
    tree_.Write("etc/os-release", "PRETTY_NAME=\"Test Linux 1\"\n");
    tree_.Write("proc/meminfo", "not a process\n");
    tree_.MakeDirectory("proc/self");
  }

  void Add(const FakeProcess& process) {
    const std::string folder = "proc/" + std::to_string(process.id);
    tree_.Write(folder + "/stat", std::to_string(process.id) + " (" + process.name + ") " + process.state +
                                      " 1 1 1 0 -1 " + std::to_string(process.flags) +
                                      " 10 0 2 0 150 250 0 0 20 0 3 0 500 8192 2 1 1 1\n");
    tree_.Write(folder + "/status", "Name:\t" + process.name + "\nTgid:\t" + std::to_string(process.id) +
                                        "\nVmPeak:\t 16 kB\nVmHWM:\t 12 kB\nRssAnon:\t 4 kB\nVmSwap:\t 2 kB\n");
    tree_.Write(folder + "/io", "rchar: 100\nwchar: 200\nsyscr: 3\nsyscw: 4\n");
    tree_.Write(folder + "/cmdline", process.arguments);
    tree_.Write(folder + "/fd/0", "");
    tree_.Write(folder + "/fd/1", "");
    tree_.Write(folder + "/fd/2", "");
    if (!process.executable.empty()) tree_.Link(folder + "/exe", process.executable);
  }

  Answer Ask(std::vector<std::string_view> names, std::vector<std::string> keys = {}, std::size_t rows_per_pull = 64) {
    ProcessProvider provider(Machine{tree_.root(), &files_});
    files_.calls.clear();
    return RunQuery(provider, {ProcessClass(), std::move(names), std::move(keys), rows_per_pull});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(ProcessProviderTest, FillsEveryColumn) {
  Add({.id = 7, .arguments = std::string("/usr/bin/worker\0--fast\0", 23), .executable = "/usr/bin/worker"});
  const Answer answer = Ask({});
  ASSERT_TRUE(answer.status.ok()) << answer.status.Message();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "worker");
  EXPECT_EQ(answer.Text(0, "Caption"), "worker");
  EXPECT_EQ(answer.Text(0, "Description"), "worker");
  EXPECT_EQ(answer.Text(0, "Handle"), "7");
  EXPECT_EQ(answer.Number(0, "ProcessId"), 7u);
  EXPECT_EQ(answer.Number(0, "ParentProcessId"), 1u);
  EXPECT_EQ(answer.Number(0, "ThreadCount"), 3u);
  EXPECT_EQ(answer.Number(0, "PageFaults"), 12u);
  EXPECT_EQ(answer.Number(0, "Priority"), 19u);
  EXPECT_EQ(answer.Number(0, "ExecutionState"), 4u);
  EXPECT_EQ(answer.Number(0, "VirtualSize"), 8192u);
  EXPECT_EQ(answer.Number(0, "WorkingSetSize"), 2u * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  EXPECT_EQ(answer.Number(0, "UserModeTime"), 150 * 10'000'000u / ticks);
  EXPECT_EQ(answer.Number(0, "KernelModeTime"), 250 * 10'000'000u / ticks);
  const auto created = cim::ParseDatetime(answer.Text(0, "CreationDate"));
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->microseconds, 1'700'000'000'000'000 + 500 * 1'000'000 / static_cast<std::int64_t>(ticks));
  EXPECT_EQ(answer.Number(0, "PeakVirtualSize"), 16u * 1024);
  EXPECT_EQ(answer.Number(0, "PeakWorkingSetSize"), 12u);
  EXPECT_EQ(answer.Number(0, "PageFileUsage"), 2u);
  EXPECT_EQ(answer.Number(0, "PrivatePageCount"), 6u * 1024);
  EXPECT_EQ(answer.Number(0, "ReadTransferCount"), 100u);
  EXPECT_EQ(answer.Number(0, "WriteTransferCount"), 200u);
  EXPECT_EQ(answer.Number(0, "ReadOperationCount"), 3u);
  EXPECT_EQ(answer.Number(0, "WriteOperationCount"), 4u);
  EXPECT_EQ(answer.Number(0, "HandleCount"), 3u);
  EXPECT_EQ(answer.Number(0, "SessionId"), 1u);
  EXPECT_EQ(answer.Text(0, "CommandLine"), "/usr/bin/worker --fast");
  EXPECT_EQ(answer.Text(0, "ExecutablePath"), "/usr/bin/worker");
  EXPECT_EQ(answer.Text(0, "CSName"), "box.example.org");
  EXPECT_EQ(answer.Text(0, "OSName"), "Test Linux 1");
  EXPECT_EQ(answer.Text(0, "WindowsVersion"), "6.1.0-test");
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(ProcessProviderTest, ReadsTheBootTimeAgainOnlyWhenTheClockWasSet) {
  Add({.id = 7});
  std::chrono::nanoseconds offset = std::chrono::seconds(1'700'000'000);
  ProcessProvider provider(Machine{tree_.root(), &files_}, [&offset] { return offset; });
  const auto boot_seconds = [&] {
    files_.calls.clear();
    const Answer answer = RunQuery(provider, {ProcessClass(), {"CreationDate"}, {"7"}});
    const auto created = cim::ParseDatetime(answer.Text(0, "CreationDate"));
    return created.ok() ? created->microseconds / 1'000'000 - 500 / ::sysconf(_SC_CLK_TCK) : 0;
  };
  const std::string path = "read " + tree_.root().proc + "/stat";
  EXPECT_EQ(boot_seconds(), 1'700'000'000);
  EXPECT_EQ(files_.CallsTo(path), 1u);
  offset += std::chrono::microseconds(20);  // what lies between the readings of two clocks
  EXPECT_EQ(boot_seconds(), 1'700'000'000);
  EXPECT_EQ(files_.CallsTo(path), 0u);
  tree_.Write("proc/stat", "btime 1700003600\n");
  offset += std::chrono::hours(1);
  EXPECT_EQ(boot_seconds(), 1'700'003'600);
  EXPECT_EQ(files_.CallsTo(path), 1u);
  EXPECT_EQ(boot_seconds(), 1'700'003'600);
  EXPECT_EQ(files_.CallsTo(path), 0u);
}

TEST_F(ProcessProviderTest, ABootTimeThatCouldNotBeReadIsAskedForAgain) {
  Add({.id = 7});
  ProcessProvider provider(Machine{tree_.root(), &files_});
  tree_.Write("proc/stat", "cpu 1 2 3\n");
  EXPECT_TRUE(RunQuery(provider, {ProcessClass(), {"CreationDate"}, {"7"}}).IsNull(0, "CreationDate"));
  tree_.Write("proc/stat", "btime 1700000000\n");
  EXPECT_FALSE(RunQuery(provider, {ProcessClass(), {"CreationDate"}, {"7"}}).IsNull(0, "CreationDate"));
}

TEST_F(ProcessProviderTest, ReadsTheReleaseOfTheKernelOnce) {
  Add({.id = 7});
  ProcessProvider provider(Machine{tree_.root(), &files_});
  const std::string path = "read " + tree_.root().proc + "/sys/kernel/osrelease";
  for (const std::size_t calls : {1u, 0u}) {
    files_.calls.clear();
    EXPECT_EQ(RunQuery(provider, {ProcessClass(), {"WindowsVersion"}, {"7"}}).Text(0, "WindowsVersion"), "6.1.0-test");
    EXPECT_EQ(files_.CallsTo(path), calls);
  }
}

TEST_F(ProcessProviderTest, NameAndProcessIdReadOnlyTheStatFile) {
  for (int id : {1, 20, 300}) Add({.id = id});
  const Answer answer = Ask({"Name", "ProcessId"});
  ASSERT_EQ(answer.rows.size(), 3u);
  const std::string proc = tree_.root().proc;
  // One for the process directory, one to list it, and one file for each process.
  EXPECT_THAT(files_.calls, UnorderedElementsAre("open " + proc, "list " + proc + "/.", "read " + proc + "/1/stat",
                                                 "read " + proc + "/20/stat", "read " + proc + "/300/stat"));
}

TEST_F(ProcessProviderTest, NumbersAloneReadNoFile) {
  Add({.id = 5});
  EXPECT_EQ(Ask({"Handle", "ProcessId"}).rows.size(), 1u);
  EXPECT_EQ(files_.CallsTo("read "), 0u);
}

TEST_F(ProcessProviderTest, EachPropertyReadsNothingForOthers) {
  Add({.id = 5, .arguments = "x", .executable = "/x"});
  const std::string own = tree_.root().proc + "/5";
  Ask({"CommandLine"});
  EXPECT_EQ(files_.CallsTo("/5"), 1u);
  EXPECT_THAT(files_.calls, Contains("read " + own + "/cmdline"));
  Ask({"PeakWorkingSetSize"});
  EXPECT_EQ(files_.CallsTo("/5"), 1u);
  EXPECT_THAT(files_.calls, Contains("read " + own + "/status"));
  Ask({"ReadOperationCount"});
  EXPECT_EQ(files_.CallsTo("/5"), 1u);
  EXPECT_THAT(files_.calls, Contains("read " + own + "/io"));
  Ask({"ExecutablePath"});
  EXPECT_EQ(files_.CallsTo("/5"), 1u);
  EXPECT_THAT(files_.calls, Contains("link " + own + "/exe"));
  Ask({"HandleCount"});
  EXPECT_EQ(files_.CallsTo("/5"), 1u);
  EXPECT_THAT(files_.calls, Contains("list " + own + "/fd"));
}

TEST_F(ProcessProviderTest, OfProcessesThatCannotMatchOneFileIsRead) {
  for (int id = 1; id <= 1100; ++id) Add({.id = id, .name = "other"});
  Add({.id = 3001, .name = "Worker"});
  Add({.id = 3002, .name = "systemd-timesyn", .arguments = "/lib/systemd/systemd-timesyncd"});
  Add({.id = 3003, .name = "b\xff"});
  ProcessProvider provider(Machine{tree_.root(), &files_});
  Query query{ProcessClass(), {}, {}};
  query.narrowed = "Name";
  query.allowed = {cim::Value::Text("worker"), cim::Value::Text("systemd-timesyncd")};
  const Answer named = RunQuery(provider, query);
  ASSERT_TRUE(named.status.ok()) << named.status.Message();
  ASSERT_EQ(named.rows.size(), 3u) << "a name that is not UTF-8 is left to the writer's filter";
  EXPECT_THAT((std::vector<std::string>{named.Text(0, "Name"), named.Text(1, "Name"), named.Text(2, "Name")}),
              UnorderedElementsAre("Worker", "systemd-timesyncd", "b\xEF\xBF\xBD"));
  EXPECT_EQ(files_.CallsTo("/7/"), 1u);
  EXPECT_EQ(files_.CallsTo("/status"), 3u);

  query.narrowed = "ParentProcessId";
  query.allowed = {cim::Value::Unsigned(9)};
  EXPECT_THAT(RunQuery(provider, query).rows, IsEmpty());
  query.allowed = {cim::Value::Unsigned(1)};
  EXPECT_EQ(RunQuery(provider, query).rows.size(), 1103u);

  files_.calls.clear();
  query.narrowed = "ProcessId";
  query.allowed = {cim::Value::Unsigned(3001), cim::Value::Unsigned(77'777)};
  EXPECT_EQ(RunQuery(provider, query).rows.size(), 1u);
  EXPECT_EQ(files_.CallsTo("/3001/stat"), 2u) << "stat and status";
  EXPECT_EQ(files_.CallsTo("/7/"), 0u);
}

TEST_F(ProcessProviderTest, AQueryThatReadsNoMoreThanStatReadsItOnce) {
  Add({.id = 7, .name = "worker"});
  ProcessProvider provider(Machine{tree_.root(), &files_});
  Query query{ProcessClass(), {"Name", "Handle"}, {}};
  query.narrowed = "Name";
  query.allowed = {cim::Value::Text("worker")};
  EXPECT_EQ(RunQuery(provider, query).rows.size(), 1u);
  EXPECT_EQ(files_.CallsTo("/stat"), 1u);
}

TEST_F(ProcessProviderTest, AKeyTouchesOneDirectory) {
  for (int id = 1; id <= 50; ++id) Add({.id = id});
  const Answer answer = Ask({"Name", "ProcessId"}, {"1"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "ProcessId"), 1u);
  const std::string proc = tree_.root().proc;
  EXPECT_THAT(files_.calls, ElementsAre("open " + proc, "open " + proc + "/1", "read " + proc + "/1/status",
                                        "read " + proc + "/1/stat"));
}

TEST_F(ProcessProviderTest, KeysThatAreNoProcessGiveNothing) {
  Add({.id = 12});
  tree_.Write("proc/self/status", "Tgid:\t12\n");
  for (const char* key :
       {"13", "012", "+12", "-12", "12 ", " 12", "0", "", "self", "12/../12", "99999999999", "0x0c"}) {
    const Answer answer = Ask({"Name"}, {key});
    EXPECT_TRUE(answer.status.ok()) << key;
    EXPECT_THAT(answer.rows, IsEmpty()) << key;
  }
  EXPECT_EQ(Ask({"Name"}, {"12", "13", "12"}).rows.size(), 1u) << "a key that is named twice is one instance";
}

TEST_F(ProcessProviderTest, AThreadIsNoProcess) {
  Add({.id = 12});
  tree_.Write("proc/12/status", "Name:\tworker\nTgid:\t11\nPid:\t12\n");
  EXPECT_THAT(Ask({"Name"}, {"12"}).rows, IsEmpty());
  EXPECT_THAT(Ask({"Handle"}, {"12"}).rows, IsEmpty());
}

TEST_F(ProcessProviderTest, AProcessThatVanishesIsLeftOutWhereverItHappens) {
  Add({.id = 7, .arguments = "x", .executable = "/x"});
  Add({.id = 8, .arguments = "y", .executable = "/y"});
  for (const char* gone : {"open 7", "read 7/status", "read 7/io", "link 7/exe", "list 7/fd", "read 7/stat"}) {
    for (const int error : {ENOENT, ESRCH}) {
      // A process that is gone has no stat file either.
      files_.failures = {{gone, error}, {"read 7/stat", error}};
      const Answer answer = Ask({});
      ASSERT_TRUE(answer.status.ok()) << gone << ": " << answer.status.Message();
      ASSERT_EQ(answer.rows.size(), 1u) << gone;
      EXPECT_EQ(answer.Text(0, "Handle"), "8") << gone;
      EXPECT_THAT(answer.denied, IsEmpty()) << gone;
    }
  }
}

TEST_F(ProcessProviderTest, AProcessThatVanishesAfterStatIsLeftOut) {
  Add({.id = 7, .arguments = "x"});
  tree_.Remove("proc/7/stat");
  files_.failures = {{"read 7/cmdline", ESRCH}};
  EXPECT_THAT(Ask({"CommandLine"}).rows, IsEmpty());
}

TEST_F(ProcessProviderTest, AFileThatALivingProcessDoesNotHaveIsNull) {
  Add({.id = 7, .arguments = "x"});
  tree_.Remove("proc/7/io");
  const Answer answer = Ask({});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "ReadOperationCount"));
  EXPECT_TRUE(answer.IsNull(0, "ExecutablePath"));
  EXPECT_EQ(answer.Text(0, "Name"), "worker");
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(ProcessProviderTest, WhatMayNotBeReadIsDenied) {
  Add({.id = 7, .arguments = "x", .executable = "/x"});
  files_.failures = {{"link 7/exe", EACCES}, {"read 7/io", EACCES}, {"list 7/fd", EPERM}};
  const Answer answer = Ask({});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "ExecutablePath"));
  EXPECT_TRUE(answer.IsNull(0, "HandleCount"));
  EXPECT_EQ(answer.Text(0, "CommandLine"), "x");
  EXPECT_THAT(answer.denied, UnorderedElementsAre("ExecutablePath", "HandleCount", "ReadOperationCount",
                                                  "ReadTransferCount", "WriteOperationCount", "WriteTransferCount"));
}

TEST_F(ProcessProviderTest, AHiddenProcessIsListedWithDeniedProperties) {
  Add({.id = 7});
  files_.failures = {{"read 7/stat", EPERM}};
  const Answer answer = Ask({"Name", "ProcessId", "ThreadCount"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "ProcessId"), 7u);
  EXPECT_THAT(answer.denied, UnorderedElementsAre("Name", "ThreadCount"));
}

TEST_F(ProcessProviderTest, ShortageOfDescriptorsFailsTheCall) {
  Add({.id = 7});
  for (const int error : {EMFILE, ENFILE, ENOMEM}) {
    files_.failures = {{"read 7/stat", error}};
    const Answer answer = Ask({"Name"});
    ASSERT_FALSE(answer.status.ok());
    ASSERT_NE(answer.status.detail(), nullptr);
    EXPECT_EQ(answer.status.detail()->system_errno, error);
    EXPECT_THAT(answer.status.detail()->system_call, testing::HasSubstr("stat"));
  }
}

TEST_F(ProcessProviderTest, OtherErrorsLeaveThePropertyNull) {
  Add({.id = 7});
  files_.failures = {{"read 7/io", EIO}};
  const Answer answer = Ask({"Name", "ReadOperationCount"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "ReadOperationCount"));
  EXPECT_EQ(answer.Text(0, "Name"), "worker");
}

TEST_F(ProcessProviderTest, KernelThreadsAreListedWithoutProgram) {
  Add({.id = 2, .name = "kworker/0:1H-kblockd_long", .state = 'I', .flags = kKernelThread});
  const Answer answer = Ask({});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "kworker/0:1H-kblockd_long");
  EXPECT_TRUE(answer.IsNull(0, "ExecutablePath"));
  EXPECT_TRUE(answer.IsNull(0, "CommandLine"));
  EXPECT_EQ(files_.CallsTo("cmdline"), 0u);
}

TEST_F(ProcessProviderTest, ACutNameIsCompletedFromTheArguments) {
  Add({.id = 7, .name = "systemd-timesyn", .arguments = "/lib/systemd/systemd-timesyncd"});
  Add({.id = 8, .name = "systemd-timesyn", .arguments = "python3"});
  Answer answer = Ask({"Name", "Handle"}, {"7", "8"});
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Name"), "systemd-timesyncd");
  EXPECT_EQ(answer.Text(1, "Name"), "systemd-timesyn");
  // Not being allowed to complete it is no denial: the kernel's name is a value.
  files_.failures = {{"read 7/cmdline", EACCES}};
  answer = Ask({"Name"}, {"7"});
  EXPECT_EQ(answer.Text(0, "Name"), "systemd-timesyn");
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(ProcessProviderTest, NamesOfAnyBytesBecomeUtf8) {
  Add({.id = 7, .name = "a) R 2 (b\n\xff"});
  const Answer answer = Ask({"Name", "ParentProcessId"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "a) R 2 (b\n\xEF\xBF\xBD");
  EXPECT_EQ(answer.Number(0, "ParentProcessId"), 1u);
}

TEST_F(ProcessProviderTest, AHugeCommandLineIsCutAtTheLimit) {
  constexpr std::size_t kLimit = 2u << 20;
  Add({.id = 7, .arguments = std::string(kLimit, 'a')});
  Add({.id = 8, .arguments = std::string(kLimit + 1, 'b')});
  Add({.id = 9, .arguments = "short"});
  const Answer answer = Ask({"CommandLine", "ProcessId"}, {"7", "8", "9"});
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Text(0, "CommandLine").size(), kLimit);
  EXPECT_EQ(answer.Text(1, "CommandLine").size(), kLimit);
  EXPECT_EQ(answer.Text(2, "CommandLine"), "short");
}

TEST_F(ProcessProviderTest, ADamagedStatFileLeavesNulls) {
  Add({.id = 7});
  tree_.Write("proc/7/stat", "7 (worker) S 1 2");
  const Answer answer = Ask({"Name", "ThreadCount", "ProcessId"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "ThreadCount"));
  EXPECT_TRUE(answer.IsNull(0, "Name"));
}

TEST_F(ProcessProviderTest, GoesOnAfterAFullBatch) {
  for (int id = 1; id <= 10; ++id) Add({.id = id});
  EXPECT_EQ(Ask({"Name"}, {}, 1).rows.size(), 10u);
  EXPECT_EQ(Ask({"Name"}, {}, 3).rows.size(), 10u);
}

TEST_F(ProcessProviderTest, TellsHowManyProcessesAreDone) {
  for (int id = 1; id <= 3; ++id) Add({.id = id});
  EXPECT_THAT(Ask({"Name"}, {}, 2).progress, ElementsAre(testing::Pair(2u, 3u), testing::Pair(3u, 3u)));
}

TEST_F(ProcessProviderTest, AStopEndsThePull) {
  for (int id = 1; id <= 10; ++id) Add({.id = id});
  ProcessProvider provider(Machine{tree_.root(), &files_});
  std::stop_source stop;
  provider::Request request;
  request.schema = ProcessClass();
  request.stop = stop.get_token();
  auto stream = provider.Open(request);
  ASSERT_TRUE(stream.ok());
  stop.request_stop();
  provider::RowWriter writer(request, 64, 1u << 20);
  EXPECT_TRUE((*stream)->Read(writer).ok());
  EXPECT_EQ(writer.rows(), 0u);
}

TEST_F(ProcessProviderTest, AMissingProcFileSystemIsAnErrorThatNamesIt) {
  SystemRoot root = tree_.root();
  root.proc += "/nowhere";
  ProcessProvider provider(Machine{root, &files_});
  const Answer answer = RunQuery(provider, {ProcessClass(), {"Name"}, {}});
  ASSERT_FALSE(answer.status.ok());
  EXPECT_EQ(answer.status.code(), code::kProviderFailure);
  EXPECT_THAT(answer.status.Message(), testing::HasSubstr("nowhere"));
}

}  // namespace
}  // namespace wmi::linuxos
