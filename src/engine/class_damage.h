// What is said of a class that is listed and cannot be read.
#pragma once

#include <string_view>

#include "base/status.h"
#include "store/namespace.h"

namespace wmi::engine {

// kCriticalError with the name of the class and the way out when its stored definition is damaged; success when it can
// be read or is not there. For those who did not find a class, before they say that there is none. Safe from any
// thread.
Status CheckReadable(const store::Namespace& classes, std::string_view name);

}  // namespace wmi::engine
