// The part of windows.h that WMI programs use: types, HRESULT, the C run-time of Microsoft, the functions of winbase.h
// and its parts, code pages, registry, messages, and COM (objbase.h), which Windows includes from here too. What is not
// supported is not declared. _WIN32 is not defined.
#ifndef OPENWMI_WINDOWS_H
#define OPENWMI_WINDOWS_H

#include "basetsd.h"
#include "guiddef.h"
#include "rpc.h"
#include "sal.h"
#include "stringapiset.h"
#include "winbase.h"
#include "windef.h"
#include "winerror.h"
#include "winnls.h"
#include "winnt.h"
#include "winreg.h"
#include "winuser.h"
#ifndef WIN32_LEAN_AND_MEAN
#include "objbase.h"
#include "oleauto.h"
#endif

#endif
