// DMTF datetime and interval: yyyymmddHHMMSS.mmmmmmsUUU and ddddddddHHMMSS.mmmmmm:000 (contract 8.6, DSP0004 5.2.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::cim {

// A datetime value taken apart. A value.
struct Datetime {
  bool is_interval = false;
  bool is_complete = false;  // no asterisks, and a zone for a point in time
  // Complete point: microseconds since 1970-01-01 UTC. Interval: microseconds.
  std::int64_t microseconds = 0;
  int utc_offset_minutes = 0;  // complete point: the zone it is written in
};

// The first and last point that can be written, as microseconds from 1970-01-01 on the clock of their zone, and the
// longest interval.
inline constexpr std::int64_t kDatetimeFirst = -62'167'219'200'000'000;
inline constexpr std::int64_t kDatetimeLast = 253'402'300'799'999'999;
inline constexpr std::int64_t kIntervalMax = 8'639'999'999'999'999'999;
inline constexpr int kUtcOffsetMax = 999;

// Checks form only as contract 8.6 asks (25 characters, digits or whole fields of asterisks). kTypeMismatch otherwise.
Result<Datetime> ParseDatetime(std::string_view text);

// Order of two values: by instant when both are complete and of one kind; otherwise only equality of the text is
// known (0) and anything else is unordered (nullopt).
std::optional<int> CompareDatetime(std::string_view a, std::string_view b);

// A point in time in the given zone (minutes east of UTC).
std::string FormatDatetime(std::int64_t unix_microseconds, int utc_offset_minutes);
// The zone of this machine at that instant.
std::string FormatLocalDatetime(std::int64_t unix_microseconds);
std::string FormatInterval(std::int64_t microseconds);

}  // namespace wmi::cim
