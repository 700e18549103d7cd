#include "providers/linux/network/network_adapter.h"

#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <utility>

#include "providers/linux/member_columns.h"
#include "providers/linux/network/link.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

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
    if (asked.Wants(kDriverLink)) view.driver = ReadLinkDriver(machine, link);
    if (asked.Wants(kNamesFile)) {
      LinkNames names = ReadLinkNames(machine, link);
      view.product = std::move(names.product);
      view.vendor = std::move(names.vendor);
    }
    if (asked.Wants(kSpeedFile)) view.speed = ReadLinkSpeed(machine, link);
    if (asked.Wants(kDeviceLink)) view.is_physical = ReadIsPhysical(machine, link);
    if (asked.Wants(kWirelessFolder)) view.is_wireless = ReadIsWireless(machine, link);
    if (asked.Wants(kDuplexFile)) view.duplex = ReadLinkDuplex(machine, link);
    view.link = std::move(link);
    out.push_back(std::move(view));
  }
  return StatusOfNetlink(error, kLinksText);
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

void WriteAdapterName(const AdapterView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, view.product.empty() ? view.link.name : view.product);
}

void WriteConnectionStatus(const AdapterView& view, RowWriter& row, std::size_t slot) {
  const NetLink& link = view.link;
  const LinkState state = StateOf(link);
  if (!IsUp(link)) {
    row.SetUnsigned(slot, 0);  // Disconnected
  } else if (IsConnected(link)) {
    row.SetUnsigned(slot, 2);  // Connected
  } else if (state == LinkState::kNotPresent) {
    row.SetUnsigned(slot, 4);  // Hardware Not Present
  } else if (state == LinkState::kDown || state == LinkState::kLowerLayerDown) {
    row.SetUnsigned(slot, 7);  // Media Disconnected
  } else if (state == LinkState::kDormant) {
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
  const auto index = LinkIndexOf(cim::ValueView::Text(call.KeyText()));
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
  switch (StateOf(link)) {
    case LinkState::kUp:
      return 1;
    case LinkState::kDown:
      return 2;
    case LinkState::kTesting:
      return 3;
    case LinkState::kDormant:
      return 5;
    case LinkState::kNotPresent:
      return 6;
    case LinkState::kLowerLayerDown:
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
     [](const AdapterView& v, RowWriter& row, std::size_t slot) { SetNumbersOrNull(row, slot, v.higher); },
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
       if (v.link.lower != 0) SetNumbersOrNull(row, slot, {v.link.lower});
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
       if (!address.empty()) SetTextsOrNull(row, slot, {address});
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

}  // namespace

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

}  // namespace wmi::linuxos
