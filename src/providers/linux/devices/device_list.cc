#include "providers/linux/devices/device_list.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kUeventBytesMax = 64u << 10;

struct BusName {
  std::string_view folder;
  std::string_view prefix;
};
constexpr std::array<BusName, std::size(kDeviceBuses)> kBusNames{
    {{"pci", "PCI"}, {"usb", "USB"}, {"virtio", "VIRTIO"}, {"pnp", "ACPI"}, {"platform", "PLATFORM"}}};

const BusName& NamesOf(DeviceBus bus) { return kBusNames[static_cast<std::size_t>(bus)]; }

std::string BusFolder(const Machine& machine, DeviceBus bus) {
  std::string folder = machine.root.sys + "/bus/";
  folder += NamesOf(bus).folder;
  return folder + "/devices";
}

std::optional<std::uint32_t> Hexadecimal(std::string_view text) {
  text = Trim(text);
  if (text.starts_with("0x")) text.remove_prefix(2);
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string Digits(std::uint32_t value, unsigned count) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text(count, '0');
  for (unsigned i = 0; i < count; ++i) text[count - 1 - i] = kDigits[(value >> (4 * i)) & 0xF];
  return text;
}

// "8086:1237" in two numbers.
bool ParsePair(std::string_view text, char separator, std::uint32_t& a, std::uint32_t& b) {
  std::string_view first;
  if (!NextPart(text, separator, first)) return false;
  std::string_view second;
  if (!NextPart(text, separator, second)) return false;
  const auto left = Hexadecimal(first);
  const auto right = Hexadecimal(second);
  if (!left || !right) return false;
  a = *left;
  b = *right;
  return true;
}

bool DescribePci(const Machine& machine, BusDevice& device) {
  std::uint32_t vendor = 0;
  std::uint32_t model = 0;
  if (!ParsePair(SettingOf(device.uevent, "PCI_ID"), ':', vendor, model)) return false;
  const std::string ven = "PCI\\VEN_" + Digits(vendor, 4);
  const std::string dev = ven + "&DEV_" + Digits(model, 4);
  std::string exact = dev;
  std::uint32_t subvendor = 0;
  std::uint32_t submodel = 0;
  const bool has_subsystem = ParsePair(SettingOf(device.uevent, "PCI_SUBSYS_ID"), ':', subvendor, submodel);
  if (has_subsystem) exact += "&SUBSYS_" + Digits(submodel, 4) + Digits(subvendor, 4);
  const std::string without_revision = exact;
  const auto revision = Hexadecimal(ReadLine(*machine.files, device.folder + "/revision"));
  if (revision) exact += "&REV_" + Digits(*revision, 2);
  device.id = exact + "\\" + device.address;
  device.class_code = Hexadecimal(SettingOf(device.uevent, "PCI_CLASS"));

  device.hardware_ids.push_back(exact);
  if (revision && has_subsystem) device.hardware_ids.push_back(without_revision);
  if (revision) device.compatible_ids.push_back(dev + "&REV_" + Digits(*revision, 2));
  device.compatible_ids.push_back(dev);
  if (device.class_code) {
    const std::string all = "&CC_" + Digits(*device.class_code, 6);
    const std::string part = "&CC_" + Digits(*device.class_code >> 8, 4);
    device.hardware_ids.push_back(dev + all);
    device.hardware_ids.push_back(dev + part);
    device.compatible_ids.push_back(ven + all);
    device.compatible_ids.push_back(ven + part);
    device.compatible_ids.push_back(ven);
    device.compatible_ids.push_back("PCI\\" + all.substr(1));
    device.compatible_ids.push_back("PCI\\" + part.substr(1));
  }
  return true;
}

bool DescribeUsb(BusDevice& device) {
  // PRODUCT=46d/c077/7200: vendor, model, release.
  const std::string product = SettingOf(device.uevent, "PRODUCT");
  std::string_view rest = product;
  std::uint32_t vendor = 0;
  std::uint32_t model = 0;
  if (!ParsePair(rest, '/', vendor, model)) return false;
  const std::string base = "USB\\VID_" + Digits(vendor, 4) + "&PID_" + Digits(model, 4);
  device.id = base + "\\" + device.address;
  if (const auto release = Hexadecimal(rest.substr(rest.rfind('/') + 1))) {
    device.hardware_ids.push_back(base + "&REV_" + Digits(*release, 4));
  }
  device.hardware_ids.push_back(base);
  device.alias = "usb:v" + Digits(vendor, 4) + "p" + Digits(model, 4);

  // TYPE=9/0/1: class, subclass and protocol, decimal.
  const std::string type = SettingOf(device.uevent, "TYPE");
  std::array<std::uint64_t, 3> codes{};
  rest = type;
  for (std::uint64_t& code : codes) {
    std::string_view part;
    if (!NextPart(rest, '/', part) || !ParseUnsigned(part, code) || code > 0xFF) return true;
  }
  device.class_code = static_cast<std::uint32_t>(codes[0] << 16 | codes[1] << 8 | codes[2]);
  std::string text = "USB\\Class_" + Digits(*device.class_code >> 16, 2);
  const std::string of_class = text;
  text += "&SubClass_" + Digits(*device.class_code >> 8, 2);
  device.compatible_ids.push_back(text + "&Prot_" + Digits(*device.class_code, 2));
  device.compatible_ids.push_back(text);
  device.compatible_ids.push_back(of_class);
  return true;
}

bool DescribeVirtio(BusDevice& device) {
  // MODALIAS=virtio:d00000001v00001AF4
  const std::string_view alias = device.alias;
  constexpr std::size_t kModel = 8;
  constexpr std::size_t kVendor = 17;
  if (!alias.starts_with("virtio:d") || alias.size() < kVendor + 8) return false;
  const auto model = Hexadecimal(alias.substr(kModel, 8));
  const auto vendor = Hexadecimal(alias.substr(kVendor, 8));
  if (!model || !vendor) return false;
  device.hardware_ids.push_back("VIRTIO\\VEN_" + Digits(*vendor, 4) + "&DEV_" + Digits(*model, 4));
  device.id = device.hardware_ids.front() + "\\" + device.address;
  return true;
}

bool DescribePnp(const Machine& machine, BusDevice& device) {
  // The first is its own, the others are what it is compatible with.
  const std::string text = ReadText(*machine.files, device.folder + "/id", 4096);
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    line = Trim(line);
    if (line.empty()) continue;
    std::string id = "ACPI\\";
    id += line;
    (device.hardware_ids.empty() ? device.hardware_ids : device.compatible_ids).push_back(std::move(id));
  }
  if (device.hardware_ids.empty()) return false;
  device.id = device.hardware_ids.front() + "\\" + device.address;
  return true;
}

void DescribePlatform(BusDevice& device) {
  // "coretemp.0", "ACPI0013:00": the kind and the instance.
  const std::string_view address = device.address;
  std::string id = "PLATFORM\\";
  id += address.substr(0, address.find_first_of(".:", 1));
  device.hardware_ids.push_back(id);
  device.id = id + "\\" + device.address;
}

bool Describe(const Machine& machine, BusDevice& device) {
  switch (device.bus) {
    case DeviceBus::kPci:
      return DescribePci(machine, device);
    case DeviceBus::kUsb:
      return DescribeUsb(device);
    case DeviceBus::kVirtio:
      return DescribeVirtio(device);
    case DeviceBus::kPnp:
      return DescribePnp(machine, device);
    case DeviceBus::kPlatform:
      DescribePlatform(device);
      return true;
  }
  return false;
}

// "PCI device 8086:1237": of the ids, when nothing else is known.
std::string NameOfIds(const BusDevice& device) {
  std::uint32_t vendor = 0;
  std::uint32_t model = 0;
  switch (device.bus) {
    case DeviceBus::kPci:
      return "PCI device " + SettingOf(device.uevent, "PCI_ID");
    case DeviceBus::kUsb:
      ParsePair(SettingOf(device.uevent, "PRODUCT"), '/', vendor, model);
      return "USB device " + Digits(vendor, 4) + ":" + Digits(model, 4);
    case DeviceBus::kVirtio:
      return "Virtio device " + device.address;
    case DeviceBus::kPnp:
      return device.hardware_ids.front().substr(device.hardware_ids.front().find('\\') + 1);
    case DeviceBus::kPlatform:
      break;
  }
  return device.address;
}

}  // namespace

bool IsBusName(std::string_view name) {
  return std::any_of(kBusNames.begin(), kBusNames.end(), [&](const BusName& bus) { return bus.folder == name; });
}

std::vector<std::string> ListBus(const Machine& machine, DeviceBus bus) {
  std::vector<std::string> names;
  if (machine.files->List(kNoDirectory, BusFolder(machine, bus).c_str(), kBusDevicesMax, names) != 0) return {};
  // "1-2:1.0" is an interface of device "1-2".
  if (bus == DeviceBus::kUsb)
    std::erase_if(names, [](const std::string& name) { return name.find(':') != std::string::npos; });
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<BusDevice> ReadBusDevice(const Machine& machine, DeviceBus bus, const std::string& address) {
  BusDevice device;
  device.bus = bus;
  device.address = address;
  device.folder = BusFolder(machine, bus) + "/" + address;
  TextBuffer buffer;
  const std::string path = device.folder + "/uevent";
  if (machine.files->Read(kNoDirectory, path.c_str(), kUeventBytesMax, buffer) != 0) return std::nullopt;
  device.uevent = buffer.text();
  device.driver = SettingOf(device.uevent, "DRIVER");
  device.alias = SettingOf(device.uevent, "MODALIAS");
  if (!Describe(machine, device)) return std::nullopt;
  return device;
}

std::optional<BusDevice> FindBusDevice(const Machine& machine, std::string_view id) {
  const std::size_t first = id.find('\\');
  const std::size_t last = id.rfind('\\');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  for (const DeviceBus bus : kDeviceBuses) {
    if (!EqualFolded(id.substr(0, first), NamesOf(bus).prefix)) continue;
    for (const std::string& address : ListBus(machine, bus)) {
      if (!EqualFolded(address, id.substr(last + 1))) continue;
      auto device = ReadBusDevice(machine, bus, address);
      if (device && EqualFolded(device->id, id)) return device;
    }
  }
  return std::nullopt;
}

std::optional<BusDevice> DeviceAt(const Machine& machine, const std::string& folder) {
  TextBuffer buffer;
  if (machine.files->ReadLink(kNoDirectory, (folder + "/subsystem").c_str(), buffer) != 0) return std::nullopt;
  const std::string subsystem(LastPart(buffer.text()));
  std::string address;
  if (machine.files->ReadLink(kNoDirectory, folder.c_str(), buffer) == 0) {
    address = LastPart(buffer.text());
  } else {
    address = LastPart(folder);
  }
  for (const DeviceBus bus : kDeviceBuses) {
    if (NamesOf(bus).folder == subsystem) return ReadBusDevice(machine, bus, address);
  }
  return std::nullopt;
}

std::optional<BusDevice> ParentOf(const Machine& machine, DeviceBus bus, const std::string& address) {
  // The name on the bus is a link into /sys/devices, where folders stand in those of their parents.
  TextBuffer buffer;
  const std::string folder = BusFolder(machine, bus);
  if (machine.files->ReadLink(kNoDirectory, (folder + "/" + address).c_str(), buffer) != 0) return std::nullopt;
  const std::string_view target = buffer.text();
  const std::size_t slash = target.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::string parent = folder + "/";
  parent += target.substr(0, slash);
  return DeviceAt(machine, parent);
}

std::vector<DeviceLabel> LabelDevices(const Machine& machine, const std::vector<BusDevice>& devices) {
  std::vector<std::string> aliases;
  aliases.reserve(devices.size());
  for (const BusDevice& device : devices) aliases.push_back(device.alias);
  std::vector<DeviceName> names = machine.device_names->Find(aliases);
  names.resize(devices.size());
  std::vector<DeviceLabel> labels(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    labels[i] = {names[i].model, names[i].vendor};
    if (devices[i].bus == DeviceBus::kUsb) {
      if (labels[i].name.empty()) labels[i].name = ReadLine(*machine.files, devices[i].folder + "/product");
      if (labels[i].manufacturer.empty()) {
        labels[i].manufacturer = ReadLine(*machine.files, devices[i].folder + "/manufacturer");
      }
    }
    if (labels[i].name.empty()) labels[i].name = NameOfIds(devices[i]);
  }
  return labels;
}

}  // namespace wmi::linuxos
