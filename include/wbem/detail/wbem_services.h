// Connecting and calling: locator, services, enumerator, call result, sink, context. Strings that go in may be any
// NUL-terminated wide string. Interfaces may be called from any thread.
#ifndef OPENWMI_DETAIL_WBEM_SERVICES_H
#define OPENWMI_DETAIL_WBEM_SERVICES_H

#include "wbem_object.h"

#ifdef OPENWMI_CXX_INTERFACES

struct IEnumWbemClassObject;
struct IWbemCallResult;
struct IWbemObjectSink;

// The door: CoCreateInstance(CLSID_WbemLocator, ...) gives one.
struct IWbemLocator : public IUnknown {
  // `strNetworkResource`: root\x, \\.\root\x, \\host\root\x or with slashes. User, password and authority stay NULL for
  // the local machine (WBEM_E_LOCAL_CREDENTIALS). *ppNamespace is NULL on error.
  virtual HRESULT STDMETHODCALLTYPE ConnectServer(const BSTR strNetworkResource, const BSTR strUser,
                                                  const BSTR strPassword, const BSTR strLocale, long lSecurityFlags,
                                                  const BSTR strAuthority, IWbemContext* pCtx,
                                                  IWbemServices** ppNamespace) = 0;
};
OPENWMI_INTERFACE_ID(IWbemLocator, 0xDC12A687, 0x737F, 0x11CF, 0x88, 0x4D, 0x00, 0xAA, 0x00, 0x4B, 0x2E, 0x24)

// A connected namespace. Every operation exists in up to three forms: synchronous; semisynchronous (the same method
// with WBEM_FLAG_RETURN_IMMEDIATELY, answered by an enumerator or IWbemCallResult); asynchronous (...Async with a
// sink).
//
// An ...Async method that returns 0 has taken a reference on the sink; there follow any number of Indicate, exactly one
// SetStatus(WBEM_STATUS_COMPLETE, outcome), and the release. If it returns an error, the sink is not touched.
struct IWbemServices : public IUnknown {
  // A namespace below this one.
  virtual HRESULT STDMETHODCALLTYPE OpenNamespace(const BSTR strNamespace, long lFlags, IWbemContext* pCtx,
                                                  IWbemServices** ppWorkingNamespace, IWbemCallResult** ppResult) = 0;
  // Ends every pending operation of this sink: SetStatus with WBEM_E_CALL_CANCELLED, then no more calls. When it
  // returns, WMI holds no reference on the sink. Do not call it from inside the sink.
  virtual HRESULT STDMETHODCALLTYPE CancelAsyncCall(IWbemObjectSink* pSink) = 0;
  virtual HRESULT STDMETHODCALLTYPE QueryObjectSink(long lFlags, IWbemObjectSink** ppResponseHandler) = 0;
  // A class or instance by path; NULL or empty gives a new, empty class.
  virtual HRESULT STDMETHODCALLTYPE GetObject(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                              IWbemClassObject** ppObject, IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetObjectAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                                   IWbemObjectSink* pResponseHandler) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutClass(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx,
                                             IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutClassAsync(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx,
                                                  IWbemObjectSink* pResponseHandler) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteClass(const BSTR strClass, long lFlags, IWbemContext* pCtx,
                                                IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteClassAsync(const BSTR strClass, long lFlags, IWbemContext* pCtx,
                                                     IWbemObjectSink* pResponseHandler) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateClassEnum(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                                                    IEnumWbemClassObject** ppEnum) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateClassEnumAsync(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                                                         IWbemObjectSink* pResponseHandler) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutInstance(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                                                IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE PutInstanceAsync(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                                                     IWbemObjectSink* pResponseHandler) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteInstance(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                                   IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteInstanceAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                                        IWbemObjectSink* pResponseHandler) = 0;
  // Instances of a class, WBEM_FLAG_DEEP with those of its subclasses.
  virtual HRESULT STDMETHODCALLTYPE CreateInstanceEnum(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                                                       IEnumWbemClassObject** ppEnum) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateInstanceEnumAsync(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                                                            IWbemObjectSink* pResponseHandler) = 0;
  // Language "WQL". No match is success and an empty enumerator.
  virtual HRESULT STDMETHODCALLTYPE ExecQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags,
                                              IWbemContext* pCtx, IEnumWbemClassObject** ppEnum) = 0;
  virtual HRESULT STDMETHODCALLTYPE ExecQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags,
                                                   IWbemContext* pCtx, IWbemObjectSink* pResponseHandler) = 0;
  // Needs WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY.
  virtual HRESULT STDMETHODCALLTYPE ExecNotificationQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags,
                                                          IWbemContext* pCtx, IEnumWbemClassObject** ppEnum) = 0;
  virtual HRESULT STDMETHODCALLTYPE ExecNotificationQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery,
                                                               long lFlags, IWbemContext* pCtx,
                                                               IWbemObjectSink* pResponseHandler) = 0;
  // The return value tells whether the call worked; what the method returned is ReturnValue in *ppOutParams.
  virtual HRESULT STDMETHODCALLTYPE ExecMethod(const BSTR strObjectPath, const BSTR strMethodName, long lFlags,
                                               IWbemContext* pCtx, IWbemClassObject* pInParams,
                                               IWbemClassObject** ppOutParams, IWbemCallResult** ppCallResult) = 0;
  virtual HRESULT STDMETHODCALLTYPE ExecMethodAsync(const BSTR strObjectPath, const BSTR strMethodName, long lFlags,
                                                    IWbemContext* pCtx, IWbemClassObject* pInParams,
                                                    IWbemObjectSink* pResponseHandler) = 0;

  // What <windows.h> makes of GetObject on Windows, depending on UNICODE.
  HRESULT GetObjectW(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx, IWbemClassObject** ppObject,
                     IWbemCallResult** ppCallResult) {
    return GetObject(strObjectPath, lFlags, pCtx, ppObject, ppCallResult);
  }
  HRESULT GetObjectA(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx, IWbemClassObject** ppObject,
                     IWbemCallResult** ppCallResult) {
    return GetObject(strObjectPath, lFlags, pCtx, ppObject, ppCallResult);
  }
};
OPENWMI_INTERFACE_ID(IWbemServices, 0x9556DC99, 0x828C, 0x11CF, 0xA3, 0x7E, 0x00, 0xAA, 0x00, 0x32, 0x40, 0xC7)

// Results of a synchronous or semisynchronous call. Releasing it cancels what is not delivered.
struct IEnumWbemClassObject : public IUnknown {
  // Back to the start; WBEM_E_INVALID_OPERATION for WBEM_FLAG_FORWARD_ONLY.
  virtual HRESULT STDMETHODCALLTYPE Reset() = 0;
  // WBEM_S_NO_ERROR: uCount objects; WBEM_S_FALSE: the end, fewer objects; WBEM_S_TIMEDOUT: lTimeout milliseconds ran
  // out. *puReturned is always written. The caller releases the objects.
  virtual HRESULT STDMETHODCALLTYPE Next(long lTimeout, ULONG uCount, IWbemClassObject** apObjects,
                                         ULONG* puReturned) = 0;
  // Up to uCount objects to a sink.
  virtual HRESULT STDMETHODCALLTYPE NextAsync(ULONG uCount, IWbemObjectSink* pSink) = 0;
  virtual HRESULT STDMETHODCALLTYPE Clone(IEnumWbemClassObject** ppEnum) = 0;
  virtual HRESULT STDMETHODCALLTYPE Skip(long lTimeout, ULONG nCount) = 0;
};
OPENWMI_INTERFACE_ID(IEnumWbemClassObject, 0x027947E1, 0xD731, 0x11CE, 0xA3, 0x57, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01)

// The outcome of a semisynchronous call. Each method waits up to lTimeout: WBEM_S_TIMEDOUT if still running.
struct IWbemCallResult : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetResultObject(long lTimeout, IWbemClassObject** ppResultObject) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetResultString(long lTimeout, BSTR* pstrResultString) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetResultServices(long lTimeout, IWbemServices** ppServices) = 0;
  // The outcome of the operation is *plStatus, not the return value.
  virtual HRESULT STDMETHODCALLTYPE GetCallStatus(long lTimeout, long* plStatus) = 0;
};
OPENWMI_INTERFACE_ID(IWbemCallResult, 0x44ACA675, 0xE8FC, 0x11D0, 0xA0, 0x7C, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

// Implemented by the program, called by WMI on its own threads, one call at a time per operation. Indicate should
// return within 100 ms; objects that are kept must be AddRef'd. A failing return cancels the operation.
struct IWbemObjectSink : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Indicate(long lObjectCount, IWbemClassObject** apObjArray) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetStatus(long lFlags, HRESULT hResult, BSTR strParam,
                                              IWbemClassObject* pObjParam) = 0;
};
OPENWMI_INTERFACE_ID(IWbemObjectSink, 0x7C857801, 0x7381, 0x11CF, 0x88, 0x4D, 0x00, 0xAA, 0x00, 0x4B, 0x2E, 0x24)

// An optional extension of a sink: messages and progress from providers that know it.
struct IWbemObjectSinkEx : public IWbemObjectSink {
  virtual HRESULT STDMETHODCALLTYPE WriteMessage(ULONG uChannel, const BSTR strMessage) = 0;
  virtual HRESULT STDMETHODCALLTYPE WriteError(IWbemClassObject* pObjError, unsigned char* puReturned) = 0;
  virtual HRESULT STDMETHODCALLTYPE PromptUser(const BSTR strMessage, unsigned char uPromptType,
                                               unsigned char* puReturned) = 0;
  virtual HRESULT STDMETHODCALLTYPE WriteProgress(const BSTR strActivity, const BSTR strCurrentOperation,
                                                  const BSTR strStatusDescription, ULONG uPercentComplete,
                                                  ULONG uSecondsRemaining) = 0;
  virtual HRESULT STDMETHODCALLTYPE WriteStreamParameter(const BSTR strName, VARIANT* vtValue, ULONG ulType,
                                                         ULONG ulFlags) = 0;
};
OPENWMI_INTERFACE_ID(IWbemObjectSinkEx, 0xE7D35CFA, 0x348B, 0x485E, 0xB5, 0x24, 0x25, 0x27, 0x25, 0xD6, 0x97, 0xCA)

// Named values that accompany a call to providers. Local, like IWbemClassObject.
struct IWbemContext : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Clone(IWbemContext** ppNewCopy) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNames(long lFlags, SAFEARRAY** pNames) = 0;
  virtual HRESULT STDMETHODCALLTYPE BeginEnumeration(long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE Next(long lFlags, BSTR* pstrName, VARIANT* pValue) = 0;
  virtual HRESULT STDMETHODCALLTYPE EndEnumeration() = 0;
  virtual HRESULT STDMETHODCALLTYPE SetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteValue(LPCWSTR wszName, long lFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteAll() = 0;
};
OPENWMI_INTERFACE_ID(IWbemContext, 0x44ACA674, 0xE8FC, 0x11D0, 0xA0, 0x7C, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)

#endif

#endif
