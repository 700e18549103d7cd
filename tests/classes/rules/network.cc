// What is right: adapters, addresses, routes, sockets, ping.
#include "rules.h"

namespace wmi::classes {

void AddNetworkRules(Rules&) {}

}  // namespace wmi::classes
