#include "providers/linux/operating_system/shutdown.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/bus/system_bus.h"

namespace wmi::linuxos {
namespace {

// System error codes, which is what the methods give back.
constexpr std::uint64_t kDone = 0;
constexpr std::uint64_t kFailure = 31;
constexpr std::uint64_t kNotSupported = 50;
constexpr std::uint64_t kInvalidArgument = 87;
constexpr std::uint64_t kServiceNotActive = 1062;
constexpr std::uint64_t kShutdownInProgress = 1115;
constexpr std::uint64_t kPrivilegeNotHeld = 1314;
constexpr std::uint64_t kTimedOut = 1460;

// Bits of Flags.
constexpr std::int64_t kShutdown = 1;
constexpr std::int64_t kReboot = 2;
constexpr std::int64_t kForced = 4;
constexpr std::int64_t kPowerOff = 8;

struct Action {
  const char* member;  // of the login manager
  const char* kind;    // its name for the same in a schedule
};
constexpr Action kHaltAction{"Halt", "halt"};
constexpr Action kRebootAction{"Reboot", "reboot"};
constexpr Action kPowerOffAction{"PowerOff", "poweroff"};

BusCall LoginCall(std::string member, std::string signature, std::vector<BusValue> arguments) {
  BusCall call;
  call.destination = "org.freedesktop.login1";
  call.path = "/org/freedesktop/login1";
  call.interface = "org.freedesktop.login1.Manager";
  call.member = std::move(member);
  call.signature = std::move(signature);
  call.arguments = std::move(arguments);
  // Nobody is asked for a password, and a machine without a login manager gets none.
  call.may_start = false;
  return call;
}

std::uint64_t CodeOf(const BusAnswer& answer) {
  switch (answer.outcome) {
    case BusAnswer::Outcome::kDone:
      return kDone;
    case BusAnswer::Outcome::kDenied:
      return kPrivilegeNotHeld;
    case BusAnswer::Outcome::kNoBus:
    case BusAnswer::Outcome::kNoService:
      return kServiceNotActive;
    case BusAnswer::Outcome::kTimedOut:
      return kTimedOut;
    case BusAnswer::Outcome::kFailed:
      break;
  }
  if (answer.error_name == "org.freedesktop.login1.OperationInProgress") return kShutdownInProgress;
  // It would have had to ask for a password.
  if (answer.error_name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") return kPrivilegeNotHeld;
  return kFailure;
}

std::uint64_t Stop(MethodCall& call, const Action& action) {
  constexpr bool kInteractive = false;
  return CodeOf(call.machine().bus->Call(LoginCall(action.member, "b", {{kInteractive}})));
}

std::uint64_t StopLater(MethodCall& call, const Action& action, std::chrono::seconds delay) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto when = duration_cast<microseconds>((std::chrono::system_clock::now() + delay).time_since_epoch());
  return CodeOf(call.machine().bus->Call(
      LoginCall("ScheduleShutdown", "st", {{std::string(action.kind)}, {static_cast<std::uint64_t>(when.count())}})));
}

// What Flags ask for; or the code of their refusal.
struct Wanted {
  std::optional<Action> action;
  std::uint64_t refusal = kInvalidArgument;
};

Wanted WantedBy(std::optional<std::int64_t> flags) {
  if (!flags) return {};
  // The login manager ends every program in any case: forced is no different.
  switch (*flags & ~kForced) {
    case 0:  // to log off: the caller has no session that this library knows
      return {std::nullopt, kNotSupported};
    case kShutdown:
      return {kHaltAction};
    case kReboot:
      return {kRebootAction};
    case kPowerOff:
      return {kPowerOffAction};
    default:
      return {};
  }
}

Result<cim::Object> RunReboot(MethodCall& call) { return call.Return(Stop(call, kRebootAction)); }
Result<cim::Object> RunShutdown(MethodCall& call) { return call.Return(Stop(call, kHaltAction)); }

Result<cim::Object> RunWin32Shutdown(MethodCall& call) {
  const Wanted wanted = WantedBy(call.InSigned("Flags"));
  return call.Return(wanted.action ? Stop(call, *wanted.action) : wanted.refusal);
}

Result<cim::Object> RunShutdownTracker(MethodCall& call) {
  const Wanted wanted = WantedBy(call.InSigned("Flags"));
  if (!wanted.action) return call.Return(wanted.refusal);
  const std::string comment = call.InText("Comment").value_or("");
  if (!comment.empty()) {
    const std::uint64_t told = CodeOf(call.machine().bus->Call(LoginCall("SetWallMessage", "sb", {{comment}, {true}})));
    // Who may not even say why may not stop the machine either; a manager too old for it may still stop it.
    if (told == kPrivilegeNotHeld) return call.Return(told);
  }
  const std::chrono::seconds delay(call.InUnsigned("Timeout").value_or(0));
  return call.Return(delay.count() == 0 ? Stop(call, *wanted.action) : StopLater(call, *wanted.action, delay));
}

constexpr MethodRow kMethods[] = {
    {"Reboot", RunReboot,
     "Asks systemd-logind to restart the machine. 1314: polkit does not let the caller; 1062: no systemd-logind runs; "
     "1115: it is shutting down already."},
    {"Shutdown", RunShutdown,
     "Asks systemd-logind to halt the machine; its power stays on. Return values as `Reboot`."},
    {"Win32Shutdown", RunWin32Shutdown,
     "Flags 1 halts, 2 restarts, 8 powers off; 4 more changes nothing, because the login manager ends every program in "
     "any case. 0, to log off, is refused with 50; other flags with 87. Return values else as `Reboot`."},
    {"Win32ShutdownTracker", RunShutdownTracker,
     "As `Win32Shutdown`. A Timeout is a schedule of the login manager, and Comment the message it sends to terminals; "
     "ReasonCode has no place there and is not kept."},
};

}  // namespace

std::span<const MethodRow> ShutdownMethods() { return kMethods; }

}  // namespace wmi::linuxos
