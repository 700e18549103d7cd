#include "providers/linux/devices/bus_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kDevice = 1u << 0;
constexpr SourceSet kNames = 1u << 1;
constexpr SourceSet kHost = 1u << 2;
constexpr SourceSet kMemory = 1u << 3;
constexpr SourceSet kModule = 1u << 4;
constexpr SourceSet kParent = 1u << 5;
constexpr SourceSet kUsb = 1u << 6;

constexpr std::size_t kCardsMax = 1024;

constexpr std::uint32_t kPciDisplay = 0x03;
constexpr std::uint32_t kPciUsb = 0x0C03;
constexpr std::uint32_t kUsbHubClass = 9;

constexpr Source kDeviceSource{kDevice, "`/sys/bus/*/devices/*/uevent`, `revision`, `id`", Cost::kInstanceFile};
constexpr Source kNamesSource{kNames, "hardware database of udev, `product` and `manufacturer` of USB devices",
                              Cost::kInstanceFile};
constexpr Source kHostSource{kHost, "`/proc/sys/kernel/hostname`", Cost::kFile};

template <typename View>
void ShowId(const View& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, view.device.id);
}

template <typename View>
void ShowName(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.label.name);
}

template <typename View>
void ShowManufacturer(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.label.manufacturer);
}

template <typename View>
void ShowDriver(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.device.driver);
}

// A driver stays bound only to a device that it could start.
template <typename View>
void ShowStatus(const View& view, RowWriter& row, std::size_t slot) {
  if (!view.device.driver.empty()) row.SetText(slot, "OK");
}

template <typename View>
void ShowErrorCode(const View& view, RowWriter& row, std::size_t slot) {
  if (!view.device.driver.empty()) row.SetUnsigned(slot, 0);
}

// The names of Windows for kinds of devices, where the class that the device tells leads to one.
std::string_view KindOf(const BusDevice& device) {
  constexpr std::uint32_t kDisk = 0x01;
  constexpr std::uint32_t kAta = 0x0101;
  constexpr std::uint32_t kSata = 0x0106;
  if (!device.class_code) return {};
  const std::uint32_t base = *device.class_code >> 16;
  if (device.bus == DeviceBus::kUsb) return base == kUsbHubClass ? "USB" : std::string_view();
  const std::uint32_t exact = *device.class_code >> 8;
  if (exact == kPciUsb) return "USB";
  if (exact == kAta || exact == kSata) return "HDC";
  switch (base) {
    case kDisk:
      return "SCSIAdapter";
    case 0x02:
      return "Net";
    case kPciDisplay:
      return "Display";
    case 0x04:
      return "MEDIA";
    case 0x05:
    case 0x06:
    case 0x08:
      return "System";
    default:
      return {};
  }
}

constexpr std::string_view kNameNote = "model in the database, else what a USB device says, else its ids in words";
constexpr std::string_view kStatusNote = "`OK` when a driver is bound; NULL when none is, since many devices need none";
constexpr std::string_view kErrorNote =
    "0 Working when a driver is bound; NULL when none is, since many devices need none";
constexpr std::string_view kMakerNote = "vendor in the database, else what a USB device says; NULL without";
constexpr std::string_view kPnpNote = "key of its `Win32_PnPEntity`";

constexpr Source kEntitySources[] = {kDeviceSource, kNamesSource, kHostSource};

constexpr Column<BusDeviceView> kEntityColumns[] = {
    {"Caption", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Description", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Name", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Status", kDevice, ShowStatus<BusDeviceView>, kStatusNote},
    {"ConfigManagerErrorCode", kDevice, ShowErrorCode<BusDeviceView>, kErrorNote},
    {"CreationClassName", 0, ShowClassName<PnPEntity>, "`Win32_PnPEntity`"},
    {"DeviceID", kDevice, ShowId<BusDeviceView>,
     "bus, ids, and the address on the bus as the instance: "
     "`PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02\\0000:00:00.0`"},
    {"PNPDeviceID", kDevice, ShowId<BusDeviceView>, "as `DeviceID`"},
    {"SystemCreationClassName", 0, ShowSystemClass<BusDeviceView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&BusDeviceView::host_name>, "NULL when the host name is empty"},
    {"CompatibleID", kDevice,
     [](const BusDeviceView& v, RowWriter& row, std::size_t slot) {
       SetTextsOrNull(row, slot, v.device.compatible_ids);
     },
     "less exact ids and those of its class; NULL when its bus has none"},
    {"HardwareID", kDevice,
     [](const BusDeviceView& v, RowWriter& row, std::size_t slot) { SetTextsOrNull(row, slot, v.device.hardware_ids); },
     "its ids, the most exact first"},
    {"Manufacturer", kNames, ShowManufacturer<BusDeviceView>, kMakerNote},
    {"PNPClass", kDevice,
     [](const BusDeviceView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, KindOf(v.device)); },
     "name of Windows for the class of a PCI device or USB hub; NULL for others"},
    {"Present", 0, [](const BusDeviceView&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "TRUE: a device that is away has no instance"},
    {"Service", kDevice, ShowDriver<BusDeviceView>, "the driver of the kernel; NULL when none is bound"},
};

// Puts names and host name on the views.
template <typename View>
void Complete(const Machine& machine, const Asked& asked, std::vector<View>& views) {
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  for (View& view : views) view.host_name = host_name;
  if (!asked.Wants(kNames)) return;
  std::vector<BusDevice> devices;
  devices.reserve(views.size());
  for (const View& view : views) devices.push_back(view.device);
  std::vector<DeviceLabel> labels = LabelDevices(machine, devices);
  for (std::size_t i = 0; i < views.size(); ++i) views[i].label = std::move(labels[i]);
}

template <typename View>
void Append(BusDevice device, std::vector<View>& out) {
  View view;
  view.device = std::move(device);
  out.push_back(std::move(view));
}

}  // namespace

std::span<const Source> PnPEntity::Sources() { return kEntitySources; }
std::span<const Column<BusDeviceView>> PnPEntity::Columns() { return kEntityColumns; }

Status PnPEntity::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  if (asked.request.has_keys) {
    for (const provider::KeyTuple& key : asked.request.keys) {
      if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
      if (auto device = FindBusDevice(machine, key.front().view().text())) Append(std::move(*device), out);
    }
  } else {
    for (const DeviceBus bus : kDeviceBuses) {
      for (const std::string& address : ListBus(machine, bus)) {
        if (asked.stopped()) return Status();
        if (auto device = ReadBusDevice(machine, bus, address)) Append(std::move(*device), out);
      }
    }
  }
  Complete(machine, asked, out);
  return Status();
}

namespace {

constexpr Source kVideoSources[] = {
    kDeviceSource,
    kNamesSource,
    kHostSource,
    {kMemory, "`mem_info_vram_total` of the device", Cost::kInstanceFile},
    {kModule, "`/sys/module/DRIVER/version`", Cost::kInstanceFile},
};

constexpr std::uint64_t kProtocolPci = 5;
constexpr std::uint64_t kArchitectureVga = 5;
constexpr std::uint32_t kPciVga = 0x0300;

constexpr Column<VideoControllerView> kVideoColumns[] = {
    {"Caption", kNames, ShowName<VideoControllerView>, kNameNote},
    {"Description", kNames, ShowName<VideoControllerView>, kNameNote},
    {"Name", kNames, ShowName<VideoControllerView>, kNameNote},
    {"Status", kDevice, ShowStatus<VideoControllerView>, kStatusNote},
    {"ConfigManagerErrorCode", kDevice, ShowErrorCode<VideoControllerView>, kErrorNote},
    {"CreationClassName", 0, ShowClassName<VideoController>, "`Win32_VideoController`"},
    {"DeviceID", kDevice, ShowText<&VideoControllerView::device_id>,
     "`VideoController` and a number from 1, in the order of the addresses"},
    {"PNPDeviceID", kDevice, ShowId<VideoControllerView>, kPnpNote},
    {"SystemCreationClassName", 0, ShowSystemClass<VideoControllerView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&VideoControllerView::host_name>, "NULL when the host name is empty"},
    {"ProtocolSupported", kDevice,
     [](const VideoControllerView& v, RowWriter& row, std::size_t slot) {
       if (v.device.bus == DeviceBus::kPci) row.SetUnsigned(slot, kProtocolPci);
     },
     "5 PCI; NULL for devices of other buses"},
    {"VideoProcessor", kNames, ShowName<VideoControllerView>, kNameNote},
    {"VideoArchitecture", kDevice,
     [](const VideoControllerView& v, RowWriter& row, std::size_t slot) {
       if (v.device.bus == DeviceBus::kPci && v.device.class_code && *v.device.class_code >> 8 == kPciVga)
         row.SetUnsigned(slot, kArchitectureVga);
     },
     "5 VGA for PCI devices of that class; NULL for others"},
    {"AdapterCompatibility", kNames, ShowManufacturer<VideoControllerView>, kMakerNote},
    {"AdapterRAM", kMemory,
     [](const VideoControllerView& v, RowWriter& row, std::size_t slot) {
       if (v.memory_bytes && *v.memory_bytes <= std::numeric_limits<std::uint32_t>::max())
         row.SetUnsigned(slot, *v.memory_bytes);
     },
     "in bytes; NULL when the driver (all but amdgpu) does not tell, or it does not fit in 32 bits"},
    {"DriverVersion", kModule, ShowText<&VideoControllerView::driver_version>,
     "NULL for drivers that have the version of the kernel"},
    {"InstalledDisplayDrivers", kDevice, ShowDriver<VideoControllerView>, "the driver of the kernel; NULL without"},
};

// Names in a folder of /sys/class that are `prefix` and a number, sorted.
std::vector<std::string> CardsOf(const Machine& machine, const char* folder, std::string_view prefix) {
  std::vector<std::string> names;
  const std::string path = machine.root.sys + "/class/" + folder;
  if (machine.files->List(kNoDirectory, path.c_str(), kCardsMax, names) != 0) return {};
  std::erase_if(names, [&](const std::string& name) {
    return name.size() == prefix.size() || !name.starts_with(prefix) ||
           name.find_first_not_of("0123456789", prefix.size()) != std::string::npos;
  });
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return names;
}

// True when the card is what a PCI device that is listed already looks like to its driver: a virtio device in it, or
// the frame buffer that the firmware left.
bool IsFaceOfAnother(const Machine& machine, const BusDevice& device, bool has_pci) {
  if (device.bus == DeviceBus::kPlatform) return has_pci && device.address.find("-framebuffer") != std::string::npos;
  if (device.bus != DeviceBus::kVirtio) return false;
  const auto parent = ParentOf(machine, device.bus, device.address);
  return parent && parent->IsPciClass(kPciDisplay);
}

}  // namespace

std::span<const Source> VideoController::Sources() { return kVideoSources; }
std::span<const Column<VideoControllerView>> VideoController::Columns() { return kVideoColumns; }

Status VideoController::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::set<std::string> seen;
  for (const std::string& address : ListBus(machine, DeviceBus::kPci)) {
    auto device = ReadBusDevice(machine, DeviceBus::kPci, address);
    if (!device || !device->IsPciClass(kPciDisplay) || !seen.insert(device->id).second) continue;
    Append(std::move(*device), out);
  }
  for (const std::string& card : CardsOf(machine, "drm", "card")) {
    auto device = DeviceAt(machine, fmt::format("{}/class/drm/{}/device", machine.root.sys, card));
    if (!device || IsFaceOfAnother(machine, *device, !out.empty())) continue;
    if (seen.insert(device->id).second) Append(std::move(*device), out);
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    View& view = out[i];
    view.device_id = "VideoController" + std::to_string(i + 1);
    std::uint64_t bytes = 0;
    if (asked.Wants(kMemory) &&
        ParseUnsigned(ReadLine(*machine.files, view.device.folder + "/mem_info_vram_total"), bytes)) {
      view.memory_bytes = bytes;
    }
    if (asked.Wants(kModule) && !view.device.driver.empty()) {
      view.driver_version =
          ReadLine(*machine.files, fmt::format("{}/module/{}/version", machine.root.sys, view.device.driver));
    }
  }
  Complete(machine, asked, out);
  return Status();
}

namespace {

constexpr Source kSoundSources[] = {
    {kDevice, "`/sys/class/sound`", Cost::kFile},
    {kNames, "`/proc/asound/cards`", Cost::kFile},
    {kParent, "device of the card and hardware database of udev", Cost::kInstanceFile},
    kHostSource,
};

constexpr std::string_view kSoundNameNote = "name that the driver gives the card; NULL when it is not told";

constexpr Column<SoundDeviceView> kSoundColumns[] = {
    {"Caption", kNames, ShowText<&SoundDeviceView::name>, kSoundNameNote},
    {"Description", kNames, ShowText<&SoundDeviceView::name>, kSoundNameNote},
    {"Name", kNames, ShowText<&SoundDeviceView::name>, kSoundNameNote},
    {"CreationClassName", 0, ShowClassName<SoundDevice>, "`Win32_SoundDevice`"},
    {"DeviceID", kDevice, ShowText<&SoundDeviceView::device_id>, "`SOUND\\` and the name of the card: `SOUND\\card0`"},
    {"PNPDeviceID", kParent, ShowText<&SoundDeviceView::pnp_id>,
     "key of the `Win32_PnPEntity` it belongs to; NULL for cards of other buses and those that are software alone"},
    {"SystemCreationClassName", 0, ShowSystemClass<SoundDeviceView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&SoundDeviceView::host_name>, "NULL when the host name is empty"},
    {"Manufacturer", kParent, ShowText<&SoundDeviceView::manufacturer>, "vendor of the device; NULL without"},
    {"ProductName", kNames, ShowText<&SoundDeviceView::name>, kSoundNameNote},
};

// " 0 [PCH            ]: HDA-Intel - HDA Intel PCH": the name of card 0.
std::string CardName(std::string_view cards, std::string_view number) {
  std::string_view line;
  while (NextPart(cards, '\n', line)) {
    const std::size_t bracket = line.find('[');
    if (bracket == std::string_view::npos || Trim(line.substr(0, bracket)) != number) continue;
    const std::size_t dash = line.find(" - ", bracket);
    return dash == std::string_view::npos ? std::string() : std::string(Trim(line.substr(dash + 3)));
  }
  return {};
}

}  // namespace

std::span<const Source> SoundDevice::Sources() { return kSoundSources; }
std::span<const Column<SoundDeviceView>> SoundDevice::Columns() { return kSoundColumns; }

Status SoundDevice::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  const std::string cards =
      asked.Wants(kNames) ? ReadText(*machine.files, machine.root.proc + "/asound/cards", 64u << 10) : std::string();
  for (const std::string& card : CardsOf(machine, "sound", "card")) {
    View view;
    view.device_id = "SOUND\\" + card;
    view.host_name = host_name;
    view.name = CardName(cards, std::string_view(card).substr(4));
    if (asked.Wants(kParent)) {
      if (auto device = DeviceAt(machine, fmt::format("{}/class/sound/{}/device", machine.root.sys, card))) {
        view.pnp_id = device->id;
        view.manufacturer = LabelDevices(machine, {std::move(*device)}).front().manufacturer;
      }
    }
    out.push_back(std::move(view));
  }
  return Status();
}

namespace {

constexpr std::uint64_t kProtocolUsb = 16;

constexpr Column<BusDeviceView> kControllerColumns[] = {
    {"Caption", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Description", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Name", kNames, ShowName<BusDeviceView>, kNameNote},
    {"Status", kDevice, ShowStatus<BusDeviceView>, kStatusNote},
    {"ConfigManagerErrorCode", kDevice, ShowErrorCode<BusDeviceView>, kErrorNote},
    {"CreationClassName", 0, ShowClassName<UsbController>, "`Win32_USBController`"},
    {"DeviceID", kDevice, ShowId<BusDeviceView>, kPnpNote},
    {"PNPDeviceID", kDevice, ShowId<BusDeviceView>, kPnpNote},
    {"SystemCreationClassName", 0, ShowSystemClass<BusDeviceView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&BusDeviceView::host_name>, "NULL when the host name is empty"},
    {"ProtocolSupported", 0,
     [](const BusDeviceView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kProtocolUsb); },
     "16 Universal Serial Bus"},
    {"Manufacturer", kNames, ShowManufacturer<BusDeviceView>, kMakerNote},
};

}  // namespace

std::span<const Source> UsbController::Sources() { return kEntitySources; }
std::span<const Column<BusDeviceView>> UsbController::Columns() { return kControllerColumns; }

Status UsbController::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::set<std::string> seen;
  for (const std::string& address : ListBus(machine, DeviceBus::kPci)) {
    auto device = ReadBusDevice(machine, DeviceBus::kPci, address);
    if (!device || !device->class_code || *device->class_code >> 8 != kPciUsb) continue;
    if (seen.insert(device->id).second) Append(std::move(*device), out);
  }
  for (const std::string& hub : ListBus(machine, DeviceBus::kUsb)) {
    if (!hub.starts_with("usb")) continue;
    auto device = ParentOf(machine, DeviceBus::kUsb, hub);
    if (device && seen.insert(device->id).second) Append(std::move(*device), out);
  }
  Complete(machine, asked, out);
  return Status();
}

namespace {

constexpr Source kHubSources[] = {
    kDeviceSource,
    kNamesSource,
    kHostSource,
    {kUsb, "`maxchild`, `version`, `bNumConfigurations` and `bConfigurationValue` of the device", Cost::kInstanceFile},
};

template <unsigned kShift>
void ShowCode(const UsbHubView& view, RowWriter& row, std::size_t slot) {
  if (view.device.class_code) row.SetUnsigned(slot, (*view.device.class_code >> kShift) & 0xFF);
}

constexpr Column<UsbHubView> kHubColumns[] = {
    {"Caption", kNames, ShowName<UsbHubView>, kNameNote},
    {"Description", kNames, ShowName<UsbHubView>, kNameNote},
    {"Name", kNames, ShowName<UsbHubView>, kNameNote},
    {"Status", kDevice, ShowStatus<UsbHubView>, kStatusNote},
    {"ConfigManagerErrorCode", kDevice, ShowErrorCode<UsbHubView>, kErrorNote},
    {"CreationClassName", 0, ShowClassName<UsbHub>, "`Win32_USBHub`"},
    {"DeviceID", kDevice, ShowId<UsbHubView>, kPnpNote},
    {"PNPDeviceID", kDevice, ShowId<UsbHubView>, kPnpNote},
    {"SystemCreationClassName", 0, ShowSystemClass<UsbHubView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&UsbHubView::host_name>, "NULL when the host name is empty"},
    {"ClassCode", kDevice, ShowCode<16>, "class: 9, hub"},
    {"CurrentConfigValue", kUsb, ShowNumber<&UsbHubView::configuration>, "`bConfigurationValue`; NULL when not set up"},
    {"NumberOfConfigs", kUsb, ShowNumber<&UsbHubView::configurations>, "`bNumConfigurations`"},
    {"ProtocolCode", kDevice, ShowCode<0>, "protocol of the device"},
    {"SubclassCode", kDevice, ShowCode<8>, "subclass of the device"},
    {"USBVersion", kUsb, ShowNumber<&UsbHubView::usb_version>, "`version` as a number: 2.10 is 0x0210"},
    {"NumberOfPorts", kUsb, ShowNumber<&UsbHubView::ports>, "`maxchild`"},
};

std::optional<std::uint64_t> ByteIn(const Machine& machine, const std::string& path) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(ReadLine(*machine.files, path), number) || number > 0xFF) return std::nullopt;
  return number;
}

// " 2.10" as 0x0210.
std::optional<std::uint64_t> UsbVersion(std::string_view text) {
  std::string_view whole;
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  if (!NextPart(text, '.', whole) || text.size() != 2 || !ParseUnsigned(whole, major) || !ParseUnsigned(text, minor)) {
    return std::nullopt;
  }
  if (major > 9 || minor > 99) return std::nullopt;
  return major << 8 | (minor / 10) << 4 | minor % 10;
}

}  // namespace

std::span<const Source> UsbHub::Sources() { return kHubSources; }
std::span<const Column<UsbHubView>> UsbHub::Columns() { return kHubColumns; }

Status UsbHub::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  for (const std::string& address : ListBus(machine, DeviceBus::kUsb)) {
    auto device = ReadBusDevice(machine, DeviceBus::kUsb, address);
    if (!device || !device->class_code || *device->class_code >> 16 != kUsbHubClass) continue;
    View view;
    if (asked.Wants(kUsb)) {
      view.ports = ByteIn(machine, device->folder + "/maxchild");
      view.configurations = ByteIn(machine, device->folder + "/bNumConfigurations");
      view.configuration = ByteIn(machine, device->folder + "/bConfigurationValue");
      view.usb_version = UsbVersion(ReadLine(*machine.files, device->folder + "/version"));
    }
    view.device = std::move(*device);
    out.push_back(std::move(view));
  }
  Complete(machine, asked, out);
  return Status();
}

}  // namespace wmi::linuxos
