// A sink whose class says LONG and whose definitions say long, as the documentation's sinks do; the caller waits for an
// event that SetStatus signals, and a critical section guards what both touch.
#define _WIN32_DCOM
#include <iostream>
using namespace std;
#include <comdef.h>
#include <Wbemidl.h>
#include <windows.h>
#include "sample_class.h"

# pragma comment(lib, "wbemuuid.lib")

class ItemSink : public IWbemObjectSink
{
    LONG m_lRef;
    CRITICAL_SECTION m_cs;
    HANDLE m_hDone;
    LONG m_lSum;
    HRESULT m_hResult;

public:
    ItemSink() : m_lRef(0), m_lSum(0), m_hResult(E_FAIL)
    {
        InitializeCriticalSection(&m_cs);
        m_hDone = CreateEvent(NULL, TRUE, FALSE, NULL);
    }
    virtual ~ItemSink()
    {
        CloseHandle(m_hDone);
        DeleteCriticalSection(&m_cs);
        cout << "sink gone" << endl;
    }

    virtual ULONG STDMETHODCALLTYPE AddRef();
    virtual ULONG STDMETHODCALLTYPE Release();
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** ppv);

    virtual HRESULT STDMETHODCALLTYPE Indicate(
        LONG lObjectCount,
        IWbemClassObject __RPC_FAR *__RPC_FAR *apObjArray
    );

    virtual HRESULT STDMETHODCALLTYPE SetStatus(
        /* [in] */ LONG lFlags,
        /* [in] */ HRESULT hResult,
        /* [in] */ BSTR strParam,
        /* [in] */ IWbemClassObject __RPC_FAR *pObjParam
    );

    bool Wait(DWORD dwMilliseconds) { return WaitForSingleObject(m_hDone, dwMilliseconds) == WAIT_OBJECT_0; }
    LONG Sum()
    {
        EnterCriticalSection(&m_cs);
        LONG lSum = m_lSum;
        LeaveCriticalSection(&m_cs);
        return lSum;
    }
    HRESULT Result() const { return m_hResult; }
};

ULONG ItemSink::AddRef()
{
    return InterlockedIncrement(&m_lRef);
}

ULONG ItemSink::Release()
{
    LONG lRef = InterlockedDecrement(&m_lRef);
    if (lRef == 0)
        delete this;
    return lRef;
}

HRESULT ItemSink::QueryInterface(REFIID riid, void** ppv)
{
    if (riid == IID_IUnknown || riid == IID_IWbemObjectSink)
    {
        *ppv = (IWbemObjectSink *) this;
        AddRef();
        return WBEM_S_NO_ERROR;
    }
    *ppv = NULL;
    return E_NOINTERFACE;
}

HRESULT ItemSink::Indicate(long lObjectCount, IWbemClassObject **apObjArray)
{
    for (long i = 0; i < lObjectCount; i++)
    {
        VARIANT varNumber;
        HRESULT hr = apObjArray[i]->Get(_bstr_t(L"Number"), 0, &varNumber, 0, 0);
        if (SUCCEEDED(hr))
        {
            EnterCriticalSection(&m_cs);
            m_lSum += varNumber.lVal;
            LeaveCriticalSection(&m_cs);
            VariantClear(&varNumber);
        }
    }
    return WBEM_S_NO_ERROR;
}

HRESULT ItemSink::SetStatus(long lFlags, HRESULT hResult, BSTR, IWbemClassObject __RPC_FAR *)
{
    if (lFlags == WBEM_STATUS_COMPLETE)
    {
        m_hResult = hResult;
        SetEvent(m_hDone);
    }
    return WBEM_S_NO_ERROR;
}

int main(int, char **)
{
    IWbemServices *pSvc = sample::Open();
    if (pSvc == NULL)
        return 1;
    ItemSink* pSink = new ItemSink;
    pSink->AddRef();
    HRESULT hres = pSvc->ExecQueryAsync(
        bstr_t("WQL"),
        bstr_t("SELECT * FROM Compat_Item WHERE Number > 1"),
        WBEM_FLAG_BIDIRECTIONAL,
        NULL,
        pSink);
    if (FAILED(hres))
    {
        cout << "ExecQueryAsync failed: 0x" << hex << hres << endl;
        return 2;
    }
    if (!pSink->Wait(30000))
        cout << "no end" << endl;
    cout << "sum " << pSink->Sum() << " result 0x" << hex << pSink->Result() << endl;
    pSink->Release();
    pSvc->Release();
    CoUninitialize();
    return 0;
}
