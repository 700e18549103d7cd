#include "providers/linux/services/service.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kUnits = 1u << 0;
constexpr SourceSet kFreezer = 1u << 1;
constexpr SourceSet kDescription = 1u << 2;
constexpr SourceSet kFileState = 1u << 3;
constexpr SourceSet kProperties = 1u << 4;
constexpr SourceSet kHost = 1u << 5;

constexpr std::string_view kType = ".service";

constexpr Source kSources[] = {
    {kUnits, "`ListUnitsByPatterns` and `ListUnitFilesByPatterns` of systemd", Cost::kService},
    {kFreezer, "`FreezerState` of a unit that runs", Cost::kService},
    {kDescription, "`Description` of a unit", Cost::kService},
    {kFileState, "`UnitFileState` of a unit", Cost::kService},
    {kProperties, "all properties of a unit", Cost::kService},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

using View = ServiceView;

bool IsStarted(const Unit& unit) {
  return unit.active_state == "active" || unit.active_state == "reloading" || unit.active_state == "refreshing";
}

std::string_view Stem(const Unit& unit) {
  const std::string_view name = unit.name;
  return name.ends_with(kType) ? name.substr(0, name.size() - kType.size()) : name;
}

void WriteDescription(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.unit.description);
}

void WriteFlag(const View& view, RowWriter& row, std::size_t slot, std::string_view name) {
  const BusValue* const can = view.properties.Find(name);
  if (can != nullptr) row.SetBoolean(slot, can->boolean() && IsStarted(view.unit));
}

std::string_view StatusOfService(const Unit& unit) {
  if (unit.load_state == "error" || unit.load_state == "bad-setting" || unit.active_state == "failed") return "Error";
  if (unit.active_state == "activating") return "Starting";
  if (unit.active_state == "deactivating") return "Stopping";
  return "OK";
}

void WriteExitCode(const View& view, RowWriter& row, std::size_t slot) {
  if (view.properties.list().empty()) return;
  if (NumberOf(view.properties, "MainPID") != 0) {
    row.SetUnsigned(slot, 0);
    return;
  }
  // 1 is CLD_EXITED; a process that a signal ended has no exit code, and 0 is one that never ran.
  constexpr std::uint64_t kExited = 1;
  if (NumberOf(view.properties, "ExecMainCode") == kExited)
    row.SetUnsigned(slot, NumberOf(view.properties, "ExecMainStatus"));
}

void WriteStartName(const View& view, RowWriter& row, std::size_t slot) {
  const BusValue* const user = view.properties.Find("User");
  if (user == nullptr) return;
  row.SetText(slot, user->text().empty() ? "root" : std::string_view(user->text()));
}

constexpr Column<View> kColumns[] = {
    {"AcceptPause", kUnits | kProperties,
     [](const View& v, RowWriter& row, std::size_t slot) { WriteFlag(v, row, slot, "CanFreeze"); },
     "`CanFreeze` while it runs. NULL before systemd 246."},
    {"AcceptStop", kUnits | kProperties,
     [](const View& v, RowWriter& row, std::size_t slot) { WriteFlag(v, row, slot, "CanStop"); },
     "`CanStop` while it runs"},
    {"Caption", kUnits | kDescription, WriteDescription},
    {"CreationClassName", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, Service::kClass); },
     "the name of the class"},
    {"Description", kUnits | kDescription, WriteDescription},
    {"DisplayName", kUnits | kDescription, WriteDescription},
    {"ExitCode", kProperties, WriteExitCode,
     "`ExecMainStatus` of the last main process; 0 while one runs. NULL when none ran yet, or a signal ended it."},
    {"Name", kUnits, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, Stem(v.unit)); },
     "without `.service`"},
    {"PathName", kProperties,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, CommandLineOf(v.properties)); },
     "the first command of `ExecStart`. NULL when there is none."},
    {"ProcessId", kProperties,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (!v.properties.list().empty()) row.SetUnsigned(slot, NumberOf(v.properties, "MainPID"));
     },
     "`MainPID`; 0 when there is no main process"},
    {"ServiceType", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Own Process"); },
     "always `Own Process`: systemd runs each service in processes of its own"},
    {"Started", kUnits,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, IsStarted(v.unit)); },
     "the active state is `active` or `reloading`"},
    {"StartMode", kUnits | kFileState,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, ServiceStartMode(v.unit.file_state));
     },
     "of the state of the unit file: `enabled` is `Auto`, `masked` is `Disabled`; `disabled`, `static`, `indirect`, "
     "`linked` and `transient` are `Manual`. NULL for `generated` and `bad`."},
    {"StartName", kProperties, WriteStartName, "`User`; `root` when it names none"},
    {"State", kUnits | kFreezer,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, ServiceState(v.unit, v.freezer)); },
     "of the active state; a service that is frozen is `Paused`"},
    {"Status", kUnits,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, StatusOfService(v.unit)); },
     "`Error` for a unit that failed or could not be loaded"},
    {"SystemCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "the name of the class of the computer"},
    {"SystemName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); }},
};

bool MayBeFrozen(const Unit& unit) { return IsStarted(unit) && unit.sub_state != "exited"; }

// Asks for what the lists do not tell. Once systemd did not answer in time it is asked no more: the other units would
// only wait too, and what is not known of them is NULL.
class UnitReader {
 public:
  // `failure` keeps why something is missing.
  UnitReader(const Machine& machine, BusAnswer& failure) : machine_(machine), failure_(failure) {}

  void Complete(const Asked& asked, View& view) {
    if (asked.Wants(kProperties)) view.properties = Read(view, kProperties, {});
    if (asked.Wants(kFreezer) && MayBeFrozen(view.unit)) view.freezer = Read(view, kFreezer, "FreezerState").text();
    if (asked.Wants(kDescription) && !view.unit.is_loaded)
      view.unit.description = Read(view, kDescription, "Description").text();
    // Instances of templates are not in the list of files.
    if (asked.Wants(kFileState) && view.unit.file_state.empty())
      view.unit.file_state = Read(view, kFileState, "UnitFileState").text();
  }

 private:
  // No name means all of them. Empty when the unit is gone, or systemd too old to know the property.
  BusValue Read(View& view, SourceSet source, std::string_view name) {
    if (failure_.outcome == BusAnswer::Outcome::kTimedOut) {
      view.unread |= source;
      return {};
    }
    BusAnswer answer =
        name.empty() ? UnitProperties(machine_, view.unit.path) : UnitProperty(machine_, view.unit.path, name);
    if (answer.ok() && !answer.values.empty()) return std::move(answer.values.front());
    if (answer.outcome == BusAnswer::Outcome::kDenied) view.denied |= source;
    if (answer.outcome == BusAnswer::Outcome::kTimedOut) {
      view.unread |= source;
      failure_ = std::move(answer);
    }
    return {};
  }

  const Machine& machine_;
  BusAnswer& failure_;
};

}  // namespace

std::string_view ServiceState(const Unit& unit, std::string_view freezer) {
  if (freezer == "frozen") return "Paused";
  if (freezer == "freezing") return "Pause Pending";
  if (freezer == "thawing") return "Continue Pending";
  if (IsStarted(unit)) return "Running";
  if (unit.active_state == "activating") return "Start Pending";
  if (unit.active_state == "deactivating") return "Stop Pending";
  // A unit that only has a file has nothing that could run.
  if (!unit.is_loaded || unit.active_state == "inactive" || unit.active_state == "failed") return "Stopped";
  return "Unknown";
}

std::string_view ServiceStartMode(std::string_view file_state) {
  if (file_state == "enabled" || file_state == "enabled-runtime") return "Auto";
  if (file_state == "masked" || file_state == "masked-runtime") return "Disabled";
  for (const std::string_view manual : {"disabled", "static", "indirect", "linked", "linked-runtime", "transient"}) {
    if (file_state == manual) return "Manual";
  }
  return {};
}

std::string FreezerOf(const Machine& machine, const Unit& unit) {
  return MayBeFrozen(unit) ? FirstValue(UnitProperty(machine, unit.path, "FreezerState")).text() : std::string();
}

Result<Unit> FindService(const Machine& machine, const std::string& name) {
  const auto pattern = PatternOf(name, kType);
  UnitList list;
  if (pattern) list = ListUnits(machine, {*pattern});
  if (!list.units.empty()) return std::move(list.units.front());
  if (!pattern || list.failure.ok())
    return Status(code::kNotFound, fmt::format("there is no service {}; ask Win32_Service for those there are", name));
  return Status(list.failure.outcome == BusAnswer::Outcome::kDenied ? code::kAccessDenied : code::kFailed,
                list.failure.message);
}

std::span<const Source> Service::Sources() { return kSources; }
std::span<const Column<ServiceView>> Service::Columns() { return kColumns; }

Status Service::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<std::string> patterns;
  if (asked.request.has_keys) {
    for (const provider::KeyTuple& key : asked.request.keys) {
      const cim::ValueView value = key.front().view();
      if (value.kind() != cim::ValueKind::kText) continue;
      if (auto pattern = PatternOf(value.text(), kType)) patterns.push_back(*std::move(pattern));
    }
    if (patterns.empty()) return Status();
  } else {
    patterns.push_back(fmt::format("*{}", kType));
  }
  UnitList list = ListUnits(machine, patterns);
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  UnitReader reader(machine, list.failure);
  for (Unit& unit : list.units) {
    if (asked.stopped()) break;
    View view;
    view.unit = std::move(unit);
    view.host_name = host_name;
    reader.Complete(asked, view);
    out.push_back(std::move(view));
  }
  return StatusOf(list.failure, "services");
}

}  // namespace wmi::linuxos
