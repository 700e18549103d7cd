// The sink of local_async.cc, declared the way such programs do: LONG here, long in the definitions.
#ifndef NAMESINK_H
#define NAMESINK_H

#define _WIN32_DCOM
#include <iostream>
using namespace std;
#include <comdef.h>
#include <Wbemidl.h>

#pragma comment(lib, "wbemuuid.lib")

class NameSink : public IWbemObjectSink
{
    LONG m_lRef;
    bool bDone;
    LONG m_lNames;
    CRITICAL_SECTION threadLock; // guards bDone and m_lNames

public:
    NameSink() { m_lRef = 0; bDone = false; m_lNames = 0;
        InitializeCriticalSection(&threadLock); }
    ~NameSink() { bDone = true;
        DeleteCriticalSection(&threadLock); }

    virtual ULONG STDMETHODCALLTYPE AddRef();
    virtual ULONG STDMETHODCALLTYPE Release();
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid,
        void** ppv);

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

    bool IsDone();
    LONG Names();
};

#endif    // NAMESINK_H
