// <wbemtime.h>: the calendar, the zone of the machine, and the text forms (contract 8.6).
#include <wbemtime.h>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "com/bstr.h"

namespace {

constexpr std::int64_t kTicksPerMicrosecond = 10;
constexpr std::int64_t kTicksPerMillisecond = 10'000;
constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kTicksPerDay = kSecondsPerDay * kTicksPerSecond;
// From 1601-01-01 to 1970-01-01.
constexpr std::int64_t kUnixEpochDays = 134'774;
constexpr std::int64_t kUnixEpochSeconds = kUnixEpochDays * kSecondsPerDay;
constexpr std::size_t kTextLength = 25;

// A point in time taken apart.
struct Civil {
  std::int64_t year;
  int month;
  int day;
  int hour;
  int minute;
  int second;
  int ticks;  // of the second
};

bool IsLeap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysOfMonth(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

bool Exists(const Civil& c) {
  return c.year >= 1 && c.year <= 30'828 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
         c.day <= DaysOfMonth(c.year, c.month) && c.hour >= 0 && c.hour <= 23 && c.minute >= 0 && c.minute <= 59 &&
         c.second >= 0 && c.second <= 59;
}

// Days from 1601-01-01 to the first of a year, which may lie before.
std::int64_t DaysBeforeYear(std::int64_t year) {
  const std::int64_t y = year - 1;
  constexpr std::int64_t kBefore1601 = 1600 * 365 + 1600 / 4 - 1600 / 100 + 1600 / 400;
  return y * 365 + y / 4 - y / 100 + y / 400 - kBefore1601;
}

// 100 nanoseconds since 1601, negative before. Leaves out what an int64 cannot hold: INT64_MIN.
std::int64_t TicksOf(const Civil& c) {
  std::int64_t days = DaysBeforeYear(c.year) + c.day - 1;
  for (int month = 1; month < c.month; ++month) days += DaysOfMonth(c.year, month);
  const std::int64_t seconds =
      days * kSecondsPerDay + std::int64_t{c.hour} * 3600 + std::int64_t{c.minute} * 60 + c.second;
  std::int64_t ticks = 0;
  if (__builtin_mul_overflow(seconds, kTicksPerSecond, &ticks)) return INT64_MIN;
  return __builtin_add_overflow(ticks, c.ticks, &ticks) ? INT64_MIN : ticks;
}

ULONGLONG TimeOf(const Civil& c) {
  if (!Exists(c)) return INVALID_TIME;
  const std::int64_t ticks = TicksOf(c);
  return ticks < 0 ? INVALID_TIME : static_cast<ULONGLONG>(ticks);
}

// `ticks` not before the year 1.
Civil CivilOf(std::int64_t ticks) {
  std::int64_t days = ticks / kTicksPerDay;
  std::int64_t rest = ticks % kTicksPerDay;
  if (rest < 0) {
    rest += kTicksPerDay;
    --days;
  }
  Civil c{};
  // At most one too late; 400 years have 146097 days.
  c.year = 1601 + days * 400 / 146'097 + 1;
  while (DaysBeforeYear(c.year) > days) --c.year;
  int day = static_cast<int>(days - DaysBeforeYear(c.year));
  for (c.month = 1; day >= DaysOfMonth(c.year, c.month); ++c.month) day -= DaysOfMonth(c.year, c.month);
  c.day = day + 1;
  const int seconds = static_cast<int>(rest / kTicksPerSecond);
  c.hour = seconds / 3600;
  c.minute = seconds / 60 % 60;
  c.second = seconds % 60;
  c.ticks = static_cast<int>(rest % kTicksPerSecond);
  return c;
}

// Monday is 1, as in SYSTEMTIME and struct tm; 1601-01-01 was one.
int DayOfWeek(ULONGLONG time) { return static_cast<int>((time / kTicksPerDay + 1) % 7); }

// Whole minutes east of UTC.
int LocalOffset(ULONGLONG time) {
  if (time > INT64_MAX) return 0;
  const std::time_t seconds = static_cast<std::time_t>(time / kTicksPerSecond) - kUnixEpochSeconds;
  std::tm local{};
  return localtime_r(&seconds, &local) == nullptr ? 0 : static_cast<int>(local.tm_gmtoff / 60);
}

// The digits of one text, where an asterisk may stand for the digit of another.
class Digits {
 public:
  // Exactly 25 characters of `text`; not valid otherwise.
  Digits(LPCOLESTR text, const char* defaults) : defaults_(defaults) {
    if (text == nullptr) return;
    std::size_t size = 0;
    while (size <= kTextLength && text[size] != 0) ++size;
    valid_ = size == kTextLength;
    if (valid_) text_ = text;
  }

  // A number of `size` digits at `start`.
  int Number(std::size_t start, std::size_t size) {
    int number = 0;
    for (std::size_t i = start; valid_ && i < start + size; ++i) {
      const wchar_t c = text_[i] == L'*' ? static_cast<wchar_t>(defaults_[i]) : text_[i];
      valid_ = c >= L'0' && c <= L'9';
      number = number * 10 + static_cast<int>(c - L'0');
    }
    return number;
  }
  void Expect(std::size_t at, wchar_t c) { valid_ = valid_ && text_[at] == c; }
  // +1 or -1.
  int Sign(std::size_t at) {
    const bool minus = valid_ && text_[at] == L'-';
    valid_ = valid_ && (minus || text_[at] == L'+');
    return minus ? -1 : 1;
  }
  bool valid() const { return valid_; }

 private:
  LPCOLESTR text_ = nullptr;
  const char* defaults_;
  bool valid_ = false;
};

// yyyymmddHHMMSS.mmmmmm of an instant as a clock `offset` minutes east of UTC shows it, then `zone`. NULL if the year
// has not four digits there.
BSTR PointText(ULONGLONG time, int offset, const char* zone) {
  if (time > INT64_MAX - static_cast<ULONGLONG>(kTicksPerDay)) return nullptr;
  const Civil c = CivilOf(static_cast<std::int64_t>(time) + std::int64_t{offset} * 60 * kTicksPerSecond);
  if (c.year > 9999) return nullptr;
  char text[96];
  std::snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02d.%06d%s", static_cast<int>(c.year), c.month, c.day, c.hour,
                c.minute, c.second, static_cast<int>(c.ticks / kTicksPerMicrosecond), zone);
  return wmi::com::BstrFromUtf8(text);
}

ULONGLONG TicksFromFileTime(const FILETIME& ft) {
  const ULONGLONG ticks = (static_cast<ULONGLONG>(ft.dwHighDateTime) << 32) | ft.dwLowDateTime;
  return ticks > INT64_MAX ? INVALID_TIME : ticks;
}

FILETIME FileTimeFromTicks(ULONGLONG ticks) {
  FILETIME ft;
  ft.dwLowDateTime = static_cast<std::uint32_t>(ticks & 0xffffffffu);
  ft.dwHighDateTime = static_cast<std::uint32_t>(ticks >> 32);
  return ft;
}

// `seconds` after `start`, both counts from the same origin.
ULONGLONG TicksFromSeconds(std::int64_t seconds, std::int64_t start) {
  std::int64_t ticks = 0;
  if (__builtin_add_overflow(seconds, start, &seconds) || seconds < 0) return INVALID_TIME;
  if (__builtin_mul_overflow(seconds, kTicksPerSecond, &ticks)) return INVALID_TIME;
  return static_cast<ULONGLONG>(ticks);
}

// Invalid if either is, or if the sum is out of range.
ULONGLONG Add(ULONGLONG a, ULONGLONG b) {
  if (a == INVALID_TIME || b == INVALID_TIME || b > INT64_MAX - a) return INVALID_TIME;
  return a + b;
}

ULONGLONG Subtract(ULONGLONG a, ULONGLONG b) {
  return a == INVALID_TIME || b == INVALID_TIME || b > a ? INVALID_TIME : a - b;
}

// Adds `count` units to a sum that becomes `valid = false` when it leaves the range.
void AddUnits(std::int64_t count, std::int64_t ticks_of_unit, std::int64_t& sum, bool& valid) {
  std::int64_t ticks = 0;
  if (__builtin_mul_overflow(count, ticks_of_unit, &ticks) || __builtin_add_overflow(sum, ticks, &sum)) valid = false;
}

}  // namespace

WBEMTimeSpan::WBEMTimeSpan(int iDays, int iHours, int iMinutes, int iSeconds, int iMSec, int iUSec, int iNSec) noexcept
    : m_Time(INVALID_TIME) {
  std::int64_t sum = iNSec / 100;
  bool valid = true;
  AddUnits(iUSec, kTicksPerMicrosecond, sum, valid);
  AddUnits(iMSec, kTicksPerMillisecond, sum, valid);
  AddUnits(iSeconds, kTicksPerSecond, sum, valid);
  AddUnits(iMinutes, 60 * kTicksPerSecond, sum, valid);
  AddUnits(iHours, 3600 * kTicksPerSecond, sum, valid);
  AddUnits(iDays, kTicksPerDay, sum, valid);
  if (valid && sum >= 0) m_Time = static_cast<ULONGLONG>(sum);
}

const WBEMTimeSpan& WBEMTimeSpan::operator=(LPCOLESTR bstrDMTFFormat) noexcept {
  Digits digits(bstrDMTFFormat, "00000000000000.000000:000");
  const int days = digits.Number(0, 8);
  const int hours = digits.Number(8, 2);
  const int minutes = digits.Number(10, 2);
  const int seconds = digits.Number(12, 2);
  digits.Expect(14, L'.');
  const int microseconds = digits.Number(15, 6);
  digits.Expect(21, L':');
  const int zone = digits.Number(22, 3);
  const bool valid = digits.valid() && zone == 0 && hours <= 23 && minutes <= 59 && seconds <= 59;
  *this = valid ? WBEMTimeSpan(days, hours, minutes, seconds, 0, microseconds) : WBEMTimeSpan();
  return *this;
}

const WBEMTimeSpan& WBEMTimeSpan::operator=(const FILETIME& ft) noexcept {
  m_Time = TicksFromFileTime(ft);
  return *this;
}

const WBEMTimeSpan& WBEMTimeSpan::operator=(const time_t& t) noexcept {
  m_Time = TicksFromSeconds(t, 0);
  return *this;
}

WBEMTimeSpan WBEMTimeSpan::operator+(const WBEMTimeSpan& uAdd) const noexcept {
  WBEMTimeSpan result;
  result.m_Time = Add(m_Time, uAdd.m_Time);
  return result;
}

WBEMTimeSpan WBEMTimeSpan::operator-(const WBEMTimeSpan& uSub) const noexcept {
  WBEMTimeSpan result;
  result.m_Time = Subtract(m_Time, uSub.m_Time);
  return result;
}

BSTR WBEMTimeSpan::GetBSTR() const noexcept {
  if (!IsOk()) return nullptr;
  const auto ticks = static_cast<std::int64_t>(m_Time);
  const int seconds = static_cast<int>(ticks % kTicksPerDay / kTicksPerSecond);
  char text[96];
  std::snprintf(text, sizeof text, "%08d%02d%02d%02d.%06d:000", static_cast<int>(ticks / kTicksPerDay), seconds / 3600,
                seconds / 60 % 60, seconds % 60, static_cast<int>(ticks % kTicksPerSecond / kTicksPerMicrosecond));
  return wmi::com::BstrFromUtf8(text);
}

BOOL WBEMTimeSpan::Gettime_t(time_t* ptime_t) const noexcept {
  if (!IsOk() || ptime_t == nullptr) return FALSE;
  *ptime_t = static_cast<time_t>(m_Time / kTicksPerSecond);
  return TRUE;
}

BOOL WBEMTimeSpan::GetFILETIME(FILETIME* pst) const noexcept {
  if (!IsOk() || pst == nullptr) return FALSE;
  *pst = FileTimeFromTicks(m_Time);
  return TRUE;
}

const WBEMTime& WBEMTime::operator=(LPCOLESTR bstrDMTFFormat) noexcept {
  SetDMTF(bstrDMTFFormat);
  return *this;
}

const WBEMTime& WBEMTime::operator=(const SYSTEMTIME& st) noexcept {
  m_uTime = st.wMilliseconds > 999 ? INVALID_TIME
                                   : TimeOf({st.wYear, st.wMonth, st.wDay, st.wHour, st.wMinute, st.wSecond,
                                             static_cast<int>(st.wMilliseconds * kTicksPerMillisecond)});
  return *this;
}

const WBEMTime& WBEMTime::operator=(const FILETIME& ft) noexcept {
  m_uTime = TicksFromFileTime(ft);
  return *this;
}

const WBEMTime& WBEMTime::operator=(const struct tm& tmin) noexcept {
  const std::int64_t year = std::int64_t{tmin.tm_year} + 1900;
  const bool month = tmin.tm_mon >= 0 && tmin.tm_mon <= 11;
  m_uTime =
      month ? TimeOf({year, tmin.tm_mon + 1, tmin.tm_mday, tmin.tm_hour, tmin.tm_min, tmin.tm_sec, 0}) : INVALID_TIME;
  return *this;
}

const WBEMTime& WBEMTime::operator=(const time_t& t) noexcept {
  m_uTime = TicksFromSeconds(t, kUnixEpochSeconds);
  return *this;
}

BOOL WBEMTime::SetDMTF(LPCOLESTR wszText) noexcept {
  Digits digits(wszText, "16010101000000.000000+000");
  Civil c{};
  c.year = digits.Number(0, 4);
  c.month = digits.Number(4, 2);
  c.day = digits.Number(6, 2);
  c.hour = digits.Number(8, 2);
  c.minute = digits.Number(10, 2);
  c.second = digits.Number(12, 2);
  digits.Expect(14, L'.');
  c.ticks = static_cast<int>(digits.Number(15, 6) * kTicksPerMicrosecond);
  const int sign = digits.Sign(21);
  const std::int64_t offset = std::int64_t{sign} * digits.Number(22, 3);
  m_uTime = INVALID_TIME;
  if (!digits.valid() || !Exists(c)) return FALSE;
  // The text shows a clock `offset` minutes ahead; UTC alone must not be before 1601.
  const std::int64_t ticks = TicksOf(c) - offset * 60 * kTicksPerSecond;
  if (ticks < 0) return FALSE;
  m_uTime = static_cast<ULONGLONG>(ticks);
  return TRUE;
}

WBEMTime WBEMTime::operator+(const WBEMTimeSpan& uAdd) const noexcept {
  WBEMTime result;
  result.m_uTime = Add(m_uTime, uAdd.m_Time);
  return result;
}

WBEMTime WBEMTime::operator-(const WBEMTimeSpan& sub) const noexcept {
  WBEMTime result;
  result.m_uTime = Subtract(m_uTime, sub.m_Time);
  return result;
}

WBEMTimeSpan WBEMTime::operator-(const WBEMTime& sub) const noexcept {
  WBEMTimeSpan result;
  result.m_Time = Subtract(m_uTime, sub.m_uTime);
  return result;
}

BSTR WBEMTime::GetDMTF(BOOL bLocal) const noexcept {
  if (!IsOk()) return nullptr;
  const int offset = bLocal ? LocalOffset(m_uTime) : 0;
  char zone[32];
  std::snprintf(zone, sizeof zone, "%c%03d", offset < 0 ? '-' : '+', offset < 0 ? -offset : offset);
  return PointText(m_uTime, offset, zone);
}

BSTR WBEMTime::GetDMTFNonNtfs() const noexcept {
  return IsOk() ? PointText(m_uTime, LocalOffset(m_uTime), "+***") : nullptr;
}

BOOL WBEMTime::Gettime_t(time_t* ptime_t) const noexcept {
  if (!IsOk() || ptime_t == nullptr) return FALSE;
  const std::int64_t seconds = static_cast<std::int64_t>(m_uTime) / kTicksPerSecond - kUnixEpochSeconds;
  if (seconds < 0) return FALSE;
  *ptime_t = seconds;
  return TRUE;
}

BOOL WBEMTime::GetStructtm(struct tm* ptm) const noexcept {
  if (!IsOk() || ptm == nullptr) return FALSE;
  const Civil c = CivilOf(static_cast<std::int64_t>(m_uTime));
  if (c.year < 1900) return FALSE;
  std::memset(ptm, 0, sizeof *ptm);
  ptm->tm_year = static_cast<int>(c.year - 1900);
  ptm->tm_mon = c.month - 1;
  ptm->tm_mday = c.day;
  ptm->tm_hour = c.hour;
  ptm->tm_min = c.minute;
  ptm->tm_sec = c.second;
  ptm->tm_wday = DayOfWeek(m_uTime);
  ptm->tm_yday = static_cast<int>(static_cast<std::int64_t>(m_uTime) / kTicksPerDay - DaysBeforeYear(c.year));
  return TRUE;
}

BOOL WBEMTime::GetSYSTEMTIME(SYSTEMTIME* pst) const noexcept {
  if (!IsOk() || pst == nullptr) return FALSE;
  const Civil c = CivilOf(static_cast<std::int64_t>(m_uTime));
  pst->wYear = static_cast<WORD>(c.year);
  pst->wMonth = static_cast<WORD>(c.month);
  pst->wDayOfWeek = static_cast<WORD>(DayOfWeek(m_uTime));
  pst->wDay = static_cast<WORD>(c.day);
  pst->wHour = static_cast<WORD>(c.hour);
  pst->wMinute = static_cast<WORD>(c.minute);
  pst->wSecond = static_cast<WORD>(c.second);
  pst->wMilliseconds = static_cast<WORD>(c.ticks / kTicksPerMillisecond);
  return TRUE;
}

BOOL WBEMTime::GetFILETIME(FILETIME* pst) const noexcept {
  if (!IsOk() || pst == nullptr) return FALSE;
  *pst = FileTimeFromTicks(m_uTime);
  return TRUE;
}

LONG WBEMTime::GetLocalOffsetForDate(const struct tm* tmin) noexcept {
  return tmin == nullptr ? 0 : LocalOffset(WBEMTime(*tmin).m_uTime);
}

LONG WBEMTime::GetLocalOffsetForDate(const SYSTEMTIME* pst) noexcept {
  return pst == nullptr ? 0 : LocalOffset(WBEMTime(*pst).m_uTime);
}

LONG WBEMTime::GetLocalOffsetForDate(const FILETIME* pft) noexcept {
  return pft == nullptr ? 0 : LocalOffset(WBEMTime(*pft).m_uTime);
}

LONG WBEMTime::GetLocalOffsetForDate(const time_t& t) noexcept { return LocalOffset(WBEMTime(t).m_uTime); }
