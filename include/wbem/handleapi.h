// Handles: numbers for objects of the process that CloseHandle gives back.
#ifndef OPENWMI_HANDLEAPI_H
#define OPENWMI_HANDLEAPI_H

#include "windef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR) - 1)

#endif
