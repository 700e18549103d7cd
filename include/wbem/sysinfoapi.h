// Time and identity of the system.
#ifndef OPENWMI_SYSINFOAPI_H
#define OPENWMI_SYSINFOAPI_H

#include "windef.h"

#endif
