// DeviceMessage: what the kernel says of a device (Documentation/ABI/testing/sysfs-uevent, kobject_uevent), and which
// events that makes (docs/events.md). Free of I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wmi::linuxos {

// Win32_DeviceChangeEvent.EventType.
enum class DeviceEventType : std::uint8_t { kConfigurationChanged = 1, kArrival = 2, kRemoval = 3, kDocking = 4 };

// One message. The views are into its text.
struct DeviceMessage {
  std::string_view action;     // "add", "remove", "change", "move", "bind", "unbind", …
  std::string_view path;       // below /sys: "/devices/pci0000:00/0000:00:14.0/usb1/1-2"
  std::string_view subsystem;  // "usb"; empty for what belongs to none
  std::string_view type;       // DEVTYPE: "usb_device"; empty for most
  std::string_view event;      // EVENT of a docking station
  bool is_replayed = false;    // somebody asked for the message again (udevadm trigger); nothing has happened
};

// "add@/devices/…", then NAME=value texts, with a NUL behind each; nothing when it has another form.
std::optional<DeviceMessage> ParseDeviceMessage(std::string_view message);

// What a message tells.
struct DeviceChange {
  // That the device, one that Win32_PnPEntity shows, has come or gone, or that the machine was docked or undocked.
  std::optional<DeviceEventType> of_device;
  // That the devices of the machine, or what drives them, are others now.
  bool is_configuration = false;
};
DeviceChange ChangeOf(const DeviceMessage& message);

}  // namespace wmi::linuxos
