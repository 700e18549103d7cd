// Input that has ended: the scanning functions, wcin, fgetws and getwchar say so.
#include <iostream>
#include <stdio.h>
#include <string>
#include <windows.h>

int main()
{
    wchar_t word[20] = L"";
    printf("%d\n", wscanf_s(L"%19s", word, 20u) == EOF);
    int number = 0;
    printf("%d\n", scanf_s("%d", &number) == EOF);
    std::wstring line;
    std::getline(std::wcin, line);
    printf("%d\n", std::wcin.eof());
    int a = 0;
    wchar_t text[8];
    printf("%d ", swscanf_s(L"7 gr\u00fcn", L"%d %7s", &a, text, 8u));
    wprintf(L"%d %s\n", a, text);
    return 0;
}
