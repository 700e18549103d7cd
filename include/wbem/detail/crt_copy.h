// Copying, appending and cutting text with known buffer sizes. The rules for errors and sizes are in crt_strings.h.
#ifndef OPENWMI_DETAIL_CRT_COPY_H
#define OPENWMI_DETAIL_CRT_COPY_H

#include "crt_strings.h"

EXTERN_C_START

// Copies the text, or appends it to the text in the target. A target of the append functions that has no terminating
// null within its size is an EINVAL. Source and target must not overlap.
OPENWMI_API errno_t strcpy_s(char* target, rsize_t size, const char* source);
OPENWMI_API errno_t wcscpy_s(wchar_t* target, rsize_t size, const wchar_t* source);
OPENWMI_API errno_t strcat_s(char* target, rsize_t size, const char* source);
OPENWMI_API errno_t wcscat_s(wchar_t* target, rsize_t size, const wchar_t* source);

// At most `count` characters of the source and a terminating null. With _TRUNCATE as many as fit; STRUNCATE then tells
// that it was cut. A count of 0 is success and copies the empty text, from a source of NULL, too.
OPENWMI_API errno_t strncpy_s(char* target, rsize_t size, const char* source, rsize_t count);
OPENWMI_API errno_t wcsncpy_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count);
OPENWMI_API errno_t strncat_s(char* target, rsize_t size, const char* source, rsize_t count);
OPENWMI_API errno_t wcsncat_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count);

// Copies bytes or wide characters. When the source is NULL or the target too small, memcpy_s and wmemcpy_s fill the
// target with zeros, and memmove_s and wmemmove_s leave it alone. A count of 0 is success. The areas of the move
// functions may overlap.
OPENWMI_API errno_t memcpy_s(void* target, rsize_t size, const void* source, rsize_t count);
OPENWMI_API errno_t memmove_s(void* target, rsize_t size, const void* source, rsize_t count);
OPENWMI_API errno_t wmemcpy_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count);
OPENWMI_API errno_t wmemmove_s(wchar_t* target, rsize_t size, const wchar_t* source, rsize_t count);

// The length of the text, or `size` when there is no terminating null before; 0 for NULL.
OPENWMI_API size_t strnlen_s(const char* text, size_t size);
OPENWMI_API size_t wcsnlen_s(const wchar_t* text, size_t size);

// The next token: the text at its first call, then NULL; the place is kept in `context`. NULL at the end, and with
// errno EINVAL for a NULL parameter. The delimiters are overwritten with nulls.
OPENWMI_API char* strtok_s(char* text, const char* delimiters, char** context);
OPENWMI_API wchar_t* wcstok_s(wchar_t* text, const wchar_t* delimiters, wchar_t** context);

// wcstok of two parameters, which Windows has beside the standard one of three; the place is kept for the thread.
OPENWMI_API wchar_t* _openwmi_wcstok(wchar_t* text, const wchar_t* delimiters);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

inline wchar_t* wcstok(wchar_t* text, const wchar_t* delimiters) { return _openwmi_wcstok(text, delimiters); }

// For arrays: the size is the array's.
template <size_t Size>
errno_t strcpy_s(char (&target)[Size], const char* source) {
  return strcpy_s(target, Size, source);
}
template <size_t Size>
errno_t wcscpy_s(wchar_t (&target)[Size], const wchar_t* source) {
  return wcscpy_s(target, Size, source);
}
template <size_t Size>
errno_t strcat_s(char (&target)[Size], const char* source) {
  return strcat_s(target, Size, source);
}
template <size_t Size>
errno_t wcscat_s(wchar_t (&target)[Size], const wchar_t* source) {
  return wcscat_s(target, Size, source);
}
template <size_t Size>
errno_t strncpy_s(char (&target)[Size], const char* source, size_t count) {
  return strncpy_s(target, Size, source, count);
}
template <size_t Size>
errno_t wcsncpy_s(wchar_t (&target)[Size], const wchar_t* source, size_t count) {
  return wcsncpy_s(target, Size, source, count);
}
template <size_t Size>
errno_t strncat_s(char (&target)[Size], const char* source, size_t count) {
  return strncat_s(target, Size, source, count);
}
template <size_t Size>
errno_t wcsncat_s(wchar_t (&target)[Size], const wchar_t* source, size_t count) {
  return wcsncat_s(target, Size, source, count);
}

}  // extern "C++"
#endif

#endif
