// Environment variables. The rules for errors and sizes are in crt_strings.h.
//
// Names of variables have case here and none on Windows: Path is not PATH. They change in the whole process; as with
// setenv, no other thread may read the environment meanwhile.
#ifndef OPENWMI_DETAIL_CRT_ENVIRONMENT_H
#define OPENWMI_DETAIL_CRT_ENVIRONMENT_H

#include "crt_strings.h"

EXTERN_C_START

// The value of a variable in the target. *needed gets its size with the terminating null, 0 when there is no such
// variable; that is success, and the target is the empty text. A target of NULL with size 0 asks for the size alone.
OPENWMI_API errno_t getenv_s(size_t* needed, char* target, rsize_t size, const char* name);
OPENWMI_API errno_t _wgetenv_s(size_t* needed, wchar_t* target, size_t size, const wchar_t* name);

// The value in memory to be given to free(), and its size with the terminating null in *size when that is not NULL.
// Without such a variable: success, NULL and 0. ENOMEM when memory is out.
OPENWMI_API errno_t _dupenv_s(char** value, size_t* size, const char* name);
OPENWMI_API errno_t _wdupenv_s(wchar_t** value, size_t* size, const wchar_t* name);

// The value, or NULL. It is never freed and never changes; the library keeps one copy of each value it was asked for.
OPENWMI_API wchar_t* _wgetenv(const wchar_t* name);

// Set a variable; an empty value removes it. EINVAL for NULL and for a name that is empty or has a "=".
OPENWMI_API errno_t _putenv_s(const char* name, const char* value);
OPENWMI_API errno_t _wputenv_s(const wchar_t* name, const wchar_t* value);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t Size>
errno_t getenv_s(size_t* needed, char (&target)[Size], const char* name) {
  return getenv_s(needed, target, Size, name);
}
template <size_t Size>
errno_t _wgetenv_s(size_t* needed, wchar_t (&target)[Size], const wchar_t* name) {
  return _wgetenv_s(needed, target, Size, name);
}

}  // extern "C++"
#endif

#endif
