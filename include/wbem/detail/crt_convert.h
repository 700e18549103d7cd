// Narrow text to wide and back, and the texts of errno. The rules for errors and sizes are in crt_strings.h.
//
// Narrow text is UTF-8 whatever the locale; on Windows it is in the code page of the locale. Text that is not UTF-8,
// and wide characters that no text can hold (surrogates, beyond U+10FFFF), are an EILSEQ.
#ifndef OPENWMI_DETAIL_CRT_CONVERT_H
#define OPENWMI_DETAIL_CRT_CONVERT_H

#include "crt_strings.h"

EXTERN_C_START

// Convert no more than `count` units of the target (bytes, or wide characters) and terminate it; with _TRUNCATE what
// fits, in whole characters. *converted, when not NULL, gets the size of the result with its terminating null, 0 on
// failure. With a target of NULL and a size of 0 they only count, and ignore `count`.
OPENWMI_API errno_t wcstombs_s(size_t* converted, char* target, size_t size, const wchar_t* source, size_t count);
OPENWMI_API errno_t mbstowcs_s(size_t* converted, wchar_t* target, size_t size, const char* source, size_t count);

// One character, without a terminating null; *length gets its bytes. A target of NULL asks whether the encoding has
// states: *length is 0 for no. ERANGE leaves the target alone.
OPENWMI_API errno_t wctomb_s(int* length, char* target, size_t size, wchar_t character);

// The text for a value of errno, cut when it does not fit. The texts are those of Linux.
OPENWMI_API errno_t strerror_s(char* target, size_t size, int error);
OPENWMI_API errno_t _wcserror_s(wchar_t* target, size_t size, int error);
// The same in a buffer of the thread, which the next call overwrites.
OPENWMI_API wchar_t* _wcserror(int error);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t Size>
errno_t wcstombs_s(size_t* converted, char (&target)[Size], const wchar_t* source, size_t count) {
  return wcstombs_s(converted, target, Size, source, count);
}
template <size_t Size>
errno_t mbstowcs_s(size_t* converted, wchar_t (&target)[Size], const char* source, size_t count) {
  return mbstowcs_s(converted, target, Size, source, count);
}
template <size_t Size>
errno_t strerror_s(char (&target)[Size], int error) {
  return strerror_s(target, Size, error);
}
template <size_t Size>
errno_t _wcserror_s(wchar_t (&target)[Size], int error) {
  return _wcserror_s(target, Size, error);
}

}  // extern "C++"
#endif

#endif
