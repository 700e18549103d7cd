#include "providers/linux/kernel/sockets.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kTable = 1u << 0;
constexpr SourceSet kOwner = 1u << 1;

constexpr std::size_t kTableBytesMax = 256u << 20;
constexpr std::size_t kProcessesMax = 4u << 20;
constexpr std::size_t kDescriptorsMax = 4u << 20;

constexpr std::string_view kInternet[] = {"tcp", "tcp6", "udp", "udp6"};
constexpr std::string_view kUnix = "unix";

constexpr Source kSources[] = {
    {kTable, "`/proc/net/PROTOCOL`", Cost::kFile},
    {kOwner, "links of `/proc/PID/fd`", Cost::kScan},
};

constexpr std::string_view kInternetOnly = "NULL for the Unix domain";
constexpr std::string_view kUnixOnly = "NULL for TCP and UDP";

using SocketView = LinuxSocketView;

constexpr Column<SocketView> kColumns[] = {
    {"Id", kTable, [](const SocketView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.id); },
     "protocol and inode; both ends for a socket without an inode"},
    {"Inode", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) {
       if (v.inode != 0) row.SetUnsigned(slot, v.inode);
     },
     "NULL for a connection that no process holds any more"},
    {"LocalAddress", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.local_address); },
     kInternetOnly},
    {"LocalPort", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.local_port); },
     kInternetOnly},
    {"Path", kTable, [](const SocketView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.path); },
     "NULL for TCP and UDP, and for a socket without a name; one of the abstract names begins with `@`"},
    {"ProcessId", kOwner | kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.process_id); },
     "lowest number of a process with a descriptor of it; NULL when there is none"},
    {"Protocol", kTable, [](const SocketView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.protocol); },
     "name of the table"},
    {"ReceiveQueue", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.receive_queue); },
     kInternetOnly},
    {"RemoteAddress", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.remote_address); },
     kInternetOnly},
    {"RemotePort", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.remote_port); },
     kInternetOnly},
    {"SendQueue", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.send_queue); },
     kInternetOnly},
    {"State", kTable, [](const SocketView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.state); },
     "the kernel's number as a word"},
    {"Type", kTable, [](const SocketView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.kind); },
     kUnixOnly},
    {"UserId", kTable,
     [](const SocketView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.user_id); },
     kInternetOnly},
};

// States of TCP in the order of the kernel's numbers, from 1.
constexpr std::string_view kTcpStates[] = {"ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
                                           "FIN_WAIT2",   "TIME_WAIT", "CLOSED",   "CLOSE_WAIT",
                                           "LAST_ACK",    "LISTEN",    "CLOSING",  "NEW_SYN_RECV"};
constexpr std::string_view kUnixStates[] = {"UNCONNECTED", "CONNECTING", "CONNECTED", "DISCONNECTING"};

template <typename Number>
bool ParseHex(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool ParseDecimal(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// The next word between blanks; empty at the end.
std::string_view NextWord(std::string_view& rest) {
  const std::size_t start = rest.find_first_not_of(' ');
  if (start == std::string_view::npos) {
    rest = {};
    return {};
  }
  const std::size_t end = std::min(rest.find(' ', start), rest.size());
  const std::string_view word = rest.substr(start, end - start);
  rest = rest.substr(end);
  return word;
}

struct End {
  std::string address;
  std::uint16_t port = 0;
};

// "0100007F:07E8": the words of the address as numbers of the machine, and the port.
std::optional<End> ParseEnd(std::string_view text, bool is_six) {
  const std::size_t digits = is_six ? 32 : 8;
  End end;
  if (text.size() != digits + 5 || text[digits] != ':' || !ParseHex(text.substr(digits + 1), end.port)) {
    return std::nullopt;
  }
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < digits / 8; ++i) {
    if (!ParseHex(text.substr(i * 8, 8), words.at(i))) return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> written{};
  if (::inet_ntop(is_six ? AF_INET6 : AF_INET, words.data(), written.data(), written.size()) == nullptr) {
    return std::nullopt;
  }
  end.address = written.data();
  return end;
}

std::string EndText(const std::string& address, std::uint64_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

// The number of "socket:[1660]".
std::optional<std::uint64_t> SocketInode(std::string_view link) {
  constexpr std::string_view kPrefix = "socket:[";
  std::uint64_t inode = 0;
  if (!link.starts_with(kPrefix) || !link.ends_with(']')) return std::nullopt;
  if (!ParseDecimal(link.substr(kPrefix.size(), link.size() - kPrefix.size() - 1), inode)) return std::nullopt;
  return inode;
}

// Finds the process of each socket; only as far as there is one left to find.
Status FindOwners(const Machine& machine, const Asked& asked, std::vector<SocketView>& sockets) {
  std::unordered_map<std::uint64_t, std::vector<SocketView*>> wanted;
  for (SocketView& socket : sockets) {
    if (socket.inode != 0) wanted[socket.inode].push_back(&socket);
  }
  std::vector<std::int32_t> ids;
  const int listed = machine.files->ListNumbers(kNoDirectory, machine.root.proc.c_str(), kProcessesMax, ids);
  if (listed != 0) return SystemStatus(code::kProviderFailure, "opendir(" + machine.root.proc + ")", listed);
  std::sort(ids.begin(), ids.end());
  bool is_refused = false;
  std::vector<std::int32_t> descriptors;
  TextBuffer link;
  std::string path;
  for (const std::int32_t id : ids) {
    if (wanted.empty() || asked.stopped()) break;
    const std::string folder = fmt::format("{}/{}/fd", machine.root.proc, id);
    const int error = machine.files->ListNumbers(kNoDirectory, folder.c_str(), kDescriptorsMax, descriptors);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(folder, error);
    if (OutcomeOf(error) == Outcome::kDenied) is_refused = true;
    if (error != 0) continue;
    for (const std::int32_t descriptor : descriptors) {
      path = folder;
      path += '/';
      path += std::to_string(descriptor);
      const int unread = machine.files->ReadLink(kNoDirectory, path.c_str(), link);
      if (OutcomeOf(unread) == Outcome::kDenied) is_refused = true;
      if (unread != 0) continue;
      const std::optional<std::uint64_t> inode = SocketInode(link.text());
      const auto found = inode ? wanted.find(*inode) : wanted.end();
      if (found == wanted.end()) continue;
      for (SocketView* socket : found->second) socket->process_id = static_cast<std::uint64_t>(id);
      wanted.erase(found);
    }
  }
  // It may be of a process that did not let itself be looked at.
  if (!is_refused) return Status();
  for (const auto& [inode, of_inode] : wanted) {
    for (SocketView* socket : of_inode) socket->denied |= kOwner;
  }
  return Status();
}

}  // namespace

std::optional<LinuxSocketView> ParseInternetSocket(std::string_view protocol, std::string_view line) {
  // sl local remote st tx:rx timer:when retransmits uid timeout inode …
  NextWord(line);
  const bool is_six = protocol.ends_with('6');
  const std::optional<End> local = ParseEnd(NextWord(line), is_six);
  const std::optional<End> remote = ParseEnd(NextWord(line), is_six);
  std::uint8_t state = 0;
  if (!local || !remote || !ParseHex(NextWord(line), state)) return std::nullopt;
  const std::string_view queues = NextWord(line);
  const std::size_t colon = queues.find(':');
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  if (colon == std::string_view::npos || !ParseHex(queues.substr(0, colon), sent) ||
      !ParseHex(queues.substr(colon + 1), received)) {
    return std::nullopt;
  }
  NextWord(line);
  NextWord(line);
  std::uint64_t user = 0;
  if (!ParseDecimal(NextWord(line), user)) return std::nullopt;
  NextWord(line);
  LinuxSocketView socket;
  if (!ParseDecimal(NextWord(line), socket.inode)) return std::nullopt;
  socket.protocol = protocol;
  socket.local_address = local->address;
  socket.local_port = local->port;
  socket.remote_address = remote->address;
  socket.remote_port = remote->port;
  if (protocol.starts_with("udp") && state == 7) {
    // The number of TCP's CLOSE; here nothing was ever open.
    socket.state = "UNCONNECTED";
  } else if (state >= 1 && state <= std::size(kTcpStates)) {
    socket.state = kTcpStates[state - 1];
  }
  socket.send_queue = sent;
  socket.receive_queue = received;
  socket.user_id = user;
  socket.id = socket.inode != 0 ? fmt::format("{}:{}", protocol, socket.inode)
                                : fmt::format("{}:{}-{}", protocol, EndText(local->address, local->port),
                                              EndText(remote->address, remote->port));
  return socket;
}

std::optional<LinuxSocketView> ParseUnixSocket(std::string_view line) {
  // number: references protocol flags type state inode [path]
  const std::string_view number = NextWord(line);
  if (!number.ends_with(':')) return std::nullopt;
  NextWord(line);
  NextWord(line);
  std::uint32_t flags = 0;
  std::uint32_t kind = 0;
  std::uint32_t state = 0;
  LinuxSocketView socket;
  if (!ParseHex(NextWord(line), flags) || !ParseHex(NextWord(line), kind) || !ParseHex(NextWord(line), state) ||
      !ParseDecimal(NextWord(line), socket.inode) || socket.inode == 0) {
    return std::nullopt;
  }
  // A name may have blanks in it.
  if (line.starts_with(' ')) socket.path = line.substr(1);
  constexpr std::uint32_t kListens = 0x10000;
  socket.protocol = kUnix;
  if (kind == 1) socket.kind = "STREAM";
  if (kind == 2) socket.kind = "DGRAM";
  if (kind == 5) socket.kind = "SEQPACKET";
  if ((flags & kListens) != 0) {
    socket.state = "LISTEN";
  } else if (state >= 1 && state <= std::size(kUnixStates)) {
    socket.state = kUnixStates[state - 1];
  }
  socket.id = fmt::format("{}:{}", kUnix, socket.inode);
  return socket;
}

std::span<const Source> LinuxSocket::Sources() { return kSources; }
std::span<const Column<LinuxSocketView>> LinuxSocket::Columns() { return kColumns; }

Status LinuxSocket::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::unordered_set<std::string, FoldedHash, FoldedEqual> wanted;
  for (const provider::KeyTuple& key : asked.request.keys) {
    if (key.size() == 1 && key.front().view().kind() == cim::ValueKind::kText)
      wanted.emplace(key.front().view().text());
  }
  const auto is_asked_for = [&](std::string_view protocol) {
    return !asked.request.has_keys || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& id) {
      return EqualFolded(std::string_view(id).substr(0, id.find(':')), protocol);
    });
  };
  std::unordered_set<std::string> known;
  TextBuffer text;
  const auto read = [&](std::string_view protocol, auto parse) -> Status {
    if (!is_asked_for(protocol) || asked.stopped()) return Status();
    const std::string path = fmt::format("{}/net/{}", machine.root.proc, protocol);
    const int error = machine.files->Read(kNoDirectory, path.c_str(), kTableBytesMax, text);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    // A kernel without the protocol has no table.
    if (error != 0) return Status();
    std::string_view rest = text.text();
    std::string_view line;
    while (NextPart(rest, '\n', line)) {
      std::optional<View> socket = parse(line);
      if (!socket || (asked.request.has_keys && !wanted.contains(socket->id))) continue;
      // The table is read in pieces, between which a socket may move to another place of it.
      if (known.insert(socket->id).second) out.push_back(std::move(*socket));
    }
    return Status();
  };
  for (const std::string_view protocol : kInternet) {
    TRY(read(protocol, [&](std::string_view line) { return ParseInternetSocket(protocol, line); }));
  }
  TRY(read(kUnix, ParseUnixSocket));
  return asked.Wants(kOwner) ? FindOwners(machine, asked, out) : Status();
}

}  // namespace wmi::linuxos
