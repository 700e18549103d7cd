// Narrow to wide and back, whatever the locale: this program never calls setlocale.
#include <gtest/gtest.h>
#include <winnt.h>

#include <string>

namespace {

constexpr wchar_t kWide[] = L"a\u00e4\u20ac\U0001F427";
constexpr char kNarrow[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7";  // 1 + 2 + 3 + 4 bytes

TEST(WideToNarrow, ConvertsToUtf8) {
  char target[11];
  size_t size = 0;
  EXPECT_EQ(wcstombs_s(&size, target, 11, kWide, 10), 0);
  EXPECT_EQ(size, 11u);
  EXPECT_STREQ(target, kNarrow);
  EXPECT_EQ(wcstombs_s(nullptr, target, 11, L"", 11), 0);
  EXPECT_STREQ(target, "");
}

TEST(WideToNarrow, CountsWithoutATarget) {
  size_t size = 0;
  EXPECT_EQ(wcstombs_s(&size, nullptr, 0, kWide, 0), 0);
  EXPECT_EQ(size, 11u);
  EXPECT_EQ(wcstombs_s(&size, nullptr, 3, kWide, 0), EINVAL);
  EXPECT_EQ(size, 0u);
}

TEST(WideToNarrow, CutsBetweenCharacters) {
  const char* const cut[] = {"", "", "a", "a", "a\xc3\xa4", "a\xc3\xa4", "a\xc3\xa4", "a\xc3\xa4\xe2\x82\xac"};
  for (size_t limit = 1; limit < 8; ++limit) {
    SCOPED_TRACE(limit);
    char target[8];
    size_t size = 0;
    EXPECT_EQ(wcstombs_s(&size, target, limit, kWide, _TRUNCATE), STRUNCATE);
    EXPECT_STREQ(target, cut[limit]);
    EXPECT_EQ(size, strlen(cut[limit]) + 1);
    char wanted[11];
    EXPECT_EQ(wcstombs_s(&size, wanted, 11, kWide, limit - 1), 0);  // the count stops in the same places
    EXPECT_STREQ(wanted, cut[limit]);
  }
}

TEST(WideToNarrow, EmptiesATargetThatIsTooSmall) {
  char target[10] = "old";
  size_t size = 99;
  EXPECT_EQ(wcstombs_s(&size, target, 10, kWide, 10), ERANGE);
  EXPECT_EQ(size, 0u);
  EXPECT_STREQ(target, "");
}

TEST(WideToNarrow, RefusesWhatNoTextHolds) {
  const wchar_t impossible[][3] = {{L'a', static_cast<wchar_t>(0xD800), 0}, {static_cast<wchar_t>(0x110000), 0}};
  for (const wchar_t* text : impossible) {
    char target[10] = "old";
    size_t size = 99;
    errno = 0;
    EXPECT_EQ(wcstombs_s(&size, target, 10, text, _TRUNCATE), EILSEQ);
    EXPECT_EQ(errno, EILSEQ);
    EXPECT_EQ(size, 0u);
    EXPECT_STREQ(target, "");
  }
}

TEST(WideToNarrow, RefusesNullParameters) {
  char target[10] = "old";
  EXPECT_EQ(wcstombs_s(nullptr, target, 10, nullptr, 10), EINVAL);
  EXPECT_STREQ(target, "");
  EXPECT_EQ(wcstombs_s(nullptr, target, 0, L"a", 10), EINVAL);
}

TEST(NarrowToWide, ConvertsFromUtf8) {
  wchar_t target[5];
  size_t size = 0;
  EXPECT_EQ(mbstowcs_s(&size, target, 5, kNarrow, 5), 0);
  EXPECT_EQ(size, 5u);
  EXPECT_STREQ(target, kWide);
  EXPECT_EQ(mbstowcs_s(&size, nullptr, 0, kNarrow, 0), 0);
  EXPECT_EQ(size, 5u);
}

TEST(NarrowToWide, CutsAndCounts) {
  wchar_t target[4];
  size_t size = 0;
  EXPECT_EQ(mbstowcs_s(&size, target, 4, kNarrow, _TRUNCATE), STRUNCATE);
  EXPECT_EQ(size, 4u);
  EXPECT_STREQ(target, L"a\u00e4\u20ac");
  EXPECT_EQ(mbstowcs_s(&size, target, 4, kNarrow, 3), 0);
  EXPECT_STREQ(target, L"a\u00e4\u20ac");
  EXPECT_EQ(mbstowcs_s(&size, target, 4, kNarrow, 4), ERANGE);
  EXPECT_STREQ(target, L"");
  EXPECT_EQ(size, 0u);
}

TEST(NarrowToWide, RefusesWhatIsNotUtf8) {
  for (const char* text : {"\x80", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82"}) {
    wchar_t target[10] = L"old";
    size_t size = 99;
    EXPECT_EQ(mbstowcs_s(&size, target, 10, text, _TRUNCATE), EILSEQ);
    EXPECT_EQ(size, 0u);
    EXPECT_STREQ(target, L"");
  }
}

TEST(NarrowToWide, ArraysBringTheirSize) {
  wchar_t wide[3];
  char narrow[4];
  size_t size = 0;
  EXPECT_EQ(mbstowcs_s(&size, wide, "ab", _TRUNCATE), 0);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(mbstowcs_s(&size, wide, "abc", _TRUNCATE), STRUNCATE);
  EXPECT_EQ(wcstombs_s(&size, narrow, L"a\u00e4", _TRUNCATE), 0);
  EXPECT_EQ(size, 4u);
  EXPECT_EQ(wcstombs_s(&size, narrow, L"ab\u00e4", _TRUNCATE), STRUNCATE);
  EXPECT_STREQ(narrow, "ab");
}

TEST(OneCharacter, IsWrittenWithoutANull) {
  char target[4] = {'x', 'x', 'x', 'x'};
  int length = 0;
  EXPECT_EQ(wctomb_s(&length, target, 4, L'\u20ac'), 0);
  EXPECT_EQ(length, 3);
  EXPECT_EQ(std::string(target, 4), "\xe2\x82\xacx");
  EXPECT_EQ(wctomb_s(&length, target, 3, L'\U0001F427'), ERANGE);
  EXPECT_EQ(length, 0);
  EXPECT_EQ(wctomb_s(&length, target, 4, static_cast<wchar_t>(0xDFFF)), EILSEQ);
  EXPECT_EQ(wctomb_s(&length, nullptr, 0, L'a'), 0);
  EXPECT_EQ(length, 0);
}

TEST(ErrorTexts, AreCutToTheirTarget) {
  char narrow[100];
  EXPECT_EQ(strerror_s(narrow, 100, ENOENT), 0);
  EXPECT_STREQ(narrow, strerror(ENOENT));
  char tiny[4];
  EXPECT_EQ(strerror_s(tiny, ENOENT), 0);
  EXPECT_EQ(std::string(tiny), std::string(narrow).substr(0, 3));
  wchar_t wide[100];
  EXPECT_EQ(_wcserror_s(wide, ENOENT), 0);
  EXPECT_EQ(std::wstring(wide), std::wstring(narrow, narrow + strlen(narrow)));
  EXPECT_EQ(_wcserror_s(wide, 4, ENOENT), 0);
  EXPECT_EQ(wcslen(wide), 3u);
  EXPECT_EQ(std::wstring(_wcserror(ENOENT)), std::wstring(narrow, narrow + strlen(narrow)));
  EXPECT_EQ(strerror_s(nullptr, 4, ENOENT), EINVAL);
  EXPECT_EQ(_wcserror_s(wide, 0, ENOENT), EINVAL);
}

}  // namespace
