// What is right: what the firmware tells: BIOS, boards, memory modules, caches; processors.
#include "rules.h"

namespace wmi::classes {

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
}

}  // namespace wmi::classes
