// The high-resolution clock.
#ifndef OPENWMI_PROFILEAPI_H
#define OPENWMI_PROFILEAPI_H

#include "windef.h"

#endif
