// WBEMTime and WBEMTimeSpan of wbemtime.h with the datetimes that WMI gives.
#include <stdio.h>
#include <windows.h>
#include <oleauto.h>
#include <wbemtime.h>

int main()
{
    BSTR text = SysAllocString(L"20240229123015.250000+060");
    WBEMTime time(text);
    SysFreeString(text);
    SYSTEMTIME st;
    printf("%d %d\n", time.IsOk(), time.GetSYSTEMTIME(&st));
    printf("%04d-%02d-%02d %02d:%02d:%02d.%03d\n", st.wYear, st.wMonth, st.wDay, st.wHour, st.wMinute, st.wSecond, st.wMilliseconds);
    WBEMTime later = time + WBEMTimeSpan(1, 2);
    WBEMTimeSpan difference = later - time;
    text = difference.GetBSTR();
    printf("%S %d\n", text, later > time);
    SysFreeString(text);
    WBEMTime wrong(L"yesterday");
    printf("%d\n", wrong.IsOk());
    time_t epoch = 0;
    FILETIME ft;
    printf("%d %I64u\n", WBEMTime(epoch).GetFILETIME(&ft), WBEMTime(epoch).GetTime());
    return 0;
}
