#include "consumers/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "consumers/limits.h"
#include "consumers/program_for_test.h"

namespace wmi::consumers {
namespace {

constexpr std::chrono::milliseconds kShort{200};
// Seconds; far more than any test lasts.
constexpr const char* kForever = "1000000";

Program Shell(const std::string& script) {
  Program program;
  program.path = "/bin/sh";
  program.arguments = {"sh", "-c", script};
  return program;
}

class ProgramTest : public testing::Test {
 protected:
  ProgramRun Ran(const Program& program, const std::stop_token& stop = {}) {
    Result<ProgramRun> run = RunProgram(program, "C.Name=\"n\"", audit_, stop);
    EXPECT_TRUE(run.ok()) << run.status().Message();
    return run.ok() ? *run : ProgramRun();
  }
  std::string Output(const std::string& script) { return Ran(Shell(script)).output; }

  RecordedAudit audit_;
};

TEST_F(ProgramTest, TellsTheExitCodeAndTheOutput) {
  const ProgramRun run = Ran(Shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(RunEnd::kExited, run.end);
  EXPECT_EQ(3, run.code);
  EXPECT_EQ("out\nerr\n", run.output);
  EXPECT_EQ("exited with code 3 and wrote: out\nerr", run.Text());
}

TEST_F(ProgramTest, TellsTheSignal) {
  const ProgramRun run = Ran(Shell("kill -ABRT $$"));
  EXPECT_EQ(RunEnd::kSignal, run.end);
  EXPECT_EQ(SIGABRT, run.code);
}

TEST_F(ProgramTest, ArgumentsReachItAsTheyAre) {
  Program program = Shell(R"(for a in "$@"; do printf '<%s>' "$a"; done)");
  program.arguments.insert(program.arguments.end(),
                           {"name", "a b", "", "\"'", "$(id)", "`id`", "; id", "x\ny", "*", "-c"});
  EXPECT_EQ("<a b><><\"'><$(id)><`id`><; id><x\ny><*><-c>", Ran(program).output);
}

TEST_F(ProgramTest, HasThreeDescriptorsAndNoMore) {
  // The folder that ls reads has one while it does.
  const int leak = open("/dev/null", O_RDONLY);
  Program program;
  program.path = "/bin/ls";
  program.arguments = {"ls", "/proc/self/fd"};
  EXPECT_EQ("0\n1\n2\n3\n", Ran(program).output);
  EXPECT_EQ("/dev/null\n", Output("exec readlink /proc/self/fd/0"));
  close(leak);
}

TEST_F(ProgramTest, GainsNoPrivileges) {
  EXPECT_EQ("NoNewPrivs:\t1\n", Output("exec grep NoNewPrivs /proc/self/status"));
}

TEST_F(ProgramTest, HasNoSignalBlockedOrIgnored) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = signal(SIGPIPE, SIG_IGN);
  const std::string state = Output("exec grep -E '^Sig(Blk|Ign)' /proc/self/status");
  signal(SIGPIPE, handler);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", state);
}

TEST_F(ProgramTest, HasAnEnvironmentOfItsOwn) {
  setenv("SECRET", "x", 1);
  Program program;
  program.path = "/usr/bin/env";
  program.arguments = {"env"};
  EXPECT_EQ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLANG=C.UTF-8\n", Ran(program).output);
  unsetenv("SECRET");
}

TEST_F(ProgramTest, HasASessionOfItsOwn) {
  Program program = Shell("cut -d' ' -f1,5,6 /proc/$$/stat");
  const ProgramRun run = Ran(program);
  const std::string pid = std::to_string(run.pid);
  EXPECT_EQ(pid + " " + pid + " " + pid + "\n", run.output);
}

TEST_F(ProgramTest, WhatItMakesIsWrittenByItsUserAlone) {
  const mode_t before = umask(0);
  EXPECT_EQ("0022\n", Output("umask"));
  umask(before);
}

TEST_F(ProgramTest, RunsInItsFolder) {
  Program program = Shell("pwd");
  EXPECT_EQ("/\n", Ran(program).output);
  program.working_folder = "/usr";
  EXPECT_EQ("/usr\n", Ran(program).output);
}

TEST_F(ProgramTest, ReadsInputAndScript) {
  const std::string long_text(200'000, 'x');
  Program program = Shell("wc -c; cat " + std::string(kScriptPath));
  program.input = long_text;
  program.script = "text";
  EXPECT_EQ("200000\ntext", Ran(program).output);
}

TEST_F(ProgramTest, IdleIsTheLowestPriority) {
  Program program = Shell("nice");
  const std::string normal = Ran(program).output;
  EXPECT_EQ(std::to_string(getpriority(PRIO_PROCESS, 0)) + "\n", normal);
  program.priority = Priority::kIdle;
  EXPECT_EQ("19\n", Ran(program).output);
}

// Without the right to it, it runs all the same.
TEST_F(ProgramTest, HighPriorityIsHighOrAsBefore) {
  Program program = Shell("nice");
  const std::string normal = Ran(program).output;
  for (const auto& [priority, expected] :
       {std::pair(Priority::kHigh, "-10\n"), std::pair(Priority::kRealTime, "-20\n")}) {
    program.priority = priority;
    const std::string output = Ran(program).output;
    EXPECT_TRUE(output == expected || output == normal) << output;
  }
}

TEST_F(ProgramTest, KeepsTheStartOfALongOutput) {
  const ProgramRun run = Ran(Shell("yes | head -c 1000000; echo done >&2; exit 7"));
  EXPECT_EQ(kOutputBytesMax, run.output.size());
  EXPECT_EQ(7, run.code);
}

TEST_F(ProgramTest, OutputIsUtf8) { EXPECT_EQ("a\uFFFDb", Output(R"(printf 'a\377b')")); }

// In the tests about children, whoever lives holds the fifo open, so that its end comes only when all of them are dead.
std::string WithChildren(const TestFifo& fifo, std::string_view before_waiting) {
  std::ostringstream script;
  script << "exec 9>" << fifo.path() << "; trap '' TERM; sh -c 'sleep " << kForever << " & sleep " << kForever << "' & "
         << before_waiting << "; sleep " << kForever;
  return script.str();
}

TEST_F(ProgramTest, IsKilledWithItsChildrenAtTheTimeout) {
  TestFifo fifo;
  FifoReader reader(fifo);
  Program program = Shell(WithChildren(fifo, ":"));
  program.kill_timeout = kShort;
  const ProgramRun run = Ran(program);
  EXPECT_EQ(RunEnd::kTimedOut, run.end);
  reader.AwaitEnd();
  EXPECT_EQ(-1, kill(run.pid, 0));
  EXPECT_EQ(ESRCH, errno);
}

TEST_F(ProgramTest, WhatItLeavesBehindIsKilled) {
  TestFifo fifo;
  FifoReader reader(fifo);
  std::ostringstream script;
  script << "exec 9>" << fifo.path() << "; sleep " << kForever << " & exit 0";
  const ProgramRun run = Ran(Shell(script.str()));
  EXPECT_EQ(RunEnd::kExited, run.end);
  EXPECT_EQ(0, run.code);
  reader.AwaitEnd();
}

TEST_F(ProgramTest, IsKilledWithItsChildrenWhenAStopIsRequested) {
  // The program says when it runs.
  TestFifo started;
  TestFifo fifo;
  FifoReader reader(fifo);
  std::stop_source source;
  std::thread stopper([&] {
    std::string line;
    std::getline(std::ifstream(started.path()), line);
    source.request_stop();
  });
  const ProgramRun run = Ran(Shell(WithChildren(fifo, "echo started >" + started.path())), source.get_token());
  stopper.join();
  EXPECT_EQ(RunEnd::kStopped, run.end);
  reader.AwaitEnd();
}

TEST_F(ProgramTest, AStopBeforeTheStartKillsItAtOnce) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(RunEnd::kStopped, Ran(Shell("sleep " + std::string(kForever)), source.get_token()).end);
}

TEST_F(ProgramTest, LeavesTheWaitingOfTheProcessAlone) {
  Ran(Shell("exit 0"));
  EXPECT_EQ(-1, waitpid(-1, nullptr, WNOHANG | __WALL));
  EXPECT_EQ(ECHILD, errno);
}

TEST_F(ProgramTest, DescriptorsAreGivenBack) {
  const auto lowest = [] {
    const int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
    close(fd);
    return fd;
  };
  const int before = lowest();
  Ran(Shell("exit 0"));
  Program nothing = Shell("exit 0");
  nothing.working_folder = "/no/such/folder";
  EXPECT_FALSE(RunProgram(nothing, "C", audit_, {}).ok());
  EXPECT_EQ(before, lowest());
}

// Whatever fails, nothing is left of the program, its descriptors or the audit of it.
TEST_F(ProgramTest, EveryFailureIsCleanedUp) {
  const auto lowest = [] {
    const int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
    close(fd);
    return fd;
  };
  const int before = lowest();
  Program program = Shell("exec sleep " + std::string(kForever));
  program.input = "input";
  program.script = "script";
  std::stop_source source;
  source.request_stop();
  const std::size_t failures = ForEachFault("consumers.program", 50, [&] {
    const Result<ProgramRun> run = RunProgram(program, "C", audit_, source.get_token());
    EXPECT_EQ(before, lowest());
    EXPECT_EQ(-1, waitpid(-1, nullptr, WNOHANG | __WALL));
    EXPECT_EQ(run.ok() ? run->Text() : run.status().Message(), audit_.entries().back().at("OPENWMI_RESULT"));
  });
  // Descriptors for input, script, timer and stop, four of pipes; the child and the wait.
  EXPECT_EQ(10u, failures);
}

TEST_F(ProgramTest, FailuresNameTheStep) {
  Program program = Shell("exit 0");
  program.working_folder = "/no/such/folder";
  EXPECT_EQ("chdir(/no/such/folder) failed: No such file or directory (errno 2)",
            RunProgram(program, "C", audit_, {}).status().Message());
  program = Shell("exit 0");
  program.path = "/no/such/program";
  EXPECT_EQ(code::kNotFound, RunProgram(program, "C", audit_, {}).status().code());
  TestFile text("no program");
  program.path = text.path();
  EXPECT_NE(std::string::npos, RunProgram(program, "C", audit_, {}).status().Message().find("execve(" + text.path()));
}

TEST_F(ProgramTest, AFileThatOthersCanWriteIsRefused) {
  TestFile file("#!/bin/sh\nexit 0\n");
  ASSERT_EQ(0, chmod(file.path().c_str(), 0755));
  Program program;
  program.path = file.path();
  program.arguments = {"x"};
  EXPECT_EQ(0, Ran(program).code);
  ASSERT_EQ(0, chmod(file.path().c_str(), 0757));
  EXPECT_EQ(code::kAccessDenied, RunProgram(program, "C", audit_, {}).status().code());
}

TEST_F(ProgramTest, TheAuditTellsTheStartAndTheEnd) {
  Program program = Shell("exit 3");
  program.arguments.emplace_back("a \"b\"");
  const ProgramRun run = Ran(program);
  ASSERT_EQ(2u, audit_.entries().size());
  for (const RecordedAudit::Entry& entry : audit_.entries()) {
    EXPECT_EQ("C.Name=\"n\"", entry.at("OPENWMI_CONSUMER"));
    EXPECT_EQ("/bin/sh", entry.at("OPENWMI_PROGRAM"));
    EXPECT_EQ(R"({"sh", "-c", "exit 3", "a \"b\""})", entry.at("OPENWMI_ARGUMENTS"));
    EXPECT_EQ(std::to_string(geteuid()), entry.at("OPENWMI_UID"));
    EXPECT_EQ(std::to_string(run.pid), entry.at("OPENWMI_PID"));
  }
  EXPECT_EQ("started", audit_.entries()[0].at("OPENWMI_RESULT"));
  EXPECT_EQ("exited with code 3", audit_.entries()[1].at("OPENWMI_RESULT"));
}

TEST_F(ProgramTest, TheAuditTellsWhatDidNotStart) {
  Program program = Shell("");
  program.path = "/no/such/program";
  EXPECT_FALSE(RunProgram(program, "C", audit_, {}).ok());
  ASSERT_EQ(1u, audit_.entries().size());
  EXPECT_NE(std::string::npos, audit_.entries()[0].at("OPENWMI_RESULT").find("No such file"));
  EXPECT_EQ("", audit_.entries()[0].at("OPENWMI_PID"));
}

}  // namespace
}  // namespace wmi::consumers
