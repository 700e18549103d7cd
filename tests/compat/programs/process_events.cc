// Asynchronous notifications of new processes, with a sink behind a stub of IUnsecuredApartment. The sink is declared with
// LONG and defined with long; its count starts at 0. The program starts the processes itself.
#define _WIN32_DCOM
#include <iostream>
using namespace std;
#include <comdef.h>
#include <Wbemidl.h>
#include <process.h>

#pragma comment(lib, "wbemuuid.lib")

class ProcessSink : public IWbemObjectSink
{
    LONG m_lRef;
    LONG m_lSeen;
    HANDLE m_hSeen;

public:
    ProcessSink(HANDLE hSeen) : m_lRef(0), m_lSeen(0), m_hSeen(hSeen) {}
    virtual ~ProcessSink() { printf("sink: gone\n"); }

    virtual ULONG STDMETHODCALLTYPE AddRef();
    virtual ULONG STDMETHODCALLTYPE Release();
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** ppv);
    virtual HRESULT STDMETHODCALLTYPE Indicate(LONG lObjectCount, IWbemClassObject __RPC_FAR *__RPC_FAR *apObjArray);
    virtual HRESULT STDMETHODCALLTYPE SetStatus(
        /* [in] */ LONG lFlags,
        /* [in] */ HRESULT hResult,
        /* [in] */ BSTR strParam,
        /* [in] */ IWbemClassObject __RPC_FAR *pObjParam);
};

ULONG ProcessSink::AddRef() { return InterlockedIncrement(&m_lRef); }

ULONG ProcessSink::Release()
{
    LONG lRef = InterlockedDecrement(&m_lRef);
    if (lRef == 0)
        delete this;
    return lRef;
}

HRESULT ProcessSink::QueryInterface(REFIID riid, void** ppv)
{
    if (riid != IID_IUnknown && riid != IID_IWbemObjectSink)
        return E_NOINTERFACE;
    *ppv = (IWbemObjectSink *)this;
    AddRef();
    return WBEM_S_NO_ERROR;
}

HRESULT ProcessSink::Indicate(long lObjectCount, IWbemClassObject **apObjArray)
{
    for (int i = 0; i < lObjectCount; i++)
    {
        // More than one may have been started before the first was seen.
        if (InterlockedIncrement(&m_lSeen) != 1)
            continue;
        _variant_t vtClass, vtTarget, vtParent;
        apObjArray[i]->Get(L"__CLASS", 0, &vtClass, 0, 0);
        apObjArray[i]->Get(_bstr_t(L"TargetInstance"), 0, &vtTarget, 0, 0);
        IUnknown *pUnk = V_UNKNOWN(&vtTarget);
        IWbemClassObject *pProcess = NULL;
        HRESULT hr = pUnk->QueryInterface(IID_IWbemClassObject, (void **)&pProcess);
        if (SUCCEEDED(hr))
        {
            pProcess->Get(L"ParentProcessId", 0, &vtParent, 0, 0);
            printf("%ls: child of this program: %d\n", V_BSTR(&vtClass), vtParent.uintVal == (UINT)_getpid());
            pProcess->Release();
        }
        SetEvent(m_hSeen);
    }
    return WBEM_S_NO_ERROR;
}

HRESULT ProcessSink::SetStatus(LONG lFlags, HRESULT hResult, BSTR, IWbemClassObject __RPC_FAR *)
{
    if (lFlags == WBEM_STATUS_COMPLETE)
        printf("sink: complete, 0x%X\n", hResult);
    else if (lFlags == WBEM_STATUS_PROGRESS)
        printf("sink: progress\n");
    return WBEM_S_NO_ERROR;
}

// A process that lives until it was seen, or until it can only have been there before the first look.
static DWORD StartOne(HANDLE hSeen)
{
    FILE *pipe = popen("cat", "w");
    if (pipe == NULL)
        return WAIT_FAILED;
    DWORD dwWait = WaitForSingleObject(hSeen, 1500);
    pclose(pipe);
    return dwWait;
}

int main(int, char **)
{
    HRESULT hres = CoInitializeEx(0, COINIT_MULTITHREADED);
    if (FAILED(hres))
        return 1;
    hres = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                                EOAC_NONE, NULL);
    if (FAILED(hres))
        return 2;

    IWbemLocator *pLoc = NULL;
    hres = CoCreateInstance(CLSID_WbemLocator, 0, CLSCTX_INPROC_SERVER, IID_IWbemLocator, (LPVOID *)&pLoc);
    if (FAILED(hres))
        return 3;
    IWbemServices *pSvc = NULL;
    hres = pLoc->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), NULL, NULL, 0, NULL, 0, 0, &pSvc);
    if (FAILED(hres))
    {
        cout << "not connected: 0x" << hex << hres << endl;
        return 4;
    }
    hres = CoSetProxyBlanket(pSvc, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
    if (FAILED(hres))
        return 5;

    IUnsecuredApartment *pUnsecApp = NULL;
    hres = CoCreateInstance(CLSID_UnsecuredApartment, NULL, CLSCTX_LOCAL_SERVER, IID_IUnsecuredApartment,
                            (void **)&pUnsecApp);
    if (FAILED(hres))
        return 6;
    HANDLE hSeen = CreateEvent(NULL, TRUE, FALSE, NULL);
    ProcessSink *pSink = new ProcessSink(hSeen);
    pSink->AddRef();
    IUnknown *pStubUnk = NULL;
    pUnsecApp->CreateObjectStub(pSink, &pStubUnk);
    IWbemObjectSink *pStubSink = NULL;
    pStubUnk->QueryInterface(IID_IWbemObjectSink, (void **)&pStubSink);

    char query[256];
    sprintf_s(query, "SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'Win32_Process' "
                     "AND TargetInstance.ParentProcessId = %d", _getpid());
    hres = pSvc->ExecNotificationQueryAsync(_bstr_t("WQL"), _bstr_t(query), WBEM_FLAG_SEND_STATUS, NULL, pStubSink);
    printf("subscribed: 0x%X\n", hres);

    int nTries = 0;
    while (SUCCEEDED(hres) && StartOne(hSeen) == WAIT_TIMEOUT && ++nTries < 20)
        ;
    hres = pSvc->CancelAsyncCall(pStubSink);
    printf("cancelled: 0x%X\n", hres);

    pSvc->Release();
    pLoc->Release();
    pUnsecApp->Release();
    pStubUnk->Release();
    pStubSink->Release();
    printf("references: %lu\n", (unsigned long)pSink->Release());
    CloseHandle(hSeen);
    CoUninitialize();
    return 0;
}
