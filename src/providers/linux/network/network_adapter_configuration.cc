#include "providers/linux/network/network_adapter_configuration.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "providers/linux/member_columns.h"
#include "providers/linux/network/link.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr std::size_t kTextBytesMax = 256u << 10;

constexpr SourceSet kLinks = 1u << 0;
constexpr SourceSet kHostFile = 1u << 1;
constexpr SourceSet kDriverLink = 1u << 2;
constexpr SourceSet kNamesFile = 1u << 3;
constexpr SourceSet kAddresses = 1u << 4;
constexpr SourceSet kRoutes = 1u << 5;
constexpr SourceSet kResolver = 1u << 6;
constexpr SourceSet kLease = 1u << 7;
constexpr SourceSet kSettings = 1u << 8;

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
       SetTextsOrNull(row, slot, texts);
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
       if (const ResolverSettings* resolver = ResolverOf(v)) SetTextsOrNull(row, slot, resolver->domains);
     },
     "`search` or `domain`; NULL as DNSDomain"},
    {"DNSHostName", kHostFile,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, std::string_view(v.host).substr(0, v.host.find('.')));
     },
     "up to the first dot"},
    {"DNSServerSearchOrder", kLinks | kAddresses | kResolver,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (const ResolverSettings* resolver = ResolverOf(v)) SetTextsOrNull(row, slot, resolver->servers);
     },
     "`nameserver`, the servers behind systemd-resolved where it stands between; NULL as DNSDomain"},
    {"GatewayCostMetric", kLinks | kRoutes,
     [](const ConfigurationView& v, RowWriter& row, std::size_t slot) {
       std::vector<std::uint64_t> metrics;
       for (const NetRoute& route : v.gateways) {
         if (route.metric > 0xFFFF) return;
         metrics.push_back(route.metric);
       }
       SetNumbersOrNull(row, slot, metrics);
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
       SetTextsOrNull(row, slot, AddressTexts(v, [](const NetAddress& address) { return FormatIp(address.address); }));
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
       SetTextsOrNull(row, slot, AddressTexts(v, [](const NetAddress& address) {
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

// Win32_NetworkAdapterSetting
// ------------------------------------------------------------------------------------------

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
    if (asked.Wants(kDriverLink)) view.driver = ReadLinkDriver(machine, link);
    if (asked.Wants(kNamesFile)) view.product = ReadLinkNames(machine, link).product;
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

}  // namespace wmi::linuxos
