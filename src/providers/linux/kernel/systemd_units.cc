#include "providers/linux/kernel/systemd_units.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "providers/linux/bus/system_bus.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using UnitView = LinuxSystemdUnitView;

constexpr SourceSet kUnits = 1u << 0;
constexpr SourceSet kFiles = 1u << 1;

constexpr std::size_t kUnitsMax = 1'000'000;

constexpr Source kSources[] = {
    {kUnits, "`ListUnits` of `org.freedesktop.systemd1`", Cost::kService},
    {kFiles, "`ListUnitFiles` of `org.freedesktop.systemd1`", Cost::kService},
};

constexpr std::string_view kLoadedNote = "NULL for a unit that is not loaded";
constexpr std::string_view kFileNote = "NULL for a unit without a file";

constexpr Column<UnitView> kColumns[] = {
    {"ActiveState", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.active_state); },
     kLoadedNote},
    {"Description", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.description); }, kLoadedNote},
    {"FilePath", kFiles,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.file_path); }, kFileNote},
    {"FileState", kFiles,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.file_state); }, kFileNote},
    {"Following", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.following); },
     "NULL when it follows none"},
    {"IsLoaded", kUnits, [](const UnitView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.is_loaded); },
     "whether it is in the list"},
    {"JobId", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) {
       if (v.job_id != 0) row.SetUnsigned(slot, v.job_id);
     },
     "NULL when no job waits"},
    {"JobType", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) {
       if (v.job_id != 0) SetTextOrNull(row, slot, v.job_type);
     },
     "NULL when no job waits"},
    {"LoadState", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.load_state); }, kLoadedNote},
    {"Name", kUnits | kFiles,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.name); },
     "the last part of the file's path, for a unit that is not loaded"},
    {"ObjectPath", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.object_path); }, kLoadedNote},
    {"SubState", kUnits,
     [](const UnitView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.sub_state); }, kLoadedNote},
    {"Type", kUnits | kFiles,
     [](const UnitView& v, RowWriter& row, std::size_t slot) {
       const std::size_t dot = v.name.rfind('.');
       if (dot != std::string::npos) SetTextOrNull(row, slot, std::string_view(v.name).substr(dot + 1));
     },
     "the ending of the name"},
};

BusAnswer AskManager(const Machine& machine, const char* member) {
  BusCall call;
  call.destination = "org.freedesktop.systemd1";
  call.path = "/org/freedesktop/systemd1";
  call.interface = "org.freedesktop.systemd1.Manager";
  call.member = member;
  return machine.bus->Call(call);
}

std::string WhyNot(const BusAnswer& answer) {
  switch (answer.outcome) {
    case BusAnswer::Outcome::kNoBus:
      return "there is no system bus to ask systemd on, because it does not run or the machine is a container; start "
             "the machine with systemd and D-Bus to see its units";
    case BusAnswer::Outcome::kNoService:
      return "systemd does not answer on the system bus, because another program starts this machine; start it with "
             "systemd to see its units";
    case BusAnswer::Outcome::kDenied:
      return fmt::format("systemd does not let this user list its units{}{}; run the program as root",
                         answer.message.empty() ? "" : ": ", answer.message);
    case BusAnswer::Outcome::kTimedOut:
      return "systemd did not list its units in time; see 'systemctl status' for what it is busy with and ask again";
    default:
      return fmt::format("systemd could not list its units{}{}; see 'systemctl list-units'",
                         answer.message.empty() ? "" : ": ", answer.message);
  }
}

const BusValue::List& RowsOf(const BusAnswer& answer) {
  static const BusValue::List none;
  return answer.values.empty() ? none : answer.values.front().list();
}

void TakeUnits(const BusAnswer& answer, std::map<std::string, UnitView>& units) {
  for (const BusValue& row : RowsOf(answer)) {
    const BusValue::List& unit = row.list();
    if (unit.size() < 10 || unit[0].text().empty() || units.size() >= kUnitsMax) continue;
    UnitView& view = units[unit[0].text()];
    view.name = unit[0].text();
    view.is_loaded = true;
    view.description = unit[1].text();
    view.load_state = unit[2].text();
    view.active_state = unit[3].text();
    view.sub_state = unit[4].text();
    view.following = unit[5].text();
    view.object_path = unit[6].text();
    view.job_id = unit[7].unsigned_number();
    view.job_type = unit[8].text();
  }
}

void TakeFiles(const BusAnswer& answer, std::map<std::string, UnitView>& units) {
  for (const BusValue& row : RowsOf(answer)) {
    const BusValue::List& file = row.list();
    if (file.size() < 2 || units.size() >= kUnitsMax) continue;
    const std::string& path = file[0].text();
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty()) continue;
    UnitView& view = units[name];
    view.name = name;
    view.file_path = path;
    view.file_state = file[1].text();
  }
}

}  // namespace

std::span<const Source> LinuxSystemdUnit::Sources() { return kSources; }
std::span<const Column<LinuxSystemdUnitView>> LinuxSystemdUnit::Columns() { return kColumns; }

Status LinuxSystemdUnit::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  // Both lists say which units there are, so both are asked for whatever the query shows.
  std::map<std::string, View> units;
  const BusAnswer listed = AskManager(machine, "ListUnits");
  if (!listed.ok()) return Status(code::kPartialResults, WhyNot(listed));
  TakeUnits(listed, units);
  BusAnswer files;
  files.outcome = BusAnswer::Outcome::kDone;
  if (!asked.stopped()) files = AskManager(machine, "ListUnitFiles");
  TakeFiles(files, units);
  for (auto& [name, view] : units) out.push_back(std::move(view));
  if (files.ok()) return Status();
  return Status(code::kPartialResults, fmt::format("the unit files are missing: {}", WhyNot(files)));
}

}  // namespace wmi::linuxos
