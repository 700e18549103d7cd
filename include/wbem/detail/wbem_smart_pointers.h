// The smart pointer types of the interfaces of WMI: IWbemLocatorPtr and so on. Included by comdef.h and by each header
// of WMI, whichever comes later; every time it adds those of the headers that have come by then.
#include "../comip.h"

#if defined(OPENWMI_CXX_INTERFACES)

#if defined(OPENWMI_WBEMCLI_H) && !defined(OPENWMI_WBEMCLI_H_POINTERS)
#define OPENWMI_WBEMCLI_H_POINTERS
_COM_SMARTPTR_TYPEDEF(IEnumWbemClassObject, __uuidof(IEnumWbemClassObject));
_COM_SMARTPTR_TYPEDEF(IMofCompiler, __uuidof(IMofCompiler));
_COM_SMARTPTR_TYPEDEF(IUnsecuredApartment, __uuidof(IUnsecuredApartment));
_COM_SMARTPTR_TYPEDEF(IWbemBackupRestore, __uuidof(IWbemBackupRestore));
_COM_SMARTPTR_TYPEDEF(IWbemBackupRestoreEx, __uuidof(IWbemBackupRestoreEx));
_COM_SMARTPTR_TYPEDEF(IWbemCallResult, __uuidof(IWbemCallResult));
_COM_SMARTPTR_TYPEDEF(IWbemClassObject, __uuidof(IWbemClassObject));
_COM_SMARTPTR_TYPEDEF(IWbemConfigureRefresher, __uuidof(IWbemConfigureRefresher));
_COM_SMARTPTR_TYPEDEF(IWbemContext, __uuidof(IWbemContext));
_COM_SMARTPTR_TYPEDEF(IWbemHiPerfEnum, __uuidof(IWbemHiPerfEnum));
_COM_SMARTPTR_TYPEDEF(IWbemLocator, __uuidof(IWbemLocator));
_COM_SMARTPTR_TYPEDEF(IWbemObjectAccess, __uuidof(IWbemObjectAccess));
_COM_SMARTPTR_TYPEDEF(IWbemObjectSink, __uuidof(IWbemObjectSink));
_COM_SMARTPTR_TYPEDEF(IWbemObjectSinkEx, __uuidof(IWbemObjectSinkEx));
_COM_SMARTPTR_TYPEDEF(IWbemObjectTextSrc, __uuidof(IWbemObjectTextSrc));
_COM_SMARTPTR_TYPEDEF(IWbemQualifierSet, __uuidof(IWbemQualifierSet));
_COM_SMARTPTR_TYPEDEF(IWbemRefresher, __uuidof(IWbemRefresher));
_COM_SMARTPTR_TYPEDEF(IWbemServices, __uuidof(IWbemServices));
_COM_SMARTPTR_TYPEDEF(IWbemShutdown, __uuidof(IWbemShutdown));
_COM_SMARTPTR_TYPEDEF(IWbemStatusCodeText, __uuidof(IWbemStatusCodeText));
_COM_SMARTPTR_TYPEDEF(IWbemUnsecuredApartment, __uuidof(IWbemUnsecuredApartment));
#endif

#if defined(OPENWMI_WBEMPROV_H) && !defined(OPENWMI_WBEMPROV_H_POINTERS)
#define OPENWMI_WBEMPROV_H_POINTERS
_COM_SMARTPTR_TYPEDEF(IWbemDecoupledBasicEventProvider, __uuidof(IWbemDecoupledBasicEventProvider));
_COM_SMARTPTR_TYPEDEF(IWbemDecoupledRegistrar, __uuidof(IWbemDecoupledRegistrar));
_COM_SMARTPTR_TYPEDEF(IWbemEventConsumerProvider, __uuidof(IWbemEventConsumerProvider));
_COM_SMARTPTR_TYPEDEF(IWbemEventProvider, __uuidof(IWbemEventProvider));
_COM_SMARTPTR_TYPEDEF(IWbemEventProviderQuerySink, __uuidof(IWbemEventProviderQuerySink));
_COM_SMARTPTR_TYPEDEF(IWbemEventProviderSecurity, __uuidof(IWbemEventProviderSecurity));
_COM_SMARTPTR_TYPEDEF(IWbemEventSink, __uuidof(IWbemEventSink));
_COM_SMARTPTR_TYPEDEF(IWbemHiPerfProvider, __uuidof(IWbemHiPerfProvider));
_COM_SMARTPTR_TYPEDEF(IWbemPropertyProvider, __uuidof(IWbemPropertyProvider));
_COM_SMARTPTR_TYPEDEF(IWbemProviderIdentity, __uuidof(IWbemProviderIdentity));
_COM_SMARTPTR_TYPEDEF(IWbemProviderInit, __uuidof(IWbemProviderInit));
_COM_SMARTPTR_TYPEDEF(IWbemProviderInitSink, __uuidof(IWbemProviderInitSink));
_COM_SMARTPTR_TYPEDEF(IWbemUnboundObjectSink, __uuidof(IWbemUnboundObjectSink));
#endif

#if defined(OPENWMI_WMIUTILS_H) && !defined(OPENWMI_WMIUTILS_H_POINTERS)
#define OPENWMI_WMIUTILS_H_POINTERS
_COM_SMARTPTR_TYPEDEF(IWbemPath, __uuidof(IWbemPath));
_COM_SMARTPTR_TYPEDEF(IWbemPathKeyList, __uuidof(IWbemPathKeyList));
_COM_SMARTPTR_TYPEDEF(IWbemQuery, __uuidof(IWbemQuery));
#endif

#endif
