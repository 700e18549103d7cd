#include "wql/datetime_constant.h"

#include <fmt/format.h>

#include <ctime>
#include <optional>

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
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

bool ReadDate(Scanner& scanner, Moment& out) {
  Scanner compact = scanner;
  if (compact.Digits(4, 4, out.year) && compact.Digits(2, 2, out.month) && compact.Digits(2, 2, out.day)) {
    scanner = compact;
    return true;
  }
  for (const char separator : {'-', '/'}) {
    Scanner year_first = scanner;
    if (year_first.Digits(4, 4, out.year) && year_first.Character(separator) && year_first.Digits(1, 2, out.month) &&
        year_first.Character(separator) && year_first.Digits(1, 2, out.day)) {
      scanner = year_first;
      return true;
    }
  }
  return scanner.Digits(1, 2, out.month) && scanner.Character('/') && scanner.Digits(1, 2, out.day) &&
         scanner.Character('/') && scanner.Digits(4, 4, out.year);
}

// AM and PM count from 12, 1, 2 to 11.
bool ReadHalf(Scanner& scanner, Moment& out) {
  scanner.Blanks();
  if (scanner.rest().empty()) return true;
  const bool is_afternoon = IsKeyword(scanner.rest(), "PM");
  if ((!is_afternoon && !IsKeyword(scanner.rest(), "AM")) || out.hour < 1 || out.hour > 12) return false;
  out.hour = out.hour % 12 + (is_afternoon ? 12 : 0);
  return true;
}

bool ReadTime(Scanner& scanner, Moment& out) {
  if (!scanner.Digits(1, 2, out.hour) || !scanner.Character(':') || !scanner.Digits(2, 2, out.minute)) return false;
  if (scanner.Character(':')) {
    if (!scanner.Digits(2, 2, out.second)) return false;
    if ((scanner.Character(':') || scanner.Character('.')) && !scanner.Digits(3, 3, out.milliseconds)) return false;
  }
  return ReadHalf(scanner, out);
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
  if (moment.year < 1601 || moment.month < 1 || moment.month > 12 || moment.day < 1 ||
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
