// The V_ macros, VariantChangeType, VariantCopy and the classes over VARIANT.
#include <stdio.h>
#include <windows.h>
#include <oleauto.h>
#include <comdef.h>
#include <wbemidl.h>

int main()
{
    VARIANT v;
    VariantInit(&v);
    V_VT(&v) = VT_BSTR;
    V_BSTR(&v) = SysAllocString(L"12");
    VARIANT w;
    VariantInit(&w);
    printf("0x%x ", VariantChangeType(&w, &v, 0, VT_I4));
    printf("%ld vt %d\n", V_I4(&w), V_VT(&w));
    printf("0x%x ", VariantChangeType(&w, &v, 0, VT_R8));
    printf("%g\n", V_R8(&w));
    VariantClear(&v);
    V_VT(&v) = VT_BOOL;
    V_BOOL(&v) = VARIANT_TRUE;
    printf("%d ", V_BOOL(&v) == VARIANT_TRUE);
    VariantChangeType(&w, &v, VARIANT_ALPHABOOL, VT_BSTR);
    printf("%S\n", V_BSTR(&w));
    VariantClear(&w);
    V_VT(&v) = VT_UI1;
    V_UI1(&v) = 200;
    VariantCopy(&w, &v);
    printf("%u %d\n", V_UI1(&w), V_VT(&w));
    V_VT(&v) = VT_I2;
    V_I2(&v) = -3;
    printf("%d ", V_I2(&v));
    V_VT(&v) = VT_UI4;
    V_UI4(&v) = 4000000000u;
    VariantChangeType(&w, &v, 0, VT_BSTR);
    printf("%S\n", V_BSTR(&w));
    VariantClear(&w);
    SAFEARRAY *array = SafeArrayCreateVector(VT_I4, 0, 2);
    V_VT(&v) = VT_ARRAY | VT_I4;
    V_ARRAY(&v) = array;
    printf("%d %d\n", V_ISARRAY(&v) != 0, V_ARRAY(&v) == array);
    VariantClear(&v);
    V_VT(&v) = VT_UNKNOWN;
    V_UNKNOWN(&v) = NULL;
    printf("%d\n", V_UNKNOWN(&v) == NULL);
    VariantClear(&v);

    _variant_t number(42L), text(L"text"), flag(true), real(2.5), copied(number);
    number.ChangeType(VT_BSTR);
    printf("%s %s %d %g %ld\n", (const char *)_bstr_t(number), (const char *)(_bstr_t)text, (bool)flag, (double)real, (long)copied);
    variant_t from = (short)7;
    from = L"assigned";
    printf("%S %d %d\n", from.bstrVal, text == _variant_t(L"text"), from != text);
    VARIANT detached = from.Detach();
    printf("%d %S\n", from.vt, detached.bstrVal);
    VariantClear(&detached);
    try
    {
        _variant_t bad(L"no number");
        printf("%ld\n", (long)bad);
    }
    catch (_com_error &e)
    {
        printf("0x%lx\n", (unsigned long)(unsigned)e.Error());
    }
    bstr_t a("one"), b = a + L" two";
    b += bstr_t(L" three");
    printf("%s %u %d %S\n", (char *)b, b.length(), a < b, (wchar_t *)b.copy(false));
    return 0;
}
