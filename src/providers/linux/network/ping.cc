#include "providers/linux/network/ping.h"

#include <fmt/format.h>
#include <linux/errqueue.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "providers/linux/guarded_calls.h"

namespace wmi::linuxos {
namespace {

using Clock = std::chrono::steady_clock;
using provider::RowWriter;

// Values of StatusCode and PrimaryAddressResolutionStatus.
constexpr std::uint32_t kSuccess = 0;
constexpr std::uint32_t kNetUnreachable = 11'002;
constexpr std::uint32_t kHostUnreachable = 11'003;
constexpr std::uint32_t kProtocolUnreachable = 11'004;
constexpr std::uint32_t kPortUnreachable = 11'005;
constexpr std::uint32_t kNoResources = 11'006;
constexpr std::uint32_t kBadOption = 11'007;
constexpr std::uint32_t kPacketTooBig = 11'009;
constexpr std::uint32_t kTimedOut = 11'010;
constexpr std::uint32_t kExpiredInTransit = 11'013;
constexpr std::uint32_t kExpiredInReassembly = 11'014;
constexpr std::uint32_t kParameterProblem = 11'015;
constexpr std::uint32_t kSourceQuench = 11'016;
constexpr std::uint32_t kBadDestination = 11'018;
constexpr std::uint32_t kGeneralFailure = 11'050;
constexpr std::uint32_t kHostNotFound = 11'001;
constexpr std::uint32_t kTryAgain = 11'002;

constexpr std::size_t kHeaderBytes = 8;  // of ICMP and ICMPv6
constexpr std::size_t kPayloadMax = 65'500;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress ToSocketAddress(const IpAddress& address, std::uint32_t scope) {
  SocketAddress out;
  if (address.family == AF_INET) {
    sockaddr_in plain{};
    plain.sin_family = AF_INET;
    std::memcpy(&plain.sin_addr, address.bytes.data(), sizeof plain.sin_addr);
    std::memcpy(&out.storage, &plain, sizeof plain);
    out.length = sizeof plain;
  } else {
    sockaddr_in6 plain{};
    plain.sin6_family = AF_INET6;
    plain.sin6_scope_id = scope;
    std::memcpy(&plain.sin6_addr, address.bytes.data(), sizeof plain.sin6_addr);
    std::memcpy(&out.storage, &plain, sizeof plain);
    out.length = sizeof plain;
  }
  return out;
}

IpAddress FromSocketAddress(const sockaddr* address) {
  IpAddress out;
  if (address->sa_family == AF_INET) {
    sockaddr_in plain{};
    std::memcpy(&plain, address, sizeof plain);
    out.family = AF_INET;
    std::memcpy(out.bytes.data(), &plain.sin_addr, sizeof plain.sin_addr);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 plain{};
    std::memcpy(&plain, address, sizeof plain);
    out.family = AF_INET6;
    std::memcpy(out.bytes.data(), &plain.sin6_addr, sizeof plain.sin6_addr);
  }
  return out;
}

// What an ICMP message says instead of a reply.
std::uint32_t CodeOfMessage(bool is_v6, std::uint8_t type, std::uint8_t code) {
  if (is_v6) {
    if (type == ICMP6_PACKET_TOO_BIG) return kPacketTooBig;
    if (type == ICMP6_TIME_EXCEEDED) {
      return code == ICMP6_TIME_EXCEED_REASSEMBLY ? kExpiredInReassembly : kExpiredInTransit;
    }
    if (type == ICMP6_PARAM_PROB) return kParameterProblem;
    if (type != ICMP6_DST_UNREACH) return kGeneralFailure;
    if (code == ICMP6_DST_UNREACH_NOROUTE) return kNetUnreachable;
    return code == ICMP6_DST_UNREACH_NOPORT ? kPortUnreachable : kHostUnreachable;
  }
  if (type == ICMP_TIME_EXCEEDED) return code == ICMP_EXC_FRAGTIME ? kExpiredInReassembly : kExpiredInTransit;
  if (type == ICMP_PARAMETERPROB) return kParameterProblem;
  if (type == ICMP_SOURCE_QUENCH) return kSourceQuench;
  if (type != ICMP_DEST_UNREACH) return kGeneralFailure;
  switch (code) {
    case ICMP_NET_UNREACH:
    case ICMP_NET_UNKNOWN:
    case ICMP_NET_ANO:
    case ICMP_NET_UNR_TOS:
      return kNetUnreachable;
    case ICMP_PROT_UNREACH:
      return kProtocolUnreachable;
    case ICMP_PORT_UNREACH:
      return kPortUnreachable;
    case ICMP_FRAG_NEEDED:
      return kPacketTooBig;
    default:
      return kHostUnreachable;
  }
}

// What an errno of the local machine says; kSuccess for one that is no answer.
std::uint32_t CodeOfError(int error) {
  switch (error) {
    case ENETUNREACH:
    case ENETDOWN:
      return kNetUnreachable;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return kHostUnreachable;
    case EMSGSIZE:
      return kPacketTooBig;
    case ENOBUFS:
      return kNoResources;
    case EINVAL:
    case EADDRNOTAVAIL:
      return kBadDestination;
    default:
      return kSuccess;
  }
}

void SetOption(int socket, int level, int name, int value) { ::setsockopt(socket, level, name, &value, sizeof value); }

std::string MakeMessage(bool is_v6, std::uint16_t id, std::size_t payload_bytes) {
  std::string message(kHeaderBytes + payload_bytes, '\0');
  message[0] = static_cast<char>(is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO);
  message[4] = static_cast<char>(id >> 8);
  message[5] = static_cast<char>(id & 0xFF);
  message[7] = 1;  // the sequence number
  for (std::size_t i = 0; i < payload_bytes; ++i) message[kHeaderBytes + i] = static_cast<char>('a' + i % 23);
  if (is_v6) return message;  // the kernel fills in the sum
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < message.size(); i += 2) {
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(message[i])) << 8;
    if (i + 1 < message.size()) sum += static_cast<unsigned char>(message[i + 1]);
  }
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  message[2] = static_cast<char>(~sum >> 8 & 0xFF);
  message[3] = static_cast<char>(~sum & 0xFF);
  return message;
}

struct Exchange {
  const std::string& sent;
  bool is_raw = false;
  bool is_v6 = false;
};

// One message from the socket. True when it ends the wait.
bool TakeMessage(int socket, const Exchange& exchange, Clock::time_point started, EchoReply& reply) {
  std::vector<char> data(kPayloadMax + 512);
  std::array<char, 512> control{};
  sockaddr_storage sender{};
  iovec part{data.data(), data.size()};
  msghdr message{};
  message.msg_name = &sender;
  message.msg_namelen = sizeof sender;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(socket, &message, MSG_DONTWAIT);
  if (length < 0) {
    const std::uint32_t code = CodeOfError(errno);
    if (code == kSuccess) return false;
    reply.code = code;
    return true;
  }
  const auto now = Clock::now();
  std::string_view bytes(data.data(), static_cast<std::size_t>(length));
  if (exchange.is_raw && !exchange.is_v6) {
    // The IP header comes along.
    if (bytes.empty()) return false;
    const std::size_t header = static_cast<std::size_t>(static_cast<unsigned char>(bytes.front()) & 0x0F) * 4;
    bytes.remove_prefix(std::min(header, bytes.size()));
  }
  if (bytes.size() < kHeaderBytes) return false;
  const auto type = static_cast<std::uint8_t>(bytes[0]);
  if (type != (exchange.is_v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY)) return false;
  // Sockets without privileges get no replies but their own, under a number of the kernel's choice.
  if (exchange.is_raw && bytes.substr(4, 2) != std::string_view(exchange.sent).substr(4, 2)) return false;
  if (bytes.substr(6, 2) != std::string_view(exchange.sent).substr(6, 2)) return false;
  reply.code = kSuccess;
  reply.from = FromSocketAddress(reinterpret_cast<const sockaddr*>(&sender));
  reply.time = std::chrono::duration_cast<std::chrono::microseconds>(now - started);
  reply.payload_bytes = bytes.size() - kHeaderBytes;
  reply.is_different = bytes.substr(kHeaderBytes) != std::string_view(exchange.sent).substr(kHeaderBytes);
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    const bool is_hops = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) ||
                         (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_HOPLIMIT);
    int hops = 0;
    if (!is_hops || item->cmsg_len < CMSG_LEN(sizeof hops)) continue;
    std::memcpy(&hops, CMSG_DATA(item), sizeof hops);
    reply.hops_left = static_cast<std::uint32_t>(hops & 0xFF);
  }
  return true;
}

// What came instead of a reply. True when it ends the wait.
bool TakeError(int socket, EchoReply& reply) {
  std::array<char, 512> data{};
  std::array<char, 512> control{};
  iovec part{data.data(), data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(socket, &message, MSG_DONTWAIT | MSG_ERRQUEUE) < 0) return false;
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    const bool is_error = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR) ||
                          (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR);
    sock_extended_err error{};
    if (!is_error || item->cmsg_len < CMSG_LEN(sizeof error)) continue;
    std::memcpy(&error, CMSG_DATA(item), sizeof error);
    if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6) {
      reply.code = CodeOfMessage(error.ee_origin == SO_EE_ORIGIN_ICMP6, error.ee_type, error.ee_code);
      // The kernel puts the sender of the message behind the error.
      if (item->cmsg_len >= CMSG_LEN(sizeof error + sizeof(sockaddr_in))) {
        std::array<char, sizeof(sockaddr_in6)> offender{};
        std::memcpy(offender.data(), CMSG_DATA(item) + sizeof error,
                    std::min(offender.size(), item->cmsg_len - CMSG_LEN(sizeof error)));
        reply.from = FromSocketAddress(reinterpret_cast<const sockaddr*>(offender.data()));
      }
    } else {
      const std::uint32_t code = CodeOfError(static_cast<int>(error.ee_errno));
      reply.code = code == kSuccess ? kGeneralFailure : code;
    }
    return true;
  }
  return false;
}

std::uint16_t NextId() {
  static std::atomic<std::uint16_t> next{static_cast<std::uint16_t>(::getpid())};
  return next.fetch_add(1);
}

}  // namespace

EchoReply Pinger::Echo(const EchoRequest& request, const std::stop_token& stop) {
  EchoReply reply;
  const bool is_v6 = request.target.family == AF_INET6;
  const int family = is_v6 ? AF_INET6 : AF_INET;
  const int protocol = is_v6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  int number = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  bool is_raw = false;
  if (number < 0) {
    // Who is not of the groups that may have one, may still have the other.
    const int error = errno;
    number = ::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    is_raw = true;
    if (number < 0) {
      reply.error = error == EMFILE || error == ENFILE ? error : errno;
      return reply;
    }
  }
  const Descriptor socket(number);
  if (is_v6) {
    SetOption(number, IPPROTO_IPV6, IPV6_RECVERR, 1);
    SetOption(number, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    SetOption(number, IPPROTO_IPV6, IPV6_UNICAST_HOPS, request.hops_max);
    SetOption(number, IPPROTO_IPV6, IPV6_TCLASS, request.service_type);
    SetOption(number, IPPROTO_IPV6, IPV6_MTU_DISCOVER, request.may_fragment ? IPV6_PMTUDISC_WANT : IPV6_PMTUDISC_DO);
  } else {
    SetOption(number, IPPROTO_IP, IP_RECVERR, 1);
    SetOption(number, IPPROTO_IP, IP_RECVTTL, 1);
    SetOption(number, IPPROTO_IP, IP_TTL, request.hops_max);
    SetOption(number, IPPROTO_IP, IP_TOS, request.service_type);
    SetOption(number, IPPROTO_IP, IP_MTU_DISCOVER, request.may_fragment ? IP_PMTUDISC_DONT : IP_PMTUDISC_DO);
  }
  const std::string sent = MakeMessage(is_v6, NextId(), std::min(request.payload_bytes, kPayloadMax));
  const SocketAddress target = ToSocketAddress(request.target, request.scope);
  const auto started = Clock::now();
  const auto deadline = started + request.timeout;
  // Connected, it gets the messages of that peer alone.
  if (::connect(number, target.get(), target.length) != 0 ||
      ::send(number, sent.data(), sent.size(), MSG_NOSIGNAL) < 0) {
    const int error = errno;
    reply.code = CodeOfError(error);
    if (reply.code == kSuccess) reply.error = error;
    return reply;
  }
  const Exchange exchange{sent, is_raw, is_v6};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || stop.stop_requested()) {
      reply.code = kTimedOut;
      return reply;
    }
    // A stop is looked for now and then.
    constexpr std::int64_t kSliceMax = 100;
    pollfd entry{number, POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, kSliceMax)));
    if (ready < 0 && errno != EINTR) {
      reply.error = errno;
      return reply;
    }
    if (ready <= 0) continue;
    if ((entry.revents & POLLERR) != 0 && TakeError(number, reply)) return reply;
    if (TakeMessage(number, exchange, started, reply)) return reply;
  }
}

Pinger::Resolution Pinger::Resolve(const std::string& name, IpAddress& out, std::uint32_t& scope) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  // The result is in the order in which the addresses can be reached.
  const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return error == EAI_AGAIN || error == EAI_SYSTEM ? Resolution::kNoAnswer : Resolution::kNoSuchName;
  }
  out = FromSocketAddress(found->ai_addr);
  if (found->ai_family == AF_INET6) {
    sockaddr_in6 plain{};
    std::memcpy(&plain, found->ai_addr, sizeof plain);
    scope = plain.sin6_scope_id;
  }
  ::freeaddrinfo(found);
  return out ? Resolution::kFound : Resolution::kNoSuchName;
}

std::string Pinger::NameOf(const IpAddress& address) {
  const SocketAddress plain = ToSocketAddress(address, 0);
  std::array<char, NI_MAXHOST> name{};
  if (::getnameinfo(plain.get(), plain.length, name.data(), name.size(), nullptr, 0, NI_NAMEREQD) != 0) return {};
  return name.data();
}

Pinger& Pinger::Real() {
  static auto* const pinger = new Pinger;
  return *pinger;
}

namespace {

constexpr SourceSet kQuery = 1u << 0;
constexpr SourceSet kName = 1u << 1;
constexpr SourceSet kEcho = 1u << 2;

constexpr Source kPingSources[] = {
    {kQuery, "the query", Cost::kNothing},
    {kName, "the resolver", Cost::kService},
    {kEcho, "an ICMP echo request", Cost::kService},
};

constexpr std::size_t kRequestsMax = 256;
constexpr std::chrono::seconds kQueryDeadline{60};

void WriteNumber(RowWriter& row, std::size_t slot, std::uint32_t value) { row.SetUnsigned(slot, value); }

bool HasReply(const PingView& view) { return view.reply && view.reply->code == kSuccess; }

constexpr std::string_view kEchoed = "as the query says";

constexpr Column<PingView> kPingColumns[] = {
    {"Address", kQuery, [](const PingView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.address); },
     kEchoed},
    {"BufferSize", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.buffer_size); },
     "as the query says; 32"},
    {"NoFragmentation", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.no_fragmentation); },
     "as the query says; FALSE"},
    {"PrimaryAddressResolutionStatus", kName,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.resolution); },
     "0; 11001 when there is no such name, 11002 when the resolver did not answer"},
    {"ProtocolAddress", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, FormatIp(v.reply && v.reply->from ? v.reply->from : v.target));
     },
     "of whoever answered; the address that was asked when nobody did"},
    {"ProtocolAddressResolved", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.resolved_name); },
     "when the query says ResolveAddressNames; NULL for an address without a name"},
    {"RecordRoute", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.record_route); },
     "as the query says; 0. Others are answered with StatusCode 11007"},
    {"ReplyInconsistency", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       if (HasReply(v)) row.SetBoolean(slot, v.reply->is_different);
     },
     "whether the reply holds something else than was sent"},
    {"ReplySize", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       if (HasReply(v)) row.SetUnsigned(slot, v.reply->payload_bytes);
     },
     "NULL without a reply"},
    {"ResolveAddressNames", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.resolves_names); },
     "as the query says; FALSE"},
    {"ResponseTime", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       if (HasReply(v)) row.SetUnsigned(slot, static_cast<std::uint64_t>(v.reply->time.count()) / 1000);
     },
     "whole milliseconds; NULL without a reply"},
    {"ResponseTimeToLive", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       if (HasReply(v) && v.reply->hops_left) row.SetUnsigned(slot, *v.reply->hops_left);
     },
     "NULL without a reply"},
    {"SourceRoute", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.source_route); },
     "as the query says; empty. Others are answered with StatusCode 11007"},
    {"SourceRouteType", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.source_route_type); },
     "as the query says; 0. Others are answered with StatusCode 11007"},
    {"StatusCode", kName | kEcho,
     [](const PingView& v, RowWriter& row, std::size_t slot) {
       if (v.reply) WriteNumber(row, slot, v.reply->code);
     },
     "0 for a reply, else what came instead; NULL when the name has no address"},
    {"Timeout", kQuery, [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.timeout); },
     "as the query says; 1000"},
    {"TimestampRoute", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.timestamp_route); },
     "as the query says; 0. Others are answered with StatusCode 11007"},
    {"TimeToLive", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.time_to_live); },
     "as the query says; 128"},
    {"TypeofService", kQuery,
     [](const PingView& v, RowWriter& row, std::size_t slot) { WriteNumber(row, slot, v.service_type); },
     "as the query says; 0"},
};

// Sets what one condition of the query says. False when the value is of another kind than the property.
bool Apply(PingView& view, std::string_view property, cim::ValueView value) {
  const std::pair<std::string_view, std::string*> texts[] = {{"Address", &view.address},
                                                             {"SourceRoute", &view.source_route}};
  for (const auto& [name, member] : texts) {
    if (!EqualFolded(name, property)) continue;
    if (value.kind() != cim::ValueKind::kText) return false;
    *member = value.text();
    return true;
  }
  const std::pair<std::string_view, bool*> flags[] = {{"NoFragmentation", &view.no_fragmentation},
                                                      {"ResolveAddressNames", &view.resolves_names}};
  for (const auto& [name, member] : flags) {
    if (!EqualFolded(name, property)) continue;
    if (value.kind() != cim::ValueKind::kBoolean) return false;
    *member = value.boolean();
    return true;
  }
  const std::pair<std::string_view, std::uint32_t*> numbers[] = {
      {"BufferSize", &view.buffer_size},
      {"Timeout", &view.timeout},
      {"TimeToLive", &view.time_to_live},
      {"TypeofService", &view.service_type},
      {"RecordRoute", &view.record_route},
      {"TimestampRoute", &view.timestamp_route},
      {"SourceRouteType", &view.source_route_type},
  };
  for (const auto& [name, member] : numbers) {
    if (!EqualFolded(name, property)) continue;
    if (value.kind() != cim::ValueKind::kUnsigned || value.unsigned_integer() > 0xFFFFFFFF) return false;
    *member = static_cast<std::uint32_t>(value.unsigned_integer());
    return true;
  }
  return false;
}

const std::string& PropertyName(const Asked& asked, std::size_t slot) {
  return asked.request.schema->properties()[slot].name;
}

// The instances of the paths that were named.
void ListByKeys(const Asked& asked, std::vector<PingView>& out) {
  const auto& slots = asked.request.schema->key_slots();
  for (const provider::KeyTuple& key : asked.request.keys) {
    PingView view;
    bool fits = key.size() == slots.size() && out.size() < kRequestsMax;
    for (std::size_t i = 0; fits && i < key.size(); ++i)
      fits = Apply(view, PropertyName(asked, slots[i]), key[i].view());
    if (fits && !view.address.empty()) out.push_back(std::move(view));
  }
}

// Each combination of the values that the conditions leave. False when there are more than are sent.
bool ListByConditions(const Asked& asked, std::vector<PingView>& out) {
  out.assign(1, PingView());
  for (const provider::Request::Allowed& allowed : asked.request.allowed) {
    std::vector<PingView> next;
    for (const PingView& base : out) {
      for (const cim::Value& value : allowed.values) {
        if (next.size() == kRequestsMax) return false;
        PingView view = base;
        if (Apply(view, PropertyName(asked, allowed.slot), value.view())) next.push_back(std::move(view));
      }
    }
    out = std::move(next);
  }
  std::erase_if(out, [](const PingView& view) { return view.address.empty(); });
  return true;
}

struct Resolved {
  Pinger::Resolution resolution = Pinger::Resolution::kNoAnswer;
  IpAddress address;
  std::uint32_t scope = 0;
};

// 0, or the errno for which no request could be sent.
int Ping(const Machine& machine, const Asked& asked, std::chrono::milliseconds time_left, PingView& view) {
  Pinger* const pinger = machine.pinger;
  const std::string name = view.address;
  const auto resolved = RunGuarded<Resolved>(*machine.guarded, "address of " + name, [pinger, name] {
    Resolved result;
    result.resolution = pinger->Resolve(name, result.address, result.scope);
    return result;
  });
  if (!resolved || resolved->resolution != Pinger::Resolution::kFound) {
    const bool is_known = resolved && resolved->resolution == Pinger::Resolution::kNoSuchName;
    view.resolution = is_known ? kHostNotFound : kTryAgain;
    return 0;
  }
  view.target = resolved->address;
  if (!asked.Wants(kEcho)) return 0;
  if (view.record_route != 0 || view.timestamp_route != 0 || view.source_route_type != 0 ||
      !view.source_route.empty() || view.time_to_live > 255 || view.service_type > 255 ||
      view.buffer_size > kPayloadMax) {
    view.reply = EchoReply();
    view.reply->code = view.buffer_size > kPayloadMax ? kPacketTooBig : kBadOption;
    return 0;
  }
  EchoRequest request;
  request.target = resolved->address;
  request.scope = resolved->scope;
  request.payload_bytes = view.buffer_size;
  request.timeout = std::min(std::chrono::milliseconds(view.timeout), time_left);
  request.hops_max = static_cast<std::uint8_t>(std::max(view.time_to_live, 1u));
  request.service_type = static_cast<std::uint8_t>(view.service_type);
  request.may_fragment = !view.no_fragmentation;
  EchoReply reply = pinger->Echo(request, asked.request.stop);
  if (reply.error != 0) {
    if (reply.error != EACCES && reply.error != EPERM) {
      reply.code = kGeneralFailure;
      view.reply = reply;
    }
    return reply.error;
  }
  view.reply = reply;
  if (view.resolves_names) {
    const IpAddress from = reply.from ? reply.from : view.target;
    view.resolved_name = RunGuarded<std::string>(*machine.guarded, "name of " + FormatIp(from), [pinger, from] {
                           return pinger->NameOf(from);
                         }).value_or(std::string());
  }
  return 0;
}

}  // namespace

std::span<const Source> PingStatus::Sources() { return kPingSources; }
std::span<const Column<PingView>> PingStatus::Columns() { return kPingColumns; }
Status PingStatus::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  Status status;
  if (asked.request.has_keys) {
    ListByKeys(asked, out);
  } else if (!ListByConditions(asked, out)) {
    out.clear();
    return Status(code::kInvalidQuery, fmt::format("Win32_PingStatus: the query names more than {} combinations of "
                                                   "addresses and options. Ask for them in several queries",
                                                   kRequestsMax));
  }
  if (!asked.Wants(kName | kEcho)) return status;
  const auto deadline = Clock::now() + kQueryDeadline;
  std::size_t done = 0;
  for (PingView& view : out) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (asked.stopped() || left.count() <= 0) break;
    const int error = Ping(machine, asked, left, view);
    ++done;
    if (error == 0) continue;
    if (error == EACCES || error == EPERM) {
      view.denied |= kEcho;
      status = Status(code::kPartialResults,
                      "Win32_PingStatus: this user may not send echo requests. Put a group of it into the range of "
                      "net.ipv4.ping_group_range, or give the program CAP_NET_RAW");
    } else if (OutcomeOf(error) == Outcome::kExhausted) {
      return ExhaustedStatus("a socket for echo requests", error);
    }
  }
  if (done < out.size()) {
    out.resize(done);
    status =
        Status(code::kPartialResults,
               fmt::format("Win32_PingStatus: not all addresses were asked within {} seconds. Ask for fewer in one "
                           "query, or with a shorter Timeout",
                           kQueryDeadline.count()));
  }
  return status;
}

}  // namespace wmi::linuxos
