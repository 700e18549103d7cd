// Comparing without case, changing case, duplicating.
#include <gtest/gtest.h>
#include <winnt.h>

#include <climits>

namespace {

int Sign(int value) { return (value > 0) - (value < 0); }

struct Row {
  const char* a;
  const char* b;
  int order;
};

TEST(CompareWithoutCase, OrdersByTheLowerCaseForms) {
  const Row rows[] = {{"", "", 0},    {"abc", "ABC", 0},   {"abc", "abd", -1},         {"ABD", "abc", 1},
                      {"a", "", 1},   {"", "A", -1},       {"a_", "AA", -1},           {"Z", "_", 1},
                      {"[", "a", -1}, {"abc", "ABCD", -1}, {"\xc3\xa4", "\xc3\x84", 1}};
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.a) + " " + row.b);
    EXPECT_EQ(Sign(_stricmp(row.a, row.b)), row.order);
    EXPECT_EQ(Sign(_stricmp(row.b, row.a)), -row.order);
    EXPECT_EQ(Sign(_strnicmp(row.a, row.b, 100)), row.order);
    const std::wstring a(row.a, row.a + strlen(row.a));
    const std::wstring b(row.b, row.b + strlen(row.b));
    if (row.a[0] < 0) continue;
    EXPECT_EQ(Sign(_wcsicmp(a.c_str(), b.c_str())), row.order);
    EXPECT_EQ(Sign(_wcsnicmp(a.c_str(), b.c_str(), 100)), row.order);
  }
}

TEST(CompareWithoutCase, LooksAtNoMoreThanTheCount) {
  EXPECT_EQ(_strnicmp("Win32_Process", "WIN32_Service", 6), 0);
  EXPECT_GT(_strnicmp("Win32_T", "WIN32_S", 7), 0);
  EXPECT_EQ(_wcsnicmp(L"Win32_Process", L"WIN32_Service", 6), 0);
  EXPECT_LT(_wcsnicmp(L"Win32_P", L"WIN32_S", 7), 0);
  EXPECT_EQ(_wcsnicmp(L"a", L"b", 0), 0);
  EXPECT_EQ(_wcsnicmp(nullptr, L"b", 0), 0);
}

TEST(CompareWithoutCase, TellsNullTexts) {
  errno = 0;
  EXPECT_EQ(_wcsicmp(nullptr, L"a"), _NLSCMPERROR);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(_stricmp("a", nullptr), INT_MAX);
  EXPECT_EQ(_wcsnicmp(L"a", nullptr, 1), INT_MAX);
}

// The program's locale is C: letters past ASCII are then different, as on Windows before setlocale.
TEST(CompareWithoutCase, KnowsAsciiAloneInTheLocaleC) {
  EXPECT_NE(_wcsicmp(L"\u00e4", L"\u00c4"), 0);
  EXPECT_EQ(_wcsicmp(L"\u00e4x", L"\u00e4X"), 0);
}

TEST(ChangeCase, HappensInPlace) {
  char narrow[] = "aBc\xc3\xa4Z1";
  EXPECT_EQ(_strupr(narrow), narrow);
  EXPECT_STREQ(narrow, "ABC\xc3\xa4Z1");
  EXPECT_STREQ(_strlwr(narrow), "abc\xc3\xa4z1");
  wchar_t wide[] = L"aBc_Z1";
  EXPECT_STREQ(_wcsupr(wide), L"ABC_Z1");
  EXPECT_STREQ(_wcslwr(wide), L"abc_z1");
  EXPECT_EQ(_wcsupr(nullptr), nullptr);
  EXPECT_EQ(_strlwr(nullptr), nullptr);
}

TEST(ChangeCase, NeedsTheNullWithinTheSize) {
  char narrow[] = "aBc";
  EXPECT_EQ(_strupr_s(narrow, 4), 0);
  EXPECT_STREQ(narrow, "ABC");
  EXPECT_EQ(_strlwr_s(narrow, 3), EINVAL);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(_strlwr_s(nullptr, 3), EINVAL);
  wchar_t wide[] = L"aBc";
  EXPECT_EQ(_wcsupr_s(wide, 4), 0);
  EXPECT_STREQ(wide, L"ABC");
  EXPECT_EQ(_wcslwr_s(wide, 3), EINVAL);
  EXPECT_STREQ(wide, L"");
}

TEST(ChangeCase, ArraysBringTheirSize) {
  char narrow[4] = "aBc";
  wchar_t wide[4] = L"aBc";
  EXPECT_EQ(_strupr_s(narrow), 0);
  EXPECT_STREQ(narrow, "ABC");
  EXPECT_EQ(_strlwr_s(narrow), 0);
  EXPECT_STREQ(narrow, "abc");
  EXPECT_EQ(_wcsupr_s(wide), 0);
  EXPECT_STREQ(wide, L"ABC");
  EXPECT_EQ(_wcslwr_s(wide), 0);
  EXPECT_STREQ(wide, L"abc");
}

TEST(Reverse, TurnsTheTextAround) {
  char narrow[] = "abcd";
  wchar_t wide[] = L"ab\u20ac";
  EXPECT_STREQ(_strrev(narrow), "dcba");
  EXPECT_STREQ(_wcsrev(wide), L"\u20acba");
  EXPECT_EQ(_strrev(nullptr), nullptr);
}

TEST(Duplicate, GivesMemoryForFree) {
  wchar_t* wide = _wcsdup(L"text\u20ac");
  EXPECT_STREQ(wide, L"text\u20ac");
  free(wide);
  char* narrow = _strdup("");
  EXPECT_STREQ(narrow, "");
  free(narrow);
  EXPECT_EQ(_wcsdup(nullptr), nullptr);
  EXPECT_EQ(_strdup(nullptr), nullptr);
}

}  // namespace
