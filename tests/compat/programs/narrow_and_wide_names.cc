// also: -DUNICODE -D_UNICODE
// The A and W forms by name next to the plain name, which UNICODE decides.
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

int main()
{
    HANDLE a = CreateEventA(NULL, TRUE, TRUE, "compat-event"), w = CreateEventW(NULL, TRUE, FALSE, L"compat-event");
    DWORD error = GetLastError();
    HANDLE t = CreateEvent(NULL, TRUE, FALSE, TEXT("compat-event"));
    printf("%d %d\n", error == ERROR_ALREADY_EXISTS, a && w && t && WaitForSingleObject(t, 0) == WAIT_OBJECT_0);
    CloseHandle(a); CloseHandle(w); CloseHandle(t);
    SetEnvironmentVariableW(L"COMPAT_W", L"w\u00fc");
    char narrow[16];
    DWORD length = GetEnvironmentVariableA("COMPAT_W", narrow, sizeof(narrow));
    printf("%s %lu\n", narrow, length);
    TCHAR text[32];
    _sntprintf_s(text, _countof(text), _TRUNCATE, TEXT("%s|%d"), TEXT("t"), lstrlen(TEXT("four")));
    _tprintf(TEXT("%s %d\n"), text, lstrcmpi(TEXT("ABC"), TEXT("abc")));
    OutputDebugString(TEXT("seen by a debugger alone\n"));
    return 0;
}
