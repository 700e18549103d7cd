// Narrow and wide output on one stdout, through a pipe: everything arrives, in the order of the calls.
#include <iostream>
#include <stdio.h>
#include <windows.h>
#include <wbemidl.h>
using namespace std;

int main()
{
    for (int i = 0; i < 3; i++)
    {
        printf("printf %d\n", i);
        wprintf(L"wprintf %d\n", i);
        cout << "cout " << i << endl;
        wcout << L"wcout " << i << endl;
        puts("puts");
        fputws(L"fputws\n", stdout);
        fprintf(stderr, "");
        fwprintf(stdout, L"%s %d\n", L"fwprintf", i);
    }
    wcout << L"no newline, " << flush;
    printf("then printf, ");
    cout << "then cout\n";
    _putws(L"the end");
    return 0;
}
