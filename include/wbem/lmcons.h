// Lengths of names, without the final NUL.
#ifndef OPENWMI_LMCONS_H
#define OPENWMI_LMCONS_H

#include "windef.h"

#define CNLEN 15
#define DNLEN CNLEN
#define UNCLEN (CNLEN + 2)
#define UNLEN 256
#define PWLEN 256

typedef DWORD NET_API_STATUS;

#endif
