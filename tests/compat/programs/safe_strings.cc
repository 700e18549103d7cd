// strsafe.h: copies, concatenations, formatted text and lengths, counted in characters and in bytes; what does not fit is
// cut and reported.
#include <stdio.h>
#include <windows.h>
#include <strsafe.h>

int main()
{
    WCHAR wide[16];
    CHAR narrow[16];
    printf("0x%x ", StringCchCopyW(wide, ARRAYSIZE(wide), L"sixteen minus one"));
    wprintf(L"%s\n", wide);
    printf("0x%x ", StringCbCopyW(wide, sizeof(wide), L"bytes"));
    wprintf(L"%s\n", wide);
    printf("0x%x ", StringCbCatW(wide, sizeof(wide), L" and more"));
    wprintf(L"%s\n", wide);
    printf("0x%x ", StringCbCatW(wide, sizeof(wide), L"..."));
    wprintf(L"%s\n", wide);
    printf("0x%x ", StringCbPrintfW(wide, sizeof(wide), L"%s=%d %S", L"n", 5, "a"));
    wprintf(L"%s\n", wide);
    printf("0x%x ", StringCchPrintfA(narrow, 16, "%s-%S-%I64u", "a", L"b", 7ULL));
    puts(narrow);
    size_t length = 0;
    printf("0x%x ", StringCchLengthW(L"length", STRSAFE_MAX_CCH, &length));
    printf("%u ", (unsigned)length);
    printf("0x%x ", StringCbLengthW(L"length", 100, &length));
    printf("%u\n", (unsigned)(length / sizeof(WCHAR)));
    printf("0x%x ", StringCchCopyNA(narrow, 16, "count of four", 4));
    puts(narrow);
    printf("0x%x\n", StringCchCopyA(narrow, 0, "x"));
    printf("%d %d\n", STRSAFE_E_INSUFFICIENT_BUFFER == HRESULT(0x8007007A), STRSAFE_E_INVALID_PARAMETER == HRESULT(0x80070057));
    TCHAR t[8];
    printf("0x%x\n", StringCchCopy(t, 8, TEXT("generic")));
    return 0;
}
