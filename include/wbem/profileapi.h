// The high-resolution clock: monotonic, 10 MHz as on Windows, so that one tick is 100 ns. Safe from any thread.
#ifndef OPENWMI_PROFILEAPI_H
#define OPENWMI_PROFILEAPI_H

#include "windef.h"

EXTERN_C_START

// Always TRUE; FALSE with ERROR_INVALID_PARAMETER for a NULL pointer.
OPENWMI_API BOOL QueryPerformanceCounter(LARGE_INTEGER* count);
OPENWMI_API BOOL QueryPerformanceFrequency(LARGE_INTEGER* frequency);

EXTERN_C_END

#endif
