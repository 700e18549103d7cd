// The scanf family as Windows programs expect it, the secure functions among it.
//
// Like printf (detail/output.h), the names that glibc has, too, are function-like macros, off with
// OPENWMI_NO_OUTPUT_MACROS, and the input of a wide function from a stream is UTF-8 and does not turn the stream wide.
//
// Formats, %[*][width][size]type:
//   d i u o x X p n   integers, addresses, the number of characters read so far
//   e f g a (and E …) real numbers
//   s c [set]         text of the function's own kind: wide in the wide functions; S C of the other kind;
//                     with h narrow, with l or w wide
//   hh h l ll I32 I64 I j z t L   sizes of integers; l and L with real numbers mean double and long double
// A white-space character matches any amount of white space, every other character itself.
//
// The secure functions, with _s, want the size of the buffer in characters after each buffer for s, S, c, C and [.
// A text that does not fit leaves the buffer empty and ends the scan; for c, a size below the width ends it, too.
//
// Types. In C++ the functions know the types of their targets. A number is stored as the type that is there, so that %d
// into a LONG (64 bits here) leaves no garbage; a target that cannot hold what the format says, or is missing, ends the
// scan. An array is never overrun, also by the functions without _s: the text is cut to fit. In C, `l` with an integer
// means a long: LONG and DWORD.
//
// Result: the number of targets that got a value, EOF when the input ends before the first one. -1 and EINVAL for a
// null text, stream or format. A single text is read up to 16,777,216 characters.
//
// fgetws and the like are in detail/crt_input.h.
//
// Thread-safety: any thread; a call holds the lock of its stream. Not here: the forms with a va_list, a locale or a
// length of the input.
#ifndef OPENWMI_DETAIL_INPUT_H
#define OPENWMI_DETAIL_INPUT_H

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

#include "platform.h"

// What a target is. The numbers are part of the ABI.
enum openwmi_target_kind {
  OPENWMI_TARGET_NONE = 0,     // there are no more, or nothing that can be stored into
  OPENWMI_TARGET_INTEGER = 1,  // size: bytes of the integer
  OPENWMI_TARGET_FLOAT = 2,
  OPENWMI_TARGET_DOUBLE = 3,
  OPENWMI_TARGET_LONG_DOUBLE = 4,
  OPENWMI_TARGET_TEXT = 5,       // char; size: characters of the array, 0 when unknown
  OPENWMI_TARGET_WIDE_TEXT = 6,  // wchar_t; size likewise
  OPENWMI_TARGET_POINTER = 7,    // a pointer
  OPENWMI_TARGET_UNTYPED = 8,    // a void*: what the format says
  OPENWMI_TARGET_SIZE = 9        // no target but a number: size is its value
};

struct openwmi_target {
  int kind;
  size_t size;
  void* pointer;
};

EXTERN_C_START

// The scanner, for each source and character type. `secure` is 1 for the functions with _s and 0 for the others.
OPENWMI_API int openwmi_input_file(FILE* stream, int secure, const char* format, const struct openwmi_target* targets,
                                   size_t target_count);
OPENWMI_API int openwmi_input_file_wide(FILE* stream, int secure, const wchar_t* format,
                                        const struct openwmi_target* targets, size_t target_count);
OPENWMI_API int openwmi_input_text(const char* text, int secure, const char* format,
                                   const struct openwmi_target* targets, size_t target_count);
OPENWMI_API int openwmi_input_text_wide(const wchar_t* text, int secure, const wchar_t* format,
                                        const struct openwmi_target* targets, size_t target_count);

EXTERN_C_END

#if !defined(__cplusplus) || defined(OPENWMI_OUTPUT_C_FORMS)

EXTERN_C_START

OPENWMI_API int openwmi_scanf(const char* format, ...);
OPENWMI_API int openwmi_fscanf(FILE* stream, const char* format, ...);
OPENWMI_API int openwmi_sscanf(const char* text, const char* format, ...);
OPENWMI_API int openwmi_wscanf(const wchar_t* format, ...);
OPENWMI_API int openwmi_fwscanf(FILE* stream, const wchar_t* format, ...);
OPENWMI_API int openwmi_swscanf(const wchar_t* text, const wchar_t* format, ...);

OPENWMI_API int scanf_s(const char* format, ...);
OPENWMI_API int fscanf_s(FILE* stream, const char* format, ...);
OPENWMI_API int sscanf_s(const char* text, const char* format, ...);
OPENWMI_API int wscanf_s(const wchar_t* format, ...);
OPENWMI_API int fwscanf_s(FILE* stream, const wchar_t* format, ...);
OPENWMI_API int swscanf_s(const wchar_t* text, const wchar_t* format, ...);

EXTERN_C_END

#else

extern "C++" {

#include <cstdio>
#include <cwchar>
#include <type_traits>

namespace openwmi_input {

inline openwmi_target make_target(int kind, size_t size, const volatile void* pointer) {
  openwmi_target target;
  target.kind = kind;
  target.size = size;
  target.pointer = const_cast<void*>(pointer);
  return target;
}

template <typename T>
constexpr bool is_narrow() {
  return std::is_same<T, char>::value || std::is_same<T, signed char>::value || std::is_same<T, unsigned char>::value;
}

// What T* is a target for. `extent` is 0 when it is not known how many of them there are.
template <typename T>
inline openwmi_target target_of(T* pointer, size_t extent) {
  static_assert(!std::is_const<T>::value, "scanf stores into its arguments; this one is const");
  using plain = typename std::remove_cv<T>::type;
  const int kind = is_narrow<plain>()                                     ? OPENWMI_TARGET_TEXT
                   : std::is_same<plain, wchar_t>::value                  ? OPENWMI_TARGET_WIDE_TEXT
                   : std::is_same<plain, float>::value                    ? OPENWMI_TARGET_FLOAT
                   : std::is_same<plain, double>::value                   ? OPENWMI_TARGET_DOUBLE
                   : std::is_same<plain, long double>::value              ? OPENWMI_TARGET_LONG_DOUBLE
                   : std::is_pointer<plain>::value                        ? OPENWMI_TARGET_POINTER
                   : std::is_integral<T>::value || std::is_enum<T>::value ? OPENWMI_TARGET_INTEGER
                                                                          : OPENWMI_TARGET_NONE;
  static_assert(std::is_integral<T>::value || std::is_enum<T>::value || std::is_floating_point<T>::value ||
                    std::is_pointer<T>::value,
                "scanf stores numbers and text; it needs pointers to them");
  return openwmi_input::make_target(kind, kind == OPENWMI_TARGET_INTEGER ? sizeof(T) : extent, pointer);
}
inline openwmi_target target_of(void* pointer, size_t) {
  return openwmi_input::make_target(OPENWMI_TARGET_UNTYPED, 0, pointer);
}

// An argument: an array or the address of one, a pointer, or the size that follows a buffer.
template <typename T, typename = void>
struct packer {
  static openwmi_target pack(T value) {
    static_assert(std::is_integral<T>::value || std::is_enum<T>::value, "scanf needs pointers to its targets");
    return openwmi_input::make_target(OPENWMI_TARGET_SIZE, static_cast<size_t>(value), nullptr);
  }
};
template <typename T>
struct packer<T*, void> {
  static openwmi_target pack(T* value) { return openwmi_input::target_of(value, 0); }
};
template <typename T, size_t N>
struct packer<T (*)[N], void> {
  static openwmi_target pack(T (*value)[N]) { return openwmi_input::target_of(*value, N); }
};
template <typename T, size_t N>
struct packer<T[N], void> {
  static openwmi_target pack(T (&value)[N]) { return openwmi_input::target_of(value, N); }
};
template <typename A>
inline openwmi_target pack(A& value) {
  return packer<typename std::remove_cv<A>::type>::pack(value);
}

inline int scan(FILE* stream, int secure, const char* format, const openwmi_target* targets, size_t count) {
  return openwmi_input_file(stream, secure, format, targets, count);
}
inline int scan(FILE* stream, int secure, const wchar_t* format, const openwmi_target* targets, size_t count) {
  return openwmi_input_file_wide(stream, secure, format, targets, count);
}
inline int scan(const char* text, int secure, const char* format, const openwmi_target* targets, size_t count) {
  return openwmi_input_text(text, secure, format, targets, count);
}
inline int scan(const wchar_t* text, int secure, const wchar_t* format, const openwmi_target* targets, size_t count) {
  return openwmi_input_text_wide(text, secure, format, targets, count);
}

}  // namespace openwmi_input

#define OPENWMI_INPUT_BODY(source, secure)                                                               \
  {                                                                                                      \
    const openwmi_target packed[sizeof...(A) + 1] = {openwmi_input::pack(targets)..., openwmi_target()}; \
    return openwmi_input::scan(source, secure, format, packed, sizeof...(A));                            \
  }
#define OPENWMI_INPUT_STDIN(name, C, secure) \
  template <typename... A>                   \
  inline int name(const C* format, A&&... targets) OPENWMI_INPUT_BODY(stdin, secure)
#define OPENWMI_INPUT_STREAM(name, C, secure) \
  template <typename... A>                    \
  inline int name(FILE* stream, const C* format, A&&... targets) OPENWMI_INPUT_BODY(stream, secure)
#define OPENWMI_INPUT_TEXT(name, C, secure) \
  template <typename... A>                  \
  inline int name(const C* text, const C* format, A&&... targets) OPENWMI_INPUT_BODY(text, secure)

OPENWMI_INPUT_STDIN(openwmi_scanf, char, 0)
OPENWMI_INPUT_STREAM(openwmi_fscanf, char, 0)
OPENWMI_INPUT_TEXT(openwmi_sscanf, char, 0)
OPENWMI_INPUT_STDIN(openwmi_wscanf, wchar_t, 0)
OPENWMI_INPUT_STREAM(openwmi_fwscanf, wchar_t, 0)
OPENWMI_INPUT_TEXT(openwmi_swscanf, wchar_t, 0)
OPENWMI_INPUT_STDIN(scanf_s, char, 1)
OPENWMI_INPUT_STREAM(fscanf_s, char, 1)
OPENWMI_INPUT_TEXT(sscanf_s, char, 1)
OPENWMI_INPUT_STDIN(wscanf_s, wchar_t, 1)
OPENWMI_INPUT_STREAM(fwscanf_s, wchar_t, 1)
OPENWMI_INPUT_TEXT(swscanf_s, wchar_t, 1)

#undef OPENWMI_INPUT_TEXT
#undef OPENWMI_INPUT_STREAM
#undef OPENWMI_INPUT_STDIN
#undef OPENWMI_INPUT_BODY

namespace std {
using ::openwmi_fscanf;
using ::openwmi_fwscanf;
using ::openwmi_scanf;
using ::openwmi_sscanf;
using ::openwmi_swscanf;
using ::openwmi_wscanf;
}  // namespace std

}  // extern "C++"

#endif

#if !defined(OPENWMI_NO_OUTPUT_MACROS) && !defined(OPENWMI_OUTPUT_C_FORMS)
#undef scanf
#define scanf(...) openwmi_scanf(__VA_ARGS__)
#undef fscanf
#define fscanf(...) openwmi_fscanf(__VA_ARGS__)
#undef sscanf
#define sscanf(...) openwmi_sscanf(__VA_ARGS__)
#undef wscanf
#define wscanf(...) openwmi_wscanf(__VA_ARGS__)
#undef fwscanf
#define fwscanf(...) openwmi_fwscanf(__VA_ARGS__)
#undef swscanf
#define swscanf(...) openwmi_swscanf(__VA_ARGS__)
#endif

#endif
