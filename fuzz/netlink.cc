// Messages of netlink: taken apart whatever they hold, without a look behind their end. The first byte chooses the
// kind.
#include "providers/linux/network/netlink.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wmi::linuxos;  // NOLINT: only decoders

void Require(bool holds) {
  if (!holds) std::abort();
}

// What is shown as text is the same address when it is read again.
void CheckAddress(const IpAddress& address) {
  const std::string text = FormatIp(address);
  if (!address) return;
  const auto again = ParseIp(text);
  Require(again && FormatIp(*again) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'l': {
      NetLink link;
      Require(!DecodeLink(payload, link) || (!link.name.empty() && link.index != 0));
      break;
    }
    case 'a': {
      NetAddress address;
      if (!DecodeAddress(payload, address)) break;
      Require(static_cast<bool>(address.address));
      CheckAddress(address.address);
      break;
    }
    case 'r': {
      std::vector<NetRoute> routes;
      if (!DecodeRoute(payload, routes)) break;
      Require(routes.size() <= size);
      for (const NetRoute& route : routes) {
        CheckAddress(route.destination);
        CheckAddress(route.gateway);
      }
      break;
    }
    default: {
      NetSocket socket;
      if (!DecodeSocket(payload, socket)) break;
      CheckAddress(socket.local);
      CheckAddress(socket.remote);
    }
  }
  return 0;
}
