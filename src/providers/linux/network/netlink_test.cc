#include "providers/linux/network/netlink.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace wmi::linuxos {
namespace {

template <typename Value>
std::string Bytes(const Value& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string Attribute(int type, const std::string& value) {
  nlattr header{};
  header.nla_len = static_cast<std::uint16_t>(sizeof header + value.size());
  header.nla_type = static_cast<std::uint16_t>(type);
  std::string bytes = Bytes(header) + value;
  bytes.resize(NLA_ALIGN(bytes.size()));
  return bytes;
}

std::string Number(std::uint32_t value) { return Bytes(value); }

std::string LinkMessage() {
  ifinfomsg fixed{};
  fixed.ifi_index = 7;
  fixed.ifi_type = ARPHRD_ETHER;
  fixed.ifi_flags = IFF_UP | IFF_RUNNING;
  const std::string data = Attribute(IFLA_VLAN_ID, Bytes(std::uint16_t{42}));
  return Bytes(fixed) + Attribute(IFLA_IFNAME, std::string("eth0.42\0", 8)) + Attribute(IFLA_MTU, Number(1500)) +
         Attribute(IFLA_ADDRESS, "\x02\x11\x22\x33\x44\x55") + Attribute(IFLA_LINK, Number(2)) +
         Attribute(IFLA_OPERSTATE, std::string(1, '\6')) +
         Attribute(IFLA_LINKINFO, Attribute(IFLA_INFO_KIND, "vlan") + Attribute(IFLA_INFO_DATA, data));
}

std::string AddressMessage() {
  ifaddrmsg fixed{};
  fixed.ifa_family = AF_INET;
  fixed.ifa_prefixlen = 24;
  fixed.ifa_index = 3;
  ifa_cacheinfo times{};
  times.ifa_prefered = 1800;
  times.ifa_valid = 3600;
  return Bytes(fixed) + Attribute(IFA_ADDRESS, "\x0a\x01\x01\x01") + Attribute(IFA_LOCAL, "\x0a\x01\x01\x02") +
         Attribute(IFA_CACHEINFO, Bytes(times)) + Attribute(IFA_FLAGS, Number(IFA_F_DEPRECATED));
}

std::string RouteMessage() {
  rtmsg fixed{};
  fixed.rtm_family = AF_INET;
  fixed.rtm_table = RT_TABLE_MAIN;
  fixed.rtm_type = RTN_UNICAST;
  std::string hops;
  for (const int index : {2, 3}) {
    const std::string gateway = Attribute(RTA_GATEWAY, std::string("\x0a\x00\x00", 3) + static_cast<char>(index));
    rtnexthop hop{};
    hop.rtnh_len = static_cast<std::uint16_t>(sizeof hop + gateway.size());
    hop.rtnh_ifindex = index;
    hops += Bytes(hop) + gateway;
  }
  return Bytes(fixed) + Attribute(RTA_PRIORITY, Number(100)) + Attribute(RTA_MULTIPATH, hops);
}

std::string SocketMessage() {
  inet_diag_msg fixed{};
  fixed.idiag_family = AF_INET6;
  fixed.idiag_state = 10;
  fixed.id.idiag_sport = htons(443);
  fixed.idiag_inode = 1234;
  return Bytes(fixed);
}

TEST(NetlinkDecoding, TakesMessagesApart) {
  NetLink link;
  ASSERT_TRUE(DecodeLink(LinkMessage(), link));
  EXPECT_EQ(link.index, 7u);
  EXPECT_EQ(link.name, "eth0.42");
  EXPECT_EQ(link.mtu, 1500u);
  EXPECT_EQ(link.address.size(), 6u);
  EXPECT_EQ(link.lower, 2u);
  EXPECT_EQ(link.kind, "vlan");
  EXPECT_EQ(link.vlan, 42);
  EXPECT_EQ(link.operating_state, 6);

  NetAddress address;
  ASSERT_TRUE(DecodeAddress(AddressMessage(), address));
  EXPECT_EQ(FormatIp(address.address), "10.1.1.2");  // not the other end of the line
  EXPECT_EQ(address.valid, 3600u);
  EXPECT_EQ(address.flags, static_cast<std::uint32_t>(IFA_F_DEPRECATED));

  std::vector<NetRoute> routes;
  ASSERT_TRUE(DecodeRoute(RouteMessage(), routes));
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(FormatIp(routes[1].gateway), "10.0.0.3");
  EXPECT_EQ(routes[1].index, 3u);
  EXPECT_EQ(routes[1].metric, 100u);
  EXPECT_EQ(FormatIp(routes[0].destination), "0.0.0.0");

  // What the kernel remembers of one destination is no route.
  rtmsg cloned{};
  cloned.rtm_family = AF_INET6;
  cloned.rtm_flags = RTM_F_CLONED;
  EXPECT_FALSE(DecodeRoute(Bytes(cloned), routes));
  EXPECT_EQ(routes.size(), 2u);

  NetSocket socket;
  ASSERT_TRUE(DecodeSocket(SocketMessage(), socket));
  EXPECT_EQ(FormatIp(socket.local), "::");
  EXPECT_EQ(socket.local_port, 443);
  EXPECT_EQ(socket.inode, 1234u);
}

TEST(NetlinkDecoding, NeverLooksBeyondAMessageThatIsCutOrWrong) {
  for (const std::string& whole : {LinkMessage(), AddressMessage(), RouteMessage(), SocketMessage()}) {
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      // A copy of exactly that size, so that a sanitizer sees what lies behind it.
      const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const std::string_view view(cut.data(), cut.size());
      NetLink link;
      NetAddress address;
      NetSocket socket;
      std::vector<NetRoute> routes;
      DecodeLink(view, link);
      DecodeAddress(view, address);
      DecodeRoute(view, routes);
      DecodeSocket(view, socket);
      std::string wrong(view);
      if (!wrong.empty()) wrong[wrong.size() / 2] = '\xFF';
      DecodeLink(wrong, link);
      DecodeAddress(wrong, address);
      DecodeRoute(wrong, routes);
    }
  }
}

TEST(NetlinkText, AddressesAndMasks) {
  EXPECT_EQ(FormatMask(0), "0.0.0.0");
  EXPECT_EQ(FormatMask(20), "255.255.240.0");
  EXPECT_EQ(FormatMask(32), "255.255.255.255");
  EXPECT_EQ(FormatMask(99), "255.255.255.255");
  EXPECT_EQ(FormatIp(IpAddress()), "");
  EXPECT_TRUE(ParseIp("fe80::1").value().is_link_local());
  EXPECT_FALSE(ParseIp("ff02::1").value().is_link_local());
  EXPECT_FALSE(ParseIp("no address").has_value());
}

TEST(NetlinkStatus, SaysWhatIsMissingAndWhy) {
  EXPECT_EQ(StatusOfNetlink(0, "links").code(), code::kOk);
  for (const int error : {EOVERFLOW, EAGAIN, ETIMEDOUT, EPERM, ENOENT}) {
    const Status status = StatusOfNetlink(error, "links");
    EXPECT_EQ(status.code(), code::kPartialResults) << error;
    EXPECT_THAT(status.Message(), testing::HasSubstr("links")) << error;
  }
  EXPECT_FALSE(StatusOfNetlink(EMFILE, "links").ok());
}

// The loopback and a socket on it, in the network namespace of this thread.
void CheckLoopback(bool is_own_namespace) {
  Netlink& netlink = Netlink::Real();
  std::vector<NetLink> links;
  ASSERT_EQ(netlink.Links(0, links), 0);
  const auto found =
      std::find_if(links.begin(), links.end(), [](const NetLink& link) { return (link.flags & IFF_LOOPBACK) != 0; });
  ASSERT_NE(found, links.end());
  const NetLink loopback = *found;
  EXPECT_EQ(loopback.hardware, ARPHRD_LOOPBACK);
  EXPECT_EQ(loopback.index, ::if_nametoindex(loopback.name.c_str()));
  EXPECT_GE(loopback.mtu, 1280u);

  std::vector<NetLink> one;
  ASSERT_EQ(netlink.Links(loopback.index, one), 0);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].name, loopback.name);
  one.clear();
  EXPECT_EQ(netlink.Links(0x7FFFFFF0, one), 0);
  EXPECT_TRUE(one.empty());

  if (is_own_namespace) {
    EXPECT_EQ(loopback.flags & IFF_UP, 0u);
    ASSERT_EQ(netlink.SetLinkUp(loopback.index, true), 0);
    ASSERT_EQ(netlink.Links(loopback.index, one), 0);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_NE(one[0].flags & IFF_UP, 0u);
  }
  EXPECT_NE(netlink.SetLinkUp(0x7FFFFFF0, true), 0);

  std::vector<NetAddress> addresses;
  ASSERT_EQ(netlink.Addresses(addresses), 0);
  const bool has_address = std::any_of(addresses.begin(), addresses.end(), [&](const NetAddress& address) {
    return address.index == loopback.index && address.address == ParseIp("127.0.0.1");
  });
  EXPECT_TRUE(has_address || !is_own_namespace);
  std::vector<NetRoute> routes;
  RouteFilter filter;
  filter.family = AF_INET;
  EXPECT_EQ(netlink.Routes(filter, routes), 0);
  if (!has_address) return;

  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(listener, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof local;
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&local), length), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&local), &length), 0);
  struct stat status{};
  ASSERT_EQ(::fstat(listener, &status), 0);
  std::vector<NetSocket> sockets;
  const int error = netlink.Sockets(IPPROTO_TCP, sockets);
  ::close(listener);
  // Kernels without socket diagnostics say so.
  if (error != 0) {
    EXPECT_EQ(error, ENOENT);
    return;
  }
  const auto mine = std::find_if(sockets.begin(), sockets.end(),
                                 [&](const NetSocket& socket) { return socket.inode == status.st_ino; });
  ASSERT_NE(mine, sockets.end());
  EXPECT_EQ(mine->local_port, ntohs(local.sin_port));
  EXPECT_EQ(FormatIp(mine->local), "127.0.0.1");
  EXPECT_EQ(mine->state, 10);  // listening
}

TEST(NetlinkOfThisMachine, KnowsTheLoopback) { CheckLoopback(false); }

// In a namespace of its own there is nothing but the loopback, turned off. Where none may be made, the check runs in
// that of the machine once more.
TEST(NetlinkOfThisMachine, AsksInTheNamespaceOfTheThread) {
  std::thread([] {
    const bool is_own = ::unshare(CLONE_NEWNET) == 0;
    if (!is_own) {
      EXPECT_TRUE(errno == EPERM || errno == EINVAL || errno == ENOSYS || errno == ENOSPC) << errno;
    }
    CheckLoopback(is_own);
  }).join();
}

}  // namespace
}  // namespace wmi::linuxos
