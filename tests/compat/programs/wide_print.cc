// printf and wprintf with the formats of Microsoft: %s is wide in the wide functions, %S the other kind, %I64.
#include <stdio.h>
#include <windows.h>
#include <comdef.h>
#include <wbemidl.h>

int main()
{
    BSTR bstr = SysAllocString(L"wide text");
    _bstr_t wrapped(L"wrapped");
    const char *narrow = "narrow text";
    ULONGLONG large = 18000000000000000000ULL;
    LONGLONG negative = -9000000000LL;
    VARIANT v;
    VariantInit(&v);
    v.vt = VT_BSTR;
    v.bstrVal = bstr;

    wprintf(L"%s|%S|%ls|%hs|%ws\n", bstr, narrow, bstr, narrow, bstr);
    wprintf(L"[%12s] [%-12s] [%.4s]\n", bstr, bstr, v.bstrVal);
    fwprintf(stdout, L"%s %c %lc\n", static_cast<wchar_t *>(wrapped), L'c', L'w');
    printf("%s|%S|%ls|%hs|%ws\n", narrow, bstr, bstr, narrow, bstr);
    printf("%I64u %I64d %llu %lld %I64x\n", large, negative, large, negative, large);
    wprintf(L"%I64u %I64d %llu\n", large, negative, large);
    printf("%lu %ld %u %d %I32u\n", 4000000000UL, -5L, 4000000000U, -5, 4000000000U);
    printf("%s %d%%\n", "done", 100);
    wprintf(L"%s\n", (const wchar_t *)NULL);
    printf("%s\n", (const char *)NULL);
    wchar_t buffer[64];
    swprintf_s(buffer, L"%s=%d", L"key", 7);
    wprintf(L"%s\n", buffer);
    swprintf(buffer, 64, L"%s/%S", L"wide", "narrow");
    wprintf(L"%s\n", buffer);
    char text[64];
    sprintf_s(text, "%S-%04x", L"id", 0xbeef);
    puts(text);
    SysFreeString(bstr);
    return 0;
}
