// The way out of a failure, in terms of this program.
#pragma once

#include <string>

#include "base/codes.h"
#include "wmi/options.h"

namespace wmi::cli {

// A sentence, or nothing.
std::string HintFor(Code code, const Options& options);

}  // namespace wmi::cli
