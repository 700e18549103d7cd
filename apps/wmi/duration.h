// Lengths of time as users write them: 500ms, 30s, 5m, 1h, 2d.
#pragma once

#include <optional>
#include <string_view>

#include "wmi/clock.h"

namespace wmi::cli {

inline constexpr std::chrono::hours kDurationMax(24 * 366);

// A whole number and its unit, above zero and at most kDurationMax; nothing for anything else.
std::optional<Duration> ParseDuration(std::string_view text);

}  // namespace wmi::cli
