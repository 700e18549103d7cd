// The C++ helpers of COM: _com_error, _bstr_t, _variant_t, _com_ptr_t, and smart pointer types for the known
// interfaces.
#ifndef OPENWMI_COMDEF_H
#define OPENWMI_COMDEF_H

#include "comdefsp.h"
#include "comip.h"
#include "comutil.h"
#include "detail/com_error.h"
#include "objbase.h"
#include "oleauto.h"

// IWbemLocatorPtr and its kin, for the headers of WMI that came first; the others do the same when they come.
#include "detail/wbem_smart_pointers.h"

#endif
