// Sums and differences of DMTF datetimes and intervals, and their conversion between zones (contract 8.6,
// DSP0004 5.2.4). Functions on texts, without state; safe from any thread.
//
// Points keep the zone they are written in. Results are normalised: a month 13 became the next January. Failures:
// kTypeMismatch for a text that is malformed, of the wrong kind, or a point with asterisks, which names no instant;
// kValueOutOfRange for a result that four digits of year, eight of days or an interval, which has no sign, cannot hold.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::cim {

// `value` is a point or an interval.
Result<std::string> AddInterval(std::string_view value, std::string_view interval);
Result<std::string> SubtractInterval(std::string_view value, std::string_view interval);

// The interval from the point `earlier` to the point `later`, whatever their zones.
Result<std::string> DatetimeDifference(std::string_view later, std::string_view earlier);

// The same instant on the clock of another zone, in minutes east of UTC (-999 to 999).
Result<std::string> DatetimeInZone(std::string_view datetime, int utc_offset_minutes);

// The one spelling of a point or interval: 20240230 is 20240301, 25 hours are a day and an hour, -000 is +000. Equal
// values in one zone have equal texts then. A point with asterisks comes back as it is.
Result<std::string> NormalizeDatetime(std::string_view text);

}  // namespace wmi::cim
