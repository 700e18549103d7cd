#include "providers/linux/network/network_address.h"

#include <fmt/format.h>
#include <linux/if_addr.h>
#include <sys/socket.h>

#include <map>
#include <utility>

#include "cim/datetime.h"
#include "providers/linux/network/link.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kAddresses = 1u << 0;
constexpr SourceSet kLinks = 1u << 1;
constexpr SourceSet kHostFile = 1u << 2;

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
