// WBEMTime and WBEMTimeSpan: points in time and lengths of time, as the WMI provider framework had them.
//
// Both count 100 nanoseconds, a WBEMTime from 1601-01-01 UTC on (as FILETIME does). A value that is not known or not
// possible is INVALID_TIME; what is computed from one is one, too. SYSTEMTIME and struct tm are taken and given in UTC.
// Values: to be copied; one object is for one thread at a time.
#ifndef OPENWMI_WBEMTIME_H
#define OPENWMI_WBEMTIME_H

#include <time.h>

#include "oleauto.h"

#ifdef __cplusplus

#define INVALID_TIME 0xffffffffffffffffULL

// A length of time.
class OPENWMI_API WBEMTimeSpan {
 public:
  WBEMTimeSpan() noexcept : m_Time(INVALID_TIME) {}
  WBEMTimeSpan(int iDays, int iHours = 0, int iMinutes = 0, int iSeconds = 0, int iMSec = 0, int iUSec = 0,
               int iNSec = 0) noexcept;
  // The other forms, as the assignments.
  WBEMTimeSpan(LPCOLESTR bstrDMTFFormat) noexcept : m_Time(INVALID_TIME) { *this = bstrDMTFFormat; }
  WBEMTimeSpan(const FILETIME& ft) noexcept : m_Time(INVALID_TIME) { *this = ft; }
  WBEMTimeSpan(const time_t& t) noexcept : m_Time(INVALID_TIME) { *this = t; }

  // ddddddddHHMMSS.mmmmmm:000, where `*` stands for 0; invalid for any other form. Any NUL-terminated text.
  const WBEMTimeSpan& operator=(LPCOLESTR bstrDMTFFormat) noexcept;
  // A count of 100 nanoseconds, and of seconds; invalid if negative.
  const WBEMTimeSpan& operator=(const FILETIME& ft) noexcept;
  const WBEMTimeSpan& operator=(const time_t& t) noexcept;

  // Invalid if a length is negative or exceeds 10675199 days.
  WBEMTimeSpan operator+(const WBEMTimeSpan& uAdd) const noexcept;
  const WBEMTimeSpan& operator+=(const WBEMTimeSpan& uAdd) noexcept { return *this = *this + uAdd; }
  WBEMTimeSpan operator-(const WBEMTimeSpan& uSub) const noexcept;
  const WBEMTimeSpan& operator-=(const WBEMTimeSpan& uSub) noexcept { return *this = *this - uSub; }
  // Invalid sorts last.
  BOOL operator==(const WBEMTimeSpan& a) const noexcept { return m_Time == a.m_Time; }
  BOOL operator!=(const WBEMTimeSpan& a) const noexcept { return m_Time != a.m_Time; }
  BOOL operator<(const WBEMTimeSpan& a) const noexcept { return m_Time < a.m_Time; }
  BOOL operator<=(const WBEMTimeSpan& a) const noexcept { return m_Time <= a.m_Time; }
  BOOL operator>(const WBEMTimeSpan& a) const noexcept { return m_Time > a.m_Time; }
  BOOL operator>=(const WBEMTimeSpan& a) const noexcept { return m_Time >= a.m_Time; }

  // In the form of an interval, for the caller to free; NULL if invalid. Parts of a microsecond are dropped.
  BSTR GetBSTR() const noexcept;
  // Seconds, and a count of 100 nanoseconds. FALSE if invalid; the target is then unchanged.
  BOOL Gettime_t(time_t* ptime_t) const noexcept;
  BOOL GetFILETIME(FILETIME* pst) const noexcept;
  ULONGLONG GetTime() const noexcept { return m_Time; }
  void Clear() noexcept { m_Time = INVALID_TIME; }
  bool IsOk() const noexcept { return m_Time != INVALID_TIME; }

 private:
  friend class WBEMTime;
  ULONGLONG m_Time;
};

// A point in time.
class OPENWMI_API WBEMTime {
 public:
  WBEMTime() noexcept : m_uTime(INVALID_TIME) {}
  // As the assignments.
  WBEMTime(LPCOLESTR bstrDMTFFormat) noexcept : m_uTime(INVALID_TIME) { *this = bstrDMTFFormat; }
  WBEMTime(const SYSTEMTIME& st) noexcept : m_uTime(INVALID_TIME) { *this = st; }
  WBEMTime(const FILETIME& ft) noexcept : m_uTime(INVALID_TIME) { *this = ft; }
  WBEMTime(const struct tm& tmin) noexcept : m_uTime(INVALID_TIME) { *this = tmin; }
  WBEMTime(const time_t& t) noexcept : m_uTime(INVALID_TIME) { *this = t; }

  // Invalid if the text has not the form, the date does not exist, or the time is before 1601.
  const WBEMTime& operator=(LPCOLESTR bstrDMTFFormat) noexcept;
  const WBEMTime& operator=(const SYSTEMTIME& st) noexcept;
  const WBEMTime& operator=(const FILETIME& ft) noexcept;
  const WBEMTime& operator=(const struct tm& tmin) noexcept;
  const WBEMTime& operator=(const time_t& t) noexcept;
  // yyyymmddHHMMSS.mmmmmmsUUU. A `*` counts as the character of 16010101000000.000000+000 in its place; the point and
  // the sign must be there. FALSE: the value is invalid now.
  BOOL SetDMTF(LPCOLESTR wszText) noexcept;

  // Invalid if the result is before 1601, or negative as a span, or does not fit a FILETIME (year 30828).
  WBEMTime operator+(const WBEMTimeSpan& uAdd) const noexcept;
  const WBEMTime& operator+=(const WBEMTimeSpan& ts) noexcept { return *this = *this + ts; }
  WBEMTime operator-(const WBEMTimeSpan& sub) const noexcept;
  const WBEMTime& operator-=(const WBEMTimeSpan& sub) noexcept { return *this = *this - sub; }
  WBEMTimeSpan operator-(const WBEMTime& sub) const noexcept;
  // Invalid sorts last.
  BOOL operator==(const WBEMTime& a) const noexcept { return m_uTime == a.m_uTime; }
  BOOL operator!=(const WBEMTime& a) const noexcept { return m_uTime != a.m_uTime; }
  BOOL operator<(const WBEMTime& a) const noexcept { return m_uTime < a.m_uTime; }
  BOOL operator<=(const WBEMTime& a) const noexcept { return m_uTime <= a.m_uTime; }
  BOOL operator>(const WBEMTime& a) const noexcept { return m_uTime > a.m_uTime; }
  BOOL operator>=(const WBEMTime& a) const noexcept { return m_uTime >= a.m_uTime; }

  // In UTC (GetBSTR, GetDMTF(FALSE)) or in local time with its offset (GetDMTF(TRUE)), for the caller to free. NULL if
  // invalid or past the year 9999. Parts of a microsecond are dropped.
  BSTR GetBSTR() const noexcept { return GetDMTF(FALSE); }
  BSTR GetDMTF(BOOL bLocal = FALSE) const noexcept;
  // In local time with the offset `+***`: what a file system without time zones knows.
  BSTR GetDMTFNonNtfs() const noexcept;
  // FALSE if invalid, before 1970 (time_t) or before 1900 (struct tm); the target is then unchanged.
  BOOL Gettime_t(time_t* ptime_t) const noexcept;
  BOOL GetStructtm(struct tm* ptm) const noexcept;
  BOOL GetSYSTEMTIME(SYSTEMTIME* pst) const noexcept;
  BOOL GetFILETIME(FILETIME* pst) const noexcept;
  ULONGLONG GetTime() const noexcept { return m_uTime; }
  void Clear() noexcept { m_uTime = INVALID_TIME; }
  bool IsOk() const noexcept { return m_uTime != INVALID_TIME; }

  // Minutes by which local time was ahead of UTC at that instant; 0 if it is none. Any thread.
  static LONG GetLocalOffsetForDate(const struct tm* tmin) noexcept;
  static LONG GetLocalOffsetForDate(const SYSTEMTIME* pst) noexcept;
  static LONG GetLocalOffsetForDate(const FILETIME* pft) noexcept;
  static LONG GetLocalOffsetForDate(const time_t& t) noexcept;

 private:
  ULONGLONG m_uTime;
};

#endif

#endif
