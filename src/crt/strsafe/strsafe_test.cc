// strsafe.h: sizes, cutting, flags and formats as its reference states them.
#include <gtest/gtest.h>
#include <strsafe.h>

#include <climits>
#include <cstdarg>
#include <string>

namespace {

constexpr HRESULT kCut = STRSAFE_E_INSUFFICIENT_BUFFER;
constexpr HRESULT kWrong = STRSAFE_E_INVALID_PARAMETER;

TEST(SafeCopy, FitsToTheLastCharacterAndIsCutBehindIt) {
  char narrow[4];
  wchar_t wide[4];
  EXPECT_EQ(StringCchCopyA(narrow, 4, "abc"), S_OK);
  EXPECT_STREQ(narrow, "abc");
  EXPECT_EQ(StringCchCopyA(narrow, 4, "wxyz"), kCut);
  EXPECT_STREQ(narrow, "wxy");
  EXPECT_EQ(StringCchCopyW(wide, 4, L"ab\u20ac"), S_OK);
  EXPECT_STREQ(wide, L"ab\u20ac");
  EXPECT_EQ(StringCbCopyW(wide, sizeof wide, L"wxyz"), kCut);
  EXPECT_STREQ(wide, L"wxy");
  EXPECT_EQ(StringCbCopyA(narrow, sizeof narrow, ""), S_OK);
  EXPECT_STREQ(narrow, "");
}

TEST(SafeCopy, CountsLimitTheSource) {
  char narrow[8];
  wchar_t wide[8];
  EXPECT_EQ(StringCchCopyNA(narrow, 8, "abcdef", 3), S_OK);
  EXPECT_STREQ(narrow, "abc");
  EXPECT_EQ(StringCchCopyNW(wide, 3, L"abcdef", 3), kCut);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(StringCbCopyNW(wide, sizeof wide, L"abcdef", 2 * sizeof(wchar_t)), S_OK);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(StringCbCopyNA(narrow, 8, "abcdef", 0), S_OK);
  EXPECT_STREQ(narrow, "");
  const char open[] = {'a', 'b'};  // without a null, which the count makes up for
  EXPECT_EQ(StringCchCopyNA(narrow, 8, open, 2), S_OK);
  EXPECT_STREQ(narrow, "ab");
}

TEST(SafeAppend, FitsOrIsCut) {
  wchar_t wide[6] = L"ab";
  EXPECT_EQ(StringCchCatW(wide, 6, L"cde"), S_OK);
  EXPECT_STREQ(wide, L"abcde");
  EXPECT_EQ(StringCchCatW(wide, 6, L""), S_OK);
  EXPECT_EQ(StringCchCatW(wide, 6, L"f"), kCut);
  EXPECT_STREQ(wide, L"abcde");
  char narrow[6] = "ab";
  EXPECT_EQ(StringCbCatA(narrow, 6, "cdefgh"), kCut);
  EXPECT_STREQ(narrow, "abcde");
  StringCchCopyA(narrow, 6, "ab");
  EXPECT_EQ(StringCchCatNA(narrow, 6, "cdefgh", 2), S_OK);
  EXPECT_STREQ(narrow, "abcd");
  EXPECT_EQ(StringCbCatNA(narrow, 6, "efgh", 2), kCut);
  EXPECT_STREQ(narrow, "abcde");
  StringCchCopyW(wide, 6, L"a");
  EXPECT_EQ(StringCbCatNW(wide, sizeof wide, L"bcdef", 3 * sizeof(wchar_t)), S_OK);
  EXPECT_EQ(StringCbCatW(wide, sizeof wide, L"e"), S_OK);
  EXPECT_STREQ(wide, L"abcde");
}

TEST(SafeText, RefusesImpossibleSizesAndNull) {
  char narrow[4] = "old";
  wchar_t wide[4] = L"old";
  const size_t too_many = size_t{STRSAFE_MAX_CCH} + 1;
  EXPECT_EQ(StringCchCopyA(narrow, 0, "a"), kWrong);
  EXPECT_EQ(StringCchCopyA(narrow, too_many, "a"), kWrong);
  EXPECT_EQ(StringCbCopyW(wide, 3, L"a"), kWrong);  // no room for one character
  EXPECT_EQ(StringCbCopyW(wide, too_many * sizeof(wchar_t), L"a"), kWrong);
  EXPECT_EQ(StringCchCatW(wide, too_many, L"a"), kWrong);
  EXPECT_EQ(StringCchPrintfA(narrow, 0, "a"), kWrong);
  EXPECT_EQ(StringCchPrintfW(wide, too_many, L"a"), kWrong);
  EXPECT_EQ(StringCchPrintfW(wide, SIZE_MAX, L"a"), kWrong);
  EXPECT_STREQ(narrow, "old");
  EXPECT_STREQ(wide, L"old");
  EXPECT_EQ(StringCchCopyNA(narrow, 4, "a", too_many), kWrong);
  EXPECT_EQ(StringCchCopyA(nullptr, 4, "a"), kWrong);
  EXPECT_EQ(StringCchCopyA(narrow, 4, nullptr), kWrong);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(StringCchPrintfW(wide, 4, nullptr), kWrong);
  EXPECT_STREQ(wide, L"");
  StringCchCopyA(narrow, 4, "ab");
  EXPECT_EQ(StringCchCatA(narrow, 4, nullptr), kWrong);
  EXPECT_STREQ(narrow, "ab");
  char open[3] = {'a', 'b', 'c'};
  EXPECT_EQ(StringCchCatA(open, 3, "d"), kWrong);
}

TEST(SafeLength, LooksForTheNullWithinTheLimit) {
  size_t length = 9;
  EXPECT_EQ(StringCchLengthW(L"abc", 4, &length), S_OK);
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(StringCchLengthW(L"abc", 3, &length), kWrong);
  EXPECT_EQ(length, 0u);
  EXPECT_EQ(StringCbLengthW(L"abc", 4 * sizeof(wchar_t), &length), S_OK);
  EXPECT_EQ(length, 3 * sizeof(wchar_t));
  EXPECT_EQ(StringCbLengthA("abc", 4, &length), S_OK);
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(StringCchLengthA("abc", STRSAFE_MAX_CCH, nullptr), S_OK);
  EXPECT_EQ(StringCchLengthA("abc", size_t{STRSAFE_MAX_CCH} + 1, &length), kWrong);
  EXPECT_EQ(StringCchLengthA(nullptr, 4, &length), kWrong);
  EXPECT_EQ(StringCchLengthA("", 1, &length), S_OK);
  EXPECT_EQ(StringCchLengthA("", 0, &length), kWrong);
}

TEST(SafePrintf, HasTheFormatsOfMicrosoft) {
  wchar_t wide[40];
  char narrow[40];
  EXPECT_EQ(StringCchPrintfW(wide, 40, L"%s|%S|%I64u|%08X", L"w\u20ac", "n\xc3\xa4", 5000000000ULL, E_FAIL), S_OK);
  EXPECT_STREQ(wide, L"w\u20ac|n\u00e4|5000000000|80004005");
  EXPECT_EQ(StringCbPrintfW(wide, sizeof wide, L"%s %d", L"a", 7), S_OK);
  EXPECT_STREQ(wide, L"a 7");
  EXPECT_EQ(StringCchPrintfA(narrow, 40, "%s|%S|%ws", "n", L"w", L"\u20ac"), S_OK);
  EXPECT_STREQ(narrow, "n|w|\xe2\x82\xac");
  EXPECT_EQ(StringCbPrintfA(narrow, sizeof narrow, "plain"), S_OK);
  EXPECT_STREQ(narrow, "plain");
  const std::wstring object = L"object";
  EXPECT_EQ(StringCchPrintfW(wide, 40, L"%s %u", object, 3u), S_OK);
  EXPECT_STREQ(wide, L"object 3");
}

TEST(SafePrintf, CutsAndTerminates) {
  wchar_t wide[4];
  char narrow[4];
  EXPECT_EQ(StringCchPrintfW(wide, 4, L"%d", 123), S_OK);
  EXPECT_STREQ(wide, L"123");
  EXPECT_EQ(StringCchPrintfW(wide, 4, L"%d", 1234), kCut);
  EXPECT_STREQ(wide, L"123");
  EXPECT_EQ(StringCbPrintfA(narrow, 4, "%s", "abcd"), kCut);
  EXPECT_STREQ(narrow, "abc");
  EXPECT_EQ(StringCchPrintfA(narrow, 4, "%s", std::string(5000, 'x').c_str()), kCut);
  EXPECT_STREQ(narrow, "xxx");
}

HRESULT PrintList(wchar_t* target, size_t size, wchar_t** end, size_t* remaining, const wchar_t* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const HRESULT result = end != nullptr ? StringCbVPrintfExW(target, size, end, remaining, 0, format, arguments)
                                        : StringCbVPrintfW(target, size, format, arguments);
  va_end(arguments);
  return result;
}

HRESULT PrintNarrowList(char* target, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const HRESULT result = StringCchVPrintfA(target, size, format, arguments);
  va_end(arguments);
  return result;
}

TEST(SafePrintf, TakesArgumentLists) {
  wchar_t wide[8];
  char narrow[8];
  wchar_t* end = nullptr;
  size_t remaining = 0;
  EXPECT_EQ(PrintList(wide, sizeof wide, nullptr, nullptr, L"%s %d", L"ab", 12), S_OK);
  EXPECT_STREQ(wide, L"ab 12");
  EXPECT_EQ(PrintList(wide, sizeof wide, &end, &remaining, L"%s", L"abc"), S_OK);
  EXPECT_EQ(end, wide + 3);
  EXPECT_EQ(remaining, 5 * sizeof(wchar_t));
  EXPECT_EQ(PrintNarrowList(narrow, 4, "%d%d", 12, 34), kCut);
  EXPECT_STREQ(narrow, "123");
}

TEST(SafeEx, TellsTheEndAndTheRoomLeft) {
  wchar_t wide[10];
  wchar_t* end = nullptr;
  size_t remaining = 0;
  EXPECT_EQ(StringCchCopyExW(wide, 10, L"abc", &end, &remaining, 0), S_OK);
  EXPECT_EQ(end, wide + 3);
  EXPECT_EQ(remaining, 7u);
  EXPECT_EQ(StringCbCatExW(wide, sizeof wide, L"de", &end, &remaining, 0), S_OK);
  EXPECT_EQ(end, wide + 5);
  EXPECT_EQ(remaining, 5 * sizeof(wchar_t));
  EXPECT_EQ(StringCchCatNExW(wide, 10, L"fghijklm", 8, &end, &remaining, 0), kCut);
  EXPECT_EQ(end, wide + 9);
  EXPECT_EQ(remaining, 1u);
  EXPECT_EQ(StringCbCopyNExW(wide, sizeof wide, L"xyz", 2 * sizeof(wchar_t), &end, nullptr, 0), S_OK);
  EXPECT_EQ(end, wide + 2);
  EXPECT_EQ(StringCchPrintfExW(wide, 10, &end, &remaining, 0, L"%d", 42), S_OK);
  EXPECT_EQ(end, wide + 2);
  EXPECT_EQ(remaining, 8u);
  EXPECT_EQ(StringCbPrintfExW(wide, sizeof wide, &end, &remaining, 0, L"%s", std::wstring(L"abc")), S_OK);
  EXPECT_EQ(remaining, 7 * sizeof(wchar_t));
  char narrow[10];
  char* narrow_end = nullptr;
  EXPECT_EQ(StringCbPrintfExA(narrow, 10, &narrow_end, &remaining, 0, "%s", "too long a text"), kCut);
  EXPECT_EQ(narrow_end, narrow + 9);
  EXPECT_EQ(remaining, 1u);
  EXPECT_EQ(StringCbCopyExW(wide, sizeof wide - 1, L"", &end, &remaining, 0), S_OK);
  EXPECT_EQ(remaining, sizeof wide - 1);
}

TEST(SafeEx, IgnoresNullsOnRequest) {
  wchar_t wide[4] = L"old";
  EXPECT_EQ(StringCchCopyExW(wide, 4, nullptr, nullptr, nullptr, STRSAFE_IGNORE_NULLS), S_OK);
  EXPECT_STREQ(wide, L"");
  EXPECT_EQ(StringCchCopyExW(nullptr, 0, nullptr, nullptr, nullptr, STRSAFE_IGNORE_NULLS), S_OK);
  EXPECT_EQ(StringCchCopyExW(nullptr, 0, L"", nullptr, nullptr, STRSAFE_IGNORE_NULLS), S_OK);
  EXPECT_EQ(StringCchCopyExW(nullptr, 0, L"a", nullptr, nullptr, STRSAFE_IGNORE_NULLS), kWrong);
  EXPECT_EQ(StringCchCopyExW(wide, 0, L"a", nullptr, nullptr, STRSAFE_IGNORE_NULLS), kCut);
  EXPECT_EQ(StringCchCopyExW(nullptr, 1, L"a", nullptr, nullptr, STRSAFE_IGNORE_NULLS), kWrong);
  StringCchCopyW(wide, 4, L"ab");
  EXPECT_EQ(StringCchCatExW(wide, 4, nullptr, nullptr, nullptr, STRSAFE_IGNORE_NULLS), S_OK);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(StringCchCatExW(nullptr, 0, nullptr, nullptr, nullptr, STRSAFE_IGNORE_NULLS), S_OK);
  EXPECT_EQ(StringCchPrintfExW(wide, 4, nullptr, nullptr, STRSAFE_IGNORE_NULLS, nullptr), S_OK);
  EXPECT_STREQ(wide, L"");
  EXPECT_EQ(StringCchPrintfExW(nullptr, 0, nullptr, nullptr, STRSAFE_IGNORE_NULLS, L"%d", 1), kWrong);
}

TEST(SafeEx, FillsBehindTheTextOnSuccess) {
  char narrow[6];
  EXPECT_EQ(StringCchCopyExA(narrow, 6, "ab", nullptr, nullptr, STRSAFE_FILL_BYTE('#')), S_OK);
  EXPECT_EQ(std::string(narrow, 6), std::string("ab\0###", 6));
  EXPECT_EQ(StringCchCatExA(narrow, 6, "cde", nullptr, nullptr, STRSAFE_FILL_BYTE('-')), S_OK);
  EXPECT_EQ(std::string(narrow, 6), std::string("abcde\0", 6));
  EXPECT_EQ(StringCchPrintfExA(narrow, 6, nullptr, nullptr, STRSAFE_FILL_BYTE('+'), "%d", 7), S_OK);
  EXPECT_EQ(std::string(narrow, 6), std::string("7\0++++", 6));
}

TEST(SafeEx, TreatsAFailureAsTold) {
  char narrow[4];
  char* end = nullptr;
  size_t remaining = 0;
  EXPECT_EQ(StringCchCopyExA(narrow, 4, "abcdef", &end, &remaining, STRSAFE_NULL_ON_FAILURE), kCut);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(end, narrow);
  EXPECT_EQ(remaining, 4u);
  EXPECT_EQ(StringCchCopyExA(narrow, 4, "abcdef", &end, &remaining, STRSAFE_NO_TRUNCATION), kCut);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(StringCchCopyExA(narrow, 4, "abcdef", &end, &remaining, STRSAFE_FAILURE_BYTE('#')), kCut);
  EXPECT_STREQ(narrow, "###");
  EXPECT_EQ(end, narrow + 3);
  EXPECT_EQ(remaining, 1u);
  EXPECT_EQ(StringCchCopyExA(narrow, 4, "abcdef", &end, &remaining, STRSAFE_FAILURE_BYTE(0)), kCut);
  EXPECT_EQ(std::string(narrow, 4), std::string(4, '\0'));
  EXPECT_EQ(remaining, 4u);
  EXPECT_EQ(StringCchCopyExA(narrow, 4, nullptr, nullptr, nullptr, STRSAFE_FAILURE_BYTE('#')), kWrong);
  EXPECT_STREQ(narrow, "###");
  EXPECT_EQ(StringCchPrintfExA(narrow, 4, nullptr, nullptr, STRSAFE_NO_TRUNCATION, "%d", 12345), kCut);
  EXPECT_STREQ(narrow, "");
}

TEST(SafeEx, AFailedAppendKeepsTheOldTextOnRequest) {
  wchar_t wide[4] = L"ab";
  wchar_t* end = nullptr;
  size_t remaining = 0;
  EXPECT_EQ(StringCchCatExW(wide, 4, L"cdef", &end, &remaining, STRSAFE_NO_TRUNCATION), kCut);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(end, wide + 2);
  EXPECT_EQ(remaining, 2u);
  EXPECT_EQ(StringCchCatExW(wide, 4, L"cdef", &end, &remaining, STRSAFE_NULL_ON_FAILURE), kCut);
  EXPECT_STREQ(wide, L"");
}

TEST(SafeEx, RefusesUnknownFlags) {
  char narrow[4] = "old";
  EXPECT_EQ(StringCchCopyExA(narrow, 4, "a", nullptr, nullptr, 0x2000), kWrong);
  EXPECT_EQ(StringCchCatExA(narrow, 4, "a", nullptr, nullptr, 0x2000), kWrong);
  EXPECT_EQ(StringCchPrintfExA(narrow, 4, nullptr, nullptr, 0x2000, "a"), kWrong);
}

TEST(SafeText, PlainNamesFollowUnicode) {
  TCHAR text[8];
  EXPECT_EQ(StringCchCopy(text, 8, TEXT("ab")), S_OK);
  EXPECT_EQ(StringCbCat(text, sizeof text, TEXT("c")), S_OK);
  EXPECT_EQ(StringCchPrintf(text, 8, TEXT("%d"), 5), S_OK);
  size_t length = 0;
  EXPECT_EQ(StringCchLength(text, 8, &length), S_OK);
  EXPECT_EQ(length, 1u);
}

}  // namespace
