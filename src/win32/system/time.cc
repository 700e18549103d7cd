// Clocks and the forms of time: <sysinfoapi.h>, <timezoneapi.h>, <profileapi.h>, <fileapi.h>.
#include <fileapi.h>
#include <profileapi.h>
#include <sysinfoapi.h>
#include <time.h>
#include <timezoneapi.h>
#include <winerror.h>

#include <chrono>
#include <cstdint>

#include "win32/abi_guard.h"

using wmi::win32::Fail;

namespace {

constexpr std::int64_t kTicksPerSecond = 10'000'000;  // of 100 ns
constexpr std::int64_t kTicksPerDay = 86400 * kTicksPerSecond;
constexpr std::int64_t kUnixEpochTicks = 116'444'736'000'000'000;  // 1601-01-01 to 1970-01-01
constexpr std::chrono::sys_days kFirstDay = std::chrono::year(1601) / 1 / 1;

timespec Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now;
}

// Negative for a value that is out of the range of SYSTEMTIME.
std::int64_t TicksOf(const FILETIME& time) {
  return static_cast<std::int64_t>(std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime);
}

FILETIME FileTimeOf(std::int64_t ticks) {
  return {static_cast<std::uint32_t>(ticks), static_cast<std::uint32_t>(ticks >> 32)};
}

std::int64_t TicksNow() {
  const timespec now = Now(CLOCK_REALTIME);
  return kUnixEpochTicks + now.tv_sec * kTicksPerSecond + now.tv_nsec / 100;
}

SYSTEMTIME SystemTimeOf(std::int64_t ticks) {
  const std::chrono::sys_days day = kFirstDay + std::chrono::days(ticks / kTicksPerDay);
  const std::chrono::year_month_day date(day);
  const std::int64_t rest = ticks % kTicksPerDay;
  const std::int64_t seconds = rest / kTicksPerSecond;
  SYSTEMTIME time{};
  time.wYear = static_cast<WORD>(static_cast<int>(date.year()));
  time.wMonth = static_cast<WORD>(static_cast<unsigned>(date.month()));
  time.wDayOfWeek = static_cast<WORD>(std::chrono::weekday(day).c_encoding());
  time.wDay = static_cast<WORD>(static_cast<unsigned>(date.day()));
  time.wHour = static_cast<WORD>(seconds / 3600);
  time.wMinute = static_cast<WORD>(seconds / 60 % 60);
  time.wSecond = static_cast<WORD>(seconds % 60);
  time.wMilliseconds = static_cast<WORD>(rest % kTicksPerSecond / (kTicksPerSecond / 1000));
  return time;
}

// What local time is ahead of UTC now.
std::int64_t LocalOffsetTicks() {
  const time_t now = Now(CLOCK_REALTIME).tv_sec;
  tm local{};
  return localtime_r(&now, &local) == nullptr ? 0 : local.tm_gmtoff * kTicksPerSecond;
}

BOOL Shift(const FILETIME* from, std::int64_t offset, FILETIME* to) {
  std::int64_t shifted = 0;
  if (from == nullptr || to == nullptr || TicksOf(*from) < 0 ||
      __builtin_add_overflow(TicksOf(*from), offset, &shifted) || shifted < 0) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  *to = FileTimeOf(shifted);
  return TRUE;
}

}  // namespace

DWORD GetTickCount() { return static_cast<std::uint32_t>(GetTickCount64()); }

ULONGLONG GetTickCount64() {
  const timespec now = Now(CLOCK_BOOTTIME);
  return static_cast<ULONGLONG>(now.tv_sec) * 1000 + static_cast<ULONGLONG>(now.tv_nsec) / 1'000'000;
}

BOOL QueryPerformanceCounter(LARGE_INTEGER* count) {
  if (count == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  const timespec now = Now(CLOCK_MONOTONIC);
  count->QuadPart = now.tv_sec * kTicksPerSecond + now.tv_nsec / 100;
  return TRUE;
}

BOOL QueryPerformanceFrequency(LARGE_INTEGER* frequency) {
  if (frequency == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  frequency->QuadPart = kTicksPerSecond;
  return TRUE;
}

void GetSystemTime(LPSYSTEMTIME utc) { *utc = SystemTimeOf(TicksNow()); }

void GetLocalTime(LPSYSTEMTIME local) { *local = SystemTimeOf(TicksNow() + LocalOffsetTicks()); }

void GetSystemTimeAsFileTime(LPFILETIME utc) { *utc = FileTimeOf(TicksNow()); }

void GetSystemTimePreciseAsFileTime(LPFILETIME utc) { *utc = FileTimeOf(TicksNow()); }

BOOL FileTimeToSystemTime(const FILETIME* file_time, LPSYSTEMTIME system_time) {
  if (file_time == nullptr || system_time == nullptr || TicksOf(*file_time) < 0) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  *system_time = SystemTimeOf(TicksOf(*file_time));
  return TRUE;
}

BOOL SystemTimeToFileTime(const SYSTEMTIME* system_time, LPFILETIME file_time) {
  if (system_time == nullptr || file_time == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  const SYSTEMTIME& time = *system_time;
  const std::chrono::year_month_day date(std::chrono::year(time.wYear), std::chrono::month(time.wMonth),
                                         std::chrono::day(time.wDay));
  if (time.wYear < 1601 || time.wYear > 30827 || !date.ok() || time.wHour > 23 || time.wMinute > 59 ||
      time.wSecond > 59 || time.wMilliseconds > 999) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  const std::int64_t days = (std::chrono::sys_days(date) - kFirstDay).count();
  const std::int64_t seconds = (days * 24 + time.wHour) * 3600 + std::int64_t{time.wMinute} * 60 + time.wSecond;
  const std::int64_t ticks = seconds * kTicksPerSecond + time.wMilliseconds * (kTicksPerSecond / 1000);
  *file_time = FileTimeOf(ticks);
  return TRUE;
}

LONG CompareFileTime(const FILETIME* first, const FILETIME* second) {
  const auto a = static_cast<std::uint64_t>(TicksOf(*first));
  const auto b = static_cast<std::uint64_t>(TicksOf(*second));
  return a < b ? -1 : a > b ? 1 : 0;
}

BOOL FileTimeToLocalFileTime(const FILETIME* utc, LPFILETIME local) { return Shift(utc, LocalOffsetTicks(), local); }

BOOL LocalFileTimeToFileTime(const FILETIME* local, LPFILETIME utc) { return Shift(local, -LocalOffsetTicks(), utc); }
