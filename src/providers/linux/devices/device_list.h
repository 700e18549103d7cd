// The devices of the buses of this machine (/sys/bus/*/devices), with the names that Windows would build for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/devices/device_names.h"
#include "providers/linux/files.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

enum class DeviceBus { kPci, kUsb, kVirtio, kPnp, kPlatform };
inline constexpr DeviceBus kDeviceBuses[] = {DeviceBus::kPci, DeviceBus::kUsb, DeviceBus::kVirtio, DeviceBus::kPnp,
                                             DeviceBus::kPlatform};

// Whether one of them has this name: "pci".
bool IsBusName(std::string_view name);

// A device as its bus shows it. A value.
struct BusDevice {
  DeviceBus bus = DeviceBus::kPci;
  std::string address;  // its name on the bus: "0000:00:1f.2", "1-2"
  std::string folder;   // in /sys
  std::string uevent;
  // Key of Win32_PnPEntity: bus, ids, and the address: "PCI\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02\0000:00:00.0".
  std::string id;
  std::vector<std::string> hardware_ids;    // from the most exact to the least
  std::vector<std::string> compatible_ids;  // likewise
  std::string alias;                        // for DeviceNames
  std::string driver;                       // empty when none is bound
  // PCI: class, subclass and interface; USB: class, subclass and protocol.
  std::optional<std::uint32_t> class_code;

  bool IsPciClass(std::uint32_t base) const {
    return bus == DeviceBus::kPci && class_code && *class_code >> 16 == base;
  }
};

inline constexpr std::size_t kBusDevicesMax = 65'536;

// Names of the devices of a bus, sorted; interfaces of USB devices are left out.
std::vector<std::string> ListBus(const Machine& machine, DeviceBus bus);
// Nothing when it is not there.
std::optional<BusDevice> ReadBusDevice(const Machine& machine, DeviceBus bus, const std::string& address);
// The device with this id, compared without case; its bus is listed and only it is read.
std::optional<BusDevice> FindBusDevice(const Machine& machine, std::string_view id);
// The device that the folder, or a link to it, is; nothing when it is on none of the buses.
std::optional<BusDevice> DeviceAt(const Machine& machine, const std::string& folder);

// The device that it is attached to, likewise.
std::optional<BusDevice> ParentOf(const Machine& machine, DeviceBus bus, const std::string& address);

// What a person calls it: the name in the database, else what the device says, else its ids.
struct DeviceLabel {
  std::string name;
  std::string manufacturer;  // empty when unknown
};
std::vector<DeviceLabel> LabelDevices(const Machine& machine, const std::vector<BusDevice>& devices);

}  // namespace wmi::linuxos
