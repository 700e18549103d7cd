// Characters outside ASCII through every way out, in the locale "C": UTF-8 arrives. What is no character becomes U+FFFD
// and the output goes on.
#include <iostream>
#include <stdio.h>
#include <comdef.h>
#include <windows.h>
#include <wbemidl.h>
using namespace std;

int main()
{
    const wchar_t *words = L"Gr\u00fc\u00dfe \u4f60\u597d \U0001F600";
    wcout << words << endl;
    wprintf(L"%s\n", words);
    printf("%S\n", words);
    printf("%ls\n", words);
    wprintf(L"%S\n", "utf-8 \xc3\xa4");
    cout << (const char *)_bstr_t(words) << endl;
    wcout << (const wchar_t *)_bstr_t("back \xc3\xb6") << endl;
    wcout << L'\u20ac' << L" " << wchar_t(0x7fffffff) << L" goes on" << endl;
    wprintf(L"%c %c goes on\n", 0x20ac, 0x7fffffff);
    fputws(L"\u03a9\n", stdout);
    wcerr << L"\u00e9 on stderr" << endl;
    return wcout.good() ? 0 : 1;
}
