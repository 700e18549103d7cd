// Routes and protocols: Win32_IP4RouteTable, Win32_NetworkProtocol.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

struct RouteView : ViewBase {
  NetRoute route;
};

struct RouteTable {
  using View = RouteView;
  static constexpr std::string_view kClass = "Win32_IP4RouteTable";
  static constexpr std::string_view kAbout =
      "One instance per IPv4 route of the main table, and per gateway of a route over several. Of routes that differ "
      "in "
      "the metric only, the one in use.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct ProtocolView : ViewBase {
  std::string name;
};

struct NetworkProtocol {
  using View = ProtocolView;
  static constexpr std::string_view kClass = "Win32_NetworkProtocol";
  static constexpr std::string_view kAbout =
      "One instance per protocol of sockets that the kernel has loaded. What a protocol can do is known for TCP, UDP "
      "and their like.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
