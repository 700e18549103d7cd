// Messages to the user. There are no windows.
#ifndef OPENWMI_WINUSER_H
#define OPENWMI_WINUSER_H

#include "windef.h"

#endif
