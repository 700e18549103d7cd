// Comparing without case, changing case, duplicating. The rules for errors and sizes are in crt_strings.h.
//
// Case is that of the program's locale, as on Windows: ASCII letters alone until the program calls setlocale. The
// narrow functions know ASCII letters alone in every locale, because the others take several bytes in UTF-8.
#ifndef OPENWMI_DETAIL_CRT_CASE_H
#define OPENWMI_DETAIL_CRT_CASE_H

#include "crt_strings.h"

EXTERN_C_START

// Compare the lower-case forms: <0, 0, >0. A NULL text gives _NLSCMPERROR and errno EINVAL. The forms with a count look
// at no more than that many characters; with a count of 0 the texts are equal.
OPENWMI_API int _stricmp(const char* a, const char* b);
OPENWMI_API int _wcsicmp(const wchar_t* a, const wchar_t* b);
OPENWMI_API int _strnicmp(const char* a, const char* b, size_t count);
OPENWMI_API int _wcsnicmp(const wchar_t* a, const wchar_t* b, size_t count);

// A copy to be given to free(); NULL for NULL and, with errno ENOMEM, when memory is out.
OPENWMI_API char* _strdup(const char* text);
OPENWMI_API wchar_t* _wcsdup(const wchar_t* text);

// Change the text in place and return it. NULL gives NULL and errno EINVAL.
OPENWMI_API char* _strlwr(char* text);
OPENWMI_API char* _strupr(char* text);
OPENWMI_API wchar_t* _wcslwr(wchar_t* text);
OPENWMI_API wchar_t* _wcsupr(wchar_t* text);
OPENWMI_API char* _strrev(char* text);  // by bytes: for ASCII text
OPENWMI_API wchar_t* _wcsrev(wchar_t* text);

// EINVAL when the text has no terminating null within `size`; it is then emptied.
OPENWMI_API errno_t _strlwr_s(char* text, size_t size);
OPENWMI_API errno_t _strupr_s(char* text, size_t size);
OPENWMI_API errno_t _wcslwr_s(wchar_t* text, size_t size);
OPENWMI_API errno_t _wcsupr_s(wchar_t* text, size_t size);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t Size>
errno_t _strlwr_s(char (&text)[Size]) {
  return _strlwr_s(text, Size);
}
template <size_t Size>
errno_t _strupr_s(char (&text)[Size]) {
  return _strupr_s(text, Size);
}
template <size_t Size>
errno_t _wcslwr_s(wchar_t (&text)[Size]) {
  return _wcslwr_s(text, Size);
}
template <size_t Size>
errno_t _wcsupr_s(wchar_t (&text)[Size]) {
  return _wcsupr_s(text, Size);
}

}  // extern "C++"
#endif

#endif
