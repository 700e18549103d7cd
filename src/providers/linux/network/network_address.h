// Addresses of links: MSFT_NetIPAddress.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

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
