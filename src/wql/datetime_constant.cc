#include "wql/datetime_constant.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <optional>
#include <utility>

#include "cim/datetime.h"
#include "wql/diagnostic.h"
#include "wql/lexer.h"

namespace wmi::wql {

namespace {

struct Moment {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milliseconds = 0;
};

constexpr int kYearMin = 1601;
constexpr std::size_t kClockMark = 3;  // a colon stands in the first characters of a time

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes the text apart from the left. Each step says whether it found what it looked for.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool Digits(std::size_t least, std::size_t most, int& out) {
    std::size_t count = 0;
    int value = 0;
    while (count < most && count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      value = value * 10 + (text_[count] - '0');
      ++count;
    }
    if (count < least) return false;
    out = value;
    text_.remove_prefix(count);
    return true;
  }
  bool Character(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool Blanks() {
    const std::size_t before = text_.size();
    while (Character(' ')) {
    }
    return text_.size() != before;
  }
  void Skip(std::size_t length) { text_.remove_prefix(length); }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// ---- dates

constexpr std::array<std::string_view, 12> kMonths{"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                                   "MAY",       "JUNE",     "JULY",     "AUGUST",
                                                   "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr std::size_t kShortMonth = 3;  // the letters that are enough

// A number as it was written: that it has four digits says that it is a year.
struct Number {
  int value = 0;
  std::size_t digits = 0;

  bool IsYear() const { return digits == 4 || (digits == 2 && value > 31); }
  bool IsDay() const { return digits <= 2 && value >= 1 && value <= 31; }
  bool IsMonth() const { return digits <= 2 && value >= 1 && value <= 12; }
};

bool ReadNumber(Scanner& scanner, std::size_t most, Number& out) {
  const std::size_t before = scanner.rest().size();
  if (!scanner.Digits(1, most, out.value)) return false;
  out.digits = before - scanner.rest().size();
  return true;
}

// Two digits stand for 1930 to 2029.
bool SetDate(Moment& out, Number year, int month, int day) {
  if (year.digits != 2 && year.digits != 4) return false;
  out.year = year.digits == 4 ? year.value : year.value + (year.value < 30 ? 2000 : 1900);
  out.month = month;
  out.day = day;
  return true;
}

bool ReadMonthName(Scanner& scanner, int& out) {
  std::size_t length = 0;
  while (length < scanner.rest().size() && IsLetter(scanner.rest()[length])) ++length;
  const std::string_view name = scanner.rest().substr(0, length);
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (!IsKeyword(name, kMonths[month]) && !IsKeyword(name, kMonths[month].substr(0, kShortMonth))) continue;
    scanner.Skip(length);
    out = static_cast<int>(month) + 1;
    return true;
  }
  return false;
}

// A month by its name, one year and perhaps one day, in any order: January 21, 1932; 21 Jan32; 1932 January.
bool ReadNamedDate(Scanner& scanner, Moment& out) {
  std::array<Number, 2> numbers;
  std::size_t count = 0;
  int month = 0;
  Scanner end = scanner;
  for (Scanner at = scanner;;) {
    const bool is_month = month == 0 && ReadMonthName(at, month);
    const bool is_number = !is_month && count < numbers.size() && ReadNumber(at, 4, numbers[count]);
    if (!is_month && !is_number) break;
    if (is_number) ++count;
    end = at;  // blanks in front of what is no part of the date are not read
    at.Character(',');
    at.Blanks();
    if (at.rest().substr(0, kClockMark).find(':') != std::string_view::npos) break;
  }
  if (month == 0 || count == 0) return false;
  scanner = end;
  if (count == 1) return numbers[0].digits == 4 && SetDate(out, numbers[0], month, 1);
  if (numbers[1].IsDay() && (numbers[0].IsYear() || !numbers[0].IsDay())) std::swap(numbers[0], numbers[1]);
  return numbers[0].IsDay() && SetDate(out, numbers[1], month, numbers[0].value);
}

// Day and month in this order or the other. With slashes the month comes first, as the United States write it, unless
// the numbers say otherwise; with other separators the numbers have to say it, as both ways are usual.
bool SetDayAndMonth(Moment& out, Number year, Number first, Number second, char separator) {
  const bool month_first = first.IsMonth() && second.IsDay();
  const bool day_first = first.IsDay() && second.IsMonth();
  if (month_first && day_first && separator != '/' && first.value != second.value) return false;
  if (month_first) return SetDate(out, year, first.value, second.value);
  return day_first && SetDate(out, year, second.value, first.value);
}

// Three numbers with the same separator between them, of which the year is known by its digits or its value.
bool ReadSeparatedDate(Scanner& scanner, Moment& out) {
  for (const char separator : {'-', '/', '.'}) {
    Scanner at = scanner;
    Number a;
    Number b;
    Number c;
    if (!ReadNumber(at, 4, a) || !at.Character(separator) || !ReadNumber(at, 4, b) || !at.Character(separator) ||
        !ReadNumber(at, 4, c)) {
      continue;
    }
    scanner = at;
    if (a.IsYear()) {  // the month stands before the day wherever the year comes first
      if (b.IsMonth() && c.IsDay()) return SetDate(out, a, b.value, c.value);
      return b.IsDay() && c.IsMonth() && SetDate(out, a, c.value, b.value);
    }
    if (c.IsYear()) return SetDayAndMonth(out, c, a, b, separator);
    if (b.IsYear()) return SetDayAndMonth(out, b, a, c, separator);
    return separator == '/' && c.digits == 2 && SetDayAndMonth(out, c, a, b, separator);
  }
  return false;
}

// yyyyMMdd, yyyyMM, yyyy and yyMMdd; six digits that could be both of two are neither.
bool ReadCompactDate(Scanner& scanner, Moment& out) {
  const std::string_view text = scanner.rest();
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits != 4 && digits != 6 && digits != 8) return false;
  const auto number = [text](std::size_t at, std::size_t length) {
    Number out_number;
    Scanner part(text.substr(at, length));
    ReadNumber(part, length, out_number);
    return out_number;
  };
  scanner.Skip(digits);
  if (digits == 4) return SetDate(out, number(0, 4), 1, 1);
  if (digits == 8) return SetDate(out, number(0, 4), number(4, 2).value, number(6, 2).value);
  const bool is_month = number(0, 4).value >= kYearMin && number(4, 2).IsMonth();
  const bool is_day = number(2, 2).IsMonth() && number(4, 2).IsDay();
  if (is_month == is_day) return false;
  return is_month ? SetDate(out, number(0, 4), number(4, 2).value, 1)
                  : SetDate(out, number(0, 2), number(2, 2).value, number(4, 2).value);
}

bool ReadDate(Scanner& scanner, Moment& out) {
  Scanner at = scanner;
  for (const auto read : {ReadNamedDate, ReadSeparatedDate, ReadCompactDate}) {
    at = scanner;
    if (!read(at, out)) continue;
    scanner = at;
    return true;
  }
  return false;
}

// ---- times

// AM and PM count from 12, 1, 2 to 11.
bool ReadHalf(Scanner& scanner, Moment& out) {
  scanner.Blanks();
  const bool is_afternoon = IsKeyword(scanner.rest(), "PM");
  if ((!is_afternoon && !IsKeyword(scanner.rest(), "AM")) || out.hour < 1 || out.hour > 12) return false;
  out.hour = out.hour % 12 + (is_afternoon ? 12 : 0);
  return true;
}

bool ReadTime(Scanner& scanner, Moment& out) {
  if (!scanner.Digits(1, 2, out.hour)) return false;
  if (!scanner.Character(':')) return ReadHalf(scanner, out);
  if (!scanner.Digits(2, 2, out.minute)) return false;
  if (scanner.Character(':')) {
    if (!scanner.Digits(2, 2, out.second)) return false;
    if ((scanner.Character(':') || scanner.Character('.')) && !scanner.Digits(3, 3, out.milliseconds)) return false;
  }
  return scanner.rest().empty() || ReadHalf(scanner, out);
}

int DaysInMonth(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::optional<Moment> ReadMoment(std::string_view text) {
  Scanner scanner(text);
  Moment moment;
  if (!ReadDate(scanner, moment)) return std::nullopt;
  if (!scanner.rest().empty() && (!scanner.Blanks() || !ReadTime(scanner, moment))) return std::nullopt;
  if (moment.year < kYearMin || moment.month < 1 || moment.month > 12 || moment.day < 1 ||
      moment.day > DaysInMonth(moment.year, moment.month) || moment.hour > 23 || moment.minute > 59 ||
      moment.second > 59) {
    return std::nullopt;
  }
  return moment;
}

std::int64_t UnixMicroseconds(const Moment& moment) {
  std::tm local{};
  local.tm_year = moment.year - 1900;
  local.tm_mon = moment.month - 1;
  local.tm_mday = moment.day;
  local.tm_hour = moment.hour;
  local.tm_min = moment.minute;
  local.tm_sec = moment.second;
  local.tm_isdst = -1;  // let the zone decide
  return std::int64_t{std::mktime(&local)} * 1'000'000 + std::int64_t{moment.milliseconds} * 1'000;
}

}  // namespace

Result<std::string> NormalizeDatetime(std::string_view text) {
  if (cim::ParseDatetime(text).ok()) return std::string(text);
  if (const std::optional<Moment> moment = ReadMoment(text)) {
    return cim::FormatLocalDatetime(UnixMicroseconds(*moment));
  }
  return Status(code::kInvalidQuery,
                fmt::format("\"{}\" is not a datetime; write yyyymmddHHMMSS.mmmmmmsUUU, or a date such as yyyy-MM-dd, "
                            "yyyyMMdd or MM/dd/yyyy with a time hh:mm:ss if wanted",
                            Excerpt(text)));
}

}  // namespace wmi::wql
