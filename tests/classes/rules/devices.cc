// What is right: PnP, USB, video, sound, sensors, printers.
#include <algorithm>

#include "rules.h"

namespace wmi::classes {
namespace {

Check CapabilityList() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().empty()) return "not a list with content";
    return std::all_of(value.items().begin(), value.items().end(),
                       [](ValueView item) {
                         return item.kind() == ValueKind::kUnsigned && item.unsigned_integer() >= 2 &&
                                item.unsigned_integer() <= 4;
                       })
               ? ""
               : "not a list of capabilities";
  };
}

}  // namespace

void AddDevicesRules(Rules& rules) {
  rules.Add("Win32_PnPEntity",
            {
                {"Caption", Always(NonEmptyText())},
                {"CompatibleID", Sometimes(TextList())},
                {"ConfigManagerErrorCode", Sometimes(Between(0, 0))},
                {"CreationClassName", Always(Exactly("Win32_PnPEntity"))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"HardwareID", Always(TextList())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"PNPClass", Sometimes(NonEmptyText())},
                {"PNPDeviceID", Always(NonEmptyText())},
                {"Present", Always(Boolean())},
                {"Service", Sometimes(NonEmptyText())},
                {"Status", Sometimes(Exactly("OK"))},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_VideoController",
            {
                {"AdapterCompatibility", Sometimes(NonEmptyText())},
                {"AdapterRAM", Sometimes(Number32())},
                {"Caption", Always(NonEmptyText())},
                {"ConfigManagerErrorCode", Sometimes(Between(0, 0))},
                {"CreationClassName", Always(Exactly("Win32_VideoController"))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"DriverVersion", Sometimes(NonEmptyText())},
                {"InstalledDisplayDrivers", Sometimes(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"PNPDeviceID", Always(NonEmptyText())},
                {"ProtocolSupported", Sometimes(Between(5, 5))},
                {"Status", Sometimes(Exactly("OK"))},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"VideoArchitecture", Sometimes(Between(5, 5))},
                {"VideoProcessor", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_SoundDevice",
            {
                {"Caption", Sometimes(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_SoundDevice"))},
                {"Description", Sometimes(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Sometimes(NonEmptyText())},
                {"PNPDeviceID", Sometimes(NonEmptyText())},
                {"ProductName", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_USBController",
            {
                {"Caption", Always(NonEmptyText())},
                {"ConfigManagerErrorCode", Sometimes(Between(0, 0))},
                {"CreationClassName", Always(Exactly("Win32_USBController"))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"PNPDeviceID", Always(NonEmptyText())},
                {"ProtocolSupported", Always(Between(16, 16))},
                {"Status", Sometimes(Exactly("OK"))},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_USBHub",
            {
                {"Caption", Always(NonEmptyText())},
                {"ClassCode", Always(Between(9, 9))},
                {"ConfigManagerErrorCode", Sometimes(Between(0, 0))},
                {"CreationClassName", Always(Exactly("Win32_USBHub"))},
                {"CurrentConfigValue", Sometimes(Between(0, 0xFF))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"NumberOfConfigs", Sometimes(Between(0, 0xFF))},
                {"NumberOfPorts", Sometimes(Between(0, 0xFF))},
                {"PNPDeviceID", Always(NonEmptyText())},
                {"ProtocolCode", Always(Between(0, 0xFF))},
                {"Status", Sometimes(Exactly("OK"))},
                {"SubclassCode", Always(Between(0, 0xFF))},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"USBVersion", Sometimes(Between(0x0100, 0x0999))},
            },
            0);
  rules.Add("Win32_Keyboard",
            {
                {"Caption", Sometimes(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_Keyboard"))},
                {"Description", Sometimes(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"Layout", Sometimes(NonEmptyText())},
                {"Name", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_PointingDevice",
            {
                {"Caption", Sometimes(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_PointingDevice"))},
                {"Description", Sometimes(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"DeviceInterface", Always(Between(1, 162))},
                {"HardwareType", Sometimes(NonEmptyText())},
                {"Manufacturer", Sometimes(NonEmptyText())},
                {"Name", Sometimes(NonEmptyText())},
                {"NumberOfButtons", Always(Between(0, 8))},
                {"PointingType", Always(Between(2, 8))},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
            },
            0);
  rules.Add("Win32_Battery",
            {
                {"BatteryStatus", Sometimes(Between(1, 11))},
                {"Caption", Always(NonEmptyText())},
                {"Chemistry", Sometimes(Between(1, 8))},
                {"CreationClassName", Always(Exactly("Win32_Battery"))},
                {"Description", Always(NonEmptyText())},
                {"DesignCapacity", Sometimes(Number32())},
                {"DesignVoltage", Sometimes(Between(1, 1'000'000))},
                {"DeviceID", Always(NonEmptyText())},
                {"EstimatedChargeRemaining", Sometimes(Between(0, 100))},
                {"EstimatedRunTime", Sometimes(Number32())},
                {"FullChargeCapacity", Sometimes(Number32())},
                {"Name", Always(NonEmptyText())},
                {"Status", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"TimeToFullCharge", Sometimes(Number32())},
            },
            0);
  rules.Add("Win32_Fan",
            {
                {"ActiveCooling", Always(Boolean())},
                {"Caption", Always(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_Fan"))},
                {"Description", Always(NonEmptyText())},
                {"DesiredSpeed", Sometimes(Number64())},
                {"DeviceID", Always(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"Status", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"VariableSpeed", Sometimes(Boolean())},
            },
            0);
  rules.Add("Win32_TemperatureProbe",
            {
                {"Caption", Always(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_TemperatureProbe"))},
                {"CurrentReading", Sometimes(SignedBetween(-100'000, 100'000))},
                {"Description", Always(NonEmptyText())},
                {"DeviceID", Always(NonEmptyText())},
                {"LowerThresholdCritical", Sometimes(SignedBetween(-100'000, 100'000))},
                {"LowerThresholdNonCritical", Sometimes(SignedBetween(-100'000, 100'000))},
                {"Name", Always(NonEmptyText())},
                {"Status", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"UpperThresholdCritical", Sometimes(SignedBetween(-100'000, 100'000))},
                {"UpperThresholdFatal", Sometimes(SignedBetween(-100'000, 100'000))},
                {"UpperThresholdNonCritical", Sometimes(SignedBetween(-100'000, 100'000))},
            },
            0);
  rules.Add("Win32_Printer",
            {
                {"AveragePagesPerMinute", Sometimes(Number32())},
                {"Capabilities", Sometimes(CapabilityList())},
                {"Caption", Always(NonEmptyText())},
                {"Comment", Sometimes(NonEmptyText())},
                {"CreationClassName", Always(Exactly("Win32_Printer"))},
                {"Default", Sometimes(Boolean())},
                {"DefaultCopies", Sometimes(Number32())},
                {"Description", Sometimes(NonEmptyText())},
                {"DetectedErrorState", Sometimes(Between(2, 11))},
                {"DeviceID", Always(NonEmptyText())},
                {"DriverName", Sometimes(NonEmptyText())},
                {"ExtendedPrinterStatus", Sometimes(Between(3, 8))},
                {"HorizontalResolution", Sometimes(Number32())},
                {"Local", Sometimes(Boolean())},
                {"Location", Sometimes(NonEmptyText())},
                {"MaxCopies", Sometimes(Number32())},
                {"MimeTypesSupported", Sometimes(TextList())},
                {"Name", Always(NonEmptyText())},
                {"Network", Sometimes(Boolean())},
                {"PaperTypesAvailable", Sometimes(TextList())},
                {"PortName", Sometimes(NonEmptyText())},
                {"PrinterPaperNames", Sometimes(TextList())},
                {"PrinterStatus", Sometimes(Between(3, 6))},
                {"Shared", Sometimes(Boolean())},
                {"ShareName", Sometimes(NonEmptyText())},
                {"Status", Sometimes(NonEmptyText())},
                {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                {"SystemName", Always(NonEmptyText())},
                {"VerticalResolution", Sometimes(Number32())},
            },
            0);
}

}  // namespace wmi::classes
