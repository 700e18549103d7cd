#include "providers/linux/network/netlink.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

using Clock = std::chrono::steady_clock;

// Dumps come in pieces of up to 32 KiB; a single message may be larger.
constexpr std::size_t kBufferBytes = 128u << 10;
constexpr int kAttemptsMax = 4;
// Attributes that older headers do not know.
constexpr int kPermanentAddressAttribute = 54;
constexpr int kAddressProtocolAttribute = 11;
constexpr std::uint16_t kAttributeTypeMask = 0x3FFF;

template <typename Value>
bool Take(std::string_view bytes, Value& out) {
  if (bytes.size() < sizeof out) return false;
  std::copy_n(bytes.begin(), sizeof out, reinterpret_cast<char*>(&out));
  return true;
}

template <typename Visit>
void ForEachAttribute(std::string_view bytes, Visit&& visit) {
  nlattr header{};
  while (Take(bytes, header)) {
    if (header.nla_len < sizeof header || header.nla_len > bytes.size()) return;
    visit(header.nla_type & kAttributeTypeMask, bytes.substr(sizeof header, header.nla_len - sizeof header));
    bytes.remove_prefix(std::min<std::size_t>(bytes.size(), NLA_ALIGN(header.nla_len)));
  }
}

// What follows the fixed part of a message.
template <typename Fixed>
std::string_view Attributes(std::string_view payload) {
  return payload.substr(std::min<std::size_t>(payload.size(), NLMSG_ALIGN(sizeof(Fixed))));
}

std::uint32_t Number(std::string_view bytes) {
  std::uint32_t value = 0;
  Take(bytes, value);
  return value;
}

// Kernel strings end with a zero.
std::string Text(std::string_view bytes) { return std::string(bytes.substr(0, bytes.find('\0'))); }

IpAddress AddressOf(std::uint8_t family, std::string_view bytes) {
  const std::size_t length = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
  IpAddress address;
  if (length == 0 || bytes.size() < length) return address;
  address.family = family;
  std::copy_n(bytes.begin(), length, address.bytes.begin());
  return address;
}

class Socket {
 public:
  explicit Socket(int protocol)
      : descriptor_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

int WaitUntilReadable(int descriptor, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return ETIMEDOUT;
    pollfd entry{descriptor, POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left));
    if (ready > 0) return 0;
    if (ready < 0 && errno != EINTR) return errno;
  }
}

struct Answer {
  int error = 0;
  bool is_interrupted = false;
};

constexpr std::uint32_t kSequence = 1;

// Sends one request and gives the payload of each message to `take`, until the end that the flags of the request let
// expect. `take` returns false when it wants no more.
template <typename TakeMessage>
Answer Exchange(int protocol, const std::string& request, bool is_dump, Clock::time_point deadline,
                TakeMessage&& take) {
  const Socket socket(protocol);
  if (socket.descriptor() < 0) return {errno, false};
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (::sendto(socket.descriptor(), request.data(), request.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
               sizeof kernel) < 0) {
    return {errno, false};
  }
  std::vector<char> buffer(kBufferBytes);
  bool is_interrupted = false;
  for (;;) {
    if (const int error = WaitUntilReadable(socket.descriptor(), deadline)) return {error, is_interrupted};
    sockaddr_nl sender{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t length = ::recvmsg(socket.descriptor(), &message, 0);
    if (length < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return {errno, is_interrupted};
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) return {EMSGSIZE, is_interrupted};
    if (sender.nl_pid != 0) continue;  // not from the kernel
    std::string_view rest(buffer.data(), static_cast<std::size_t>(length));
    nlmsghdr header{};
    while (Take(rest, header)) {
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) return {EBADMSG, is_interrupted};
      const std::string_view payload = rest.substr(sizeof header, header.nlmsg_len - sizeof header);
      rest.remove_prefix(std::min<std::size_t>(rest.size(), NLMSG_ALIGN(header.nlmsg_len)));
      if (header.nlmsg_seq != kSequence) continue;
      if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) is_interrupted = true;
      if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE) {
        // Both carry an errno, negative or 0.
        std::int32_t error = 0;
        Take(payload, error);
        return {error < 0 ? -error : 0, is_interrupted};
      }
      if (header.nlmsg_type < NLMSG_MIN_TYPE) continue;
      if (!take(payload)) return {EOVERFLOW, is_interrupted};
      if (!is_dump) return {0, is_interrupted};
    }
  }
}

template <typename Fixed>
std::string Request(std::uint16_t type, std::uint16_t flags, const Fixed& fixed) {
  nlmsghdr header{};
  header.nlmsg_len = sizeof header + sizeof fixed;
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header.nlmsg_seq = kSequence;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(&fixed), sizeof fixed);
  return bytes;
}

// Dumps into `out` behind what it holds; again from there when the tables changed meanwhile. `decode` appends to out.
template <typename Item, typename Decode>
int Dump(int protocol, const std::string& request, Clock::time_point deadline, std::size_t items_max,
         std::vector<Item>& out, Decode&& decode) {
  const std::size_t start = out.size();
  for (int attempt = 1;; ++attempt) {
    out.resize(start);
    const Answer answer = Exchange(protocol, request, true, deadline, [&](std::string_view payload) {
      if (out.size() >= items_max) return false;
      decode(payload);
      return true;
    });
    const bool is_lost = answer.error == ENOBUFS || answer.error == EBUSY || answer.error == EINTR;
    if (answer.error != 0 && !is_lost) return answer.error;
    if (!is_lost && !answer.is_interrupted) return 0;
    if (attempt == kAttemptsMax || Clock::now() >= deadline) return EAGAIN;
  }
}

}  // namespace

bool IpAddress::is_link_local() const { return family == AF_INET6 && bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80; }

std::string FormatIp(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (!address || ::inet_ntop(address.family, address.bytes.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::optional<IpAddress> ParseIp(const std::string& text) {
  IpAddress address;
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), address.bytes.data()) != 1) continue;
    address.family = static_cast<std::uint8_t>(family);
    return address;
  }
  return std::nullopt;
}

std::string FormatMask(unsigned prefix_length) {
  const unsigned length = std::min(prefix_length, 32u);
  const std::uint32_t mask = length == 0 ? 0 : 0xFFFFFFFFu << (32 - length);
  return fmt::format("{}.{}.{}.{}", mask >> 24, (mask >> 16) & 0xFF, (mask >> 8) & 0xFF, mask & 0xFF);
}

bool DecodeLink(std::string_view payload, NetLink& out) {
  ifinfomsg fixed{};
  if (!Take(payload, fixed) || fixed.ifi_index <= 0) return false;
  out = NetLink();
  out.index = static_cast<std::uint32_t>(fixed.ifi_index);
  out.hardware = fixed.ifi_type;
  out.flags = fixed.ifi_flags;
  ForEachAttribute(Attributes<ifinfomsg>(payload), [&](int type, std::string_view value) {
    switch (type) {
      case IFLA_IFNAME:
        out.name = Text(value);
        break;
      case IFLA_ADDRESS:
        out.address = value;
        break;
      case kPermanentAddressAttribute:
        out.permanent_address = value;
        break;
      case IFLA_MTU:
        out.mtu = Number(value);
        break;
      case IFLA_MAX_MTU:
        out.mtu_max = Number(value);
        break;
      case IFLA_MASTER:
        out.master = Number(value);
        break;
      case IFLA_LINK:
        out.lower = Number(value);
        break;
      case IFLA_OPERSTATE:
        Take(value, out.operating_state);
        break;
      case IFLA_LINKINFO:
        ForEachAttribute(value, [&](int inner, std::string_view text) {
          if (inner == IFLA_INFO_KIND) out.kind = Text(text);
          if (inner != IFLA_INFO_DATA || out.kind != "vlan") return;
          ForEachAttribute(text, [&](int vlan, std::string_view number) {
            std::uint16_t id = 0;
            if (vlan == IFLA_VLAN_ID && Take(number, id)) out.vlan = id;
          });
        });
        break;
      default:
        break;
    }
  });
  return !out.name.empty();
}

bool DecodeAddress(std::string_view payload, NetAddress& out) {
  ifaddrmsg fixed{};
  if (!Take(payload, fixed)) return false;
  out = NetAddress();
  out.index = fixed.ifa_index;
  out.prefix_length = fixed.ifa_prefixlen;
  out.flags = fixed.ifa_flags;
  out.preferred = out.valid = NetAddress::kForever;
  IpAddress peer;
  ForEachAttribute(Attributes<ifaddrmsg>(payload), [&](int type, std::string_view value) {
    if (type == IFA_LOCAL) out.address = AddressOf(fixed.ifa_family, value);
    // The address itself when there is no IFA_LOCAL, else the other end of a line.
    if (type == IFA_ADDRESS) peer = AddressOf(fixed.ifa_family, value);
    if (type == IFA_FLAGS) out.flags = Number(value);
    if (type == kAddressProtocolAttribute) Take(value, out.protocol);
    ifa_cacheinfo times{};
    if (type == IFA_CACHEINFO && Take(value, times)) {
      out.preferred = times.ifa_prefered;
      out.valid = times.ifa_valid;
    }
  });
  if (!out.address) out.address = peer;
  return static_cast<bool>(out.address);
}

bool DecodeRoute(std::string_view payload, std::vector<NetRoute>& out) {
  rtmsg fixed{};
  if (!Take(payload, fixed) || (fixed.rtm_family != AF_INET && fixed.rtm_family != AF_INET6)) return false;
  if ((fixed.rtm_flags & RTM_F_CLONED) != 0) return false;  // a memory of the kernel, no route
  NetRoute route;
  route.destination.family = fixed.rtm_family;
  route.prefix_length = fixed.rtm_dst_len;
  route.table = fixed.rtm_table;
  route.protocol = fixed.rtm_protocol;
  route.type = fixed.rtm_type;
  std::string_view several;
  const auto gateway = [&](int type, std::string_view value) {
    if (type == RTA_GATEWAY) return AddressOf(fixed.rtm_family, value);
    std::uint16_t family = 0;  // rtvia: the family, then the address
    if (!Take(value, family)) return IpAddress();
    return AddressOf(static_cast<std::uint8_t>(family), value.substr(sizeof family));
  };
  ForEachAttribute(Attributes<rtmsg>(payload), [&](int type, std::string_view value) {
    if (type == RTA_DST) route.destination = AddressOf(fixed.rtm_family, value);
    if (type == RTA_GATEWAY || type == RTA_VIA) route.gateway = gateway(type, value);
    if (type == RTA_OIF) route.index = Number(value);
    if (type == RTA_TABLE) route.table = Number(value);
    if (type == RTA_PRIORITY) route.metric = Number(value);
    if (type == RTA_MULTIPATH) several = value;
  });
  if (several.empty()) {
    out.push_back(route);
    return true;
  }
  rtnexthop hop{};
  while (Take(several, hop)) {
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > several.size()) break;
    NetRoute branch = route;
    branch.index = static_cast<std::uint32_t>(std::max(hop.rtnh_ifindex, 0));
    ForEachAttribute(several.substr(sizeof hop, hop.rtnh_len - sizeof hop), [&](int type, std::string_view value) {
      if (type == RTA_GATEWAY || type == RTA_VIA) branch.gateway = gateway(type, value);
    });
    out.push_back(branch);
    several.remove_prefix(std::min<std::size_t>(several.size(), NLMSG_ALIGN(hop.rtnh_len)));
  }
  return true;
}

bool DecodeSocket(std::string_view payload, NetSocket& out) {
  inet_diag_msg fixed{};
  if (!Take(payload, fixed)) return false;
  const auto address = [&](const __be32(&words)[4]) {
    return AddressOf(fixed.idiag_family, {reinterpret_cast<const char*>(words), sizeof words});
  };
  out = NetSocket();
  out.state = fixed.idiag_state;
  out.local = address(fixed.id.idiag_src);
  out.remote = address(fixed.id.idiag_dst);
  out.local_port = ntohs(fixed.id.idiag_sport);
  out.remote_port = ntohs(fixed.id.idiag_dport);
  out.index = fixed.id.idiag_if;
  out.inode = fixed.idiag_inode;
  return static_cast<bool>(out.local);
}

int Netlink::Links(std::uint32_t index, std::vector<NetLink>& out) {
  const auto deadline = Clock::now() + kDeadline;
  const auto decode = [&out](std::string_view payload) {
    NetLink link;
    if (DecodeLink(payload, link)) out.push_back(std::move(link));
  };
  ifinfomsg fixed{};
  fixed.ifi_family = AF_UNSPEC;
  if (index == 0) {
    return Dump(NETLINK_ROUTE, Request(RTM_GETLINK, NLM_F_DUMP, fixed), deadline, kLinksMax, out, decode);
  }
  if (index > 0x7FFFFFFF) return 0;
  fixed.ifi_index = static_cast<int>(index);
  const Answer answer =
      Exchange(NETLINK_ROUTE, Request(RTM_GETLINK, 0, fixed), false, deadline, [&](std::string_view payload) {
        decode(payload);
        return true;
      });
  return answer.error == ENODEV ? 0 : answer.error;
}

int Netlink::Addresses(std::vector<NetAddress>& out) {
  ifaddrmsg fixed{};
  fixed.ifa_family = AF_UNSPEC;
  return Dump(NETLINK_ROUTE, Request(RTM_GETADDR, NLM_F_DUMP, fixed), Clock::now() + kDeadline, kAddressesMax, out,
              [&out](std::string_view payload) {
                NetAddress address;
                if (DecodeAddress(payload, address)) out.push_back(address);
              });
}

int Netlink::Routes(const RouteFilter& filter, std::vector<NetRoute>& out) {
  rtmsg fixed{};
  fixed.rtm_family = filter.family;
  std::vector<NetRoute> decoded;
  return Dump(NETLINK_ROUTE, Request(RTM_GETROUTE, NLM_F_DUMP, fixed), Clock::now() + kDeadline, kRoutesMax, out,
              [&](std::string_view payload) {
                decoded.clear();
                DecodeRoute(payload, decoded);
                for (const NetRoute& route : decoded) {
                  // A kernel without this family answers with all that it has.
                  if (route.destination.family != filter.family) continue;
                  if (filter.table != 0 && route.table != filter.table) continue;
                  if (filter.only_default && route.prefix_length != 0) continue;
                  out.push_back(route);
                }
              });
}

int Netlink::Sockets(std::uint8_t protocol, std::vector<NetSocket>& out) {
  const auto deadline = Clock::now() + kDeadline;
  int result = 0;
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    inet_diag_req_v2 fixed{};
    fixed.sdiag_family = family;
    fixed.sdiag_protocol = protocol;
    fixed.idiag_states = 0xFFFFFFFF;
    const int error = Dump(NETLINK_SOCK_DIAG, Request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, fixed), deadline, kSocketsMax,
                           out, [&out](std::string_view payload) {
                             NetSocket socket;
                             if (DecodeSocket(payload, socket)) out.push_back(socket);
                           });
    // A machine without IPv6 has no such sockets.
    if (error != 0 && !(family == AF_INET6 && error == ENOENT)) result = error;
    if (error == EOVERFLOW || error == ETIMEDOUT) break;
  }
  return result;
}

int Netlink::SetLinkUp(std::uint32_t index, bool up) {
  if (index == 0 || index > 0x7FFFFFFF) return ENODEV;
  ifinfomsg fixed{};
  fixed.ifi_family = AF_UNSPEC;
  fixed.ifi_index = static_cast<int>(index);
  fixed.ifi_flags = up ? static_cast<unsigned>(IFF_UP) : 0u;
  fixed.ifi_change = IFF_UP;
  return Exchange(NETLINK_ROUTE, Request(RTM_NEWLINK, NLM_F_ACK, fixed), false, Clock::now() + kDeadline,
                  [](std::string_view) { return true; })
      .error;
}

Netlink& Netlink::Real() {
  static auto* const netlink = new Netlink;
  return *netlink;
}

Status StatusOfNetlink(int error, std::string_view what) {
  switch (error) {
    case 0:
      return Status();
    case EOVERFLOW:
      return Status(code::kPartialResults, fmt::format("{}: there are more than are read at once; the rest is missing. "
                                                       "Tools that read them piece by piece show all",
                                                       what));
    case EAGAIN:
      return Status(code::kPartialResults,
                    fmt::format("{}: they changed while they were read, {} times; some may be missing or be listed "
                                "although they are gone. Ask again",
                                what, kAttemptsMax));
    case ETIMEDOUT:
      return Status(code::kPartialResults,
                    fmt::format("{}: the kernel did not list all of them within {} ms. Ask again", what,
                                Netlink::kDeadline.count()));
    default:
      break;
  }
  if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus("a netlink socket", error);
  return Status(code::kPartialResults, fmt::format("{}: the kernel did not list them: {}. They need netlink sockets, "
                                                   "which a sandbox may forbid",
                                                   what, std::generic_category().message(error)));
}

}  // namespace wmi::linuxos
