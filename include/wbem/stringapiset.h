// Conversion between code pages and wide text, and comparing by code points.
//
// What differs from Windows: a wchar_t has 32 bits and holds any character, so counts of wide text are characters, and
// there are no surrogate pairs. The code page of the system (CP_ACP, CP_OEMCP, CP_MACCP, CP_THREAD_ACP) is UTF-8.
#ifndef OPENWMI_STRINGAPISET_H
#define OPENWMI_STRINGAPISET_H

#include "windef.h"

#ifndef CP_ACP
#define CP_ACP 0
#define CP_OEMCP 1
#define CP_MACCP 2
#define CP_THREAD_ACP 3
#define CP_SYMBOL 42
#define CP_UTF7 65000
#define CP_UTF8 65001
#endif

#define MB_PRECOMPOSED 0x00000001
#define MB_COMPOSITE 0x00000002
#define MB_USEGLYPHCHARS 0x00000004
#define MB_ERR_INVALID_CHARS 0x00000008

#define WC_DISCARDNS 0x00000010
#define WC_SEPCHARS 0x00000020
#define WC_DEFAULTCHAR 0x00000040
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_COMPOSITECHECK 0x00000200
#define WC_NO_BEST_FIT_CHARS 0x00000400

#define CSTR_LESS_THAN 1
#define CSTR_EQUAL 2
#define CSTR_GREATER_THAN 3

EXTERN_C_START

// Convert a text and return the number of units written; with a target size of 0, the number needed, and nothing is
// written. A source length of -1 means up to and with the terminating null; any other length converts just that many
// units and writes no null. Source and target must not overlap. May be called from any thread.
//
// Pages: UTF-8 for the four names above and 65001; UTF-7; numbered ones (1250 to 1258, 437 and its kin, 874, 932, 936,
// 949, 950, 1361, 20127, 20866, 21866, 28591 to 28605, 50220, 50225, 51932, 51949, 52936, 54936) as far as the C
// library of the machine has their tables. CP_SYMBOL is not one of them.
//
// Flags: MB_ERR_INVALID_CHARS and WC_ERR_INVALID_CHARS (UTF-8 and 54936 alone) make text that is not valid a failure;
// without them each wrong unit becomes U+FFFD. MB_PRECOMPOSED is the default. MB_COMPOSITE and MB_USEGLYPHCHARS are not
// supported. There is no best fit: a character that the page does not have becomes the default character, with and
// without WC_NO_BEST_FIT_CHARS; WC_COMPOSITECHECK and its three companions join nothing, so a combining mark is such a
// character.
//
// The default character is "?" unless `default_character` points to another. *used_default tells whether it was used;
// both must be NULL for CP_UTF8 and CP_UTF7. With CP_ACP and its kin they may be given, and stand for wide characters
// that are none.
//
// Result 0 and GetLastError:
//   ERROR_INSUFFICIENT_BUFFER     the target is too small; what is in it is not to be used
//   ERROR_INVALID_PARAMETER       a page that is not there, a source of NULL, of length 0 or below -1, a target of NULL
//                                 or of a negative size, the same pointer for both, a default character where there
//                                 is none, a result of more than 2^31-1 units
//   ERROR_INVALID_FLAGS           flags that the page or this library does not support
//   ERROR_NO_UNICODE_TRANSLATION  text that is not valid, with one of the flags above
OPENWMI_API int MultiByteToWideChar(UINT page, DWORD flags, LPCCH source, int source_length, LPWSTR target,
                                    int target_size);
OPENWMI_API int WideCharToMultiByte(UINT page, DWORD flags, LPCWCH source, int source_length, LPSTR target,
                                    int target_size, LPCCH default_character, LPBOOL used_default);

// Compares by code points, with `ignore_case` by those of the upper-case forms: CSTR_LESS_THAN, CSTR_EQUAL or
// CSTR_GREATER_THAN. A length of -1 means up to the terminating null. 0 and ERROR_INVALID_PARAMETER for NULL and for a
// length below -1.
OPENWMI_API int CompareStringOrdinal(LPCWCH a, int a_length, LPCWCH b, int b_length, BOOL ignore_case);

EXTERN_C_END

#endif
