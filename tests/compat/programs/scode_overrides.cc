// A sink whose methods are declared with SCODE, STDMETHOD and STDMETHODIMP, as provider samples of the nineties do; and a
// class that implements a part of IWbemServices with SCODE.
#include <objbase.h>
#include <stdio.h>
#include <wbemidl.h>
#include "sample_class.h"

class FAR CCountSink : public IWbemObjectSink
{
    ULONG m_cRef;
public:
    long m_nObjects;
    SCODE m_scFinal;
    CCountSink() : m_cRef(1), m_nObjects(0), m_scFinal(E_PENDING) {}
    virtual ~CCountSink() {}

    STDMETHODIMP QueryInterface(REFIID riid, LPVOID FAR *ppv)
    {
        *ppv = NULL;
        if (IID_IUnknown == riid || IID_IWbemObjectSink == riid)
            *ppv = this;
        if (NULL == *ppv)
            return ResultFromScode(E_NOINTERFACE);
        AddRef();
        return NOERROR;
    }
    STDMETHODIMP_(ULONG) AddRef() { return (ULONG)InterlockedIncrement((long *)&m_cRef); }
    STDMETHODIMP_(ULONG) Release()
    {
        ULONG nNew = (ULONG)InterlockedDecrement((long *)&m_cRef);
        if (0L == nNew)
            delete this;
        return nNew;
    }
    STDMETHODIMP_(SCODE) Indicate(long lObjectCount, IWbemClassObject FAR* FAR* /* ppObjArray */)
    {
        m_nObjects += lObjectCount;
        return WBEM_S_NO_ERROR;
    }
    STDMETHODIMP_(SCODE) SetStatus(long lFlags, HRESULT hResult, BSTR, IWbemClassObject*)
    {
        if (lFlags == WBEM_STATUS_COMPLETE)
            m_scFinal = GetScode(hResult);
        return WBEM_NO_ERROR;
    }
};

struct NoServices : IWbemServices
{
    SCODE STDMETHODCALLTYPE OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices**, IWbemCallResult**) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE CancelAsyncCall(IWbemObjectSink*) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE QueryObjectSink(long, IWbemObjectSink**) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE GetObject(const BSTR, long, IWbemContext*, IWbemClassObject**, IWbemCallResult**) { return WBEM_E_NOT_SUPPORTED; }
};

int main()
{
    IWbemServices *pSvc = sample::Open(COINIT_MULTITHREADED);
    if (!pSvc) return 1;
    BSTR bstrClass = SysAllocString(L"Compat_Item");
    CCountSink *pSink = new CCountSink;
    // A stub would do; the sink itself is called here. A final status comes before the last Release of WMI.
    SCODE sc = pSvc->CreateInstanceEnumAsync(bstrClass, WBEM_FLAG_SHALLOW, NULL, pSink);
    for (int i = 0; sc == S_OK && pSink->AddRef() && pSink->Release() > 1 && i < 3000; i++)
        Sleep(1);
    printf("start 0x%x, %ld objects, final 0x%x\n", sc, pSink->m_nObjects, pSink->m_scFinal);
    pSink->Release();
    SysFreeString(bstrClass);
    pSvc->Release();
    CoUninitialize();
    return 0;
}
