/* Output, strings and arrays in C. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <oleauto.h>
#include <strsafe.h>
#include <tchar.h>

int main(void)
{
    BSTR text = SysAllocString(L"wide \x00fc");
    HRESULT hr = (HRESULT)0x80041002u;
    wchar_t buffer[32];
    char narrow[32];
    SAFEARRAY *array = SafeArrayCreateVector(VT_I4, 0, 3);
    LONG i, lower, upper, sum = 0;
    VARIANT v, w;

    printf("%S %ls 0x%08lX %x\n", text, text, (unsigned long)(unsigned)hr, hr);
    wprintf(L"%s %S %I64d\n", text, "narrow", (LONGLONG)-5);
    wcscpy_s(buffer, 32, L"copied");
    StringCchCatW(buffer, 32, L"+1");
    wprintf(L"%s\n", buffer);
    sprintf_s(narrow, sizeof(narrow), "%d-%s", 5, "x");
    puts(narrow);
    for (i = 0; i < 3; i++)
    {
        LONG value = i * i;
        SafeArrayPutElement(array, &i, &value);
    }
    SafeArrayGetLBound(array, 1, &lower);
    SafeArrayGetUBound(array, 1, &upper);
    for (i = lower; i <= upper; i++)
    {
        LONG value = 0;
        SafeArrayGetElement(array, &i, &value);
        sum += value;
    }
    printf("%ld..%ld %ld\n", lower, upper, sum);
    SafeArrayDestroy(array);
    VariantInit(&v);
    VariantInit(&w);
    V_VT(&v) = VT_I4;
    V_I4(&v) = 7;
    hr = VariantChangeType(&w, &v, 0, VT_BSTR);
    wprintf(L"%x %s %d\n", hr, V_BSTR(&w), _wcsicmp(V_BSTR(&w), L"7"));
    VariantClear(&w);
    SysFreeString(text);
    return 0;
}
