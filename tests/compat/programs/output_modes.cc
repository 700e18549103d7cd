// _setmode(_fileno(stdout), _O_U16TEXT) and setlocale, with which programs make wide output work on Windows.
#include <fcntl.h>
#include <io.h>
#include <iostream>
#include <locale.h>
#include <stdio.h>
#include <windows.h>

int main()
{
    setlocale(LC_ALL, "");
    _setmode(_fileno(stdout), _O_U16TEXT);
    wprintf(L"%s\n", L"\u00e4\u20ac");
    std::wcout << L"\u00e4\u20ac" << std::endl;
    std::wcout.imbue(std::locale("C"));
    std::wcout << L"\u00fc " << 1234567 << std::endl;
    _setmode(_fileno(stdout), _O_TEXT);
    printf("%d\n", _isatty(_fileno(stdout)));
    SetConsoleOutputCP(CP_UTF8);
    return 0;
}
