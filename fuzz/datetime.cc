// Datetimes and intervals: what parses prints to the same instant, comparing is an order, sums and differences undo
// each other. The input is two values of 25 characters, one behind the other.
#include "cim/datetime.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cim/datetime_arithmetic.h"

namespace {

constexpr std::size_t kLength = 25;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckOne(std::string_view text) {
  const auto value = wmi::cim::ParseDatetime(text);
  Require(wmi::cim::CompareDatetime(text, text) == 0);
  const auto normal = wmi::cim::NormalizeDatetime(text);
  if (!value.ok()) {
    Require(!normal.ok() && value.status().detail()->column >= 1);
    return;
  }
  if (!normal.ok()) return Require(normal.status().code() == wmi::code::kValueOutOfRange);
  const auto again = wmi::cim::ParseDatetime(*normal);
  Require(again.ok() && again->microseconds == value->microseconds && again->is_interval == value->is_interval);
  Require(wmi::cim::NormalizeDatetime(*normal).value() == *normal);
  if (!value->is_complete || value->is_interval) return;
  Require(again->utc_offset_minutes == value->utc_offset_minutes);
  const auto elsewhere = wmi::cim::DatetimeInZone(text, value->microseconds % 2 == 0 ? 720 : -720);
  if (elsewhere.ok()) Require(wmi::cim::CompareDatetime(text, *elsewhere) == 0);
}

void CheckTwo(std::string_view a, std::string_view b) {
  const auto order = wmi::cim::CompareDatetime(a, b);
  const auto mirrored = wmi::cim::CompareDatetime(b, a);
  Require(order.has_value() == mirrored.has_value() && (!order || *order == -*mirrored));
  const auto sum = wmi::cim::AddInterval(a, b);
  if (sum.ok()) {
    const auto back = wmi::cim::SubtractInterval(*sum, b);
    // `a` may be past what can be written, where its sum cannot be; not the other way round.
    Require(!back.ok() || wmi::cim::CompareDatetime(*back, a) == 0);
  }
  const auto between = wmi::cim::DatetimeDifference(a, b);
  if (between.ok()) {
    Require(order.value() >= 0);
    const auto end = wmi::cim::AddInterval(b, *between);
    Require(!end.ok() || wmi::cim::CompareDatetime(*end, a) == 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, kLength);
  CheckOne(first);
  CheckOne(text);
  if (size > kLength) CheckTwo(first, text.substr(kLength, kLength));
  return 0;
}
