// The last error of a thread.
#ifndef OPENWMI_ERRHANDLINGAPI_H
#define OPENWMI_ERRHANDLINGAPI_H

#include "windef.h"

EXTERN_C_START

// The last error is a number per thread.
OPENWMI_API DWORD GetLastError(void);
OPENWMI_API void SetLastError(DWORD error);

EXTERN_C_END

#endif
