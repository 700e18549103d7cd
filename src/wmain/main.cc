// The entry point of programs that define wmain instead of main. It lies in an archive of its own, so that it is linked
// only where main is missing (source compatibility, decision 14). It needs nothing but the C library and what
// libopenwmi exports, so that a C program links it, too.
#include <comutil.h>
#include <stdio.h>
#include <stdlib.h>

// The forms in which programs write it. A function with C++ linkage carries its parameters but not its result in its
// name, so these also serve `void wmain`.
[[gnu::weak]] int wmain();
[[gnu::weak]] int wmain(int count, wchar_t** arguments);
[[gnu::weak]] int wmain(int count, const wchar_t** arguments);
[[gnu::weak]] int wmain(int count, wchar_t** arguments, wchar_t** environment);
// In C there is one name; a function that takes fewer parameters does not see the others.
extern "C" [[gnu::weak]] int openwmi_wmain_of_c(int count, wchar_t** arguments, wchar_t** environment) __asm__("wmain");

static size_t Length(char** narrow) {
  size_t length = 0;
  while (narrow[length] != nullptr) ++length;
  return length;
}

// They live as long as the process, and tools that look for leaks find them here: not static, because the compiler
// would not store what nobody reads again.
wchar_t** openwmi_wide_arguments = nullptr;
wchar_t** openwmi_wide_environment = nullptr;

// The texts as wide text, with the NULL at the end.
static wchar_t** Widen(char** narrow) {
  const size_t length = Length(narrow);
  auto** texts = static_cast<wchar_t**>(calloc(length + 1, sizeof(wchar_t*)));
  for (size_t i = 0; texts != nullptr && i < length; ++i) {
    texts[i] = _com_util::ConvertStringToBSTR(narrow[i]);
    if (texts[i] == nullptr) return nullptr;
  }
  return texts;
}

int main(int count, char** arguments, char** environment) {
  wchar_t** wide = openwmi_wide_arguments = Widen(arguments);
  wchar_t** wide_environment = openwmi_wide_environment = Widen(environment);
  if (wide == nullptr || wide_environment == nullptr) {
    fputs("there is not enough memory for the arguments of wmain\n", stderr);
    return EXIT_FAILURE;
  }
  using Full = int (*)(int, wchar_t**, wchar_t**);
  using Usual = int (*)(int, wchar_t**);
  using Constant = int (*)(int, const wchar_t**);
  using Bare = int (*)();
  // The addresses are null where the program has no such function.
  if (Full entry = wmain) return entry(count, wide, wide_environment);
  if (Usual entry = wmain) return entry(count, wide);
  if (Constant entry = wmain) return entry(count, const_cast<const wchar_t**>(wide));
  if (Bare entry = wmain) return entry();
  if (Full entry = openwmi_wmain_of_c) return entry(count, wide, wide_environment);
  fputs("this program defines neither main nor wmain with parameters that are known\n", stderr);
  return EXIT_FAILURE;
}
