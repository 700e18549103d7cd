#include "rights.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "cim/object_path.h"
#include "rules.h"
#include "schema.h"
#include "this_machine.h"

namespace wmi::classes {
namespace {

constexpr unsigned kNobody = 65534;

Rights& Current() {
  static Rights rights = Rights::kAll;
  return rights;
}

std::map<std::string, Filled>& Seen() {
  static std::map<std::string, Filled> seen;
  return seen;
}

// --- nobody
// -----------------------------------------------------------------------------------------------------------

// One line for each instance: class, path and the names of what has a value, between tabs.
std::string DescribeAll() {
  std::ostringstream text;
  for (const std::string& class_name : RuledClasses()) {
    for (const cim::Object& row : QueryByRule(class_name).rows) {
      text << class_name << '\t' << cim::RelativePath(row).value_or("");
      for (std::size_t slot = 0; slot < row.schema().properties().size(); ++slot) {
        if (!row.slot(slot).is_null()) text << '\t' << row.schema().properties()[slot].name;
      }
      text << '\n';
    }
  }
  return text.str();
}

void TakeLine(const std::string& line) {
  std::istringstream parts(line);
  std::string class_name, path, name;
  std::getline(parts, class_name, '\t');
  std::getline(parts, path, '\t');
  std::set<std::string>& filled = Seen()[class_name][path];
  while (std::getline(parts, name, '\t')) filled.insert(name);
}

// In a process of its own: a connection or a cache that root opened would be of use to nobody.
std::string Look() {
  const int file = ::memfd_create("seen", MFD_CLOEXEC);
  if (file < 0) return std::string("memfd_create: ") + std::strerror(errno);
  const pid_t child = ::fork();
  if (child < 0) return std::string("fork: ") + std::strerror(errno);
  if (child == 0) {
    const std::string text = DescribeAll();
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t written = ::write(file, text.data() + done, text.size() - done);
      if (written <= 0) ::_exit(1);
      done += static_cast<std::size_t>(written);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);  // the limit of ctest is the deadline
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return "the look of root failed";
  const off_t length = ::lseek(file, 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::max<off_t>(length, 0)), '\0');
  if (::pread(file, text.data(), text.size(), 0) != length) return "the look of root cannot be read";
  ::close(file);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) TakeLine(line);
  return {};
}

// Why the rights cannot be dropped, or empty.
std::string BecomeNobody() {
  if (::geteuid() != 0) return {};
  if (const std::string fault = Look(); !fault.empty()) return fault;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
      ::setresuid(kNobody, kNobody, kNobody) != 0)
    return std::string("root may not become another user here: ") + std::strerror(errno);
  // As if nobody had started the program: its own /proc folder is nobody's again.
  if (::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return std::string("PR_SET_DUMPABLE: ") + std::strerror(errno);
  return {};
}

// --- read-only
// --------------------------------------------------------------------------------------------------------

struct StoppedCall {
  int number = 0;
  std::array<char, 120> path{};
};

// Filled by a signal handler. A slot is complete when its number is not 0.
constexpr std::size_t kStoppedMax = 16;
std::array<StoppedCall, kStoppedMax> stopped_calls;
std::atomic<std::size_t> stopped_count{0};

#if defined(__x86_64__) || defined(__aarch64__)

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr auto kRegister = [](ucontext_t& context, int argument) -> greg_t& {
  return context.uc_mcontext.gregs[argument == 0 ? REG_RDI : REG_RSI];
};
void SetResult(ucontext_t& context, int result) { context.uc_mcontext.gregs[REG_RAX] = result; }
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr auto kRegister = [](ucontext_t& context, int argument) -> unsigned long long& {
  return context.uc_mcontext.regs[argument];
};
void SetResult(ucontext_t& context, int result) {
  context.uc_mcontext.regs[0] = static_cast<unsigned long long>(static_cast<long long>(result));
}
#endif

// Bits of the flags of open: each of them changes what is there, or prepares to.
constexpr std::uint32_t kOpensToChange = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

struct Forbidden {
  std::uint32_t number;
  int argument = -1;       // the argument that decides, -1 for a call that is forbidden always
  std::uint32_t bits = 0;  // which are not 0 in a forbidden call
  int path_argument = -1;  // for the report
};

const Forbidden kForbidden[] = {
#ifdef __NR_open
    {__NR_open, 1, kOpensToChange, 0},
    {__NR_creat, -1, 0, 0},
    {__NR_mkdir, -1, 0, 0},
    {__NR_rmdir, -1, 0, 0},
    {__NR_unlink, -1, 0, 0},
    {__NR_rename, -1, 0, 0},
    {__NR_link, -1, 0, 0},
    {__NR_symlink, -1, 0, 0},
    {__NR_mknod, -1, 0, 0},
    {__NR_chmod, -1, 0, 0},
    {__NR_chown, -1, 0, 0},
    {__NR_lchown, -1, 0, 0},
    {__NR_utime, -1, 0, 0},
    {__NR_utimes, -1, 0, 0},
    {__NR_futimesat, -1, 0, 1},
#endif
#ifdef __NR_renameat
    {__NR_renameat, -1, 0, 1},
#endif
    {__NR_openat, 2, kOpensToChange, 1},
    {__NR_mkdirat, -1, 0, 1},
    {__NR_unlinkat, -1, 0, 1},
    {__NR_renameat2, -1, 0, 1},
    {__NR_linkat, -1, 0, 1},
    {__NR_symlinkat, -1, 0, 0},
    {__NR_mknodat, -1, 0, 1},
    {__NR_fchmod},
    {__NR_fchmodat, -1, 0, 1},
    {__NR_fchown},
    {__NR_fchownat, -1, 0, 1},
    {__NR_truncate, -1, 0, 0},
    {__NR_ftruncate},
    {__NR_fallocate},
    {__NR_utimensat},
    {__NR_setxattr, -1, 0, 0},
    {__NR_lsetxattr, -1, 0, 0},
    {__NR_fsetxattr},
    {__NR_removexattr, -1, 0, 0},
    {__NR_lremovexattr, -1, 0, 0},
    {__NR_fremovexattr},
    {__NR_mount, -1, 0, 1},
    {__NR_umount2, -1, 0, 0},
    {__NR_pivot_root},
    {__NR_chroot},
    {__NR_unshare},
    {__NR_setns},
    {__NR_swapon, -1, 0, 0},
    {__NR_swapoff, -1, 0, 0},
    {__NR_reboot},
    {__NR_sethostname},
    {__NR_setdomainname},
    {__NR_settimeofday},
    {__NR_clock_settime},
    {__NR_init_module},
    {__NR_finit_module},
    {__NR_delete_module},
    {__NR_kexec_load},
    {__NR_bpf},
    {__NR_acct},
    {__NR_setpriority},
    {__NR_sched_setparam},
    {__NR_sched_setscheduler},
    {__NR_sched_setattr},
    {__NR_sched_setaffinity},
    {__NR_ioprio_set},
    {__NR_setrlimit},
    {__NR_prlimit64, 2, ~0u},  // the new limit
    {__NR_process_vm_writev},
    {__NR_execve, -1, 0, 0},
    {__NR_execveat, -1, 0, 1},
    // Signal 0 only asks whether somebody is there.
    {__NR_kill, 1, ~0u},
    {__NR_tkill, 1, ~0u},
#ifdef __NR_pidfd_send_signal
    {__NR_pidfd_send_signal, 1, ~0u},
#endif
    {__NR_ioctl},  // kHarmlessRequests pass
};

// Of a terminal and of interfaces: what they are.
constexpr std::uint32_t kHarmlessRequests[] = {0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */, 0x541B /* FIONREAD */,
                                               0x8910 /* SIOCGIFNAME */, 0x8933 /* SIOCGIFINDEX */};

void NoteStoppedCall(int, siginfo_t* info, void* raw) {
  auto& context = *static_cast<ucontext_t*>(raw);
  const std::size_t place = stopped_count.fetch_add(1);
  if (place < kStoppedMax) {
    StoppedCall& call = stopped_calls[place];
    for (const Forbidden& forbidden : kForbidden) {
      if (static_cast<int>(forbidden.number) != info->si_syscall || forbidden.path_argument < 0) continue;
      const auto* const path = reinterpret_cast<const char*>(kRegister(context, forbidden.path_argument));
      std::strncpy(call.path.data(), path == nullptr ? "" : path, call.path.size() - 1);
    }
    call.number = info->si_syscall;
  }
  SetResult(context, -EPERM);
}

std::uint32_t PlaceOf(int argument) {
  // The low half: flags, signals and requests have no more.
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                    sizeof(std::uint64_t) * static_cast<unsigned>(argument));
}

std::vector<sock_filter> Filter() {
  constexpr auto kLoad = static_cast<std::uint16_t>(BPF_LD | BPF_W | BPF_ABS);
  constexpr auto kEquals = static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K);
  constexpr auto kHasBit = static_cast<std::uint16_t>(BPF_JMP | BPF_JSET | BPF_K);
  constexpr auto kReturn = static_cast<std::uint16_t>(BPF_RET | BPF_K);
  const sock_filter allow = BPF_STMT(kReturn, SECCOMP_RET_ALLOW);
  const sock_filter stop = BPF_STMT(kReturn, SECCOMP_RET_TRAP);
  std::vector<sock_filter> filter = {
      BPF_STMT(kLoad, offsetof(seccomp_data, arch)),
      BPF_JUMP(kEquals, kArchitecture, 1, 0),
      stop,
      BPF_STMT(kLoad, offsetof(seccomp_data, nr)),
      // Its flags lie behind a pointer. Who is told that there is no such call takes openat.
      BPF_JUMP(kEquals, __NR_openat2, 0, 1),
      BPF_STMT(kReturn, SECCOMP_RET_ERRNO | ENOSYS),
  };
  const auto add = [&filter](const sock_filter& step) { filter.push_back(step); };
  for (const Forbidden& forbidden : kForbidden) {
    if (forbidden.number == __NR_ioctl) {
      add(BPF_JUMP(kEquals, forbidden.number, 0, static_cast<std::uint8_t>(2 + 2 * std::size(kHarmlessRequests))));
      add(BPF_STMT(kLoad, PlaceOf(1)));
      for (const std::uint32_t request : kHarmlessRequests) {
        add(BPF_JUMP(kEquals, request, 0, 1));
        add(allow);
      }
      add(stop);
    } else if (forbidden.argument < 0) {
      add(BPF_JUMP(kEquals, forbidden.number, 0, 1));
      add(stop);
    } else {
      add(BPF_JUMP(kEquals, forbidden.number, 0, 4));
      add(BPF_STMT(kLoad, PlaceOf(forbidden.argument)));
      add(BPF_JUMP(kHasBit, forbidden.bits, 0, 1));
      add(stop);
      add(allow);
    }
  }
  add(allow);
  return filter;
}

// Why the calls cannot be stopped, or empty. Before the first thread: later ones inherit it.
std::string StopChanges() {
  struct sigaction action = {};
  action.sa_sigaction = NoteStoppedCall;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  if (::sigaction(SIGSYS, &action, nullptr) != 0) return std::string("sigaction: ") + std::strerror(errno);
  std::vector<sock_filter> filter = Filter();
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
    return std::string("this kernel filters no system calls here: ") + std::strerror(errno);
  return {};
}

#else
std::string StopChanges() { return "system calls are not known by number on this architecture"; }
#endif

// --- the run
// ----------------------------------------------------------------------------------------------------------

class EachTestChangesNothing final : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo&) override {
    for (const std::string& call : StoppedCalls()) ADD_FAILURE() << "a read changes the machine: " << call;
  }
};

class RightsOfTheRun final : public testing::Environment {
 public:
  void SetUp() override {
    const char* const wanted = std::getenv("OPENWMI_TEST_RIGHTS");
    if (wanted == nullptr) return;
    // What nobody may not open any more.
    Schema::Get();
    Rules::Get();
    const bool reads_only = std::string_view(wanted) == "read-only";
    ASSERT_TRUE(reads_only || std::string_view(wanted) == "nobody") << "OPENWMI_TEST_RIGHTS is " << wanted;
    const std::string fault = reads_only ? StopChanges() : BecomeNobody();
    if (!fault.empty()) GTEST_SKIP() << "not possible here: " << fault;
    Current() = reads_only ? Rights::kReadOnly : Rights::kNobody;
    if (reads_only) testing::UnitTest::GetInstance()->listeners().Append(new EachTestChangesNothing);
  }
};

const auto* const kRights = testing::AddGlobalTestEnvironment(new RightsOfTheRun);

}  // namespace

Rights RightsOfThisRun() { return Current(); }

const Filled& SeenByRoot(const std::string& class_name) { return Seen()[class_name]; }

std::vector<std::string> StoppedCalls() {
  std::vector<std::string> calls;
  const std::size_t count = stopped_count.exchange(0);
  for (std::size_t i = 0; i < std::min(count, kStoppedMax); ++i) {
    calls.push_back("system call " + std::to_string(stopped_calls[i].number) + " " + stopped_calls[i].path.data());
  }
  return calls;
}

}  // namespace wmi::classes
