// The C++ helpers of COM: _com_error, _bstr_t, _variant_t, _com_ptr_t, and smart pointer types for the known
// interfaces.
#ifndef OPENWMI_COMDEF_H
#define OPENWMI_COMDEF_H

#include "comip.h"
#include "comutil.h"
#include "detail/com_error.h"
#include "objbase.h"
#include "oleauto.h"

#if defined(OPENWMI_CXX_INTERFACES)

_COM_SMARTPTR_TYPEDEF(IUnknown, __uuidof(IUnknown));
_COM_SMARTPTR_TYPEDEF(IClassFactory, __uuidof(IClassFactory));
_COM_SMARTPTR_TYPEDEF(IDispatch, __uuidof(IDispatch));
_COM_SMARTPTR_TYPEDEF(IErrorInfo, __uuidof(IErrorInfo));
_COM_SMARTPTR_TYPEDEF(ICreateErrorInfo, __uuidof(ICreateErrorInfo));
_COM_SMARTPTR_TYPEDEF(ISupportErrorInfo, __uuidof(ISupportErrorInfo));
_COM_SMARTPTR_TYPEDEF(IClientSecurity, __uuidof(IClientSecurity));
_COM_SMARTPTR_TYPEDEF(IServerSecurity, __uuidof(IServerSecurity));

#endif

// IWbemLocatorPtr and its kin, for the headers of WMI that came first; the others do the same when they come.
#include "detail/wbem_smart_pointers.h"

#endif
