// Classes read and written: qualifiers, property origins, methods, a derived class, GetObjectW by name, PutClass, DeleteClass.
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    IWbemClassObject *base = NULL, *derived = NULL;
    HRESULT hr = svc->GetObjectW(_bstr_t("Compat_Item"), 0, NULL, &base, NULL);
    printf("GetObjectW 0x%x\n", hr);
    hr = base->SpawnDerivedClass(0, &derived);
    VARIANT v;
    v.vt = VT_BSTR;
    v.bstrVal = SysAllocString(L"Compat_Derived");
    derived->Put(L"__CLASS", 0, &v, 0);
    VariantClear(&v);
    derived->Put(L"Extra", 0, NULL, CIM_UINT64);
    IWbemQualifierSet *set = NULL;
    derived->GetPropertyQualifierSet(L"Extra", &set);
    v.vt = VT_BSTR;
    v.bstrVal = SysAllocString(L"Bytes");
    hr = set->Put(L"Units", &v, WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS);
    VariantClear(&v);
    printf("Units 0x%x\n", hr);
    set->Release();
    hr = svc->PutClass(derived, WBEM_FLAG_CREATE_ONLY, NULL, NULL);
    printf("PutClass 0x%x, again 0x%x\n", hr, svc->PutClass(derived, WBEM_FLAG_CREATE_ONLY, NULL, NULL));
    derived->Release();

    IWbemClassObject *read = NULL;
    svc->GetObject(_bstr_t("Compat_Derived"), 0, NULL, &read, NULL);
    printf("inherits %d %d\n", read->InheritsFrom(L"Compat_Item") == WBEM_S_NO_ERROR, read->InheritsFrom(L"Compat_Other") == WBEM_S_FALSE);
    BSTR origin = NULL;
    read->GetPropertyOrigin(L"Name", &origin);
    printf("origin %S\n", origin);
    SysFreeString(origin);
    read->GetPropertyQualifierSet(L"Name", &set);
    long flavor = 0;
    hr = set->Get(L"key", 0, &v, &flavor);
    printf("key 0x%x %d\n", hr, v.vt == VT_BOOL && v.boolVal == VARIANT_TRUE);
    VariantClear(&v);
    printf("missing 0x%x\n", set->Get(L"nothing", 0, &v, NULL));
    set->BeginEnumeration(0);
    BSTR name = NULL;
    int count = 0;
    while (set->Next(0, &name, NULL, NULL) == WBEM_S_NO_ERROR) { count++; SysFreeString(name); }
    set->EndEnumeration();
    printf("qualifiers %d\n", count);
    set->Release();
    read->Release();

    IEnumWbemClassObject *classes = NULL;
    hr = svc->CreateClassEnum(_bstr_t("Compat_Item"), (long)WBEM_FLAG_SHALLOW | (long)WBEM_FLAG_FORWARD_ONLY, NULL, &classes);
    IWbemClassObject *object = NULL;
    ULONG returned = 0;
    while (classes->Next(WBEM_INFINITE, 1, &object, &returned) == S_OK)
    {
        object->Get(L"__CLASS", 0, &v, 0, 0);
        printf("class %S\n", V_BSTR(&v));
        VariantClear(&v);
        object->Release();
    }
    classes->Release();
    printf("delete 0x%x\n", svc->DeleteClass(_bstr_t("Compat_Derived"), 0, NULL, NULL));
    printf("gone 0x%x\n", svc->GetObject(_bstr_t("Compat_Derived"), 0, NULL, &object, NULL));
    printf("delete instance 0x%x ", svc->DeleteInstance(_bstr_t("Compat_Item.Name=\"one\""), 0, NULL, NULL));
    printf("0x%x\n", svc->DeleteInstance(_bstr_t("Compat_Item.Name=\"one\""), 0, NULL, NULL));
    base->Release();
    svc->Release();
    CoUninitialize();
    return 0;
}
