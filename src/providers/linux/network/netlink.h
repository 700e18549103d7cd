// Netlink: what the kernel tells of links, addresses, routes and sockets over netlink sockets, decoded into plain
// structs, behind one seam.
//
// Failures are errno values (0 is success). EOVERFLOW and EAGAIN come with results: there are more than fit, or the
// tables changed under the dump each time it was repeated.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace wmi::linuxos {

// An IPv4 or IPv6 address; family 0: none. A value.
struct IpAddress {
  std::uint8_t family = 0;  // AF_INET, AF_INET6
  std::array<std::uint8_t, 16> bytes{};

  explicit operator bool() const { return family != 0; }
  bool operator==(const IpAddress&) const = default;
  // 0.0.0.0, ::
  bool is_zero() const { return bytes == std::array<std::uint8_t, 16>{}; }
  bool is_link_local() const;  // fe80::/10
};
// Empty for none.
std::string FormatIp(const IpAddress& address);
std::optional<IpAddress> ParseIp(const std::string& text);
// "255.255.255.0"; the mask of an IPv4 prefix.
std::string FormatMask(unsigned prefix_length);

struct NetLink {
  std::uint32_t index = 0;
  std::string name;
  std::uint16_t hardware = 0;  // ARPHRD_…
  std::uint32_t flags = 0;     // IFF_…
  std::uint32_t mtu = 0;
  std::uint32_t mtu_max = 0;         // 0: not told
  std::uint8_t operating_state = 0;  // IF_OPER_…
  std::string address;               // bytes
  std::string permanent_address;     // bytes; empty: not told
  std::string kind;                  // "bridge"; empty for hardware
  std::optional<std::uint16_t> vlan;
  std::uint32_t master = 0;  // index of the link it is a port of; 0: none
  std::uint32_t lower = 0;   // index of the link it runs on; 0: none
};

struct NetAddress {
  std::uint32_t index = 0;  // of the link
  IpAddress address;
  std::uint8_t prefix_length = 0;
  std::uint32_t flags = 0;      // IFA_F_…
  std::uint8_t protocol = 0;    // IFAPROT_…: who gave it; 0: not told
  std::uint32_t preferred = 0;  // seconds; kForever
  std::uint32_t valid = 0;

  static constexpr std::uint32_t kForever = 0xFFFFFFFF;
};

struct NetRoute {
  IpAddress destination;  // all zero with prefix_length 0: the default route
  std::uint8_t prefix_length = 0;
  IpAddress gateway;        // none: on the link
  std::uint32_t index = 0;  // of the link; 0: none
  std::uint32_t table = 0;  // RT_TABLE_…
  std::uint32_t metric = 0;
  std::uint8_t protocol = 0;  // RTPROT_…
  std::uint8_t type = 0;      // RTN_…
};

struct NetSocket {
  std::uint8_t state = 0;  // TCP_…
  IpAddress local;
  IpAddress remote;
  std::uint16_t local_port = 0;
  std::uint16_t remote_port = 0;
  std::uint32_t index = 0;  // of the link it is bound to; 0: any
  std::uint32_t inode = 0;  // 0: no process has it any more
};

// Which routes matter. A value.
struct RouteFilter {
  std::uint8_t family = 0;  // AF_INET, AF_INET6
  std::uint32_t table = 0;  // 0: all
  bool only_default = false;
};

// Asks in the network namespace of the calling thread. Safe from several threads; each call has one deadline, but the
// kernel may hold a request for as long as a driver holds the lock of the tables.
class Netlink {
 public:
  static constexpr std::chrono::milliseconds kDeadline{2000};
  static constexpr std::size_t kLinksMax = 65'536;
  static constexpr std::size_t kAddressesMax = 262'144;
  static constexpr std::size_t kRoutesMax = 524'288;
  static constexpr std::size_t kSocketsMax = 1'048'576;

  virtual ~Netlink() = default;

  // All, or with an index that one, if it exists.
  virtual int Links(std::uint32_t index, std::vector<NetLink>& out);
  virtual int Addresses(std::vector<NetAddress>& out);
  virtual int Routes(const RouteFilter& filter, std::vector<NetRoute>& out);
  // protocol: IPPROTO_TCP, IPPROTO_UDP. Both families.
  virtual int Sockets(std::uint8_t protocol, std::vector<NetSocket>& out);
  // Turns a link on or off.
  virtual int SetLinkUp(std::uint32_t index, bool up);

  // Never destroyed.
  static Netlink& Real();
};

// What a failure of the seam means for the instances of a class: kPartialResults and why; the failure of a call for
// which memory or descriptors were short; success for 0.
Status StatusOfNetlink(int error, std::string_view what);

// One message without its header. False when it is no such thing or cut short.
bool DecodeLink(std::string_view payload, NetLink& out);
bool DecodeAddress(std::string_view payload, NetAddress& out);
// A route over several gateways gives one for each.
bool DecodeRoute(std::string_view payload, std::vector<NetRoute>& out);
bool DecodeSocket(std::string_view payload, NetSocket& out);

}  // namespace wmi::linuxos
