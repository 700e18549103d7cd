// The ways in which programs print an HRESULT: eight digits, however it is stored and whatever the format.
#include <iomanip>
#include <iostream>
#include <stdio.h>
#include <windows.h>
#include <wbemidl.h>
using namespace std;

int main()
{
    HRESULT hr = WBEM_E_INVALID_NAMESPACE;
    LONG lStored = hr;
    DWORD dwStored = (DWORD)hr;
    SCODE sc = hr;
    printf("%x %X\n", hr, hr);
    printf("%#lx %08lX %08lx\n", hr, hr, hr);
    printf("[%8x] [%0.8x] [%08x] 0x%lx\n", hr, hr, sc, hr);
    printf("%d %x %X %d\n", hr, lStored, dwStored, (int)lStored);
    printf("%x %lx %u\n", S_OK, S_FALSE, WBEM_S_NO_MORE_DATA);
    wprintf(L"%x %08lX %d\n", hr, hr, hr);
    cout << "Error code = 0x" << hex << hr << endl;
    cout << uppercase << setw(10) << setfill('0') << hr << dec << " " << hr << endl;
    wcout << L"0x" << hex << hr << dec << endl;
    cout << hex << E_ACCESSDENIED << " " << (ULONG)(unsigned)WBEM_E_FAILED << " " << WBEM_E_FAILED << endl;
    return 0;
}
