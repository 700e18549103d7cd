// Integers to text and text to numbers.
#include <gtest/gtest.h>
#include <winnt.h>

#include <climits>
#include <string>

namespace {

struct IntRow {
  int value;
  int radix;
  const char* text;
};

std::wstring Widen(const std::string& text) { return {text.begin(), text.end()}; }

TEST(IntegerToText, ShowsTheSignInRadixTenAlone) {
  const IntRow rows[] = {{0, 10, "0"},
                         {0, 2, "0"},
                         {-1, 10, "-1"},
                         {-1, 16, "ffffffff"},
                         {-1, 2, "11111111111111111111111111111111"},
                         {INT_MIN, 10, "-2147483648"},
                         {INT_MAX, 16, "7fffffff"},
                         {35, 36, "z"},
                         {255, 8, "377"}};
  for (const IntRow& row : rows) {
    SCOPED_TRACE(row.text);
    char narrow[33];
    wchar_t wide[33];
    EXPECT_EQ(_itoa_s(row.value, narrow, 33, row.radix), 0);
    EXPECT_STREQ(narrow, row.text);
    EXPECT_EQ(_itow_s(row.value, wide, 33, row.radix), 0);
    EXPECT_EQ(wide, Widen(row.text));
    EXPECT_STREQ(_itoa(row.value, narrow, row.radix), row.text);
    EXPECT_EQ(_itow(row.value, wide, row.radix), Widen(row.text));
  }
}

TEST(IntegerToText, LongsShowWhatWindowsShows) {
  char text[65];
  const long code = static_cast<HRESULT>(0x80041003);  // as an HRESULT in a LONG
  EXPECT_STREQ(_ltoa(code, text, 16), "80041003");
  EXPECT_STREQ(_ltoa(code, text, 10), "-2147217405");
  EXPECT_STREQ(_ultoa(static_cast<unsigned long>(code), text, 10), "2147749891");
  EXPECT_STREQ(_ultoa(static_cast<unsigned long>(code), text, 16), "80041003");
  EXPECT_STREQ(_ltoa(LONG_MAX, text, 16), "7fffffffffffffff");  // and what Windows has no room for, in full
  EXPECT_STREQ(_ultoa(5000000000UL, text, 10), "5000000000");
  wchar_t wide[65];
  EXPECT_STREQ(_ltow(code, wide, 16), L"80041003");
  EXPECT_STREQ(_ultow(7, wide, 2), L"111");
}

TEST(IntegerToText, LongLongsKeepTheir64Bits) {
  char text[65];
  wchar_t wide[65];
  EXPECT_STREQ(_i64toa(-1, text, 16), "ffffffffffffffff");
  EXPECT_STREQ(_i64toa(LLONG_MIN, text, 10), "-9223372036854775808");
  EXPECT_STREQ(_ui64toa(ULLONG_MAX, text, 10), "18446744073709551615");
  EXPECT_STREQ(_ui64toa(ULLONG_MAX, text, 2), std::string(64, '1').c_str());
  EXPECT_STREQ(_i64tow(-5, wide, 10), L"-5");
  EXPECT_STREQ(_ui64tow(ULLONG_MAX, wide, 16), L"ffffffffffffffff");
}

TEST(IntegerToText, FitsOrEmptiesTheTarget) {
  char text[4] = "old";
  EXPECT_EQ(_itoa_s(123, text, 4, 10), 0);
  EXPECT_STREQ(text, "123");
  EXPECT_EQ(_itoa_s(-123, text, 4, 10), ERANGE);
  EXPECT_STREQ(text, "");
  strcpy_s(text, "old");
  EXPECT_EQ(_itoa_s(1, text, 4, 1), EINVAL);
  EXPECT_STREQ(text, "");
  EXPECT_EQ(_itoa_s(1, text, 4, 37), EINVAL);
  EXPECT_EQ(_itoa_s(1, nullptr, 4, 10), EINVAL);
  EXPECT_EQ(_itow_s(1, nullptr, 4, 10), EINVAL);
}

TEST(IntegerToText, ArraysBringTheirSize) {
  char n[3];
  wchar_t w[3];
  EXPECT_EQ(_itoa_s(12, n, 10), 0);
  EXPECT_EQ(_itoa_s(123, n, 10), ERANGE);
  EXPECT_EQ(_ltoa_s(12, n, 10), 0);
  EXPECT_EQ(_ultoa_s(123, n, 10), ERANGE);
  EXPECT_EQ(_i64toa_s(12, n, 10), 0);
  EXPECT_EQ(_ui64toa_s(123, n, 10), ERANGE);
  EXPECT_EQ(_itow_s(12, w, 10), 0);
  EXPECT_STREQ(w, L"12");
  EXPECT_EQ(_ltow_s(123, w, 10), ERANGE);
  EXPECT_EQ(_ultow_s(12, w, 10), 0);
  EXPECT_EQ(_i64tow_s(123, w, 10), ERANGE);
  EXPECT_EQ(_ui64tow_s(12, w, 10), 0);
}

TEST(TextToInteger, ReadsTheNumberAtTheStart) {
  EXPECT_EQ(_wtoi(L"  -12abc"), -12);
  EXPECT_EQ(_wtoi(L"abc"), 0);
  EXPECT_EQ(_wtoi(L""), 0);
  EXPECT_EQ(_wtol(L"+7"), 7);
  EXPECT_EQ(_wtol(L"4294967295"), 4294967295L);
  EXPECT_EQ(_wtoi64(L"9223372036854775807"), LLONG_MAX);
  EXPECT_EQ(_wtoll(L"-9"), -9);
  EXPECT_EQ(_atoi64("-9223372036854775808"), LLONG_MIN);
}

TEST(TextToInteger, StopsAtTheLimitsOfTheType) {
  errno = 0;
  EXPECT_EQ(_wtoi(L"2147483647"), INT_MAX);
  EXPECT_EQ(_wtoi(L"-2147483648"), INT_MIN);
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(_wtoi(L"2147483648"), INT_MAX);
  EXPECT_EQ(errno, ERANGE);
  EXPECT_EQ(_wtoi(L"-99999999999999999999"), INT_MIN);
  EXPECT_EQ(_wtoi64(L"9223372036854775808"), LLONG_MAX);
}

TEST(TextToInteger, RefusesNull) {
  errno = 0;
  EXPECT_EQ(_wtoi(nullptr), 0);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(_wtoi64(nullptr), 0);
  EXPECT_EQ(_atoi64(nullptr), 0);
  EXPECT_EQ(_wtof(nullptr), 0);
}

TEST(TextToInteger, RadixesAreThoseOfTheStandardFunctions) {
  wchar_t* wide_end = nullptr;
  const wchar_t* wide = L"0x80041003 rest";
  EXPECT_EQ(_wcstoui64(wide, &wide_end, 0), 0x80041003u);
  EXPECT_STREQ(wide_end, L" rest");
  EXPECT_EQ(_wcstoi64(L"-zz", &wide_end, 36), -1295);
  EXPECT_EQ(_wcstoui64(L"18446744073709551615", nullptr, 10), ULLONG_MAX);
  char* end = nullptr;
  EXPECT_EQ(_strtoi64("-0777", &end, 8), -511);
  EXPECT_EQ(_strtoui64("101", &end, 2), 5u);
  errno = 0;
  const char* text = "12";
  EXPECT_EQ(_strtoi64(text, &end, 1), 0);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(end, text);
  EXPECT_EQ(_strtoui64(nullptr, &end, 10), 0u);
  EXPECT_EQ(end, nullptr);
}

TEST(TextToDouble, ReadsTheNumberAtTheStart) {
  EXPECT_EQ(_wtof(L" -2.5e3x"), -2500.0);
  EXPECT_EQ(_wtof(L"x"), 0.0);
}

}  // namespace
