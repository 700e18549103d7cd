// Keyboards and pointing devices, as the input layer of the kernel lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// A block of /proc/bus/input/devices. A value.
struct InputDevice {
  std::uint32_t bus = 0;
  std::uint32_t vendor = 0;
  std::uint32_t product = 0;
  std::string name;
  std::string instance;  // "input3"
  // Bitmaps, lowest word first.
  std::vector<std::uint64_t> properties;
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> relative_axes;
  std::vector<std::uint64_t> absolute_axes;

  // It has the keys of a whole keyboard, not just a few buttons.
  bool IsKeyboard() const;
  // It moves a pointer.
  bool IsPointing() const;
};

inline constexpr std::size_t kInputDevicesMax = 4096;

// Damaged lines are skipped, blocks without a place in /sys left out.
std::vector<InputDevice> ParseInputDevices(std::string_view text);

struct InputView : ViewBase {
  std::string device_id;
  std::string host_name;
  std::string manufacturer;
  std::string layout;
  InputDevice device;
};

struct Keyboard {
  using View = InputView;
  static constexpr std::string_view kClass = "Win32_Keyboard";
  static constexpr std::string_view kAbout =
      "One instance for each input device with the keys of a whole keyboard; devices that only have a few buttons are "
      "left out.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct PointingDevice {
  using View = InputView;
  static constexpr std::string_view kClass = "Win32_PointingDevice";
  static constexpr std::string_view kAbout =
      "One instance for each input device that moves a pointer: mice, touch pads, touch screens, pointing sticks.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
