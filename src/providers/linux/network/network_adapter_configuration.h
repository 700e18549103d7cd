// Configurations of adapters: Win32_NetworkAdapterConfiguration, and Win32_NetworkAdapterSetting, which ties them to
// their adapters.
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

}  // namespace wmi::linuxos
