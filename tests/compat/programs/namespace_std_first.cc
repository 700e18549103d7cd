// `using namespace std` and many standard headers before ours: no name of ours is ambiguous, no macro of ours breaks theirs.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>
using namespace std;
#define _WIN32_DCOM
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <comdef.h>
#include <wbemidl.h>
#include <wbemprov.h>
#include <tchar.h>
#pragma comment(lib, "wbemuuid.lib")
#pragma comment (lib,"ole32")

int main()
{
    int data = max(3, min(5, 4)), hash = 1, count = numeric_limits<int>::max() > 0;
    BYTE octet = 7;
    vector<wstring> names;
    names.push_back(L"b");
    names.push_back(L"a");
    sort(names.begin(), names.end());
    wostringstream stream;
    stream << names[0] << L"," << hex << 255;
    function<HRESULT()> call = []() { return WBEM_S_NO_ERROR; };
    thread worker([&] { hash = 2; });
    worker.join();
    wcout << stream.str() << L" " << dec << data << hash << count << octet + 0 << call() << endl;
    CoInitialize(NULL);
    LONG left = 1;
    boolean flag = TRUE;
    cout << InterlockedDecrement(&left) << " " << (int)flag << " " << sizeof(INT64) << endl;
    CoUninitialize();
    return 0;
}
