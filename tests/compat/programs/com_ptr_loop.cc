// Smart pointers of comdef.h: typedefs of the SDK and of the program, CreateInstance, loops over an enumerator, errors
// thrown as _com_error.
#include <comdef.h>
#include <wbemidl.h>
#include <stdio.h>
#include <vector>
#include "sample_class.h"

_COM_SMARTPTR_TYPEDEF(IWbemLocator, __uuidof(IWbemLocator));
_COM_SMARTPTR_TYPEDEF(IWbemServices, __uuidof(IWbemServices));
_COM_SMARTPTR_TYPEDEF(IEnumWbemClassObject, __uuidof(IEnumWbemClassObject));
_COM_SMARTPTR_TYPEDEF(IWbemClassObject, __uuidof(IWbemClassObject));

static void Check(HRESULT hr)
{
    if (FAILED(hr)) _com_issue_error(hr);
}

static void List(IWbemServicesPtr svc)
{
    IEnumWbemClassObjectPtr items;
    Check(svc->CreateInstanceEnum(_bstr_t("Compat_Item"), WBEM_FLAG_FORWARD_ONLY, nullptr, &items));
    std::vector<IWbemClassObjectPtr> kept;
    for (;;)
    {
        IWbemClassObjectPtr item;
        ULONG returned = 0;
        if (items->Next(WBEM_INFINITE, 1, &item, &returned) != WBEM_S_NO_ERROR || !returned) break;
        kept.push_back(item);
    }
    for (size_t i = 0; i < kept.size(); ++i)
    {
        _variant_t name, number;
        Check(kept[i]->Get(L"Name", 0, &name, 0, 0));
        Check(kept[i]->Get(L"Number", 0, &number, 0, 0));
        wprintf(L"%ls %ld\n", (LPCWSTR)(_bstr_t)name, (long)number);
    }
}

int main()
{
    IWbemServices *opened = sample::Open();
    if (!opened) return 1;
    opened->Release();
    try
    {
        IWbemLocatorPtr locator;
        Check(locator.CreateInstance(CLSID_WbemLocator));
        IWbemLocatorPtr again(__uuidof(WbemLocator));
        IUnknownPtr unknown = locator;
        printf("%d %d\n", locator != nullptr, unknown == locator);
        IWbemServicesPtr svc;
        Check(locator->ConnectServer(_bstr_t(L"root\\default"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &svc));
        List(svc);
        IWbemClassObjectPtr missing;
        Check(svc->GetObject(_bstr_t("Compat_Item.Name=\"nine\""), 0, nullptr, &missing, nullptr));
        printf("not reached\n");
    }
    catch (const _com_error &e)
    {
        printf("_com_error 0x%08lX\n", (unsigned long)(unsigned)e.Error());
    }
    CoUninitialize();
    return 0;
}
