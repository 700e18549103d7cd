// SystemBus: calls to the daemons of the machine over D-Bus (systemd, logind, …), behind one seam.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"

namespace wmi::exec {
class Reactor;
}
namespace wmi::provider {
class Listening;
}

namespace wmi::linuxos {

class BusListener;
struct BusInterest;

// A value as D-Bus has it, types reduced to what matters here: all integers are signed or unsigned, object paths and
// signatures are texts, a variant is its content, a structure is a list of its members, and a dictionary a list of
// lists of two. A value.
struct BusValue {
  using List = std::vector<BusValue>;
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List> data;

  // Of another kind: the empty or zero value.
  bool boolean() const;
  std::int64_t number() const;
  std::uint64_t unsigned_number() const;
  const std::string& text() const;
  const List& list() const;
  // Of a dictionary with text keys: the value under `key`; nullptr when there is none.
  const BusValue* Find(std::string_view key) const;
};

struct BusCall {
  std::string destination;  // "org.freedesktop.systemd1"
  std::string path;         // "/org/freedesktop/systemd1"
  std::string interface;    // "org.freedesktop.systemd1.Manager"
  std::string member;       // "ListUnits"
  std::string signature;    // of the arguments: basic types s o b i u x t, and as; others are refused
  std::vector<BusValue> arguments;
  std::chrono::milliseconds deadline{2000};
  // Whether the bus may start the daemon; reading never does. Nobody is ever asked for a password.
  bool may_start = false;
};

struct BusAnswer {
  enum class Outcome {
    kDone,
    kNoBus,      // there is no bus to connect to
    kNoService,  // nobody owns the name, or the object or the method is not there
    kDenied,
    kTimedOut,
    kFailed,  // the daemon said no: error_name and message tell why
  };
  Outcome outcome = Outcome::kFailed;
  std::vector<BusValue> values;
  std::string error_name;  // "org.freedesktop.systemd1.NoSuchUnit"
  std::string message;     // one sentence that names the daemon, for the client

  bool ok() const { return outcome == Outcome::kDone; }
};

// Safe from several threads. A call may block until its deadline. This one is that of a machine without a bus.
class SystemBus {
 public:
  virtual ~SystemBus() = default;
  virtual BusAnswer Call(const BusCall& call);

  // Tells what a daemon says of itself, on the thread of the reactor, until the Listening is destroyed; bus_signals.h.
  // Does not block: a daemon that is not there, or does not want to tell, is found out later, and is
  // BusListener::Ended. Fails when there is no bus.
  virtual Result<std::unique_ptr<provider::Listening>> Listen(BusInterest interest, exec::Reactor& reactor,
                                                              std::unique_ptr<BusListener> listener);

  // All properties of an object's interface (org.freedesktop.DBus.Properties.GetAll): values[0] is the dictionary.
  BusAnswer Properties(const std::string& destination, const std::string& path, const std::string& interface);

  // That of this machine; never destroyed.
  static SystemBus& Real();
};

// The bus at an address in the form of D-Bus; an empty one is the system bus. Connects with the first call.
std::unique_ptr<SystemBus> ConnectedBus(std::string address);

}  // namespace wmi::linuxos
