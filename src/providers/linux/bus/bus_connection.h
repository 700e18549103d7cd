// What the calls of SystemBus and its signals have in common: a connection of sd-bus. For the files of this folder.
#pragma once

#include <systemd/sd-bus.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/bus/system_bus.h"

namespace wmi::linuxos {

struct BusCloser {
  void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
using BusHandle = std::unique_ptr<sd_bus, BusCloser>;

// A connection to the bus at an address; an empty one is the system bus. Does not wait: the greeting follows when the
// connection is processed. An errno value.
int StartBus(const std::string& address, BusHandle& out);

// The values of a message from the place where it stands. False when it is malformed, too deep or too large.
bool DecodeBody(sd_bus_message* message, std::vector<BusValue>& out);

// What a person knows the owner of a bus name as.
std::string DaemonOf(std::string_view destination);

// The failure of a call that was sent, by the error's name on the bus, and by errno where nobody answered.
BusAnswer FailureOf(const BusCall& call, const sd_bus_error& error, int number);

}  // namespace wmi::linuxos
