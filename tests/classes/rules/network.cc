// What is right: adapters, addresses, routes, sockets, ping.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "rules.h"

namespace wmi::classes {
namespace {

bool IsIp(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

Check Ip() {
  return [](ValueView value) { return IsIp(value.text()) ? "" : fmt::format("{} is no address", value.text()); };
}

Check IpList() {
  return [](ValueView value) -> std::string {
    for (const auto& item : value.items()) {
      if (!IsIp(item.text())) return fmt::format("{} is no address", item.text());
    }
    return value.items().empty() ? "an empty list" : "";
  };
}

Check NumberList() {
  return [](ValueView value) -> std::string {
    for (const auto& item : value.items()) {
      if (item.kind() != ValueKind::kUnsigned) return "an item is no number";
    }
    return value.items().empty() ? "an empty list" : "";
  };
}

// Pairs of digits with `separator` between them.
Check HardwareAddress(std::string separator) {
  return [separator = std::move(separator)](ValueView value) -> std::string {
    const std::string_view text = value.text();
    const std::size_t step = 2 + separator.size();
    if (text.size() < 6 * step - separator.size() || (text.size() + separator.size()) % step != 0) {
      return fmt::format("{} is no hardware address", text);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_digit = i % step < 2;
      if (is_digit ? std::string_view("0123456789ABCDEF").find(text[i]) == std::string_view::npos
                   : text[i] != separator.front()) {
        return fmt::format("{} is no hardware address", text);
      }
    }
    return "";
  };
}

}  // namespace

void AddNetworkRules(Rules& rules) {
  constexpr std::uint64_t kIndexMax = 0x7FFFFFFF;
  rules.Add("Win32_NetworkAdapter", {
                                        {"AdapterType", Sometimes(NonEmptyText())},
                                        {"AdapterTypeId", Sometimes(Between(0, 13))},
                                        {"Caption", Always(NonEmptyText())},
                                        {"CreationClassName", Always(Exactly("Win32_NetworkAdapter"))},
                                        {"Description", Always(NonEmptyText())},
                                        {"DeviceID", Always(NonEmptyText())},
                                        {"Index", Always(Between(1, kIndexMax))},
                                        {"Installed", Always(Boolean())},
                                        {"InterfaceIndex", Always(Between(1, kIndexMax))},
                                        {"MACAddress", Sometimes(HardwareAddress(":"))},
                                        {"Manufacturer", Sometimes(NonEmptyText())},
                                        {"Name", Always(NonEmptyText())},
                                        {"NetConnectionID", Always(NonEmptyText())},
                                        {"NetConnectionStatus", Sometimes(Between(0, 12))},
                                        {"NetEnabled", Always(Boolean())},
                                        {"PermanentAddress", Sometimes(HardwareAddress(":"))},
                                        {"PhysicalAdapter", Sometimes(Boolean())},
                                        {"ProductName", Sometimes(NonEmptyText())},
                                        {"ServiceName", Sometimes(NonEmptyText())},
                                        {"Speed", Sometimes(Between(1'000'000, 1ull << 50))},
                                        {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                        {"SystemName", Always(NonEmptyText())},
                                    });
  rules.Add("Win32_NetworkAdapterConfiguration", {
                                                     {"Caption", Always(NonEmptyText())},
                                                     {"DefaultIPGateway", Sometimes(IpList())},
                                                     {"DefaultTTL", Sometimes(Between(1, 255))},
                                                     {"Description", Always(NonEmptyText())},
                                                     {"DHCPEnabled", Sometimes(Boolean())},
                                                     {"DHCPServer", Sometimes(Ip())},
                                                     {"DNSDomain", Sometimes(NonEmptyText())},
                                                     {"DNSDomainSuffixSearchOrder", Sometimes(TextList())},
                                                     {"DNSHostName", Always(NonEmptyText())},
                                                     {"DNSServerSearchOrder", Sometimes(IpList())},
                                                     {"GatewayCostMetric", Sometimes(NumberList())},
                                                     {"Index", Always(Between(1, kIndexMax))},
                                                     {"InterfaceIndex", Always(Between(1, kIndexMax))},
                                                     {"IPAddress", Sometimes(IpList())},
                                                     {"IPConnectionMetric", Sometimes(Number32())},
                                                     {"IPEnabled", Always(Boolean())},
                                                     {"IPSubnet", Sometimes(TextList())},
                                                     {"KeepAliveInterval", Sometimes(Number32())},
                                                     {"KeepAliveTime", Sometimes(Number32())},
                                                     {"MACAddress", Sometimes(HardwareAddress(":"))},
                                                     {"MTU", Always(Number32())},
                                                     {"PMTUBHDetectEnabled", Sometimes(Boolean())},
                                                     {"PMTUDiscoveryEnabled", Sometimes(Boolean())},
                                                     {"ServiceName", Sometimes(NonEmptyText())},
                                                     {"SettingID", Always(NonEmptyText())},
                                                     {"TcpMaxConnectRetransmissions", Sometimes(Number32())},
                                                     {"TcpMaxDataRetransmissions", Sometimes(Number32())},
                                                     {"TcpUseRFC1122UrgentPointer", Sometimes(Boolean())},
                                                 });
  rules.Add("Win32_NetworkAdapterSetting", {
                                               {"Element", Always(NonEmptyText())},
                                               {"Setting", Always(NonEmptyText())},
                                           });
  rules.Add("Win32_IP4RouteTable",
            {
                {"Caption", Always(Ip())},
                {"Description", Always(NonEmptyText())},
                {"Destination", Always(Ip())},
                {"InterfaceIndex", Always(SignedBetween(0, static_cast<std::int64_t>(kIndexMax)))},
                {"Mask", Always(Ip())},
                {"Metric1", Sometimes(SignedBetween(0, static_cast<std::int64_t>(kIndexMax)))},
                {"Name", Always(Ip())},
                {"NextHop", Always(Ip())},
                {"Protocol", Always(Between(1, 14))},
                {"Type", Always(Between(1, 4))},
            },
            0);
  rules.Add("Win32_NetworkProtocol",
            {
                {"Caption", Always(NonEmptyText())},
                {"ConnectionlessService", Sometimes(Boolean())},
                {"Description", Always(NonEmptyText())},
                {"GuaranteesDelivery", Sometimes(Boolean())},
                {"GuaranteesSequencing", Sometimes(Boolean())},
                {"MaximumAddressSize", Sometimes(Between(16, 28))},
                {"MaximumMessageSize", Sometimes(Between(0, 65'535))},
                {"MessageOriented", Sometimes(Boolean())},
                {"MinimumAddressSize", Sometimes(Between(16, 28))},
                {"Name", Always(NonEmptyText())},
                {"SupportsBroadcasting", Sometimes(Boolean())},
                {"SupportsExpeditedData", Sometimes(Boolean())},
                {"SupportsGracefulClosing", Sometimes(Boolean())},
                {"SupportsMulticasting", Sometimes(Boolean())},
            },
            0);
  // There are none until a query names an address.
  rules.AddVolatile("Win32_PingStatus",
                    {
                        {"Address", Always(NonEmptyText())},
                        {"BufferSize", Always(Number32())},
                        {"NoFragmentation", Always(Boolean())},
                        {"PrimaryAddressResolutionStatus", Always(Number32())},
                        {"ProtocolAddress", Sometimes(Ip())},
                        {"ProtocolAddressResolved", Sometimes(NonEmptyText())},
                        {"RecordRoute", Always(Number32())},
                        {"ReplyInconsistency", Sometimes(Boolean())},
                        {"ReplySize", Sometimes(Number32())},
                        {"ResolveAddressNames", Always(Boolean())},
                        {"ResponseTime", Sometimes(Number32())},
                        {"ResponseTimeToLive", Sometimes(Between(0, 255))},
                        {"SourceRoute", Always(AnyText())},
                        {"SourceRouteType", Always(Number32())},
                        {"StatusCode", Sometimes(Between(0, 11'050))},
                        {"Timeout", Always(Number32())},
                        {"TimestampRoute", Always(Number32())},
                        {"TimeToLive", Always(Number32())},
                        {"TypeofService", Always(Number32())},
                    },
                    0);
  rules.Add("MSFT_NetAdapter", {
                                   {"ActiveMaximumTransmissionUnit", Always(Number32())},
                                   {"ConnectorPresent", Sometimes(Boolean())},
                                   {"CreationClassName", Always(Exactly("MSFT_NetAdapter"))},
                                   {"DeviceID", Always(NonEmptyText())},
                                   {"DeviceName", Always(NonEmptyText())},
                                   {"DriverName", Sometimes(NonEmptyText())},
                                   {"FullDuplex", Sometimes(Boolean())},
                                   {"HardwareInterface", Sometimes(Boolean())},
                                   {"HigherLayerInterfaceIndices", Sometimes(NumberList())},
                                   {"InterfaceAdminStatus", Always(Between(1, 2))},
                                   {"InterfaceDescription", Always(NonEmptyText())},
                                   {"InterfaceIndex", Always(Between(1, kIndexMax))},
                                   {"InterfaceName", Always(NonEmptyText())},
                                   {"InterfaceOperationalStatus", Always(Between(1, 7))},
                                   {"InterfaceType", Sometimes(Between(1, 300))},
                                   {"LowerLayerInterfaceIndices", Sometimes(NumberList())},
                                   {"MediaConnectState", Always(Between(0, 2))},
                                   {"MediaDuplexState", Always(Between(0, 2))},
                                   {"MtuSize", Always(Number32())},
                                   {"Name", Always(NonEmptyText())},
                                   {"NetworkAddresses", Sometimes(TextList())},
                                   {"PermanentAddress", Sometimes(HardwareAddress(""))},
                                   {"PromiscuousMode", Always(Boolean())},
                                   {"ReceiveLinkSpeed", Sometimes(Between(1'000'000, 1ull << 50))},
                                   {"Speed", Sometimes(Between(1'000'000, 1ull << 50))},
                                   {"State", Always(Between(2, 3))},
                                   {"SupportedMaximumTransmissionUnit", Sometimes(Number32())},
                                   {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                   {"SystemName", Always(NonEmptyText())},
                                   {"TransmitLinkSpeed", Sometimes(Between(1'000'000, 1ull << 50))},
                                   {"Virtual", Sometimes(Boolean())},
                                   {"VlanID", Sometimes(Between(0, 4095))},
                               });
  rules.AddVolatile("MSFT_NetIPAddress",
                    {
                        {"Address", Always(Ip())},
                        {"AddressFamily", Always(Between(2, 23))},
                        {"AddressState", Always(Between(1, 4))},
                        {"CreationClassName", Always(Exactly("MSFT_NetIPAddress"))},
                        {"InterfaceAlias", Sometimes(NonEmptyText())},
                        {"InterfaceIndex", Always(Between(1, kIndexMax))},
                        {"IPAddress", Always(Ip())},
                        {"IPv4Address", Sometimes(Ip())},
                        {"IPv6Address", Sometimes(Ip())},
                        {"Name", Always(NonEmptyText())},
                        {"PreferredLifetime", Sometimes(NonEmptyText())},
                        {"PrefixLength", Always(Between(0, 128))},
                        {"PrefixOrigin", Sometimes(Between(0, 4))},
                        {"ProtocolIFType", Always(Between(4096, 4097))},
                        {"Store", Always(Between(1, 1))},
                        {"SubnetMask", Sometimes(Ip())},
                        {"SuffixOrigin", Sometimes(Between(0, 5))},
                        {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                        {"SystemName", Always(NonEmptyText())},
                        {"Type", Always(Between(1, 2))},
                        {"ValidLifetime", Sometimes(NonEmptyText())},
                    },
                    0);
  rules.AddVolatile("MSFT_NetTCPConnection",
                    {
                        {"InstanceID", Always(NonEmptyText())},
                        {"LocalAddress", Always(Ip())},
                        {"LocalPort", Always(Between(0, 65'535))},
                        {"OwningProcess", Sometimes(Between(1, 4u << 20))},
                        {"RemoteAddress", Always(Ip())},
                        {"RemotePort", Always(Between(0, 65'535))},
                        {"State", Always(Between(1, 12))},
                    },
                    0);
  rules.AddVolatile("MSFT_NetUDPEndpoint",
                    {
                        {"InstanceID", Always(NonEmptyText())},
                        {"LocalAddress", Always(Ip())},
                        {"LocalPort", Always(Between(0, 65'535))},
                        {"OwningProcess", Sometimes(Between(1, 4u << 20))},
                    },
                    0);
}

}  // namespace wmi::classes
