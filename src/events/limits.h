// Bounds of what events may take.
#pragma once

#include <cstddef>

#include "provider/event_limits.h"

namespace wmi::events {

// Groups that one GROUP BY gathers at a time.
inline constexpr std::size_t kGroupsMax = 10'000;
// Of the events that wait for one slow subscriber; then the oldest give way. Their number: limits::kEventQueueMax.
inline constexpr std::size_t kQueueBytesMax = provider::kHighThresholdOnEvents;
// Instances that one watch compares, and the memory for them.
inline constexpr std::size_t kWatchedInstancesMax = 200'000;
inline constexpr std::size_t kWatchedBytesMax = std::size_t{256} << 20;

}  // namespace wmi::events
