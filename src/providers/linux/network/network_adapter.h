// Adapters: Win32_NetworkAdapter, its configuration and the association of both, MSFT_NetAdapter and MSFT_NetIPAddress.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

// What a resolver's configuration says (resolv.conf(5)).
struct ResolverSettings {
  std::vector<std::string> servers;
  std::vector<std::string> domains;  // `search`, or the one of `domain`
};
ResolverSettings ParseResolverSettings(std::string_view text);

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

struct AdapterConfigurationView : ViewBase {
  NetLink link;
  std::vector<NetAddress> addresses;
  std::vector<NetRoute> gateways;  // default routes
  std::string host;
  std::string driver;
  std::string product;
  std::string lease;  // of systemd-networkd
  std::shared_ptr<const ResolverSettings> resolver;
  // Of /proc/sys/net/ipv4, in the order of the table in the source; the same for all links.
  std::shared_ptr<const std::vector<std::optional<std::uint64_t>>> settings;

  bool is_loopback() const;
  bool has_ip() const;
};

struct NetworkAdapterConfiguration {
  using View = AdapterConfigurationView;
  static constexpr std::string_view kClass = "Win32_NetworkAdapterConfiguration";
  static constexpr std::string_view kAbout =
      "One instance per link of the kernel in this network namespace; `Index` is the number of the link. Settings of "
      "the whole machine (resolver, TCP) are the same in each.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct AdapterSettingView : ViewBase {
  std::uint32_t index = 0;
};

struct NetworkAdapterSetting {
  using View = AdapterSettingView;
  static constexpr std::string_view kClass = "Win32_NetworkAdapterSetting";
  static constexpr std::string_view kAbout = "One instance per link: the adapter and its configuration.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct StandardAddressView : ViewBase {
  NetAddress address;
  std::string alias;
  std::string host;
};

struct StandardAddress {
  using View = StandardAddressView;
  static constexpr std::string_view kClass = "MSFT_NetIPAddress";
  static constexpr std::string_view kAbout =
      "One instance per address of a link; `Name` is the address and the number of the link. In `ROOT\\StandardCimv2`.";
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
