// WMI for providers. A provider implements IWbemProviderInit and, for instances, classes and methods, IWbemServices.
#ifndef OPENWMI_WBEMPROV_H
#define OPENWMI_WBEMPROV_H

#include "wbemcli.h"

typedef VARIANT WBEM_VARIANT;
typedef LPWSTR WBEM_WSTR;
typedef LPCWSTR WBEM_CWSTR;

#ifdef OPENWMI_CXX_INTERFACES

// Takes the outcome of IWbemProviderInit::Initialize: WBEM_S_INITIALIZED or an error, exactly once.
struct IWbemProviderInitSink : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetStatus(LONG lStatus, LONG lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemProviderInitSink, 0x1BE41571, 0x91DD, 0x11D1, 0xAE, 0xB2, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// Called once before anything else. AddRef what is kept; return quickly.
struct IWbemProviderInit : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Initialize(LPWSTR wszUser, LONG lFlags, LPWSTR wszNamespace, LPWSTR wszLocale,
                                               IWbemServices* pNamespace, IWbemContext* pCtx,
                                               IWbemProviderInitSink* pInitSink) = 0;
};
OPENWMI_INTERFACE_ID(IWbemProviderInit, 0x1BE41572, 0x91DD, 0x11D1, 0xAE, 0xB2, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// A permanent event consumer: takes events for a logical consumer.
struct IWbemUnboundObjectSink : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE IndicateToConsumer(IWbemClassObject* pLogicalConsumer, long lNumObjects,
                                                       IWbemClassObject** apObjects) = 0;
};
OPENWMI_INTERFACE_ID(IWbemUnboundObjectSink, 0xE246107B, 0xB06E, 0x11D0, 0xAD, 0x61, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)

// Dynamic property values, located by the class, instance and property mapping strings.
struct IWbemPropertyProvider : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetProperty(long lFlags, const BSTR strLocale, const BSTR strClassMapping,
                                                const BSTR strInstMapping, const BSTR strPropMapping,
                                                VARIANT* pvValue) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutProperty(long lFlags, const BSTR strLocale, const BSTR strClassMapping,
                                                const BSTR strInstMapping, const BSTR strPropMapping,
                                                const VARIANT* pvValue) = 0;
};
OPENWMI_INTERFACE_ID(IWbemPropertyProvider, 0xCE61E841, 0x65BC, 0x11D0, 0xB6, 0xBD, 0x00, 0xAA, 0x00, 0x32, 0x40, 0xC7)

// A source of events.
struct IWbemEventProvider : public IUnknown {
  // Keep the sink (AddRef), return at once, Indicate from an own thread; never SetStatus.
  virtual HRESULT STDMETHODCALLTYPE ProvideEvents(IWbemObjectSink* pSink, long lFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemEventProvider, 0xE245105B, 0xB06E, 0x11D0, 0xAD, 0x61, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)

// Tells an event provider which queries are alive. NewQuery may precede ProvideEvents and may repeat an id.
struct IWbemEventProviderQuerySink : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE NewQuery(unsigned long dwId, WBEM_WSTR wszQueryLanguage, WBEM_WSTR wszQuery) = 0;
  virtual HRESULT STDMETHODCALLTYPE CancelQuery(unsigned long dwId) = 0;
};
OPENWMI_INTERFACE_ID(IWbemEventProviderQuerySink, 0x580ACAF8, 0xFA1C, 0x11D0, 0xAD, 0x72, 0x00, 0xC0, 0x4F, 0xD8, 0xFD,
                     0xFF)

// Asks an event provider whether a user may subscribe. WBEM_S_SUBJECT_TO_SDS: he may, and each event says with its
// SECURITY_DESCRIPTOR whether he gets it; any other success: he gets all.
struct IWbemEventProviderSecurity : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE AccessCheck(WBEM_CWSTR wszQueryLanguage, WBEM_CWSTR wszQuery, long lSidLength,
                                                const BYTE* pSid) = 0;
};
OPENWMI_INTERFACE_ID(IWbemEventProviderSecurity, 0x631F7D96, 0xD993, 0x11D2, 0xB3, 0x39, 0x00, 0x10, 0x5A, 0x1F, 0x4A,
                     0xAF)

// The sink an event provider gets: can tell whether anybody listens, and can be narrowed.
struct IWbemEventSink : public IWbemObjectSink {
  // Who may have what passes the sink: a self-relative descriptor with owner and group, whose DACL gives
  // WBEM_RIGHT_SUBSCRIBE. No bytes and NULL: everybody. WBEM_E_INVALID_PARAMETER for one that is malformed.
  virtual HRESULT STDMETHODCALLTYPE SetSinkSecurity(long lSDLength, BYTE* pSD) = 0;
  // WBEM_S_FALSE when nobody listens.
  virtual HRESULT STDMETHODCALLTYPE IsActive() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetRestrictedSink(long lNumQueries, const LPCWSTR* awszQueries, IUnknown* pCallback,
                                                      IWbemEventSink** ppSink) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetBatchingParameters(LONG lFlags, DWORD dwMaxBufferSize,
                                                          DWORD dwMaxSendLatency) = 0;
};
OPENWMI_INTERFACE_ID(IWbemEventSink, 0x3AE0080A, 0x7E3A, 0x4366, 0xBF, 0x89, 0x0F, 0xEE, 0xDC, 0x93, 0x16, 0x59)

// Finds the physical consumer of a logical one.
struct IWbemEventConsumerProvider : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE FindConsumer(IWbemClassObject* pLogicalConsumer,
                                                 IWbemUnboundObjectSink** ppConsumer) = 0;
};
OPENWMI_INTERFACE_ID(IWbemEventConsumerProvider, 0xE246107A, 0xB06E, 0x11D0, 0xAD, 0x61, 0x00, 0xC0, 0x4F, 0xD8, 0xFD,
                     0xFF)

// Optional: learns the registration instance.
struct IWbemProviderIdentity : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetRegistrationObject(long lFlags, IWbemClassObject* pProvReg) = 0;
};
OPENWMI_INTERFACE_ID(IWbemProviderIdentity, 0x631F7D97, 0xD993, 0x11D2, 0xB3, 0x39, 0x00, 0x10, 0x5A, 0x1F, 0x4A, 0xAF)

// High-performance provider for refreshers; answers WBEM_E_PROVIDER_NOT_CAPABLE to what it lacks.
struct IWbemHiPerfProvider : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE QueryInstances(IWbemServices* pNamespace, WCHAR* wszClass, long lFlags,
                                                   IWbemContext* pCtx, IWbemObjectSink* pSink) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateRefresher(IWbemServices* pNamespace, long lFlags,
                                                    IWbemRefresher** ppRefresher) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateRefreshableObject(IWbemServices* pNamespace, IWbemObjectAccess* pTemplate,
                                                            IWbemRefresher* pRefresher, long lFlags,
                                                            IWbemContext* pContext, IWbemObjectAccess** ppRefreshable,
                                                            long* plId) = 0;
  virtual HRESULT STDMETHODCALLTYPE StopRefreshing(IWbemRefresher* pRefresher, long lId, long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateRefreshableEnum(IWbemServices* pNamespace, LPCWSTR wszClass,
                                                          IWbemRefresher* pRefresher, long lFlags,
                                                          IWbemContext* pContext, IWbemHiPerfEnum* pHiPerfEnum,
                                                          long* plId) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetObjects(IWbemServices* pNamespace, long lNumObjects, IWbemObjectAccess** apObj,
                                               long lFlags, IWbemContext* pContext) = 0;
};
OPENWMI_INTERFACE_ID(IWbemHiPerfProvider, 0x49353C93, 0x516B, 0x11D1, 0xAE, 0xA6, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// Registers a provider that lives inside an application.
struct IWbemDecoupledRegistrar : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Register(long a_Flags, IWbemContext* a_Context, LPCWSTR a_User, LPCWSTR a_Locale,
                                             LPCWSTR a_Scope, LPCWSTR a_Registration, IUnknown* pIUnknown) = 0;
  virtual HRESULT STDMETHODCALLTYPE UnRegister() = 0;
};
OPENWMI_INTERFACE_ID(IWbemDecoupledRegistrar, 0x1005CBCF, 0xE64F, 0x4646, 0xBC, 0xD3, 0x3A, 0x08, 0x9D, 0x8A, 0x84,
                     0xB4)

// The same for an event source, with its sink and namespace.
struct IWbemDecoupledBasicEventProvider : public IWbemDecoupledRegistrar {
  virtual HRESULT STDMETHODCALLTYPE GetSink(long a_Flags, IWbemContext* a_Context, IWbemObjectSink** a_Sink) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetService(long a_Flags, IWbemContext* a_Context, IWbemServices** a_Service) = 0;
};
OPENWMI_INTERFACE_ID(IWbemDecoupledBasicEventProvider, 0x86336D20, 0xCA11, 0x4786, 0x9E, 0xF1, 0xBC, 0x8A, 0x94, 0x6B,
                     0x42, 0xFC)

OPENWMI_CLASS_ID(WbemAdministrativeLocator, 0xCB8555CC, 0x9128, 0x11D1, 0xAD, 0x9B, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)
OPENWMI_CLASS_ID(WbemAuthenticatedLocator, 0xCD184336, 0x9128, 0x11D1, 0xAD, 0x9B, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)
OPENWMI_CLASS_ID(WbemUnauthenticatedLocator, 0x443E7B79, 0xDE31, 0x11D2, 0xB3, 0x40, 0x00, 0x10, 0x4B, 0xCC, 0x4B, 0x4A)
OPENWMI_CLASS_ID(WbemDecoupledRegistrar, 0x4CFC7932, 0x0F9D, 0x4BEF, 0x9C, 0x32, 0x8E, 0xA2, 0xA6, 0xB5, 0x6F, 0xCB)
OPENWMI_CLASS_ID(WbemDecoupledBasicEventProvider, 0xF5F75737, 0x2843, 0x4F22, 0x93, 0x3D, 0xC7, 0x6A, 0x97, 0xCD, 0xA6,
                 0x2F)

#else
#include "detail/c/wbemprov.h"
#endif

// IWbemProviderInitPtr and its kin, if comdef.h came first; comdef.h does the same in the other order.
#ifdef OPENWMI_COMDEF_H
#include "detail/wbem_smart_pointers.h"
#endif

#endif
