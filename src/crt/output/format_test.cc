// What the formats print, with the types of the arguments known: narrow and wide, by Microsoft's documentation.
#include <gtest/gtest.h>
#include <windef.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.h"

namespace {

template <typename... A>
std::string Narrow(const char* format, const A&... arguments) {
  char text[2000];
  const int length = snprintf(text, sizeof(text), format, arguments...);
  EXPECT_EQ(length, static_cast<int>(strlen(text)));
  return text;
}

template <typename... A>
std::wstring Wide(const wchar_t* format, const A&... arguments) {
  wchar_t text[2000];
  const int length = swprintf(text, 2000, format, arguments...);
  EXPECT_EQ(length, static_cast<int>(wcslen(text)));
  return text;
}

// The same in both functions: numbers do not depend on the kind of text.
#define EXPECT_BOTH(expected, format, ...)                                               \
  do {                                                                                   \
    EXPECT_EQ(Narrow(format __VA_OPT__(, ) __VA_ARGS__), expected);                      \
    EXPECT_EQ(Wide(L"" format __VA_OPT__(, ) __VA_ARGS__), wmi::WideFromUtf8(expected)); \
  } while (false)

TEST(Format, PlainTextAndPercentSigns) {
  EXPECT_BOTH("", "");
  EXPECT_BOTH("text", "text");
  EXPECT_BOTH("100%", "100%%");
  EXPECT_BOTH("%d", "%%d", 7);
  EXPECT_EQ(Narrow("Gr\xc3\xbc\xc3\x9f"), "Gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(Wide(L"Gr\u00fc\u00df"), L"Gr\u00fc\u00df");
}

TEST(Format, IntegersWithFlagsWidthAndPrecision) {
  EXPECT_BOTH("42", "%d", 42);
  EXPECT_BOTH("-42", "%i", -42);
  EXPECT_BOTH("   42", "%5d", 42);
  EXPECT_BOTH("42   |", "%-5d|", 42);
  EXPECT_BOTH("00042", "%05d", 42);
  EXPECT_BOTH("-0042", "%05d", -42);
  EXPECT_BOTH("+42", "%+d", 42);
  EXPECT_BOTH(" 42", "% d", 42);
  EXPECT_BOTH("+42", "%+ d", 42);
  EXPECT_BOTH("42   ", "%-05d", 42);
  EXPECT_BOTH("0042", "%.4d", 42);
  EXPECT_BOTH("  0042", "%06.4d", 42);
  EXPECT_BOTH("-0042", "%.4d", -42);
  EXPECT_BOTH("", "%.0d", 0);
  EXPECT_BOTH("", "%.d", 0);
  EXPECT_BOTH("0", "%d", 0);
  EXPECT_BOTH("+", "%+.0d", 0);
  EXPECT_BOTH("4294967254", "%u", -42);
  EXPECT_BOTH("ffffffd6", "%x", -42);
  EXPECT_BOTH("FFFFFFD6", "%X", -42);
  EXPECT_BOTH("37777777726", "%o", -42);
  EXPECT_BOTH("0x2a", "%#x", 42);
  EXPECT_BOTH("0X2A", "%#X", 42);
  EXPECT_BOTH("052", "%#o", 42);
  EXPECT_BOTH("0", "%#x", 0);
  EXPECT_BOTH("0", "%#o", 0);
  EXPECT_BOTH("0x0000002a", "%#010x", 42);
  EXPECT_BOTH("42", "%+u", 42);
  EXPECT_BOTH("-2147483648", "%d", INT32_MIN);
}

TEST(Format, WidthAndPrecisionFromArguments) {
  EXPECT_BOTH("00003", "%0*d", 5, 3);
  EXPECT_BOTH("3.142", "%.*f", 3, 3.14159265);
  EXPECT_BOTH("3    |", "%*d|", -5, 3);
  EXPECT_BOTH("3", "%.*d", -1, 3);
  EXPECT_BOTH("   ab", "%*.*hs", 5, 2, "abcdef");
  EXPECT_BOTH("  7", "%*d", 3L, 7);
}

TEST(Format, FieldsAreCapped) {
  EXPECT_EQ(_scprintf("%99999d", 1), 65'535);
  EXPECT_EQ(_scprintf("%*d", INT_MIN, 1), 65'535);
  EXPECT_EQ(_scprintf("%.*d", INT_MAX, 1), 65'535);
  EXPECT_EQ(_scprintf("%.99999999999999999999f", 1.0), 65'537);
  EXPECT_EQ(_scwprintf(L"%65535d", 1), 65'535);
  EXPECT_EQ(_scwprintf(L"%65534d", 1), 65'534);
}

TEST(Format, APrecisionOfTextIsNotCapped) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(_scprintf("%.99999s", text.c_str()), 99'999);
  EXPECT_EQ(_scprintf("%.*s", INT_MAX, text.c_str()), 100'000);
}

TEST(Format, SizesOfIntegers) {
  EXPECT_BOTH("-1", "%hhd", 255);
  EXPECT_BOTH("255", "%hhu", -1);
  EXPECT_BOTH("-1", "%hd", 65535);
  EXPECT_BOTH("ffff", "%hx", -1);
  EXPECT_BOTH("-2147417851", "%ld", static_cast<int>(0x80010105));
  EXPECT_BOTH("18446744073709551615", "%I64u", UINT64_MAX);
  EXPECT_BOTH("-9223372036854775808", "%I64d", INT64_MIN);
  EXPECT_BOTH("-1", "%I32d", 0xffffffffL);
  EXPECT_BOTH("4294967295", "%I32u", -1L);
  EXPECT_BOTH("ffffffffffffffff", "%llx", -1LL);
  EXPECT_BOTH("5", "%lld", 5);
  EXPECT_BOTH("-5", "%I64d", -5);
  EXPECT_BOTH("4294967295", "%I64u", 4294967295u);
  EXPECT_BOTH("123456789012 123456789012", "%zu %Iu", size_t{123456789012}, size_t{123456789012});
  EXPECT_BOTH("-3 -3", "%td %jd", ptrdiff_t{-3}, intmax_t{-3});
}

// LONG and DWORD have 64 bits here (detail/output.h, "Types").
TEST(Format, LongsPrintWhatAWindowsProgramWouldSee) {
  const LONG failed = static_cast<HRESULT>(0x80041003);
  EXPECT_BOTH("80041003", "%x", failed);
  EXPECT_BOTH("0x80041003", "0x%08lX", failed);
  EXPECT_BOTH("2147749891", "%lu", failed);
  EXPECT_BOTH("-2147217405", "%ld", failed);
  const DWORD sign_extended = static_cast<DWORD>(failed);
  EXPECT_BOTH("80041003", "%lX", sign_extended);
  EXPECT_BOTH("2147749891", "%u", sign_extended);
  EXPECT_BOTH("-2147217405", "%d", sign_extended);
  const DWORD code = 0x80041003;
  EXPECT_BOTH("80041003", "%x", code);
  EXPECT_BOTH("-2147217405", "%d", code);
  EXPECT_BOTH("2147749891", "%lu", code);
  EXPECT_BOTH("2147749891", "%d", static_cast<LONG>(code));
  EXPECT_BOTH("80000000", "%x", LONG{INT32_MIN});
  EXPECT_BOTH("-2147483648", "%d", DWORD{0x80000000});
  EXPECT_BOTH("-1", "%d", static_cast<DWORD>(-1));
  EXPECT_BOTH("4294967295", "%lu", static_cast<DWORD>(-1));
}

TEST(Format, LongsBeyond32BitsPrintInFull) {
  EXPECT_BOTH("4294967296", "%d", 4294967296L);
  EXPECT_BOTH("4294967296", "%d", 4294967296UL);
  EXPECT_BOTH("-2147483649", "%d", -2147483649L);
  EXPECT_BOTH("ffffffff7fffffff", "%x", -2147483649L);
  EXPECT_BOTH("18446744071562067967", "%u", -2147483649L);
  EXPECT_BOTH("4294967295", "%d", 4294967295L);
  EXPECT_BOTH("2147483647", "%d", 2147483647UL);
  EXPECT_BOTH("18446744071562067967", "%d", 18446744071562067967UL);
}

TEST(Format, RealNumbers) {
  EXPECT_BOTH("1.500000", "%f", 1.5);
  EXPECT_BOTH("3.14", "%.2f", 3.14159f);
  EXPECT_BOTH("2", "%.0f", 2.5);
  EXPECT_BOTH("2.", "%#.0f", 2.5);
  EXPECT_BOTH("1.234568e+04", "%e", 12345.678);
  EXPECT_BOTH("1.0E+100", "%.1E", 1e100);
  EXPECT_BOTH("1e-05", "%g", 0.00001);
  EXPECT_BOTH("0.0001", "%g", 0.0001);
  EXPECT_BOTH("1.00000", "%#g", 1.0);
  EXPECT_BOTH("-002.5", "%06.1f", -2.5);
  EXPECT_BOTH("+2.5  |", "%+-6.1f|", 2.5);
  EXPECT_BOTH("-0.000000", "%f", -0.0);
  EXPECT_BOTH("0x1.0000000000000p+0", "%a", 1.0);
  EXPECT_BOTH("-0X1.8P+1", "%.1A", -3.0);
  EXPECT_BOTH("0x001.8p+1", "%010.1a", 3.0);
  EXPECT_BOTH("1.500000 1.500000", "%lf %Lf", 1.5, 1.5L);
  EXPECT_EQ(Narrow("%.0f", 1e300).size(), 301u);
  EXPECT_EQ(Narrow("%.400f", 1.0), "1." + std::string(400, '0'));
}

TEST(Format, NumbersThatAreNone) {
  using Limits = std::numeric_limits<double>;
  EXPECT_BOTH("inf", "%f", Limits::infinity());
  EXPECT_BOTH("-INF", "%F", -Limits::infinity());
  EXPECT_BOTH("   inf", "%06f", Limits::infinity());
  EXPECT_BOTH("inf   |", "%-6.1e|", Limits::infinity());
  EXPECT_BOTH("+inf", "%+g", Limits::infinity());
  EXPECT_BOTH("nan", "%f", std::copysign(Limits::quiet_NaN(), 1.0));
  EXPECT_BOTH("-nan(ind)", "%f", std::copysign(Limits::quiet_NaN(), -1.0));
  EXPECT_BOTH("-NAN(IND)", "%G", std::copysign(Limits::quiet_NaN(), -1.0));
  EXPECT_BOTH("nan(snan)", "%a", Limits::signaling_NaN());
}

TEST(Format, TextOfTheFunctionsOwnKindAndOfTheOther) {
  EXPECT_EQ(Narrow("%s %S %hs %ls %ws", "a", L"b\u00fc", "c", L"d", L"e"), "a b\xc3\xbc c d e");
  EXPECT_EQ(Wide(L"%s %S %hs %ls %ws", L"a", "b\xc3\xbc", "c", L"d", L"e"), L"a b\u00fc c d e");
  EXPECT_EQ(Narrow("%hS %lS %wS", "c", L"d", L"e"), "c d e");
  EXPECT_EQ(Wide(L"%hS %lS %wS", "c", L"d", L"e"), L"c d e");
  EXPECT_EQ(Narrow("%c%C%hc%lc%wc", 'a', L'\u00fc', 'c', L'd', L'e'),
            "a\xc3\xbc"
            "cde");
  EXPECT_EQ(Wide(L"%c%C%hc%lc%wc", L'\u00fc', 'b', 'c', L'd', L'e'),
            L"\u00fc"
            L"bcde");
}

TEST(Format, WidthAndPrecisionOfText) {
  EXPECT_BOTH("  abc", "%5hs", "abc");
  EXPECT_BOTH("abc  |", "%-5hs|", "abc");
  EXPECT_BOTH("ab", "%.2ls", L"abc");
  EXPECT_BOTH("", "%.0hs", "abc");
  EXPECT_BOTH("", "%.hs", "abc");
  EXPECT_BOTH("  a", "%3c", 'a');
  EXPECT_BOTH("a  |", "%-3c|", 'a');
  EXPECT_BOTH("00abc", "%05hs", "abc");
  EXPECT_EQ(Wide(L"%3.2hs|", "\xc3\xbc\xc3\x9f\xc3\xa4"), L" \u00fc\u00df|");
  EXPECT_EQ(Wide(L"%3s|", L"\U0001F427"), L"  \U0001F427|");
}

TEST(Format, APrecisionInBytesDoesNotCutWideCharacters) {
  EXPECT_EQ(Narrow("%.3ls|", L"\u00fc\u00df"), "\xc3\xbc|");
  EXPECT_EQ(Narrow("%.4ls|", L"\u00fc\u00df"), "\xc3\xbc\xc3\x9f|");
  EXPECT_EQ(Narrow("%5.3ls|", L"\u00fc\u00df"), "   \xc3\xbc|");
}

TEST(Format, APrecisionReadsNoFurther) {
  const std::unique_ptr<char[]> narrow(new char[3]{'a', 'b', 'c'});  // the sanitizers see what is read past the end
  const std::unique_ptr<wchar_t[]> wide(new wchar_t[3]{L'a', L'b', L'c'});
  EXPECT_BOTH("abc", "%.3hs", narrow.get());
  EXPECT_BOTH("abc", "%.3ls", wide.get());
}

TEST(Format, CharactersThatDoNotExist) {
  EXPECT_EQ(Narrow("%ls",
                   L"\x110000"
                   L"a\xd800"),
            "\xef\xbf\xbd"
            "a\xef\xbf\xbd");
  EXPECT_EQ(Narrow("%lc", static_cast<wchar_t>(-1)), "\xef\xbf\xbd");
  EXPECT_EQ(Wide(L"%hs",
                 "\xff"
                 "a\xc3"),
            L"\ufffd"
            L"a\ufffd");
  EXPECT_EQ(Wide(L"%hc", '\xc3'), L"\ufffd");
}

TEST(Format, NullPointersAreText) {
  EXPECT_BOTH("(null)", "%s", static_cast<const char*>(nullptr));
  EXPECT_BOTH("(null)", "%ls", static_cast<const wchar_t*>(nullptr));
  EXPECT_BOTH("(null)", "%s", nullptr);
  EXPECT_BOTH("(nu", "%.3S", static_cast<wchar_t*>(nullptr));
  EXPECT_BOTH("(null)", "%s", static_cast<void*>(nullptr));
#pragma GCC diagnostic ignored "-Wconversion-null"
  EXPECT_BOTH("(null)", "%s", NULL);
}

TEST(Format, PointersHaveSixteenCapitalDigits) {
  EXPECT_BOTH("00000000DEADBEEF", "%p", reinterpret_cast<void*>(0xdeadbeef));
  EXPECT_BOTH("0000000000000000", "%p", nullptr);
  EXPECT_BOTH("  000000000000000A|", "%18p|", reinterpret_cast<int*>(10));
  EXPECT_BOTH("000000000000000A", "%p", 10);
}

TEST(Format, UnknownSpecificationsStandForThemselves) {
  EXPECT_BOTH("%y", "%y", 1);
  EXPECT_BOTH("%", "%");
  EXPECT_BOTH("a%5", "a%5");
  EXPECT_BOTH("%-08.3q 1", "%-08.3q %d", 1);
  EXPECT_BOTH("%I6", "%I6");
  EXPECT_BOTH("%l", "%l");
}

TEST(Format, MissingArgumentsLeaveTheSpecification) {
  EXPECT_BOTH("%d %s", "%d %s");
  EXPECT_BOTH("1 %5.2f", "%d %5.2f", 1);
  EXPECT_BOTH("%*d", "%*d");
}

TEST(Format, ArgumentsTooManyAreIgnored) { EXPECT_BOTH("1", "%d", 1, 2, "three"); }

TEST(Format, CountsAreNotWritten) {
  int count = -1;
  EXPECT_BOTH("ab", "a%nb", &count);
  EXPECT_EQ(count, -1);
}

TEST(Format, WrongTypesPrintTheirValue) {
  EXPECT_BOTH("text", "%d", "text");
  EXPECT_BOTH("text ", "%-5x", L"text");
  EXPECT_BOTH("text", "%.2f", "text");
  EXPECT_BOTH("text", "%c", "text");
  EXPECT_BOTH("42", "%s", 42);
  EXPECT_BOTH("-42", "%S", -42L);
  EXPECT_BOTH("18446744073709551615", "%s", UINT64_MAX);
  EXPECT_BOTH("   42", "%5.1s", 42);
  EXPECT_BOTH("7.000000", "%f", 7);
  EXPECT_BOTH("18446744073709551616", "%.0f", UINT64_MAX);
  EXPECT_BOTH("2.500000", "%d", 2.5);
  EXPECT_BOTH("2.5", "%.1s", 2.5);
  EXPECT_BOTH("2.5", "%.1p", 2.5);
  EXPECT_BOTH("x", "%s", 'x');
  EXPECT_BOTH("ff", "%x", reinterpret_cast<int*>(255));
  EXPECT_BOTH("00000000000000FF", "%s", reinterpret_cast<int*>(255));
  EXPECT_BOTH("00000000000000FF", "%c", reinterpret_cast<void*>(255));
  EXPECT_EQ(Narrow("%s", L"\u00fc"), "\xc3\xbc");
  EXPECT_EQ(Wide(L"%s", "\xc3\xbc"), L"\u00fc");
}

// FormatMessage fills a void* that programs print with %s.
TEST(Format, AnUntypedPointerIsTextOfTheNamedKind) {
  char narrow[] = "narrow";
  wchar_t wide[] = L"wide";
  EXPECT_EQ(Narrow("%s %S", static_cast<void*>(narrow), static_cast<void*>(wide)), "narrow wide");
  EXPECT_EQ(Wide(L"%s %S", static_cast<void*>(wide), static_cast<void*>(narrow)), L"wide narrow");
}

enum Plain { kPlainFive = 5 };
enum class Scoped : unsigned long { kFive = 5 };
struct Bits {
  unsigned three : 3;
  int rest;
};
struct Constants {
  static const int kNumber = 17;  // has no address
};
struct HoldsWide {  // like _bstr_t and the classes of ATL
  HoldsWide() = default;
  HoldsWide(const HoldsWide&) = delete;
  operator const wchar_t*() const { return L"wide\u00fc"; }
  operator const char*() const { return "narrow"; }
};
struct HoldsNarrow {
  operator char*() { return text; }
  char text[7] = "narrow";
};
struct HoldsPointer {
  operator int*() const { return nullptr; }
};

struct HoldsAnything {  // like _variant_t
  operator long long() const { return 1; }
  operator double() const { return 1; }
  operator int*() const { return nullptr; }
};
static_assert(openwmi_output::category_of<HoldsAnything>::value == openwmi_output::unknown_category);
static_assert(openwmi_output::category_of<Bits>::value == openwmi_output::unknown_category);

TEST(Format, TakesEveryScalarType) {
  EXPECT_BOTH("5 5", "%d %d", kPlainFive, Scoped::kFive);
  EXPECT_BOTH("1 0", "%d %d", true, false);
  EXPECT_BOTH("-1 255 -1 65535", "%d %d %d %d", static_cast<signed char>(-1), static_cast<BYTE>(255), short{-1},
              static_cast<WORD>(65535));
  EXPECT_BOTH("ffffffff", "%x", static_cast<signed char>(-1));
  EXPECT_BOTH("97 252", "%d %d", 'a', L'\u00fc');
  char text[40];
  const Bits bits{5, 0};
  EXPECT_EQ(sprintf(text, "%d", bits.three), 1);
  EXPECT_STREQ(text, "5");
  EXPECT_EQ(sprintf(text, "%d", Constants::kNumber), 2);
  EXPECT_STREQ(text, "17");
  const volatile long moved = 4;
  EXPECT_EQ(sprintf(text, "%ld", moved), 1);
  EXPECT_STREQ(text, "4");
  EXPECT_EQ(sprintf(text, "%p", &wmi::IsUtf8), 16);
}

TEST(Format, TakesObjectsThatHoldText) {
  EXPECT_BOTH("wide\xc3\xbc 1", "%s %d", HoldsWide(), 1);
  EXPECT_BOTH("narrow", "%s", HoldsNarrow());
  EXPECT_BOTH("a b", "%s %s", std::string("a"), std::wstring(L"b"));
  EXPECT_BOTH("7", "%ld", std::atomic<long>(7));
  EXPECT_BOTH("0000000000000000", "%p", HoldsPointer());
  const BYTE bytes[] = {'o', 'k', 0};
  EXPECT_BOTH("ok", "%hs", bytes);
}

}  // namespace
