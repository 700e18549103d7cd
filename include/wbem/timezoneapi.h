// Conversions between FILETIME (100 ns since 1601-01-01 UTC), SYSTEMTIME and local time. Local means the time zone of
// the process: TZ, else the machine's. FALSE comes with ERROR_INVALID_PARAMETER and leaves the result as it was. Safe
// from any thread.
#ifndef OPENWMI_TIMEZONEAPI_H
#define OPENWMI_TIMEZONEAPI_H

#include "windef.h"

EXTERN_C_START

// Years 1601 to 30827. The day of the week is filled in by the first and ignored by the second.
OPENWMI_API BOOL FileTimeToSystemTime(const FILETIME* file_time, LPSYSTEMTIME system_time);
OPENWMI_API BOOL SystemTimeToFileTime(const SYSTEMTIME* system_time, LPFILETIME file_time);

EXTERN_C_END

#endif
