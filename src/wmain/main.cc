// The entry point of programs that define wmain instead of main. It lies in an archive of its own, so that it is linked
// only where main is missing (source compatibility, decision 14), and needs nothing but what the library exports.
#include <comutil.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

// The forms in which programs write it. A function with C++ linkage carries its parameters but not its result in its
// name, so these also serve `void wmain`.
[[gnu::weak]] int wmain();
[[gnu::weak]] int wmain(int count, wchar_t** arguments);
[[gnu::weak]] int wmain(int count, const wchar_t** arguments);
[[gnu::weak]] int wmain(int count, wchar_t** arguments, wchar_t** environment);

int main(int count, char** arguments, char** environment) {
  std::vector<_bstr_t> texts;
  std::vector<wchar_t*> wide;
  auto append_all = [&](char** narrow) {
    for (; *narrow != nullptr; ++narrow) texts.emplace_back(*narrow);
  };
  append_all(arguments);
  const std::size_t argument_count = texts.size();
  append_all(environment);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i == argument_count) wide.push_back(nullptr);
    wide.push_back(texts[i]);
  }
  if (texts.size() == argument_count) wide.push_back(nullptr);
  wide.push_back(nullptr);
  wchar_t** first = wide.data();

  using Full = int (*)(int, wchar_t**, wchar_t**);
  using Usual = int (*)(int, wchar_t**);
  using Constant = int (*)(int, const wchar_t**);
  using Bare = int (*)();
  // The addresses are null where the program has no such function.
  if (Full entry = wmain) return entry(count, first, first + argument_count + 1);
  if (Usual entry = wmain) return entry(count, first);
  if (Constant entry = wmain) return entry(count, const_cast<const wchar_t**>(first));
  if (Bare entry = wmain) return entry();
  std::fputs("this program defines neither main nor wmain with parameters that are known\n", stderr);
  return EXIT_FAILURE;
}
