#include "providers/linux/process/process_calls.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

constexpr std::chrono::milliseconds kSpawnDeadline{10'000};
constexpr int kEndMilliseconds = 1000;
constexpr int kFirstFreeDescriptor = 3;

class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~OwnedDescriptor() { Close(); }
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
  void Close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  void Reset(int descriptor) {
    Close();
    descriptor_ = descriptor;
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// What the new process writes into the pipe; closing it without a word of failure means that the program runs.
struct Message {
  std::int32_t id = 0;  // not 0: the number of the process
  std::int32_t error = 0;
  std::int32_t step = 0;
};
static_assert(sizeof(Message) <= 512);  // PIPE_BUF: whole or not at all

// All that the child needs, made before the fork: it may not allocate.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::vector<const char*> programs;
  const char* folder = nullptr;
  std::optional<int> nice;
  int pipe = -1;
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  // execve takes them as writable and does not write.
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// --- in the child: async-signal-safe calls only ---

void Tell(int pipe, const Message& message) {
  ssize_t written = 0;
  do {
    written = ::write(pipe, &message, sizeof message);
  } while (written < 0 && errno == EINTR);
}

[[noreturn]] void Fail(int pipe, SpawnResult::Step step, int error) {
  Tell(pipe, {0, error, static_cast<std::int32_t>(step)});
  ::_exit(127);
}

void ResetSignals() {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void CloseOnExec() {
#ifdef CLOSE_RANGE_CLOEXEC
  if (::close_range(kFirstFreeDescriptor, ~0u, CLOSE_RANGE_CLOEXEC) == 0) return;
#endif
  // Before Linux 5.11.
  rlimit limit{};
  int last = 1 << 16;
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < static_cast<rlim_t>(last)) {
    last = static_cast<int>(limit.rlim_cur);
  }
  for (int descriptor = kFirstFreeDescriptor; descriptor < last; ++descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

[[noreturn]] void RunProgram(const Prepared& prepared) {
  ResetSignals();
  const int null_device = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_device < 0) Fail(prepared.pipe, SpawnResult::Step::kMake, errno);
  for (int stream = 0; stream < kFirstFreeDescriptor; ++stream) {
    // dup2 of a descriptor to itself would leave it closing at exec.
    const int done = stream == null_device ? ::fcntl(null_device, F_SETFD, 0) : ::dup2(null_device, stream);
    if (done < 0) Fail(prepared.pipe, SpawnResult::Step::kMake, errno);
  }
  CloseOnExec();
  if (prepared.nice && ::setpriority(PRIO_PROCESS, 0, *prepared.nice) != 0) {
    Fail(prepared.pipe, SpawnResult::Step::kPriority, errno);
  }
  if (::chdir(prepared.folder) != 0) Fail(prepared.pipe, SpawnResult::Step::kFolder, errno);
  int error = ENOENT;
  for (const char* program : prepared.programs) {
    ::execve(program, prepared.arguments.data(), prepared.environment.data());
    // One that is not there does not hide one that may not be run.
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (error != ENOENT && error != EACCES) break;
  }
  Fail(prepared.pipe, SpawnResult::Step::kProgram, error);
}

// The child makes the process and ends, so that the process is nobody's child and leaves no zombie here.
[[noreturn]] void MakeProcess(const Prepared& prepared) {
  ::setsid();
  const pid_t id = ::fork();
  if (id == 0) {
    ::setsid();
    // The process says its number itself: when the pipe then closes, all has been said.
    Tell(prepared.pipe, {::getpid(), 0, 0});
    RunProgram(prepared);
  }
  if (id < 0) Fail(prepared.pipe, SpawnResult::Step::kMake, errno);
  ::_exit(0);
}

// --- in the parent ---

// True when a whole message came, false at the end of the pipe or of the time.
enum class Heard { kMessage, kEnd, kNothing };
Heard Listen(int pipe, std::chrono::steady_clock::time_point until, Message& message) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Heard::kNothing;
    pollfd waiting = {pipe, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    if (ready < 0) return Heard::kNothing;
    const ssize_t bytes = ::read(pipe, &message, sizeof message);
    if (bytes < 0 && errno == EINTR) continue;
    return bytes == static_cast<ssize_t>(sizeof message) ? Heard::kMessage : Heard::kEnd;
  }
}

SpawnResult Follow(int pipe) {
  const auto until = std::chrono::steady_clock::now() + kSpawnDeadline;
  SpawnResult result;
  for (;;) {
    Message message;
    switch (Listen(pipe, until, message)) {
      case Heard::kMessage:
        if (message.id != 0) {
          result.id = message.id;
          break;
        }
        result.error = message.error;
        result.step = static_cast<SpawnResult::Step>(message.step);
        return result;
      case Heard::kEnd:
        if (result.id == 0) result.error = ECHILD;
        return result;
      case Heard::kNothing:
        // It still holds the pipe, so the number is still its own.
        if (result.id != 0) ::kill(result.id, SIGKILL);
        result.error = ETIMEDOUT;
        return result;
    }
  }
}

}  // namespace

SpawnResult ProcessCalls::Spawn(const SpawnOrder& order) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {errno, SpawnResult::Step::kMake, 0};
  const OwnedDescriptor reading(ends[0]);
  OwnedDescriptor writing(ends[1]);
  // The standard streams of the new process must not fall on it, where this process has closed its own.
  writing.Reset(::fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstFreeDescriptor));
  if (writing.get() < 0) return {errno, SpawnResult::Step::kMake, 0};

  Prepared prepared;
  prepared.arguments = Pointers(order.arguments);
  if (order.environment) prepared.environment = Pointers(*order.environment);
  if (!order.environment) {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) prepared.environment.push_back(*entry);
    prepared.environment.push_back(nullptr);
  }
  for (const std::string& program : order.programs) prepared.programs.push_back(program.c_str());
  prepared.folder = order.folder.c_str();
  prepared.nice = order.nice;
  prepared.pipe = writing.get();

  // No handler of this process may run in the child.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::fork();
  const int fork_error = errno;
  if (child == 0) MakeProcess(prepared);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  writing.Close();
  if (child < 0) return {fork_error, SpawnResult::Step::kMake, 0};
  // It ends at once; a program that collects all its children may have been faster.
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return Follow(reading.get());
}

int ProcessCalls::Kill(std::int32_t id, const std::function<int()>& check) {
  const OwnedDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
  // EINVAL and, since Linux 6.9, ENOENT: the number of a thread.
  if (process.get() < 0) return errno == EINVAL || errno == ENOENT ? ESRCH : errno;
  if (const int error = check()) return error;
  if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) != 0) return errno;
  pollfd waiting = {process.get(), POLLIN, 0};
  // One that hangs in the kernel ends when it comes out; the signal stays.
  while (::poll(&waiting, 1, kEndMilliseconds) < 0 && errno == EINTR) {
  }
  return 0;
}

int ProcessCalls::SetNice(std::int32_t id, int nice) {
  return ::setpriority(PRIO_PROCESS, static_cast<id_t>(id), nice) == 0 ? 0 : errno;
}

ProcessCalls& ProcessCalls::Real() {
  static auto* const calls = new ProcessCalls;
  return *calls;
}

}  // namespace wmi::linuxos
