// The part of windows.h that WMI programs use: types, HRESULT, Interlocked functions, memory fills, Sleep, critical
// sections, last error, and COM (objbase.h), which Windows includes from here too. _WIN32 is not defined.
#ifndef OPENWMI_WINDOWS_H
#define OPENWMI_WINDOWS_H

#include "basetsd.h"
#include "guiddef.h"
#include "rpc.h"
#include "sal.h"
#include "winbase.h"
#include "windef.h"
#include "winerror.h"
#include "winnt.h"
#ifndef WIN32_LEAN_AND_MEAN
#include "objbase.h"
#include "oleauto.h"
#endif

#endif
