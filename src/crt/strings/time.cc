// The functions of detail/crt_time.h.
#include "crt/strings/text_operations.h"

namespace wmi::crt {
namespace {

constexpr time_t kLatest = 32535215999;  // 23:59:59 on 31 December 3000, UTC
constexpr std::size_t kTextSize = 26;    // "Wed Jan 02 02:03:55 1980\n" and the null
constexpr char kDays[] = "SunMonTueWedThuFriSat";
constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum class Zone { kLocal, kUtc };

errno_t BreakDown(tm* result, const time_t* time, Zone zone) {
  if (result == nullptr) return Fail(EINVAL);
  if (time != nullptr && *time >= 0 && *time <= kLatest) {
    if (zone == Zone::kLocal) tzset();
    if ((zone == Zone::kLocal ? localtime_r(time, result) : gmtime_r(time, result)) != nullptr) return 0;
  }
  *result = {};
  for (int* field : {&result->tm_sec, &result->tm_min, &result->tm_hour, &result->tm_mday, &result->tm_mon,
                     &result->tm_year, &result->tm_wday, &result->tm_yday, &result->tm_isdst}) {
    *field = -1;
  }
  return Fail(EINVAL);
}

bool InRange(int value, int low, int high) { return value >= low && value <= high; }

bool IsPrintable(const tm& time) {
  return InRange(time.tm_sec, 0, 60) && InRange(time.tm_min, 0, 59) && InRange(time.tm_hour, 0, 23) &&
         InRange(time.tm_mday, 1, 31) && InRange(time.tm_mon, 0, 11) && InRange(time.tm_year, 0, 8099) &&
         InRange(time.tm_wday, 0, 6);
}

// Writes digits with leading zeros and what follows them.
template <typename Char>
Char* PutDigits(Char* at, int value, int digits, char behind) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<Char>('0' + value % 10);
  at[digits] = static_cast<Char>(behind);
  return at + digits + 1;
}

template <typename Char>
Char* PutName(Char* at, const char* names, int index) {
  for (int i = 0; i < 3; ++i) *at++ = static_cast<Char>(names[index * 3 + i]);
  *at++ = static_cast<Char>(' ');
  return at;
}

template <typename Char>
errno_t TimeText(Char* target, std::size_t size, const tm* time) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  target[0] = 0;
  if (size < kTextSize || time == nullptr || !IsPrintable(*time)) return Fail(EINVAL);
  Char* at = PutName(target, kDays, time->tm_wday);
  at = PutName(at, kMonths, time->tm_mon);
  at = PutDigits(at, time->tm_mday, 2, ' ');
  at = PutDigits(at, time->tm_hour, 2, ':');
  at = PutDigits(at, time->tm_min, 2, ':');
  at = PutDigits(at, time->tm_sec, 2, ' ');
  at = PutDigits(at, time->tm_year + 1900, 4, '\n');
  *at = 0;
  return 0;
}

template <typename Char>
errno_t LocalTimeText(Char* target, std::size_t size, const time_t* time) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  target[0] = 0;
  tm local;
  if (const errno_t error = BreakDown(&local, time, Zone::kLocal); error != 0) return error;
  return TimeText(target, size, &local);
}

time_t InWindowsRange(time_t time) { return time >= 0 && time <= kLatest ? time : -1; }

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t localtime_s(struct tm* result, const time_t* time) { return BreakDown(result, time, Zone::kLocal); }
errno_t gmtime_s(struct tm* result, const time_t* time) { return BreakDown(result, time, Zone::kUtc); }
errno_t _localtime64_s(struct tm* result, const time_t* time) { return BreakDown(result, time, Zone::kLocal); }
errno_t _gmtime64_s(struct tm* result, const time_t* time) { return BreakDown(result, time, Zone::kUtc); }

time_t _time64(time_t* result) { return ::time(result); }

time_t _mktime64(struct tm* local) {
  if (local != nullptr) return InWindowsRange(::mktime(local));
  errno = EINVAL;
  return -1;
}

time_t _mkgmtime64(struct tm* utc) {
  if (utc != nullptr) return InWindowsRange(timegm(utc));
  errno = EINVAL;
  return -1;
}
time_t _mkgmtime(struct tm* utc) { return _mkgmtime64(utc); }

errno_t asctime_s(char* target, size_t size, const struct tm* time) { return TimeText(target, size, time); }
errno_t ctime_s(char* target, size_t size, const time_t* time) { return LocalTimeText(target, size, time); }
errno_t _ctime64_s(char* target, size_t size, const time_t* time) { return LocalTimeText(target, size, time); }
errno_t _wasctime_s(wchar_t* target, size_t size, const struct tm* time) { return TimeText(target, size, time); }
errno_t _wctime_s(wchar_t* target, size_t size, const time_t* time) { return LocalTimeText(target, size, time); }
