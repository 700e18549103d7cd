// Threads of this process, and who and where it is.
#ifndef OPENWMI_PROCESSTHREADSAPI_H
#define OPENWMI_PROCESSTHREADSAPI_H

#include "windef.h"

#endif
