// arguments: one "two words" Grüße
// wmain with wide arguments; nothing but tchar.h and stdio.h asked for.
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

int __cdecl wmain(int argc, wchar_t* argv[])
{
    for (int i = 1; i < argc; i++)
        wprintf(L"%d: %s (%d)\n", i, argv[i], (int)wcslen(argv[i]));
    return argv[argc] == NULL ? 0 : 1;
}
