// Linux_Socket: the sockets of TCP, UDP and the Unix domain in the network namespace of the program.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct LinuxSocketView : ViewBase {
  std::string id;  // "tcp:1660"
  std::string_view protocol;
  std::string local_address;
  std::optional<std::uint64_t> local_port;
  std::string remote_address;
  std::optional<std::uint64_t> remote_port;
  std::string_view state;
  std::string_view kind;  // "STREAM", "DGRAM", "SEQPACKET"
  std::string path;
  std::uint64_t inode = 0;
  std::optional<std::uint64_t> user_id;
  std::optional<std::uint64_t> receive_queue;
  std::optional<std::uint64_t> send_queue;
  std::optional<std::uint64_t> process_id;
};

// A line of /proc/net/tcp, tcp6, udp or udp6, and of /proc/net/unix; nothing for the headings and other texts.
std::optional<LinuxSocketView> ParseInternetSocket(std::string_view protocol, std::string_view line);
std::optional<LinuxSocketView> ParseUnixSocket(std::string_view line);

struct LinuxSocket {
  using View = LinuxSocketView;
  static constexpr std::string_view kClass = "Linux_Socket";
  static constexpr std::string_view kAbout =
      "One instance for each socket of TCP, UDP and the Unix domain in the network namespace of the program. A look-up "
      "reads the table of the protocol that the key begins with. `ProcessId` is expensive: it walks the descriptors of "
      "all processes, and is done only when it is asked for. Connections of the Unix domain that nobody has accepted "
      "yet "
      "have no number and are left out.";
  static constexpr bool kLooksUp = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
