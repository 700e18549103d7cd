// also: -DUNICODE -D_UNICODE
// arguments: first Second
// _tmain, TCHAR and the _t functions: the same source as narrow and as wide program.
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

int _tmain(int argc, TCHAR **argv)
{
    TCHAR buffer[64];
    LPCTSTR text = _T("text");
    _tcscpy_s(buffer, _countof(buffer), text);
    _tcscat_s(buffer, TEXT(" and "));
    _tcscat_s(buffer, argv[argc - 1]);
    _tprintf(_T("%s: %d, %u\n"), buffer, (int)_tcslen(buffer), (unsigned)(sizeof(TCHAR) == 1 || sizeof(TCHAR) == sizeof(wchar_t)));
    _tprintf(_T("%d %d %d\n"), _tcsicmp(argv[2], _T("SECOND")), _tcscmp(argv[1], _T("first")), _tcsstr(argv[1], _T("rs")) - argv[1] == 2);
    _stprintf_s(buffer, _T("%04d-%s"), 42, argv[1]);
    _putts(buffer);
    _tprintf(TEXT("%d %I64d\n"), _ttoi(_T("17")), _ttoi64(_T("-5000000000")));
    _ftprintf(stdout, _T("%c%c\n"), _totupper(_T('a')), _T('b'));
    LPTSTR found = _tcschr(argv[2], _T('c'));
    _tprintf(_T("%s\n"), found);
    return 0;
}
