// What is right: what the firmware tells: BIOS, boards, memory modules, caches; processors.
#include <algorithm>

#include "rules.h"

namespace wmi::classes {
namespace {

Check NumberList(std::uint64_t low, std::uint64_t high) {
  return [low, high](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().empty()) return "not a list with content";
    return std::all_of(value.items().begin(), value.items().end(),
                       [&](ValueView item) {
                         return item.kind() == ValueKind::kUnsigned && item.unsigned_integer() >= low &&
                                item.unsigned_integer() <= high;
                       })
               ? ""
               : "not a list of numbers from " + std::to_string(low) + " to " + std::to_string(high);
  };
}

}  // namespace

void AddFirmwareRules(Rules& rules) {
  rules.Add("Win32_Processor", {
                                   {"AddressWidth", Always(Between(32, 64))},
                                   {"Architecture", Sometimes(Between(0, 12))},
                                   {"Availability", Always(Between(3, 3))},
                                   {"Caption", Sometimes(NonEmptyText())},
                                   {"CpuStatus", Always(Between(1, 1))},
                                   {"CreationClassName", Always(Exactly("Win32_Processor"))},
                                   {"CurrentClockSpeed", Sometimes(Between(1, 20'000))},
                                   {"DataWidth", Always(Between(32, 64))},
                                   {"Description", Sometimes(NonEmptyText())},
                                   {"DeviceID", Always(NonEmptyText())},
                                   {"L2CacheSize", Sometimes(Between(1, 0xFFFFFFFFu))},
                                   {"L3CacheSize", Sometimes(Between(1, 0xFFFFFFFFu))},
                                   {"Level", Sometimes(Between(1, 0xFFFF))},
                                   {"LoadPercentage", Sometimes(Between(0, 100))},
                                   {"Manufacturer", Sometimes(NonEmptyText())},
                                   {"MaxClockSpeed", Sometimes(Between(1, 20'000))},
                                   {"Name", Sometimes(NonEmptyText())},
                                   {"NumberOfCores", Always(Between(1, 65'536))},
                                   {"NumberOfEnabledCore", Always(Between(1, 65'536))},
                                   {"NumberOfLogicalProcessors", Always(Between(1, 65'536))},
                                   {"ProcessorType", Always(Between(3, 3))},
                                   {"Revision", Sometimes(Between(0, 0xFFFF))},
                                   {"Role", Always(Exactly("CPU"))},
                                   {"SecondLevelAddressTranslationExtensions", Sometimes(Boolean())},
                                   {"Status", Always(Exactly("OK"))},
                                   {"StatusInfo", Always(Between(3, 3))},
                                   {"Stepping", Sometimes(NonEmptyText())},
                                   {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                   {"SystemName", Always(NonEmptyText())},
                                   {"ThreadCount", Always(Between(1, 65'536))},
                                   {"Version", Sometimes(NonEmptyText())},
                                   {"VirtualizationFirmwareEnabled", Sometimes(Boolean())},
                                   {"VMMonitorModeExtensions", Sometimes(Boolean())},
                               });
  rules.Add("Win32_BIOS",
            {
                {"BiosCharacteristics", Sometimes(NumberList(0, 39))},
                {"BIOSVersion", Sometimes(TextList())},
                {"Caption", Always(NonEmptyText())},
                {"CurrentLanguage", Sometimes(NonEmptyText())},
                {"Description", Always(NonEmptyText())},
                {"EmbeddedControllerMajorVersion", Sometimes(Between(0, 0xFE))},
                {"EmbeddedControllerMinorVersion", Sometimes(Between(0, 0xFE))},
                {"InstallableLanguages", Sometimes(Between(0, 0xFF))},
                {"ListOfLanguages", Sometimes(TextList())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"PrimaryBIOS", Always(Boolean())},
                {"ReleaseDate", Sometimes(PastDatetime())},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"SMBIOSBIOSVersion", Sometimes(NonEmptyText())},
                {"SMBIOSMajorVersion", Sometimes(Between(2, 3))},
                {"SMBIOSMinorVersion", Sometimes(Between(0, 20))},
                {"SMBIOSPresent", Always(Boolean())},
                {"SoftwareElementID", Always(NonEmptyText())},
                {"SoftwareElementState", Always(Between(3, 3))},
                {"SystemBiosMajorVersion", Sometimes(Between(0, 0xFE))},
                {"SystemBiosMinorVersion", Sometimes(Between(0, 0xFE))},
                {"TargetOperatingSystem", Always(Between(0, 0))},
                {"Version", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_BaseBoard",
            {
                {"Caption", Always(Exactly("Base Board"))},
                {"ConfigOptions", Sometimes(TextList())},
                {"CreationClassName", Always(Exactly("Win32_BaseBoard"))},
                {"Description", Always(Exactly("Base Board"))},
                {"HostingBoard", Sometimes(Boolean())},
                {"HotSwappable", Sometimes(Boolean())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Always(Exactly("Base Board"))},
                {"Product", Sometimes(NonEmptyText())},
                {"Removable", Sometimes(Boolean())},
                {"Replaceable", Sometimes(Boolean())},
                {"RequiresDaughterBoard", Sometimes(Boolean())},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"Tag", Always(NonEmptyText())},
                {"Version", Sometimes(NonEmptyText())},
            },
            0);
  rules.Add("Win32_SystemEnclosure",
            {
                {"Caption", Always(Exactly("System Enclosure"))},
                {"ChassisTypes", Sometimes(NumberList(1, 36))},
                {"CreationClassName", Always(Exactly("Win32_SystemEnclosure"))},
                {"Description", Always(Exactly("System Enclosure"))},
                {"LockPresent", Sometimes(Boolean())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Always(Exactly("System Enclosure"))},
                {"NumberOfPowerCords", Sometimes(Between(1, 0xFF))},
                {"SecurityStatus", Sometimes(Between(1, 5))},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"SKU", Sometimes(NonEmptyText())},
                {"SMBIOSAssetTag", Sometimes(NonEmptyText())},
                {"Tag", Always(NonEmptyText())},
                {"Version", Sometimes(NonEmptyText())},
            },
            0);
  rules.Add("Win32_PhysicalMemory",
            {
                {"Attributes", Sometimes(Between(1, 15))},
                {"BankLabel", Sometimes(NonEmptyText())},
                {"Capacity", Sometimes(Between(1024, 1ull << 51))},
                {"Caption", Always(Exactly("Physical Memory"))},
                {"ConfiguredClockSpeed", Sometimes(Between(1, 100'000))},
                {"ConfiguredVoltage", Sometimes(Between(1, 20'000))},
                {"CreationClassName", Always(Exactly("Win32_PhysicalMemory"))},
                {"DataWidth", Sometimes(Between(0, 1024))},
                {"Description", Always(Exactly("Physical Memory"))},
                {"DeviceLocator", Sometimes(NonEmptyText())},
                {"FormFactor", Sometimes(Between(0, 24))},
                {"InterleaveDataDepth", Sometimes(Between(0, 0xFE))},
                {"InterleavePosition", Sometimes(Between(0, 0xFE))},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"MaxVoltage", Sometimes(Between(1, 20'000))},
                {"MemoryType", Sometimes(Between(0, 25))},
                {"MinVoltage", Sometimes(Between(1, 20'000))},
                {"Name", Always(Exactly("Physical Memory"))},
                {"PartNumber", Sometimes(NonEmptyText())},
                {"PositionInRow", Sometimes(Between(0, 0xFE))},
                {"SerialNumber", Sometimes(NonEmptyText())},
                {"SMBIOSMemoryType", Sometimes(Between(1, 0xFF))},
                {"Speed", Sometimes(Between(1, 100'000))},
                {"Tag", Always(NonEmptyText())},
                {"TotalWidth", Sometimes(Between(0, 1024))},
                {"TypeDetail", Sometimes(Between(1, 0xFFFF))},
            },
            0);
  rules.Add("Win32_PhysicalMemoryArray",
            {
                {"Caption", Always(Exactly("Physical Memory Array"))},
                {"CreationClassName", Always(Exactly("Win32_PhysicalMemoryArray"))},
                {"Description", Always(Exactly("Physical Memory Array"))},
                {"Location", Sometimes(Between(1, 14))},
                {"MaxCapacity", Sometimes(Number32())},
                {"MaxCapacityEx", Sometimes(Number64())},
                {"MemoryDevices", Sometimes(Between(0, 0xFFFF))},
                {"MemoryErrorCorrection", Sometimes(Between(1, 7))},
                {"Name", Always(Exactly("Physical Memory Array"))},
                {"Tag", Always(NonEmptyText())},
                {"Use", Sometimes(Between(1, 7))},
            },
            0);
  rules.Add("Win32_MemoryDevice",
            {
                {"Caption", Always(Exactly("Memory Device"))},
                {"CreationClassName", Always(Exactly("Win32_MemoryDevice"))},
                {"Description", Always(Exactly("Memory Device"))},
                {"DeviceID", Always(NonEmptyText())},
                {"EndingAddress", Sometimes(Number64())},
                {"ErrorGranularity", Sometimes(Between(1, 4))},
                {"ErrorInfo", Sometimes(Between(1, 14))},
                {"Name", Always(Exactly("Memory Device"))},
                {"StartingAddress", Sometimes(Number64())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemLevelAddress", Sometimes(Boolean())},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_CacheMemory",
            {
                {"Associativity", Sometimes(Between(1, 8))},
                {"BlockSize", Sometimes(Between(1024, 1024))},
                {"CacheType", Sometimes(Between(3, 5))},
                {"Caption", Always(Exactly("Cache Memory"))},
                {"CreationClassName", Always(Exactly("Win32_CacheMemory"))},
                {"Description", Always(Exactly("Cache Memory"))},
                {"DeviceID", Always(NonEmptyText())},
                {"InstalledSize", Sometimes(Between(1, 1u << 30))},
                {"Level", Always(Between(1, 5))},
                {"LineSize", Sometimes(Between(1, 4096))},
                {"Name", Always(Exactly("Cache Memory"))},
                {"NumberOfBlocks", Sometimes(Between(1, 1u << 30))},
                {"Purpose", Always(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"WritePolicy", Sometimes(Between(3, 4))},
            },
            0);
}

}  // namespace wmi::classes
