// What is right: computer, boot, time, environment.
#include "rules.h"

namespace wmi::classes {

void AddSystemRules(Rules& rules) {
  rules.Add("Win32_OperatingSystem", {
                                         {"BootDevice", Sometimes(NonEmptyText())},
                                         {"BuildNumber", Sometimes(NonEmptyText())},
                                         {"BuildType", Always(NonEmptyText())},
                                         {"Caption", Always(NonEmptyText())},
                                         {"CodeSet", Sometimes(NonEmptyText())},
                                         {"CreationClassName", Always(Exactly("Win32_OperatingSystem"))},
                                         {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                         {"CSName", Always(NonEmptyText())},
                                         {"CurrentTimeZone", Always(SignedBetween(-720, 840))},
                                         {"DataExecutionPrevention_Available", Sometimes(Boolean())},
                                         {"Description", Sometimes(NonEmptyText())},
                                         {"Distributed", Always(Boolean())},
                                         {"FreePhysicalMemory", Always(Between(1, 1ull << 40))},
                                         {"FreeSpaceInPagingFiles", Always(Number64())},
                                         {"FreeVirtualMemory", Always(Between(1, 1ull << 40))},
                                         {"LastBootUpTime", Always(PastDatetime())},
                                         {"LocalDateTime", Always(PastDatetime())},
                                         {"Locale", Sometimes(NonEmptyText())},
                                         {"Manufacturer", Sometimes(NonEmptyText())},
                                         {"MaxNumberOfProcesses", Always(Between(300, 0xFFFFFFFFu))},
                                         {"MUILanguages", Sometimes(TextList())},
                                         {"Name", Always(NonEmptyText())},
                                         {"NumberOfProcesses", Always(Between(1, 4u << 20))},
                                         {"NumberOfUsers", Sometimes(Number32())},
                                         {"OSArchitecture", Always(NonEmptyText())},
                                         {"OSLanguage", Sometimes(Number32())},
                                         {"OSType", Always(Between(36, 36))},
                                         {"Primary", Always(Boolean())},
                                         {"ProductType", Sometimes(Between(1, 3))},
                                         {"SizeStoredInPagingFiles", Always(Number64())},
                                         {"SystemDevice", Sometimes(NonEmptyText())},
                                         {"SystemDrive", Always(Exactly("/"))},
                                         {"TotalSwapSpaceSize", Always(Number64())},
                                         {"TotalVirtualMemorySize", Always(Between(1, 1ull << 40))},
                                         {"TotalVisibleMemorySize", Always(Between(1, 1ull << 40))},
                                         {"Version", Always(NonEmptyText())},
                                     });
  rules.Add("Win32_ComputerSystem", {
                                        {"AutomaticResetBootOption", Sometimes(Boolean())},
                                        {"AutomaticResetCapability", Sometimes(Boolean())},
                                        {"BootupState", Always(NonEmptyText())},
                                        {"Caption", Always(NonEmptyText())},
                                        {"CreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                        {"CurrentTimeZone", Always(SignedBetween(-720, 840))},
                                        {"DaylightInEffect", Sometimes(Boolean())},
                                        {"DNSHostName", Always(NonEmptyText())},
                                        {"Domain", Sometimes(NonEmptyText())},
                                        {"HypervisorPresent", Sometimes(Boolean())},
                                        {"Manufacturer", Sometimes(NonEmptyText())},
                                        {"Model", Sometimes(NonEmptyText())},
                                        {"Name", Always(NonEmptyText())},
                                        {"NumberOfLogicalProcessors", Always(Between(1, 65'536))},
                                        {"NumberOfProcessors", Always(Between(1, 1024))},
                                        {"PauseAfterReset", Sometimes(SignedBetween(0, std::int64_t{1} << 42))},
                                        {"PCSystemType", Sometimes(Between(0, 7))},
                                        {"PCSystemTypeEx", Sometimes(Between(0, 8))},
                                        {"SystemFamily", Sometimes(NonEmptyText())},
                                        {"SystemSKUNumber", Sometimes(NonEmptyText())},
                                        {"SystemType", Always(NonEmptyText())},
                                        {"TotalPhysicalMemory", Always(Between(1u << 20, 1ull << 50))},
                                        {"UserName", Sometimes(NonEmptyText())},
                                    });
  rules.Add("Win32_ComputerSystemProduct",
            {{"Caption", Sometimes(NonEmptyText())},
             {"IdentifyingNumber", Always(AnyText())},
             {"Name", Always(AnyText())},
             {"SKUNumber", Sometimes(NonEmptyText())},
             {"UUID", Sometimes(NonEmptyText())},
             {"Vendor", Sometimes(NonEmptyText())},
             {"Version", Always(AnyText())}},
            0);
  Map zone = {{"Bias", Sometimes(SignedBetween(-720, 840))},
              {"Caption", Always(NonEmptyText())},
              {"DaylightBias", Sometimes(SignedBetween(-120, 120))},
              {"DaylightName", Sometimes(NonEmptyText())},
              {"Description", Always(NonEmptyText())},
              {"StandardBias", Sometimes(Between(0, 0))},
              {"StandardName", Always(NonEmptyText())}};
  for (const std::string side : {"Daylight", "Standard"}) {
    zone[side + "Month"] = Sometimes(Between(1, 12));
    zone[side + "Day"] = Sometimes(Between(1, 5));
    zone[side + "DayOfWeek"] = Sometimes(Between(0, 6));
    zone[side + "Hour"] = Sometimes(Between(0, 23));
    zone[side + "Minute"] = Sometimes(Between(0, 59));
    zone[side + "Second"] = Sometimes(Between(0, 59));
    zone[side + "Millisecond"] = Sometimes(Between(0, 0));
    zone[side + "Year"] = Sometimes(Between(0, 0));
  }
  rules.Add("Win32_TimeZone", std::move(zone));
  const Map time = {{"Day", Always(Between(1, 31))},        {"DayOfWeek", Always(Between(0, 6))},
                    {"Hour", Always(Between(0, 23))},       {"Milliseconds", Always(Between(0, 999))},
                    {"Minute", Always(Between(0, 59))},     {"Month", Always(Between(1, 12))},
                    {"Quarter", Always(Between(1, 4))},     {"Second", Always(Between(0, 60))},
                    {"WeekInMonth", Always(Between(1, 6))}, {"Year", Always(Between(2024, 9999))}};
  rules.Add("Win32_LocalTime", time);
  rules.Add("Win32_UTCTime", time);
  rules.Add("Win32_Environment",
            {{"Caption", Always(NonEmptyText())},
             {"Description", Always(NonEmptyText())},
             {"Name", Always(NonEmptyText())},
             {"SystemVariable", Always(Boolean())},
             {"UserName", Always(NonEmptyText())},
             {"VariableValue", Always(AnyText())}},
            0);
  rules.Add("Win32_StartupCommand",
            {{"Caption", Sometimes(NonEmptyText())},
             {"Command", Always(NonEmptyText())},
             {"Description", Sometimes(NonEmptyText())},
             {"Location", Always(NonEmptyText())},
             {"Name", Always(AnyText())},
             {"User", Always(NonEmptyText())}},
            0);
  rules.Add("Win32_PageFileUsage",
            {{"AllocatedBaseSize", Always(Number32())},
             {"Caption", Always(NonEmptyText())},
             {"CurrentUsage", Always(Number32())},
             {"Description", Always(NonEmptyText())},
             {"Name", Always(NonEmptyText())}},
            0);
  rules.Add("Win32_BootConfiguration", {{"BootDirectory", Sometimes(Exactly("/boot"))},
                                        {"Caption", Sometimes(NonEmptyText())},
                                        {"Description", Sometimes(NonEmptyText())},
                                        {"Name", Always(Exactly("BootConfiguration"))},
                                        {"TempDirectory", Always(Exactly("/tmp"))}});
  rules.Add("Win32_QuickFixEngineering", {}, 0);
  rules.Add("Win32_WMISetting", {{"BuildVersion", Always(NonEmptyText())},
                                 {"DatabaseDirectory", Sometimes(NonEmptyText())},
                                 {"HighThresholdOnEvents", Always(Between(20'000'000, 20'000'000))},
                                 {"LowThresholdOnEvents", Always(Between(10'000'000, 10'000'000))},
                                 {"MaxWaitOnEvents", Always(Between(2000, 2000))}});
}

}  // namespace wmi::classes
