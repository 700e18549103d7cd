#include "providers/linux/network/network_routes.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kRoutes = 1u << 0;
constexpr Source kRouteSources[] = {{kRoutes, "rtnetlink `RTM_GETROUTE`", Cost::kScan}};

IpAddress NextHop(const NetRoute& route) {
  if (route.gateway) return route.gateway;
  IpAddress none;
  none.family = AF_INET;
  return none;
}

bool LeadsNowhere(const NetRoute& route) {
  return route.type == RTN_BLACKHOLE || route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT;
}

std::uint64_t RouteType(const NetRoute& route) {
  if (LeadsNowhere(route)) return 2;
  if (route.type != RTN_UNICAST) return 1;
  return route.gateway ? 4 : 3;
}

std::uint64_t RouteProtocol(const NetRoute& route) {
  // Numbers of routing daemons, as the kernel's headers give them out.
  constexpr std::uint8_t kDhcp = 16;
  constexpr std::uint8_t kBgp = 186;
  constexpr std::uint8_t kIsis = 187;
  constexpr std::uint8_t kOspf = 188;
  constexpr std::uint8_t kRip = 189;
  switch (route.protocol) {
    case RTPROT_KERNEL:
      return 2;
    case RTPROT_BOOT:
    case RTPROT_STATIC:
    case kDhcp:
      return 3;
    case RTPROT_REDIRECT:
      return 4;
    case kRip:
      return 8;
    case kIsis:
      return 9;
    case kOspf:
      return 13;
    case kBgp:
      return 14;
    default:
      return 1;
  }
}

void WriteDestination(const RouteView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, FormatIp(view.route.destination));
}

constexpr Column<RouteView> kRouteColumns[] = {
    {"Caption", kRoutes, WriteDestination, "as Destination"},
    {"Description", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, FormatIp(v.route.destination) + " - " + FormatMask(v.route.prefix_length) + " - " +
                             FormatIp(NextHop(v.route)));
     },
     "Destination, Mask and NextHop"},
    {"Destination", kRoutes, WriteDestination, "`RTA_DST`; 0.0.0.0 for the default route"},
    {"InterfaceIndex", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) { row.SetSigned(slot, v.route.index); },
     "`RTA_OIF`; 0 for a route that leads nowhere"},
    {"Mask", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, FormatMask(v.route.prefix_length)); },
     "of the length of the prefix"},
    {"Metric1", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) {
       if (v.route.metric <= 0x7FFFFFFF) row.SetSigned(slot, v.route.metric);
     },
     "`RTA_PRIORITY`; NULL above 2147483647"},
    {"Name", kRoutes, WriteDestination, "as Destination"},
    {"NextHop", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, FormatIp(NextHop(v.route))); },
     "`RTA_GATEWAY`, which may be an IPv6 address; 0.0.0.0 for what is on the link"},
    {"Protocol", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, RouteProtocol(v.route)); },
     "who made the route (`rtm_protocol`); programs and administrators are netmgmt"},
    {"Type", kRoutes,
     [](const RouteView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, RouteType(v.route)); },
     "indirect over a gateway, direct without; invalid for blackhole, unreachable and prohibit"},
};

// Protocols
// ------------------------------------------------------------------------------------------------------------

constexpr SourceSet kProtocols = 1u << 0;
constexpr Source kProtocolSources[] = {{kProtocols, "`/proc/net/protocols`", Cost::kFile}};

struct ProtocolFacts {
  std::string_view name;
  bool is_connectionless;
  bool is_reliable;  // and in order
  bool is_message_oriented;
  bool can_broadcast;
  bool can_multicast;
  bool has_urgent_data;
  std::uint32_t address_size;
  std::uint32_t message_size_max;  // 0: a stream has no messages
};

// What a datagram can hold: 65 535 without the headers. IPv6 does not count its own.
constexpr std::uint32_t kDatagramMax4 = 65'535 - 20 - 8;
constexpr std::uint32_t kDatagramMax6 = 65'535 - 8;

constexpr ProtocolFacts kFacts[] = {
    {"TCP", false, true, false, false, false, true, sizeof(sockaddr_in), 0},
    {"TCPv6", false, true, false, false, false, true, sizeof(sockaddr_in6), 0},
    {"UDP", true, false, true, true, true, false, sizeof(sockaddr_in), kDatagramMax4},
    {"UDPv6", true, false, true, false, true, false, sizeof(sockaddr_in6), kDatagramMax6},
    {"UDP-Lite", true, false, true, true, true, false, sizeof(sockaddr_in), kDatagramMax4},
    {"UDPLITEv6", true, false, true, false, true, false, sizeof(sockaddr_in6), kDatagramMax6},
};

const ProtocolFacts* FactsOf(const ProtocolView& view) {
  const auto* const found = std::find_if(std::begin(kFacts), std::end(kFacts),
                                         [&](const ProtocolFacts& facts) { return facts.name == view.name; });
  return found == std::end(kFacts) ? nullptr : found;
}

template <bool ProtocolFacts::* kMember>
void WriteFact(const ProtocolView& view, RowWriter& row, std::size_t slot) {
  if (const ProtocolFacts* facts = FactsOf(view)) row.SetBoolean(slot, facts->*kMember);
}

template <std::uint32_t ProtocolFacts::* kMember>
void WriteFigure(const ProtocolView& view, RowWriter& row, std::size_t slot) {
  if (const ProtocolFacts* facts = FactsOf(view)) row.SetUnsigned(slot, facts->*kMember);
}

void WriteProtocolName(const ProtocolView& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.name); }

constexpr std::string_view kByDefinition = "by the definition of the protocol; NULL for others than TCP and UDP";

constexpr Column<ProtocolView> kProtocolColumns[] = {
    {"Caption", kProtocols, WriteProtocolName, "as Name"},
    {"ConnectionlessService", kProtocols, WriteFact<&ProtocolFacts::is_connectionless>, kByDefinition},
    {"Description", kProtocols, WriteProtocolName, "as Name"},
    {"GuaranteesDelivery", kProtocols, WriteFact<&ProtocolFacts::is_reliable>, kByDefinition},
    {"GuaranteesSequencing", kProtocols, WriteFact<&ProtocolFacts::is_reliable>, kByDefinition},
    {"MaximumAddressSize", kProtocols, WriteFigure<&ProtocolFacts::address_size>, kByDefinition},
    {"MaximumMessageSize", kProtocols, WriteFigure<&ProtocolFacts::message_size_max>, kByDefinition},
    {"MessageOriented", kProtocols, WriteFact<&ProtocolFacts::is_message_oriented>, kByDefinition},
    {"MinimumAddressSize", kProtocols, WriteFigure<&ProtocolFacts::address_size>, kByDefinition},
    {"Name", kProtocols, WriteProtocolName},
    {"SupportsBroadcasting", kProtocols, WriteFact<&ProtocolFacts::can_broadcast>, kByDefinition},
    {"SupportsExpeditedData", kProtocols, WriteFact<&ProtocolFacts::has_urgent_data>, kByDefinition},
    {"SupportsGracefulClosing", kProtocols, WriteFact<&ProtocolFacts::is_reliable>, kByDefinition},
    {"SupportsMulticasting", kProtocols, WriteFact<&ProtocolFacts::can_multicast>, kByDefinition},
};

}  // namespace

std::span<const Source> RouteTable::Sources() { return kRouteSources; }
std::span<const Column<RouteView>> RouteTable::Columns() { return kRouteColumns; }
Status RouteTable::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  RouteFilter filter;
  filter.family = AF_INET;
  filter.table = RT_TABLE_MAIN;
  std::vector<NetRoute> routes;
  const int error = machine.netlink->Routes(filter, routes);
  std::stable_sort(routes.begin(), routes.end(),
                   [](const NetRoute& a, const NetRoute& b) { return a.metric < b.metric; });
  // The keys: what differs in the metric only is one instance.
  using Key =
      std::tuple<std::array<std::uint8_t, 16>, std::uint8_t, std::uint8_t, std::array<std::uint8_t, 16>, std::uint32_t>;
  std::set<Key> seen;
  for (const NetRoute& route : routes) {
    if (!seen.emplace(route.destination.bytes, route.prefix_length, route.gateway.family, route.gateway.bytes,
                      route.index)
             .second) {
      continue;
    }
    View view;
    view.route = route;
    out.push_back(view);
  }
  return StatusOfNetlink(error, "IPv4 routes");
}

std::span<const Source> NetworkProtocol::Sources() { return kProtocolSources; }
std::span<const Column<ProtocolView>> NetworkProtocol::Columns() { return kProtocolColumns; }
Status NetworkProtocol::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/net/protocols", kKernelTextBytesMax);
  std::string_view rest = text;
  std::string_view line;
  NextPart(rest, '\n', line);  // the headings
  std::set<std::string> seen;
  while (NextPart(rest, '\n', line)) {
    View view;
    view.name = line.substr(0, line.find(' '));
    if (view.name.empty() || !seen.insert(view.name).second) continue;
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace wmi::linuxos
