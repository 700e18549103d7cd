#include "providers/linux/network/network_sockets.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kSockets = 1u << 0;
constexpr SourceSet kOwners = 1u << 1;

constexpr Source kSocketSources[] = {
    {kSockets, "netlink `SOCK_DIAG_BY_FAMILY`, or else `/proc/net/{tcp,tcp6,udp,udp6}`", Cost::kScan},
    {kOwners, "`/proc/*/fd`", Cost::kScan},
};

constexpr std::size_t kProcessesMax = 4u << 20;
constexpr std::size_t kHandlesMax = 1u << 20;

std::string AddressText(const NetSocket& socket, const IpAddress& address) {
  std::string text = FormatIp(address);
  if (address.is_link_local() && socket.index != 0) text += fmt::format("%{}", socket.index);
  return text;
}

// By the numbers of Windows; the kernel counts otherwise.
std::optional<std::uint64_t> State(const NetSocket& socket) {
  switch (socket.state) {
    case TCP_CLOSE:
      return 1;
    case TCP_LISTEN:
      return 2;
    case TCP_SYN_SENT:
      return 3;
    case TCP_SYN_RECV:
      return 4;
    case TCP_ESTABLISHED:
      return 5;
    case TCP_FIN_WAIT1:
      return 6;
    case TCP_FIN_WAIT2:
      return 7;
    case TCP_CLOSE_WAIT:
      return 8;
    case TCP_CLOSING:
      return 9;
    case TCP_LAST_ACK:
      return 10;
    case TCP_TIME_WAIT:
      return 11;
    default:
      return std::nullopt;
  }
}

// Which process has each socket: by inode.
struct Owners {
  std::unordered_map<std::uint64_t, std::uint32_t> by_inode;
  bool is_denied = false;  // some processes do not show what they have
};

Status ReadOwners(const Machine& machine, const Asked& asked, Owners& out) {
  Files& files = *machine.files;
  std::vector<std::int32_t> ids;
  if (const int error = files.ListNumbers(kNoDirectory, machine.root.proc.c_str(), kProcessesMax, ids)) {
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(machine.root.proc, error);
    return Status();
  }
  // Of several that share a socket the first, which as a rule is the one that opened it.
  std::sort(ids.begin(), ids.end());
  TextBuffer target;
  std::vector<std::int32_t> handles;
  for (const std::int32_t id : ids) {
    if (asked.stopped()) break;
    Directory folder;
    const std::string path = fmt::format("{}/{}/fd", machine.root.proc, id);
    int error = files.OpenDirectory(kNoDirectory, path.c_str(), folder);
    if (error == 0) error = files.ListNumbers(folder.descriptor(), ".", kHandlesMax, handles);
    if (error != 0) {
      if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
      if (OutcomeOf(error) == Outcome::kDenied) out.is_denied = true;
      continue;
    }
    for (const std::int32_t handle : handles) {
      constexpr std::string_view kSocket = "socket:[";
      if (files.ReadLink(folder.descriptor(), std::to_string(handle).c_str(), target) != 0) continue;
      const std::string_view text = target.text();
      std::uint64_t inode = 0;
      if (text.starts_with(kSocket) && ParseUnsigned(text.substr(kSocket.size()), inode)) {
        out.by_inode.emplace(inode, static_cast<std::uint32_t>(id));
      }
    }
  }
  return Status();
}

// "0100007F:1F90": words of the machine's own byte order, then the port.
bool ParseEnd(std::string_view text, IpAddress& address, std::uint16_t& port) {
  const std::size_t colon = text.find(':');
  if (colon != 8 && colon != 32) return false;
  const auto hexadecimal = [](std::string_view digits, std::uint32_t& out) {
    out = 0;
    for (const char digit : digits) {
      const std::size_t value = std::string_view("0123456789ABCDEF").find(digit);
      if (value == std::string_view::npos) return false;
      out = out << 4 | static_cast<std::uint32_t>(value);
    }
    return !digits.empty() && digits.size() <= 8;
  };
  for (std::size_t i = 0; i < colon; i += 8) {
    std::uint32_t word = 0;
    if (!hexadecimal(text.substr(i, 8), word)) return false;
    std::memcpy(&address.bytes[i / 2], &word, sizeof word);
  }
  std::uint32_t number = 0;
  if (!hexadecimal(text.substr(colon + 1), number) || number > 0xFFFF) return false;
  port = static_cast<std::uint16_t>(number);
  address.family = colon == 8 ? AF_INET : AF_INET6;
  return true;
}

bool ParseLine(std::string_view line, NetSocket& out) {
  // sl local remote st queues timer retransmits uid timeout inode
  std::array<std::string_view, 10> fields;
  std::size_t count = 0;
  for (line = Trim(line); !line.empty() && count < fields.size(); line = Trim(line)) {
    fields[count] = line.substr(0, line.find(' '));
    line.remove_prefix(fields[count++].size());
  }
  std::uint64_t inode = 0;
  if (count < fields.size() || fields[3].size() != 2 || !ParseUnsigned(fields[9], inode)) return false;
  const std::size_t state = std::string_view("0123456789ABCDEF").find(fields[3][1]);
  if (state == std::string_view::npos) return false;
  out = NetSocket();
  out.state = static_cast<std::uint8_t>(state);
  out.inode = static_cast<std::uint32_t>(inode);
  return ParseEnd(fields[1], out.local, out.local_port) && ParseEnd(fields[2], out.remote, out.remote_port);
}

// The older tables, where socket diagnostics are not built in or netlink is forbidden. ENOENT when they cannot be read
// either, EOVERFLOW when there is more than is read.
int ReadTables(const Machine& machine, std::uint8_t protocol, std::vector<NetSocket>& out) {
  bool is_read = false;
  bool is_cut = false;
  for (const std::string_view name :
       {protocol == IPPROTO_TCP ? "tcp" : "udp", protocol == IPPROTO_TCP ? "tcp6" : "udp6"}) {
    const std::string text =
        ReadText(*machine.files, fmt::format("{}/net/{}", machine.root.proc, name), kKernelTextBytesMax);
    std::string_view rest = text;
    std::string_view line;
    // The headings show that it is there.
    if (NextPart(rest, '\n', line)) is_read = true;
    if (text.size() >= kKernelTextBytesMax) is_cut = true;
    while (NextPart(rest, '\n', line)) {
      NetSocket socket;
      if (ParseLine(line, socket)) out.push_back(socket);
    }
  }
  if (is_cut) return EOVERFLOW;
  return is_read ? 0 : ENOENT;
}

// Failures in spite of which the tables may be there: not those of a list that is there but not whole.
bool IsUnavailable(int error) {
  return error != 0 && error != EOVERFLOW && error != EAGAIN && error != ETIMEDOUT &&
         OutcomeOf(error) != Outcome::kExhausted;
}

Status LoadSockets(const Machine& machine, const Asked& asked, std::uint8_t protocol, std::string_view what,
                   std::vector<SocketView>& out) {
  // The owners after the sockets: who opens one in between is no owner of those listed.
  std::vector<NetSocket> sockets;
  int error = machine.netlink->Sockets(protocol, sockets);
  if (IsUnavailable(error)) {
    sockets.clear();
    if (const int other = ReadTables(machine, protocol, sockets); other != ENOENT) error = other;
  }
  Owners owners;
  if (asked.Wants(kOwners)) {
    Status read = ReadOwners(machine, asked, owners);
    if (!read.ok()) return read;
  }
  out.reserve(sockets.size());
  for (const NetSocket& socket : sockets) {
    SocketView view;
    view.socket = socket;
    if (asked.Wants(kOwners) && socket.inode != 0) {
      if (const auto found = owners.by_inode.find(socket.inode); found != owners.by_inode.end()) {
        view.owner = found->second;
      } else if (owners.is_denied) {
        view.denied |= kOwners;
      }
    }
    out.push_back(view);
  }
  return StatusOfNetlink(error, what);
}

void WriteInstance(const SocketView& view, RowWriter& row, std::size_t slot) {
  const NetSocket& socket = view.socket;
  row.SetText(slot, fmt::format("{}++{}++{}++{}++{}", AddressText(socket, socket.local), socket.local_port,
                                AddressText(socket, socket.remote), socket.remote_port, socket.inode));
}

void WriteLocalAddress(const SocketView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, AddressText(view.socket, view.socket.local));
}

void WriteLocalPort(const SocketView& view, RowWriter& row, std::size_t slot) {
  row.SetUnsigned(slot, view.socket.local_port);
}

void WriteOwner(const SocketView& view, RowWriter& row, std::size_t slot) {
  if (view.owner) row.SetUnsigned(slot, *view.owner);
}

constexpr std::string_view kInstanceNote =
    "addresses and ports of both ends and the number of the socket, which tells those apart that share a port";
constexpr std::string_view kOwnerNote =
    "the first process that has the socket open; NULL when none has (a closed connection, a socket of the kernel) or "
    "when processes may not be looked into";

constexpr Column<SocketView> kTcpColumns[] = {
    {"InstanceID", kSockets, WriteInstance, kInstanceNote},
    {"LocalAddress", kSockets, WriteLocalAddress, "`idiag_src`"},
    {"LocalPort", kSockets, WriteLocalPort, "`idiag_sport`"},
    {"OwningProcess", kSockets | kOwners, WriteOwner, kOwnerNote},
    {"RemoteAddress", kSockets,
     [](const SocketView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, AddressText(v.socket, v.socket.remote));
     },
     "`idiag_dst`; zeros for one that listens"},
    {"RemotePort", kSockets,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.socket.remote_port); },
     "`idiag_dport`; 0 for one that listens"},
    {"State", kSockets,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, State(v.socket)); },
     "`idiag_state` in the numbers of Windows"},
};

constexpr Column<SocketView> kUdpColumns[] = {
    {"InstanceID", kSockets, WriteInstance, kInstanceNote},
    {"LocalAddress", kSockets, WriteLocalAddress, "`idiag_src`"},
    {"LocalPort", kSockets, WriteLocalPort, "`idiag_sport`"},
    {"OwningProcess", kSockets | kOwners, WriteOwner, kOwnerNote},
};

}  // namespace

std::span<const Source> TcpConnection::Sources() { return kSocketSources; }
std::span<const Column<SocketView>> TcpConnection::Columns() { return kTcpColumns; }
Status TcpConnection::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  return LoadSockets(machine, asked, IPPROTO_TCP, "TCP sockets", out);
}

std::span<const Source> UdpEndpoint::Sources() { return kSocketSources; }
std::span<const Column<SocketView>> UdpEndpoint::Columns() { return kUdpColumns; }
Status UdpEndpoint::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  return LoadSockets(machine, asked, IPPROTO_UDP, "UDP sockets", out);
}

}  // namespace wmi::linuxos
