// CancelAsyncCall: while the sink is inside Indicate, through a stub of CLSID_UnsecuredApartment, and when nothing runs.
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>
#include "sample_class.h"

class Sink : public IWbemObjectSink
{
    volatile LONG m_ref;
    HANDLE m_inside, m_go, m_done;
public:
    HRESULT m_final;
    LONG m_finals;
    Sink() : m_ref(1), m_final(0), m_finals(0)
    {
        m_inside = CreateEvent(NULL, FALSE, FALSE, NULL);
        m_go = CreateEvent(NULL, TRUE, FALSE, NULL);
        m_done = CreateEvent(NULL, FALSE, FALSE, NULL);
    }
    ~Sink() { CloseHandle(m_inside); CloseHandle(m_go); CloseHandle(m_done); }
    STDMETHODIMP QueryInterface(REFIID riid, void **ppv)
    {
        if (riid != IID_IUnknown && riid != IID_IWbemObjectSink) { *ppv = NULL; return E_NOINTERFACE; }
        *ppv = static_cast<IWbemObjectSink *>(this);
        AddRef();
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() { return InterlockedIncrement(&m_ref); }
    STDMETHODIMP_(ULONG) Release()
    {
        LONG left = InterlockedDecrement(&m_ref);
        if (left == 0) delete this;
        return left;
    }
    STDMETHODIMP Indicate(LONG, IWbemClassObject **)
    {
        SetEvent(m_inside);
        WaitForSingleObject(m_go, 30000);
        return WBEM_S_NO_ERROR;
    }
    STDMETHODIMP SetStatus(LONG flags, HRESULT hr, BSTR, IWbemClassObject *)
    {
        if (flags == WBEM_STATUS_COMPLETE) { m_final = hr; m_finals++; SetEvent(m_done); }
        return WBEM_S_NO_ERROR;
    }
    void WaitInside() { WaitForSingleObject(m_inside, 30000); }
    void Go() { SetEvent(m_go); }
    bool WaitDone() { return WaitForSingleObject(m_done, 30000) == WAIT_OBJECT_0; }
};

static DWORD WINAPI LetGo(LPVOID param)
{
    Sleep(20);
    static_cast<Sink *>(param)->Go();
    return 0;
}

int main()
{
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    Sink *pSink = new Sink;
    pSvc->ExecQueryAsync(_bstr_t("WQL"), _bstr_t("SELECT * FROM Compat_Item"), 0, NULL, pSink);
    pSink->WaitInside();
    HANDLE hThread = CreateThread(NULL, 0, LetGo, pSink, 0, NULL);
    HRESULT hr = pSvc->CancelAsyncCall(pSink);
    bool bDone = pSink->WaitDone();
    printf("cancel 0x%x, done %d, final 0x%x x %ld\n", hr, bDone, pSink->m_final, pSink->m_finals);
    printf("again 0x%x\n", pSvc->CancelAsyncCall(pSink));
    WaitForSingleObject(hThread, INFINITE);
    CloseHandle(hThread);
    printf("null 0x%x\n", pSvc->CancelAsyncCall(NULL));

    IUnsecuredApartment *pUnsecApp = NULL;
    hr = CoCreateInstance(CLSID_UnsecuredApartment, NULL, CLSCTX_LOCAL_SERVER, IID_IUnsecuredApartment, (void **)&pUnsecApp);
    printf("apartment 0x%x\n", hr);
    IUnknown *pStubUnk = NULL;
    pUnsecApp->CreateObjectStub(pSink, &pStubUnk);
    IWbemObjectSink *pStubSink = NULL;
    pStubUnk->QueryInterface(IID_IWbemObjectSink, (void **)&pStubSink);
    hr = pSvc->ExecQueryAsync(BSTR(L"WQL"), BSTR(L"SELECT * FROM Compat_Item"), WBEM_FLAG_SEND_STATUS, NULL, pStubSink);
    bDone = pSink->WaitDone();
    printf("through the stub 0x%x, done %d, final 0x%x\n", hr, bDone, pSink->m_final);
    hr = pSvc->ExecNotificationQueryAsync(
        _bstr_t("WQL"),
        _bstr_t("SELECT * FROM __ExtrinsicEvent"),
        WBEM_FLAG_SEND_STATUS, NULL, pStubSink);
    printf("subscription 0x%x\n", hr);
    hr = pSvc->CancelAsyncCall(pStubSink);
    bDone = pSink->WaitDone();
    printf("cancelled 0x%x, done %d, final 0x%x\n", hr, bDone, pSink->m_final);
    pStubSink->Release();
    pStubUnk->Release();
    pUnsecApp->Release();
    pSink->Release();
    pSvc->Release();
    CoUninitialize();
    return 0;
}
