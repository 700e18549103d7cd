#include "providers/linux/services/service_requests.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "providers/linux/services/service.h"

namespace wmi::linuxos {
namespace {

using BusOutcome = BusAnswer::Outcome;
using enum ServiceReturn;

constexpr std::chrono::milliseconds kChangeDeadline{25'000};

BusValue OneText(const std::string& text) { return {BusValue::List{{text}}}; }

bool IsStarted(const Unit& unit) { return ServiceState(unit, {}) == "Running"; }

}  // namespace

ServiceReturn ReturnOf(const BusAnswer& answer) {
  switch (answer.outcome) {
    case BusOutcome::kDone:
      return kAccepted;
    case BusOutcome::kDenied:
      return kAccessDenied;
    case BusOutcome::kTimedOut:
      return kRequestTimeout;
    case BusOutcome::kNoService:
      return kNotSupported;
    case BusOutcome::kNoBus:
    case BusOutcome::kFailed:
      break;
  }
  constexpr std::pair<std::string_view, ServiceReturn> kNames[] = {
      {"org.freedesktop.systemd1.UnitMasked", kDisabled},
      {"org.freedesktop.systemd1.UnitInactive", kCannotAcceptControl},
      {"org.freedesktop.systemd1.UnitBusy", kDatabaseLocked},
      {"org.freedesktop.systemd1.NoSuchUnit", kDependencyFailure},
      {"org.freedesktop.systemd1.OnlyByDependency", kNotSupported},
      {"org.freedesktop.systemd1.TransactionOrderIsCyclic", kCircularDependency},
      {"org.freedesktop.systemd1.ShuttingDown", kCannotAcceptControl},
      {"org.freedesktop.DBus.Error.NotSupported", kNotSupported},
      {"org.freedesktop.DBus.Error.InvalidArgs", kInvalidParameter},
      {"org.freedesktop.DBus.Error.FileExists", kNotSupported},
      {"System.Error.EEXIST", kNotSupported},
      {"System.Error.EOPNOTSUPP", kNotSupported},
      {"System.Error.EROFS", kNotSupported},
  };
  for (const auto& [name, code] : kNames) {
    if (answer.error_name == name) return code;
  }
  return kUnknownFailure;
}

ServiceReturn ReturnOfErrno(int error) {
  if (error == 0) return kAccepted;
  if (error == EACCES || error == EPERM) return kAccessDenied;
  return error == EROFS ? kNotSupported : kUnknownFailure;
}

BusAnswer AskSystemd(const Machine& machine, const char* member, std::string signature,
                     std::vector<BusValue> arguments) {
  BusCall call = ManagerCall(member, std::move(signature), std::move(arguments));
  call.deadline = kChangeDeadline;
  return machine.bus->Call(call);
}

ServiceReturn StartUnit(const Machine& machine, const Unit& unit) {
  if (IsStarted(unit)) return kAlreadyRunning;
  if (ServiceStartMode(unit.file_state) == "Disabled") return kDisabled;
  return ReturnOf(AskSystemd(machine, "StartUnit", "ss", {{unit.name}, {std::string("replace")}}));
}

ServiceReturn StopUnit(const Machine& machine, const Unit& unit) {
  const std::string_view state = ServiceState(unit, {});
  if (state == "Stopped" || state == "Stop Pending") return kCannotAcceptControl;
  const BusAnswer can_stop = UnitProperty(machine, unit.path, "CanStop");
  if (can_stop.ok() && !FirstValue(can_stop).boolean()) return kInvalidControl;
  return ReturnOf(AskSystemd(machine, "StopUnit", "ss", {{unit.name}, {std::string("replace")}}));
}

ServiceReturn PauseUnit(const Machine& machine, const Unit& unit) {
  if (!IsStarted(unit)) return kCannotAcceptControl;
  if (FreezerOf(machine, unit) == "frozen") return kAlreadyPaused;
  return ReturnOf(AskSystemd(machine, "FreezeUnit", "s", {{unit.name}}));
}

ServiceReturn ResumeUnit(const Machine& machine, const Unit& unit) {
  if (!IsStarted(unit)) return kCannotAcceptControl;
  return ReturnOf(AskSystemd(machine, "ThawUnit", "s", {{unit.name}}));
}

ServiceReturn EnableUnit(const Machine& machine, const std::string& unit_name) {
  const BusAnswer answer = AskSystemd(machine, "EnableUnitFiles", "asbb", {OneText(unit_name), {false}, {false}});
  if (!answer.ok()) return ReturnOf(answer);
  // The first value says whether the file tells what to enable it for; without, nothing was done.
  return !answer.values.empty() && answer.values.front().boolean() ? kAccepted : kNotSupported;
}

ServiceReturn DisableUnit(const Machine& machine, const std::string& unit_name) {
  return ReturnOf(AskSystemd(machine, "DisableUnitFiles", "asb", {OneText(unit_name), {false}}));
}

ServiceReturn ReloadUnits(const Machine& machine) { return ReturnOf(AskSystemd(machine, "Reload", "", {})); }

bool IsUnitMode(std::string_view mode) {
  return EqualFolded(mode, "Automatic") || EqualFolded(mode, "Auto") || EqualFolded(mode, "Manual") ||
         EqualFolded(mode, "Disabled");
}

ServiceReturn ChangeUnitMode(const Machine& machine, const Unit& unit, std::string_view mode) {
  const std::string_view old = ServiceStartMode(unit.file_state);
  const bool is_auto = EqualFolded(mode, "Automatic") || EqualFolded(mode, "Auto");
  const bool is_manual = EqualFolded(mode, "Manual");
  const bool is_disabled = EqualFolded(mode, "Disabled");
  if (!IsUnitMode(mode)) return kInvalidParameter;
  if ((is_auto && old == "Auto") || (is_manual && old == "Manual") || (is_disabled && old == "Disabled"))
    return kAccepted;
  ServiceReturn code = kAccepted;
  if (is_disabled) {
    code = ReturnOf(AskSystemd(machine, "MaskUnitFiles", "asbb", {OneText(unit.name), {false}, {false}}));
  } else {
    const bool was_masked = old == "Disabled";
    if (was_masked) code = ReturnOf(AskSystemd(machine, "UnmaskUnitFiles", "asb", {OneText(unit.name), {false}}));
    if (code == kAccepted) {
      code = is_auto ? EnableUnit(machine, unit.name) : DisableUnit(machine, unit.name);
      if (code != kAccepted && was_masked) {
        // A refusal leaves everything as it was; that this works too is the best that can be had.
        static_cast<void>(AskSystemd(machine, "MaskUnitFiles", "asbb", {OneText(unit.name), {false}, {false}}));
      }
    }
  }
  return code == kAccepted ? ReloadUnits(machine) : code;
}

}  // namespace wmi::linuxos
