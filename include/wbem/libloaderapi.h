// Modules of the process and the files they come from.
#ifndef OPENWMI_LIBLOADERAPI_H
#define OPENWMI_LIBLOADERAPI_H

#include "windef.h"

#endif
