// What the engine allows of events, and Win32_WMISetting says of it (contract 6.2): one number for both.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wmi::provider {

// Bytes of the events that wait for one slow subscriber; then the oldest give way.
inline constexpr std::size_t kHighThresholdOnEvents = 20'000'000;
// From here on who fires is held up, where the subscription says so (SlowDownProviders).
inline constexpr std::size_t kLowThresholdOnEvents = kHighThresholdOnEvents / 2;
// How long one call that fires is held up, at most.
inline constexpr std::uint32_t kMaxWaitOnEventsMs = 2000;

}  // namespace wmi::provider
