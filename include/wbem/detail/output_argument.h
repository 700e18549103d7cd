// What the printf family hands to the formatter: typed arguments in C++, a va_list in C. Both end in the functions
// below, of which there is one for each destination (a FILE, a buffer) and each character type. Programs do not call
// them; libraries that offer a printf of their own may. C and C++.
//
// Thread-safety: all functions may be called from any thread. Ownership: nothing is kept. None throws.
#ifndef OPENWMI_DETAIL_OUTPUT_ARGUMENT_H
#define OPENWMI_DETAIL_OUTPUT_ARGUMENT_H

#include <stdarg.h>
#include <stdio.h>

#include "platform.h"

// What an argument is. The numbers are part of the ABI.
enum openwmi_argument_kind {
  OPENWMI_ARGUMENT_NONE = 0,            // there are no more
  OPENWMI_ARGUMENT_INT32 = 1,           // integer: signed, at most 32 bits
  OPENWMI_ARGUMENT_UINT32 = 2,          // integer: unsigned, 32 bits
  OPENWMI_ARGUMENT_INT64 = 3,           // integer: signed, 64 bits
  OPENWMI_ARGUMENT_UINT64 = 4,          // integer: unsigned, 64 bits, stored in the same bits
  OPENWMI_ARGUMENT_CHARACTER = 5,       // integer: a char
  OPENWMI_ARGUMENT_WIDE_CHARACTER = 6,  // integer: a wchar_t
  OPENWMI_ARGUMENT_REAL = 7,            // real
  OPENWMI_ARGUMENT_TEXT = 8,            // pointer: zero-terminated UTF-8, or null
  OPENWMI_ARGUMENT_WIDE_TEXT = 9,       // pointer: zero-terminated wchar_t, or null
  OPENWMI_ARGUMENT_POINTER = 10,        // pointer: a void*, which %s takes for text as on Windows
  OPENWMI_ARGUMENT_ADDRESS = 11         // pointer: to anything else, which %s prints as a number
};

struct openwmi_argument {
  int kind;
  union {
    long long integer;
    double real;
    const void* pointer;
  } value;
};

// What to do when the text does not fit into the buffer. `size` counts the terminating zero.
enum openwmi_fit {
  // snprintf: cut and terminated; the result is the length of the whole text.
  OPENWMI_FIT_STANDARD = 0,
  // swprintf with a count, _TRUNCATE: cut and terminated; -1.
  OPENWMI_FIT_TRUNCATE = 1,
  // sprintf_s: the buffer becomes empty; -1, errno ERANGE.
  OPENWMI_FIT_SECURE = 2,
  // _snprintf: `size` characters without an end; -1. A text of exactly `size` characters has no end either, and its
  // length is the result. With size 0: the length of the whole text.
  OPENWMI_FIT_LEGACY = 3,
  // _vsnprintf: the same, but size 0 gives -1 and ERANGE unless the buffer is null.
  OPENWMI_FIT_LEGACY_LIST = 4,
  // _snprintf_s: at most `count` characters of the text, see there.
  OPENWMI_FIT_COUNTED = 5,
  // sprintf: as long as it is.
  OPENWMI_FIT_UNBOUNDED = 6,
  // wsprintf: at most 1,023 characters, cut without a word.
  OPENWMI_FIT_MESSAGE = 7
};

EXTERN_C_START

// Formats and writes, in one fwrite. The result is the number of char (wchar_t) of the text, or -1 with errno:
// EINVAL for a null stream or format, ENOMEM, EOVERFLOW past INT_MAX, or what the stream failed with.
OPENWMI_API int openwmi_output_file(FILE* stream, const char* format, const struct openwmi_argument* arguments,
                                    size_t argument_count);
OPENWMI_API int openwmi_output_file_wide(FILE* stream, const wchar_t* format, const struct openwmi_argument* arguments,
                                         size_t argument_count);

// Formats into a buffer, which may be one of the arguments. `fit` is an openwmi_fit; `count` counts for
// OPENWMI_FIT_COUNTED alone. The result is the number of char (wchar_t) without the end, or -1 with errno: EINVAL for a
// null format or buffer, ERANGE, ENOMEM, EOVERFLOW.
OPENWMI_API int openwmi_output_buffer(char* buffer, size_t size, size_t count, int fit, const char* format,
                                      const struct openwmi_argument* arguments, size_t argument_count);
OPENWMI_API int openwmi_output_buffer_wide(wchar_t* buffer, size_t size, size_t count, int fit, const wchar_t* format,
                                           const struct openwmi_argument* arguments, size_t argument_count);

EXTERN_C_END

#endif
