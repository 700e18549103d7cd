// Conversions between FILETIME (100 ns since 1601-01-01 UTC), SYSTEMTIME and local time. Local means the time zone of
// the process: TZ, else the machine's. FALSE comes with ERROR_INVALID_PARAMETER and leaves the result as it was. Safe
// from any thread.
#ifndef OPENWMI_TIMEZONEAPI_H
#define OPENWMI_TIMEZONEAPI_H

#include "windef.h"

EXTERN_C_START

// Years from 1601 on: the first takes values below 2^63 and fills in the day of the week, the second takes years up to
// 30827 and ignores that day.
OPENWMI_API BOOL FileTimeToSystemTime(const FILETIME* file_time, LPSYSTEMTIME system_time);
OPENWMI_API BOOL SystemTimeToFileTime(const SYSTEMTIME* system_time, LPFILETIME file_time);

EXTERN_C_END

#endif
