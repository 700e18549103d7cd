// Opening files. The rules for errors are in crt_strings.h.
//
// Paths are those of Linux, in UTF-8; a "\" is a character of a name. Modes are those of Windows: r w a x + b t, N (not
// inherited by child processes), the hints c n S R T, which have no effect, and ccs=UTF-8 (text is UTF-8 anyway; no
// byte order mark is written or skipped). Line ends stay "\n". What would need another encoding (ccs=UTF-16LE,
// ccs=UNICODE), D and unknown letters are an EINVAL. Windows locks what the secure forms open against others; here
// nothing is locked.
#ifndef OPENWMI_DETAIL_CRT_FILES_H
#define OPENWMI_DETAIL_CRT_FILES_H

#include "crt_strings.h"

EXTERN_C_START

// *file gets the stream, NULL on failure. Results: EINVAL for NULL and for such a mode, else what open answers, ENOENT
// for one.
OPENWMI_API errno_t fopen_s(FILE** file, const char* path, const char* mode);
OPENWMI_API errno_t _wfopen_s(FILE** file, const wchar_t* path, const wchar_t* mode);

// The stream, or NULL and errno.
OPENWMI_API FILE* _wfopen(const wchar_t* path, const wchar_t* mode);

// Close the stream and open another file in its place. On failure the stream is closed and *file is NULL.
OPENWMI_API errno_t freopen_s(FILE** file, const char* path, const char* mode, FILE* stream);
OPENWMI_API errno_t _wfreopen_s(FILE** file, const wchar_t* path, const wchar_t* mode, FILE* stream);
OPENWMI_API FILE* _wfreopen(const wchar_t* path, const wchar_t* mode, FILE* stream);

EXTERN_C_END

#endif
