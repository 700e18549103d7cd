// The asynchronous program of the documentation's kind: a sink with a critical section and a count that begins at 0, a
// call, a wait by Sleep, and a cancel whether the call has ended or not. Prints the names of processes.
#include "namesink.h"

ULONG NameSink::AddRef()
{
    return InterlockedIncrement(&m_lRef);
}

ULONG NameSink::Release()
{
    LONG lRef = InterlockedDecrement(&m_lRef);
    if(lRef == 0)
        delete this;
    return lRef;
}

HRESULT NameSink::QueryInterface(REFIID riid, void** ppv)
{
    if (riid == IID_IUnknown || riid == IID_IWbemObjectSink)
    {
        *ppv = (IWbemObjectSink *) this;
        AddRef();
        return WBEM_S_NO_ERROR;
    }
    else return E_NOINTERFACE;
}

HRESULT NameSink::Indicate(long lObjectCount,
    IWbemClassObject **apObjArray)
{
    HRESULT hres = S_OK;

    for (int i = 0; i < lObjectCount; i++)
    {
        VARIANT varName;
        hres = apObjArray[i]->Get(_bstr_t(L"Name"),
            0, &varName, 0, 0);

        if (FAILED(hres))
        {
            cout << "An object without a name: 0x" << hex << hres << endl;
            return WBEM_E_FAILED;       // ends the call
        }

        printf("Process: %ls\n", V_BSTR(&varName));
        VariantClear(&varName);
    }

    EnterCriticalSection(&threadLock);
    m_lNames += lObjectCount;
    LeaveCriticalSection(&threadLock);
    return WBEM_S_NO_ERROR;
}

HRESULT NameSink::SetStatus(
            /* [in] */ LONG lFlags,
            /* [in] */ HRESULT hResult,
            /* [in] */ BSTR strParam,
            /* [in] */ IWbemClassObject __RPC_FAR *pObjParam
        )
{
    if(lFlags == WBEM_STATUS_COMPLETE)
    {
        printf("The call is complete.\n");

        EnterCriticalSection(&threadLock);
        bDone = true;
        LeaveCriticalSection(&threadLock);
    }
    else if(lFlags == WBEM_STATUS_PROGRESS)
    {
        printf("The call is on its way.\n");
    }

    return WBEM_S_NO_ERROR;
}

bool NameSink::IsDone()
{
    bool done = true;

    EnterCriticalSection(&threadLock);
    done = bDone;
    LeaveCriticalSection(&threadLock);

    return done;
}

LONG NameSink::Names()
{
    EnterCriticalSection(&threadLock);
    LONG names = m_lNames;
    LeaveCriticalSection(&threadLock);

    return names;
}

int main(int argc, char **argv)
{
    HRESULT hres;

    hres =  CoInitializeEx(0, COINIT_MULTITHREADED);
    if (FAILED(hres))
    {
        cout << "COM did not start: 0x" << hex << hres << endl;
        return 1;
    }

    hres =  CoInitializeSecurity(NULL,
                                 -1,
                                 NULL,
                                 NULL,
                                 RPC_C_AUTHN_LEVEL_DEFAULT,
                                 RPC_C_IMP_LEVEL_IMPERSONATE,
                                 NULL,
                                 EOAC_NONE,
                                 NULL);

    if (FAILED(hres))
    {
        cout << "Security was refused: 0x" << hex << hres << endl;
        CoUninitialize();
        return 1;
    }

    IWbemLocator *pLoc = NULL;

    hres = CoCreateInstance(
        CLSID_WbemLocator,
        0,
        CLSCTX_INPROC_SERVER,
        IID_IWbemLocator, (LPVOID *) &pLoc);

    if (FAILED(hres))
    {
        cout << "No locator: 0x" << hex << hres << endl;
        CoUninitialize();
        return 1;
    }

    IWbemServices *pSvc = NULL;

    hres = pLoc->ConnectServer(_bstr_t(L"ROOT\\CIMV2"),
                               NULL,
                               NULL,
                               0,
                               NULL,
                               0,
                               0,
                               &pSvc);

    if (FAILED(hres))
    {
        cout << "No connection: 0x" << hex << hres << endl;
        pLoc->Release();
        CoUninitialize();
        return 1;
    }

    hres = CoSetProxyBlanket(pSvc,
                             RPC_C_AUTHN_WINNT,
                             RPC_C_AUTHZ_NONE,
                             NULL,
                             RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE,
                             NULL,
                             EOAC_NONE);

    if (FAILED(hres))
    {
        cout << "The blanket does not fit: 0x" << hex << hres << endl;
        pSvc->Release();
        pLoc->Release();
        CoUninitialize();
        return 1;
    }

    // The first reference is ours, so that the sink outlives the call.
    NameSink* pResponseSink = new NameSink();
    pResponseSink->AddRef();
    hres = pSvc->ExecQueryAsync(bstr_t("WQL"),
                                bstr_t("SELECT * FROM Win32_Process"),
                                WBEM_FLAG_BIDIRECTIONAL,
                                NULL,
                                pResponseSink);

    if (FAILED(hres))
    {
        cout << "The query was refused: 0x" << hex << hres << endl;
        pSvc->Release();
        pLoc->Release();
        pResponseSink->Release();
        CoUninitialize();
        return 1;
    }

    // Half a second is plenty as a rule; a busy machine gets more.
    Sleep(500);
    for (int i = 0; i < 20 && !pResponseSink->IsDone(); i++)
    {
        Sleep(500);
    }
    pSvc->CancelAsyncCall(pResponseSink);

    LONG lNames = pResponseSink->Names();
    pSvc->Release();
    pLoc->Release();
    pResponseSink->Release();
    CoUninitialize();

    return lNames > 0 ? 0 : 1;
}
