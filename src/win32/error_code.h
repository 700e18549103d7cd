// ErrorCode: an error number of Windows (ERROR_…) as the functions below the exported ones pass it on.
#pragma once

#include <windef.h>
#include <winerror.h>

namespace wmi::win32 {

using ErrorCode = DWORD;  // ERROR_SUCCESS or another ERROR_…

// What a failed call of the system means to a program written for Windows: ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED,
// ERROR_DISK_FULL and so on; ERROR_GEN_FAILURE for what has no counterpart.
ErrorCode ErrorOfErrno(int system_errno);

}  // namespace wmi::win32
