// The methods of Win32_Service: their arguments, and who does what they ask for.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/services/service.h"
#include "providers/linux/services/service_change.h"
#include "providers/linux/services/service_requests.h"
#include "providers/linux/services/unit_file.h"

namespace wmi::linuxos {
namespace {

using enum ServiceReturn;

constexpr std::string_view kType = ".service";

Result<cim::Object> Answer(MethodCall& call, ServiceReturn code) {
  return call.Return(static_cast<std::uint32_t>(code));
}

// Finds the unit of the instance and goes on with it.
template <typename Work>
Result<cim::Object> WithUnit(MethodCall& call, Work work) {
  Result<Unit> unit = FindService(call.machine(), call.KeyText());
  if (!unit.ok()) return unit.status();
  return Answer(call, work(*unit));
}

Result<cim::Object> Start(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) { return StartUnit(call.machine(), unit); });
}

Result<cim::Object> Stop(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) { return StopUnit(call.machine(), unit); });
}

Result<cim::Object> Pause(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) { return PauseUnit(call.machine(), unit); });
}

Result<cim::Object> Resume(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) { return ResumeUnit(call.machine(), unit); });
}

Result<cim::Object> Interrogate(MethodCall& call) {
  return WithUnit(
      call, [](const Unit& unit) { return ServiceState(unit, {}) == "Running" ? kAccepted : kCannotAcceptControl; });
}

Result<cim::Object> UserControl(MethodCall& call) {
  return WithUnit(call, [](const Unit&) { return kNotSupported; });
}

Result<cim::Object> ChangeStartMode(MethodCall& call) {
  const std::string mode = call.InText("StartMode").value_or("");
  return WithUnit(call, [&](const Unit& unit) { return ChangeUnitMode(call.machine(), unit, mode); });
}

// Parameters that systemd has nothing for. kAccepted when none of them asks for anything. A value that is none of the
// documented ones is an invalid parameter on every system; of the others, those that ask for what Linux does not have
// are not supported: they are right, and cannot be had here.
ServiceReturn CheckWindowsOnly(const MethodCall& call) {
  constexpr std::uint64_t kOwnProcess = 16;
  const std::uint64_t type = call.InUnsigned("ServiceType").value_or(kOwnProcess);
  constexpr std::uint64_t kInteractive = 256;
  constexpr std::uint64_t kTypes[] = {1, 2, 4, 8, kOwnProcess, 32};
  const bool is_type = std::find(std::begin(kTypes), std::end(kTypes), type & ~kInteractive) != std::end(kTypes);
  // Both "ignore" and "normal" are what systemd does: it writes down the failure and goes on.
  constexpr std::uint64_t kNormal = 1;
  constexpr std::uint64_t kCritical = 3;
  const std::uint64_t error_control = call.InUnsigned("ErrorControl").value_or(kNormal);
  if ((!is_type && type != kInteractive) || error_control > kCritical) return kInvalidParameter;
  const cim::ValueView groups = call.In("LoadOrderGroupDependencies");
  const bool has_groups = groups.kind() == cim::ValueKind::kArray && !groups.items().empty();
  // An empty password or group is that there is none, as always here.
  const bool asks = type != kOwnProcess || error_control > kNormal ||
                    call.InBoolean("DesktopInteract").value_or(false) ||
                    !call.InText("StartPassword").value_or("").empty() ||
                    !call.InText("LoadOrderGroup").value_or("").empty() || has_groups;
  return asks ? kNotSupported : kAccepted;
}

bool IsServiceName(std::string_view name) {
  constexpr std::size_t kNameMax = 247;
  return !name.empty() && name.size() <= kNameMax && name.find_first_of("@\\") == std::string_view::npos &&
         PatternOf(name, kType).has_value();
}

ServiceReturn CheckDescription(std::string_view text) {
  constexpr std::size_t kDescriptionMax = 256;
  return CharacterCount(text) <= kDescriptionMax && DescriptionValue(text) ? kAccepted : kInvalidParameter;
}

ServiceReturn ReadCommand(const Machine& machine, std::string_view line, std::vector<std::string>& command) {
  constexpr std::size_t kLineBytesMax = 32u << 10;
  if (line.size() > kLineBytesMax) return kInvalidParameter;
  command = CommandWords(line);
  if (command.empty() || !command.front().starts_with('/')) return kInvalidParameter;
  std::uint64_t size = 0;
  const char* const program = command.front().c_str();
  const bool is_file = machine.files->Size(kNoDirectory, program, size) == 0 && !machine.files->IsDirectory(program);
  return is_file ? kAccepted : kPathNotFound;
}

// The user for an account: NAME, .\NAME or HOST\NAME, and "root" for LocalSystem. No answer of the name service is not
// the caller's fault. The other accounts of Windows itself are none here.
ServiceReturn ReadAccount(const Machine& machine, std::string_view account, std::string& user) {
  const std::size_t end = account.find('\\');
  const std::string_view domain = end == std::string_view::npos ? "." : account.substr(0, end);
  const std::string_view name = end == std::string_view::npos ? account : account.substr(end + 1);
  user = "root";
  if (EqualFolded(domain, "NT AUTHORITY") && EqualFolded(name, "SYSTEM")) return kAccepted;
  if (domain != "." && (domain.empty() || !EqualFolded(domain, HostName(machine)))) return kInvalidAccount;
  if (EqualFolded(name, "LocalSystem") || name == "root") return kAccepted;
  user = name;
  UserEntry entry;
  const bool is_known = IsUserValue(name) && machine.names->UserByName(user, entry) != NameAnswer::kNotFound;
  return is_known ? kAccepted : kInvalidAccount;
}

// The units of these services, which must be there.
ServiceReturn FindNeeded(const Machine& machine, const Unit& unit, cim::ValueView names,
                         std::vector<std::string>& out) {
  constexpr std::size_t kNeededMax = 64;
  std::vector<std::string> patterns;
  if (names.items().size() > kNeededMax) return kInvalidParameter;
  for (const cim::ValueView name : names.items()) {
    auto pattern = name.kind() == cim::ValueKind::kText ? PatternOf(name.text(), kType) : std::nullopt;
    if (!pattern) return kInvalidParameter;
    patterns.push_back(*std::move(pattern));
  }
  if (patterns.empty()) return kAccepted;
  const UnitList found = ListUnits(machine, patterns);
  if (!found.failure.ok()) return ReturnOf(found.failure);
  for (const cim::ValueView name : names.items()) {
    const std::string wanted = fmt::format("{}{}", name.text(), kType);
    const auto needed = std::find_if(found.units.begin(), found.units.end(),
                                     [&](const Unit& other) { return EqualFolded(other.name, wanted); });
    if (needed == found.units.end()) return kDependencyFailure;
    if (needed->name == unit.name) return kCircularDependency;
    out.push_back(needed->name);
  }
  return kAccepted;
}

ServiceReturn ReadChanges(const MethodCall& call, const Unit& unit, ServiceChanges& changes) {
  if (const ServiceReturn code = CheckWindowsOnly(call); code != kAccepted) return code;
  changes.mode = call.InText("StartMode");
  if (changes.mode && !IsUnitMode(*changes.mode)) return kInvalidParameter;
  if (const auto name = call.InText("DisplayName")) {
    if (const ServiceReturn code = CheckDescription(*name); code != kAccepted) return code;
    // systemd takes off blanks around it.
    changes.description = Trim(*name);
  }
  if (const auto line = call.InText("PathName")) {
    const ServiceReturn code = ReadCommand(call.machine(), *line, changes.command);
    if (code != kAccepted) return code;
  }
  if (const auto account = call.InText("StartName")) {
    const ServiceReturn code = ReadAccount(call.machine(), *account, changes.user.emplace());
    if (code != kAccepted) return code;
  }
  const cim::ValueView needed = call.In("ServiceDependencies");
  if (needed.kind() != cim::ValueKind::kArray) return kAccepted;
  return FindNeeded(call.machine(), unit, needed, changes.needed.emplace());
}

Result<cim::Object> Change(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) {
    ServiceChanges changes;
    const ServiceReturn code = ReadChanges(call, unit, changes);
    return code == kAccepted ? ChangeUnit(call.machine(), unit, changes) : code;
  });
}

struct NewService {
  std::string name;
  std::string description;
  std::vector<std::string> command;
  std::string user = "root";
  std::vector<std::string> needed;
  bool is_auto = false;
};

std::string UnitFileText(const NewService& service) {
  std::string text = fmt::format("[Unit]\nDescription={}\n", DescriptionValue(service.description).value_or(""));
  for (const std::string& name : service.needed)
    fmt::format_to(std::back_inserter(text), "Requires={0}\nAfter={0}\n", name);
  fmt::format_to(std::back_inserter(text), "\n[Service]\nExecStart={}\n", CommandValue(service.command));
  if (service.user != "root") fmt::format_to(std::back_inserter(text), "User={}\n", service.user);
  text += "\n[Install]\nWantedBy=multi-user.target\n";
  return text;
}

ServiceReturn ReadArguments(const MethodCall& call, NewService& service) {
  service.name = call.InText("Name").value_or("");
  if (!IsServiceName(service.name)) return kInvalidName;
  if (const ServiceReturn code = CheckWindowsOnly(call); code != kAccepted) return code;
  service.description = call.InText("DisplayName").value_or("");
  if (service.description.empty()) service.description = service.name;
  if (const ServiceReturn code = CheckDescription(service.description); code != kAccepted) return code;
  const ServiceReturn command = ReadCommand(call.machine(), call.InText("PathName").value_or(""), service.command);
  if (command != kAccepted) return command;
  const std::string mode = call.InText("StartMode").value_or("Manual");
  // What is disabled here is masked, and a mask is a file in the place of this one.
  if (EqualFolded(mode, "Disabled")) return kNotSupported;
  if (!IsUnitMode(mode)) return kInvalidParameter;
  service.is_auto = !EqualFolded(mode, "Manual");
  const cim::ValueView needed = call.In("ServiceDependencies");
  if (needed.kind() == cim::ValueKind::kArray) {
    for (const cim::ValueView item : needed.items()) {
      if (item.kind() != cim::ValueKind::kText || !IsServiceName(item.text())) return kInvalidParameter;
      service.needed.push_back(fmt::format("{}{}", item.text(), kType));
    }
  }
  const std::string account = call.InText("StartName").value_or("");
  return account.empty() ? kAccepted : ReadAccount(call.machine(), account, service.user);
}

ServiceReturn CreateUnit(const Machine& machine, const NewService& service) {
  const std::string unit_name = fmt::format("{}{}", service.name, kType);
  const UnitList known = ListUnits(machine, {PatternOf(service.name, kType).value_or("")});
  if (!known.units.empty()) return kExists;
  if (!known.failure.ok()) return ReturnOf(known.failure);
  const std::string path = UnitFilePath(machine, unit_name);
  const int error = machine.files->Create(path.c_str(), UnitFileText(service));
  if (error != 0) return error == EEXIST ? kExists : ReturnOfErrno(error);
  ServiceReturn code = ReloadUnits(machine);
  if (code == kAccepted && service.is_auto) {
    code = EnableUnit(machine, unit_name);
    if (code == kAccepted) code = ReloadUnits(machine);
  }
  if (code != kAccepted) static_cast<void>(machine.files->Remove(path.c_str()));
  return code;
}

Result<cim::Object> Create(MethodCall& call) {
  NewService service;
  const ServiceReturn code = ReadArguments(call, service);
  return Answer(call, code == kAccepted ? CreateUnit(call.machine(), service) : code);
}

Result<cim::Object> Delete(MethodCall& call) {
  return WithUnit(call, [&](const Unit& unit) -> ServiceReturn {
    const Machine& machine = call.machine();
    const std::string path = UnitFilePath(machine, unit.name);
    const BusValue fragment = FirstValue(UnitProperty(machine, unit.path, "FragmentPath"));
    // Files elsewhere are those of packages and generators.
    if (fragment.text() != path) return kNotSupported;
    if (ServiceState(unit, {}) != "Stopped") return kCannotAcceptControl;
    if (const ServiceReturn code = DisableUnit(machine, unit.name); code != kAccepted) return code;
    if (const ServiceReturn code = ReturnOfErrno(machine.files->Remove(path.c_str())); code != kAccepted) return code;
    RemoveChanges(machine, unit.name);
    return ReloadUnits(machine);
  });
}

constexpr MethodRow kMethods[] = {
    {"Change", Change,
     "Writes `DisplayName` as `Description=`, `PathName` as `ExecStart=`, `StartName` as `User=` and "
     "`ServiceDependencies` as `Requires=` and `After=` to `/etc/systemd/system/NAME.service.d/50-openwmi.conf`, has "
     "systemd read it, and does `StartMode` as `ChangeStartMode` does; a service that runs has it from its next start. "
     "All of it happens or nothing. NULL leaves as it is; `LocalSystem` is `root`. 1 for what systemd has not (other "
     "service types, error control above 1, a desktop, passwords, load order groups), for a drop-in file that is read "
     "later and says otherwise, and when a service is required that is not in `ServiceDependencies`: a drop-in file "
     "cannot take it away. 9 for a program that is not there, 11 while another `Change` of it runs, 13 for a "
     "dependency that is not there, 18 for itself, 21 for values that no unit file can hold, 22 for an account that is "
     "not known."},
    {"ChangeStartMode", ChangeStartMode,
     "`Automatic` enables the unit, `Manual` disables it, `Disabled` masks it; then systemd reads its files again. 1 "
     "for a unit that cannot be enabled or masked, 21 for another mode."},
    {"Create", Create,
     "Writes a unit file to `/etc/systemd/system`, has systemd read it, and enables it for `Automatic`. 1 for what "
     "systemd has not: passwords, load order groups, a desktop, other service types."},
    {"Delete", Delete,
     "Disables a unit of `/etc/systemd/system` that is stopped, removes its file and what `Change` set, and has "
     "systemd read its files again. 1 for a unit whose file is elsewhere, 5 for one that runs."},
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
