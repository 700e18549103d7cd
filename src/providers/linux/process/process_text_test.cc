#include "providers/linux/process/process_text.h"

#include <gtest/gtest.h>

#include <string>

namespace wmi::linuxos {
namespace {

std::string StatLine(const std::string& name) {
  return "42 (" + name +
         ") S 1 42 40 0 -1 4194560 100 200 3 400 55 66 7 8 20 0 9 0 12345 1048576 250 18446744073709551615 1 1 0 0 0 0 "
         "0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

TEST(ProcessStat, ReadsTheFieldsOfProc) {
  ProcessStat stat;
  const std::string text = StatLine("bash");
  ASSERT_TRUE(ParseProcessStat(text, stat));
  EXPECT_EQ(stat.name, "bash");
  EXPECT_EQ(stat.state, 'S');
  EXPECT_EQ(stat.parent_id, 1);
  EXPECT_EQ(stat.session_id, 40);
  EXPECT_EQ(stat.flags, 4194560u);
  EXPECT_EQ(stat.minor_faults, 100u);
  EXPECT_EQ(stat.major_faults, 3u);
  EXPECT_EQ(stat.user_ticks, 55u);
  EXPECT_EQ(stat.kernel_ticks, 66u);
  EXPECT_EQ(stat.priority, 20);
  EXPECT_EQ(stat.threads, 9u);
  EXPECT_EQ(stat.start_ticks, 12345u);
  EXPECT_EQ(stat.virtual_bytes, 1048576u);
  EXPECT_EQ(stat.resident_pages, 250u);
  EXPECT_FALSE(stat.is_kernel_thread());
}

TEST(ProcessStat, TakesAnyByteInTheName) {
  for (const std::string& name : {std::string("a b"), std::string("x) S 1 (y"), std::string(")"), std::string("("),
                                  std::string("tab\tline\n2"), std::string("\xff\xfe"), std::string()}) {
    ProcessStat stat;
    const std::string text = StatLine(name);
    ASSERT_TRUE(ParseProcessStat(text, stat)) << name;
    EXPECT_EQ(stat.name, name);
    EXPECT_EQ(stat.parent_id, 1);
  }
}

TEST(ProcessStat, RefusesEveryCutText) {
  const std::string text = StatLine("bash");
  const std::size_t needed = text.find(" 18446744073709551615");
  for (std::size_t length = 0; length + 4 < needed; ++length) {
    ProcessStat stat;
    EXPECT_FALSE(ParseProcessStat(std::string_view(text).substr(0, length), stat)) << length;
  }
}

TEST(ProcessStat, RefusesWhatIsNoNumber) {
  std::string text = StatLine("bash");
  text.replace(text.find("12345"), 5, "12x45");
  ProcessStat stat;
  EXPECT_FALSE(ParseProcessStat(text, stat));
}

TEST(ProcessStatusText, ReadsMemoryAndThreadGroup) {
  const ProcessStatus status = ParseProcessStatus(
      "Name:\tx\nTgid:\t42\nVmPeak:\t  2000 kB\nVmSize:\t 1 kB\nVmHWM:\t 300 kB\nRssAnon:\t 40 kB\nVmSwap:\t 5 kB\n");
  EXPECT_EQ(status.thread_group, 42u);
  EXPECT_EQ(status.peak_virtual, 2000u);
  EXPECT_EQ(status.peak_resident, 300u);
  EXPECT_EQ(status.anonymous, 40u);
  EXPECT_EQ(status.swapped, 5u);
}

TEST(ProcessStatusText, LeavesOutWhatAKernelThreadDoesNotHave) {
  const ProcessStatus status = ParseProcessStatus("Name:\tkthreadd\nTgid:\t2\nThreads:\t1\n");
  EXPECT_EQ(status.thread_group, 2u);
  EXPECT_FALSE(status.peak_virtual.has_value());
  EXPECT_FALSE(status.anonymous.has_value());
}

TEST(ProcessIoText, ReadsTheFourCounters) {
  const ProcessIo io = ParseProcessIo("rchar: 10\nwchar: 20\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n");
  EXPECT_EQ(io.read_bytes, 10u);
  EXPECT_EQ(io.write_bytes, 20u);
  EXPECT_EQ(io.read_calls, 3u);
  EXPECT_EQ(io.write_calls, 4u);
  EXPECT_FALSE(ParseProcessIo("").read_bytes.has_value());
}

TEST(Arguments, AreJoinedByBlanks) {
  std::string line;
  JoinArguments(std::string_view("/bin/sh\0-c\0echo x\0", 18), line);
  EXPECT_EQ(line, "/bin/sh -c echo x");
  JoinArguments(std::string_view("sshd: root@pts/0\0\0\0 \0", 21), line);
  EXPECT_EQ(line, "sshd: root@pts/0");
  JoinArguments(std::string_view("a\0\0b\0", 5), line);
  EXPECT_EQ(line, "a  b") << "an empty argument keeps its place";
  JoinArguments("", line);
  EXPECT_EQ(line, "");
  JoinArguments(std::string_view("\0\0", 2), line);
  EXPECT_EQ(line, "");
}

TEST(ProgramName, CompletesANameThatTheKernelCut) {
  const std::string_view cut = "systemd-timesyn";
  EXPECT_EQ(ProgramName(cut, std::string_view("/lib/systemd/systemd-timesyncd\0-x\0", 34)), "systemd-timesyncd");
  EXPECT_EQ(ProgramName(cut, std::string_view("systemd-timesyncd", 17)), "systemd-timesyncd");
}

TEST(ProgramName, KeepsTheKernelsNameWhenTheArgumentDisagrees) {
  EXPECT_EQ(ProgramName("systemd-timesyn", "/usr/bin/python3"), "systemd-timesyn");
  EXPECT_EQ(ProgramName("systemd-timesyn", ""), "systemd-timesyn");
  EXPECT_EQ(ProgramName("bash", "/bin/bash-static"), "bash") << "shorter than 15 bytes is whole";
}

TEST(ExecutionState, KnowsEveryLetterOfProc) {
  EXPECT_EQ(ExecutionStateOf('R'), 3);
  EXPECT_EQ(ExecutionStateOf('S'), 4);
  EXPECT_EQ(ExecutionStateOf('D'), 4);
  EXPECT_EQ(ExecutionStateOf('I'), 4);
  EXPECT_EQ(ExecutionStateOf('T'), 8);
  EXPECT_EQ(ExecutionStateOf('t'), 8);
  EXPECT_EQ(ExecutionStateOf('Z'), 7);
  EXPECT_EQ(ExecutionStateOf('X'), 7);
  EXPECT_FALSE(ExecutionStateOf('?').has_value());
}

}  // namespace
}  // namespace wmi::linuxos
