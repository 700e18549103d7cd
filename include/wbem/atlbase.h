// ATL as far as WMI programs use it: the smart pointers and values of atlcomcli.h, the text conversions of atlconv.h,
// owners of memory and handles, locks. Not here: modules (CComModule, _Module, registration), connection points,
// CRegKey, windows. The names are in namespace ATL, which is opened unless _ATL_NO_AUTOMATIC_NAMESPACE is defined.
#ifndef OPENWMI_ATLBASE_H
#define OPENWMI_ATLBASE_H

#include "atlcomcli.h"
#include "atlconv.h"
#include "detail/atl_locks.h"
#include "detail/atl_memory.h"
#include "windows.h"

#endif
