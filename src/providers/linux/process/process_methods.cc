#include "providers/linux/process/process_methods.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/accounts/name_service.h"
#include "providers/linux/process/command_line.h"
#include "providers/linux/process/process_calls.h"
#include "providers/linux/process/process_text.h"

namespace wmi::linuxos {
namespace {

// Return values that are documented for all methods of the class.
constexpr std::uint64_t kDone = 0;
constexpr std::uint64_t kAccessDenied = 2;
constexpr std::uint64_t kInsufficientPrivilege = 3;
constexpr std::uint64_t kUnknownFailure = 8;
constexpr std::uint64_t kPathNotFound = 9;
constexpr std::uint64_t kInvalidParameter = 21;

constexpr std::size_t kThreadsMax = 4u << 20;
constexpr std::size_t kTextBytesMax = 64u << 10;
constexpr std::size_t kEnvironmentMax = 4096;

struct PriorityClass {
  std::uint64_t number;
  int nice;
};
constexpr PriorityClass kPriorityClasses[] = {
    {64, 19},      // idle
    {16'384, 10},  // below normal
    {32, 0},       // normal
    {32'768, -5},  // above normal
    {128, -10},    // high
    {256, -20},    // real time
};

std::optional<int> NiceOf(std::uint64_t priority_class) {
  for (const PriorityClass& known : kPriorityClasses) {
    if (known.number == priority_class) return known.nice;
  }
  return std::nullopt;
}

std::uint64_t CodeOf(int error) {
  switch (error) {
    case 0:
      return kDone;
    case EACCES:
    case EPERM:
      return kAccessDenied;
    case ESRCH:
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return kPathNotFound;
    default:
      return kUnknownFailure;
  }
}

// The instance that a method was called on; the engine has found it a moment ago.
std::optional<std::int32_t> IdOf(const MethodCall& call) {
  std::int32_t id = 0;
  if (!ParseHandle(call.KeyText(), id)) return std::nullopt;
  return id;
}

// --- Create ---

// The files that a name of a program may mean, as execvp searches them.
std::vector<std::string> Programs(const std::string& name) {
  if (name.find('/') != std::string::npos) return {name};
  const char* set = std::getenv("PATH");
  std::string_view path = set != nullptr ? set : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::vector<std::string> programs;
  std::string_view folder;
  // Only whole paths: the folder of the new process is no place to search in.
  while (NextPart(path, ':', folder)) {
    if (folder.starts_with('/')) programs.push_back(fmt::format("{}/{}", folder, name));
  }
  return programs;
}

// False when it asks for what is not possible here.
bool ReadEnvironment(cim::ValueView value, SpawnOrder& order) {
  if (value.is_null()) return true;
  if (value.kind() != cim::ValueKind::kArray || value.items().size() > kEnvironmentMax) return false;
  order.environment.emplace();
  for (const cim::ValueView item : value.items()) {
    if (item.kind() != cim::ValueKind::kText) return false;
    const std::string_view text = item.text();
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos || text.find('\0') != std::string_view::npos) return false;
    order.environment->emplace_back(text);
  }
  return true;
}

bool ReadStartup(cim::ValueView startup, SpawnOrder& order) {
  if (startup.is_null()) return true;
  if (startup.kind() != cim::ValueKind::kObject) return false;
  const cim::Object& object = *startup.object();
  const auto get = [&](std::string_view name) {
    const auto slot = object.schema().FindSlot(name);
    return slot ? object.slot(*slot) : cim::ValueView();
  };
  // To be debugged or to wait for a debugger: a program that was promised that would run away.
  constexpr std::uint64_t kDebugOrSuspended = 1 | 2 | 4;
  const cim::ValueView flags = get("CreateFlags");
  if (flags.kind() == cim::ValueKind::kUnsigned && (flags.unsigned_integer() & kDebugOrSuspended) != 0) return false;
  const cim::ValueView priority = get("PriorityClass");
  if (priority.kind() == cim::ValueKind::kUnsigned) {
    order.nice = NiceOf(priority.unsigned_integer());
    if (!order.nice) return false;
  }
  return ReadEnvironment(get("EnvironmentVariables"), order);
}

std::uint64_t CodeOf(const SpawnResult& result) {
  // Only who may not raise a priority hears of privileges.
  if (result.step == SpawnResult::Step::kPriority && result.error != 0) return kInsufficientPrivilege;
  return CodeOf(result.error);
}

Result<cim::Object> Create(MethodCall& call) {
  SpawnOrder order;
  const auto line = call.InText("CommandLine");
  auto arguments = line ? SplitCommandLine(*line) : std::nullopt;
  if (!arguments || !ReadStartup(call.In("ProcessStartupInformation"), order)) return call.Return(kInvalidParameter);
  order.programs = Programs(arguments->front());
  order.arguments = std::move(*arguments);
  if (const auto folder = call.InText("CurrentDirectory"); folder && !folder->empty()) {
    if (!folder->starts_with('/') || folder->find('\0') != std::string::npos) return call.Return(kInvalidParameter);
    order.folder = *folder;
  }
  if (order.programs.empty()) return call.Return(kPathNotFound);
  const SpawnResult result = call.machine().process_calls->Spawn(order);
  const std::uint64_t code = CodeOf(result);
  if (code == kDone) call.SetOut("ProcessId", cim::Value::Unsigned(static_cast<std::uint32_t>(result.id)));
  return call.Return(code);
}

// --- Terminate ---

// Refuses what the kernel would keep alive without a word: its threads and the first process.
int MayEnd(const Machine& machine, std::int32_t id) {
  TextBuffer text;
  const std::string path = fmt::format("{}/{}/stat", machine.root.proc, id);
  if (const int error = machine.files->Read(kNoDirectory, path.c_str(), kTextBytesMax, text)) return error;
  ProcessStat stat;
  if (!ParseProcessStat(text.text(), stat)) return EIO;
  return id == 1 || stat.is_kernel_thread() ? EPERM : 0;
}

int End(const Machine& machine, std::int32_t id) {
  return machine.process_calls->Kill(id, [&] { return MayEnd(machine, id); });
}

Result<cim::Object> Terminate(MethodCall& call) {
  const auto id = IdOf(call);
  return call.Return(id ? CodeOf(End(call.machine(), *id)) : kInvalidParameter);
}

// --- GetOwner, GetOwnerSid ---

// The effective user, an errno value when it cannot be had.
int ReadUser(const Machine& machine, std::int32_t id, std::uint32_t& user) {
  TextBuffer text;
  const std::string path = fmt::format("{}/{}/status", machine.root.proc, id);
  if (const int error = machine.files->Read(kNoDirectory, path.c_str(), kTextBytesMax, text)) return error;
  std::string_view rest = text.text();
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    if (!line.starts_with("Uid:")) continue;
    // Real, effective, saved, file system.
    line.remove_prefix(4);
    std::string_view word;
    std::uint64_t number = 0;
    line = Trim(line);
    if (NextPart(line, '\t', word) && NextPart(line, '\t', word) && ParseUnsigned(word, number)) {
      user = static_cast<std::uint32_t>(number);
      return 0;
    }
    return EIO;
  }
  return EIO;
}

Result<cim::Object> GetOwner(MethodCall& call) {
  const auto id = IdOf(call);
  if (!id) return call.Return(kInvalidParameter);
  std::uint32_t user = 0;
  if (const int error = ReadUser(call.machine(), *id, user)) return call.Return(CodeOf(error));
  UserEntry entry;
  switch (call.machine().names->UserById(user, entry)) {
    case NameAnswer::kFound:
      call.SetOut("User", cim::Value::Text(entry.name));
      break;
    case NameAnswer::kNotFound:
      call.SetOut("User", cim::Value::Text(std::to_string(user)));
      break;
    case NameAnswer::kNoAnswer:
      return call.Return(kUnknownFailure);
  }
  const std::string host = HostName(call.machine());
  if (!host.empty()) call.SetOut("Domain", cim::Value::Text(host));
  return call.Return(kDone);
}

Result<cim::Object> GetOwnerSid(MethodCall& call) {
  const auto id = IdOf(call);
  if (!id) return call.Return(kInvalidParameter);
  std::uint32_t user = 0;
  if (const int error = ReadUser(call.machine(), *id, user)) return call.Return(CodeOf(error));
  call.SetOut("Sid", cim::Value::Text(fmt::format("S-1-22-1-{}", user)));
  return call.Return(kDone);
}

// --- SetPriority ---

Result<cim::Object> SetPriority(MethodCall& call) {
  const auto id = IdOf(call);
  const auto priority = call.InSigned("Priority");
  const auto nice = priority && *priority > 0 ? NiceOf(static_cast<std::uint64_t>(*priority)) : std::nullopt;
  if (!id || !nice) return call.Return(kInvalidParameter);
  const Machine& machine = call.machine();
  // Linux keeps the priority for each thread. The first one decides; threads that end meanwhile do not matter.
  ProcessCalls& calls = *machine.process_calls;
  const int error = calls.SetNice(*id, *nice);
  // EACCES: it is ours, but only root raises; EPERM: it is somebody else's.
  if (error != 0) return call.Return(error == EACCES ? kInsufficientPrivilege : CodeOf(error));
  std::vector<std::int32_t> threads;
  const std::string folder = fmt::format("{}/{}/task", machine.root.proc, *id);
  if (const int unread = machine.files->ListNumbers(kNoDirectory, folder.c_str(), kThreadsMax, threads)) {
    return call.Return(CodeOf(unread));
  }
  for (const std::int32_t thread : threads) {
    const int failed = thread == *id ? 0 : calls.SetNice(thread, *nice);
    if (failed != 0 && failed != ESRCH) return call.Return(CodeOf(failed));
  }
  return call.Return(kDone);
}

constexpr MethodRow kMethods[] = {
    {"Create", Create,
     "starts the program directly, without a shell, as the user of this service, in a session of its own with standard "
     "streams on `/dev/null`. `CommandLine`: blanks stand between arguments; single quotes hold everything together; "
     "double quotes too, with `\\\"` and `\\\\` in them; outside of quotes a backslash takes a blank, a quote or a "
     "backslash behind it; every other backslash stays. Nothing is expanded. A name without a slash is searched along "
     "`PATH`. `CurrentDirectory` is an absolute path, `/` when NULL. Of `Win32_ProcessStartup`, `EnvironmentVariables` "
     "(all of the environment) and `PriorityClass` count; `CreateFlags` that ask for a debugger or a suspended start "
     "give 21; the rest is about windows and ignored. 2 may not be run, 3 may not have that priority, 8 another "
     "failure, 9 no such program or folder, 21 an open quote or an argument of another form"},
    {"Terminate", Terminate,
     "sends SIGKILL and waits up to a second for the end. `Reason` is ignored: a process that is killed has no exit "
     "code of its own. 2 somebody else's process, a kernel thread or process 1, 9 it has ended already"},
    {"GetOwner", GetOwner,
     "the effective user, from `/proc/PID/status` and the name service; its number where it has no name. `Domain` is "
     "the host name. 8 the name service does not answer, 9 the process has ended"},
    {"GetOwnerSid", GetOwnerSid,
     "`S-1-22-1-` and the number of the effective user, which is how Samba writes users of Unix. 9 the process has "
     "ended"},
    {"SetPriority", SetPriority,
     "sets the nice value of all threads: 64 idle is 19, 16384 is 10, 32 normal is 0, 32768 is -5, 128 high is -10, "
     "256 "
     "is -20. 2 somebody else's process, 3 only root may raise a priority, 9 it has ended, 21 another number"},
};

}  // namespace

std::span<const MethodRow> ProcessMethods() { return kMethods; }

Status EndProcess(const Machine& machine, cim::ValueView handle) {
  std::int32_t id = 0;
  if (handle.kind() != cim::ValueKind::kText || !ParseHandle(handle.text(), id)) return Status(code::kNotFound);
  const int error = End(machine, id);
  switch (CodeOf(error)) {
    case kDone:
      return Status();
    case kPathNotFound:
      return Status(code::kNotFound, fmt::format("process {} has ended", id));
    case kAccessDenied:
      return Status(code::kAccessDenied,
                    fmt::format("process {} may not be ended: it is another user's, or the kernel's own", id));
    default:
      return SystemStatus(code::kProviderFailure, fmt::format("pidfd_send_signal({})", id), error);
  }
}

}  // namespace wmi::linuxos
