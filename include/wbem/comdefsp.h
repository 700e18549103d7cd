// Smart pointer types for the interfaces of COM and Automation: IUnknownPtr and so on. Those of WMI come with
// wbemcli.h and wbemprov.h when comdef.h is included, too.
#ifndef OPENWMI_COMDEFSP_H
#define OPENWMI_COMDEFSP_H

#include "comip.h"
#include "objbase.h"
#include "oleauto.h"

#ifdef __cplusplus

_COM_SMARTPTR_TYPEDEF(IClassFactory, __uuidof(IClassFactory));
_COM_SMARTPTR_TYPEDEF(IClientSecurity, __uuidof(IClientSecurity));
_COM_SMARTPTR_TYPEDEF(ICreateErrorInfo, __uuidof(ICreateErrorInfo));
_COM_SMARTPTR_TYPEDEF(IDispatch, __uuidof(IDispatch));
_COM_SMARTPTR_TYPEDEF(IErrorInfo, __uuidof(IErrorInfo));
_COM_SMARTPTR_TYPEDEF(IServerSecurity, __uuidof(IServerSecurity));
_COM_SMARTPTR_TYPEDEF(ISupportErrorInfo, __uuidof(ISupportErrorInfo));
_COM_SMARTPTR_TYPEDEF(IUnknown, __uuidof(IUnknown));

#endif

#endif
