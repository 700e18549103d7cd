// The time classes of the provider framework: from CIM text to the structures of Windows and C, and back.
#include <stdio.h>
#include <windows.h>
#include <wbemtime.h>
#include <comdef.h>

static void Show(const char *what, BSTR text)
{
    wprintf(L"%S: %s\n", what, text ? text : L"none");
    SysFreeString(text);
}

int main()
{
    BSTR boot = SysAllocString(L"20240229223015.500000-120");
    WBEMTime start(boot);
    SysFreeString(boot);
    Show("UTC", start.GetBSTR());

    SYSTEMTIME st;
    if (start.GetSYSTEMTIME(&st))
        printf("%04d-%02d-%02d %02d:%02d:%02d.%03d\n", st.wYear, st.wMonth, st.wDay, st.wHour, st.wMinute, st.wSecond, st.wMilliseconds);
    FILETIME ft;
    time_t seconds;
    if (start.GetFILETIME(&ft) && start.Gettime_t(&seconds))
        printf("%u %u %lld\n", (unsigned)ft.dwHighDateTime, (unsigned)ft.dwLowDateTime, (long long)seconds);

    WBEMTime end = start + WBEMTimeSpan(0, 0, 90);
    WBEMTimeSpan uptime = end - start;
    Show("uptime", uptime.GetBSTR());
    Show("end", end.GetDMTF(FALSE));
    if (end > start && !(end == start)) puts("later");

    WBEMTime wrong(_bstr_t(L"yesterday"));
    Show("wrong", wrong.GetBSTR());
    if (!wrong.IsOk() && (start - end).IsOk() == false) puts("invalid");
    return 0;
}
