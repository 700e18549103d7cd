#include "providers/linux/system/clock_classes.h"

#include <fmt/format.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kZoneFile = 1u << 0;
constexpr SourceSet kZoneName = 1u << 1;

constexpr std::size_t kZoneFileBytesMax = 256u << 10;
constexpr std::int32_t kSecondsOfHour = 3600;
constexpr std::int32_t kSecondsOfDay = 24 * kSecondsOfHour;

// Reads the parts of a rule off its front.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool Take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // "CET", or "<+03>".
  bool TakeName(std::string& out) {
    const bool is_quoted = Take('<');
    std::size_t length = 0;
    while (length < rest_.size() && (is_quoted ? rest_[length] != '>' : IsLetter(rest_[length]))) ++length;
    out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return length >= 3 && (!is_quoted || Take('>'));
  }
  bool TakeNumber(std::uint32_t max, std::uint32_t& out) {
    out = 0;
    std::size_t length = 0;
    for (; length < rest_.size() && rest_[length] >= '0' && rest_[length] <= '9'; ++length) {
      out = out * 10 + static_cast<std::uint32_t>(rest_[length] - '0');
      if (out > max) return false;
    }
    rest_.remove_prefix(length);
    return length != 0;
  }
  // [+-]hh[:mm[:ss]] in seconds.
  bool TakeTime(std::int32_t& out) {
    const bool is_negative = Take('-');
    if (!is_negative) Take('+');
    constexpr std::uint32_t kHoursMax = 167;
    std::uint32_t hours = 0;
    std::uint32_t minutes = 0;
    std::uint32_t seconds = 0;
    if (!TakeNumber(kHoursMax, hours)) return false;
    if (Take(':')) {
      if (!TakeNumber(59, minutes)) return false;
      if (Take(':') && !TakeNumber(59, seconds)) return false;
    }
    out = static_cast<std::int32_t>((hours * 60 + minutes) * 60 + seconds);
    if (is_negative) out = -out;
    return true;
  }
  // One change-over; a well-formed one that the classes cannot express leaves `out` empty.
  bool TakeChange(std::optional<ZoneChange>& out) {
    ZoneChange change;
    bool is_expressible = false;
    std::uint32_t unused = 0;
    if (Take('M')) {
      if (!TakeNumber(12, change.month) || !Take('.') || !TakeNumber(5, change.week) || !Take('.') ||
          !TakeNumber(6, change.day_of_week)) {
        return false;
      }
      if (change.month == 0 || change.week == 0) return false;
      is_expressible = true;
    } else {
      Take('J');
      if (!TakeNumber(365, unused)) return false;
    }
    std::int32_t time = 2 * kSecondsOfHour;
    if (Take('/') && !TakeTime(time)) return false;
    if (!is_expressible || time < 0 || time >= kSecondsOfDay) return true;
    change.hour = static_cast<std::uint32_t>(time / kSecondsOfHour);
    change.minute = static_cast<std::uint32_t>(time / 60 % 60);
    change.second = static_cast<std::uint32_t>(time % 60);
    out = change;
    return true;
  }

 private:
  static bool IsLetter(char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
  }

  std::string_view rest_;
};

// The part of a path behind ".../zoneinfo/".
std::string ZoneOfLink(std::string_view target) {
  constexpr std::string_view kFolder = "zoneinfo/";
  const std::size_t at = target.find(kFolder);
  return at == std::string_view::npos ? std::string() : std::string(target.substr(at + kFolder.size()));
}

std::string ReadZoneName(const Machine& machine) {
  TextBuffer target;
  const std::string path = machine.root.etc + "/localtime";
  if (machine.files->ReadLink(kNoDirectory, path.c_str(), target) == 0) {
    std::string name = ZoneOfLink(target.text());
    if (!name.empty()) return name;
  }
  return ReadLine(*machine.files, machine.root.etc + "/timezone");
}

void WriteStandardName(const TimeZoneView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.rule ? view.rule->standard_name : view.name);
}

void WriteZoneCaption(const TimeZoneView& view, RowWriter& row, std::size_t slot) {
  const std::string& name = view.name.empty() && view.rule ? view.rule->standard_name : view.name;
  if (!view.rule) return SetTextOrNull(row, slot, name);
  const std::int32_t minutes = view.rule->standard_minutes;
  const std::int32_t size = std::abs(minutes);
  row.SetText(slot, fmt::format("(UTC{}{:02}:{:02}) {}", minutes < 0 ? '-' : '+', size / 60, size % 60, name));
}

// One number of a change-over.
template <std::optional<ZoneChange> ZoneRule::* kChange, std::uint32_t ZoneChange::* kPart>
void WriteChange(const TimeZoneView& view, RowWriter& row, std::size_t slot) {
  if (view.rule && view.rule.value().*kChange) row.SetUnsigned(slot, (view.rule.value().*kChange).value().*kPart);
}

// A change-over every year, to the whole second: the rest of it is 0.
template <std::optional<ZoneChange> ZoneRule::* kChange>
void WriteChangeZero(const TimeZoneView& view, RowWriter& row, std::size_t slot) {
  if (view.rule && view.rule.value().*kChange) row.SetUnsigned(slot, 0);
}

constexpr Source kZoneSources[] = {
    {kZoneFile, "`/etc/localtime`", Cost::kFile},
    {kZoneName, "where the link `/etc/localtime` points, else `/etc/timezone`", Cost::kFile},
};

constexpr auto kToDaylight = &ZoneRule::daylight_start;
constexpr auto kToStandard = &ZoneRule::standard_start;

constexpr Column<TimeZoneView> kZoneColumns[] = {
    {"StandardName", kZoneFile | kZoneName, WriteStandardName,
     "the abbreviation of standard time, `CET`; the name of the zone where its file has no rule."},
    {"Caption", kZoneFile | kZoneName, WriteZoneCaption, "`(UTC+01:00) Europe/Berlin`, with the standard time."},
    {"Description", kZoneFile | kZoneName, WriteZoneCaption, "as `Caption`."},
    {"Bias", kZoneFile,
     [](const TimeZoneView& v, RowWriter& row, std::size_t slot) {
       if (v.rule) row.SetSigned(slot, v.rule->standard_minutes);
     },
     "minutes of standard time east of UTC. NULL without a rule."},
    {"StandardBias", kZoneFile,
     [](const TimeZoneView& v, RowWriter& row, std::size_t slot) {
       if (v.rule) row.SetUnsigned(slot, 0);
     },
     "0: Bias is that of standard time."},
    {"DaylightBias", kZoneFile,
     [](const TimeZoneView& v, RowWriter& row, std::size_t slot) {
       if (v.rule && !v.rule->daylight_name.empty())
         row.SetSigned(slot, v.rule->standard_minutes - v.rule->daylight_minutes);
     },
     "what is taken from Bias in summer: -60 for an hour ahead. NULL without summer time."},
    {"DaylightName", kZoneFile,
     [](const TimeZoneView& v, RowWriter& row, std::size_t slot) {
       if (v.rule) SetTextOrNull(row, slot, v.rule->daylight_name);
     },
     "the abbreviation of summer time, `CEST`. NULL without summer time."},
    {"DaylightMonth", kZoneFile, WriteChange<kToDaylight, &ZoneChange::month>,
     "month in which summer time starts. This and the others of the start are NULL without summer time, and for a rule "
     "that is no week of a month and time of that day."},
    {"DaylightDay", kZoneFile, WriteChange<kToDaylight, &ZoneChange::week>, "week of that month; 5 is the last."},
    {"DaylightDayOfWeek", kZoneFile, WriteChange<kToDaylight, &ZoneChange::day_of_week>, "day of that week."},
    {"DaylightHour", kZoneFile, WriteChange<kToDaylight, &ZoneChange::hour>, "hour of that day."},
    {"DaylightMinute", kZoneFile, WriteChange<kToDaylight, &ZoneChange::minute>, "minute of that hour."},
    {"DaylightSecond", kZoneFile, WriteChange<kToDaylight, &ZoneChange::second>, "second of that minute."},
    {"DaylightMillisecond", kZoneFile, WriteChangeZero<kToDaylight>, "0."},
    {"DaylightYear", kZoneFile, WriteChangeZero<kToDaylight>, "0: every year."},
    {"StandardMonth", kZoneFile, WriteChange<kToStandard, &ZoneChange::month>,
     "month in which summer time ends. This and the others of the end are NULL as those of the start."},
    {"StandardDay", kZoneFile, WriteChange<kToStandard, &ZoneChange::week>, "week of that month; 5 is the last."},
    {"StandardDayOfWeek", kZoneFile, WriteChange<kToStandard, &ZoneChange::day_of_week>, "day of that week."},
    {"StandardHour", kZoneFile, WriteChange<kToStandard, &ZoneChange::hour>, "hour of that day."},
    {"StandardMinute", kZoneFile, WriteChange<kToStandard, &ZoneChange::minute>, "minute of that hour."},
    {"StandardSecond", kZoneFile, WriteChange<kToStandard, &ZoneChange::second>, "second of that minute."},
    {"StandardMillisecond", kZoneFile, WriteChangeZero<kToStandard>, "0."},
    {"StandardYear", kZoneFile, WriteChangeZero<kToStandard>, "0: every year."},
};

// A part of a date, which is never negative.
void SetPart(RowWriter& row, std::size_t slot, int part) { row.SetUnsigned(slot, static_cast<std::uint64_t>(part)); }

template <int std::tm::* kPart, int kFirst = 0>
void WriteTimePart(const CurrentTimeView& view, RowWriter& row, std::size_t slot) {
  SetPart(row, slot, view.time.*kPart + kFirst);
}

constexpr Column<CurrentTimeView> kTimeColumns[] = {
    {"Year", 0, WriteTimePart<&std::tm::tm_year, 1900>, "the clock."},
    {"Quarter", 0,
     [](const CurrentTimeView& v, RowWriter& row, std::size_t slot) { SetPart(row, slot, v.time.tm_mon / 3 + 1); },
     "the clock: quarter of the year, 1 to 4."},
    {"Month", 0, WriteTimePart<&std::tm::tm_mon, 1>, "the clock."},
    {"WeekInMonth", 0,
     [](const CurrentTimeView& v, RowWriter& row, std::size_t slot) {
       // Days that the first week, from Sunday on, lacks.
       const int before = (v.time.tm_wday - (v.time.tm_mday - 1) % 7 + 7) % 7;
       SetPart(row, slot, (v.time.tm_mday - 1 + before) / 7 + 1);
     },
     "the clock: weeks start on Sunday, the first may be short."},
    {"Day", 0, WriteTimePart<&std::tm::tm_mday>, "the clock."},
    {"DayOfWeek", 0, WriteTimePart<&std::tm::tm_wday>, "the clock: 0 is Sunday."},
    {"Hour", 0, WriteTimePart<&std::tm::tm_hour>, "the clock."},
    {"Minute", 0, WriteTimePart<&std::tm::tm_min>, "the clock."},
    {"Second", 0, WriteTimePart<&std::tm::tm_sec>, "the clock."},
    {"Milliseconds", 0,
     [](const CurrentTimeView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.milliseconds); },
     "the clock; Windows leaves it NULL."},
};

Status LoadTime(std::tm* (*convert)(const std::time_t*, std::tm*), std::vector<CurrentTimeView>& out) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto now = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::time_t seconds = now / 1000;
  CurrentTimeView view;
  view.milliseconds = static_cast<std::uint32_t>(now % 1000);
  if (convert(&seconds, &view.time) == nullptr) {
    return Status(code::kProviderFailure,
                  fmt::format("the clock says {} s, a year that no calendar here holds", seconds));
  }
  out.push_back(view);
  return Status();
}

}  // namespace

std::optional<ZoneRule> ParseZoneRule(std::string_view text) {
  RuleReader reader(text);
  ZoneRule rule;
  std::int32_t west = 0;
  if (!reader.TakeName(rule.standard_name) || !reader.TakeTime(west)) return std::nullopt;
  rule.standard_minutes = -west / 60;
  if (reader.at_end()) return rule;
  if (!reader.TakeName(rule.daylight_name)) return std::nullopt;
  std::int32_t daylight_west = west - kSecondsOfHour;
  bool has_changes = reader.Take(',');
  if (!has_changes && !reader.at_end()) {
    if (!reader.TakeTime(daylight_west)) return std::nullopt;
    has_changes = reader.Take(',');
  }
  rule.daylight_minutes = -daylight_west / 60;
  // Without change-overs it is for the C library to know them; a zone file always has both.
  if (!has_changes) return reader.at_end() ? std::optional(rule) : std::nullopt;
  if (!reader.TakeChange(rule.daylight_start) || !reader.Take(',') || !reader.TakeChange(rule.standard_start) ||
      !reader.at_end()) {
    return std::nullopt;
  }
  return rule;
}

std::string_view ZoneFileRule(std::string_view file) {
  constexpr std::size_t kVersionAt = 4;
  if (!file.starts_with("TZif") || file.size() <= kVersionAt || file[kVersionAt] < '2' || file.back() != '\n')
    return {};
  file.remove_suffix(1);
  const std::size_t start = file.rfind('\n');
  return start == std::string_view::npos ? std::string_view() : file.substr(start + 1);
}

std::span<const Source> TimeZone::Sources() { return kZoneSources; }
std::span<const Column<TimeZoneView>> TimeZone::Columns() { return kZoneColumns; }

Status TimeZone::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  View view;
  if (asked.Wants(kZoneFile)) {
    TextBuffer buffer;
    const std::string path = machine.root.etc + "/localtime";
    const int error = machine.files->Read(kNoDirectory, path.c_str(), kZoneFileBytesMax, buffer);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    if (OutcomeOf(error) == Outcome::kGone) {
      view.rule.emplace().standard_name = "UTC";
    } else if (error == 0) {
      view.rule = ParseZoneRule(ZoneFileRule(buffer.text()));
    }
  }
  if (asked.Wants(kZoneName)) view.name = ReadZoneName(machine);
  out.push_back(std::move(view));
  return Status();
}

std::span<const Source> LocalTime::Sources() { return {}; }
std::span<const Column<CurrentTimeView>> LocalTime::Columns() { return kTimeColumns; }
Status LocalTime::Load(const Machine&, const Asked&, std::vector<View>& out) { return LoadTime(::localtime_r, out); }

std::span<const Source> UtcTime::Sources() { return {}; }
std::span<const Column<CurrentTimeView>> UtcTime::Columns() { return kTimeColumns; }
Status UtcTime::Load(const Machine&, const Asked&, std::vector<View>& out) { return LoadTime(::gmtime_r, out); }

}  // namespace wmi::linuxos
