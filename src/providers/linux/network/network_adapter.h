// Adapters: Win32_NetworkAdapter and MSFT_NetAdapter.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

struct AdapterView : ViewBase {
  NetLink link;
  std::string host;
  std::string driver;
  std::string product;
  std::string vendor;
  std::optional<std::uint64_t> speed;  // bits per second
  std::optional<bool> is_physical;
  bool is_wireless = false;
  std::string duplex;
  std::vector<std::uint64_t> higher;  // links that run on it, or the one it is a port of
};

struct NetworkAdapter {
  using View = AdapterView;
  static constexpr std::string_view kClass = "Win32_NetworkAdapter";
  static constexpr std::string_view kAbout =
      "One instance per link of the kernel in this network namespace: hardware, virtual ones and the loopback. "
      "`DeviceID` and `Index` are the number of the link.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
  static std::span<const MethodRow> Methods();
};

struct StandardAdapter {
  using View = AdapterView;
  static constexpr std::string_view kClass = "MSFT_NetAdapter";
  static constexpr std::string_view kAbout =
      "One instance per link of the kernel in this network namespace; `DeviceID` is the number of the link. In "
      "`ROOT\\StandardCimv2`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
