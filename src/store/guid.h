// A name that nobody else has, for string keys that a client leaves NULL (contract 1.3, PutInstance).
#pragma once

#include <string>

#include "base/status.h"

namespace wmi::store {

// "{XXXXXXXX-XXXX-4XXX-XXXX-XXXXXXXXXXXX}" with random upper-case digits (RFC 4122, version 4). Failure: the system has
// no random numbers to give.
Result<std::string> NewGuid();

}  // namespace wmi::store
