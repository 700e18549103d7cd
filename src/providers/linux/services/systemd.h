// What systemd knows of its units, asked over the system bus.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "providers/linux/bus/system_bus.h"
#include "providers/linux/host.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// A unit that exists: it is loaded, has a file, or both. Units that others only name are none.
struct Unit {
  std::string name;        // with its type: "ssh.service"
  std::string path;        // its object on the bus
  bool is_loaded = false;  // what follows is known
  std::string description;
  std::string load_state;    // "loaded", "masked", "bad-setting", "error"
  std::string active_state;  // "active", "inactive", "failed", "activating", …
  std::string sub_state;     // "running", "exited", …
  std::string file_state;    // "enabled", "disabled", "static", "masked", …; empty when it has no file of its own
};

struct UnitList {
  std::vector<Unit> units;
  BusAnswer failure;  // outcome kDone when the list is whole
};

// A call to the manager; by default one that only reads.
BusCall ManagerCall(std::string member, std::string signature = {}, std::vector<BusValue> arguments = {});

// The units whose names fit one of the patterns of fnmatch(3). Templates and second names are left out.
UnitList ListUnits(const Machine& machine, const std::vector<std::string>& patterns);

// A pattern for exactly this name in any case; nothing when no unit can have it. `type` is ".service" or another.
std::optional<std::string> PatternOf(std::string_view name, std::string_view type);

// "/org/freedesktop/systemd1/unit/ssh_2eservice".
std::string UnitPath(std::string_view unit_name);

// All properties of a unit, those of its type too.
BusAnswer UnitProperties(const Machine& machine, const std::string& unit_path);
// One property that every unit has.
BusAnswer UnitProperty(const Machine& machine, const std::string& unit_path, std::string_view name);
// The first value of an answer; the empty one when there is none.
BusValue FirstValue(BusAnswer answer);

// For the property of a unit: its text, number; empty and 0 when it is not there.
const std::string& TextOf(const BusValue& properties, std::string_view name);
std::uint64_t NumberOf(const BusValue& properties, std::string_view name);

// The first command of ExecStart as one line; arguments with blanks in quotes. Empty when there is none.
std::string CommandLineOf(const BusValue& properties);

// Partial results with the reason, or success when nothing is missing. `what` is "services" or the like.
Status StatusOf(const BusAnswer& failure, std::string_view what);

}  // namespace wmi::linuxos
