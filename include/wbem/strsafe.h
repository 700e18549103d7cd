// strsafe: copying, appending and formatting text into buffers whose size is given, with an HRESULT as the answer.
//
// Every function exists four times: StringCch… counts in characters and StringCb… in bytes, …A takes char and …W
// wchar_t; the name without A or W is one of them by UNICODE. A wchar_t has 4 bytes here and 2 on Windows: sizeof and
// _countof give the right numbers, a "* 2" does not. The names below are those of Cch; U stands for Cch or Cb.
//
//   StringUCopy(target, size, source)                 StringUCopyN(target, size, source, count)
//   StringUCat(target, size, source)                  StringUCatN(target, size, source, count)
//   StringUPrintf(target, size, format, …)            StringUVPrintf(target, size, format, va_list)
//   StringULength(text, size_max, size_t* length)
//
// `count` limits what is taken from the source. Printf has Microsoft's formats and, in C++, knows the types of its
// arguments: detail/output.h is its manual. Length looks for the terminating null within size_max; *length, which may
// be NULL, is without it, and 0 on failure.
//
// The Ex forms end in (…, Char** end, size_t* remaining, DWORD flags); for Printf these stand before the format. *end
// gets the place of the terminating null, *remaining the free room with that null; both may be NULL and are set on
// success and when the buffer was too small. The flags:
//   STRSAFE_IGNORE_NULLS      a source of NULL is "", a target of NULL with size 0 is allowed
//   STRSAFE_FILL_BEHIND_NULL  on success fills what is behind the null with the byte of STRSAFE_FILL_BYTE(byte)
//   STRSAFE_FILL_ON_FAILURE   on failure fills the buffer with the byte of STRSAFE_FAILURE_BYTE(byte), terminated
//   STRSAFE_NULL_ON_FAILURE   on failure empties the buffer
//   STRSAFE_NO_TRUNCATION     on failure empties the buffer; Cat leaves the text as it was before
//
// Result: S_OK;
//   STRSAFE_E_INSUFFICIENT_BUFFER  the text was cut to the size; it is terminated
//   STRSAFE_E_INVALID_PARAMETER    a size of 0 or above STRSAFE_MAX_CCH characters, NULL where a text belongs (Windows
//                                  does not check this without a flag), an unknown flag, a text without its null
//   E_OUTOFMEMORY                  formatting a long text
//
// Source and target must not overlap, but a target may be among the arguments of Printf. Any thread. Not here: Gets,
// the forms for a locale, and those for unaligned text. strsafe.h of Windows marks strcpy and its kin as deprecated;
// this one does not.
#ifndef OPENWMI_STRSAFE_H
#define OPENWMI_STRSAFE_H

#include <stdarg.h>

#include "windef.h"
#include "winerror.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_MAX_LENGTH (STRSAFE_MAX_CCH - 1)

#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007Au)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057u)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026u)

#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_FILL_ON_FAILURE 0x00000400
#define STRSAFE_NULL_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000
#define STRSAFE_VALID_FLAGS 0x00001FFF
#define STRSAFE_FILL_BYTE(byte_value) ((DWORD)(((byte_value) & 0xFF) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(byte_value) ((DWORD)(((byte_value) & 0xFF) | STRSAFE_FILL_ON_FAILURE))

typedef char* STRSAFE_LPSTR;
typedef const char* STRSAFE_LPCSTR;
typedef wchar_t* STRSAFE_LPWSTR;
typedef const wchar_t* STRSAFE_LPCWSTR;

EXTERN_C_START

// For Cch and Cb, A and W.
#define OPENWMI_STRSAFE(U, X, Char)                                                                                  \
  OPENWMI_API HRESULT String##U##Copy##X(Char* target, size_t size, const Char* source);                             \
  OPENWMI_API HRESULT String##U##CopyEx##X(Char* target, size_t size, const Char* source, Char** end,                \
                                           size_t* remaining, DWORD flags);                                          \
  OPENWMI_API HRESULT String##U##CopyN##X(Char* target, size_t size, const Char* source, size_t count);              \
  OPENWMI_API HRESULT String##U##CopyNEx##X(Char* target, size_t size, const Char* source, size_t count, Char** end, \
                                            size_t* remaining, DWORD flags);                                         \
  OPENWMI_API HRESULT String##U##Cat##X(Char* target, size_t size, const Char* source);                              \
  OPENWMI_API HRESULT String##U##CatEx##X(Char* target, size_t size, const Char* source, Char** end,                 \
                                          size_t* remaining, DWORD flags);                                           \
  OPENWMI_API HRESULT String##U##CatN##X(Char* target, size_t size, const Char* source, size_t count);               \
  OPENWMI_API HRESULT String##U##CatNEx##X(Char* target, size_t size, const Char* source, size_t count, Char** end,  \
                                           size_t* remaining, DWORD flags);                                          \
  OPENWMI_API HRESULT String##U##VPrintf##X(Char* target, size_t size, const Char* format, va_list arguments);       \
  OPENWMI_API HRESULT String##U##VPrintfEx##X(Char* target, size_t size, Char** end, size_t* remaining, DWORD flags, \
                                              const Char* format, va_list arguments);                                \
  OPENWMI_API HRESULT String##U##Length##X(const Char* text, size_t size_max, size_t* length);

OPENWMI_STRSAFE(Cch, A, char)
OPENWMI_STRSAFE(Cch, W, wchar_t)
OPENWMI_STRSAFE(Cb, A, char)
OPENWMI_STRSAFE(Cb, W, wchar_t)
#undef OPENWMI_STRSAFE

// What the C++ forms of Printf call; the size and *remaining are in bytes. Programs do not.
OPENWMI_API HRESULT _openwmi_string_print_a(char* target, size_t bytes, char** end, size_t* remaining, DWORD flags,
                                            const char* format, const struct openwmi_argument* arguments,
                                            size_t argument_count);
OPENWMI_API HRESULT _openwmi_string_print_w(wchar_t* target, size_t bytes, wchar_t** end, size_t* remaining,
                                            DWORD flags, const wchar_t* format,
                                            const struct openwmi_argument* arguments, size_t argument_count);

EXTERN_C_END

// The forms with arguments: functions in C, templates that pack the arguments with their types in C++. The library
// itself defines the C forms in C++, hence the switch (as in detail/output.h).
#if !defined(__cplusplus) || defined(OPENWMI_OUTPUT_C_FORMS)

EXTERN_C_START

#define OPENWMI_STRSAFE_PRINTF(U, X, Char)                                                                          \
  OPENWMI_API HRESULT String##U##Printf##X(Char* target, size_t size, const Char* format, ...);                     \
  OPENWMI_API HRESULT String##U##PrintfEx##X(Char* target, size_t size, Char** end, size_t* remaining, DWORD flags, \
                                             const Char* format, ...);

#else

extern "C++" {

namespace openwmi_output {

inline HRESULT print_bytes(char* target, size_t bytes, char** end, size_t* remaining, DWORD flags, const char* format,
                           const openwmi_argument* packed, size_t count) {
  return _openwmi_string_print_a(target, bytes, end, remaining, flags, format, packed, count);
}
inline HRESULT print_bytes(wchar_t* target, size_t bytes, wchar_t** end, size_t* remaining, DWORD flags,
                           const wchar_t* format, const openwmi_argument* packed, size_t count) {
  return _openwmi_string_print_w(target, bytes, end, remaining, flags, format, packed, count);
}

// In characters. A size that is too large stays too large in bytes.
struct Cch {
  template <typename C>
  static HRESULT print(C* target, size_t size, C** end, size_t* remaining, DWORD flags, const C* format,
                       const openwmi_argument* packed, size_t count) {
    const size_t bytes = size > STRSAFE_MAX_CCH ? static_cast<size_t>(-1) : size * sizeof(C);
    const HRESULT result = print_bytes(target, bytes, end, remaining, flags, format, packed, count);
    if (remaining && (result == S_OK || result == STRSAFE_E_INSUFFICIENT_BUFFER)) *remaining /= sizeof(C);
    return result;
  }
};

struct Cb {
  template <typename C>
  static HRESULT print(C* target, size_t size, C** end, size_t* remaining, DWORD flags, const C* format,
                       const openwmi_argument* packed, size_t count) {
    return print_bytes(target, size, end, remaining, flags, format, packed, count);
  }
};

}  // namespace openwmi_output

// Plain values travel by value, what includes objects by reference, as in detail/output.h.
#define OPENWMI_STRSAFE_BODY(U, end, remaining, flags)                                                       \
  {                                                                                                          \
    const openwmi_argument packed[sizeof...(A) + 1] = {openwmi_output::pack(values)..., openwmi_argument()}; \
    return openwmi_output::U::print(target, size, end, remaining, flags, format, packed, sizeof...(A));      \
  }
#define OPENWMI_STRSAFE_PRINTF(U, X, Char)                                                                            \
  template <typename... A>                                                                                            \
  inline openwmi_output::when_plain<A...> String##U##Printf##X(Char* target, size_t size, const Char* format,         \
                                                               A... values)                                           \
      OPENWMI_STRSAFE_BODY(U, static_cast<Char**>(nullptr), nullptr, 0) template <typename... A>                      \
      inline openwmi_output::when_objects<A...> String##U##Printf##X(Char* target, size_t size, const Char* format,   \
                                                                     const A&... values)                              \
          OPENWMI_STRSAFE_BODY(U, static_cast<Char**>(nullptr), nullptr, 0) template <typename... A>                  \
          inline openwmi_output::when_plain<A...> String##U##PrintfEx##X(                                             \
              Char* target, size_t size, Char** end, size_t* remaining, DWORD flags, const Char* format, A... values) \
              OPENWMI_STRSAFE_BODY(U, end, remaining, flags) template <typename... A>                                 \
              inline openwmi_output::when_objects<A...> String##U##PrintfEx##X(                                       \
                  Char* target, size_t size, Char** end, size_t* remaining, DWORD flags, const Char* format,          \
                  const A&... values) OPENWMI_STRSAFE_BODY(U, end, remaining, flags)

#endif

OPENWMI_STRSAFE_PRINTF(Cch, A, char)
OPENWMI_STRSAFE_PRINTF(Cch, W, wchar_t)
OPENWMI_STRSAFE_PRINTF(Cb, A, char)
OPENWMI_STRSAFE_PRINTF(Cb, W, wchar_t)
#undef OPENWMI_STRSAFE_PRINTF

#if !defined(__cplusplus) || defined(OPENWMI_OUTPUT_C_FORMS)
EXTERN_C_END
#else
#undef OPENWMI_STRSAFE_BODY
}  // extern "C++"
#endif

#ifdef UNICODE
#define StringCchCopy StringCchCopyW
#define StringCchCopyEx StringCchCopyExW
#define StringCchCopyN StringCchCopyNW
#define StringCchCopyNEx StringCchCopyNExW
#define StringCchCat StringCchCatW
#define StringCchCatEx StringCchCatExW
#define StringCchCatN StringCchCatNW
#define StringCchCatNEx StringCchCatNExW
#define StringCchPrintf StringCchPrintfW
#define StringCchPrintfEx StringCchPrintfExW
#define StringCchVPrintf StringCchVPrintfW
#define StringCchVPrintfEx StringCchVPrintfExW
#define StringCchLength StringCchLengthW
#define StringCbCopy StringCbCopyW
#define StringCbCopyEx StringCbCopyExW
#define StringCbCopyN StringCbCopyNW
#define StringCbCopyNEx StringCbCopyNExW
#define StringCbCat StringCbCatW
#define StringCbCatEx StringCbCatExW
#define StringCbCatN StringCbCatNW
#define StringCbCatNEx StringCbCatNExW
#define StringCbPrintf StringCbPrintfW
#define StringCbPrintfEx StringCbPrintfExW
#define StringCbVPrintf StringCbVPrintfW
#define StringCbVPrintfEx StringCbVPrintfExW
#define StringCbLength StringCbLengthW
#else
#define StringCchCopy StringCchCopyA
#define StringCchCopyEx StringCchCopyExA
#define StringCchCopyN StringCchCopyNA
#define StringCchCopyNEx StringCchCopyNExA
#define StringCchCat StringCchCatA
#define StringCchCatEx StringCchCatExA
#define StringCchCatN StringCchCatNA
#define StringCchCatNEx StringCchCatNExA
#define StringCchPrintf StringCchPrintfA
#define StringCchPrintfEx StringCchPrintfExA
#define StringCchVPrintf StringCchVPrintfA
#define StringCchVPrintfEx StringCchVPrintfExA
#define StringCchLength StringCchLengthA
#define StringCbCopy StringCbCopyA
#define StringCbCopyEx StringCbCopyExA
#define StringCbCopyN StringCbCopyNA
#define StringCbCopyNEx StringCbCopyNExA
#define StringCbCat StringCbCatA
#define StringCbCatEx StringCbCatExA
#define StringCbCatN StringCbCatNA
#define StringCbCatNEx StringCbCatNExA
#define StringCbPrintf StringCbPrintfA
#define StringCbPrintfEx StringCbPrintfExA
#define StringCbVPrintf StringCbVPrintfA
#define StringCbVPrintfEx StringCbVPrintfExA
#define StringCbLength StringCbLengthA
#endif

#endif
