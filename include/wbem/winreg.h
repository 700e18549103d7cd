// The registry, over files of the user.
#ifndef OPENWMI_WINREG_H
#define OPENWMI_WINREG_H

#include "windef.h"

#endif
