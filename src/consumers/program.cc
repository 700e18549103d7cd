#include "consumers/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <utility>

#include "base/fault.h"
#include "base/text.h"
#include "base/trusted_file.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

// The descriptors that the child works with lie above those that the program gets.
constexpr int kReportDescriptor = 4;
constexpr int kFirstOwnDescriptor = 10;
constexpr unsigned kNoExecuteSeal = 0x0008;  // MFD_NOEXEC_SEAL, Linux 6.3
constexpr int kNotStarted = 127;             // what shells exit with then
constexpr mode_t kFileMask = 022;
constexpr int kIdleNice = 19;
constexpr int kHighNice = -10;
constexpr int kRealTimeNice = -20;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { Close(); }

  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

Status SystemFailure(std::string call) {
  const int error = errno;
  return SystemStatus(code::kFailed, std::move(call), error);
}

// Takes over `fd`, the result of `call`, and moves it above the descriptors that the program gets.
Result<Descriptor> Own(int fd, const char* call) {
  if (fd < 0) return SystemFailure(call);
  Descriptor low(fd);
  if (FaultHere("consumers.program")) return SystemStatus(code::kFailed, call, EMFILE);
  const int high = fcntl(fd, F_DUPFD_CLOEXEC, kFirstOwnDescriptor);
  if (high < 0) return SystemFailure("fcntl(F_DUPFD_CLOEXEC)");
  return Descriptor(high);
}

struct Pipe {
  Descriptor read;  // does not block
  Descriptor write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return SystemFailure("pipe2");
  Descriptor write_end(ends[1]);
  Pipe result;
  result.read = TRY(Own(ends[0], "pipe2"));
  result.write = TRY(Own(fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstOwnDescriptor), "fcntl(F_DUPFD_CLOEXEC)"));
  if (fcntl(result.read.get(), F_SETFL, O_NONBLOCK) != 0) return SystemFailure("fcntl(F_SETFL)");
  return result;
}

// A text as a file that has no name.
Result<Descriptor> MakeFile(std::string_view content) {
  int fd = memfd_create("openwmi", MFD_CLOEXEC | kNoExecuteSeal);
  if (fd < 0 && errno == EINVAL) fd = memfd_create("openwmi", MFD_CLOEXEC);
  Descriptor file = TRY(Own(fd, "memfd_create"));
  while (!content.empty()) {
    const ssize_t written = write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemFailure("write(memfd)");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (lseek(file.get(), 0, SEEK_SET) != 0) return SystemFailure("lseek(memfd)");
  return file;
}

// What a child that did not become the program tells.
enum class Step : std::uint8_t { kDescriptors, kPrivileges, kFolder, kExecute };
struct Report {
  Step step;
  int error;
};

// All that the child needs, made before there is one.
struct ChildPlan {
  const Program* program = nullptr;
  std::vector<char*> arguments;  // ends with null, as the environment does
  std::vector<char*> environment;
  Descriptor input;
  Descriptor output;
  Descriptor script;  // none without a script
  Descriptor report;
  std::optional<int> nice;
  pid_t parent = 0;
};

std::optional<int> NiceOf(Priority priority) {
  if (priority == Priority::kNormal) return std::nullopt;
  if (priority == Priority::kIdle) return kIdleNice;
  if (priority == Priority::kRealTime) return kRealTimeNice;
  return std::min(getpriority(PRIO_PROCESS, 0), kHighNice);
}

// The functions of the child. They go straight to the kernel: other threads of the process may have held any lock of
// libc or of a sanitizer when the child was made.

[[noreturn]] void EndChild(Step step) {
  const Report report{step, errno};
  // Whoever reads it sees the end of the child in any case.
  syscall(SYS_write, kReportDescriptor, &report, sizeof report);
  for (;;) syscall(SYS_exit_group, kNotStarted);
}

bool PlaceDescriptor(const Descriptor& own, int place, int flags) {
  return syscall(SYS_dup3, own.get(), place, flags) >= 0;
}

bool PlaceDescriptors(const ChildPlan& plan) {
  if (!PlaceDescriptor(plan.report, kReportDescriptor, O_CLOEXEC)) return false;
  if (!PlaceDescriptor(plan.input, 0, 0) || !PlaceDescriptor(plan.output, 1, 0) ||
      !PlaceDescriptor(plan.output, 2, 0)) {
    return false;
  }
  if (plan.script.get() < 0) {
    syscall(SYS_close, kScriptDescriptor);
  } else if (!PlaceDescriptor(plan.script, kScriptDescriptor, 0)) {
    return false;
  }
  return syscall(SYS_close_range, kReportDescriptor + 1, ~0U, 0) == 0;
}

// No signal is ignored and none is blocked.
void ResetSignals() {
  // Zeros are the default action, and an empty set.
  constexpr std::array<std::uint64_t, 8> kZeros{};
  constexpr std::size_t kSetBytes = 8;
  for (int number = 1; number < NSIG; ++number) {
    syscall(SYS_rt_sigaction, number, kZeros.data(), nullptr, kSetBytes);
  }
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, kZeros.data(), nullptr, kSetBytes);
}

// All signals are blocked when it begins.
[[noreturn]] void BecomeProgram(const ChildPlan& plan) {
  syscall(SYS_setsid);
  if (!PlaceDescriptors(plan)) EndChild(Step::kDescriptors);
  // The parent may have ended before it was asked for the signal; then nobody waits.
  syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (syscall(SYS_getppid) != plan.parent) EndChild(Step::kPrivileges);
  if (syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) EndChild(Step::kPrivileges);
  syscall(SYS_umask, kFileMask);
  // A refusal leaves it as it is.
  if (plan.nice) syscall(SYS_setpriority, PRIO_PROCESS, 0, *plan.nice);
  if (syscall(SYS_chdir, plan.program->working_folder.c_str()) != 0) EndChild(Step::kFolder);
  ResetSignals();
  syscall(SYS_execve, plan.program->path.c_str(), plan.arguments.data(), plan.environment.data());
  EndChild(Step::kExecute);
}

// A child that owns its end: whatever happens, its group is killed and it is reaped.
class Child {
 public:
  Child(pid_t pid, Descriptor handle) : pid_(pid), handle_(std::move(handle)) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), handle_(std::move(other.handle_)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ != 0) static_cast<void>(End());
  }

  pid_t pid() const { return pid_; }
  // Readable when it has ended.
  int handle() const { return handle_.get(); }

  siginfo_t End() {
    // Until it is reaped its number, and that of its group, belong to nobody else. It may not have a group yet.
    kill(pid_, SIGKILL);
    kill(-pid_, SIGKILL);
    siginfo_t info = {};
    // __WALL: it tells nobody with a signal when it ends.
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | __WALL) != 0 && errno == EINTR) {
    }
    pid_ = 0;
    return info;
  }

 private:
  pid_t pid_;
  Descriptor handle_;
};

Result<Child> StartChild(const ChildPlan& plan) {
  if (FaultHere("consumers.program")) return SystemStatus(code::kFailed, "clone", EAGAIN);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // No handler of this process runs in the child.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int handle = -1;
  // A fork without SIGCHLD: neither the handler nor the wait() of the program that this library serves sees the child.
  const long pid = syscall(SYS_clone, CLONE_PIDFD, nullptr, &handle, nullptr, nullptr);
  if (pid == 0) BecomeProgram(plan);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return SystemStatus(code::kFailed, "clone", error);
  return Child(static_cast<pid_t>(pid), Descriptor(handle));
}

// Wakes a poll when a stop is requested.
class StopSignal {
 public:
  static Result<Descriptor> Make() { return Own(eventfd(0, EFD_CLOEXEC), "eventfd"); }

  explicit StopSignal(int fd) : fd_(fd) {}
  void operator()() const {
    const std::uint64_t one = 1;
    // A first write of one always fits.
    [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
  }

 private:
  int fd_;
};

// Never readable for a timeout of 0.
Result<Descriptor> MakeTimer(std::chrono::milliseconds timeout) {
  Descriptor timer = TRY(Own(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create"));
  constexpr std::int64_t kPerSecond = 1000;
  constexpr std::int64_t kNanoseconds = 1'000'000;
  itimerspec when = {};
  when.it_value.tv_sec = timeout.count() / kPerSecond;
  when.it_value.tv_nsec = timeout.count() % kPerSecond * kNanoseconds;
  if (timerfd_settime(timer.get(), 0, &when, nullptr) != 0) return SystemFailure("timerfd_settime");
  return timer;
}

// Takes what there is, once; false when there will be no more.
bool ReadOutput(int fd, std::string& output) {
  std::array<char, 4096> bytes;
  const ssize_t count = read(fd, bytes.data(), bytes.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  output.append(bytes.data(), std::min(static_cast<std::size_t>(count), kOutputBytesMax - output.size()));
  return count > 0;
}

enum class Woken : std::uint8_t { kEnded, kTimedOut, kStopped };

// Until one of them is readable. What the program writes is read all the time, so that it never waits for us.
Result<Woken> AwaitEnd(const Child& child, int stop, int timer, int output_fd, std::string& output) {
  std::array<pollfd, 4> watched{
      {{child.handle(), POLLIN, 0}, {stop, POLLIN, 0}, {timer, POLLIN, 0}, {output_fd, POLLIN, 0}}};
  for (;;) {
    if (FaultHere("consumers.program")) return SystemStatus(code::kFailed, "poll", ENOMEM);
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return SystemFailure("poll");
    if (watched[0].revents != 0) return Woken::kEnded;
    if (watched[1].revents != 0) return Woken::kStopped;
    if (watched[2].revents != 0) return Woken::kTimedOut;
    if (watched[3].revents != 0 && !ReadOutput(output_fd, output)) watched[3].fd = -1;
    for (pollfd& one : watched) one.revents = 0;
  }
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  // execve changes nothing of it.
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Status WhyNotStarted(const Report& report, const Program& program) {
  switch (report.step) {
    case Step::kDescriptors:
      return SystemStatus(code::kFailed, "close_range", report.error);
    case Step::kPrivileges:
      return SystemStatus(code::kFailed, "prctl(PR_SET_NO_NEW_PRIVS)", report.error);
    case Step::kFolder:
      return SystemStatus(code::kFailed, "chdir(" + program.working_folder + ")", report.error);
    case Step::kExecute:
      break;
  }
  return SystemStatus(code::kFailed, "execve(" + program.path + ")", report.error);
}

// {"ls", "-l"}: as one text whose parts can be told apart.
std::string ArgumentsText(const std::vector<std::string>& arguments) {
  std::string text = "{";
  for (const std::string& argument : arguments) {
    if (text.size() > 1) text += ", ";
    text += '"';
    for (const char c : argument) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
    if (text.size() > kAuditBytesMax) {
      text.resize(kAuditBytesMax);
      return ToUtf8(text) + " ...";
    }
  }
  return text + "}";
}

// What the entries of one run have in common.
class AuditedRun {
 public:
  AuditedRun(const Program& program, std::string_view consumer, provider::AuditLog& audit)
      : consumer_(consumer),
        program_(program.path),
        arguments_(ArgumentsText(program.arguments)),
        user_(std::to_string(geteuid())),
        audit_(audit) {}

  void Started(pid_t pid) {
    pid_ = std::to_string(pid);
    Write(fmt::format("{} runs {} as process {}.", consumer_, program_, pid_), "started");
  }
  void Ended(const ProgramRun& run) { Write(fmt::format("{} of {} {}.", program_, consumer_, run.Text()), run.Text()); }
  void Failed(const Status& status) {
    Write(fmt::format("{} could not run {}: {}", consumer_, program_, status.Message()), status.Message());
  }

 private:
  void Write(const std::string& message, const std::string& result) {
    audit_.Write(message, {{"OPENWMI_CONSUMER", consumer_},
                           {"OPENWMI_PROGRAM", program_},
                           {"OPENWMI_ARGUMENTS", arguments_},
                           {"OPENWMI_UID", user_},
                           {"OPENWMI_PID", pid_},
                           {"OPENWMI_RESULT", result}});
  }

  std::string consumer_;
  std::string program_;
  std::string arguments_;
  std::string user_;
  std::string pid_;
  provider::AuditLog& audit_;
};

Result<ProgramRun> RunAudited(const Program& program, AuditedRun& audited, const std::stop_token& stop) {
  const std::vector<std::string> environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                             "LANG=C.UTF-8"};
  ChildPlan plan;
  plan.program = &program;
  plan.arguments = Pointers(program.arguments);
  plan.environment = Pointers(environment);
  plan.nice = NiceOf(program.priority);
  plan.parent = getpid();
  if (program.input) {
    plan.input = TRY(MakeFile(*program.input));
  } else {
    plan.input = TRY(Own(open("/dev/null", O_RDONLY | O_CLOEXEC), "open(/dev/null)"));
  }
  if (program.script) plan.script = TRY(MakeFile(*program.script));
  Pipe output = TRY(MakePipe());
  Pipe report = TRY(MakePipe());
  plan.output = std::move(output.write);
  plan.report = std::move(report.write);
  const Descriptor timer = TRY(MakeTimer(program.kill_timeout));
  const Descriptor stop_event = TRY(StopSignal::Make());
  const std::stop_callback on_stop(stop, StopSignal(stop_event.get()));

  Child child = TRY(StartChild(plan));
  ProgramRun run;
  run.pid = child.pid();
  plan.output.Close();
  plan.report.Close();
  audited.Started(run.pid);
  const Woken woken = TRY(AwaitEnd(child, stop_event.get(), timer.get(), output.read.get(), run.output));
  const siginfo_t info = child.End();

  Report failure{};
  if (read(report.read.get(), &failure, sizeof failure) == sizeof failure) return WhyNotStarted(failure, program);
  while (run.output.size() < kOutputBytesMax) {
    const std::size_t before = run.output.size();
    if (!ReadOutput(output.read.get(), run.output) || run.output.size() == before) break;
  }
  run.output = ToUtf8(run.output);
  run.code = info.si_status;
  if (woken == Woken::kStopped) {
    run.end = RunEnd::kStopped;
  } else if (woken == Woken::kTimedOut) {
    run.end = RunEnd::kTimedOut;
  } else {
    run.end = info.si_code == CLD_EXITED ? RunEnd::kExited : RunEnd::kSignal;
  }
  return run;
}

}  // namespace

std::string ProgramRun::Text() const {
  std::string text;
  switch (end) {
    case RunEnd::kExited:
      text = fmt::format("exited with code {}", code);
      break;
    case RunEnd::kSignal:
      text = fmt::format("was ended by signal {}", code);
      break;
    case RunEnd::kTimedOut:
      text = "was killed when its KillTimeout was over";
      break;
    case RunEnd::kStopped:
      text = "was killed because the subscription stopped";
      break;
  }
  const std::size_t end_of_text = output.find_last_not_of("\r\n");
  if (end_of_text != std::string::npos) text.append(" and wrote: ").append(output, 0, end_of_text + 1);
  return text;
}

Result<ProgramRun> RunProgram(const Program& program, std::string_view consumer, provider::AuditLog& audit,
                              const std::stop_token& stop) {
  AuditedRun audited(program, consumer, audit);
  const auto run = [&]() -> Result<ProgramRun> {
    Program trusted = program;
    trusted.path = TRY(TrustedFile(program.path));
    return RunAudited(trusted, audited, stop);
  };
  Result<ProgramRun> result = run();
  if (result.ok()) {
    audited.Ended(*result);
  } else {
    audited.Failed(result.status());
  }
  return result;
}

Status WhyKilled(const Program& program, const ProgramRun& run) {
  if (run.end != RunEnd::kTimedOut && run.end != RunEnd::kStopped) return {};
  return Status(run.end == RunEnd::kTimedOut ? code::kTimedOut : code::kCallCancelled,
                fmt::format("{} {}", program.path, run.Text()));
}

provider::Consumed ConsumeEach(std::span<const cim::Object> events, const std::stop_token& stop,
                               const std::function<Status(const cim::Object&)>& act) {
  provider::Consumed consumed;
  for (const cim::Object& event : events) {
    consumed.status = stop.stop_requested() ? Status(code::kCallCancelled, "The subscription stopped.") : act(event);
    if (!consumed.status.ok()) break;
    ++consumed.done;
  }
  return consumed;
}

bool IsAbsolutePath(std::string_view path) {
  return path.starts_with('/') && path.find('\0') == std::string_view::npos;
}

}  // namespace wmi::consumers
