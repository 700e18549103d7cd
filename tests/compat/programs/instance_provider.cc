// An instance and method provider with its class factory, registered in the process with CoRegisterClassObject and in the
// namespace with __Win32Provider; then a client of it in the same program.
#include <objbase.h>
#include <stdio.h>
#include <windows.h>
#include <comdef.h>
#include <wbemidl.h>
#include <wbemprov.h>
#include "sample_class.h"

// {3C9B2F61-70A4-4B7E-9D0C-5A1E6F2B8D43}
static const GUID CLSID_CompatProvider = {0x3c9b2f61, 0x70a4, 0x4b7e, {0x9d, 0x0c, 0x5a, 0x1e, 0x6f, 0x2b, 0x8d, 0x43}};

long g_cObj = 0, g_cLock = 0;

class CProvider : public IWbemServices, public IWbemProviderInit
{
protected:
    ULONG m_cRef;
    IWbemServices *m_pNamespace;

public:
    CProvider() : m_cRef(0), m_pNamespace(NULL) { InterlockedIncrement(&g_cObj); }
    virtual ~CProvider()
    {
        if (m_pNamespace) m_pNamespace->Release();
        InterlockedDecrement(&g_cObj);
    }
    STDMETHODIMP QueryInterface(REFIID riid, PVOID *ppv)
    {
        *ppv = NULL;
        if (riid == IID_IUnknown || riid == IID_IWbemServices)
            *ppv = (IWbemServices *)this;
        else if (riid == IID_IWbemProviderInit)
            *ppv = (IWbemProviderInit *)this;
        else
            return E_NOINTERFACE;
        AddRef();
        return NOERROR;
    }
    STDMETHODIMP_(ULONG) AddRef() { return InterlockedIncrement((long *)&m_cRef); }
    STDMETHODIMP_(ULONG) Release()
    {
        ULONG nNewCount = InterlockedDecrement((long *)&m_cRef);
        if (0L == nNewCount)
            delete this;
        return nNewCount;
    }
    HRESULT STDMETHODCALLTYPE Initialize(LPWSTR, LONG, LPWSTR, LPWSTR, IWbemServices *pNamespace, IWbemContext *,
                                         IWbemProviderInitSink *pInitSink)
    {
        if (pNamespace) pNamespace->AddRef();
        m_pNamespace = pNamespace;
        pInitSink->SetStatus(WBEM_S_INITIALIZED, 0);
        return WBEM_S_NO_ERROR;
    }

    SCODE MakeInstance(long number, IWbemContext *pCtx, IWbemClassObject **ppInst)
    {
        IWbemClassObject *pClass = NULL;
        SCODE sc = m_pNamespace->GetObject((BSTR)L"Compat_Provided", 0, pCtx, &pClass, NULL);
        if (sc != S_OK) return WBEM_E_FAILED;
        sc = pClass->SpawnInstance(0, ppInst);
        pClass->Release();
        if (FAILED(sc)) return sc;
        VARIANT v;
        v.vt = VT_I4;
        v.lVal = number;
        (*ppInst)->Put((BSTR)L"Id", 0, &v, 0);
        v.lVal = number * number;
        (*ppInst)->Put((BSTR)L"Square", 0, &v, 0);
        return S_OK;
    }
    SCODE STDMETHODCALLTYPE CreateInstanceEnumAsync(const BSTR, long, IWbemContext *pCtx, IWbemObjectSink FAR *pHandler)
    {
        SCODE sc = S_OK;
        for (long iCnt = 1; iCnt <= 3 && sc == S_OK; iCnt++)
        {
            IWbemClassObject FAR *pNewInst = NULL;
            sc = MakeInstance(iCnt, pCtx, &pNewInst);
            if (sc != S_OK) break;
            sc = pHandler->Indicate(1, &pNewInst);
            pNewInst->Release();
        }
        pHandler->SetStatus(0, sc, NULL, NULL);
        return sc;
    }
    SCODE STDMETHODCALLTYPE GetObjectAsync(const BSTR ObjectPath, long, IWbemContext *pCtx, IWbemObjectSink FAR *pHandler)
    {
        SCODE sc = WBEM_E_NOT_FOUND;
        IWbemClassObject *pObj = NULL;
        const WCHAR *pEqual = ObjectPath ? wcschr(ObjectPath, L'=') : NULL;
        long number = pEqual ? wcstol(pEqual + 1, NULL, 10) : 0;
        if (number >= 1 && number <= 3 && MakeInstance(number, pCtx, &pObj) == S_OK)
        {
            pHandler->Indicate(1, &pObj);
            pObj->Release();
            sc = WBEM_S_NO_ERROR;
        }
        pHandler->SetStatus(0, sc, NULL, NULL);
        return sc;
    }
    HRESULT STDMETHODCALLTYPE ExecMethodAsync(const BSTR, const BSTR MethodName, long, IWbemContext *pCtx,
                                              IWbemClassObject *pInParams, IWbemObjectSink *pResultSink)
    {
        if (_wcsicmp(MethodName, L"Double") != 0) return WBEM_E_INVALID_METHOD;
        IWbemClassObject *pClass = NULL, *pOutClass = NULL, *pOutParams = NULL;
        HRESULT hr = m_pNamespace->GetObject((BSTR)L"Compat_Provided", 0, pCtx, &pClass, NULL);
        if (FAILED(hr)) return hr;
        hr = pClass->GetMethod(L"Double", 0, NULL, &pOutClass);
        if (SUCCEEDED(hr)) hr = pOutClass->SpawnInstance(0, &pOutParams);
        VARIANT var;
        VariantInit(&var);
        if (SUCCEEDED(hr)) hr = pInParams->Get(L"Number", 0, &var, NULL, NULL);
        if (SUCCEEDED(hr))
        {
            var.lVal *= 2;
            pOutParams->Put(L"Doubled", 0, &var, 0);
            var.lVal = 0;
            pOutParams->Put(L"ReturnValue", 0, &var, 0);
            hr = pResultSink->Indicate(1, &pOutParams);
        }
        if (pOutParams) pOutParams->Release();
        if (pOutClass) pOutClass->Release();
        pClass->Release();
        pResultSink->SetStatus(WBEM_STATUS_COMPLETE, hr, NULL, NULL);
        return WBEM_S_NO_ERROR;
    }

    SCODE STDMETHODCALLTYPE OpenNamespace(const BSTR, long, IWbemContext *, IWbemServices **, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE CancelAsyncCall(IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE QueryObjectSink(long, IWbemObjectSink **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE GetObject(const BSTR, long, IWbemContext *, IWbemClassObject **, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE PutClass(IWbemClassObject *, long, IWbemContext *, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE PutClassAsync(IWbemClassObject *, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE DeleteClass(const BSTR, long, IWbemContext *, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE DeleteClassAsync(const BSTR, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE CreateClassEnum(const BSTR, long, IWbemContext *, IEnumWbemClassObject **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE CreateClassEnumAsync(const BSTR, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE PutInstance(IWbemClassObject *, long, IWbemContext *, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE PutInstanceAsync(IWbemClassObject *, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE DeleteInstance(const BSTR, long, IWbemContext *, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE DeleteInstanceAsync(const BSTR, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE CreateInstanceEnum(const BSTR, long, IWbemContext *, IEnumWbemClassObject **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE ExecQuery(const BSTR, const BSTR, long, IWbemContext *, IEnumWbemClassObject **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE ExecQueryAsync(const BSTR, const BSTR, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext *, IEnumWbemClassObject **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE ExecNotificationQueryAsync(const BSTR, const BSTR, long, IWbemContext *, IWbemObjectSink *) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
    SCODE STDMETHODCALLTYPE ExecMethod(const BSTR, const BSTR, long, IWbemContext *, IWbemClassObject *, IWbemClassObject **, IWbemCallResult **) { return WBEM_E_PROVIDER_NOT_CAPABLE; }
};

class CProvFactory : public IClassFactory
{
    ULONG m_cRef;
public:
    CProvFactory() : m_cRef(0L) {}
    virtual ~CProvFactory() {}
    STDMETHODIMP QueryInterface(REFIID riid, LPVOID FAR *ppv)
    {
        *ppv = NULL;
        if (IID_IUnknown != riid && IID_IClassFactory != riid) return E_NOINTERFACE;
        *ppv = this;
        AddRef();
        return NOERROR;
    }
    STDMETHODIMP_(ULONG) AddRef() { return InterlockedIncrement((long *)&m_cRef); }
    STDMETHODIMP_(ULONG) Release()
    {
        ULONG nNewCount = InterlockedDecrement((long *)&m_cRef);
        if (0L == nNewCount) delete this;
        return nNewCount;
    }
    STDMETHODIMP CreateInstance(LPUNKNOWN pUnkOuter, REFIID riid, LPVOID FAR *ppvObj)
    {
        *ppvObj = NULL;
        if (NULL != pUnkOuter) return CLASS_E_NOAGGREGATION;
        CProvider *pObj = new CProvider();
        HRESULT hr = pObj->QueryInterface(riid, ppvObj);
        if (FAILED(hr)) delete pObj;
        return hr;
    }
    STDMETHODIMP LockServer(BOOL fLock)
    {
        if (fLock) InterlockedIncrement(&g_cLock); else InterlockedDecrement(&g_cLock);
        return NOERROR;
    }
};

static HRESULT PutNew(IWbemServices *svc, const wchar_t *cls, const wchar_t *name1, const _variant_t &value1, const wchar_t *name2, const _variant_t &value2)
{
    IWbemClassObjectPtr schema, instance;
    HRESULT hr = svc->GetObject(_bstr_t(cls), 0, NULL, &schema, NULL);
    if (FAILED(hr)) return hr;
    schema->SpawnInstance(0, &instance);
    _variant_t a(value1), b(value2);
    hr = instance->Put(name1, 0, &a, 0);
    if (SUCCEEDED(hr)) hr = instance->Put(name2, 0, &b, 0);
    return FAILED(hr) ? hr : svc->PutInstance(instance, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
}

static IWbemClassObjectPtr Parameters(IWbemServices *svc, const wchar_t *name, const wchar_t *direction, long id)
{
    IWbemClassObjectPtr list;
    svc->GetObject(_bstr_t(L"__PARAMETERS"), 0, NULL, &list, NULL);
    list->Put(name, 0, NULL, CIM_SINT32);
    IWbemQualifierSetPtr set;
    list->GetPropertyQualifierSet(name, &set);
    _variant_t yes(true), number(id);
    set->Put(direction, &yes, 0);
    set->Put(L"ID", &number, 0);
    return list;
}

static HRESULT Register(IWbemServices *svc)
{
    OLECHAR clsid[64];
    StringFromGUID2(CLSID_CompatProvider, clsid, 64);
    HRESULT hr = PutNew(svc, L"__Win32Provider", L"Name", L"CompatProvider", L"CLSID", clsid);
    printf("provider 0x%x\n", hr);
    IWbemClassObjectPtr provider, registration, instance;
    svc->GetObject(_bstr_t(L"__InstanceProviderRegistration"), 0, NULL, &registration, NULL);
    registration->SpawnInstance(0, &instance);
    _variant_t path(L"__Win32Provider.Name=\"CompatProvider\""), yes(true);
    instance->Put(L"Provider", 0, &path, 0);
    instance->Put(L"SupportsGet", 0, &yes, 0);
    instance->Put(L"SupportsEnumeration", 0, &yes, 0);
    hr = svc->PutInstance(instance, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
    printf("instances 0x%x\n", hr);
    registration = NULL;
    svc->GetObject(_bstr_t(L"__MethodProviderRegistration"), 0, NULL, &registration, NULL);
    instance = NULL;
    registration->SpawnInstance(0, &instance);
    instance->Put(L"Provider", 0, &path, 0);
    hr = svc->PutInstance(instance, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
    printf("methods 0x%x\n", hr);

    IWbemClassObjectPtr schema;
    svc->GetObject(NULL, 0, NULL, &schema, NULL);
    sample::PutText(schema, L"__CLASS", L"Compat_Provided");
    sample::AddProperty(schema, L"Id", CIM_SINT32, L"key");
    sample::AddProperty(schema, L"Square", CIM_SINT32);
    IWbemClassObjectPtr in = Parameters(svc, L"Number", L"in", 0), out = Parameters(svc, L"Doubled", L"out", 1);
    out->Put(L"ReturnValue", 0, NULL, CIM_UINT32);
    schema->PutMethod(L"Double", 0, in, out);
    IWbemQualifierSetPtr method;
    schema->GetMethodQualifierSet(L"Double", &method);
    method->Put(L"implemented", &yes, 0);
    method->Put(L"static", &yes, 0);
    IWbemQualifierSetPtr set;
    schema->GetQualifierSet(&set);
    _variant_t name(L"CompatProvider");
    set->Put(L"dynamic", &yes, 0);
    set->Put(L"provider", &name, 0);
    return svc->PutClass(schema, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
}

static void CallMethod(IWbemServices *pSvc)
{
    BSTR ClassName = SysAllocString(L"Compat_Provided");
    BSTR MethodName = SysAllocString(L"Double");
    IWbemClassObject *pClass = NULL, *pInParamsDefinition = NULL, *pClassInstance = NULL, *pOutParams = NULL;
    pSvc->GetObject(ClassName, 0, NULL, &pClass, NULL);
    pClass->GetMethod(MethodName, 0, &pInParamsDefinition, NULL);
    pInParamsDefinition->SpawnInstance(0, &pClassInstance);
    VARIANT varCommand;
    varCommand.vt = VT_I4;
    varCommand.lVal = 21;
    pClassInstance->Put(L"Number", 0, &varCommand, 0);
    HRESULT hres = pSvc->ExecMethod(ClassName, MethodName, 0, NULL, pClassInstance, &pOutParams, NULL);
    printf("ExecMethod 0x%x", hres);
    VARIANT varReturnValue;
    if (SUCCEEDED(hres))
    {
        pOutParams->Get(_bstr_t(L"Doubled"), 0, &varReturnValue, NULL, 0);
        printf(" %ld\n", varReturnValue.lVal);
        pOutParams->Release();
    }
    else printf("\n");
    hres = pSvc->ExecMethod(ClassName, BSTR(L"Missing"), 0, NULL, NULL, &pOutParams, NULL);
    printf("no such method 0x%x\n", hres);
    SysFreeString(ClassName);
    SysFreeString(MethodName);
    pClass->Release();
    pInParamsDefinition->Release();
    pClassInstance->Release();
}

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    CProvFactory *factory = new CProvFactory;
    factory->AddRef();
    DWORD cookie = 0;
    HRESULT hr = CoRegisterClassObject(CLSID_CompatProvider, factory, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie);
    printf("CoRegisterClassObject 0x%x\n", hr);
    IUnknown *direct = NULL;
    hr = CoCreateInstance(CLSID_CompatProvider, NULL, CLSCTX_INPROC_SERVER, IID_IWbemProviderInit, (void **)&direct);
    printf("CoCreateInstance 0x%x\n", hr);
    direct->Release();
    printf("class 0x%x\n", Register(svc));
    {
        IEnumWbemClassObjectPtr e;
        hr = svc->ExecQuery(_bstr_t("WQL"), _bstr_t("SELECT * FROM Compat_Provided WHERE Square > 1"), WBEM_FLAG_FORWARD_ONLY, NULL, &e);
        IWbemClassObjectPtr object;
        ULONG n = 0;
        while (SUCCEEDED(hr) && e->Next(WBEM_INFINITE, 1, &object, &n) == S_OK)
        {
            _variant_t id, square;
            object->Get(L"Id", 0, &id, NULL, NULL);
            object->Get(L"Square", 0, &square, NULL, NULL);
            printf("%ld %ld\n", (long)id, (long)square);
            object = NULL;
        }
        printf("GetObject 0x%x\n", svc->GetObject(_bstr_t("Compat_Provided.Id=2"), 0, NULL, &object, NULL));
        IWbemClassObjectPtr none;
        printf("GetObject 0x%x\n", svc->GetObject(_bstr_t("Compat_Provided.Id=9"), 0, NULL, &none, NULL));
    }
    CallMethod(svc);
    printf("CoRevokeClassObject 0x%x\n", CoRevokeClassObject(cookie));
    printf("gone 0x%x\n", CoCreateInstance(CLSID_CompatProvider, NULL, CLSCTX_INPROC_SERVER, IID_IUnknown, (void **)&direct));
    svc->Release();
    factory->Release();
    CoUninitialize();
    return 0;
}
