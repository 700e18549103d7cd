// Formats over a va_list, where the format alone knows the types: what C programs and their wrappers call.
#include <gtest/gtest.h>
#include <windef.h>

#include <cstdarg>
#include <string>

namespace {

std::string Narrow(const char* format, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  EXPECT_EQ(length, static_cast<int>(strlen(text)));
  return text;
}

std::wstring Wide(const wchar_t* format, ...) {
  wchar_t text[200];
  va_list arguments;
  va_start(arguments, format);
  const int length = vswprintf(text, 200, format, arguments);
  va_end(arguments);
  EXPECT_EQ(length, static_cast<int>(wcslen(text)));
  return text;
}

TEST(List, ReadsIntegersByTheirSize) {
  EXPECT_EQ(Narrow("%d %u %x", -1, -1, -1), "-1 4294967295 ffffffff");
  EXPECT_EQ(Narrow("%hd %hhu %hx", 65535, 511, 65536 + 10), "-1 255 a");
  EXPECT_EQ(Narrow("%I64d %lld %jd %zd %td %Id", -5ll, -6ll, intmax_t{-7}, ptrdiff_t{-8}, ptrdiff_t{-9}, -10ll),
            "-5 -6 -7 -8 -9 -10");
  EXPECT_EQ(Narrow("%I64x %I32x", -1ll, -1), "ffffffffffffffff ffffffff");
}

TEST(List, TakesLForThirtyTwoBits) {
  EXPECT_EQ(Narrow("%ld %lu %lX %d", LONG{-2147217405}, LONG{-2147217405}, LONG{-2147217405}, 7),
            "-2147217405 2147749891 80041003 7");
  EXPECT_EQ(Narrow("%ld %d", -1, 2), "-1 2");  // an int where a long was said, as on Windows
  EXPECT_EQ(Wide(L"%lu %s", DWORD{4294967295}, L"end"), L"4294967295 end");
}

TEST(List, ReadsRealNumbersAndPointers) {
  EXPECT_EQ(Narrow("%f %lf %Lf %g %d", 1.5, 2.5, 3.5L, 4.5f, 5), "1.500000 2.500000 3.500000 4.5 5");
  EXPECT_EQ(Narrow("%p %d", reinterpret_cast<void*>(0xab), 1), "00000000000000AB 1");
}

TEST(List, ReadsTextByTheKindOfTheFunction) {
  EXPECT_EQ(Narrow("%s %S %ls %hs %ws", "a", L"\u00fc", L"c", "d", L"e"), "a \xc3\xbc c d e");
  EXPECT_EQ(Wide(L"%s %S %ls %hs %ws", L"a", "\xc3\xbc", L"c", "d", L"e"), L"a \u00fc c d e");
  EXPECT_EQ(Narrow("%c%C%lc%hc", 'a', L'\u00fc', L'c', 'd'),
            "a\xc3\xbc"
            "cd");
  EXPECT_EQ(Wide(L"%c%C%lc%hc", L'\u00fc', 'b', L'c', 'd'),
            L"\u00fc"
            L"bcd");
  EXPECT_EQ(Narrow("%s %S", nullptr, nullptr), "(null) (null)");
}

TEST(List, ReadsFieldsInOrder) {
  EXPECT_EQ(Narrow("%*d|%-*.*f|%.*s", 4, 1, 6, 2, 3.14159, 2, "abc"), "   1|3.14  |ab");
}

TEST(List, SkipsTheArgumentOfACount) {
  int count = -1;
  EXPECT_EQ(Narrow("a%n%d", &count, 5), "a5");
  EXPECT_EQ(count, -1);
}

TEST(List, StaysWithTheCaller) {
  const auto twice = [](const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char text[20];
    vsnprintf(text, sizeof(text), format, arguments);
    const int next = va_arg(arguments, int);
    va_end(arguments);
    return next;
  };
  EXPECT_EQ(twice("%d", 42), 42);
}

}  // namespace
