#include "providers/linux/firmware/smbios_classes.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cim/datetime.h"
#include "providers/linux/firmware/smbios_table.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using Number = std::optional<std::uint64_t>;

constexpr SourceSet kShared = 1u << 0;
constexpr SourceSet kTable = 1u << 1;
constexpr SourceSet kSerial = 1u << 2;
constexpr SourceSet kEntry = 1u << 3;
constexpr SourceSet kHost = 1u << 4;

// Types of DSP0134.
constexpr std::uint8_t kBios = 0;
constexpr std::uint8_t kSystem = 1;
constexpr std::uint8_t kBoard = 2;
constexpr std::uint8_t kChassis = 3;
constexpr std::uint8_t kOptions = 12;
constexpr std::uint8_t kLanguage = 13;
constexpr std::uint8_t kArray = 16;
constexpr std::uint8_t kModule = 17;
constexpr std::uint8_t kMemoryError = 18;
constexpr std::uint8_t kMappedModule = 20;

// What the kernel lets us see.
struct Firmware {
  Outcome outcome = Outcome::kGone;
  SmbiosTable table;

  explicit Firmware(std::pair<Outcome, std::string> read) : outcome(read.first), table(std::move(read.second)) {}
  bool has_table() const { return outcome == Outcome::kRead; }
};

std::pair<Outcome, std::string> ReadTable(const Machine& machine) {
  TextBuffer buffer;
  const std::string path = machine.root.sys + "/firmware/dmi/tables/DMI";
  const int error = machine.files->Read(kNoDirectory, path.c_str(), SmbiosTable::kBytesMax, buffer);
  if (error != 0) return {OutcomeOf(error), {}};
  return {Outcome::kRead, std::string(buffer.text())};
}

Firmware ReadFirmware(const Machine& machine) { return Firmware(ReadTable(machine)); }

// A file of /sys/class/dmi/id. `refused` gets `bit` when it is there and not for us.
std::string ReadId(const Machine& machine, const char* name, SourceSet bit, SourceSet& refused) {
  TextBuffer buffer;
  const std::string path = machine.root.sys + "/class/dmi/id/" + name;
  const int error = machine.files->Read(kNoDirectory, path.c_str(), 4096, buffer);
  if (error == 0) return std::string(Trim(buffer.text()));
  if (OutcomeOf(error) == Outcome::kDenied) refused |= bit;
  return {};
}

std::string ReadId(const Machine& machine, const char* name) {
  SourceSet ignored = 0;
  return ReadId(machine, name, 0, ignored);
}

// Notes which columns have no source when the table could not be read.
template <typename View>
void NoteMissingTable(Outcome outcome, View& view) {
  (outcome == Outcome::kDenied ? view.denied : view.unread) |= kTable;
}

// What the classes of which the kernel shows nothing else give without a table.
Status WithoutTable(const Firmware& firmware) {
  if (firmware.outcome == Outcome::kDenied) {
    return Status(code::kPartialResults,
                  "No memory is listed: /sys/firmware/dmi/tables/DMI, the table of the firmware, can be read by root "
                  "only; run the query as root.");
  }
  if (firmware.outcome == Outcome::kUnread || firmware.outcome == Outcome::kExhausted) {
    return Status(code::kPartialResults,
                  "No memory is listed: /sys/firmware/dmi/tables/DMI, the table of the firmware, could not be read.");
  }
  return Status();
}

Status WholeOrNot(const Firmware& firmware) {
  if (firmware.table.is_whole()) return Status();
  return Status(code::kPartialResults,
                "Some memory may be missing: /sys/firmware/dmi/tables/DMI, the table of the firmware, ends in the "
                "middle of an entry; a newer firmware may write it rightly.");
}

Number ByteUnless(const SmbiosStructure& structure, std::size_t offset, std::uint8_t unknown) {
  const auto value = structure.Byte(offset);
  return !value || *value == unknown ? Number() : Number(*value);
}

Number WordUnless(const SmbiosStructure& structure, std::size_t offset, std::uint16_t unknown) {
  const auto value = structure.Word(offset);
  return !value || *value == unknown ? Number() : Number(*value);
}

// A value of a list that starts at 1 and ends at `last`.
Number Listed(const std::optional<std::uint8_t>& value, std::uint8_t last) {
  return !value || *value == 0 || *value > last ? Number() : Number(*value);
}

std::optional<bool> Bit(const std::optional<std::uint8_t>& value, unsigned bit) {
  if (!value) return std::nullopt;
  return ((*value >> bit) & 1u) != 0;
}

std::string Numbered(std::string_view text, std::size_t number) {
  std::string result(text);
  result += ' ';
  result += std::to_string(number);
  return result;
}

template <typename View>
void ShowPhysicalMemory(const View&, RowWriter& row, std::size_t slot) {
  row.SetText(slot, "Physical Memory");
}

// "01/31/2024", as the table has it, as a datetime; empty when it is no date.
std::string DatetimeOf(std::string_view text) {
  std::uint64_t month = 0;
  std::uint64_t day = 0;
  std::uint64_t year = 0;
  std::string_view part;
  if (!NextPart(text, '/', part) || !ParseUnsigned(part, month)) return {};
  if (!NextPart(text, '/', part) || !ParseUnsigned(part, day)) return {};
  if (!ParseUnsigned(text, year) || year > 9999 || month > 12 || day > 31) return {};
  // DSP0134: two digits are a year of the last century.
  if (year < 100) year += 1900;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return {};
  const auto midnight = std::chrono::sys_days(date).time_since_epoch();
  return cim::FormatDatetime(std::chrono::duration_cast<std::chrono::microseconds>(midnight).count(), 0);
}

// "1.12" in two numbers.
void ParseRelease(std::string_view text, Number& major, Number& minor) {
  std::string_view first;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!NextPart(text, '.', first) || !ParseUnsigned(first, a) || !ParseUnsigned(text, b) || a > 0xFE || b > 0xFE)
    return;
  major = a;
  minor = b;
}

void ReadBiosStructure(const SmbiosTable& table, const SmbiosStructure& bios, BiosView& view) {
  constexpr std::size_t kExtension = 0x12;
  view.vendor = bios.Text(0x04);
  view.version = bios.Text(0x05);
  view.released = DatetimeOf(bios.Text(0x08));
  // Bits 0 to 31 are those that the specification names; the rest belongs to makers. The first byte of the extension
  // goes on at 32 in the numbering of the class.
  const std::uint64_t bits = (bios.QuadWord(0x0A).value_or(0) & 0xFFFF'FFFFu) |
                             static_cast<std::uint64_t>(bios.Byte(kExtension).value_or(0)) << 32;
  for (unsigned bit = 0; bit < 40; ++bit) {
    if (((bits >> bit) & 1u) != 0) view.characteristics.push_back(bit);
  }
  view.major = ByteUnless(bios, 0x14, 0xFF);
  view.minor = ByteUnless(bios, 0x15, 0xFF);
  view.controller_major = ByteUnless(bios, 0x16, 0xFF);
  view.controller_minor = ByteUnless(bios, 0x17, 0xFF);
  for (const SmbiosStructure* system : table.OfType(kSystem)) {
    if (view.serial_number.empty()) view.serial_number = system->Text(0x07);
  }
  for (const SmbiosStructure* language : table.OfType(kLanguage)) {
    view.language_count = language->Byte(0x04);
    for (std::uint8_t i = 1; i <= language->Byte(0x04).value_or(0) && i < 0xFF; ++i) {
      const std::string_view text = language->String(i);
      if (!text.empty()) view.languages.push_back(ToUtf8(text));
    }
    view.language = language->Text(0x15);
    break;
  }
}

// False when this machine has no DMI at all.
bool ReadBiosIds(const Machine& machine, BiosView& view) {
  view.vendor = ReadId(machine, "bios_vendor");
  view.version = ReadId(machine, "bios_version");
  view.released = DatetimeOf(ReadId(machine, "bios_date"));
  if (view.vendor.empty() && view.version.empty() && view.released.empty()) return false;
  ParseRelease(ReadId(machine, "bios_release"), view.major, view.minor);
  ParseRelease(ReadId(machine, "ec_firmware_release"), view.controller_major, view.controller_minor);
  return true;
}

void ReadEntryPoint(const Machine& machine, BiosView& view) {
  TextBuffer buffer;
  const std::string path = machine.root.sys + "/firmware/dmi/tables/smbios_entry_point";
  const int error = machine.files->Read(kNoDirectory, path.c_str(), 256, buffer);
  if (error != 0) {
    (OutcomeOf(error) == Outcome::kDenied ? view.denied : view.unread) |= kEntry;
  } else if (const auto version = ParseSmbiosEntryPoint(buffer.text())) {
    view.smbios_major = version->major;
    view.smbios_minor = version->minor;
  }
}

constexpr std::string_view kTableName = "`/sys/firmware/dmi/tables/DMI`";

constexpr Source kBiosSources[] = {
    {kShared, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/bios_*` and `ec_firmware_release`", Cost::kFile},
    {kTable, kTableName, Cost::kFile},
    {kSerial, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/product_serial`", Cost::kFile},
    {kEntry, "`/sys/firmware/dmi/tables/smbios_entry_point`", Cost::kFile},
};

constexpr std::uint64_t kRunning = 3;
constexpr std::uint64_t kAnyTarget = 0;

constexpr Column<BiosView> kBiosColumns[] = {
    {"Caption", kShared, ShowText<&BiosView::name>, "as `Name`"},
    {"Description", kShared, ShowText<&BiosView::name>, "as `Name`"},
    {"Name", kShared, ShowText<&BiosView::name>, "version of the firmware as text; `BIOS` where it has none"},
    {"Manufacturer", kShared, ShowText<&BiosView::vendor>, "vendor of the firmware; NULL when it does not say"},
    {"SerialNumber", kSerial, ShowText<&BiosView::serial_number>,
     "serial number of the machine (type 1); root only, NULL when it has none"},
    {"SoftwareElementID", kShared, ShowText<&BiosView::name>, "as `Name`"},
    {"SoftwareElementState", 0,
     [](const BiosView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kRunning); }, "3 Running"},
    {"TargetOperatingSystem", 0,
     [](const BiosView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kAnyTarget); },
     "0 Unknown: it starts any"},
    {"Version", kShared, ShowText<&BiosView::name>, "as `Name`"},
    {"PrimaryBIOS", 0, [](const BiosView&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "TRUE: the only one listed"},
    {"BiosCharacteristics", kTable, ShowNumbers<&BiosView::characteristics>,
     "bits 0 to 31 of the characteristics, and of the first extension byte as 32 to 39; root only"},
    {"BIOSVersion", kShared, ShowTexts<&BiosView::versions>, "a list with the version; NULL when it has none"},
    {"CurrentLanguage", kTable, ShowText<&BiosView::language>, "type 13; root only, NULL when there is no such entry"},
    {"EmbeddedControllerMajorVersion", kShared, ShowNumber<&BiosView::controller_major>,
     "NULL when there is no controller, or its firmware cannot be replaced"},
    {"EmbeddedControllerMinorVersion", kShared, ShowNumber<&BiosView::controller_minor>,
     "NULL when there is no controller, or its firmware cannot be replaced"},
    {"InstallableLanguages", kTable, ShowNumber<&BiosView::language_count>, "type 13; root only"},
    {"ListOfLanguages", kTable, ShowTexts<&BiosView::languages>, "type 13; root only"},
    {"ReleaseDate", kShared, ShowText<&BiosView::released>, "midnight UTC of the day; NULL when it is no date"},
    {"SMBIOSBIOSVersion", kShared, ShowText<&BiosView::version>, "version of the firmware; NULL when it has none"},
    {"SMBIOSMajorVersion", kEntry, ShowNumber<&BiosView::smbios_major>, "version of the specification; root only"},
    {"SMBIOSMinorVersion", kEntry, ShowNumber<&BiosView::smbios_minor>, "version of the specification; root only"},
    {"SMBIOSPresent", 0, [](const BiosView&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "TRUE: without a table there is no instance"},
    {"SystemBiosMajorVersion", kShared, ShowNumber<&BiosView::major>, "NULL when the firmware does not say"},
    {"SystemBiosMinorVersion", kShared, ShowNumber<&BiosView::minor>, "NULL when the firmware does not say"},
};

}  // namespace

std::span<const Source> Bios::Sources() { return kBiosSources; }
std::span<const Column<BiosView>> Bios::Columns() { return kBiosColumns; }

Status Bios::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  View view;
  if (firmware.has_table()) {
    const std::vector<const SmbiosStructure*> found = firmware.table.OfType(kBios);
    if (found.empty()) return Status();
    ReadBiosStructure(firmware.table, *found.front(), view);
  } else {
    if (!ReadBiosIds(machine, view)) return Status();
    NoteMissingTable(firmware.outcome, view);
    if (asked.Wants(kSerial)) view.serial_number = ReadId(machine, "product_serial", kSerial, view.denied);
  }
  view.name = view.version.empty() ? "BIOS" : view.version;
  if (!view.version.empty()) view.versions.push_back(ToUtf8(view.version));
  if (asked.Wants(kEntry)) ReadEntryPoint(machine, view);
  out.push_back(std::move(view));
  return Status();
}

namespace {

constexpr Source kBoardSources[] = {
    {kShared, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/board_*`", Cost::kFile},
    {kTable, kTableName, Cost::kFile},
    {kSerial, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/board_serial`", Cost::kFile},
};

void ShowBaseBoard(const BaseBoardView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Base Board"); }

constexpr Column<BaseBoardView> kBoardColumns[] = {
    {"Caption", 0, ShowBaseBoard, "`Base Board`"},
    {"Description", 0, ShowBaseBoard, "`Base Board`"},
    {"Name", 0, ShowBaseBoard, "`Base Board`"},
    {"CreationClassName", 0, ShowClassName<BaseBoard>, "`Win32_BaseBoard`"},
    {"Manufacturer", kShared, ShowText<&BaseBoardView::manufacturer>, "NULL when the firmware does not say"},
    {"SerialNumber", kSerial, ShowText<&BaseBoardView::serial_number>,
     "root only; NULL when the firmware does not say"},
    {"Tag", kShared, ShowText<&BaseBoardView::tag>, "`Base Board`, a second board `Base Board 1` and so on"},
    {"Version", kShared, ShowText<&BaseBoardView::version>, "NULL when the firmware does not say"},
    {"HotSwappable", kTable, ShowBoolean<&BaseBoardView::is_hot_swappable>, "feature bit; root only"},
    {"Removable", kTable, ShowBoolean<&BaseBoardView::is_removable>, "feature bit; root only"},
    {"Replaceable", kTable, ShowBoolean<&BaseBoardView::is_replaceable>, "feature bit; root only"},
    {"HostingBoard", kTable, ShowBoolean<&BaseBoardView::is_hosting>, "feature bit; root only"},
    {"RequiresDaughterBoard", kTable, ShowBoolean<&BaseBoardView::needs_daughter>, "feature bit; root only"},
    {"ConfigOptions", kTable, ShowTexts<&BaseBoardView::options>,
     "of the first board: texts of type 12 about jumpers and switches; root only, NULL when there are none"},
    {"Product", kShared, ShowText<&BaseBoardView::product>, "name of the board; NULL when the firmware does not say"},
};

void AddOptions(const SmbiosTable& table, BaseBoardView& view) {
  for (const SmbiosStructure* options : table.OfType(kOptions)) {
    for (std::uint8_t i = 1; i <= options->Byte(0x04).value_or(0) && i < 0xFF; ++i) {
      const std::string_view text = options->String(i);
      if (!text.empty()) view.options.push_back(ToUtf8(text));
    }
  }
}

}  // namespace

std::span<const Source> BaseBoard::Sources() { return kBoardSources; }
std::span<const Column<BaseBoardView>> BaseBoard::Columns() { return kBoardColumns; }

Status BaseBoard::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  for (const SmbiosStructure* board : firmware.table.OfType(kBoard)) {
    View view;
    view.tag = out.empty() ? "Base Board" : Numbered("Base Board", out.size());
    view.manufacturer = board->Text(0x04);
    view.product = board->Text(0x05);
    view.version = board->Text(0x06);
    view.serial_number = board->Text(0x07);
    const auto features = board->Byte(0x09);
    view.is_hosting = Bit(features, 0);
    view.needs_daughter = Bit(features, 1);
    view.is_removable = Bit(features, 2);
    view.is_replaceable = Bit(features, 3);
    view.is_hot_swappable = Bit(features, 4);
    if (out.empty()) AddOptions(firmware.table, view);
    out.push_back(std::move(view));
  }
  if (firmware.has_table()) return Status();
  View view;
  view.tag = "Base Board";
  view.manufacturer = ReadId(machine, "board_vendor");
  view.product = ReadId(machine, "board_name");
  view.version = ReadId(machine, "board_version");
  if (view.manufacturer.empty() && view.product.empty() && view.version.empty()) return Status();
  NoteMissingTable(firmware.outcome, view);
  if (asked.Wants(kSerial)) view.serial_number = ReadId(machine, "board_serial", kSerial, view.denied);
  out.push_back(std::move(view));
  return Status();
}

namespace {

constexpr std::uint8_t kChassisTypeLast = 36;

constexpr Source kChassisSources[] = {
    {kShared, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/chassis_*`", Cost::kFile},
    {kTable, kTableName, Cost::kFile},
    {kSerial, "`/sys/firmware/dmi/tables/DMI`, else `/sys/class/dmi/id/chassis_serial`", Cost::kFile},
};

void ShowEnclosure(const SystemEnclosureView&, RowWriter& row, std::size_t slot) {
  row.SetText(slot, "System Enclosure");
}

constexpr Column<SystemEnclosureView> kChassisColumns[] = {
    {"Caption", 0, ShowEnclosure, "`System Enclosure`"},
    {"Description", 0, ShowEnclosure, "`System Enclosure`"},
    {"Name", 0, ShowEnclosure, "`System Enclosure`"},
    {"CreationClassName", 0, ShowClassName<SystemEnclosure>, "`Win32_SystemEnclosure`"},
    {"Manufacturer", kShared, ShowText<&SystemEnclosureView::manufacturer>, "NULL when the firmware does not say"},
    {"SerialNumber", kSerial, ShowText<&SystemEnclosureView::serial_number>,
     "root only; NULL when the firmware does not say"},
    {"SKU", kTable, ShowText<&SystemEnclosureView::sku>, "root only; NULL when the firmware does not say"},
    {"Tag", kShared, ShowText<&SystemEnclosureView::tag>, "`System Enclosure 0` and so on"},
    {"Version", kShared, ShowText<&SystemEnclosureView::version>, "NULL when the firmware does not say"},
    {"LockPresent", kTable, ShowBoolean<&SystemEnclosureView::has_lock>, "high bit of the type; root only"},
    {"ChassisTypes", kShared, ShowNumbers<&SystemEnclosureView::types>, "a list of one, in the numbering of SMBIOS"},
    {"NumberOfPowerCords", kTable, ShowNumber<&SystemEnclosureView::power_cords>, "root only; NULL when not told"},
    {"SecurityStatus", kTable, ShowNumber<&SystemEnclosureView::security_status>, "root only"},
    {"SMBIOSAssetTag", kShared, ShowText<&SystemEnclosureView::asset_tag>, "NULL when the firmware has none"},
};

}  // namespace

std::span<const Source> SystemEnclosure::Sources() { return kChassisSources; }
std::span<const Column<SystemEnclosureView>> SystemEnclosure::Columns() { return kChassisColumns; }

Status SystemEnclosure::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  for (const SmbiosStructure* chassis : firmware.table.OfType(kChassis)) {
    View view;
    view.tag = Numbered("System Enclosure", out.size());
    view.manufacturer = chassis->Text(0x04);
    view.version = chassis->Text(0x06);
    view.serial_number = chassis->Text(0x07);
    view.asset_tag = chassis->Text(0x08);
    if (const auto type = chassis->Byte(0x05)) {
      const auto kind = Listed(static_cast<std::uint8_t>(*type & 0x7Fu), kChassisTypeLast);
      if (kind) view.types.push_back(*kind);
      view.has_lock = (*type & 0x80u) != 0;
    }
    view.security_status = Listed(chassis->Byte(0x0C), 5);
    view.power_cords = ByteUnless(*chassis, 0x12, 0);
    // Behind the contained elements, of which there are `count` of `size` bytes.
    const auto count = chassis->Byte(0x13);
    const auto size = chassis->Byte(0x14);
    if (count && size) view.sku = chassis->Text(0x15u + std::size_t{*count} * *size);
    out.push_back(std::move(view));
  }
  if (firmware.has_table()) return Status();
  View view;
  view.tag = Numbered("System Enclosure", 0);
  view.manufacturer = ReadId(machine, "chassis_vendor");
  view.version = ReadId(machine, "chassis_version");
  view.asset_tag = ReadId(machine, "chassis_asset_tag");
  std::uint64_t type = 0;
  if (ParseUnsigned(ReadId(machine, "chassis_type"), type) && type != 0 && type <= kChassisTypeLast) {
    view.types.push_back(type);
  }
  if (view.manufacturer.empty() && view.version.empty() && view.types.empty()) return Status();
  NoteMissingTable(firmware.outcome, view);
  if (asked.Wants(kSerial)) view.serial_number = ReadId(machine, "chassis_serial", kSerial, view.denied);
  out.push_back(std::move(view));
  return Status();
}

namespace {

constexpr Source kTableSources[] = {
    {kTable, kTableName, Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

constexpr Column<PhysicalMemoryView> kModuleColumns[] = {
    {"Caption", 0, ShowPhysicalMemory<PhysicalMemoryView>, "`Physical Memory`"},
    {"Description", 0, ShowPhysicalMemory<PhysicalMemoryView>, "`Physical Memory`"},
    {"Name", 0, ShowPhysicalMemory<PhysicalMemoryView>, "`Physical Memory`"},
    {"CreationClassName", 0, ShowClassName<PhysicalMemory>, "`Win32_PhysicalMemory`"},
    {"Manufacturer", kTable, ShowText<&PhysicalMemoryView::manufacturer>, "NULL when the module does not say"},
    {"PartNumber", kTable, ShowText<&PhysicalMemoryView::part_number>, "NULL when the module does not say"},
    {"SerialNumber", kTable, ShowText<&PhysicalMemoryView::serial_number>, "NULL when the module does not say"},
    {"Tag", kTable, ShowText<&PhysicalMemoryView::tag>,
     "`Physical Memory` and the number of the slot; empty slots count, too"},
    {"FormFactor", kTable, ShowNumber<&PhysicalMemoryView::form_factor>,
     "in the numbering of CIM; 1 Other for chips that are soldered in"},
    {"BankLabel", kTable, ShowText<&PhysicalMemoryView::bank>, "bank locator; NULL when there is none"},
    {"Capacity", kTable, ShowNumber<&PhysicalMemoryView::bytes>, "in bytes; NULL when the firmware does not know"},
    {"DataWidth", kTable, ShowNumber<&PhysicalMemoryView::data_width>, "NULL when unknown"},
    {"InterleavePosition", kTable, ShowNumber<&PhysicalMemoryView::interleave_position>,
     "of its first address range (type 20); NULL when unknown"},
    {"MemoryType", kTable, ShowNumber<&PhysicalMemoryView::memory_type>,
     "in the numbering of CIM, where newer kinds (DDR4, DDR5) are 1 Other; `SMBIOSMemoryType` tells them apart"},
    {"PositionInRow", kTable, ShowNumber<&PhysicalMemoryView::row_position>,
     "of its first address range (type 20); NULL when unknown"},
    {"Speed", kTable, ShowNumber<&PhysicalMemoryView::speed>,
     "highest rate in millions of transfers in a second; NULL when unknown"},
    {"TotalWidth", kTable, ShowNumber<&PhysicalMemoryView::total_width>, "with check bits; NULL when unknown"},
    {"Attributes", kTable, ShowNumber<&PhysicalMemoryView::rank>, "number of ranks; NULL when unknown"},
    {"ConfiguredClockSpeed", kTable, ShowNumber<&PhysicalMemoryView::configured_speed>,
     "rate it runs at, in millions of transfers in a second; NULL when unknown"},
    {"ConfiguredVoltage", kTable, ShowNumber<&PhysicalMemoryView::voltage>, "in millivolts; NULL when unknown"},
    {"DeviceLocator", kTable, ShowText<&PhysicalMemoryView::locator>, "what is printed at the slot"},
    {"InterleaveDataDepth", kTable, ShowNumber<&PhysicalMemoryView::interleave_depth>,
     "of its first address range (type 20); NULL when unknown"},
    {"MaxVoltage", kTable, ShowNumber<&PhysicalMemoryView::voltage_max>, "in millivolts; NULL when unknown"},
    {"MinVoltage", kTable, ShowNumber<&PhysicalMemoryView::voltage_min>, "in millivolts; NULL when unknown"},
    {"SMBIOSMemoryType", kTable, ShowNumber<&PhysicalMemoryView::smbios_type>, "in the numbering of SMBIOS"},
    {"TypeDetail", kTable, ShowNumber<&PhysicalMemoryView::type_detail>, "bits of SMBIOS; NULL when none is set"},
};

// Size of a module in bytes: 0 for an empty slot, nothing when the firmware does not know.
Number ModuleBytes(const SmbiosStructure& module) {
  constexpr std::uint64_t kKilobyte = 1024;
  const auto size = module.Word(0x0C);
  if (!size || *size == 0xFFFF) return std::nullopt;
  if (*size == 0x7FFF) {
    const auto extended = module.DoubleWord(0x1C);
    if (!extended) return std::nullopt;
    return std::uint64_t{*extended & 0x7FFF'FFFFu} * kKilobyte * kKilobyte;
  }
  const std::uint64_t count = *size & 0x7FFFu;
  return (*size & 0x8000u) != 0 ? count * kKilobyte : count * kKilobyte * kKilobyte;
}

// FormFactor of CIM_Chip by that of SMBIOS; Other where CIM has none.
Number FormFactorOf(const std::optional<std::uint8_t>& smbios) {
  constexpr std::uint8_t kByNumber[] = {0, 1, 0, 7, 2, 1, 3, 4, 6, 8, 9, 1, 11, 12, 13, 24, 1};
  if (!smbios || *smbios == 0) return std::nullopt;
  return *smbios < std::size(kByNumber) ? kByNumber[*smbios] : 1u;
}

// MemoryType of CIM_PhysicalMemory by that of SMBIOS.
Number MemoryTypeOf(const std::optional<std::uint8_t>& smbios) {
  constexpr std::uint8_t kByNumber[] = {0,  1,  0,  2,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                        15, 16, 17, 18, 19, 20, 21, 22, 1,  1,  1,  24, 25};
  if (!smbios || *smbios == 0) return std::nullopt;
  return *smbios < std::size(kByNumber) ? kByNumber[*smbios] : 1u;
}

// A rate in a word, or, where it does not fit, in a double word further back.
Number RateOf(const SmbiosStructure& module, std::size_t offset, std::size_t extended_offset) {
  const auto rate = module.Word(offset);
  if (!rate || *rate == 0) return std::nullopt;
  if (*rate != 0xFFFF) return *rate;
  const auto extended = module.DoubleWord(extended_offset);
  if (!extended || *extended == 0) return std::nullopt;
  return *extended & 0x7FFF'FFFFu;
}

// The modules that are in their slots, with the number of the slot.
std::vector<std::pair<std::size_t, const SmbiosStructure*>> ModulesOf(const SmbiosTable& table) {
  std::vector<std::pair<std::size_t, const SmbiosStructure*>> modules;
  std::size_t slot = 0;
  for (const SmbiosStructure* module : table.OfType(kModule)) {
    if (ModuleBytes(*module) != 0u) modules.emplace_back(slot, module);
    ++slot;
  }
  return modules;
}

// The address ranges of the table that lead to the module.
std::vector<const SmbiosStructure*> RangesOf(const std::vector<const SmbiosStructure*>& all,
                                             const SmbiosStructure& module) {
  std::vector<const SmbiosStructure*> found;
  for (const SmbiosStructure* range : all) {
    if (range->Word(0x0C) == module.handle) found.push_back(range);
  }
  return found;
}

PhysicalMemoryView ModuleView(std::size_t slot, const SmbiosStructure& module) {
  PhysicalMemoryView view;
  view.tag = Numbered("Physical Memory", slot);
  view.locator = module.Text(0x10);
  view.bank = module.Text(0x11);
  view.manufacturer = module.Text(0x17);
  view.serial_number = module.Text(0x18);
  view.part_number = module.Text(0x1A);
  view.bytes = ModuleBytes(module);
  view.total_width = WordUnless(module, 0x08, 0xFFFF);
  view.data_width = WordUnless(module, 0x0A, 0xFFFF);
  view.form_factor = FormFactorOf(module.Byte(0x0E));
  view.smbios_type = ByteUnless(module, 0x12, 0);
  view.memory_type = MemoryTypeOf(module.Byte(0x12));
  view.type_detail = WordUnless(module, 0x13, 0);
  view.speed = RateOf(module, 0x15, 0x54);
  if (const auto attributes = module.Byte(0x1B); attributes && (*attributes & 0x0Fu) != 0) {
    view.rank = *attributes & 0x0Fu;
  }
  view.configured_speed = RateOf(module, 0x20, 0x58);
  view.voltage_min = WordUnless(module, 0x22, 0);
  view.voltage_max = WordUnless(module, 0x24, 0);
  view.voltage = WordUnless(module, 0x26, 0);
  return view;
}

}  // namespace

std::span<const Source> PhysicalMemory::Sources() { return kTableSources; }
std::span<const Column<PhysicalMemoryView>> PhysicalMemory::Columns() { return kModuleColumns; }

Status PhysicalMemory::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  if (!firmware.has_table()) return WithoutTable(firmware);
  const std::vector<const SmbiosStructure*> all_ranges = firmware.table.OfType(kMappedModule);
  for (const auto& [slot, module] : ModulesOf(firmware.table)) {
    View view = ModuleView(slot, *module);
    const std::vector<const SmbiosStructure*> ranges = RangesOf(all_ranges, *module);
    if (!ranges.empty()) {
      view.row_position = ByteUnless(*ranges.front(), 0x10, 0xFF);
      view.interleave_position = ByteUnless(*ranges.front(), 0x11, 0xFF);
      view.interleave_depth = ByteUnless(*ranges.front(), 0x12, 0xFF);
    }
    out.push_back(std::move(view));
  }
  return WholeOrNot(firmware);
}

namespace {

void ShowArray(const PhysicalMemoryArrayView&, RowWriter& row, std::size_t slot) {
  row.SetText(slot, "Physical Memory Array");
}

constexpr Column<PhysicalMemoryArrayView> kArrayColumns[] = {
    {"Caption", 0, ShowArray, "`Physical Memory Array`"},
    {"Description", 0, ShowArray, "`Physical Memory Array`"},
    {"Name", 0, ShowArray, "`Physical Memory Array`"},
    {"CreationClassName", 0, ShowClassName<PhysicalMemoryArray>, "`Win32_PhysicalMemoryArray`"},
    {"Tag", kTable, ShowText<&PhysicalMemoryArrayView::tag>, "`Physical Memory Array` and a number from 0"},
    {"Location", kTable, ShowNumber<&PhysicalMemoryArrayView::location>,
     "in the numbering of CIM; 1 Other for places it does not have"},
    {"MaxCapacity", kTable,
     [](const PhysicalMemoryArrayView& v, RowWriter& row, std::size_t slot) {
       if (v.kilobytes_max && *v.kilobytes_max <= std::numeric_limits<std::uint32_t>::max()) {
         row.SetUnsigned(slot, *v.kilobytes_max);
       }
     },
     "in kilobytes; NULL when it does not fit in 32 bits"},
    {"MaxCapacityEx", kTable, ShowNumber<&PhysicalMemoryArrayView::kilobytes_max>, "in kilobytes"},
    {"MemoryDevices", kTable, ShowNumber<&PhysicalMemoryArrayView::devices>, "number of slots"},
    {"MemoryErrorCorrection", kTable, ShowNumber<&PhysicalMemoryArrayView::error_correction>,
     "in the numbering of SMBIOS"},
    {"Use", kTable, ShowNumber<&PhysicalMemoryArrayView::use>, "in the numbering of SMBIOS"},
};

Number ArrayLocation(const std::optional<std::uint8_t>& smbios) {
  constexpr std::uint8_t kListLast = 10;
  constexpr std::uint8_t kPc98First = 0xA0;
  constexpr std::uint8_t kPc98Last = 0xA3;
  if (!smbios || *smbios == 0) return std::nullopt;
  if (*smbios <= kListLast) return *smbios;
  if (*smbios >= kPc98First && *smbios <= kPc98Last) return *smbios - kPc98First + kListLast + 1u;
  return 1u;
}

Number ArrayKilobytes(const SmbiosStructure& array) {
  const auto capacity = array.DoubleWord(0x07);
  if (!capacity) return std::nullopt;
  if (*capacity != 0x8000'0000u) return *capacity;
  const auto extended = array.QuadWord(0x0F);
  if (!extended || *extended == 0) return std::nullopt;
  return *extended / 1024;
}

}  // namespace

std::span<const Source> PhysicalMemoryArray::Sources() { return kTableSources; }
std::span<const Column<PhysicalMemoryArrayView>> PhysicalMemoryArray::Columns() { return kArrayColumns; }

Status PhysicalMemoryArray::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  if (!firmware.has_table()) return WithoutTable(firmware);
  for (const SmbiosStructure* array : firmware.table.OfType(kArray)) {
    View view;
    view.tag = Numbered("Physical Memory Array", out.size());
    view.location = ArrayLocation(array->Byte(0x04));
    view.use = Listed(array->Byte(0x05), 7);
    view.error_correction = Listed(array->Byte(0x06), 7);
    view.kilobytes_max = ArrayKilobytes(*array);
    view.devices = array->Word(0x0D);
    out.push_back(std::move(view));
  }
  return WholeOrNot(firmware);
}

namespace {

void ShowMemoryDevice(const MemoryDeviceView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Memory Device"); }

constexpr Column<MemoryDeviceView> kDeviceColumns[] = {
    {"Caption", 0, ShowMemoryDevice, "`Memory Device`"},
    {"Description", 0, ShowMemoryDevice, "`Memory Device`"},
    {"Name", 0, ShowMemoryDevice, "`Memory Device`"},
    {"CreationClassName", 0, ShowClassName<MemoryDevice>, "`Win32_MemoryDevice`"},
    {"DeviceID", kTable, ShowText<&MemoryDeviceView::device_id>,
     "`Memory Device` and the number of the slot; empty slots count, too"},
    {"SystemCreationClassName", 0, ShowSystemClass<MemoryDeviceView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&MemoryDeviceView::host_name>, "NULL when the host name is empty"},
    {"EndingAddress", kTable, ShowNumber<&MemoryDeviceView::last_kilobyte>,
     "last kilobyte of its address ranges; NULL when the table has none"},
    {"ErrorInfo", kTable, ShowNumber<&MemoryDeviceView::error_info>,
     "kind of the last error at start (type 18), 3 OK for none; NULL when the firmware does not say"},
    {"StartingAddress", kTable, ShowNumber<&MemoryDeviceView::first_kilobyte>,
     "first kilobyte of its address ranges; NULL when the table has none"},
    {"SystemLevelAddress", kTable, ShowBoolean<&MemoryDeviceView::is_system_address>,
     "TRUE with addresses: they are those of the system"},
    {"ErrorGranularity", kTable, ShowNumber<&MemoryDeviceView::error_granularity>,
     "of the last error at start (type 18); NULL when there is none"},
};

// The address at `offset` in kilobytes, or, where it does not fit, in bytes at `extended_offset`.
Number RangeKilobyte(const SmbiosStructure& range, std::size_t offset, std::size_t extended_offset) {
  const auto kilobyte = range.DoubleWord(offset);
  if (!kilobyte) return std::nullopt;
  if (*kilobyte != 0xFFFF'FFFFu) return *kilobyte;
  const auto byte = range.QuadWord(extended_offset);
  if (!byte) return std::nullopt;
  return *byte / 1024;
}

void ReadRanges(const std::vector<const SmbiosStructure*>& ranges, MemoryDeviceView& view) {
  for (const SmbiosStructure* range : ranges) {
    const Number first = RangeKilobyte(*range, 0x04, 0x13);
    const Number last = RangeKilobyte(*range, 0x08, 0x1B);
    if (!first || !last || *last < *first) continue;
    view.first_kilobyte = std::min(view.first_kilobyte.value_or(*first), *first);
    view.last_kilobyte = std::max(view.last_kilobyte.value_or(*last), *last);
    view.is_system_address = true;
  }
}

void ReadLastError(const SmbiosTable& table, const SmbiosStructure& module, MemoryDeviceView& view) {
  constexpr std::uint16_t kNotTold = 0xFFFE;
  constexpr std::uint16_t kNoError = 0xFFFF;
  constexpr std::uint64_t kOk = 3;
  const auto handle = module.Word(0x06);
  if (!handle || *handle == kNotTold) return;
  if (*handle == kNoError) {
    view.error_info = kOk;
    return;
  }
  for (const SmbiosStructure* error : table.OfType(kMemoryError)) {
    if (error->handle != *handle) continue;
    view.error_info = Listed(error->Byte(0x04), 14);
    if (view.error_info != kOk) view.error_granularity = Listed(error->Byte(0x05), 4);
    return;
  }
}

}  // namespace

std::span<const Source> MemoryDevice::Sources() { return kTableSources; }
std::span<const Column<MemoryDeviceView>> MemoryDevice::Columns() { return kDeviceColumns; }

Status MemoryDevice::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const Firmware firmware = ReadFirmware(machine);
  if (!firmware.has_table()) return WithoutTable(firmware);
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  const std::vector<const SmbiosStructure*> all_ranges = firmware.table.OfType(kMappedModule);
  for (const auto& [slot, module] : ModulesOf(firmware.table)) {
    View view;
    view.device_id = Numbered("Memory Device", slot);
    view.host_name = host_name;
    ReadRanges(RangesOf(all_ranges, *module), view);
    ReadLastError(firmware.table, *module, view);
    out.push_back(std::move(view));
  }
  return WholeOrNot(firmware);
}

}  // namespace wmi::linuxos
