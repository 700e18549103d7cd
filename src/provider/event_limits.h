// What the engine allows of events, and Win32_WMISetting says of it (contract 6.2): one number for both.
#pragma once

#include <cstddef>

namespace wmi::provider {

// Bytes of the events that wait for one slow subscriber; then the oldest give way.
inline constexpr std::size_t kHighThresholdOnEvents = 20'000'000;

}  // namespace wmi::provider
