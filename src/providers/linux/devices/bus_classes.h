// The devices of the buses, and the classes of some kinds of them: display, sound, USB.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/devices/device_list.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// What all of them show.
struct BusDeviceView : ViewBase {
  BusDevice device;
  DeviceLabel label;
  std::string host_name;
};

struct PnPEntity {
  using View = BusDeviceView;
  static constexpr std::string_view kClass = "Win32_PnPEntity";
  static constexpr std::string_view kAbout =
      "One instance for each device of the buses PCI, USB, virtio, PNP (those of the firmware) and platform. "
      "Interfaces "
      "of USB devices are parts of their device.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct VideoControllerView : BusDeviceView {
  std::string device_id;
  std::optional<std::uint64_t> memory_bytes;
  std::string driver_version;
};

struct VideoController {
  using View = VideoControllerView;
  static constexpr std::string_view kClass = "Win32_VideoController";
  static constexpr std::string_view kAbout =
      "One instance for each PCI device of the class display, and for each other device that the kernel shows as a "
      "card "
      "in `/sys/class/drm`.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct SoundDeviceView : ViewBase {
  std::string device_id;
  std::string host_name;
  std::string name;
  std::string manufacturer;
  std::string pnp_id;
};

struct SoundDevice {
  using View = SoundDeviceView;
  static constexpr std::string_view kClass = "Win32_SoundDevice";
  static constexpr std::string_view kAbout = "One instance for each sound card of the kernel.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct UsbController {
  using View = BusDeviceView;
  static constexpr std::string_view kClass = "Win32_USBController";
  static constexpr std::string_view kAbout =
      "One instance for each PCI device of the class USB controller, and for each other device that has a root hub.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct UsbHubView : BusDeviceView {
  std::optional<std::uint64_t> ports;
  std::optional<std::uint64_t> configurations;
  std::optional<std::uint64_t> configuration;
  std::optional<std::uint64_t> usb_version;
};

struct UsbHub {
  using View = UsbHubView;
  static constexpr std::string_view kClass = "Win32_USBHub";
  static constexpr std::string_view kAbout =
      "One instance for each USB device of the class hub; root hubs are hubs, too.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
