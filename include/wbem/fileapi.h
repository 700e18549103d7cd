// The functions about times of files that need no file. There are no functions for files: use those of C and C++.
#ifndef OPENWMI_FILEAPI_H
#define OPENWMI_FILEAPI_H

#include "windef.h"

EXTERN_C_START

// -1, 0 or 1: the first is earlier, equal, later.
OPENWMI_API LONG CompareFileTime(const FILETIME* first, const FILETIME* second);
// Between UTC and the local time of the process, with the offset that holds now (not the one that held then, as on
// Windows). FALSE with ERROR_INVALID_PARAMETER for a time that has no counterpart.
OPENWMI_API BOOL FileTimeToLocalFileTime(const FILETIME* utc, LPFILETIME local);
OPENWMI_API BOOL LocalFileTimeToFileTime(const FILETIME* local, LPFILETIME utc);

EXTERN_C_END

#endif
