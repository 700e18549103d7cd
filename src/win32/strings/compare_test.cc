// CompareStringOrdinal and the lstr functions.
#include <gtest/gtest.h>
#include <windows.h>

#include <string>

namespace {

TEST(CompareOrdinal, OrdersByCodePoints) {
  EXPECT_EQ(CompareStringOrdinal(L"a", -1, L"b", -1, FALSE), CSTR_LESS_THAN);
  EXPECT_EQ(CompareStringOrdinal(L"b", -1, L"a", -1, FALSE), CSTR_GREATER_THAN);
  EXPECT_EQ(CompareStringOrdinal(L"a", -1, L"A", -1, FALSE), CSTR_GREATER_THAN);
  EXPECT_EQ(CompareStringOrdinal(L"\u00c4bc", -1, L"\u00e4BC", -1, TRUE), CSTR_EQUAL);
  EXPECT_EQ(CompareStringOrdinal(L"a", -1, L"_", -1, TRUE), CSTR_LESS_THAN);  // A comes before _
  EXPECT_EQ(CompareStringOrdinal(L"abc", 2, L"abd", 2, FALSE), CSTR_EQUAL);
  EXPECT_EQ(CompareStringOrdinal(L"ab", -1, L"abc", -1, TRUE), CSTR_LESS_THAN);
  EXPECT_EQ(CompareStringOrdinal(L"", 0, L"", -1, TRUE), CSTR_EQUAL);
}

TEST(CompareOrdinal, RefusesWrongParameters) {
  SetLastError(0);
  EXPECT_EQ(CompareStringOrdinal(nullptr, -1, L"a", -1, FALSE), 0);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(CompareStringOrdinal(L"a", -2, L"a", -1, FALSE), 0);
}

TEST(Lstr, MeasuresCopiesAndAppends) {
  EXPECT_EQ(lstrlenA("abc"), 3);
  EXPECT_EQ(lstrlenW(L"ab\u20ac"), 3);
  EXPECT_EQ(lstrlenA(nullptr), 0);
  EXPECT_EQ(lstrlenW(nullptr), 0);
  char narrow[8];
  wchar_t wide[8];
  EXPECT_EQ(lstrcpyA(narrow, "ab"), narrow);
  EXPECT_STREQ(lstrcatA(narrow, "cd"), "abcd");
  EXPECT_STREQ(lstrcpyW(wide, L"ab"), L"ab");
  EXPECT_STREQ(lstrcatW(wide, L"cd"), L"abcd");
  EXPECT_EQ(lstrcpyW(nullptr, L"a"), nullptr);
  EXPECT_EQ(lstrcpyA(narrow, nullptr), nullptr);
  EXPECT_EQ(lstrcatW(wide, nullptr), nullptr);
}

TEST(Lstr, BoundedCopyEndsWithItsNull) {
  char narrow[4];
  wchar_t wide[4] = L"old";
  EXPECT_STREQ(lstrcpynA(narrow, "abcdef", 4), "abc");
  EXPECT_STREQ(lstrcpynA(narrow, "ab", 4), "ab");
  EXPECT_EQ(lstrcpynW(wide, L"abcdef", 0), nullptr);
  EXPECT_STREQ(wide, L"old");
  EXPECT_STREQ(lstrcpynW(wide, L"abcdef", 1), L"");
  EXPECT_EQ(lstrcpynW(wide, nullptr, 4), nullptr);
}

struct OrderRow {
  const wchar_t* a;
  const wchar_t* b;
  int order;
  int order_without_case;
};

// The documented examples (lower case first; co-op beside coop; signs, digits, letters) and their limits.
TEST(Lstr, ComparesAsADictionary) {
  const OrderRow rows[] = {
      {L"", L"", 0, 0},           {L"", L"a", -1, -1},       {L"abcd", L"ABCD", -1, 0},     {L"abd", L"ABC", 1, 1},
      {L"a", L"B", -1, -1},       {L"B", L"a", 1, 1},        {L"_", L"a", -1, -1},          {L"9", L"a", -1, -1},
      {L"~", L"0", -1, -1},       {L"coop", L"co-op", 1, 1}, {L"co-op", L"cop", -1, -1},    {L"con", L"co-op", -1, -1},
      {L"we're", L"wet", -1, -1}, {L"Z", L"\u00e4", -1, -1}, {L"\u00e4", L"\u00c4", -1, 0}, {L"a", L"a ", -1, -1},
  };
  for (const OrderRow& row : rows) {
    SCOPED_TRACE(testing::PrintToString(std::wstring(row.a)) + " " + testing::PrintToString(std::wstring(row.b)));
    EXPECT_EQ(lstrcmpW(row.a, row.b), row.order);
    EXPECT_EQ(lstrcmpW(row.b, row.a), -row.order);
    EXPECT_EQ(lstrcmpiW(row.a, row.b), row.order_without_case);
    EXPECT_EQ(lstrcmpiW(row.b, row.a), -row.order_without_case);
  }
}

TEST(Lstr, NarrowTextComparesAsUtf8) {
  EXPECT_EQ(lstrcmpiA("\xc3\xa4pfel", "\xc3\x84PFEL"), 0);
  EXPECT_EQ(lstrcmpA("\xc3\xa4", "\xc3\x84"), -1);
  EXPECT_EQ(lstrcmpA(nullptr, nullptr), 0);
  EXPECT_EQ(lstrcmpA(nullptr, ""), -1);
  EXPECT_EQ(lstrcmpiW(L"", nullptr), 1);
}

}  // namespace
