// Conversions between FILETIME, SYSTEMTIME and local time.
#ifndef OPENWMI_TIMEZONEAPI_H
#define OPENWMI_TIMEZONEAPI_H

#include "windef.h"

#endif
