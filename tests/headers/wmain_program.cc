// A program that defines wmain and not main: its arguments arrive as wide text.
#include <stdio.h>
#include <tchar.h>
#include <wchar.h>

int __cdecl wmain(int argc, wchar_t* argv[]) {
  const bool right = argc == 3 && wcscmp(argv[1], L"plain") == 0 && wcscmp(argv[2], L"Gr\u00fc\u00df") == 0 && !argv[3];
  puts(right ? "arguments arrived" : "arguments are wrong");
  return right ? 0 : 1;
}
