// What is said of a class that is listed and cannot be read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/namespace.h"

namespace wmi::engine {

// kCriticalError with the name of the class and the way out when its stored definition is damaged; success when it can
// be read or is not there. For those who did not find a class, before they say that there is none. Safe from any
// thread.
Status CheckReadable(const store::Namespace& classes, std::string_view name);

// kPartialResults, naming those of `names` that cannot be read, when only `readable` of them could; kOk when all could.
// For those who list what they can read of many classes.
Status WhatIsLeftOut(const store::Namespace& classes, const std::vector<std::string>& names, std::size_t readable);

}  // namespace wmi::engine
