// Every CIM type arrives in the VARIANT member that programs read it from.
#include <stdio.h>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

static void Show(LPCWSTR name, VARIANT& v, CIMTYPE type)
{
    printf("%S: cim %ld vt %d: ", name, type, v.vt);
    switch (v.vt)
    {
    case VT_NULL:  printf("null\n"); break;
    case VT_BSTR:  printf("%S\n", v.bstrVal); break;
    case VT_I4:    printf("%ld %d %x\n", v.lVal, v.intVal, v.uintVal); break;
    case VT_I2:    printf("%d\n", v.iVal); break;
    case VT_UI1:   printf("%u\n", v.bVal); break;
    case VT_R4:    printf("%g\n", v.fltVal); break;
    case VT_R8:    printf("%g\n", v.dblVal); break;
    case VT_BOOL:  printf("%s\n", v.boolVal == VARIANT_TRUE ? "true" : "false"); break;
    case VT_UNKNOWN: printf("object\n"); break;
    default:
        if (V_ISARRAY(&v))
        {
            long lower = 0, upper = 0;
            SafeArrayGetLBound(v.parray, 1, &lower);
            SafeArrayGetUBound(v.parray, 1, &upper);
            printf("array of %ld\n", upper - lower + 1);
        }
        else printf("?\n");
    }
}

int main()
{
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    IWbemClassObject *pObj = NULL;
    HRESULT hres = pSvc->GetObject(_bstr_t(L"Compat_Item.Name=\"three\""), 0, NULL, &pObj, NULL);
    if (FAILED(hres)) { printf("GetObject failed 0x%x\n", hres); return 2; }

    hres = pObj->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY);
    BSTR strName = NULL;
    VARIANT vVal;
    CIMTYPE type;
    LONG lFlavor;
    while (pObj->Next(0, &strName, &vVal, &type, &lFlavor) == WBEM_S_NO_ERROR)
    {
        Show(strName, vVal, type);
        SysFreeString(strName);
        VariantClear(&vVal);
    }
    pObj->EndEnumeration();
    pObj->Release();
    pSvc->Release();
    CoUninitialize();
    return 0;
}
