// The name of this machine, as consumers write and compare it.
#pragma once

#include <string>
#include <string_view>

namespace wmi::consumers {

// What gethostname(2) says; "localhost" when it says nothing.
std::string MachineName();

// Whether a name, perhaps with \\ before it, means the machine with this name: without case, with or without the
// domain, or as "." or "localhost". An empty one does.
bool IsThisMachine(std::string_view name, std::string_view machine);

}  // namespace wmi::consumers
