// comdef.h before everything, in spellings with capitals, and the same headers again in another order.
#include <comdef.h>
#include <WbemIdl.h>
#include <Windows.h>
#include <iostream>
#include <Wbemidl.h>
#include <Objbase.h>
#include <OleAuto.h>
#include <WbemCli.h>
#include <comutil.h>
#include <windows.h>

int main()
{
    _bstr_t text(L"comdef first");
    std::cout << (char *)text << " " << (IID_IWbemLocator == __uuidof(IWbemLocator)) << std::endl;
    return 0;
}
