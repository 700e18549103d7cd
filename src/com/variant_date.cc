#include "com/variant_date.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cwctype>

namespace wmi::com {
namespace {

constexpr int kSecondsPerDay = 86400;
constexpr std::int64_t kMillisecondsPerDay = 86400000;
constexpr std::int64_t kDayOfUnixEpoch = 25569;  // 1970-01-01 as a DATE

struct Day {
  int year;
  int month;
  int day;
};

// Days since 1970-01-01 of the proleptic Gregorian calendar, counted from March so that the leap day comes last.
std::int64_t UnixDays(const Day& d) {
  const std::int64_t year = d.month <= 2 ? d.year - 1 : d.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

Day DayFromUnixDays(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

bool DayExists(const Day& d) {
  if (d.year < 100 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1) return false;
  const Day back = DayFromUnixDays(UnixDays(d));
  return back.month == d.month && back.day == d.day;
}

// A DATE is a day number and a time of day side by side: before day 0 the fraction still counts forward.
double Compose(const Day& day, std::int64_t milliseconds) {
  const auto days = static_cast<double>(UnixDays(day) + kDayOfUnixEpoch);
  const double time = static_cast<double>(milliseconds) / static_cast<double>(kMillisecondsPerDay);
  return days < 0 ? days - time : days + time;
}

void Split(double date, std::int64_t& days, std::int64_t& milliseconds) {
  const double whole = std::trunc(date);
  days = static_cast<std::int64_t>(whole);
  milliseconds = std::llround(std::fabs(date - whole) * static_cast<double>(kMillisecondsPerDay));
  if (milliseconds == kMillisecondsPerDay) {
    ++days;
    milliseconds = 0;
  }
}

// Reads dates and times from the front of a text.
class Reader {
 public:
  explicit Reader(std::wstring_view text) : text_(text) {}

  bool Number(int& value) {
    if (text_.empty() || !IsDigit(text_.front())) return false;
    value = 0;
    for (int digits = 0; !text_.empty() && IsDigit(text_.front()); ++digits) {
      if (digits == 4) return false;
      value = value * 10 + static_cast<int>(text_.front() - L'0');
      text_.remove_prefix(1);
    }
    return true;
  }
  bool Take(wchar_t c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool TakeLetters(wchar_t first) {  // "AM" or "PM"
    if (text_.size() < 2 || std::towupper(static_cast<wint_t>(text_[0])) != static_cast<wint_t>(first) ||
        std::towupper(static_cast<wint_t>(text_[1])) != L'M') {
      return false;
    }
    text_.remove_prefix(2);
    return true;
  }
  void SkipBlanks() {
    while (!text_.empty() && (text_.front() == L' ' || text_.front() == L'\t')) text_.remove_prefix(1);
  }
  bool AtEnd() const { return text_.empty(); }

 private:
  static bool IsDigit(wchar_t c) { return c >= L'0' && c <= L'9'; }
  std::wstring_view text_;
};

bool ReadDay(Reader& reader, Day& day) {
  int first = 0;
  if (!reader.Number(first)) return false;
  if (reader.Take(L'-')) {
    day.year = first;
    return reader.Number(day.month) && reader.Take(L'-') && reader.Number(day.day);
  }
  day.month = first;
  return reader.Take(L'/') && reader.Number(day.day) && reader.Take(L'/') && reader.Number(day.year);
}

bool ReadTime(Reader& reader, int& seconds) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!reader.Number(hour) || !reader.Take(L':') || !reader.Number(minute)) return false;
  if (reader.Take(L':') && !reader.Number(second)) return false;
  reader.SkipBlanks();
  const bool morning = reader.TakeLetters(L'A');
  const bool afternoon = !morning && reader.TakeLetters(L'P');
  if (morning || afternoon) {
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (afternoon ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  seconds = (hour * 60 + minute) * 60 + second;
  return true;
}

}  // namespace

bool IsDate(double date) { return date > kDateMin - 1 && date < kDateEnd; }

HRESULT TextFromDate(double date, std::string& text) {
  if (!IsDate(date)) return DISP_E_OVERFLOW;
  std::int64_t days = 0;
  std::int64_t milliseconds = 0;
  Split(date, days, milliseconds);
  const Day day = DayFromUnixDays(days - kDayOfUnixEpoch);
  const int seconds = static_cast<int>((milliseconds + 500) / 1000) % kSecondsPerDay;
  char buffer[64];
  text.clear();
  if (days != 0 || seconds == 0) {
    std::snprintf(buffer, sizeof buffer, "%02d/%02d/%04d", day.month, day.day, day.year);
    text = buffer;
  }
  if (seconds != 0) {
    std::snprintf(buffer, sizeof buffer, "%s%02d:%02d:%02d", text.empty() ? "" : " ", seconds / 3600, seconds / 60 % 60,
                  seconds % 60);
    text += buffer;
  }
  return S_OK;
}

HRESULT DateFromText(std::wstring_view text, double& date) {
  Reader reader(text);
  reader.SkipBlanks();
  Reader time_only = reader;
  int seconds = 0;
  if (ReadTime(time_only, seconds)) {
    time_only.SkipBlanks();
    if (!time_only.AtEnd()) return DISP_E_TYPEMISMATCH;
    date = static_cast<double>(seconds) / kSecondsPerDay;
    return S_OK;
  }
  Day day{};
  if (!ReadDay(reader, day) || !DayExists(day)) return DISP_E_TYPEMISMATCH;
  if (!reader.Take(L'T')) reader.SkipBlanks();
  seconds = 0;
  if (!reader.AtEnd() && !ReadTime(reader, seconds)) return DISP_E_TYPEMISMATCH;
  reader.SkipBlanks();
  if (!reader.AtEnd()) return DISP_E_TYPEMISMATCH;
  date = Compose(day, std::int64_t{seconds} * 1000);
  return S_OK;
}

}  // namespace wmi::com

INT SystemTimeToVariantTime(LPSYSTEMTIME lpSystemTime, DOUBLE* pvtime) {
  if (lpSystemTime == nullptr || pvtime == nullptr) return FALSE;
  const SYSTEMTIME& t = *lpSystemTime;
  const wmi::com::Day day{t.wYear, t.wMonth, t.wDay};
  if (!wmi::com::DayExists(day) || t.wHour > 23 || t.wMinute > 59 || t.wSecond > 59) return FALSE;
  *pvtime = wmi::com::Compose(day, ((std::int64_t{t.wHour} * 60 + t.wMinute) * 60 + t.wSecond) * 1000);
  return TRUE;
}

INT VariantTimeToSystemTime(DOUBLE vtime, LPSYSTEMTIME lpSystemTime) {
  if (lpSystemTime == nullptr || !wmi::com::IsDate(vtime)) return FALSE;
  std::int64_t days = 0;
  std::int64_t milliseconds = 0;
  wmi::com::Split(vtime, days, milliseconds);
  const wmi::com::Day day = wmi::com::DayFromUnixDays(days - wmi::com::kDayOfUnixEpoch);
  // Automation rounds to whole seconds.
  const int seconds = static_cast<int>((milliseconds + 500) / 1000) % wmi::com::kSecondsPerDay;
  *lpSystemTime = SYSTEMTIME();
  lpSystemTime->wYear = static_cast<WORD>(day.year);
  lpSystemTime->wMonth = static_cast<WORD>(day.month);
  lpSystemTime->wDay = static_cast<WORD>(day.day);
  lpSystemTime->wDayOfWeek = static_cast<WORD>(((days - wmi::com::kDayOfUnixEpoch + 4) % 7 + 7) % 7);
  lpSystemTime->wHour = static_cast<WORD>(seconds / 3600);
  lpSystemTime->wMinute = static_cast<WORD>(seconds / 60 % 60);
  lpSystemTime->wSecond = static_cast<WORD>(seconds % 60);
  return TRUE;
}
