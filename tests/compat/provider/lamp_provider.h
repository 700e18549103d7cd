// An instance provider as it is written for Windows: a COM server in a library that registers itself. It serves the
// class Sample_Lamp of whatever namespace it is registered in.
#pragma once

#define _WIN32_DCOM
#include <objbase.h>
#include <wbemprov.h>
#include <windows.h>

// {6F1C2D3E-7A4B-4C5D-8E9F-0123456789AB}
DEFINE_GUID(CLSID_LampProvider, 0x6f1c2d3e, 0x7a4b, 0x4c5d, 0x8e, 0x9f, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab);

extern long g_cObj;
extern long g_cLock;

class CLampProvider : public IWbemServices, public IWbemProviderInit {
 protected:
  ULONG m_cRef;
  IWbemServices* m_pNamespace;

 public:
  CLampProvider();
  virtual ~CLampProvider();

  STDMETHODIMP QueryInterface(REFIID riid, void** ppv);
  STDMETHODIMP_(ULONG) AddRef(void);
  STDMETHODIMP_(ULONG) Release(void);

  // IWbemProviderInit
  HRESULT STDMETHODCALLTYPE Initialize(LPWSTR pszUser, LONG lFlags, LPWSTR pszNamespace, LPWSTR pszLocale,
                                       IWbemServices* pNamespace, IWbemContext* pCtx, IWbemProviderInitSink* pInitSink);

  // What of IWbemServices a provider of instances serves
  HRESULT STDMETHODCALLTYPE GetObjectAsync(const BSTR ObjectPath, long lFlags, IWbemContext* pCtx,
                                           IWbemObjectSink* pHandler);
  HRESULT STDMETHODCALLTYPE CreateInstanceEnumAsync(const BSTR Class, long lFlags, IWbemContext* pCtx,
                                                    IWbemObjectSink* pHandler);

  HRESULT STDMETHODCALLTYPE OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices**, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE CancelAsyncCall(IWbemObjectSink*) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
  HRESULT STDMETHODCALLTYPE QueryObjectSink(long, IWbemObjectSink**) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
  HRESULT STDMETHODCALLTYPE GetObject(const BSTR, long, IWbemContext*, IWbemClassObject**, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE PutClass(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE PutClassAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE DeleteClass(const BSTR, long, IWbemContext*, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE DeleteClassAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE CreateClassEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  SCODE STDMETHODCALLTYPE CreateClassEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE PutInstance(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE PutInstanceAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE DeleteInstance(const BSTR, long, IWbemContext*, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE DeleteInstanceAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE CreateInstanceEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecQueryAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecNotificationQueryAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecMethod(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*,
                                       IWbemClassObject**, IWbemCallResult**) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
  HRESULT STDMETHODCALLTYPE ExecMethodAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*,
                                            IWbemObjectSink*) {
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }
};

class CLampFactory : public IClassFactory {
 protected:
  ULONG m_cRef;

 public:
  CLampFactory() : m_cRef(0L) { InterlockedIncrement(&g_cObj); }
  virtual ~CLampFactory() { InterlockedDecrement(&g_cObj); }

  STDMETHODIMP QueryInterface(REFIID, LPVOID*);
  STDMETHODIMP_(ULONG) AddRef(void);
  STDMETHODIMP_(ULONG) Release(void);
  STDMETHODIMP CreateInstance(LPUNKNOWN, REFIID, LPVOID*);
  STDMETHODIMP LockServer(BOOL);
};
