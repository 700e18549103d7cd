// Time. The rules for errors and sizes are in crt_strings.h. time_t has 64 bits, so the names with a 64 mean the same.
//
// A time before 1970 or after the year 3000 (UTC) is an EINVAL, as on Windows; every field of *result is then -1.
#ifndef OPENWMI_DETAIL_CRT_TIME_H
#define OPENWMI_DETAIL_CRT_TIME_H

#include "crt_strings.h"

EXTERN_C_START

// The order of the parameters is Microsoft's: the result first (C11 and POSIX have it last).
OPENWMI_API errno_t localtime_s(struct tm* result, const time_t* time);
OPENWMI_API errno_t gmtime_s(struct tm* result, const time_t* time);
OPENWMI_API errno_t _localtime64_s(struct tm* result, const time_t* time);
OPENWMI_API errno_t _gmtime64_s(struct tm* result, const time_t* time);

// As time, mktime and timegm; -1 for what a time_t of Windows cannot hold.
OPENWMI_API time_t _time64(time_t* result);
OPENWMI_API time_t _mktime64(struct tm* local);
OPENWMI_API time_t _mkgmtime64(struct tm* utc);
OPENWMI_API time_t _mkgmtime(struct tm* utc);

// "Wed Jan 02 02:03:55 1980\n": 26 characters with the terminating null. The day has two digits, as on Windows. EINVAL
// for a smaller target and for fields out of their range.
OPENWMI_API errno_t asctime_s(char* target, size_t size, const struct tm* time);
OPENWMI_API errno_t ctime_s(char* target, size_t size, const time_t* time);
OPENWMI_API errno_t _ctime64_s(char* target, size_t size, const time_t* time);
OPENWMI_API errno_t _wasctime_s(wchar_t* target, size_t size, const struct tm* time);
OPENWMI_API errno_t _wctime_s(wchar_t* target, size_t size, const time_t* time);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t Size>
errno_t asctime_s(char (&target)[Size], const struct tm* time) {
  return asctime_s(target, Size, time);
}
template <size_t Size>
errno_t ctime_s(char (&target)[Size], const time_t* time) {
  return ctime_s(target, Size, time);
}
template <size_t Size>
errno_t _ctime64_s(char (&target)[Size], const time_t* time) {
  return _ctime64_s(target, Size, time);
}
template <size_t Size>
errno_t _wasctime_s(wchar_t (&target)[Size], const struct tm* time) {
  return _wasctime_s(target, Size, time);
}
template <size_t Size>
errno_t _wctime_s(wchar_t (&target)[Size], const time_t* time) {
  return _wctime_s(target, Size, time);
}

}  // extern "C++"
#endif

#endif
