// also: -DUNICODE -D_UNICODE
// Where the program is: GetModuleFileName, the last part of it, a buffer that is too small; GetModuleHandle.
#include <stdio.h>
#include <windows.h>
#include <tchar.h>

int main()
{
    TCHAR path[MAX_PATH];
    DWORD length = GetModuleFileName(NULL, path, MAX_PATH);
    TCHAR *name = _tcsrchr(path, _T('/'));
    _tprintf(_T("%d %.7s\n"), length == _tcslen(path), name ? name + 1 : _T("?"));
    TCHAR small_path[4];
    length = GetModuleFileName(NULL, small_path, 4);
    printf("%lu %d\n", length, GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    HMODULE self = GetModuleHandle(NULL);
    printf("%d\n", self != NULL);
    return 0;
}
