// RunProgram: a program that an event starts, with bounds on what it gets and how long it lasts (contract 6.5).
//
// What the program gets: the rights of this process and no way to more (no_new_privs), descriptors 0 to 2, an
// environment of two variables (PATH, LANG), no blocked signal, the file mask 022, a session and a process group of its
// own. No shell stands between: the arguments reach it as they are. It does not outlive the thread that runs it, and
// when it ends, for whatever reason, the rest of its process group is killed. What makes itself a session of its own
// escapes that.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "provider/audit_log.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Where a program finds Program::script.
inline constexpr int kScriptDescriptor = 3;
inline constexpr char kScriptPath[] = "/proc/self/fd/3";

// The priority classes of Windows as nice values: of this process, 19, at most -10, -20. A raise needs the right to it
// (CAP_SYS_NICE); without it the program runs as this process does.
enum class Priority : std::uint8_t { kNormal, kIdle, kHigh, kRealTime };

struct Program {
  std::string path;                    // absolute; see TrustedFile
  std::vector<std::string> arguments;  // the first is what the program takes for its name
  std::string working_folder = "/";
  Priority priority = Priority::kNormal;
  std::chrono::milliseconds kill_timeout{0};  // 0: none
  std::optional<std::string> input;           // what it can read from descriptor 0; without it that is /dev/null
  std::optional<std::string> script;          // what it can read from kScriptDescriptor, which is closed without it
};

enum class RunEnd : std::uint8_t {
  kExited,    // by itself
  kSignal,    // by a signal that this process did not send
  kTimedOut,  // killed after the kill_timeout
  kStopped,   // killed because a stop was requested
};

struct ProgramRun {
  pid_t pid = 0;
  RunEnd end = RunEnd::kExited;
  int code = 0;        // exit code or signal
  std::string output;  // the first kOutputBytesMax bytes of what it wrote to descriptors 1 and 2, as UTF-8
  // "exited with code 3 and wrote: no such disk"
  std::string Text() const;
};

// Runs it and waits for its end, the kill_timeout or a stop. The start and the end are told to `audit`; `consumer` is
// the relative path of the logical consumer that asked for it. Blocks; safe from several threads. Failure: it did not
// start; nothing is left of it. kAccessDenied for a file that others than root and the user can write.
Result<ProgramRun> RunProgram(const Program& program, std::string_view consumer, provider::AuditLog& audit,
                              const std::stop_token& stop);

// What a run was not given the time for: kTimedOut after the kill_timeout, kCallCancelled after a stop. Success for a
// program that ended before that, however it did.
Status WhyKilled(const Program& program, const ProgramRun& run);

// Acts on one event after the other, until one fails or a stop is requested.
provider::Consumed ConsumeEach(std::span<const cim::Object> events, const std::stop_token& stop,
                               const std::function<Status(const cim::Object&)>& act);

// Absolute, and without a zero character, at which the system would end it.
bool IsAbsolutePath(std::string_view path);

}  // namespace wmi::consumers
