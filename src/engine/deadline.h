// Deadline: when a call must have ended, and what it was given.
#pragma once

#include "base/clock.h"

namespace wmi::engine {

// How long a call may take, from its start to its end with all that is read of it.
inline constexpr Duration kNoTimeLimit = Duration::max();
inline constexpr Duration kDefaultTimeLimit = std::chrono::minutes(10);

struct Deadline {
  TimePoint at = TimePoint::max();
  Duration limit = kNoTimeLimit;  // what `at` was made of: the error says it as the caller did

  // Of a call that starts now.
  static Deadline After(const Clock& clock, Duration limit) {
    const TimePoint now = clock.Now();
    if (limit >= TimePoint::max() - now) return {};
    return {now + limit, limit};
  }
};

}  // namespace wmi::engine
