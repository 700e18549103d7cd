// Integers to text and text to numbers. The rules for errors and sizes are in crt_strings.h.
//
// `long` has 64 bits here and 32 on Windows. The functions for long and unsigned long write in full what needs the
// width, and what Windows writes for the rest: a negative 32-bit number, as an HRESULT in a LONG is, has eight digits
// in hexadecimal.
#ifndef OPENWMI_DETAIL_CRT_NUMBERS_H
#define OPENWMI_DETAIL_CRT_NUMBERS_H

#include "crt_strings.h"

EXTERN_C_START

// The number in the radix 2 to 36 with small letters; a sign in radix 10 alone, other radixes show the bits. EINVAL for
// another radix.
OPENWMI_API errno_t _itoa_s(int value, char* target, size_t size, int radix);
OPENWMI_API errno_t _ltoa_s(long value, char* target, size_t size, int radix);
OPENWMI_API errno_t _ultoa_s(unsigned long value, char* target, size_t size, int radix);
OPENWMI_API errno_t _i64toa_s(long long value, char* target, size_t size, int radix);
OPENWMI_API errno_t _ui64toa_s(unsigned long long value, char* target, size_t size, int radix);
OPENWMI_API errno_t _itow_s(int value, wchar_t* target, size_t size, int radix);
OPENWMI_API errno_t _ltow_s(long value, wchar_t* target, size_t size, int radix);
OPENWMI_API errno_t _ultow_s(unsigned long value, wchar_t* target, size_t size, int radix);
OPENWMI_API errno_t _i64tow_s(long long value, wchar_t* target, size_t size, int radix);
OPENWMI_API errno_t _ui64tow_s(unsigned long long value, wchar_t* target, size_t size, int radix);

// The same without a size: the target must have room for 33 characters (int) or 65 (the others). They return the
// target.
OPENWMI_API char* _itoa(int value, char* target, int radix);
OPENWMI_API char* _ltoa(long value, char* target, int radix);
OPENWMI_API char* _ultoa(unsigned long value, char* target, int radix);
OPENWMI_API char* _i64toa(long long value, char* target, int radix);
OPENWMI_API char* _ui64toa(unsigned long long value, char* target, int radix);
OPENWMI_API wchar_t* _itow(int value, wchar_t* target, int radix);
OPENWMI_API wchar_t* _ltow(long value, wchar_t* target, int radix);
OPENWMI_API wchar_t* _ultow(unsigned long value, wchar_t* target, int radix);
OPENWMI_API wchar_t* _i64tow(long long value, wchar_t* target, int radix);
OPENWMI_API wchar_t* _ui64tow(unsigned long long value, wchar_t* target, int radix);

// The number at the start of the text after white space; 0 when there is none. Beyond the type: its nearest limit and
// errno ERANGE. NULL: 0 and errno EINVAL.
OPENWMI_API int _wtoi(const wchar_t* text);
OPENWMI_API long _wtol(const wchar_t* text);
OPENWMI_API long long _wtoll(const wchar_t* text);
OPENWMI_API long long _wtoi64(const wchar_t* text);
OPENWMI_API long long _atoi64(const char* text);
OPENWMI_API double _wtof(const wchar_t* text);

// As strtoll and strtoull; a NULL text or a radix other than 0 and 2 to 36 gives 0 and errno EINVAL.
OPENWMI_API long long _strtoi64(const char* text, char** end, int radix);
OPENWMI_API unsigned long long _strtoui64(const char* text, char** end, int radix);
OPENWMI_API long long _wcstoi64(const wchar_t* text, wchar_t** end, int radix);
OPENWMI_API unsigned long long _wcstoui64(const wchar_t* text, wchar_t** end, int radix);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

// For arrays: the size is the array's.
#define OPENWMI_NUMBER_TO_ARRAY(Function, Number, Char)            \
  template <size_t Size>                                           \
  errno_t Function(Number value, Char(&target)[Size], int radix) { \
    return Function(value, target, Size, radix);                   \
  }
OPENWMI_NUMBER_TO_ARRAY(_itoa_s, int, char)
OPENWMI_NUMBER_TO_ARRAY(_ltoa_s, long, char)
OPENWMI_NUMBER_TO_ARRAY(_ultoa_s, unsigned long, char)
OPENWMI_NUMBER_TO_ARRAY(_i64toa_s, long long, char)
OPENWMI_NUMBER_TO_ARRAY(_ui64toa_s, unsigned long long, char)
OPENWMI_NUMBER_TO_ARRAY(_itow_s, int, wchar_t)
OPENWMI_NUMBER_TO_ARRAY(_ltow_s, long, wchar_t)
OPENWMI_NUMBER_TO_ARRAY(_ultow_s, unsigned long, wchar_t)
OPENWMI_NUMBER_TO_ARRAY(_i64tow_s, long long, wchar_t)
OPENWMI_NUMBER_TO_ARRAY(_ui64tow_s, unsigned long long, wchar_t)
#undef OPENWMI_NUMBER_TO_ARRAY

}  // extern "C++"
#endif

#endif
