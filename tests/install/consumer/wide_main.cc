// A program whose entry is wmain: the library supplies main() and hands the arguments over as wide text.
#include <wbemidl.h>
#include <windows.h>

#include <cstdio>
#include <cwchar>

int wmain(int argument_count, wchar_t* arguments[]) {
  if (argument_count != 3 || std::wcscmp(arguments[1], L"one") != 0 || std::wcscmp(arguments[2], L"two") != 0) {
    std::fprintf(stderr, "the arguments did not arrive\n");
    return 1;
  }
  return arguments[argument_count] == nullptr ? 0 : 1;
}
