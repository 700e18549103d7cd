// also: -DUNICODE -D_UNICODE
// Clocks, FILETIME and SYSTEMTIME, the names of machine and user, environment, heap and version.
#include <stdio.h>
#include <windows.h>
#include <tchar.h>

int main()
{
    SYSTEMTIME st = {};
    st.wYear = 2024; st.wMonth = 2; st.wDay = 29; st.wHour = 12; st.wMinute = 30; st.wSecond = 15; st.wMilliseconds = 250;
    FILETIME ft;
    printf("%d ", SystemTimeToFileTime(&st, &ft));
    ULARGE_INTEGER ticks;
    ticks.LowPart = ft.dwLowDateTime;
    ticks.HighPart = ft.dwHighDateTime;
    printf("%I64u\n", ticks.QuadPart);
    SYSTEMTIME back;
    FileTimeToSystemTime(&ft, &back);
    printf("%04d-%02d-%02d %02d:%02d:%02d.%03d day %d\n", back.wYear, back.wMonth, back.wDay, back.wHour, back.wMinute, back.wSecond, back.wMilliseconds, back.wDayOfWeek);
    GetSystemTime(&st);
    printf("%d\n", st.wYear >= 2024);
    DWORD start = GetTickCount();
    LARGE_INTEGER frequency, first, second;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&first);
    Sleep(2);
    QueryPerformanceCounter(&second);
    printf("%d %d %d\n", frequency.QuadPart > 0, second.QuadPart > first.QuadPart, GetTickCount() - start < 60000);
    TCHAR name[256];
    DWORD size = 256;
    printf("%d ", GetComputerName(name, &size));
    printf("%d\n", size == _tcslen(name) && size > 0);
    size = 1;
    SetLastError(0);
    BOOL fits = GetUserName(name, &size);
    printf("%d %lu\n", fits, GetLastError());
    SetEnvironmentVariable(TEXT("COMPAT_VALUE"), TEXT("set"));
    size = GetEnvironmentVariable(TEXT("COMPAT_VALUE"), name, 256);
    _tprintf(TEXT("%lu %s\n"), size, name);
    size = ExpandEnvironmentStrings(TEXT("[%COMPAT_VALUE%]"), name, 256);
    _tprintf(TEXT("%lu %s\n"), size, name);
    void *block = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 100);
    bool zero = block != NULL && ((char *)block)[99] == 0;
    printf("%d %d\n", zero, HeapFree(GetProcessHeap(), 0, block));
    OSVERSIONINFO version;
    version.dwOSVersionInfoSize = sizeof(OSVERSIONINFO);
    BOOL known = GetVersionEx(&version);
    printf("%d %d\n", known, version.dwMajorVersion >= 6);
    printf("%d\n", GetCurrentProcessId() != 0);
    return 0;
}
