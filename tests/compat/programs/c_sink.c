/* A sink in C: a table of functions of the program's own, calls through lpVtbl. */
#define CINTERFACE
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <oleauto.h>
#include <wbemidl.h>

typedef struct Sink
{
    IWbemObjectSink base;
    LONG references;
    LONG objects;
    HRESULT final;
    HANDLE done;
} Sink;

static HRESULT STDMETHODCALLTYPE SinkQueryInterface(IWbemObjectSink *self, REFIID id, void **object)
{
    if (!IsEqualIID(id, &IID_IUnknown) && !IsEqualIID(id, &IID_IWbemObjectSink))
    {
        *object = NULL;
        return E_NOINTERFACE;
    }
    *object = self;
    self->lpVtbl->AddRef(self);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE SinkAddRef(IWbemObjectSink *self)
{
    return (ULONG)InterlockedIncrement(&((Sink *)self)->references);
}

static ULONG STDMETHODCALLTYPE SinkRelease(IWbemObjectSink *self)
{
    return (ULONG)InterlockedDecrement(&((Sink *)self)->references);
}

static HRESULT STDMETHODCALLTYPE SinkIndicate(IWbemObjectSink *self, LONG count, IWbemClassObject **objects)
{
    LONG i;
    for (i = 0; i < count; i++)
    {
        VARIANT v;
        if (SUCCEEDED(objects[i]->lpVtbl->Get(objects[i], L"Name", 0, &v, NULL, NULL)))
        {
            if (v.vt == VT_BSTR && SysStringLen(v.bstrVal) > 0) InterlockedIncrement(&((Sink *)self)->objects);
            VariantClear(&v);
        }
    }
    return WBEM_S_NO_ERROR;
}

static HRESULT STDMETHODCALLTYPE SinkSetStatus(IWbemObjectSink *self, LONG flags, HRESULT result, BSTR text, IWbemClassObject *object)
{
    (void)text;
    (void)object;
    if (flags == WBEM_STATUS_COMPLETE)
    {
        ((Sink *)self)->final = result;
        SetEvent(((Sink *)self)->done);
    }
    return WBEM_S_NO_ERROR;
}

static IWbemObjectSinkVtbl g_table = {SinkQueryInterface, SinkAddRef, SinkRelease, SinkIndicate, SinkSetStatus};

int main(void)
{
    IWbemLocator *locator = NULL;
    IWbemServices *services = NULL;
    Sink sink = {{&g_table}, 1, 0, E_FAIL, NULL};
    BSTR path = SysAllocString(L"ROOT\\CIMV2"), language = SysAllocString(L"WQL");
    BSTR query = SysAllocString(L"SELECT Name FROM Win32_OperatingSystem");
    HRESULT hr;

    sink.done = CreateEvent(NULL, TRUE, FALSE, NULL);
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
    hr = CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator, (void **)&locator);
    if (FAILED(hr)) return 1;
    hr = locator->lpVtbl->ConnectServer(locator, path, NULL, NULL, NULL, 0, NULL, NULL, &services);
    if (FAILED(hr)) return 2;
    hr = services->lpVtbl->ExecQueryAsync(services, language, query, 0, NULL, &sink.base);
    printf("started 0x%x\n", hr);
    printf("waited %d\n", WaitForSingleObject(sink.done, 30000) == WAIT_OBJECT_0);
    printf("objects %ld final 0x%x\n", sink.objects, sink.final);
    services->lpVtbl->CancelAsyncCall(services, &sink.base);
    services->lpVtbl->Release(services);
    locator->lpVtbl->Release(locator);
    SysFreeString(query);
    SysFreeString(language);
    SysFreeString(path);
    CoUninitialize();
    printf("references %ld\n", sink.references);
    CloseHandle(sink.done);
    return 0;
}
