// The methods of Win32_Service. Return values are those of the class: 0 the request was accepted, 1 not supported,
// 2 access denied, and so on; a refusal leaves everything as it was.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/services/service.h"

namespace wmi::linuxos {
namespace {

using BusOutcome = BusAnswer::Outcome;

enum ReturnCode : std::uint32_t {
  kAccepted = 0,
  kNotSupported = 1,
  kAccessDenied = 2,
  kInvalidControl = 4,
  kCannotAcceptControl = 5,
  kRequestTimeout = 7,
  kUnknownFailure = 8,
  kPathNotFound = 9,
  kAlreadyRunning = 10,
  kDatabaseLocked = 11,
  kDependencyFailure = 13,
  kDisabled = 14,
  kCircularDependency = 18,
  kInvalidName = 20,
  kInvalidParameter = 21,
  kInvalidAccount = 22,
  kExists = 23,
  kAlreadyPaused = 24,
};

constexpr std::chrono::milliseconds kChangeDeadline{25'000};
constexpr std::string_view kType = ".service";

// What the failure of a request to systemd is among the return values.
ReturnCode CodeOf(const BusAnswer& answer) {
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
  constexpr std::pair<std::string_view, ReturnCode> kNames[] = {
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

ReturnCode CodeOfErrno(int error) {
  if (error == 0) return kAccepted;
  if (error == EACCES || error == EPERM) return kAccessDenied;
  return error == EROFS ? kNotSupported : kUnknownFailure;
}

BusAnswer Ask(const Machine& machine, const char* member, std::string signature, std::vector<BusValue> arguments) {
  BusCall call = ManagerCall(member, std::move(signature), std::move(arguments));
  call.deadline = kChangeDeadline;
  return machine.bus->Call(call);
}

BusValue OneText(const std::string& text) { return {BusValue::List{{text}}}; }

// Finds the unit of the instance and goes on with it.
template <typename Work>
Result<cim::Object> WithUnit(MethodCall& call, Work work) {
  Result<Unit> unit = FindService(call.machine(), call.KeyText());
  if (!unit.ok()) return unit.status();
  return call.Return(work(*unit));
}

bool IsStarted(const Unit& unit) { return ServiceState(unit, {}) == "Running"; }

Result<cim::Object> Start(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    if (IsStarted(unit)) return kAlreadyRunning;
    if (ServiceStartMode(unit.file_state) == "Disabled") return kDisabled;
    return CodeOf(Ask(call.machine(), "StartUnit", "ss", {{unit.name}, {std::string("replace")}}));
  });
}

Result<cim::Object> Stop(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    const std::string_view state = ServiceState(unit, {});
    if (state == "Stopped" || state == "Stop Pending") return kCannotAcceptControl;
    const BusAnswer can_stop = UnitProperty(call.machine(), unit.path, "CanStop");
    if (can_stop.ok() && !FirstValue(can_stop).boolean()) return kInvalidControl;
    return CodeOf(Ask(call.machine(), "StopUnit", "ss", {{unit.name}, {std::string("replace")}}));
  });
}

Result<cim::Object> Pause(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    if (!IsStarted(unit)) return kCannotAcceptControl;
    if (FreezerOf(call.machine(), unit) == "frozen") return kAlreadyPaused;
    return CodeOf(Ask(call.machine(), "FreezeUnit", "s", {{unit.name}}));
  });
}

Result<cim::Object> Resume(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    if (!IsStarted(unit)) return kCannotAcceptControl;
    return CodeOf(Ask(call.machine(), "ThawUnit", "s", {{unit.name}}));
  });
}

Result<cim::Object> Interrogate(MethodCall& call) {
  return WithUnit(call, [](const Unit& unit) { return IsStarted(unit) ? kAccepted : kCannotAcceptControl; });
}

Result<cim::Object> UserControl(MethodCall& call) {
  return WithUnit(call, [](const Unit&) { return kNotSupported; });
}

ReturnCode Enable(const Machine& machine, const std::string& unit_name) {
  const BusAnswer answer = Ask(machine, "EnableUnitFiles", "asbb", {OneText(unit_name), {false}, {false}});
  if (!answer.ok()) return CodeOf(answer);
  // The first value says whether the file tells what to enable it for; without, nothing was done.
  return !answer.values.empty() && answer.values.front().boolean() ? kAccepted : kNotSupported;
}

ReturnCode ChangeMode(const Machine& machine, const Unit& unit, std::string_view mode) {
  const std::string_view old = ServiceStartMode(unit.file_state);
  const bool is_auto = EqualFolded(mode, "Automatic") || EqualFolded(mode, "Auto");
  const bool is_manual = EqualFolded(mode, "Manual");
  const bool is_disabled = EqualFolded(mode, "Disabled");
  if (!is_auto && !is_manual && !is_disabled) return kInvalidParameter;
  if ((is_auto && old == "Auto") || (is_manual && old == "Manual") || (is_disabled && old == "Disabled"))
    return kAccepted;
  ReturnCode code = kAccepted;
  if (is_disabled) {
    code = CodeOf(Ask(machine, "MaskUnitFiles", "asbb", {OneText(unit.name), {false}, {false}}));
  } else {
    const bool was_masked = old == "Disabled";
    if (was_masked) code = CodeOf(Ask(machine, "UnmaskUnitFiles", "asb", {OneText(unit.name), {false}}));
    if (code == kAccepted) {
      code = is_auto ? Enable(machine, unit.name)
                     : CodeOf(Ask(machine, "DisableUnitFiles", "asb", {OneText(unit.name), {false}}));
      if (code != kAccepted && was_masked) {
        // A refusal leaves everything as it was; that this works too is the best that can be had.
        static_cast<void>(Ask(machine, "MaskUnitFiles", "asbb", {OneText(unit.name), {false}, {false}}));
      }
    }
  }
  return code == kAccepted ? CodeOf(Ask(machine, "Reload", "", {})) : code;
}

Result<cim::Object> ChangeStartMode(MethodCall& call) {
  const std::string mode = call.InText("StartMode").value_or("");
  return WithUnit(call, [&](const Unit& unit) { return ChangeMode(call.machine(), unit, mode); });
}

// Parameters that systemd has nothing for. kAccepted when none of them asks for anything.
ReturnCode CheckWindowsOnly(const MethodCall& call) {
  const auto type = call.InUnsigned("ServiceType");
  const auto error_control = call.InUnsigned("ErrorControl");
  if (error_control.value_or(0) > 3) return kInvalidParameter;
  const cim::ValueView groups = call.In("LoadOrderGroupDependencies");
  const bool has_groups = groups.kind() == cim::ValueKind::kArray && !groups.items().empty();
  const bool asks = type.value_or(16) != 16 || error_control.value_or(0) > 1 ||
                    call.InBoolean("DesktopInteract").value_or(false) ||
                    !call.InText("StartPassword").value_or("").empty() ||
                    !call.InText("LoadOrderGroup").value_or("").empty() || has_groups;
  return asks ? kNotSupported : kAccepted;
}

Result<cim::Object> Change(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    if (const ReturnCode code = CheckWindowsOnly(call); code != kAccepted) return code;
    // These are lines of the unit file, which is its packager's.
    for (const char* name : {"DisplayName", "PathName", "StartName"}) {
      if (!call.InText(name).value_or("").empty()) return kNotSupported;
    }
    const cim::ValueView needed = call.In("ServiceDependencies");
    if (needed.kind() == cim::ValueKind::kArray && !needed.items().empty()) return kNotSupported;
    const auto mode = call.InText("StartMode");
    return mode && !mode->empty() ? ChangeMode(call.machine(), unit, *mode) : kAccepted;
  });
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

bool IsServiceName(std::string_view name) {
  constexpr std::size_t kNameMax = 247;
  return !name.empty() && name.size() <= kNameMax && name.find_first_of("@\\") == std::string_view::npos &&
         PatternOf(name, kType).has_value();
}

// The words of a command line: blanks separate, double quotes hold together. Empty when a quote is not closed.
std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  bool is_quoted = false;
  bool is_open = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
      if (!is_open) words.emplace_back();
      is_open = true;
    } else if (c == ' ' && !is_quoted) {
      is_open = false;
    } else {
      if (!is_open) words.emplace_back();
      is_open = true;
      words.back() += c;
    }
  }
  if (is_quoted) words.clear();
  return words;
}

// In quotes, with what systemd would replace escaped (systemd.service(5), systemd.unit(5)).
std::string Quoted(std::string_view word) {
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '%' || c == '$') text += c;
    text += c;
  }
  return text + '"';
}

struct NewService {
  std::string name;
  std::string description;
  std::vector<std::string> command;
  std::string user;  // empty for root
  std::vector<std::string> needed;
  bool is_auto = false;
};

std::string UnitFileText(const NewService& service) {
  std::string description;
  for (const char c : service.description) {
    if (c == '%') description += c;
    description += c;
  }
  std::string text = fmt::format("[Unit]\nDescription={}\n", description);
  for (const std::string& name : service.needed)
    fmt::format_to(std::back_inserter(text), "Requires={0}\nAfter={0}\n", name);
  text += "\n[Service]\nExecStart=";
  for (const std::string& word : service.command) {
    if (&word != &service.command.front()) text += ' ';
    text += Quoted(word);
  }
  text += '\n';
  if (!service.user.empty()) fmt::format_to(std::back_inserter(text), "User={}\n", service.user);
  text += "\n[Install]\nWantedBy=multi-user.target\n";
  return text;
}

// Whether the account can run a service; no answer of the name service is not the caller's fault.
ReturnCode CheckAccount(const Machine& machine, const std::string& account, std::string& user) {
  if (account.empty() || EqualFolded(account, "LocalSystem") || account == "root") return kAccepted;
  UserEntry entry;
  const bool is_name = account.find_first_of("%$\\\"' \t") == std::string::npos && !HasControlCharacter(account);
  if (!is_name || machine.names->UserByName(account, entry) == NameAnswer::kNotFound) return kInvalidAccount;
  user = account;
  return kAccepted;
}

ReturnCode ReadArguments(const MethodCall& call, NewService& service) {
  service.name = call.InText("Name").value_or("");
  if (!IsServiceName(service.name)) return kInvalidName;
  if (const ReturnCode code = CheckWindowsOnly(call); code != kAccepted) return code;
  service.description = call.InText("DisplayName").value_or("");
  if (service.description.empty()) service.description = service.name;
  constexpr std::size_t kDescriptionMax = 256;
  // A backslash at the end would join the next line.
  if (CharacterCount(service.description) > kDescriptionMax || HasControlCharacter(service.description) ||
      service.description.ends_with('\\'))
    return kInvalidParameter;
  const std::string line = call.InText("PathName").value_or("");
  service.command = Words(line);
  if (HasControlCharacter(line) || service.command.empty() || !service.command.front().starts_with('/'))
    return kInvalidParameter;
  std::uint64_t size = 0;
  const char* const program = service.command.front().c_str();
  if (call.machine().files->Size(kNoDirectory, program, size) != 0 || call.machine().files->IsDirectory(program))
    return kPathNotFound;
  const std::string mode = call.InText("StartMode").value_or("Manual");
  service.is_auto = EqualFolded(mode, "Automatic") || EqualFolded(mode, "Auto");
  // What is disabled here is masked, and a mask is a file in the place of this one.
  if (EqualFolded(mode, "Disabled")) return kNotSupported;
  if (!service.is_auto && !EqualFolded(mode, "Manual")) return kInvalidParameter;
  const cim::ValueView needed = call.In("ServiceDependencies");
  if (needed.kind() == cim::ValueKind::kArray) {
    for (const cim::ValueView item : needed.items()) {
      if (item.kind() != cim::ValueKind::kText || !IsServiceName(item.text())) return kInvalidParameter;
      service.needed.push_back(fmt::format("{}{}", item.text(), kType));
    }
  }
  return CheckAccount(call.machine(), call.InText("StartName").value_or(""), service.user);
}

std::string UnitFilePath(const Machine& machine, std::string_view unit_name) {
  return fmt::format("{}/systemd/system/{}", machine.root.etc, unit_name);
}

ReturnCode CreateUnit(const Machine& machine, const NewService& service) {
  const std::string unit_name = fmt::format("{}{}", service.name, kType);
  const UnitList known = ListUnits(machine, {PatternOf(service.name, kType).value_or("")});
  if (!known.units.empty()) return kExists;
  if (!known.failure.ok()) return CodeOf(known.failure);
  const std::string path = UnitFilePath(machine, unit_name);
  const int error = machine.files->Create(path.c_str(), UnitFileText(service));
  if (error != 0) return error == EEXIST ? kExists : CodeOfErrno(error);
  ReturnCode code = CodeOf(Ask(machine, "Reload", "", {}));
  if (code == kAccepted && service.is_auto) {
    code = Enable(machine, unit_name);
    if (code == kAccepted) code = CodeOf(Ask(machine, "Reload", "", {}));
  }
  if (code != kAccepted) static_cast<void>(machine.files->Remove(path.c_str()));
  return code;
}

Result<cim::Object> Create(MethodCall& call) {
  NewService service;
  const ReturnCode code = ReadArguments(call, service);
  return call.Return(code == kAccepted ? CreateUnit(call.machine(), service) : code);
}

Result<cim::Object> Delete(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ReturnCode {
    const Machine& machine = call.machine();
    const std::string path = UnitFilePath(machine, unit.name);
    const BusValue fragment = FirstValue(UnitProperty(machine, unit.path, "FragmentPath"));
    // Files elsewhere are those of packages and generators.
    if (fragment.text() != path) return kNotSupported;
    if (ServiceState(unit, {}) != "Stopped") return kCannotAcceptControl;
    if (const ReturnCode code = CodeOf(Ask(machine, "DisableUnitFiles", "asb", {OneText(unit.name), {false}}));
        code != kAccepted)
      return code;
    if (const ReturnCode code = CodeOfErrno(machine.files->Remove(path.c_str())); code != kAccepted) return code;
    return CodeOf(Ask(machine, "Reload", "", {}));
  });
}

constexpr MethodRow kMethods[] = {
    {"Change", Change,
     "`StartMode` as `ChangeStartMode` does it. 1 when anything else is to change: it is a line of the unit file."},
    {"ChangeStartMode", ChangeStartMode,
     "`Automatic` enables the unit, `Manual` disables it, `Disabled` masks it; then systemd reads its files again. 1 "
     "for a unit that cannot be enabled or masked, 21 for another mode."},
    {"Create", Create,
     "Writes a unit file to `/etc/systemd/system`, has systemd read it, and enables it for `Automatic`. 1 for what "
     "systemd has not: passwords, load order groups, a desktop, other service types."},
    {"Delete", Delete,
     "Disables a unit of `/etc/systemd/system` that is stopped, removes its file, and has systemd read its files "
     "again. 1 for a unit whose file is elsewhere, 5 for one that runs."},
    {"InterrogateService", Interrogate, "Asks systemd for the state: 0 when the service runs, else 5"},
    {"PauseService", Pause,
     "Freezes the processes of the unit. 1 when systemd or the kernel cannot, 24 when they are."},
    {"ResumeService", Resume, "Thaws the processes of the unit"},
    {"StartService", Start, "Asks systemd to start the unit: 0 when it took the job, which may still fail"},
    {"StopService", Stop,
     "Asks systemd to stop the unit, and with it those that require it: 0 when it took the job. 4 for a unit that may "
     "not be stopped by hand."},
    {"UserControlService", UserControl, "Always 1: services of systemd have no controls of their own"},
};

}  // namespace

std::span<const MethodRow> Service::Methods() { return kMethods; }

}  // namespace wmi::linuxos
