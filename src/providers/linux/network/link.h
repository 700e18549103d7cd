// Links of the network: what their messages say, and what the machine's files add to it. The classes of adapters show
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cim/value.h"
#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

// Values of IFLA_OPERSTATE (RFC 2863).
enum class LinkState : std::uint8_t {
  kUnknown = 0,
  kNotPresent = 1,
  kDown = 2,
  kLowerLayerDown = 3,
  kTesting = 4,
  kDormant = 5,
  kUp = 6,
};
LinkState StateOf(const NetLink& link);

bool IsUp(const NetLink& link);
bool IsLoopback(const NetLink& link);
bool IsConnected(const NetLink& link);

// "00:1B:21:AA:BB:CC" of the bytes of one of its addresses; empty where the link has none or only zeros. Tunnels have
// IP addresses there.
std::string HardwareAddress(const NetLink& link, const std::string& bytes, std::string_view separator);

// The number of the link in a key: text or number.
std::optional<std::uint32_t> LinkIndexOf(cim::ValueView key);

// All links, or those of the keys. An errno value, as those of Netlink.
int ReadLinks(const Machine& machine, const Asked& asked, std::vector<NetLink>& out);
// What StatusOfNetlink calls them.
inline constexpr std::string_view kLinksText = "links of the network";

// The driver of the hardware; what kind of link the kernel made when there is none.
std::string ReadLinkDriver(const Machine& machine, const NetLink& link);

// What udev's database of hardware calls it; empty where that knows nothing.
struct LinkNames {
  std::string product;
  std::string vendor;
};
LinkNames ReadLinkNames(const Machine& machine, const NetLink& link);

// Whether a device is behind the link. Nothing when /sys does not show it.
std::optional<bool> ReadIsPhysical(const Machine& machine, const NetLink& link);
bool ReadIsWireless(const Machine& machine, const NetLink& link);
// Bits per second. Nothing when the link is off or its driver does not tell.
std::optional<std::uint64_t> ReadLinkSpeed(const Machine& machine, const NetLink& link);
// "full", "half"; else the driver does not tell.
std::string ReadLinkDuplex(const Machine& machine, const NetLink& link);

}  // namespace wmi::linuxos
