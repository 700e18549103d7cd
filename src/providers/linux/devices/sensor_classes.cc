#include "providers/linux/devices/sensor_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "providers/linux/guarded_calls.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using Number = std::optional<std::uint64_t>;

constexpr SourceSet kSupply = 1u << 0;
constexpr SourceSet kHost = 1u << 1;
constexpr SourceSet kLabel = 1u << 2;
constexpr SourceSet kFault = 1u << 3;
constexpr SourceSet kReading = 1u << 4;
constexpr SourceSet kLimits = 1u << 5;

constexpr std::size_t kSuppliesMax = 1024;
constexpr std::size_t kSensorFilesMax = 65'536;
constexpr std::size_t kUeventBytesMax = 64u << 10;

constexpr Source kHostSource{kHost, "`/proc/sys/kernel/hostname`", Cost::kFile};

Status TookTooLong(std::string_view what, std::string_view folder) {
  return Status(
      code::kPartialResults,
      fmt::format("No {} is listed: reading {} did not end in time, or an earlier reading still hangs; a driver "
                  "there waits for its device, see the log of the kernel.",
                  what, folder));
}

Number Figure(const BatteryView& view, std::string_view name) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(SettingOf(view.uevent, name), number)) return std::nullopt;
  return number;
}

std::string Text(const BatteryView& view, std::string_view name) { return SettingOf(view.uevent, name); }

// Milliwatt-hours: told in microwatt-hours, or in microampere-hours of a voltage in microvolts.
Number Energy(const BatteryView& view, std::string_view energy, std::string_view charge) {
  constexpr std::uint64_t kMicroToMilli = 1000;
  constexpr std::uint64_t kPlausibleMax = 1'000'000'000'000;
  if (const Number direct = Figure(view, energy)) return *direct / kMicroToMilli;
  const Number amount = Figure(view, charge);
  Number voltage = Figure(view, "POWER_SUPPLY_VOLTAGE_MIN_DESIGN");
  if (!voltage) voltage = Figure(view, "POWER_SUPPLY_VOLTAGE_NOW");
  if (!amount || !voltage || *amount > kPlausibleMax || *voltage > kPlausibleMax) return std::nullopt;
  // Milliampere-hours times millivolts are microwatt-hours.
  return *amount / kMicroToMilli * (*voltage / kMicroToMilli) / kMicroToMilli;
}

Number FullEnergy(const BatteryView& view) {
  return Energy(view, "POWER_SUPPLY_ENERGY_FULL", "POWER_SUPPLY_CHARGE_FULL");
}

// Minutes until `amount` is gone or come at the rate of now; the two are told in the same unit.
Number MinutesOf(const Number& amount, const Number& rate) {
  if (!amount || !rate || *rate == 0 || *amount > std::numeric_limits<std::uint64_t>::max() / 60) return std::nullopt;
  return *amount * 60 / *rate;
}

struct Flow {
  Number now;
  Number full;
  Number rate;
};

Flow FlowOf(const BatteryView& view) {
  Flow flow{Figure(view, "POWER_SUPPLY_ENERGY_NOW"), Figure(view, "POWER_SUPPLY_ENERGY_FULL"),
            Figure(view, "POWER_SUPPLY_POWER_NOW")};
  if (flow.now && flow.rate) return flow;
  return {Figure(view, "POWER_SUPPLY_CHARGE_NOW"), Figure(view, "POWER_SUPPLY_CHARGE_FULL"),
          Figure(view, "POWER_SUPPLY_CURRENT_NOW")};
}

Number RunMinutes(const BatteryView& view) {
  if (Text(view, "POWER_SUPPLY_STATUS") != "Discharging") return std::nullopt;
  if (const Number seconds = Figure(view, "POWER_SUPPLY_TIME_TO_EMPTY_NOW")) return *seconds / 60;
  const Flow flow = FlowOf(view);
  return MinutesOf(flow.now, flow.rate);
}

Number ChargeMinutes(const BatteryView& view) {
  if (Text(view, "POWER_SUPPLY_STATUS") != "Charging") return std::nullopt;
  if (const Number seconds = Figure(view, "POWER_SUPPLY_TIME_TO_FULL_NOW")) return *seconds / 60;
  const Flow flow = FlowOf(view);
  if (!flow.now || !flow.full || *flow.full < *flow.now) return std::nullopt;
  return MinutesOf(*flow.full - *flow.now, flow.rate);
}

Number StatusNumber(const BatteryView& view) {
  const std::string status = Text(view, "POWER_SUPPLY_STATUS");
  const std::string level = Text(view, "POWER_SUPPLY_CAPACITY_LEVEL");
  if (status == "Full") return 3;
  if (status == "Charging") return level == "Critical" ? 9 : level == "Low" ? 8 : level == "High" ? 7 : 6;
  if (status == "Not charging") return 2;
  if (status == "Discharging") return level == "Critical" ? 5 : level == "Low" ? 4 : 1;
  return std::nullopt;
}

Number ChemistryNumber(const BatteryView& view) {
  const std::string technology = Text(view, "POWER_SUPPLY_TECHNOLOGY");
  if (technology == "Li-ion" || technology == "LiFe" || technology == "LiMn") return 6;
  if (technology == "Li-poly") return 8;
  if (technology == "NiMH") return 5;
  if (technology == "NiCd") return 4;
  if (technology == "Unknown") return 2;
  return std::nullopt;
}

void SetFigure(RowWriter& row, std::size_t slot, const Number& value, std::uint64_t max) {
  if (value && *value <= max) row.SetUnsigned(slot, *value);
}

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

void ShowBatteryName(const BatteryView& view, RowWriter& row, std::size_t slot) {
  const std::string model = Text(view, "POWER_SUPPLY_MODEL_NAME");
  row.SetText(slot, model.empty() ? view.device_id : model);
}

constexpr Source kBatterySources[] = {{kSupply, "`/sys/class/power_supply/*/uevent`", Cost::kService}, kHostSource};

constexpr std::string_view kBatteryNameNote = "`MODEL_NAME`, else as `DeviceID`";

constexpr Column<BatteryView> kBatteryColumns[] = {
    {"Caption", kSupply, ShowBatteryName, kBatteryNameNote},
    {"Description", kSupply, ShowBatteryName, kBatteryNameNote},
    {"Name", kSupply, ShowBatteryName, kBatteryNameNote},
    {"Status", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) {
       const std::string health = Text(v, "POWER_SUPPLY_HEALTH");
       if (health == "Good") row.SetText(slot, "OK");
       if (health == "Dead" || health == "Unspecified failure") row.SetText(slot, "Error");
     },
     "`HEALTH`: `OK` for Good, `Error` for Dead and failures; NULL otherwise and where it is not told"},
    {"CreationClassName", 0, ShowClassName<Battery>, "`Win32_Battery`"},
    {"DeviceID", kSupply, ShowText<&BatteryView::device_id>, "name of the folder: `BAT0`"},
    {"SystemCreationClassName", 0, ShowSystemClass<BatteryView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&BatteryView::host_name>, "NULL when the host name is empty"},
    {"BatteryStatus", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, StatusNumber(v)); },
     "`STATUS` and `CAPACITY_LEVEL`: 1 discharging, 2 on mains and not charging, 3 full, 4 low, 5 critical, 6 to 9 "
     "charging; NULL when the kernel does not know"},
    {"Chemistry", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, ChemistryNumber(v)); },
     "`TECHNOLOGY`; all with lithium but Li-poly are 6 Lithium-ion"},
    {"DesignCapacity", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) {
       SetFigure(row, slot, Energy(v, "POWER_SUPPLY_ENERGY_FULL_DESIGN", "POWER_SUPPLY_CHARGE_FULL_DESIGN"), kMax32);
     },
     "`ENERGY_FULL_DESIGN`, else `CHARGE_FULL_DESIGN` times the design voltage; NULL without"},
    {"DesignVoltage", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) {
       if (const Number volts = Figure(v, "POWER_SUPPLY_VOLTAGE_MIN_DESIGN")) row.SetUnsigned(slot, *volts / 1000);
     },
     "`VOLTAGE_MIN_DESIGN`; NULL without"},
    {"EstimatedChargeRemaining", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) {
       SetFigure(row, slot, Figure(v, "POWER_SUPPLY_CAPACITY"), 100);
     },
     "`CAPACITY`; NULL without"},
    {"EstimatedRunTime", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) { SetFigure(row, slot, RunMinutes(v), kMax32); },
     "while discharging: `TIME_TO_EMPTY_NOW`, else what is left at the rate of now; NULL otherwise"},
    {"FullChargeCapacity", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) { SetFigure(row, slot, FullEnergy(v), kMax32); },
     "`ENERGY_FULL`, else `CHARGE_FULL` times the design voltage; NULL without"},
    {"TimeToFullCharge", kSupply,
     [](const BatteryView& v, RowWriter& row, std::size_t slot) { SetFigure(row, slot, ChargeMinutes(v), kMax32); },
     "while charging: `TIME_TO_FULL_NOW`, else what is missing at the rate of now; NULL otherwise"},
};

std::vector<std::string> Sorted(const Machine& machine, const std::string& folder, std::size_t names_max) {
  std::vector<std::string> names;
  if (machine.files->List(kNoDirectory, folder.c_str(), names_max, names) != 0) return {};
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<BatteryView> ReadBatteries(const Machine& machine) {
  std::vector<BatteryView> batteries;
  const std::string folder = machine.root.sys + "/class/power_supply";
  for (const std::string& name : Sorted(machine, folder, kSuppliesMax)) {
    const std::string path = fmt::format("{}/{}", folder, name);
    if (ReadLine(*machine.files, path + "/type") != "Battery") continue;
    if (ReadLine(*machine.files, path + "/scope") == "Device") continue;
    BatteryView view;
    view.device_id = name;
    view.uevent = ReadText(*machine.files, path + "/uevent", kUeventBytesMax);
    batteries.push_back(std::move(view));
  }
  return batteries;
}

}  // namespace

std::span<const Source> Battery::Sources() { return kBatterySources; }
std::span<const Column<BatteryView>> Battery::Columns() { return kBatteryColumns; }

Status Battery::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  auto read =
      RunGuarded<std::vector<View>>(*machine.guarded, "power_supply", [copy = machine] { return ReadBatteries(copy); });
  if (!read) return TookTooLong("battery", machine.root.sys + "/class/power_supply");
  out = std::move(*read);
  if (asked.Wants(kHost)) {
    for (View& view : out) view.host_name = HostName(machine);
  }
  return Status();
}

namespace {

constexpr Source kFanSources[] = {
    {kLabel, "`/sys/class/hwmon/hwmonN/name` and `fanN_label`", Cost::kService},
    {kFault, "`/sys/class/hwmon/hwmonN/fanN_fault`", Cost::kService},
    {kLimits, "`/sys/class/hwmon/hwmonN/fanN_target` and `pwmN`", Cost::kService},
    kHostSource,
};

constexpr Source kTemperatureSources[] = {
    {kLabel, "`/sys/class/hwmon/hwmonN/name` and `tempN_label`", Cost::kService},
    {kFault, "`/sys/class/hwmon/hwmonN/tempN_fault`", Cost::kService},
    {kReading, "`/sys/class/hwmon/hwmonN/tempN_input`", Cost::kService},
    {kLimits, "`/sys/class/hwmon/hwmonN/tempN_*`", Cost::kService},
    kHostSource,
};

void ShowFault(const SensorView& view, RowWriter& row, std::size_t slot) {
  if (view.has_fault) row.SetText(slot, *view.has_fault ? "Error" : "OK");
}

constexpr std::string_view kSensorNameNote =
    "name of the chip, and the label of the sensor or its file: `coretemp Core 0`";
constexpr std::string_view kFaultNote = "`Error` or `OK`; NULL when the chip does not tell faults";

constexpr Column<SensorView> kFanColumns[] = {
    {"Caption", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Description", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Name", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Status", kFault, ShowFault, kFaultNote},
    {"CreationClassName", 0, ShowClassName<Fan>, "`Win32_Fan`"},
    {"DeviceID", kLabel, ShowText<&SensorView::device_id>, "folder and sensor: `hwmon2/fan1`"},
    {"SystemCreationClassName", 0, ShowSystemClass<SensorView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&SensorView::host_name>, "NULL when the host name is empty"},
    {"ActiveCooling", 0, [](const SensorView&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "TRUE: a fan moves air"},
    {"DesiredSpeed", kLimits, ShowNumber<&SensorView::target>, "`fanN_target`; NULL when no speed can be asked for"},
    {"VariableSpeed", kLimits, ShowBoolean<&SensorView::is_variable>,
     "TRUE with `fanN_target` or `pwmN`; NULL without, since it may be controlled elsewhere"},
};

constexpr Column<SensorView> kTemperatureColumns[] = {
    {"Caption", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Description", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Name", kLabel, ShowText<&SensorView::name>, kSensorNameNote},
    {"Status", kFault, ShowFault, kFaultNote},
    {"CreationClassName", 0, ShowClassName<TemperatureProbe>, "`Win32_TemperatureProbe`"},
    {"DeviceID", kLabel, ShowText<&SensorView::device_id>, "folder and sensor: `hwmon1/temp1`"},
    {"SystemCreationClassName", 0, ShowSystemClass<SensorView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&SensorView::host_name>, "NULL when the host name is empty"},
    {"CurrentReading", kReading, ShowSigned<&SensorView::reading>,
     "in tenths of a degree Celsius; NULL when the sensor gives none now"},
    {"LowerThresholdCritical", kLimits, ShowSigned<&SensorView::low_critical>, "`_lcrit`, in tenths of a degree"},
    {"LowerThresholdNonCritical", kLimits, ShowSigned<&SensorView::low>, "`_min`, in tenths of a degree"},
    {"UpperThresholdCritical", kLimits, ShowSigned<&SensorView::high_critical>, "`_crit`, in tenths of a degree"},
    {"UpperThresholdFatal", kLimits, ShowSigned<&SensorView::high_fatal>, "`_emergency`, in tenths of a degree"},
    {"UpperThresholdNonCritical", kLimits, ShowSigned<&SensorView::high>, "`_max`, in tenths of a degree"},
};

// Thousandths of a degree as tenths, rounded.
std::optional<std::int64_t> TenthsIn(const Machine& machine, const std::string& path) {
  constexpr std::int64_t kPlausibleMax = 10'000'000;
  std::int64_t thousandths = 0;
  if (!ParseSigned(ReadLine(*machine.files, path), thousandths)) return std::nullopt;
  if (thousandths > kPlausibleMax || thousandths < -kPlausibleMax) return std::nullopt;
  return (thousandths + (thousandths < 0 ? -50 : 50)) / 100;
}

void ReadFan(const Machine& machine, const std::string& base, const std::vector<std::string>& files,
             std::string_view number, SensorView& view) {
  std::uint64_t target = 0;
  if (ParseUnsigned(ReadLine(*machine.files, base + "_target"), target)) view.target = target;
  const std::string control = fmt::format("pwm{}", number);
  if (view.target || std::binary_search(files.begin(), files.end(), control)) view.is_variable = true;
}

void ReadTemperature(const Machine& machine, SourceSet sources, const std::string& base, SensorView& view) {
  if ((sources & kReading) != 0) view.reading = TenthsIn(machine, base + "_input");
  if ((sources & kLimits) == 0) return;
  view.low = TenthsIn(machine, base + "_min");
  view.low_critical = TenthsIn(machine, base + "_lcrit");
  view.high = TenthsIn(machine, base + "_max");
  view.high_critical = TenthsIn(machine, base + "_crit");
  view.high_fatal = TenthsIn(machine, base + "_emergency");
}

// All sensors with a file "`kind`N_input".
std::vector<SensorView> ReadSensors(const Machine& machine, SourceSet sources, std::string_view kind) {
  constexpr std::string_view kEnd = "_input";
  std::vector<SensorView> sensors;
  const std::string folder = machine.root.sys + "/class/hwmon";
  for (const std::string& chip : Sorted(machine, folder, kSuppliesMax)) {
    const std::string chip_folder = fmt::format("{}/{}", folder, chip);
    const std::vector<std::string> files = Sorted(machine, chip_folder, kSensorFilesMax);
    std::string chip_name;
    for (const std::string& file : files) {
      if (!file.starts_with(kind) || !file.ends_with(kEnd)) continue;
      const std::string sensor = file.substr(0, file.size() - kEnd.size());
      const std::string base = fmt::format("{}/{}", chip_folder, sensor);
      SensorView view;
      view.device_id = fmt::format("{}/{}", chip, sensor);
      if ((sources & kLabel) != 0) {
        if (chip_name.empty()) chip_name = ReadLine(*machine.files, chip_folder + "/name");
        const std::string label = ReadLine(*machine.files, base + "_label");
        view.name = fmt::format("{} {}", chip_name.empty() ? chip : chip_name, label.empty() ? sensor : label);
      }
      std::uint64_t fault = 0;
      if ((sources & kFault) != 0 && ParseUnsigned(ReadLine(*machine.files, base + "_fault"), fault)) {
        view.has_fault = fault != 0;
      }
      if (kind == "temp") ReadTemperature(machine, sources, base, view);
      if (kind == "fan" && (sources & kLimits) != 0) {
        ReadFan(machine, base, files, std::string_view(sensor).substr(kind.size()), view);
      }
      sensors.push_back(std::move(view));
    }
  }
  return sensors;
}

Status LoadSensors(const Machine& machine, const Asked& asked, std::string_view kind, std::string_view what,
                   std::vector<SensorView>& out) {
  auto read = RunGuarded<std::vector<SensorView>>(
      *machine.guarded, "hwmon",
      [copy = machine, sources = asked.sources, kind] { return ReadSensors(copy, sources, kind); });
  if (!read) return TookTooLong(what, machine.root.sys + "/class/hwmon");
  out = std::move(*read);
  if (asked.Wants(kHost)) {
    for (SensorView& view : out) view.host_name = HostName(machine);
  }
  return Status();
}

}  // namespace

std::span<const Source> Fan::Sources() { return kFanSources; }
std::span<const Column<SensorView>> Fan::Columns() { return kFanColumns; }
Status Fan::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  return LoadSensors(machine, asked, "fan", "fan", out);
}

std::span<const Source> TemperatureProbe::Sources() { return kTemperatureSources; }
std::span<const Column<SensorView>> TemperatureProbe::Columns() { return kTemperatureColumns; }
Status TemperatureProbe::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  return LoadSensors(machine, asked, "temp", "temperature", out);
}

}  // namespace wmi::linuxos
