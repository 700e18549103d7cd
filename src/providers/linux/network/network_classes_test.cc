#include "providers/linux/network/network_classes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "providers/linux/network/network_adapter.h"
#include "providers/linux/network/network_adapter_configuration.h"
#include "providers/linux/network/network_address.h"
#include "providers/linux/network/network_routes.h"
#include "providers/linux/network/network_sockets.h"
#include "providers/linux/network/ping.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;

NetLink Link(std::uint32_t index, const char* name, std::uint16_t hardware, std::uint32_t flags, std::uint8_t state) {
  NetLink link;
  link.index = index;
  link.name = name;
  link.hardware = hardware;
  link.flags = flags;
  link.mtu = hardware == ARPHRD_LOOPBACK ? 65536 : 1500;
  link.operating_state = state;
  if (hardware == ARPHRD_ETHER) link.address = std::string("\x00\x1b\x21\xaa\xbb", 5) + static_cast<char>(index);
  if (hardware == ARPHRD_LOOPBACK) link.address = std::string(6, '\0');
  return link;
}

NetAddress Address(std::uint32_t index, const char* text, std::uint8_t length,
                   std::uint32_t valid = NetAddress::kForever) {
  NetAddress address;
  address.index = index;
  address.address = ParseIp(text).value();
  address.prefix_length = length;
  address.preferred = address.valid = valid;
  return address;
}

NetRoute Route(const char* destination, std::uint8_t length, const char* gateway, std::uint32_t index,
               std::uint32_t metric) {
  NetRoute route;
  route.destination = ParseIp(destination).value();
  route.prefix_length = length;
  if (gateway != nullptr) route.gateway = ParseIp(gateway).value();
  route.index = index;
  route.table = RT_TABLE_MAIN;
  route.metric = metric;
  route.protocol = gateway != nullptr ? RTPROT_STATIC : RTPROT_KERNEL;
  route.type = RTN_UNICAST;
  return route;
}

constexpr std::uint32_t kOn = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;

// A recorded machine.
class FakeNetlink final : public Netlink {
 public:
  int Links(std::uint32_t index, std::vector<NetLink>& out) override {
    asked.push_back("links " + std::to_string(index));
    for (const NetLink& link : links) {
      if (index == 0 || link.index == index) out.push_back(link);
    }
    return error;
  }
  int Addresses(std::vector<NetAddress>& out) override {
    asked.emplace_back("addresses");
    out = addresses;
    return error;
  }
  int Routes(const RouteFilter& filter, std::vector<NetRoute>& out) override {
    asked.emplace_back("routes");
    for (const NetRoute& route : routes) {
      if (route.destination.family != filter.family || route.table != filter.table) continue;
      if (!filter.only_default || route.prefix_length == 0) out.push_back(route);
    }
    return error;
  }
  int Sockets(std::uint8_t, std::vector<NetSocket>& out) override {
    asked.emplace_back("sockets");
    out = sockets;
    return error;
  }
  int SetLinkUp(std::uint32_t index, bool up) override {
    asked.push_back((up ? "on " : "off ") + std::to_string(index));
    return error;
  }

  std::vector<NetLink> links = {Link(1, "lo", ARPHRD_LOOPBACK, kOn | IFF_LOOPBACK, 0)};
  std::vector<NetAddress> addresses = {Address(1, "127.0.0.1", 8), Address(1, "::1", 128)};
  std::vector<NetRoute> routes;
  std::vector<NetSocket> sockets;
  int error = 0;
  std::vector<std::string> asked;
};

class FakePinger final : public Pinger {
 public:
  EchoReply Echo(const EchoRequest& request, const std::stop_token&) override {
    requests.push_back(request);
    EchoReply reply = answer;
    if (reply.code == 0) reply.from = request.target;
    return reply;
  }
  Resolution Resolve(const std::string& name, IpAddress& out, std::uint32_t&) override {
    if (name == "nobody") return Resolution::kNoSuchName;
    out = ParseIp(name == "six" ? "2001:db8::6" : "192.0.2.7").value();
    return Resolution::kFound;
  }
  std::string NameOf(const IpAddress&) override { return "host.example"; }

  EchoReply answer;
  std::vector<EchoRequest> requests;
};

class NetworkClassesTest : public testing::Test {
 protected:
  Machine machine() {
    Machine made{tree_.root(), &files_};
    made.netlink = &netlink_;
    made.pinger = &pinger_;
    return made;
  }

  template <typename Traits>
  Answer Ask(std::string_view key, std::vector<std::string_view> names = {}, std::vector<std::string> keys = {},
             std::vector<cim::Value> allowed = {}) {
    Query query;
    query.schema = TestClass(std::string(Traits::kClass), PropertyNames<typename Traits::View>(Traits::Columns()), key);
    query.names = std::move(names);
    query.keys = std::move(keys);
    if (!allowed.empty()) query.narrowed = key;
    query.allowed = std::move(allowed);
    SnapshotProvider<Traits> provider(machine());
    files_.calls.clear();
    netlink_.asked.clear();
    return RunQuery(provider, query);
  }

  static std::vector<std::string> Texts(const Answer& answer, std::size_t row, std::string_view property) {
    std::vector<std::string> texts;
    for (const auto& item : answer.Get(row, property).items()) texts.emplace_back(item.text());
    return texts;
  }

  // Wi-Fi that is connected, a cable that is not plugged in, a lease that ends.
  void UseLaptop() {
    netlink_.links.push_back(Link(2, "enp0s31f6", ARPHRD_ETHER, IFF_UP | IFF_BROADCAST, 2));
    netlink_.links.push_back(Link(3, "wlp2s0", ARPHRD_ETHER, kOn | IFF_BROADCAST, 6));
    netlink_.links.back().permanent_address = netlink_.links.back().address;
    netlink_.addresses.push_back(Address(3, "fe80::1", 64));
    netlink_.addresses.push_back(Address(3, "192.168.1.23", 24, 3600));
    netlink_.routes = {Route("0.0.0.0", 0, "192.168.1.1", 3, 600), Route("192.168.1.0", 24, nullptr, 3, 600),
                       Route("::", 0, "fe80::99", 3, 1024)};
    tree_.MakeDirectory("sys/class/net/wlp2s0/wireless");
    tree_.Link("sys/class/net/wlp2s0/device", "../../../0000:02:00.0");
    tree_.MakeDirectory("sys/class/net/lo");
    tree_.Write("run/udev/data/n3", "E:ID_MODEL_FROM_DATABASE=Wireless 8265\nE:ID_VENDOR_FROM_DATABASE=Makers\n");
    tree_.Write("proc/sys/kernel/hostname", "lap.example\n");
    tree_.Write("etc/resolv.conf", "# stub\nnameserver 127.0.0.53\noptions edns0\nsearch home.example\n");
    tree_.Write("run/systemd/resolve/resolv.conf", "nameserver 192.168.1.1\nnameserver 192.0.2.53\nsearch .\n");
  }

  FixtureTree tree_;
  WatchedFiles files_;
  FakeNetlink netlink_;
  FakePinger pinger_;
};

TEST_F(NetworkClassesTest, AdaptersOfALaptop) {
  UseLaptop();
  const Answer answer = Ask<NetworkAdapter>("DeviceID");
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_TRUE(answer.IsNull(0, "MACAddress"));
  EXPECT_TRUE(answer.IsNull(0, "AdapterType"));
  EXPECT_FALSE(answer.Get(0, "PhysicalAdapter").boolean());
  EXPECT_EQ(answer.Number(0, "NetConnectionStatus"), 2u);
  EXPECT_EQ(answer.Text(1, "Name"), "enp0s31f6");
  EXPECT_EQ(answer.Number(1, "NetConnectionStatus"), 7u);
  EXPECT_TRUE(answer.Get(1, "NetEnabled").boolean());
  EXPECT_TRUE(answer.IsNull(1, "PhysicalAdapter"));
  EXPECT_EQ(answer.Text(1, "AdapterType"), "Ethernet 802.3");
  EXPECT_EQ(answer.Text(2, "DeviceID"), "3");
  EXPECT_EQ(answer.Text(2, "Name"), "Wireless 8265");
  EXPECT_EQ(answer.Text(2, "Caption"), "[00000003] Wireless 8265");
  EXPECT_EQ(answer.Text(2, "NetConnectionID"), "wlp2s0");
  EXPECT_EQ(answer.Text(2, "Manufacturer"), "Makers");
  EXPECT_EQ(answer.Text(2, "MACAddress"), "00:1B:21:AA:BB:03");
  EXPECT_EQ(answer.Text(2, "PermanentAddress"), "00:1B:21:AA:BB:03");
  EXPECT_EQ(answer.Number(2, "AdapterTypeId"), 9u);
  EXPECT_TRUE(answer.Get(2, "PhysicalAdapter").boolean());
  EXPECT_TRUE(answer.IsNull(2, "Speed"));
  EXPECT_EQ(answer.Text(2, "SystemName"), "lap.example");
}

TEST_F(NetworkClassesTest, ConfigurationOfALaptop) {
  UseLaptop();
  tree_.Write("proc/sys/net/ipv4/tcp_keepalive_time", "7200\n");
  tree_.Write("proc/sys/net/ipv4/ip_no_pmtu_disc", "0\n");
  const Answer answer = Ask<NetworkAdapterConfiguration>("Index");
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_TRUE(answer.Get(0, "IPEnabled").boolean());
  EXPECT_TRUE(answer.IsNull(0, "DNSServerSearchOrder"));
  EXPECT_FALSE(answer.Get(1, "IPEnabled").boolean());
  EXPECT_TRUE(answer.IsNull(1, "IPAddress"));
  EXPECT_TRUE(answer.IsNull(1, "DHCPEnabled"));
  EXPECT_THAT(Texts(answer, 2, "IPAddress"), ElementsAre("192.168.1.23", "fe80::1"));
  EXPECT_THAT(Texts(answer, 2, "IPSubnet"), ElementsAre("255.255.255.0", "64"));
  EXPECT_THAT(Texts(answer, 2, "DefaultIPGateway"), ElementsAre("192.168.1.1", "fe80::99"));
  EXPECT_EQ(answer.Number(2, "IPConnectionMetric"), 600u);
  EXPECT_TRUE(answer.Get(2, "DHCPEnabled").boolean());
  EXPECT_THAT(Texts(answer, 2, "DNSServerSearchOrder"), ElementsAre("192.168.1.1", "192.0.2.53"));
  EXPECT_EQ(answer.Text(2, "DNSDomain"), "home.example");
  EXPECT_EQ(answer.Text(2, "DNSHostName"), "lap");
  EXPECT_EQ(answer.Number(2, "KeepAliveTime"), 7'200'000u);
  EXPECT_TRUE(answer.Get(2, "PMTUDiscoveryEnabled").boolean());
  EXPECT_TRUE(answer.IsNull(2, "PMTUBHDetectEnabled"));
}

// Two ports of a bond, a VLAN on it, addresses that stay, two ways out.
TEST_F(NetworkClassesTest, AServer) {
  for (const std::uint32_t index : {2u, 3u}) {
    netlink_.links.push_back(Link(index, index == 2 ? "eno1" : "eno2", ARPHRD_ETHER, kOn, 6));
    netlink_.links.back().master = 4;
  }
  netlink_.links.push_back(Link(4, "bond0", ARPHRD_ETHER, kOn, 6));
  netlink_.links.back().kind = "bond";
  netlink_.links.push_back(Link(5, "bond0.7", ARPHRD_ETHER, kOn, 6));
  netlink_.links.back().kind = "vlan";
  netlink_.links.back().vlan = 7;
  netlink_.links.back().lower = 4;
  netlink_.addresses.push_back(Address(5, "203.0.113.5", 29));
  netlink_.routes = {Route("0.0.0.0", 0, "203.0.113.2", 5, 200), Route("0.0.0.0", 0, "203.0.113.1", 5, 100),
                     Route("0.0.0.0", 0, "203.0.113.1", 5, 300), Route("203.0.113.0", 29, nullptr, 5, 0)};
  NetRoute nowhere = Route("198.51.100.0", 24, nullptr, 0, 0);
  nowhere.type = RTN_BLACKHOLE;
  nowhere.protocol = RTPROT_STATIC;
  netlink_.routes.push_back(nowhere);
  tree_.Link("sys/class/net/eno1/device/driver", "../../../bus/pci/drivers/ixgbe");
  tree_.Write("sys/class/net/eno1/speed", "10000\n");
  tree_.Write("sys/class/net/bond0/speed", "-1\n");
  tree_.Write("etc/resolv.conf", "domain dc.example\nnameserver 203.0.113.3\n; end\n");
  tree_.Write("run/systemd/netif/leases/5", "ADDRESS=203.0.113.5\nSERVER_ADDRESS=203.0.113.4\n");

  const Answer configuration = Ask<NetworkAdapterConfiguration>("Index", {}, {"5"});
  ASSERT_EQ(configuration.rows.size(), 1u);
  EXPECT_THAT(netlink_.asked, testing::Not(testing::Contains("links 0")));
  EXPECT_THAT(Texts(configuration, 0, "DefaultIPGateway"), ElementsAre("203.0.113.1", "203.0.113.2", "203.0.113.1"));
  EXPECT_EQ(configuration.Get(0, "GatewayCostMetric").items().size(), 3u);
  EXPECT_EQ(configuration.Number(0, "IPConnectionMetric"), 100u);
  EXPECT_EQ(configuration.Text(0, "DHCPServer"), "203.0.113.4");
  EXPECT_TRUE(configuration.Get(0, "DHCPEnabled").boolean());
  EXPECT_EQ(configuration.Text(0, "ServiceName"), "vlan");
  EXPECT_THAT(Texts(configuration, 0, "DNSDomainSuffixSearchOrder"), ElementsAre("dc.example"));

  const Answer adapters = Ask<StandardAdapter>("DeviceID");
  ASSERT_EQ(adapters.rows.size(), 5u);
  EXPECT_EQ(adapters.Number(1, "Speed"), 10'000'000'000u);
  EXPECT_EQ(adapters.Get(1, "HigherLayerInterfaceIndices").items()[0].unsigned_integer(), 4u);
  EXPECT_EQ(adapters.Text(1, "DriverName"), "ixgbe");
  EXPECT_TRUE(adapters.IsNull(3, "Speed"));
  EXPECT_EQ(adapters.Number(3, "InterfaceType"), 161u);
  EXPECT_EQ(adapters.Get(3, "HigherLayerInterfaceIndices").items()[0].unsigned_integer(), 5u);
  EXPECT_EQ(adapters.Number(4, "VlanID"), 7u);
  EXPECT_EQ(Texts(adapters, 4, "NetworkAddresses").front(), "001B21AABB05");

  const Answer routes = Ask<RouteTable>("Destination");
  ASSERT_EQ(routes.rows.size(), 4u);  // the third default route is the second with another metric
  for (std::size_t row = 0; row < routes.rows.size(); ++row) {
    if (routes.Text(row, "Destination") == "198.51.100.0") {
      EXPECT_EQ(routes.Number(row, "Type"), 2u);
      EXPECT_EQ(routes.Text(row, "NextHop"), "0.0.0.0");
    }
    if (routes.Text(row, "NextHop") == "203.0.113.1") {
      EXPECT_EQ(routes.Get(row, "Metric1").signed_integer(), 100);
      EXPECT_EQ(routes.Number(row, "Type"), 4u);
      EXPECT_EQ(routes.Number(row, "Protocol"), 3u);
      EXPECT_EQ(routes.Text(row, "Mask"), "0.0.0.0");
    }
  }
}

TEST_F(NetworkClassesTest, AContainerWithoutSysAndResolver) {
  netlink_.links.push_back(Link(9, "eth0", ARPHRD_ETHER, kOn, 6));
  netlink_.links.back().kind = "veth";
  netlink_.links.back().lower = 10;
  const Answer adapters = Ask<NetworkAdapter>("DeviceID", {}, {"9", "x", "09", "77"});
  ASSERT_EQ(adapters.rows.size(), 1u);
  EXPECT_THAT(netlink_.asked, ElementsAre("links 9", "links 77"));
  EXPECT_EQ(adapters.Text(0, "ServiceName"), "veth");
  for (const char* name : {"PhysicalAdapter", "Speed", "Manufacturer", "ProductName", "SystemName"}) {
    EXPECT_TRUE(adapters.IsNull(0, name)) << name;
  }
  const Answer configuration = Ask<NetworkAdapterConfiguration>("Index", {}, {"9"});
  ASSERT_EQ(configuration.rows.size(), 1u);
  for (const char* name : {"IPAddress", "DefaultIPGateway", "DNSServerSearchOrder", "DHCPEnabled", "DefaultTTL"}) {
    EXPECT_TRUE(configuration.IsNull(0, name)) << name;
  }
  EXPECT_EQ(Ask<NetworkProtocol>("Name").rows.size(), 0u);
}

TEST_F(NetworkClassesTest, OnlyWhatIsAskedForIsRead) {
  UseLaptop();
  Ask<NetworkAdapter>("DeviceID", {"DeviceID", "MACAddress"});
  EXPECT_TRUE(files_.calls.empty());
  Ask<NetworkAdapterConfiguration>("Index", {"Index", "MTU"});
  EXPECT_THAT(netlink_.asked, ElementsAre("links 0"));
  EXPECT_TRUE(files_.calls.empty());
  Ask<NetworkAdapterConfiguration>("Index", {"DefaultTTL"});
  EXPECT_EQ(files_.CallsTo("sys/net/ipv4"), files_.calls.size());
  Ask<TcpConnection>("InstanceID", {"LocalPort"});
  EXPECT_TRUE(files_.calls.empty());
}

TEST_F(NetworkClassesTest, AFailureIsToldAndKeepsWhatCame) {
  netlink_.error = EAGAIN;
  EXPECT_EQ(Ask<NetworkAdapter>("DeviceID").rows.size(), 1u);
  netlink_.error = EMFILE;
  EXPECT_FALSE(Ask<NetworkAdapter>("DeviceID").status.ok());
  netlink_.error = ENOENT;
  EXPECT_TRUE(Ask<TcpConnection>("InstanceID").status.ok());
}

TEST_F(NetworkClassesTest, TheAssociationLeadsToBothSides) {
  const Answer answer = Ask<NetworkAdapterSetting>("Element");
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Element"), "Win32_NetworkAdapter.DeviceID=\"1\"");
  EXPECT_EQ(answer.Text(0, "Setting"), "Win32_NetworkAdapterConfiguration.Index=1");
}

TEST_F(NetworkClassesTest, Addresses) {
  UseLaptop();
  netlink_.addresses[2].flags = IFA_F_TENTATIVE | IFA_F_PERMANENT;
  netlink_.addresses[2].protocol = 3;
  const Answer answer = Ask<StandardAddress>("Name");
  ASSERT_EQ(answer.rows.size(), 4u);
  EXPECT_EQ(answer.Text(0, "IPAddress"), "127.0.0.1");
  EXPECT_EQ(answer.Text(0, "InterfaceAlias"), "lo");
  EXPECT_EQ(answer.Number(0, "AddressFamily"), 2u);
  EXPECT_TRUE(answer.IsNull(0, "ValidLifetime"));
  EXPECT_EQ(answer.Text(2, "IPAddress"), "fe80::1%3");
  EXPECT_EQ(answer.Number(2, "AddressState"), 1u);
  EXPECT_EQ(answer.Number(2, "PrefixOrigin"), 2u);
  EXPECT_EQ(answer.Number(2, "SuffixOrigin"), 4u);
  EXPECT_EQ(answer.Number(2, "ProtocolIFType"), 4097u);
  EXPECT_EQ(answer.Text(3, "Name"), "192.168.1.23%3");
  EXPECT_EQ(answer.Text(3, "ValidLifetime"), "00000000010000.000000:000");
  EXPECT_EQ(answer.Text(3, "SubnetMask"), "255.255.255.0");
  EXPECT_TRUE(answer.IsNull(3, "PrefixOrigin"));
}

TEST_F(NetworkClassesTest, SocketsAndWhoHasThem) {
  NetSocket listener;
  listener.state = TCP_LISTEN;
  listener.local = ParseIp("::").value();
  listener.remote = ParseIp("::").value();
  listener.local_port = 22;
  listener.inode = 500;
  NetSocket waiting = listener;
  waiting.state = TCP_TIME_WAIT;
  waiting.local = ParseIp("192.0.2.1").value();
  waiting.remote = ParseIp("192.0.2.9").value();
  waiting.remote_port = 50'000;
  waiting.inode = 0;
  NetSocket foreign = listener;
  foreign.inode = 501;
  netlink_.sockets = {listener, waiting, foreign};
  for (const char* id : {"31", "7"}) tree_.Link(std::string("proc/") + id + "/fd/3", "socket:[500]");
  tree_.Link("proc/7/fd/4", "/dev/null");
  tree_.MakeDirectory("proc/9/fd");
  files_.failures["open 9/fd"] = EACCES;

  const Answer answer = Ask<TcpConnection>("InstanceID");
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Text(0, "InstanceID"), "::++22++::++0++500");
  EXPECT_EQ(answer.Number(0, "State"), 2u);
  EXPECT_EQ(answer.Number(0, "OwningProcess"), 7u);
  EXPECT_EQ(answer.Text(1, "LocalAddress"), "192.0.2.1");
  EXPECT_EQ(answer.Number(1, "RemotePort"), 50'000u);
  EXPECT_EQ(answer.Number(1, "State"), 11u);
  EXPECT_TRUE(answer.IsNull(1, "OwningProcess"));
  EXPECT_TRUE(answer.IsNull(2, "OwningProcess"));
  EXPECT_THAT(answer.denied, ElementsAre("OwningProcess"));

  files_.failures["open 9/fd"] = EMFILE;
  EXPECT_FALSE(Ask<TcpConnection>("InstanceID").status.ok());
}

TEST_F(NetworkClassesTest, SocketsOfAKernelWithoutDiagnostics) {
  netlink_.error = ENOENT;
  // The words of addresses stand in the byte order of the machine.
  const std::string address = fmt::format("{:08X}", htonl(0x7F000001));
  tree_.Write("proc/net/tcp",
              "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
              "   0: " +
                  address +
                  ":0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1660 1 0 100\n"
                  "   1: cut\n"
                  "   2: ZZ00007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1\n");
  tree_.Write("proc/net/tcp6",
              "  sl  local_address\n"
              "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A "
              "00000000:00000000 00:00000000 00000000     0        0 1661 1 0 100\n");
  const Answer answer = Ask<TcpConnection>("InstanceID", {"InstanceID", "State"});
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "InstanceID"), "127.0.0.1++22++0.0.0.0++0++1660");
  EXPECT_EQ(answer.Number(0, "State"), 2u);
  EXPECT_EQ(answer.Text(1, "InstanceID"), "::++443++::++0++1661");
}

TEST_F(NetworkClassesTest, Protocols) {
  tree_.Write("proc/net/protocols",
              "protocol  size sockets  memory press maxhdr  slab module     cl co\n"
              "UNIX      1024      5      -1   NI       0   yes  kernel      y  n\n"
              "UDP       1344      2       3   NI       0   yes  kernel      y  y\n"
              "TCP       2328      1       1   no     320   yes  kernel      y  y\n");
  const Answer answer = Ask<NetworkProtocol>("Name");
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Text(0, "Name"), "UNIX");
  EXPECT_TRUE(answer.IsNull(0, "GuaranteesDelivery"));
  EXPECT_TRUE(answer.Get(1, "ConnectionlessService").boolean());
  EXPECT_EQ(answer.Number(1, "MaximumMessageSize"), 65'507u);
  EXPECT_TRUE(answer.Get(2, "GuaranteesDelivery").boolean());
  EXPECT_FALSE(answer.Get(2, "MessageOriented").boolean());
}

TEST_F(NetworkClassesTest, ALinkIsTurnedOnAndOff) {
  cim::ClassDeclaration out;
  out.name = "__PARAMETERS";
  cim::Property value;
  value.name = "ReturnValue";
  value.type.type = cim::CimType::kUint32;
  out.properties.push_back(value);
  cim::Method method;
  method.out = cim::Class::Make(std::move(out), nullptr, nullptr).value();
  provider::MethodRequest request;
  request.schema = TestClass("Win32_NetworkAdapter", {"DeviceID"}, "DeviceID");
  request.method = &method;
  request.keys = provider::KeyTuple{cim::Value::Text("1")};
  SnapshotProvider<NetworkAdapter> provider(machine());
  const struct {
    const char* name;
    int error;
    std::uint64_t result;
  } cases[] = {{"Enable", 0, 0}, {"Disable", 0, 0}, {"Disable", EPERM, 5}};
  for (const auto& row : cases) {
    netlink_.asked.clear();
    netlink_.error = row.error;
    method.name = row.name;
    const auto answer = provider.Execute(request);
    ASSERT_TRUE(answer.ok()) << answer.status().Message();
    EXPECT_EQ(answer->slot(0).unsigned_integer(), row.result);
    EXPECT_THAT(netlink_.asked, ElementsAre(row.name == std::string("Enable") ? "on 1" : "off 1"));
  }
  netlink_.error = ENODEV;
  EXPECT_EQ(provider.Execute(request).status().code(), code::kNotFound);
}

TEST_F(NetworkClassesTest, PingAsksWhomTheQueryNames) {
  pinger_.answer.time = std::chrono::microseconds(12'900);
  pinger_.answer.hops_left = 57;
  pinger_.answer.payload_bytes = 32;
  EXPECT_TRUE(Ask<PingStatus>("Address").rows.empty());
  const Answer answer = Ask<PingStatus>(
      "Address", {}, {}, {cim::Value::Text("there"), cim::Value::Text("nobody"), cim::Value::Text("six")});
  ASSERT_EQ(answer.rows.size(), 3u);
  ASSERT_EQ(pinger_.requests.size(), 2u);
  EXPECT_EQ(pinger_.requests[0].payload_bytes, 32u);
  EXPECT_EQ(pinger_.requests[0].timeout.count(), 1000);
  EXPECT_EQ(answer.Text(0, "Address"), "there");
  EXPECT_EQ(answer.Text(0, "ProtocolAddress"), "192.0.2.7");
  EXPECT_EQ(answer.Number(0, "StatusCode"), 0u);
  EXPECT_EQ(answer.Number(0, "ResponseTime"), 12u);
  EXPECT_EQ(answer.Number(0, "ResponseTimeToLive"), 57u);
  EXPECT_EQ(answer.Number(0, "ReplySize"), 32u);
  EXPECT_TRUE(answer.IsNull(0, "ProtocolAddressResolved"));
  EXPECT_TRUE(answer.IsNull(1, "StatusCode"));
  EXPECT_EQ(answer.Number(1, "PrimaryAddressResolutionStatus"), 11'001u);
  EXPECT_EQ(answer.Text(2, "ProtocolAddress"), "2001:db8::6");

  // Nothing is sent for properties that the query itself answers.
  pinger_.requests.clear();
  EXPECT_EQ(Ask<PingStatus>("Address", {"Address", "Timeout"}, {}, {cim::Value::Text("there")}).rows.size(), 1u);
  EXPECT_TRUE(pinger_.requests.empty());
}

TEST_F(NetworkClassesTest, PingTellsWhyThereIsNoReply) {
  pinger_.answer.code = 11'010;
  Answer answer = Ask<PingStatus>("Address", {}, {"there"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "StatusCode"), 11'010u);
  EXPECT_EQ(answer.Text(0, "ProtocolAddress"), "192.0.2.7");
  EXPECT_TRUE(answer.IsNull(0, "ResponseTime"));
  pinger_.answer.error = EACCES;
  answer = Ask<PingStatus>("Address", {}, {"there"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "StatusCode"));
  EXPECT_TRUE(answer.denied.contains("StatusCode"));
}

// The loopback answers, unless this machine lets nobody send.
TEST(PingerOfThisMachine, TheLoopbackAnswers) {
  for (const char* text : {"127.0.0.1", "::1"}) {
    EchoRequest request;
    request.target = ParseIp(text).value();
    request.payload_bytes = 100;
    const EchoReply reply = Pinger::Real().Echo(request, {});
    if (reply.error != 0) {
      EXPECT_THAT(reply.error, testing::AnyOf(EACCES, EPERM, EAFNOSUPPORT, EPROTONOSUPPORT)) << text;
      continue;
    }
    if (reply.code != 0) {
      // A machine without IPv6, or a sandbox without a network.
      EXPECT_THAT(reply.code, testing::AnyOf(11'002u, 11'003u, 11'010u, 11'018u)) << text;
      continue;
    }
    EXPECT_EQ(FormatIp(reply.from), text);
    EXPECT_EQ(reply.payload_bytes, 100u);
    EXPECT_FALSE(reply.is_different);
    EXPECT_GT(reply.hops_left.value_or(0), 0u);
    EXPECT_LT(reply.time, std::chrono::seconds(1));
  }
  IpAddress found;
  std::uint32_t scope = 0;
  EXPECT_EQ(Pinger::Real().Resolve("127.0.0.1", found, scope), Pinger::Resolution::kFound);
  EXPECT_EQ(FormatIp(found), "127.0.0.1");
}

}  // namespace
}  // namespace wmi::linuxos
