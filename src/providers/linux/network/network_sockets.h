// Sockets: MSFT_NetTCPConnection, MSFT_NetUDPEndpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

struct SocketView : ViewBase {
  NetSocket socket;
  std::optional<std::uint32_t> owner;
};

struct TcpConnection {
  using View = SocketView;
  static constexpr std::string_view kClass = "MSFT_NetTCPConnection";
  static constexpr std::string_view kAbout =
      "One instance per TCP socket of this network namespace, listening ones too. In `ROOT\\StandardCimv2`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct UdpEndpoint {
  using View = SocketView;
  static constexpr std::string_view kClass = "MSFT_NetUDPEndpoint";
  static constexpr std::string_view kAbout =
      "One instance per UDP socket of this network namespace. In `ROOT\\StandardCimv2`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
