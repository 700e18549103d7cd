// The classes of the clock: Win32_TimeZone from the zone file of the machine, Win32_LocalTime and Win32_UTCTime.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// The day and time at which a zone changes over: "M3.5.0/2", the last Sunday of March at two o'clock. A value.
struct ZoneChange {
  std::uint32_t month = 0;        // 1 to 12
  std::uint32_t week = 0;         // 1 to 5, 5 is the last
  std::uint32_t day_of_week = 0;  // 0 is Sunday
  std::uint32_t hour = 0;
  std::uint32_t minute = 0;
  std::uint32_t second = 0;
};

// What a zone does from now on. A value.
struct ZoneRule {
  std::string standard_name;
  std::int32_t standard_minutes = 0;  // east of UTC
  std::string daylight_name;          // empty: there is no summer time
  std::int32_t daylight_minutes = 0;  // east of UTC
  // Of the rules that a week and a time of the same day express; other rules are nothing.
  std::optional<ZoneChange> daylight_start;
  std::optional<ZoneChange> standard_start;
};

// From the form that the variable TZ has in POSIX ("CET-1CEST,M3.5.0,M10.5.0/3"); nothing when it is malformed.
std::optional<ZoneRule> ParseZoneRule(std::string_view text);
// The rule at the end of a zone file (tzfile(5)); empty when the file has none.
std::string_view ZoneFileRule(std::string_view file);

struct TimeZoneView : ViewBase {
  std::string name;  // "Europe/Berlin"; empty when unknown
  std::optional<ZoneRule> rule;
};

struct TimeZone {
  using View = TimeZoneView;
  static constexpr std::string_view kClass = "Win32_TimeZone";
  static constexpr std::string_view kAbout =
      "One instance: the zone of the machine, not that of a program with TZ in its environment. Its rule is the last "
      "line of the zone file, which says what holds from now on. A machine without `/etc/localtime` keeps UTC.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The clock, read once for a row.
struct CurrentTimeView : ViewBase {
  std::tm time{};
  std::uint32_t milliseconds = 0;
};

struct LocalTime {
  using View = CurrentTimeView;
  static constexpr std::string_view kClass = "Win32_LocalTime";
  static constexpr std::string_view kAbout =
      "One instance, `Win32_LocalTime=@`: the clock in the zone of this process.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct UtcTime {
  using View = CurrentTimeView;
  static constexpr std::string_view kClass = "Win32_UTCTime";
  static constexpr std::string_view kAbout = "One instance, `Win32_UTCTime=@`: the clock in UTC.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
