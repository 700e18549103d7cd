#include "cim/datetime_arithmetic.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "cim/datetime.h"

namespace wmi::cim {
namespace {

constexpr std::int64_t kMicrosecondsPerMinute = 60'000'000;

Status Failure(Code code, std::string_view text, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = std::string(text);
  return Status(code, std::move(detail));
}

Result<Datetime> ParseComplete(std::string_view text) {
  Datetime value = TRY(ParseDatetime(text));
  if (value.is_complete) return value;
  return Failure(code::kTypeMismatch, text,
                 fmt::format("'{}' has asterisks and names no instant to calculate with", text));
}

enum class Kind { kPoint, kInterval };
enum class Direction { kForward, kBack };

Result<Datetime> ParseKind(std::string_view text, Kind kind) {
  Datetime value = TRY(ParseComplete(text));
  if (value.is_interval == (kind == Kind::kInterval)) return value;
  return Failure(code::kTypeMismatch, text,
                 kind == Kind::kInterval ? fmt::format("'{}' is a point in time; an interval is needed", text)
                                         : fmt::format("'{}' is an interval; a point in time is needed", text));
}

// The text of a value, or kValueOutOfRange; `source` is the text to blame.
Result<std::string> Print(const Datetime& value, std::string_view source) {
  if (value.is_interval) {
    if (value.microseconds >= 0 && value.microseconds <= kIntervalMax) return FormatInterval(value.microseconds);
    return Failure(code::kValueOutOfRange, source, "the interval is negative or longer than 99999999 days");
  }
  const std::int64_t shift = value.utc_offset_minutes * kMicrosecondsPerMinute;
  // The bounds move, not the value, which may be at the end of its type.
  if (value.microseconds >= kDatetimeFirst - shift && value.microseconds <= kDatetimeLast - shift) {
    return FormatDatetime(value.microseconds, value.utc_offset_minutes);
  }
  return Failure(code::kValueOutOfRange, source, "the point in time is before the year 0000 or after 9999");
}

Result<std::string> Shift(std::string_view value_text, std::string_view interval_text, Direction direction) {
  Datetime value = TRY(ParseComplete(value_text));
  const Datetime interval = TRY(ParseKind(interval_text, Kind::kInterval));
  const bool overflow = direction == Direction::kForward
                            ? __builtin_add_overflow(value.microseconds, interval.microseconds, &value.microseconds)
                            : __builtin_sub_overflow(value.microseconds, interval.microseconds, &value.microseconds);
  if (overflow) return Failure(code::kValueOutOfRange, value_text, "the sum is longer than 99999999 days");
  return Print(value, value_text);
}

}  // namespace

Result<std::string> AddInterval(std::string_view value, std::string_view interval) {
  return Shift(value, interval, Direction::kForward);
}

Result<std::string> SubtractInterval(std::string_view value, std::string_view interval) {
  return Shift(value, interval, Direction::kBack);
}

Result<std::string> DatetimeDifference(std::string_view later, std::string_view earlier) {
  const Datetime end = TRY(ParseKind(later, Kind::kPoint));
  const Datetime begin = TRY(ParseKind(earlier, Kind::kPoint));
  Datetime difference;
  difference.is_interval = true;
  difference.is_complete = true;
  difference.microseconds = end.microseconds - begin.microseconds;  // years 0 to 9999: far from the ends of the type
  return Print(difference, later);
}

Result<std::string> DatetimeInZone(std::string_view datetime, int utc_offset_minutes) {
  Datetime value = TRY(ParseKind(datetime, Kind::kPoint));
  if (utc_offset_minutes < -kUtcOffsetMax || utc_offset_minutes > kUtcOffsetMax) {
    return Failure(code::kValueOutOfRange, datetime,
                   fmt::format("a zone of {} minutes cannot be written; three digits are", utc_offset_minutes));
  }
  value.utc_offset_minutes = utc_offset_minutes;
  return Print(value, datetime);
}

Result<std::string> NormalizeDatetime(std::string_view text) {
  const Datetime value = TRY(ParseDatetime(text));
  if (!value.is_complete) return std::string(text);
  return Print(value, text);
}

}  // namespace wmi::cim
