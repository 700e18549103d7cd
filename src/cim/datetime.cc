#include "cim/datetime.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace wmi::cim {
namespace {

constexpr std::size_t kLength = 25;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

Status Malformed(std::string_view text, std::size_t index, std::string_view expected) {
  ErrorDetail detail;
  detail.message = fmt::format(
      "'{}' is no datetime: {} expected at character {}; write yyyymmddHHMMSS.mmmmmmsUUU or ddddddddHHMMSS.mmmmmm:000",
      text, expected, index + 1);
  detail.parameter = std::string(text);
  detail.line = 1;
  detail.column = static_cast<int>(index + 1);
  return Status(code::kTypeMismatch, std::move(detail));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads fixed fields one after the other.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  // A field of digits, or of asterisks where those are allowed; 0 for asterisks.
  Result<std::int64_t> Field(std::size_t size) {
    const std::size_t start = at_;
    const bool unknown = text_[start] == '*';
    std::int64_t number = 0;
    for (; at_ < start + size; ++at_) {
      const char c = text_[at_];
      if (unknown ? c != '*' : !IsDigit(c)) return Malformed(text_, at_, unknown ? "an asterisk" : "a digit");
      if (!unknown) number = number * 10 + (c - '0');
    }
    has_unknown_ |= unknown;
    return number;
  }
  Status Point() {
    if (text_[at_] != '.') return Malformed(text_, at_, "'.'");
    ++at_;
    return Status();
  }
  char Sign() { return text_[at_++]; }
  bool has_unknown() const { return has_unknown_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool has_unknown_ = false;
};

// Days from 1970-01-01 in the proleptic Gregorian calendar. Months and days out of range count on, since contract 8.6
// asks for no range check.
std::int64_t DaysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t months = year * 12 + (month - 1);
  year = months >= 0 ? months / 12 : (months - 11) / 12;
  month = months - year * 12;  // 0 is January
  // Years start in March, so that the leap day is the last of a year.
  const std::int64_t shifted = month >= 2 ? year : year - 1;
  const std::int64_t month_from_march = (month + 10) % 12;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const std::int64_t year_of_era = shifted - era * 400;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

struct Civil {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

Civil CivilFromDays(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

struct Split {
  std::int64_t days;
  std::int64_t seconds;       // of the day
  std::int64_t microseconds;  // of the second
};

Split SplitMicroseconds(std::int64_t microseconds) {
  std::int64_t seconds = microseconds / kMicrosecondsPerSecond;
  std::int64_t rest = microseconds % kMicrosecondsPerSecond;
  if (rest < 0) {
    rest += kMicrosecondsPerSecond;
    --seconds;
  }
  std::int64_t days = seconds / kSecondsPerDay;
  std::int64_t of_day = seconds % kSecondsPerDay;
  if (of_day < 0) {
    of_day += kSecondsPerDay;
    --days;
  }
  return {days, of_day, rest};
}

std::int64_t JoinMicroseconds(std::int64_t days, std::int64_t hour, std::int64_t minute, std::int64_t second,
                              std::int64_t microsecond) {
  const std::int64_t seconds = days * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return seconds * kMicrosecondsPerSecond + microsecond;
}

Result<Datetime> ParseInterval(std::string_view text) {
  FieldReader reader(text);
  const std::int64_t days = TRY(reader.Field(8));
  const std::int64_t hour = TRY(reader.Field(2));
  const std::int64_t minute = TRY(reader.Field(2));
  const std::int64_t second = TRY(reader.Field(2));
  TRY(reader.Point());
  const std::int64_t microsecond = TRY(reader.Field(6));
  if (reader.has_unknown()) return Malformed(text, text.find('*'), "a digit (an interval has no unknown fields)");
  if (text.substr(22) != "000") return Malformed(text, 22, "000 after ':'");
  Datetime result;
  result.is_interval = true;
  result.is_complete = true;
  result.microseconds = JoinMicroseconds(days, hour, minute, second, microsecond);
  return result;
}

Result<Datetime> ParsePoint(std::string_view text) {
  FieldReader reader(text);
  const std::int64_t year = TRY(reader.Field(4));
  const std::int64_t month = TRY(reader.Field(2));
  const std::int64_t day = TRY(reader.Field(2));
  const std::int64_t hour = TRY(reader.Field(2));
  const std::int64_t minute = TRY(reader.Field(2));
  const std::int64_t second = TRY(reader.Field(2));
  TRY(reader.Point());
  const std::int64_t microsecond = TRY(reader.Field(6));
  const char sign = reader.Sign();
  const std::int64_t zone = TRY(reader.Field(3));
  Datetime result;
  result.is_complete = !reader.has_unknown();
  if (result.is_complete) {
    const std::int64_t minutes_to_utc = sign == '+' ? -zone : zone;
    result.microseconds =
        JoinMicroseconds(DaysFromCivil(year, month, day), hour, minute + minutes_to_utc, second, microsecond);
    result.utc_offset_minutes = static_cast<int>(-minutes_to_utc);
  }
  return result;
}

}  // namespace

Result<Datetime> ParseDatetime(std::string_view text) {
  if (text.size() != kLength) {
    return Malformed(text.substr(0, 2 * kLength), std::min(text.size(), kLength), "exactly 25 characters, the end");
  }
  const char sign = text[21];
  if (sign == ':') return ParseInterval(text);
  if (sign != '+' && sign != '-') return Malformed(text, 21, "'+', '-' or ':'");
  return ParsePoint(text);
}

std::optional<int> CompareDatetime(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const Result<Datetime> left = ParseDatetime(a);
  const Result<Datetime> right = ParseDatetime(b);
  if (!left.ok() || !right.ok()) return std::nullopt;
  if (!left->is_complete || !right->is_complete || left->is_interval != right->is_interval) return std::nullopt;
  if (left->microseconds == right->microseconds) return 0;
  return left->microseconds < right->microseconds ? -1 : 1;
}

std::string FormatDatetime(std::int64_t unix_microseconds, int utc_offset_minutes) {
  // Four digits of year: what lies outside is shown as the nearest instant that can be written.
  const int offset = std::clamp(utc_offset_minutes, -kUtcOffsetMax, kUtcOffsetMax);
  const std::int64_t shift = std::int64_t{offset} * 60 * kMicrosecondsPerSecond;
  const std::int64_t local = std::clamp(unix_microseconds, kDatetimeFirst - shift, kDatetimeLast - shift) + shift;
  const Split split = SplitMicroseconds(local);
  const Civil date = CivilFromDays(split.days);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}.{:06}{}{:03}", date.year, date.month, date.day,
                     split.seconds / 3600, split.seconds / 60 % 60, split.seconds % 60, split.microseconds,
                     offset < 0 ? '-' : '+', offset < 0 ? -offset : offset);
}

std::string FormatLocalDatetime(std::int64_t unix_microseconds) {
  const Split split = SplitMicroseconds(unix_microseconds);
  const std::time_t seconds = split.days * kSecondsPerDay + split.seconds;
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return FormatDatetime(unix_microseconds, 0);
  return FormatDatetime(unix_microseconds, static_cast<int>(local.tm_gmtoff / 60));
}

std::string FormatInterval(std::int64_t microseconds) {
  const Split split = SplitMicroseconds(std::clamp<std::int64_t>(microseconds, 0, kIntervalMax));
  return fmt::format("{:08}{:02}{:02}{:02}.{:06}:000", split.days, split.seconds / 3600, split.seconds / 60 % 60,
                     split.seconds % 60, split.microseconds);
}

}  // namespace wmi::cim
