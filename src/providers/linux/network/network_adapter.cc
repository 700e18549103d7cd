#include "providers/linux/network/network_adapter.h"

#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "cim/datetime.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr std::size_t kTextBytesMax = 256u << 10;

// Writers of lists
// -----------------------------------------------------------------------------------------------------

void SetTexts(RowWriter& row, std::size_t slot, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::vector<cim::ValueView> items;
  for (const std::string& text : texts) items.push_back(cim::ValueView::Text(text));
  row.Set(slot, cim::ValueView::Array(items));
}

void SetNumbers(RowWriter& row, std::size_t slot, const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return;
  std::vector<cim::ValueView> items;
  for (const std::uint64_t number : numbers) items.push_back(cim::ValueView::Unsigned(number));
  row.Set(slot, cim::ValueView::Array(items));
}

// Facts about links
// ----------------------------------------------------------------------------------------------------

// "00:1B:21:AA:BB:CC"; empty where the link has none or only zeros. Tunnels have IP addresses there.
std::string HardwareAddress(const NetLink& link, const std::string& bytes, std::string_view separator) {
  const bool has_one = link.hardware == ARPHRD_ETHER || link.hardware == ARPHRD_INFINIBAND ||
                       link.hardware == ARPHRD_IEEE80211 || link.hardware == ARPHRD_IEEE1394;
  if (!has_one || bytes.find_first_not_of('\0') == std::string::npos) return {};
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += separator;
    fmt::format_to(std::back_inserter(text), "{:02X}", static_cast<unsigned char>(byte));
  }
  return text;
}

bool IsUp(const NetLink& link) { return (link.flags & IFF_UP) != 0; }
bool IsLoopback(const NetLink& link) { return (link.flags & IFF_LOOPBACK) != 0; }

// Values of IFLA_OPERSTATE (RFC 2863).
enum OperatingState : std::uint8_t {
  kUnknown = 0,
  kNotPresent = 1,
  kDown = 2,
  kLowerLayerDown = 3,
  kTesting = 4,
  kDormant = 5,
  kUp = 6,
};

bool IsConnected(const NetLink& link) {
  // Loopback and tunnels never leave "unknown".
  return link.operating_state == kUp ||
         (link.operating_state == kUnknown && IsUp(link) && (link.flags & IFF_LOWER_UP) != 0);
}

struct TypeRow {
  std::uint16_t hardware;
  std::uint16_t id;
  std::string_view text;
};
constexpr TypeRow kAdapterTypes[] = {
    {ARPHRD_ETHER, 0, "Ethernet 802.3"},
    {ARPHRD_IEEE802, 1, "Token Ring 802.5"},
    {ARPHRD_IEEE802_TR, 1, "Token Ring 802.5"},
    {ARPHRD_FDDI, 2, "Fiber Distributed Data Interface (FDDI)"},
    {ARPHRD_PPP, 3, "Wide Area Network (WAN)"},
    {ARPHRD_LOCALTLK, 4, "LocalTalk"},
    {ARPHRD_ARCNET, 6, "ARCNET"},
    {ARPHRD_ATM, 8, "ATM"},
    {ARPHRD_IRDA, 10, "Infrared Wireless"},
    {ARPHRD_IEEE1394, 13, "1394"},
};
constexpr TypeRow kWirelessType = {ARPHRD_IEEE80211, 9, "Wireless"};

const TypeRow* AdapterType(const AdapterView& view) {
  if (view.is_wireless) return &kWirelessType;
  const auto* const found = std::find_if(std::begin(kAdapterTypes), std::end(kAdapterTypes),
                                         [&](const TypeRow& row) { return row.hardware == view.link.hardware; });
  return found == std::end(kAdapterTypes) ? nullptr : found;
}

// Reading
// --------------------------------------------------------------------------------------------------------------

std::string LinkFolder(const Machine& machine, const NetLink& link) {
  return fmt::format("{}/class/net/{}", machine.root.sys, link.name);
}

// The driver of the hardware; what kind of link the kernel made when there is none.
std::string ReadDriver(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string path = LinkFolder(machine, link) + "/device/driver";
  if (machine.files->ReadLink(kNoDirectory, path.c_str(), target) != 0) return link.kind;
  const std::string_view text = target.text();
  return std::string(text.substr(text.rfind('/') + 1));
}

struct Names {
  std::string product;
  std::string vendor;
};

// What udev's database of hardware calls it.
Names ReadNames(const Machine& machine, const NetLink& link) {
  const std::string text =
      ReadText(*machine.files, fmt::format("{}/udev/data/n{}", machine.root.run, link.index), kTextBytesMax);
  Names names;
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    constexpr std::string_view kProduct = "E:ID_MODEL_FROM_DATABASE=";
    constexpr std::string_view kVendor = "E:ID_VENDOR_FROM_DATABASE=";
    if (line.starts_with(kProduct)) names.product = line.substr(kProduct.size());
    if (line.starts_with(kVendor)) names.vendor = line.substr(kVendor.size());
  }
  return names;
}

std::optional<bool> ReadIsPhysical(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string folder = LinkFolder(machine, link);
  const int error = machine.files->ReadLink(kNoDirectory, (folder + "/device").c_str(), target);
  if (error == 0) return true;
  // A sandbox may hide the folder of links: then nothing is known.
  if (error == ENOENT && machine.files->IsDirectory(folder.c_str())) return false;
  return std::nullopt;
}

bool ReadIsWireless(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string folder = LinkFolder(machine, link);
  return machine.files->IsDirectory((folder + "/wireless").c_str()) ||
         machine.files->ReadLink(kNoDirectory, (folder + "/phy80211").c_str(), target) == 0;
}

std::optional<std::uint64_t> ReadSpeed(const Machine& machine, const NetLink& link) {
  std::int64_t megabits = 0;
  // Links that are down refuse the read, those without a speed say -1.
  if (!ParseSigned(ReadLine(*machine.files, LinkFolder(machine, link) + "/speed"), megabits) || megabits <= 0) {
    return std::nullopt;
  }
  constexpr std::int64_t kMegabitsMax = 1'000'000'000;
  if (megabits > kMegabitsMax) return std::nullopt;
  return static_cast<std::uint64_t>(megabits) * 1'000'000;
}

// The number of the link in a key: text or number.
std::optional<std::uint32_t> IndexOf(cim::ValueView key) {
  std::uint64_t number = 0;
  if (key.kind() == cim::ValueKind::kUnsigned) {
    number = key.unsigned_integer();
  } else if (key.kind() != cim::ValueKind::kText || !ParseUnsigned(key.text(), number) ||
             std::to_string(number) != key.text()) {
    return std::nullopt;
  }
  if (number == 0 || number > 0x7FFFFFFF) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

// All links, or those of the keys.
int ReadLinks(const Machine& machine, const Asked& asked, std::vector<NetLink>& out) {
  if (!asked.request.has_keys) return machine.netlink->Links(0, out);
  for (const provider::KeyTuple& key : asked.request.keys) {
    const auto index = key.size() == 1 ? IndexOf(key.front().view()) : std::nullopt;
    if (!index) continue;
    if (const int error = machine.netlink->Links(*index, out)) return error;
  }
  return 0;
}

constexpr std::string_view kLinksText = "links of the network";

// Adapters
// -------------------------------------------------------------------------------------------------------------

constexpr SourceSet kLinks = 1u << 0;
constexpr SourceSet kHostFile = 1u << 1;
constexpr SourceSet kDriverLink = 1u << 2;
constexpr SourceSet kNamesFile = 1u << 3;
constexpr SourceSet kSpeedFile = 1u << 4;
constexpr SourceSet kDeviceLink = 1u << 5;
constexpr SourceSet kWirelessFolder = 1u << 6;
constexpr SourceSet kDuplexFile = 1u << 7;

constexpr Source kAdapterSources[] = {
    {kLinks, "rtnetlink `RTM_GETLINK`", Cost::kFile},
    {kHostFile, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kDriverLink, "`/sys/class/net/*/device/driver`", Cost::kInstanceFile},
    {kNamesFile, "`/run/udev/data/n*`", Cost::kInstanceFile},
    {kSpeedFile, "`/sys/class/net/*/speed`", Cost::kInstanceFile},
    {kDeviceLink, "`/sys/class/net/*/device`", Cost::kInstanceFile},
    {kWirelessFolder, "`/sys/class/net/*/{wireless,phy80211}`", Cost::kInstanceFile},
    {kDuplexFile, "`/sys/class/net/*/duplex`", Cost::kInstanceFile},
};

Status LoadAdapters(const Machine& machine, const Asked& asked, std::vector<AdapterView>& out) {
  std::vector<NetLink> links;
  const int error = ReadLinks(machine, asked, links);
  const std::string host = asked.Wants(kHostFile) ? HostName(machine) : std::string();
  for (NetLink& link : links) {
    if (asked.stopped()) break;
    AdapterView view;
    view.host = host;
    if (asked.Wants(kDriverLink)) view.driver = ReadDriver(machine, link);
    if (asked.Wants(kNamesFile)) {
      Names names = ReadNames(machine, link);
      view.product = std::move(names.product);
      view.vendor = std::move(names.vendor);
    }
    if (asked.Wants(kSpeedFile)) view.speed = ReadSpeed(machine, link);
    if (asked.Wants(kDeviceLink)) view.is_physical = ReadIsPhysical(machine, link);
    if (asked.Wants(kWirelessFolder)) view.is_wireless = ReadIsWireless(machine, link);
    if (asked.Wants(kDuplexFile)) {
      view.duplex = ReadLine(*machine.files, LinkFolder(machine, link) + "/duplex");
    }
    view.link = std::move(link);
    out.push_back(std::move(view));
  }
  return StatusOfNetlink(error, kLinksText);
}

void WriteAdapterName(const AdapterView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, view.product.empty() ? view.link.name : view.product);
}

void WriteConnectionStatus(const AdapterView& view, RowWriter& row, std::size_t slot) {
  const NetLink& link = view.link;
  if (!IsUp(link)) {
    row.SetUnsigned(slot, 0);  // Disconnected
  } else if (IsConnected(link)) {
    row.SetUnsigned(slot, 2);  // Connected
  } else if (link.operating_state == kNotPresent) {
    row.SetUnsigned(slot, 4);  // Hardware Not Present
  } else if (link.operating_state == kDown || link.operating_state == kLowerLayerDown) {
    row.SetUnsigned(slot, 7);  // Media Disconnected
  } else if (link.operating_state == kDormant) {
    row.SetUnsigned(slot, 1);  // Connecting: it waits for someone to let it in
  }
}

constexpr Column<AdapterView> kAdapterColumns[] = {
    {"AdapterType", kLinks | kWirelessFolder,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (const TypeRow* type = AdapterType(v)) row.SetText(slot, type->text);
     },
     "by the kind of hardware; NULL for kinds that Windows has no name for, like loopback and tunnels"},
    {"AdapterTypeId", kLinks | kWirelessFolder,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (const TypeRow* type = AdapterType(v)) row.SetUnsigned(slot, type->id);
     },
     "as AdapterType"},
    {"Caption", kLinks | kNamesFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, fmt::format("[{:08}] {}", v.link.index, v.product.empty() ? v.link.name : v.product));
     },
     "the number in brackets, then Name"},
    {"CreationClassName", 0,
     [](const AdapterView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_NetworkAdapter"); },
     "constant"},
    {"Description", kLinks | kNamesFile, WriteAdapterName, "as Name"},
    {"DeviceID", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, std::to_string(v.link.index)); },
     "number of the link"},
    {"Index", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.index); },
     "number of the link"},
    {"Installed", kLinks, [](const AdapterView&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "TRUE: the kernel lists it"},
    {"InterfaceIndex", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.index); },
     "number of the link"},
    {"MACAddress", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, HardwareAddress(v.link, v.link.address, ":"));
     },
     "NULL for loopback and tunnels"},
    {"Manufacturer", kNamesFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.vendor); },
     "`ID_VENDOR_FROM_DATABASE`; NULL without udev or for links that are no hardware"},
    {"Name", kLinks | kNamesFile, WriteAdapterName,
     "`ID_MODEL_FROM_DATABASE`, the name of the hardware; else the name of the link"},
    {"NetConnectionID", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.link.name); },
     "name of the link"},
    {"NetConnectionStatus", kLinks, WriteConnectionStatus,
     "by the flags and `IFLA_OPERSTATE`; NULL when the driver does not tell"},
    {"NetEnabled", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, IsUp(v.link)); }, "`IFF_UP`"},
    {"PermanentAddress", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, HardwareAddress(v.link, v.link.permanent_address, ":"));
     },
     "`IFLA_PERM_ADDRESS`; NULL when the driver or the kernel does not tell"},
    {"PhysicalAdapter", kLinks | kDeviceLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.is_physical) row.SetBoolean(slot, *v.is_physical);
     },
     "whether a device is behind the link; NULL when `/sys` does not show it"},
    {"ProductName", kNamesFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.product); },
     "`ID_MODEL_FROM_DATABASE`; NULL without udev or for links that are no hardware"},
    {"ServiceName", kLinks | kDriverLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.driver); },
     "the driver; the kind of link (`IFLA_INFO_KIND`) when there is no hardware"},
    {"Speed", kLinks | kSpeedFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.speed); },
     "times 1 000 000; NULL when the link is off or its driver does not tell"},
    {"SystemCreationClassName", 0,
     [](const AdapterView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "constant"},
    {"SystemName", kHostFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host); }},
};

Result<cim::Object> SetEnabled(MethodCall& call, bool up) {
  constexpr std::uint64_t kAccessDenied = 5;
  const auto index = IndexOf(cim::ValueView::Text(call.KeyText()));
  const int error = index ? call.machine().netlink->SetLinkUp(*index, up) : ENODEV;
  if (error == ENODEV) return Status(code::kNotFound, "there is no link with this number any more");
  if (OutcomeOf(error) == Outcome::kDenied || error == EPERM) return call.Return(kAccessDenied);
  if (error == 0) return call.Return(0);
  return Status(code::kFailed, fmt::format("the kernel did not turn link {} {}: error {}. Its log may say why", *index,
                                           up ? "on" : "off", error));
}

constexpr MethodRow kAdapterMethods[] = {
    {"Disable", [](MethodCall& call) { return SetEnabled(call, false); },
     "turns the link off (`RTM_NEWLINK` without `IFF_UP`); 5 without the right to"},
    {"Enable", [](MethodCall& call) { return SetEnabled(call, true); },
     "turns the link on (`RTM_NEWLINK` with `IFF_UP`); 5 without the right to"},
};

// MSFT_NetAdapter
// ------------------------------------------------------------------------------------------------------

// The registry of interface types of the Internet (ifType).
std::optional<std::uint64_t> InterfaceType(const AdapterView& view) {
  if (view.is_wireless) return 71;
  switch (view.link.hardware) {
    case ARPHRD_ETHER:
      return view.link.kind == "bridge"                             ? 209
             : view.link.kind == "bond" || view.link.kind == "team" ? 161
             : view.link.kind == "vlan"                             ? 135
                                                                    : 6;
    case ARPHRD_LOOPBACK:
      return 24;
    case ARPHRD_PPP:
      return 23;
    case ARPHRD_INFINIBAND:
      return 199;
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
    case ARPHRD_IP6GRE:
      return 131;
    default:
      return std::nullopt;
  }
}

std::uint64_t OperationalStatus(const NetLink& link) {
  switch (link.operating_state) {
    case kUp:
      return 1;
    case kDown:
      return 2;
    case kTesting:
      return 3;
    case kDormant:
      return 5;
    case kNotPresent:
      return 6;
    case kLowerLayerDown:
      return 7;
    default:
      return 4;
  }
}

constexpr Column<AdapterView> kStandardColumns[] = {
    {"ActiveMaximumTransmissionUnit", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.mtu); }, "`IFLA_MTU`"},
    {"ConnectorPresent", kLinks | kDeviceLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.is_physical) row.SetBoolean(slot, *v.is_physical);
     },
     "whether a device is behind the link"},
    {"CreationClassName", 0,
     [](const AdapterView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "MSFT_NetAdapter"); }, "constant"},
    {"DeviceID", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, std::to_string(v.link.index)); },
     "number of the link"},
    {"DeviceName", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.link.name); },
     "name of the link"},
    {"DriverName", kLinks | kDriverLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.driver); },
     "the driver; the kind of link when there is no hardware"},
    {"FullDuplex", kLinks | kDuplexFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.duplex == "full" || v.duplex == "half") row.SetBoolean(slot, v.duplex == "full");
     },
     "NULL when the driver does not tell"},
    {"HardwareInterface", kLinks | kDeviceLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.is_physical) row.SetBoolean(slot, *v.is_physical);
     },
     "whether a device is behind the link"},
    {"HigherLayerInterfaceIndices", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetNumbers(row, slot, v.higher); },
     "the bridge or bond it is a port of, and links like VLANs that run on it"},
    {"InterfaceAdminStatus", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, IsUp(v.link) ? 1 : 2); },
     "`IFF_UP`"},
    {"InterfaceDescription", kLinks | kNamesFile, WriteAdapterName, "name of the hardware; else the name of the link"},
    {"InterfaceIndex", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.index); },
     "number of the link"},
    {"InterfaceName", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.link.name); },
     "name of the link"},
    {"InterfaceOperationalStatus", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, OperationalStatus(v.link)); },
     "`IFLA_OPERSTATE`"},
    {"InterfaceType", kLinks | kWirelessFolder,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, InterfaceType(v)); },
     "by the kind of hardware, in the numbers of the ifType registry; NULL for others"},
    {"LowerLayerInterfaceIndices", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.link.lower != 0) SetNumbers(row, slot, {v.link.lower});
     },
     "`IFLA_LINK`: the link that it runs on"},
    {"MediaConnectState", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       // A link that is off does not look for its medium.
       row.SetUnsigned(slot, !IsUp(v.link) ? 0 : (v.link.flags & IFF_LOWER_UP) != 0 ? 1 : 2);
     },
     "`IFF_LOWER_UP`; unknown while the link is off"},
    {"MediaDuplexState", kLinks | kDuplexFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.duplex == "full" ? 2 : v.duplex == "half" ? 1 : 0);
     }},
    {"MtuSize", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.mtu); }, "`IFLA_MTU`"},
    {"Name", kLinks, [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.link.name); },
     "name of the link"},
    {"NetworkAddresses", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       const std::string address = HardwareAddress(v.link, v.link.address, "");
       if (!address.empty()) SetTexts(row, slot, {address});
     },
     "the hardware address without separators"},
    {"PermanentAddress", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, HardwareAddress(v.link, v.link.permanent_address, ""));
     },
     "`IFLA_PERM_ADDRESS`, without separators; NULL when the driver or the kernel does not tell"},
    {"PromiscuousMode", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       row.SetBoolean(slot, (v.link.flags & IFF_PROMISC) != 0);
     },
     "`IFF_PROMISC`"},
    {"ReceiveLinkSpeed", kLinks | kSpeedFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.speed); },
     "times 1 000 000; NULL when the link is off or its driver does not tell"},
    {"Speed", kLinks | kSpeedFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.speed); },
     "as ReceiveLinkSpeed"},
    {"State", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, IsUp(v.link) ? 2 : 3); },
     "`IFF_UP`: started or disabled"},
    {"SupportedMaximumTransmissionUnit", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.link.mtu_max != 0) row.SetUnsigned(slot, v.link.mtu_max);
     },
     "`IFLA_MAX_MTU`; NULL where there is no limit"},
    {"SystemCreationClassName", 0,
     [](const AdapterView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "constant"},
    {"SystemName", kHostFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host); }},
    {"TransmitLinkSpeed", kLinks | kSpeedFile,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.speed); },
     "as ReceiveLinkSpeed"},
    {"Virtual", kLinks | kDeviceLink,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.is_physical) row.SetBoolean(slot, !*v.is_physical);
     },
     "whether no device is behind the link"},
    {"VlanID", kLinks,
     [](const AdapterView& v, RowWriter& row, std::size_t slot) {
       if (v.link.vlan) row.SetUnsigned(slot, *v.link.vlan);
     },
     "`IFLA_VLAN_ID`; NULL for links that are no VLAN"},
};

// Configurations
// -------------------------------------------------------------------------------------------------------

// kLinks, kHostFile, kDriverLink and kNamesFile as above.
constexpr SourceSet kAddresses = 1u << 8;
constexpr SourceSet kRoutes = 1u << 9;
constexpr SourceSet kResolver = 1u << 10;
constexpr SourceSet kLease = 1u << 11;
constexpr SourceSet kSettings = 1u << 12;

constexpr Source kConfigurationSources[] = {
    {kLinks, "rtnetlink `RTM_GETLINK`", Cost::kFile},
    {kHostFile, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kDriverLink, "`/sys/class/net/*/device/driver`", Cost::kInstanceFile},
    {kNamesFile, "`/run/udev/data/n*`", Cost::kInstanceFile},
    {kAddresses, "rtnetlink `RTM_GETADDR`", Cost::kFile},
    {kRoutes, "rtnetlink `RTM_GETROUTE`", Cost::kScan},
    {kResolver, "`/etc/resolv.conf`, `/run/systemd/resolve/resolv.conf`", Cost::kFile},
    {kLease, "`/run/systemd/netif/leases/*`", Cost::kInstanceFile},
    {kSettings, "`/proc/sys/net/ipv4`", Cost::kFile},
};

enum Setting : std::size_t {
  kTimeToLive,
  kKeepAliveInterval,
  kKeepAliveTime,
  kNoPathDiscovery,
  kProbing,
  kConnectTries,
  kDataTries,
  kUrgentPointer,
};
constexpr std::string_view kSettingFiles[] = {
    "ip_default_ttl",  "tcp_keepalive_intvl", "tcp_keepalive_time", "ip_no_pmtu_disc",
    "tcp_mtu_probing", "tcp_syn_retries",     "tcp_retries2",       "tcp_stdurg",
};

using ConfigurationView = AdapterConfigurationView;

std::optional<std::uint64_t> SettingValue(const ConfigurationView& view, Setting setting) {
  return view.settings ? (*view.settings)[setting] : std::nullopt;
}

template <Setting kSetting, std::uint64_t kFactor = 1>
void WriteSetting(const ConfigurationView& view, RowWriter& row, std::size_t slot) {
  if (const auto value = SettingValue(view, kSetting)) {
    if (*value <= 0xFFFFFFFF / kFactor) row.SetUnsigned(slot, *value * kFactor);
  }
}

// IPv4 before IPv6, each in the order of the kernel.
template <typename Format>
std::vector<std::string> AddressTexts(const ConfigurationView& view, Format format) {
  std::vector<std::string> texts;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const NetAddress& address : view.addresses) {
      if (address.address.family == family) texts.push_back(format(address));
    }
  }
  return texts;
}

void WriteConfigurationName(const ConfigurationView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, view.product.empty() ? view.link.name : view.product);
}

void WriteDhcpEnabled(const ConfigurationView& view, RowWriter& row, std::size_t slot) {
  // Those who ask a server give their addresses the time of the lease; nobody else does that to IPv4 addresses.
  const bool has_limit = std::any_of(view.addresses.begin(), view.addresses.end(), [](const NetAddress& address) {
    return address.address.family == AF_INET && address.valid != NetAddress::kForever;
  });
  if (!view.lease.empty() || has_limit) row.SetBoolean(slot, true);
}

// The resolver is no part of the loopback, nor of links that carry no IP.
const ResolverSettings* ResolverOf(const ConfigurationView& view) {
  return view.resolver && view.has_ip() && !view.is_loopback() ? view.resolver.get() : nullptr;
}

constexpr Column<ConfigurationView> kConfigurationColumns[] = {
    {"Caption", kLinks | kNamesFile,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, fmt::format("[{:08}] {}", v.link.index, v.product.empty() ? v.link.name : v.product));
     },
     "the number in brackets, then Description"},
    {"DefaultIPGateway", kLinks | kRoutes,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       std::vector<std::string> texts;
       for (const NetRoute& route : v.gateways) texts.push_back(FormatIp(route.gateway));
       SetTexts(row, slot, texts);
     },
     "gateways of the default routes of the main table, IPv4 first, the one in use (lowest metric) before others; NULL "
     "for none"},
    {"DefaultTTL", kSettings, WriteSetting<kTimeToLive>, "`ip_default_ttl`, of the machine"},
    {"Description", kLinks | kNamesFile, WriteConfigurationName, "name of the hardware; else the name of the link"},
    {"DHCPEnabled", kLinks | kAddresses | kLease, WriteDhcpEnabled,
     "TRUE when there is a lease of systemd-networkd, or an IPv4 address is valid for a limited time; NULL when "
     "nothing tells"},
    {"DHCPServer", kLinks | kLease,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, SettingOf(v.lease, "SERVER_ADDRESS"));
     },
     "`SERVER_ADDRESS` of the lease; NULL when another program holds it"},
    {"DNSDomain", kLinks | kAddresses | kResolver,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       const ResolverSettings* resolver = ResolverOf(v);
       if (resolver != nullptr && !resolver->domains.empty()) row.SetText(slot, resolver->domains.front());
     },
     "`domain`, or the first of `search`; NULL for loopback and links without IP"},
    {"DNSDomainSuffixSearchOrder", kLinks | kAddresses | kResolver,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (const ResolverSettings* resolver = ResolverOf(v)) SetTexts(row, slot, resolver->domains);
     },
     "`search` or `domain`; NULL as DNSDomain"},
    {"DNSHostName", kHostFile,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, std::string_view(v.host).substr(0, v.host.find('.')));
     },
     "up to the first dot"},
    {"DNSServerSearchOrder", kLinks | kAddresses | kResolver,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (const ResolverSettings* resolver = ResolverOf(v)) SetTexts(row, slot, resolver->servers);
     },
     "`nameserver`, the servers behind systemd-resolved where it stands between; NULL as DNSDomain"},
    {"GatewayCostMetric", kLinks | kRoutes,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       std::vector<std::uint64_t> metrics;
       for (const NetRoute& route : v.gateways) {
         if (route.metric > 0xFFFF) return;
         metrics.push_back(route.metric);
       }
       SetNumbers(row, slot, metrics);
     },
     "metrics of the routes of DefaultIPGateway; NULL when one is larger than 65535"},
    {"Index", kLinks,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.index); },
     "number of the link"},
    {"InterfaceIndex", kLinks,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.index); },
     "number of the link"},
    {"IPAddress", kLinks | kAddresses,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTexts(row, slot, AddressTexts(v, [](const NetAddress& address) { return FormatIp(address.address); }));
     },
     "IPv4 first; NULL for none"},
    {"IPConnectionMetric", kLinks | kRoutes,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (!v.gateways.empty()) row.SetUnsigned(slot, v.gateways.front().metric);
     },
     "metric of the default route over the first gateway; links themselves have none: NULL without one"},
    {"IPEnabled", kLinks | kAddresses,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.has_ip()); },
     "TRUE for a link that is on and has an address"},
    {"IPSubnet", kLinks | kAddresses,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTexts(row, slot, AddressTexts(v, [](const NetAddress& address) {
                  return address.address.family == AF_INET ? FormatMask(address.prefix_length)
                                                           : std::to_string(address.prefix_length);
                }));
     },
     "to each of IPAddress: a mask for IPv4, the length of the prefix for IPv6"},
    {"KeepAliveInterval", kSettings, WriteSetting<kKeepAliveInterval, 1000>,
     "`tcp_keepalive_intvl` in milliseconds, of the machine"},
    {"KeepAliveTime", kSettings, WriteSetting<kKeepAliveTime, 1000>,
     "`tcp_keepalive_time` in milliseconds, of the machine"},
    {"MACAddress", kLinks,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, HardwareAddress(v.link, v.link.address, ":"));
     },
     "NULL for loopback and tunnels"},
    {"MTU", kLinks,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.link.mtu); },
     "`IFLA_MTU`"},
    {"PMTUBHDetectEnabled", kSettings,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (const auto value = SettingValue(v, kProbing)) row.SetBoolean(slot, *value != 0);
     },
     "`tcp_mtu_probing` is not 0, of the machine"},
    {"PMTUDiscoveryEnabled", kSettings,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       // 3 is discovery with more care.
       if (const auto value = SettingValue(v, kNoPathDiscovery)) row.SetBoolean(slot, *value == 0 || *value == 3);
     },
     "`ip_no_pmtu_disc` is 0 or 3, of the machine"},
    {"ServiceName", kLinks | kDriverLink,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.driver); },
     "the driver; the kind of link when there is no hardware"},
    {"SettingID", kLinks,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.link.name); },
     "name of the link"},
    {"TcpMaxConnectRetransmissions", kSettings, WriteSetting<kConnectTries>, "`tcp_syn_retries`, of the machine"},
    {"TcpMaxDataRetransmissions", kSettings, WriteSetting<kDataTries>, "`tcp_retries2`, of the machine"},
    {"TcpUseRFC1122UrgentPointer", kSettings,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (const auto value = SettingValue(v, kUrgentPointer)) row.SetBoolean(slot, *value != 0);
     },
     "`tcp_stdurg`, of the machine"},
};

ResolverSettings ReadResolver(const Machine& machine) {
  ResolverSettings settings =
      ParseResolverSettings(ReadText(*machine.files, machine.root.etc + "/resolv.conf", kTextBytesMax));
  // Behind this address a resolver of the machine itself answers; the servers it asks stand in its own file.
  const bool is_stub = std::all_of(settings.servers.begin(), settings.servers.end(),
                                   [](const std::string& server) { return server == "127.0.0.53"; });
  if (!is_stub) return settings;
  ResolverSettings behind =
      ParseResolverSettings(ReadText(*machine.files, machine.root.run + "/systemd/resolve/resolv.conf", kTextBytesMax));
  if (!behind.servers.empty()) settings.servers = std::move(behind.servers);
  if (settings.domains.empty()) settings.domains = std::move(behind.domains);
  return settings;
}

std::vector<std::optional<std::uint64_t>> ReadSettings(const Machine& machine) {
  std::vector<std::optional<std::uint64_t>> values;
  for (const std::string_view file : kSettingFiles) {
    std::uint64_t number = 0;
    const bool is_there =
        ParseUnsigned(ReadLine(*machine.files, fmt::format("{}/sys/net/ipv4/{}", machine.root.proc, file)), number);
    values.push_back(is_there ? std::optional(number) : std::nullopt);
  }
  return values;
}

// Default routes with a gateway, IPv4 first, lowest metric first.
int ReadGateways(const Machine& machine, std::vector<NetRoute>& out) {
  int result = 0;
  for (const int family : {AF_INET, AF_INET6}) {
    RouteFilter filter;
    filter.family = static_cast<std::uint8_t>(family);
    filter.table = RT_TABLE_MAIN;
    filter.only_default = true;
    std::vector<NetRoute> routes;
    const int error = machine.netlink->Routes(filter, routes);
    // A machine without IPv6 has no such routes.
    if (error != 0 && !(family == AF_INET6 && (error == EOPNOTSUPP || error == EAFNOSUPPORT))) result = error;
    std::erase_if(routes, [](const NetRoute& route) { return route.type != RTN_UNICAST || !route.gateway; });
    std::stable_sort(routes.begin(), routes.end(),
                     [](const NetRoute& a, const NetRoute& b) { return a.metric < b.metric; });
    out.insert(out.end(), routes.begin(), routes.end());
  }
  return result;
}

// Associations and addresses
// --------------------------------------------------------------------------------------------

constexpr Source kAssociationSources[] = {{kLinks, "rtnetlink `RTM_GETLINK`", Cost::kFile}};

constexpr Column<AdapterSettingView> kAssociationColumns[] = {
    {"Element", kLinks,
     [](const AdapterSettingView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, fmt::format("Win32_NetworkAdapter.DeviceID=\"{}\"", v.index));
     },
     "number of the link"},
    {"Setting", kLinks,
     [](const AdapterSettingView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, fmt::format("Win32_NetworkAdapterConfiguration.Index={}", v.index));
     },
     "number of the link"},
};

constexpr Source kStandardAddressSources[] = {
    {kAddresses, "rtnetlink `RTM_GETADDR`", Cost::kFile},
    {kLinks, "rtnetlink `RTM_GETLINK`", Cost::kFile},
    {kHostFile, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

std::string AddressName(const NetAddress& address) {
  return fmt::format("{}%{}", FormatIp(address.address), address.index);
}

void WriteAddressState(const StandardAddressView& view, RowWriter& row, std::size_t slot) {
  const std::uint32_t flags = view.address.flags;
  row.SetUnsigned(slot, (flags & IFA_F_DADFAILED) != 0    ? 2    // Duplicate
                        : (flags & IFA_F_TENTATIVE) != 0  ? 1    // Tentative
                        : (flags & IFA_F_DEPRECATED) != 0 ? 3    // Deprecated
                                                          : 4);  // Preferred
}

// Values of IFA_PROTO.
constexpr std::uint8_t kByLoopback = 1;
constexpr std::uint8_t kByRouter = 2;
constexpr std::uint8_t kByLink = 3;

void WritePrefixOrigin(const StandardAddressView& view, RowWriter& row, std::size_t slot) {
  const std::uint8_t protocol = view.address.protocol;
  if (protocol == kByLoopback || protocol == kByLink) row.SetUnsigned(slot, 2);  // WellKnown
  if (protocol == kByRouter) row.SetUnsigned(slot, 4);                           // RouterAdvertisement
}

void WriteSuffixOrigin(const StandardAddressView& view, RowWriter& row, std::size_t slot) {
  const NetAddress& address = view.address;
  if (address.protocol == kByLoopback) row.SetUnsigned(slot, 2);  // WellKnown
  if (address.address.family == AF_INET6 && (address.flags & IFA_F_TEMPORARY) != 0) {
    row.SetUnsigned(slot, 5);  // Random
  } else if (address.protocol == kByRouter || address.protocol == kByLink) {
    row.SetUnsigned(slot, 4);  // Link
  }
}

void SetLifetime(RowWriter& row, std::size_t slot, std::uint32_t seconds) {
  if (seconds != NetAddress::kForever) row.SetText(slot, cim::FormatInterval(std::int64_t{seconds} * 1'000'000));
}

template <int kFamily>
void WriteAddressOfFamily(const StandardAddressView& view, RowWriter& row, std::size_t slot) {
  if (view.address.address.family == kFamily) row.SetText(slot, FormatIp(view.address.address));
}

using AddressView = StandardAddressView;

constexpr Column<AddressView> kStandardAddressColumns[] = {
    {"Address", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, FormatIp(v.address.address)); }},
    {"AddressFamily", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.address.address.family == AF_INET ? 2 : 23);
     },
     "2 for IPv4, 23 for IPv6"},
    {"AddressState", kAddresses, WriteAddressState, "by the flags of the address"},
    {"CreationClassName", 0,
     [](const AddressView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "MSFT_NetIPAddress"); }, "constant"},
    {"InterfaceAlias", kAddresses | kLinks,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.alias); },
     "name of the link"},
    {"InterfaceIndex", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.address.index); },
     "number of the link"},
    {"IPAddress", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, v.address.address.is_link_local() ? AddressName(v.address) : FormatIp(v.address.address));
     },
     "link-local addresses with % and the number of the link"},
    {"IPv4Address", kAddresses, WriteAddressOfFamily<AF_INET>, "NULL for IPv6"},
    {"IPv6Address", kAddresses, WriteAddressOfFamily<AF_INET6>, "NULL for IPv4"},
    {"Name", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, AddressName(v.address)); },
     "the address, % and the number of the link"},
    {"PreferredLifetime", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { SetLifetime(row, slot, v.address.preferred); },
     "`ifa_prefered`; NULL for no end"},
    {"PrefixLength", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.address.prefix_length); }},
    {"PrefixOrigin", kAddresses, WritePrefixOrigin,
     "`IFA_PROTO`, where the kernel itself gave the address; NULL when a program did, or before Linux 5.18"},
    {"ProtocolIFType", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.address.address.family == AF_INET ? 4096 : 4097);
     },
     "4096 for IPv4, 4097 for IPv6"},
    {"Store", kAddresses, [](const AddressView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 1); },
     "1, the active store: what the kernel uses now"},
    {"SubnetMask", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) {
       if (v.address.address.family == AF_INET) row.SetText(slot, FormatMask(v.address.prefix_length));
     },
     "NULL for IPv6"},
    {"SuffixOrigin", kAddresses, WriteSuffixOrigin, "as PrefixOrigin; random for temporary addresses"},
    {"SystemCreationClassName", 0,
     [](const AddressView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "constant"},
    {"SystemName", kHostFile,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host); }},
    {"Type", kAddresses, [](const AddressView&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 1); },
     "1, unicast: the kernel lists others elsewhere"},
    {"ValidLifetime", kAddresses,
     [](const AddressView& v, RowWriter& row, std::size_t slot) { SetLifetime(row, slot, v.address.valid); },
     "`ifa_valid`; NULL for no end"},
};

}  // namespace

ResolverSettings ParseResolverSettings(std::string_view text) {
  ResolverSettings settings;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    line = Trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const std::string_view keyword = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(keyword.size());
    std::vector<std::string> words;
    for (line = Trim(line); !line.empty(); line = Trim(line)) {
      const std::string_view word = line.substr(0, line.find_first_of(" \t"));
      words.emplace_back(word);
      line.remove_prefix(word.size());
    }
    if (words.empty()) continue;
    if (keyword == "nameserver") settings.servers.push_back(words.front());
    // The last of both kinds counts.
    if (keyword == "search") settings.domains = words;
    if (keyword == "domain") settings.domains = {words.front()};
  }
  return settings;
}

bool AdapterConfigurationView::is_loopback() const { return IsLoopback(link); }
bool AdapterConfigurationView::has_ip() const { return IsUp(link) && !addresses.empty(); }

std::span<const Source> NetworkAdapter::Sources() { return std::span(kAdapterSources).first(7); }
std::span<const Column<AdapterView>> NetworkAdapter::Columns() { return kAdapterColumns; }
std::span<const MethodRow> NetworkAdapter::Methods() { return kAdapterMethods; }
Status NetworkAdapter::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  return LoadAdapters(machine, asked, out);
}

std::span<const Source> StandardAdapter::Sources() { return kAdapterSources; }
std::span<const Column<AdapterView>> StandardAdapter::Columns() { return kStandardColumns; }
Status StandardAdapter::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  Status status = LoadAdapters(machine, asked, out);
  std::map<std::uint32_t, std::vector<std::uint64_t>> higher;
  for (const View& view : out) {
    if (view.link.master != 0) higher[view.link.index].push_back(view.link.master);
    if (view.link.lower != 0 && view.link.lower != view.link.index) {
      higher[view.link.lower].push_back(view.link.index);
    }
  }
  for (View& view : out) view.higher = std::move(higher[view.link.index]);
  return status;
}

std::span<const Source> NetworkAdapterConfiguration::Sources() { return kConfigurationSources; }
std::span<const Column<AdapterConfigurationView>> NetworkAdapterConfiguration::Columns() {
  return kConfigurationColumns;
}
Status NetworkAdapterConfiguration::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<NetLink> links;
  Status status = StatusOfNetlink(ReadLinks(machine, asked, links), kLinksText);
  if (!status.ok() || links.empty()) return status;
  std::vector<NetAddress> addresses;
  std::vector<NetRoute> gateways;
  const auto note = [&status](Status other) {
    if (!other.ok() || status.code() == code::kOk) status = std::move(other);
  };
  if (asked.Wants(kAddresses)) note(StatusOfNetlink(machine.netlink->Addresses(addresses), "addresses of links"));
  if (asked.Wants(kRoutes)) note(StatusOfNetlink(ReadGateways(machine, gateways), "default routes"));
  if (!status.ok()) return status;
  const std::string host = asked.Wants(kHostFile) ? HostName(machine) : std::string();
  std::shared_ptr<const ResolverSettings> resolver;
  if (asked.Wants(kResolver)) resolver = std::make_shared<const ResolverSettings>(ReadResolver(machine));
  std::shared_ptr<const std::vector<std::optional<std::uint64_t>>> settings;
  if (asked.Wants(kSettings)) {
    settings = std::make_shared<const std::vector<std::optional<std::uint64_t>>>(ReadSettings(machine));
  }
  std::map<std::uint32_t, View*> by_index;
  out.reserve(out.size() + links.size());
  for (NetLink& link : links) {
    if (asked.stopped()) break;
    View view;
    view.host = host;
    view.resolver = resolver;
    view.settings = settings;
    if (asked.Wants(kDriverLink)) view.driver = ReadDriver(machine, link);
    if (asked.Wants(kNamesFile)) view.product = ReadNames(machine, link).product;
    if (asked.Wants(kLease)) {
      view.lease = ReadText(*machine.files, fmt::format("{}/systemd/netif/leases/{}", machine.root.run, link.index),
                            kTextBytesMax);
    }
    view.link = std::move(link);
    out.push_back(std::move(view));
    by_index[out.back().link.index] = &out.back();
  }
  for (const NetAddress& address : addresses) {
    if (const auto found = by_index.find(address.index); found != by_index.end()) {
      found->second->addresses.push_back(address);
    }
  }
  for (const NetRoute& route : gateways) {
    if (const auto found = by_index.find(route.index); found != by_index.end()) {
      found->second->gateways.push_back(route);
    }
  }
  return status;
}

std::span<const Source> NetworkAdapterSetting::Sources() { return kAssociationSources; }
std::span<const Column<AdapterSettingView>> NetworkAdapterSetting::Columns() { return kAssociationColumns; }
Status NetworkAdapterSetting::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  std::vector<NetLink> links;
  const int error = machine.netlink->Links(0, links);
  for (const NetLink& link : links) {
    View view;
    view.index = link.index;
    out.push_back(view);
  }
  return StatusOfNetlink(error, kLinksText);
}

std::span<const Source> StandardAddress::Sources() { return kStandardAddressSources; }
std::span<const Column<StandardAddressView>> StandardAddress::Columns() { return kStandardAddressColumns; }
Status StandardAddress::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<NetAddress> addresses;
  const int error = machine.netlink->Addresses(addresses);
  std::map<std::uint32_t, std::string> names;
  std::vector<NetLink> links;
  if (asked.Wants(kLinks)) machine.netlink->Links(0, links);
  for (NetLink& link : links) names[link.index] = std::move(link.name);
  const std::string host = asked.Wants(kHostFile) ? HostName(machine) : std::string();
  for (const NetAddress& address : addresses) {
    View view;
    view.address = address;
    view.host = host;
    if (const auto found = names.find(address.index); found != names.end()) view.alias = found->second;
    out.push_back(std::move(view));
  }
  return StatusOfNetlink(error, "addresses of links");
}

}  // namespace wmi::linuxos
