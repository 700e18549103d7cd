#include "providers/linux/devices/input_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "providers/linux/devices/device_list.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kInput = 1u << 0;
constexpr SourceSet kNames = 1u << 1;
constexpr SourceSet kLayout = 1u << 2;
constexpr SourceSet kHost = 1u << 3;

// Numbers of input-event-codes.h.
constexpr std::uint32_t kBusUsb = 0x03;
constexpr std::uint32_t kBusPs2 = 0x11;
constexpr std::uint32_t kBusSerial = 0x13;
constexpr unsigned kButtonFirst = 0x110;
constexpr unsigned kButtonLast = 0x117;
constexpr unsigned kButtonLeft = 0x110;
constexpr unsigned kToolFinger = 0x145;
constexpr unsigned kTouch = 0x14A;
constexpr unsigned kAxisX = 0;
constexpr unsigned kAxisY = 1;
constexpr unsigned kPropertyDirect = 1;
constexpr unsigned kPropertyStick = 5;
// The codes of a bitmap end before this one.
constexpr std::size_t kWordsMax = 64;

constexpr unsigned kWordBits = 8 * sizeof(unsigned long);

bool HasBit(const std::vector<std::uint64_t>& words, unsigned bit) {
  const std::size_t word = bit / kWordBits;
  return word < words.size() && ((words[word] >> (bit % kWordBits)) & 1u) != 0;
}

bool HasPlane(const std::vector<std::uint64_t>& axes) { return HasBit(axes, kAxisX) && HasBit(axes, kAxisY); }

template <typename Integer>
bool ParseHexadecimal(std::string_view text, Integer& out) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  Integer value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value, 16);
  if (error != std::errc() || stop != end) return false;
  out = value;
  return true;
}

// Words from the highest to the lowest, each without leading zeros.
std::vector<std::uint64_t> ParseBitmap(std::string_view text) {
  std::vector<std::uint64_t> words;
  std::string_view part;
  while (words.size() < kWordsMax && NextPart(text, ' ', part)) {
    std::uint64_t word = 0;
    if (part.empty()) continue;
    if (!ParseHexadecimal(part, word)) return {};
    words.push_back(word);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

void ParseIdentity(std::string_view line, InputDevice& device) {
  std::string_view word;
  while (NextPart(line, ' ', word)) {
    if (word.starts_with("Bus=")) ParseHexadecimal(word.substr(4), device.bus);
    if (word.starts_with("Vendor=")) ParseHexadecimal(word.substr(7), device.vendor);
    if (word.starts_with("Product=")) ParseHexadecimal(word.substr(8), device.product);
  }
}

void ParseInputLine(std::string_view line, InputDevice& device) {
  if (line.size() < 3) return;
  const std::string_view rest = line.substr(3);
  if (line.starts_with("I: ")) return ParseIdentity(rest, device);
  if (rest.starts_with("Name=\"") && rest.ends_with('"') && rest.size() > 6) {
    device.name = Trim(rest.substr(6, rest.size() - 7));
  } else if (rest.starts_with("Sysfs=")) {
    device.instance = LastPart(rest.substr(6));
  } else if (rest.starts_with("PROP=")) {
    device.properties = ParseBitmap(rest.substr(5));
  } else if (rest.starts_with("KEY=")) {
    device.keys = ParseBitmap(rest.substr(4));
  } else if (rest.starts_with("REL=")) {
    device.relative_axes = ParseBitmap(rest.substr(4));
  } else if (rest.starts_with("ABS=")) {
    device.absolute_axes = ParseBitmap(rest.substr(4));
  }
}

void ShowInputName(const InputView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.device.name);
}

constexpr Source kInputSource{kInput, "`/proc/bus/input/devices`", Cost::kFile};
constexpr Source kNamesSource{kNames, "hardware database of udev", Cost::kFile};
constexpr Source kHostSource{kHost, "`/proc/sys/kernel/hostname`", Cost::kFile};

constexpr std::string_view kInputNameNote = "name that the driver gives it; NULL without";
constexpr std::string_view kInputIdNote =
    "`INPUT\\`, vendor and product, and the name of the input device as the instance: "
    "`INPUT\\VID_046D&PID_C077\\input7`";
constexpr std::string_view kInputMakerNote = "vendor of a USB device; NULL for those of other buses";

std::string DeviceIdOf(const InputDevice& device) {
  return fmt::format("INPUT\\VID_{:04X}&PID_{:04X}\\{}", device.vendor, device.product, device.instance);
}

// The devices that `is_asked` says yes to.
template <typename IsAsked>
void LoadInput(const Machine& machine, const Asked& asked, IsAsked is_asked, std::vector<InputView>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/bus/input/devices", kKernelTextBytesMax);
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  std::vector<std::string> aliases;
  for (InputDevice& device : ParseInputDevices(text)) {
    if (!is_asked(device)) continue;
    InputView view;
    view.device_id = DeviceIdOf(device);
    view.host_name = host_name;
    aliases.push_back(device.bus == kBusUsb ? fmt::format("usb:v{:04X}p{:04X}", device.vendor, device.product) : "");
    view.device = std::move(device);
    out.push_back(std::move(view));
  }
  if (!asked.Wants(kNames)) return;
  std::vector<DeviceName> names = machine.device_names->Find(aliases);
  names.resize(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i].manufacturer = std::move(names[i].vendor);
}

}  // namespace

bool InputDevice::IsKeyboard() const {
  // Escape, digits and the first letters: the codes 1 to 31, as udev decides it.
  constexpr std::uint64_t kMain = 0xFFFF'FFFE;
  return !keys.empty() && (keys.front() & kMain) == kMain;
}

bool InputDevice::IsPointing() const {
  if (HasPlane(relative_axes) && HasBit(keys, kButtonLeft)) return true;
  return HasPlane(absolute_axes) && (HasBit(keys, kTouch) || HasBit(keys, kToolFinger) || HasBit(keys, kButtonLeft));
}

std::vector<InputDevice> ParseInputDevices(std::string_view text) {
  std::vector<InputDevice> devices;
  InputDevice device;
  std::string_view line;
  const auto finish = [&] {
    if (!device.instance.empty() && devices.size() < kInputDevicesMax) devices.push_back(std::move(device));
    device = InputDevice();
  };
  while (NextPart(text, '\n', line)) {
    if (line.empty()) {
      finish();
    } else {
      ParseInputLine(line, device);
    }
  }
  finish();
  return devices;
}

namespace {

constexpr Source kKeyboardSources[] = {
    kInputSource,
    {kLayout, "`/etc/vconsole.conf`, else `/etc/default/keyboard`", Cost::kFile},
    kHostSource,
};

constexpr Column<InputView> kKeyboardColumns[] = {
    {"Caption", kInput, ShowInputName, kInputNameNote},
    {"Description", kInput, ShowInputName, kInputNameNote},
    {"Name", kInput, ShowInputName, kInputNameNote},
    {"CreationClassName", 0, ShowClassName<Keyboard>, "`Win32_Keyboard`"},
    {"DeviceID", kInput, ShowText<&InputView::device_id>, kInputIdNote},
    {"SystemCreationClassName", 0, ShowSystemClass<InputView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&InputView::host_name>, "NULL when the host name is empty"},
    {"Layout", kLayout, ShowText<&InputView::layout>,
     "layout that the system is set to, `XKBLAYOUT` or `KEYMAP`, and not a number of Windows; NULL when it is not set"},
};

std::string LayoutOf(const Machine& machine) {
  constexpr std::size_t kBytesMax = 64u << 10;
  for (const char* file : {"/vconsole.conf", "/default/keyboard"}) {
    const std::string text = ReadText(*machine.files, machine.root.etc + file, kBytesMax);
    for (const char* name : {"XKBLAYOUT", "KEYMAP"}) {
      std::string value = SettingOf(text, name);
      if (!value.empty()) return value;
    }
  }
  return {};
}

}  // namespace

std::span<const Source> Keyboard::Sources() { return kKeyboardSources; }
std::span<const Column<InputView>> Keyboard::Columns() { return kKeyboardColumns; }

Status Keyboard::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  LoadInput(machine, asked, [](const InputDevice& device) { return device.IsKeyboard(); }, out);
  if (!asked.Wants(kLayout)) return Status();
  const std::string layout = LayoutOf(machine);
  for (View& view : out) view.layout = layout;
  return Status();
}

namespace {

constexpr Source kPointingSources[] = {kInputSource, kNamesSource, kHostSource};

std::uint64_t PointingTypeOf(const InputDevice& device) {
  constexpr std::uint64_t kUnknown = 2;
  constexpr std::uint64_t kMouse = 3;
  constexpr std::uint64_t kStick = 5;
  constexpr std::uint64_t kPad = 7;
  constexpr std::uint64_t kScreen = 8;
  if (HasBit(device.properties, kPropertyDirect)) return kScreen;
  if (HasBit(device.properties, kPropertyStick)) return kStick;
  if (HasPlane(device.absolute_axes) && HasBit(device.keys, kToolFinger)) return kPad;
  return HasPlane(device.relative_axes) ? kMouse : kUnknown;
}

std::uint64_t InterfaceOf(const InputDevice& device) {
  switch (device.bus) {
    case kBusUsb:
      return 162;
    case kBusPs2:
      return 4;
    case kBusSerial:
      return 3;
    default:
      return 1;
  }
}

std::uint64_t ButtonsOf(const InputDevice& device) {
  std::uint64_t count = 0;
  for (unsigned code = kButtonFirst; code <= kButtonLast; ++code) count += HasBit(device.keys, code) ? 1 : 0;
  return count;
}

constexpr Column<InputView> kPointingColumns[] = {
    {"Caption", kInput, ShowInputName, kInputNameNote},
    {"Description", kInput, ShowInputName, kInputNameNote},
    {"Name", kInput, ShowInputName, kInputNameNote},
    {"CreationClassName", 0, ShowClassName<PointingDevice>, "`Win32_PointingDevice`"},
    {"DeviceID", kInput, ShowText<&InputView::device_id>, kInputIdNote},
    {"SystemCreationClassName", 0, ShowSystemClass<InputView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&InputView::host_name>, "NULL when the host name is empty"},
    {"NumberOfButtons", kInput,
     [](const InputView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, ButtonsOf(v.device)); },
     "mouse buttons that the driver may report"},
    {"PointingType", kInput,
     [](const InputView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, PointingTypeOf(v.device)); },
     "by properties and axes: 8 Touch Screen, 5 Track Point, 7 Touch Pad, 3 Mouse for all that moves in steps (a track "
     "ball, too), else 2 Unknown"},
    {"DeviceInterface", kInput,
     [](const InputView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, InterfaceOf(v.device)); },
     "by the bus: 162 USB, 4 PS/2, 3 Serial, 1 Other"},
    {"HardwareType", kInput, ShowInputName, kInputNameNote},
    {"Manufacturer", kNames | kInput, ShowText<&InputView::manufacturer>, kInputMakerNote},
};

}  // namespace

std::span<const Source> PointingDevice::Sources() { return kPointingSources; }
std::span<const Column<InputView>> PointingDevice::Columns() { return kPointingColumns; }

Status PointingDevice::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  LoadInput(machine, asked, [](const InputDevice& device) { return device.IsPointing(); }, out);
  return Status();
}

}  // namespace wmi::linuxos
