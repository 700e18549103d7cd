// Pinger: echo requests and the names they need, behind one seam; and Win32_PingStatus on top of it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"
#include "providers/linux/network/netlink.h"

namespace wmi::linuxos {

struct EchoRequest {
  IpAddress target;
  std::uint32_t scope = 0;  // link of a link-local address
  std::size_t payload_bytes = 32;
  std::chrono::milliseconds timeout{1000};
  std::uint8_t hops_max = 128;
  std::uint8_t service_type = 0;
  bool may_fragment = true;
};

struct EchoReply {
  int error = 0;           // errno: no request could be sent
  std::uint32_t code = 0;  // StatusCode of Win32_PingStatus: 0 for a reply
  IpAddress from;          // who answered, or said why not
  std::chrono::microseconds time{0};
  std::optional<std::uint32_t> hops_left;
  std::size_t payload_bytes = 0;
  bool is_different = false;  // the reply does not hold what was sent
};

// Safe from several threads.
class Pinger {
 public:
  virtual ~Pinger() = default;
  // Sends one request and waits for its answer no longer than the timeout.
  virtual EchoReply Echo(const EchoRequest& request, const std::stop_token& stop);
  enum class Resolution { kFound, kNoSuchName, kNoAnswer };
  // The first address of a name, with the link of a link-local one. May hang.
  virtual Resolution Resolve(const std::string& name, IpAddress& out, std::uint32_t& scope);
  // The name of an address; empty when it has none. May hang.
  virtual std::string NameOf(const IpAddress& address);

  // Never destroyed.
  static Pinger& Real();
};

struct PingView : ViewBase {
  std::string address;
  std::string source_route;
  std::uint32_t buffer_size = 32;
  std::uint32_t timeout = 1000;
  std::uint32_t time_to_live = 128;
  std::uint32_t service_type = 0;
  std::uint32_t record_route = 0;
  std::uint32_t timestamp_route = 0;
  std::uint32_t source_route_type = 0;
  bool no_fragmentation = false;
  bool resolves_names = false;

  // What came of it.
  IpAddress target;
  std::uint32_t resolution = 0;  // 0, or why there is no address
  std::string resolved_name;
  std::optional<EchoReply> reply;
};

struct PingStatus {
  using View = PingView;
  static constexpr std::string_view kClass = "Win32_PingStatus";
  static constexpr std::string_view kAbout =
      "One instance per address that a query names (`WHERE Address = 'host'`), which sends one echo request to it; no "
      "instances without. Timeout, BufferSize, TimeToLive, TypeofService, NoFragmentation and ResolveAddressNames of "
      "the query count. At most 256 requests and 60 seconds per query.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static constexpr auto kNarrowed = std::array<std::string_view, 11>{
      "Address",         "BufferSize", "NoFragmentation", "RecordRoute", "ResolveAddressNames", "SourceRoute",
      "SourceRouteType", "Timeout",    "TimestampRoute",  "TimeToLive",  "TypeofService"};
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
