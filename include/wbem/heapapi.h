// The heap of the process.
#ifndef OPENWMI_HEAPAPI_H
#define OPENWMI_HEAPAPI_H

#include "windef.h"

#endif
