// The clock of the command line, in one word.
#pragma once

#include <chrono>

namespace wmi::cli {

using SteadyClock = std::chrono::steady_clock;
using Duration = SteadyClock::duration;
using TimePoint = SteadyClock::time_point;

}  // namespace wmi::cli
