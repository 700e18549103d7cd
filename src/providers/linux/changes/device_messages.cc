#include "providers/linux/changes/device_messages.h"

#include <algorithm>
#include <array>

#include "providers/linux/devices/device_list.h"

namespace wmi::linuxos {
namespace {

// The text up to the next NUL; the rest stays.
std::string_view TakeText(std::string_view& message) {
  const std::size_t end = std::min(message.find('\0'), message.size());
  const std::string_view text = message.substr(0, end);
  message.remove_prefix(std::min(end + 1, message.size()));
  return text;
}

// As Win32_PnPEntity has them: the interfaces of a USB device are parts of it.
bool IsShown(const DeviceMessage& message) {
  if (!IsBusName(message.subsystem)) return false;
  return message.subsystem != "usb" || message.type == "usb_device";
}

}  // namespace

std::optional<DeviceMessage> ParseDeviceMessage(std::string_view message) {
  const std::string_view head = TakeText(message);
  const std::size_t at = head.find('@');
  if (at == 0 || at == std::string_view::npos || head.substr(at + 1, 1) != "/") return std::nullopt;
  DeviceMessage parsed;
  parsed.action = head.substr(0, at);
  parsed.path = head.substr(at + 1);
  while (!message.empty()) {
    const std::string_view setting = TakeText(message);
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = setting.substr(0, equals);
    const std::string_view value = setting.substr(equals + 1);
    if (name == "SUBSYSTEM") parsed.subsystem = value;
    if (name == "DEVTYPE") parsed.type = value;
    if (name == "EVENT") parsed.event = value;
    if (name == "SYNTH_UUID") parsed.is_replayed = true;
  }
  return parsed;
}

DeviceChange ChangeOf(const DeviceMessage& message) {
  static constexpr std::array<std::string_view, 8> kOfConfiguration = {"add",    "remove",  "change", "move",
                                                                       "online", "offline", "bind",   "unbind"};
  DeviceChange change;
  if (message.is_replayed || !IsBusName(message.subsystem)) return change;
  change.is_configuration =
      std::find(kOfConfiguration.begin(), kOfConfiguration.end(), message.action) != kOfConfiguration.end();
  if (message.action == "add" && IsShown(message)) change.of_device = DeviceEventType::kArrival;
  if (message.action == "remove" && IsShown(message)) change.of_device = DeviceEventType::kRemoval;
  const bool is_dock = message.event == "dock" || message.event == "undock";
  if (message.action == "change" && is_dock) change.of_device = DeviceEventType::kDocking;
  return change;
}

}  // namespace wmi::linuxos
