// BusSignals: what a daemon of the machine says of itself over D-Bus without being asked (docs/events.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "exec/reactor.h"
#include "provider/change_source.h"
#include "providers/linux/bus/system_bus.h"

namespace wmi::linuxos {

// Signals that are of interest.
struct BusSignalRule {
  std::string interface;  // "org.freedesktop.systemd1.Manager"
  std::string member;     // "UnitNew"
  std::string path;       // of the object that sends it
  bool is_tree = false;   // the objects below it too
  // Whether its values are to be read; else they are given empty.
  bool has_values = false;
};

struct BusInterest {
  std::string destination;  // whose signals: "org.freedesktop.systemd1"
  std::vector<BusSignalRule> rules;
  // A call that the daemon wants before it tells; without arguments.
  std::optional<BusCall> subscribe;
  std::string is_subscribed;  // the name of the error with which the daemon says that it tells already
  // How long an answer may take, and how long the daemon may be away from the bus (systemd is, when it starts itself
  // anew).
  std::chrono::milliseconds patience{10'000};
};

// Is told on the thread of the reactor. Told and Settled only take notes: Flush follows at the end of each turn, and
// may do what ends the listening.
class BusListener {
 public:
  virtual ~BusListener() = default;
  // `rule`: the place in BusInterest::rules.
  virtual void Told(std::size_t rule, std::string_view path, const std::vector<BusValue>& values) = 0;
  // From here on everything is told; what has happened until now was not seen. Comes once at the beginning, and again
  // when the daemon was away, or a message could not be read.
  virtual void Settled() = 0;
  virtual void Flush() = 0;
  // Nothing more will be told. The last call.
  virtual void Ended(Status why) = 0;
};

// SystemBus::Listen on the bus at `address`.
Result<std::unique_ptr<provider::Listening>> ListenAt(const std::string& address, BusInterest interest,
                                                      exec::Reactor& reactor, std::unique_ptr<BusListener> listener);

// What an object is called whose path is `folder` and a name in the way of systemd: "ssh.service" for
// "…/unit/ssh_2eservice". Nothing when it is another path.
std::optional<std::string> NameOfObject(std::string_view path, std::string_view folder);

}  // namespace wmi::linuxos
