// The printf family as Windows programs expect it: Microsoft's formats, wide and narrow output on one stream, UTF-8.
//
// printf, wprintf and the other names that glibc has, too, are function-like macros here; they lead to functions of
// OpenWMI. Addresses (&printf), attributes (format(printf, 1, 2)) and std::printf are not disturbed, and a class may
// have a printf of its own when its declaration comes after this header. Programs that want glibc's functions define
// OPENWMI_NO_OUTPUT_MACROS; the names that only Microsoft has (sprintf_s, _snprintf, …) stay.
//
// Output. A wide function writes UTF-8 bytes, as the narrow ones do, so that both may be mixed on one stream with
// std::cout and std::wcout in the order of the calls, whatever the locale. What a call prints is written as a whole:
// lines of several threads do not mix. Wide characters that Unicode does not have become U+FFFD; nothing stops the
// output. A buffer function may have its buffer among the arguments.
//
// Formats, %[flags][width][.precision][size]type:
//   d i u o x X c s p e E f F g G a A  as in C; %a has 13 digits unless told; infinities and NaNs are inf, nan,
//                     nan(ind), nan(snan) with their sign; %p has 16 digits in upper case and no 0x
//   s c               text and characters of the function's own kind: wide in the wide functions
//   S C               of the other kind
//   hs hc, ls lc ws wc  narrow; wide
//   hh h I32 l        8, 16, 32, 32 bits; ll I64 j z t I 64 bits; L and l with real numbers mean double
//   n                 writes nothing
// A null pointer for a text prints (null). A type that is unknown prints the specification as it stands; so does a
// missing argument in C++. The widths and the precisions of numbers are capped at 65,535. Narrow text is UTF-8; widths
// and precisions count bytes in the narrow functions and wide characters in the wide ones, and wide text that a
// precision cuts keeps its characters whole.
//
// Types. In C++ the functions know the types of their arguments, so that a wrong format prints safely: text for %d
// prints the text, a number for %s the number, wide text for a narrow %s is converted. Also objects that convert to
// text or have c_str() may be passed. `long` has 64 bits here and 32 on Windows: %d %u %x (with l, too) print what a
// Windows program would see wherever the value allows: 64-bit values between -2^31 and -1 print 32 bits with %u, %o,
// %x, unsigned 64-bit values from 2^31 to 2^32-1 print as negative numbers with %d; all others print in full, where
// Windows would cut them. In C, and with a va_list, sizes are what the format says: 32 bits for none and for l.
//
// Result. The number of char (wchar_t in the wide functions), or -1 with errno: EINVAL for null pointers, ERANGE,
// ENOMEM, EOVERFLOW, or what the stream failed with. Where Microsoft calls the invalid parameter handler, which ends
// the program, these functions just return; a wrong format is no error in the _s functions either.
//
// Buffers that are too small:
//   snprintf, vsnprintf     cut, terminated; the length of the whole text
//   swprintf, vswprintf     cut, terminated; -1; in C++ the count may be left out (then an array is never overrun)
//   _snprintf, _snwprintf   cut, not terminated; -1; a text of exactly `count` characters is not terminated either
//   sprintf_s, swprintf_s   emptied; -1 and ERANGE
//   _snprintf_s(buffer, size, count, …)  at most `count` characters: cut, terminated; -1. Emptied with -1 and ERANGE
//                           when they do not fit into `size`, unless the count is _TRUNCATE
//   sprintf, vsprintf       no bound, as in C; in C++ an array is never overrun: cut, terminated; -1
//   wsprintf                1,023 characters at most
//
// Thread-safety: any thread. Not here: the _l forms with a locale, the _p forms with positions, %Z.
#ifndef OPENWMI_DETAIL_OUTPUT_H
#define OPENWMI_DETAIL_OUTPUT_H

#include "input.h"
#include "output_argument.h"
#include "output_pack.h"

#ifdef __cplusplus
// These undefine the macros below, therefore they come first.
extern "C++" {
#include <cstdio>
#include <cwchar>
}
#else
#include <wchar.h>
#endif

#ifndef _TRUNCATE
#define _TRUNCATE ((size_t)-1)
#endif

EXTERN_C_START

OPENWMI_API int openwmi_vprintf(const char* format, va_list arguments);
OPENWMI_API int openwmi_vfprintf(FILE* stream, const char* format, va_list arguments);
OPENWMI_API int openwmi_vsprintf(char* buffer, const char* format, va_list arguments);
OPENWMI_API int openwmi_vsnprintf(char* buffer, size_t count, const char* format, va_list arguments);
OPENWMI_API int openwmi_vwprintf(const wchar_t* format, va_list arguments);
OPENWMI_API int openwmi_vfwprintf(FILE* stream, const wchar_t* format, va_list arguments);
OPENWMI_API int openwmi_vswprintf(wchar_t* buffer, size_t count, const wchar_t* format, va_list arguments);

OPENWMI_API int vprintf_s(const char* format, va_list arguments);
OPENWMI_API int vfprintf_s(FILE* stream, const char* format, va_list arguments);
OPENWMI_API int vwprintf_s(const wchar_t* format, va_list arguments);
OPENWMI_API int vfwprintf_s(FILE* stream, const wchar_t* format, va_list arguments);
OPENWMI_API int vsprintf_s(char* buffer, size_t size, const char* format, va_list arguments);
OPENWMI_API int vswprintf_s(wchar_t* buffer, size_t size, const wchar_t* format, va_list arguments);

OPENWMI_API int _vsnprintf(char* buffer, size_t count, const char* format, va_list arguments);
OPENWMI_API int _vsnwprintf(wchar_t* buffer, size_t count, const wchar_t* format, va_list arguments);
OPENWMI_API int _vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments);
OPENWMI_API int vsnprintf_s(char* buffer, size_t size, size_t count, const char* format, va_list arguments);
OPENWMI_API int _vsnwprintf_s(wchar_t* buffer, size_t size, size_t count, const wchar_t* format, va_list arguments);
OPENWMI_API int _vswprintf(wchar_t* buffer, const wchar_t* format, va_list arguments);

// The length that the text would have.
OPENWMI_API int _vscprintf(const char* format, va_list arguments);
OPENWMI_API int _vscwprintf(const wchar_t* format, va_list arguments);

// user32: buffers of 1,024 characters.
OPENWMI_API int wvsprintfA(char* buffer, const char* format, va_list arguments);
OPENWMI_API int wvsprintfW(wchar_t* buffer, const wchar_t* format, va_list arguments);

// UTF-8 to the stream. The results are the standard's: WEOF or EOF on failure.
OPENWMI_API int openwmi_fputws(const wchar_t* text, FILE* stream);
OPENWMI_API wint_t openwmi_fputwc(wchar_t character, FILE* stream);
OPENWMI_API wint_t openwmi_putwc(wchar_t character, FILE* stream);
OPENWMI_API wint_t openwmi_putwchar(wchar_t character);
// The text and a line feed to stdout.
OPENWMI_API int _putws(const wchar_t* text);
OPENWMI_API wint_t _fputwchar(wchar_t character);

EXTERN_C_END

// The forms with arguments. In C they are functions that take them as they come; in C++ templates that pack them. The
// library itself defines the C forms in C++, hence the switch.
#if !defined(__cplusplus) || defined(OPENWMI_OUTPUT_C_FORMS)

EXTERN_C_START

OPENWMI_API int openwmi_printf(const char* format, ...);
OPENWMI_API int openwmi_fprintf(FILE* stream, const char* format, ...);
OPENWMI_API int openwmi_sprintf(char* buffer, const char* format, ...);
OPENWMI_API int openwmi_snprintf(char* buffer, size_t count, const char* format, ...);
OPENWMI_API int openwmi_wprintf(const wchar_t* format, ...);
OPENWMI_API int openwmi_fwprintf(FILE* stream, const wchar_t* format, ...);
OPENWMI_API int openwmi_swprintf(wchar_t* buffer, size_t count, const wchar_t* format, ...);

OPENWMI_API int printf_s(const char* format, ...);
OPENWMI_API int fprintf_s(FILE* stream, const char* format, ...);
OPENWMI_API int wprintf_s(const wchar_t* format, ...);
OPENWMI_API int fwprintf_s(FILE* stream, const wchar_t* format, ...);
OPENWMI_API int sprintf_s(char* buffer, size_t size, const char* format, ...);
OPENWMI_API int swprintf_s(wchar_t* buffer, size_t size, const wchar_t* format, ...);

OPENWMI_API int _snprintf(char* buffer, size_t count, const char* format, ...);
OPENWMI_API int _snwprintf(wchar_t* buffer, size_t count, const wchar_t* format, ...);
OPENWMI_API int _snprintf_s(char* buffer, size_t size, size_t count, const char* format, ...);
OPENWMI_API int _snwprintf_s(wchar_t* buffer, size_t size, size_t count, const wchar_t* format, ...);
OPENWMI_API int _swprintf(wchar_t* buffer, const wchar_t* format, ...);

OPENWMI_API int _scprintf(const char* format, ...);
OPENWMI_API int _scwprintf(const wchar_t* format, ...);

OPENWMI_API int wsprintfA(char* buffer, const char* format, ...);
OPENWMI_API int wsprintfW(wchar_t* buffer, const wchar_t* format, ...);

EXTERN_C_END

#else

extern "C++" {

// Two templates for each function: one takes plain values, the other takes what includes objects by reference. `types`
// are further template parameters, `parameters` the fixed ones of the function; `call` formats `packed`.
#define OPENWMI_OUTPUT_LIST(...) __VA_ARGS__
#define OPENWMI_OUTPUT_BODY(call)                                                                            \
  {                                                                                                          \
    const openwmi_argument packed[sizeof...(A) + 1] = {openwmi_output::pack(values)..., openwmi_argument()}; \
    return call;                                                                                             \
  }
#define OPENWMI_OUTPUT_FORM(name, types, parameters, call)                                               \
  template <OPENWMI_OUTPUT_LIST types typename... A>                                                     \
  inline openwmi_output::when_plain<A...> name(OPENWMI_OUTPUT_LIST parameters, A... values)              \
      OPENWMI_OUTPUT_BODY(call) template <OPENWMI_OUTPUT_LIST types typename... A>                       \
      inline openwmi_output::when_objects<A...> name(OPENWMI_OUTPUT_LIST parameters, const A&... values) \
          OPENWMI_OUTPUT_BODY(call)

#define OPENWMI_OUTPUT_STDOUT(name, C) \
  OPENWMI_OUTPUT_FORM(name, (), (const C* format), (openwmi_output::write(stdout, format, packed, sizeof...(A))))
#define OPENWMI_OUTPUT_STREAM(name, C)                            \
  OPENWMI_OUTPUT_FORM(name, (), (FILE * stream, const C* format), \
                      (openwmi_output::write(stream, format, packed, sizeof...(A))))
#define OPENWMI_OUTPUT_SIZED(name, C, fit)                  \
  OPENWMI_OUTPUT_FORM(                                      \
      name, (), (C * buffer, size_t size, const C* format), \
      (openwmi_output::store(openwmi_output::sized(buffer, size, fit), 0, format, packed, sizeof...(A))))
// For names that also have a form without a size: there, 0 as a size must not be taken for a null format.
#define OPENWMI_OUTPUT_SIZED_OR_NOT(name, C, fit)                                                                      \
  OPENWMI_OUTPUT_FORM(name, (typename N, typename = openwmi_output::when_size<N>, ),                                   \
                      (C * buffer, N size, const C* format),                                                           \
                      (openwmi_output::store(openwmi_output::sized(buffer, static_cast<size_t>(size), fit), 0, format, \
                                             packed, sizeof...(A))))
#define OPENWMI_OUTPUT_ARRAY(name, C, fit)                        \
  OPENWMI_OUTPUT_FORM(                                            \
      name, (size_t Size, ), (C(&buffer)[Size], const C* format), \
      (openwmi_output::store(openwmi_output::sized(buffer, Size, fit), 0, format, packed, sizeof...(A))))
#define OPENWMI_OUTPUT_UNSIZED(name, C)                                                                             \
  OPENWMI_OUTPUT_FORM(name, (typename B, ), (B && buffer, const C* format),                                         \
                      (openwmi_output::store(openwmi_output::buffer_of<C>(buffer, OPENWMI_FIT_TRUNCATE), 0, format, \
                                             packed, sizeof...(A))))
#define OPENWMI_OUTPUT_COUNTED(name, C)                                                                               \
  OPENWMI_OUTPUT_FORM(name, (typename N, typename = openwmi_output::when_size<N>, ),                                  \
                      (C * buffer, size_t size, N count, const C* format),                                            \
                      (openwmi_output::store(openwmi_output::sized(buffer, size, OPENWMI_FIT_COUNTED),                \
                                             static_cast<size_t>(count), format, packed, sizeof...(A))))              \
  OPENWMI_OUTPUT_FORM(name, (size_t Size, ), (C(&buffer)[Size], size_t count, const C* format),                       \
                      (openwmi_output::store(openwmi_output::sized(buffer, Size, OPENWMI_FIT_COUNTED), count, format, \
                                             packed, sizeof...(A))))
#define OPENWMI_OUTPUT_LENGTH(name, C)                                                                              \
  OPENWMI_OUTPUT_FORM(name, (), (const C* format),                                                                  \
                      (openwmi_output::store(openwmi_output::sized<C>(nullptr, 0, OPENWMI_FIT_STANDARD), 0, format, \
                                             packed, sizeof...(A))))
#define OPENWMI_OUTPUT_MESSAGE(name, C)        \
  OPENWMI_OUTPUT_FORM(                         \
      name, (), (C * buffer, const C* format), \
      (openwmi_output::store(openwmi_output::sized(buffer, 0, OPENWMI_FIT_MESSAGE), 0, format, packed, sizeof...(A))))

OPENWMI_OUTPUT_STDOUT(openwmi_printf, char)
OPENWMI_OUTPUT_STDOUT(openwmi_wprintf, wchar_t)
OPENWMI_OUTPUT_STDOUT(printf_s, char)
OPENWMI_OUTPUT_STDOUT(wprintf_s, wchar_t)
OPENWMI_OUTPUT_STREAM(openwmi_fprintf, char)
OPENWMI_OUTPUT_STREAM(openwmi_fwprintf, wchar_t)
OPENWMI_OUTPUT_STREAM(fprintf_s, char)
OPENWMI_OUTPUT_STREAM(fwprintf_s, wchar_t)
OPENWMI_OUTPUT_UNSIZED(openwmi_sprintf, char)
OPENWMI_OUTPUT_SIZED(openwmi_snprintf, char, OPENWMI_FIT_STANDARD)
OPENWMI_OUTPUT_SIZED_OR_NOT(openwmi_swprintf, wchar_t, OPENWMI_FIT_TRUNCATE)
OPENWMI_OUTPUT_UNSIZED(openwmi_swprintf, wchar_t)
OPENWMI_OUTPUT_UNSIZED(_swprintf, wchar_t)
OPENWMI_OUTPUT_SIZED_OR_NOT(sprintf_s, char, OPENWMI_FIT_SECURE)
OPENWMI_OUTPUT_ARRAY(sprintf_s, char, OPENWMI_FIT_SECURE)
OPENWMI_OUTPUT_SIZED_OR_NOT(swprintf_s, wchar_t, OPENWMI_FIT_SECURE)
OPENWMI_OUTPUT_ARRAY(swprintf_s, wchar_t, OPENWMI_FIT_SECURE)
OPENWMI_OUTPUT_SIZED(_snprintf, char, OPENWMI_FIT_LEGACY)
OPENWMI_OUTPUT_SIZED(_snwprintf, wchar_t, OPENWMI_FIT_LEGACY)
OPENWMI_OUTPUT_COUNTED(_snprintf_s, char)
OPENWMI_OUTPUT_COUNTED(_snwprintf_s, wchar_t)
OPENWMI_OUTPUT_LENGTH(_scprintf, char)
OPENWMI_OUTPUT_LENGTH(_scwprintf, wchar_t)
OPENWMI_OUTPUT_MESSAGE(wsprintfA, char)
OPENWMI_OUTPUT_MESSAGE(wsprintfW, wchar_t)

#undef OPENWMI_OUTPUT_MESSAGE
#undef OPENWMI_OUTPUT_LENGTH
#undef OPENWMI_OUTPUT_COUNTED
#undef OPENWMI_OUTPUT_UNSIZED
#undef OPENWMI_OUTPUT_ARRAY
#undef OPENWMI_OUTPUT_SIZED_OR_NOT
#undef OPENWMI_OUTPUT_SIZED
#undef OPENWMI_OUTPUT_STREAM
#undef OPENWMI_OUTPUT_STDOUT
#undef OPENWMI_OUTPUT_FORM
#undef OPENWMI_OUTPUT_BODY
#undef OPENWMI_OUTPUT_LIST

inline int openwmi_vswprintf(wchar_t* buffer, const wchar_t* format, va_list arguments) {
  return _vswprintf(buffer, format, arguments);
}
template <size_t Size>
inline int vsprintf_s(char (&buffer)[Size], const char* format, va_list arguments) {
  return vsprintf_s(buffer, Size, format, arguments);
}
template <size_t Size>
inline int vswprintf_s(wchar_t (&buffer)[Size], const wchar_t* format, va_list arguments) {
  return vswprintf_s(buffer, Size, format, arguments);
}
template <size_t Size>
inline int _vsnprintf_s(char (&buffer)[Size], size_t count, const char* format, va_list arguments) {
  return _vsnprintf_s(buffer, Size, count, format, arguments);
}
template <size_t Size>
inline int _vsnwprintf_s(wchar_t (&buffer)[Size], size_t count, const wchar_t* format, va_list arguments) {
  return _vsnwprintf_s(buffer, Size, count, format, arguments);
}

// std::printf(…) is std::openwmi_printf(…) after the macros.
namespace std {
using ::openwmi_fprintf;
using ::openwmi_fputwc;
using ::openwmi_fputws;
using ::openwmi_fwprintf;
using ::openwmi_printf;
using ::openwmi_putwc;
using ::openwmi_putwchar;
using ::openwmi_snprintf;
using ::openwmi_sprintf;
using ::openwmi_swprintf;
using ::openwmi_vfprintf;
using ::openwmi_vfwprintf;
using ::openwmi_vprintf;
using ::openwmi_vsnprintf;
using ::openwmi_vsprintf;
using ::openwmi_vswprintf;
using ::openwmi_vwprintf;
using ::openwmi_wprintf;
}  // namespace std

}  // extern "C++"

#endif

#ifdef UNICODE
#define wsprintf wsprintfW
#define wvsprintf wvsprintfW
#else
#define wsprintf wsprintfA
#define wvsprintf wvsprintfA
#endif

#if !defined(OPENWMI_NO_OUTPUT_MACROS) && !defined(OPENWMI_OUTPUT_C_FORMS)
#undef printf
#define printf(...) openwmi_printf(__VA_ARGS__)
#undef fprintf
#define fprintf(...) openwmi_fprintf(__VA_ARGS__)
#undef sprintf
#define sprintf(...) openwmi_sprintf(__VA_ARGS__)
#undef snprintf
#define snprintf(...) openwmi_snprintf(__VA_ARGS__)
#undef vprintf
#define vprintf(...) openwmi_vprintf(__VA_ARGS__)
#undef vfprintf
#define vfprintf(...) openwmi_vfprintf(__VA_ARGS__)
#undef vsprintf
#define vsprintf(...) openwmi_vsprintf(__VA_ARGS__)
#undef vsnprintf
#define vsnprintf(...) openwmi_vsnprintf(__VA_ARGS__)
#undef wprintf
#define wprintf(...) openwmi_wprintf(__VA_ARGS__)
#undef fwprintf
#define fwprintf(...) openwmi_fwprintf(__VA_ARGS__)
#undef swprintf
#define swprintf(...) openwmi_swprintf(__VA_ARGS__)
#undef vwprintf
#define vwprintf(...) openwmi_vwprintf(__VA_ARGS__)
#undef vfwprintf
#define vfwprintf(...) openwmi_vfwprintf(__VA_ARGS__)
#undef vswprintf
#define vswprintf(...) openwmi_vswprintf(__VA_ARGS__)
#undef fputws
#define fputws(...) openwmi_fputws(__VA_ARGS__)
#undef fputwc
#define fputwc(...) openwmi_fputwc(__VA_ARGS__)
#undef putwc
#define putwc(...) openwmi_putwc(__VA_ARGS__)
#undef putwchar
#define putwchar(...) openwmi_putwchar(__VA_ARGS__)
#endif

#endif
