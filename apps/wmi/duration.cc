#include "wmi/duration.h"

#include <charconv>
#include <cstdint>

namespace wmi::cli {

namespace {

struct Unit {
  std::string_view name;
  std::chrono::milliseconds length;
};

constexpr Unit kUnits[] = {{"ms", std::chrono::milliseconds(1)},
                           {"s", std::chrono::seconds(1)},
                           {"m", std::chrono::minutes(1)},
                           {"h", std::chrono::hours(1)},
                           {"d", std::chrono::hours(24)}};

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number <= 0) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(rest - text.data()));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (number > std::chrono::milliseconds(kDurationMax) / unit.length) return std::nullopt;
    return number * unit.length;
  }
  return std::nullopt;
}

}  // namespace wmi::cli
