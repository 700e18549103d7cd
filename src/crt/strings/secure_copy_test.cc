// Copying, appending and cutting with sizes: results and errors as the C run-time reference of Microsoft states them.
#include <gtest/gtest.h>
#include <winnt.h>

#include <string>

namespace {

TEST(SecureCopy, FillsATargetToItsLastCharacter) {
  char narrow[5];
  EXPECT_EQ(strcpy_s(narrow, 5, "abcd"), 0);
  EXPECT_STREQ(narrow, "abcd");
  wchar_t wide[3];
  EXPECT_EQ(wcscpy_s(wide, 3, L"\u00e4\U0001F427"), 0);
  EXPECT_STREQ(wide, L"\u00e4\U0001F427");
}

TEST(SecureCopy, EmptiesATargetThatIsTooSmall) {
  char narrow[4] = "old";
  errno = 0;
  EXPECT_EQ(strcpy_s(narrow, 4, "abcd"), ERANGE);
  EXPECT_EQ(errno, ERANGE);
  EXPECT_STREQ(narrow, "");
  wchar_t wide[4] = L"old";
  EXPECT_EQ(wcscpy_s(wide, 4, L"abcd"), ERANGE);
  EXPECT_STREQ(wide, L"");
}

TEST(SecureCopy, RefusesNullAndSizeZero) {
  char target[4] = "old";
  EXPECT_EQ(strcpy_s(nullptr, 4, "a"), EINVAL);
  EXPECT_EQ(strcpy_s(target, 0, "a"), EINVAL);
  EXPECT_STREQ(target, "old");
  EXPECT_EQ(strcpy_s(target, 4, nullptr), EINVAL);
  EXPECT_STREQ(target, "");
  wchar_t wide[4] = L"old";
  EXPECT_EQ(wcscpy_s(wide, 4, nullptr), EINVAL);
  EXPECT_STREQ(wide, L"");
}

struct CountRow {
  const char* source;
  size_t size;
  size_t count;
  errno_t result;
  const char* expected;
};

// The rows of the remarks of strncpy_s, and their limits.
TEST(SecureCopy, CopiesNoMoreThanTheCount) {
  const CountRow rows[] = {
      {"a long string", 5, _TRUNCATE, STRUNCATE, "a lo"},
      {"a long string", 5, 5, ERANGE, ""},
      {"a long string", 5, 4, 0, "a lo"},
      {"a", 5, 5, 0, "a"},
      {"abcd", 5, _TRUNCATE, 0, "abcd"},
      {"abcd", 5, 4, 0, "abcd"},
      {"abcde", 5, _TRUNCATE, STRUNCATE, "abcd"},
      {"abcd", 5, 0, 0, ""},
      {nullptr, 5, 0, 0, ""},
      {nullptr, 5, 1, EINVAL, ""},
      {nullptr, 5, _TRUNCATE, EINVAL, ""},
      {"", 1, 1, 0, ""},
      {"x", 1, 1, ERANGE, ""},
  };
  for (const CountRow& row : rows) {
    SCOPED_TRACE(std::string(row.source == nullptr ? "NULL" : row.source) + " " + std::to_string(row.count));
    char target[8] = "old";
    EXPECT_EQ(strncpy_s(target, row.size, row.source, row.count), row.result);
    EXPECT_STREQ(target, row.expected);
  }
}

TEST(SecureCopy, CountedWideCopiesFollowTheSameRules) {
  wchar_t target[4] = L"old";
  EXPECT_EQ(wcsncpy_s(target, 4, L"abcdef", _TRUNCATE), STRUNCATE);
  EXPECT_STREQ(target, L"abc");
  EXPECT_EQ(wcsncpy_s(target, 4, L"abcdef", 2), 0);
  EXPECT_STREQ(target, L"ab");
  EXPECT_EQ(wcsncpy_s(target, 4, L"abcdef", 4), ERANGE);
  EXPECT_STREQ(target, L"");
  EXPECT_EQ(wcsncpy_s(nullptr, 0, nullptr, 0), 0);
  EXPECT_EQ(wcsncpy_s(nullptr, 0, L"a", 1), EINVAL);
}

TEST(SecureAppend, AppendsToTheLastCharacter) {
  char narrow[6] = "ab";
  EXPECT_EQ(strcat_s(narrow, 6, "cde"), 0);
  EXPECT_STREQ(narrow, "abcde");
  EXPECT_EQ(strcat_s(narrow, 6, ""), 0);
  EXPECT_EQ(strcat_s(narrow, 6, "f"), ERANGE);
  EXPECT_STREQ(narrow, "");
  wchar_t wide[6] = L"ab";
  EXPECT_EQ(wcscat_s(wide, 6, L"c\u20ac"), 0);
  EXPECT_STREQ(wide, L"abc\u20ac");
  EXPECT_EQ(wcscat_s(wide, 6, nullptr), EINVAL);
  EXPECT_STREQ(wide, L"");
}

TEST(SecureAppend, RefusesATargetWithoutItsNull) {
  char target[3] = {'a', 'b', 'c'};
  EXPECT_EQ(strcat_s(target, 3, ""), EINVAL);
  EXPECT_EQ(target[0], 0);
  wchar_t wide[3] = {L'a', L'b', L'c'};
  EXPECT_EQ(wcsncat_s(wide, 3, L"x", 1), EINVAL);
  EXPECT_EQ(wide[0], 0);
}

TEST(SecureAppend, CountsLimitWhatIsAppended) {
  char target[8] = "ab";
  EXPECT_EQ(strncat_s(target, 8, "cdef", 2), 0);
  EXPECT_STREQ(target, "abcd");
  EXPECT_EQ(strncat_s(target, 8, "efghij", _TRUNCATE), STRUNCATE);
  EXPECT_STREQ(target, "abcdefg");
  EXPECT_EQ(strncat_s(target, 8, nullptr, 0), 0);
  EXPECT_STREQ(target, "abcdefg");
  EXPECT_EQ(strncat_s(target, 8, "h", 1), ERANGE);
  EXPECT_STREQ(target, "");
  EXPECT_EQ(strncat_s(nullptr, 0, nullptr, 0), 0);
  EXPECT_EQ(strncat_s(nullptr, 8, "a", 1), EINVAL);
  wchar_t wide[4] = L"a";
  EXPECT_EQ(wcsncat_s(wide, 4, L"bcdef", _TRUNCATE), STRUNCATE);
  EXPECT_STREQ(wide, L"abc");
}

TEST(SecureCopy, ArraysBringTheirSize) {
  char narrow[4];
  wchar_t wide[4];
  EXPECT_EQ(strcpy_s(narrow, "abc"), 0);
  EXPECT_EQ(strcpy_s(narrow, "abcd"), ERANGE);
  EXPECT_EQ(wcscpy_s(wide, L"abc"), 0);
  EXPECT_EQ(wcscpy_s(wide, L"abcd"), ERANGE);
  EXPECT_EQ(strcat_s(narrow, "ab"), 0);
  EXPECT_EQ(wcscat_s(wide, L"ab"), 0);
  EXPECT_EQ(strncat_s(narrow, "cd", 1), 0);
  EXPECT_EQ(wcsncat_s(wide, L"cd", 1), 0);
  EXPECT_STREQ(narrow, "abc");
  EXPECT_STREQ(wide, L"abc");
  EXPECT_EQ(strncpy_s(narrow, "wxyz", _TRUNCATE), STRUNCATE);
  EXPECT_EQ(wcsncpy_s(wide, L"wxyz", _TRUNCATE), STRUNCATE);
  EXPECT_STREQ(narrow, "wxy");
  EXPECT_STREQ(wide, L"wxy");
}

TEST(SecureMemory, CopiesWithinTheSize) {
  char target[4] = "xyz";
  EXPECT_EQ(memcpy_s(target, 4, "ab", 3), 0);
  EXPECT_STREQ(target, "ab");
  EXPECT_EQ(memcpy_s(target, 4, nullptr, 0), 0);
  EXPECT_EQ(memcpy_s(nullptr, 0, "a", 0), 0);
  EXPECT_EQ(memcpy_s(nullptr, 4, "a", 1), EINVAL);
  wchar_t wide[3] = L"xy";
  EXPECT_EQ(wmemcpy_s(wide, 3, L"ab", 3), 0);
  EXPECT_STREQ(wide, L"ab");
}

TEST(SecureMemory, AFailedCopyClearsAndAFailedMoveDoesNot) {
  char target[4] = "xyz";
  EXPECT_EQ(memmove_s(target, 4, "abcdef", 5), ERANGE);
  EXPECT_STREQ(target, "xyz");
  EXPECT_EQ(memmove_s(target, 4, nullptr, 1), EINVAL);
  EXPECT_STREQ(target, "xyz");
  EXPECT_EQ(memcpy_s(target, 4, "abcdef", 5), ERANGE);
  for (const char c : target) EXPECT_EQ(c, 0);
  wchar_t wide[3] = L"xy";
  EXPECT_EQ(wmemmove_s(wide, 3, L"abcd", 4), ERANGE);
  EXPECT_STREQ(wide, L"xy");
  EXPECT_EQ(wmemcpy_s(wide, 3, nullptr, 1), EINVAL);
  for (const wchar_t c : wide) EXPECT_EQ(c, 0);
}

TEST(SecureMemory, MovedAreasMayOverlap) {
  char text[] = "abcdef";
  EXPECT_EQ(memmove_s(text + 1, 6, text, 4), 0);
  EXPECT_STREQ(text, "aabcdf");
  wchar_t wide[] = L"abcdef";
  EXPECT_EQ(wmemmove_s(wide, 7, wide + 2, 4), 0);
  EXPECT_STREQ(wide, L"cdefef");
}

TEST(BoundedLengths, StopAtTheSize) {
  EXPECT_EQ(strnlen_s("abc", 10), 3u);
  EXPECT_EQ(strnlen_s("abc", 2), 2u);
  EXPECT_EQ(strnlen_s(nullptr, 2), 0u);
  EXPECT_EQ(wcsnlen_s(L"abc", 10), 3u);
  EXPECT_EQ(wcsnlen_s(L"abc", 3), 3u);
  EXPECT_EQ(wcsnlen_s(nullptr, 2), 0u);
}

TEST(Tokens, TwoTextsAreTakenApartAtOnce) {
  char a[] = " one, two,,three ";
  wchar_t b[] = L"x=1;y=2";
  char* place_a = nullptr;
  wchar_t* place_b = nullptr;
  EXPECT_STREQ(strtok_s(a, " ,", &place_a), "one");
  EXPECT_STREQ(wcstok_s(b, L";", &place_b), L"x=1");
  EXPECT_STREQ(strtok_s(nullptr, " ,", &place_a), "two");
  EXPECT_STREQ(wcstok_s(nullptr, L";", &place_b), L"y=2");
  EXPECT_STREQ(strtok_s(nullptr, " ,", &place_a), "three");
  EXPECT_EQ(wcstok_s(nullptr, L";", &place_b), nullptr);
  EXPECT_EQ(strtok_s(nullptr, " ,", &place_a), nullptr);
  EXPECT_EQ(strtok_s(nullptr, " ,", &place_a), nullptr);
}

TEST(Tokens, RefuseNull) {
  char text[] = "a";
  char* place = nullptr;
  errno = 0;
  EXPECT_EQ(strtok_s(nullptr, ",", &place), nullptr);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(strtok_s(text, nullptr, &place), nullptr);
  EXPECT_EQ(strtok_s(text, ",", nullptr), nullptr);
}

TEST(Tokens, TheOldWideFormKeepsItsPlaceForTheThread) {
  wchar_t text[] = L"root\\cimv2";
  EXPECT_STREQ(wcstok(text, L"\\"), L"root");
  EXPECT_STREQ(wcstok(nullptr, L"\\"), L"cimv2");
  EXPECT_EQ(wcstok(nullptr, L"\\"), nullptr);
}

}  // namespace
