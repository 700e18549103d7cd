// The scanf family by Microsoft's documentation: numbers, text of both kinds, sizes, and what ends a scan.
#include <gtest/gtest.h>
#include <unistd.h>
#include <windef.h>

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

namespace {

struct Close {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, Close>;

File With(const std::string& text) {
  File file(tmpfile());
  fwrite(text.data(), 1, text.size(), file.get());
  rewind(file.get());
  return file;
}

TEST(Scan, Integers) {
  struct Row {
    const char* text;
    const char* format;
    int result;
    int value;
  };
  const Row rows[] = {
      {"42", "%d", 1, 42},         {"  -42x", "%d", 1, -42},  {"+7", "%d", 1, 7},
      {"0x1F", "%i", 1, 31},       {"017", "%i", 1, 15},      {"0", "%i", 1, 0},
      {"19", "%i", 1, 19},         {"017", "%d", 1, 17},      {"1f", "%x", 1, 31},
      {"0X1f", "%X", 1, 31},       {"17", "%o", 1, 15},       {"18", "%o", 1, 1},
      {"12345", "%3d", 1, 123},    {"a", "%d", 0, -1},        {"", "%d", EOF, -1},
      {"  ", "%d", EOF, -1},       {"-", "%d", 0, -1},        {"0xg", "%i", 0, -1},
      {"4294967295", "%u", 1, -1}, {"-1", "%u", 1, -1},       {"80041003", "%x", 1, static_cast<int>(0x80041003)},
      {"x=5", "x=%d", 1, 5},       {"x =5", "x=%d", 0, -1},   {"x 5", "x=%d", 0, -1},
      {"x  \t5", "x %d", 1, 5},    {"5%", "%%", 0, -1},       {"%5", "%%%d", 1, 5},
      {"1 2", "%*d%d", 1, 2},      {"70000", "%hd", 1, 4464}, {"300", "%hhu", 1, 44},
      {"y5", "%y%d", 0, -1},       {"5", "%I32d", 1, 5},      {"-0x10", "%x", 1, -16},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.text) + " by " + row.format);
    int value = -1;
    EXPECT_EQ(sscanf_s(row.text, row.format, &value), row.result);
    EXPECT_EQ(value, row.value);
    value = -1;
    EXPECT_EQ(sscanf(row.text, row.format, &value), row.result);
    EXPECT_EQ(value, row.value);
    const std::wstring text(row.text, row.text + strlen(row.text));
    const std::wstring format(row.format, row.format + strlen(row.format));
    value = -1;
    EXPECT_EQ(swscanf_s(text.c_str(), format.c_str(), &value), row.result);
    EXPECT_EQ(value, row.value);
    value = -1;
    EXPECT_EQ(fscanf_s(With(row.text).get(), row.format, &value), row.result);
    EXPECT_EQ(value, row.value);
    value = -1;
    EXPECT_EQ(fwscanf(With(row.text).get(), format.c_str(), &value), row.result);
    EXPECT_EQ(value, row.value);
  }
}

TEST(Scan, StoresTheTypeThatIsThere) {
  LONG number = -1;
  DWORD code = 0;
  EXPECT_EQ(sscanf("-5 4294967295", "%d %lu", &number, &code), 2);
  EXPECT_EQ(number, -5);
  EXPECT_EQ(code, 4294967295u);
  struct {
    short value;
    short neighbour;
  } small = {0, 77};
  EXPECT_EQ(sscanf("70000", "%d", &small.value), 1);
  EXPECT_EQ(small.value, 4464);
  EXPECT_EQ(small.neighbour, 77);
  BYTE byte = 0;
  EXPECT_EQ(sscanf("255", "%d", &byte), 1);
  EXPECT_EQ(byte, 255);
  double real = 0;
  EXPECT_EQ(sscanf("2.5", "%f", &real), 1);
  EXPECT_EQ(real, 2.5);
  void* pointer = nullptr;
  EXPECT_EQ(swscanf(L"00000000DEADBEEF", L"%p", &pointer), 1);
  EXPECT_EQ(pointer, reinterpret_cast<void*>(0xdeadbeef));
  wchar_t wide[8] = L"";
  EXPECT_EQ(sscanf("text", "%s", wide), 1);
  EXPECT_STREQ(wide, L"text");
}

TEST(Scan, SixtyFourBitsAndTheirLimits) {
  int64_t number = 0;
  uint64_t count = 0;
  EXPECT_EQ(sscanf("-9223372036854775808 18446744073709551615", "%I64d %llu", &number, &count), 2);
  EXPECT_EQ(number, INT64_MIN);
  EXPECT_EQ(count, UINT64_MAX);
  EXPECT_EQ(sscanf("99999999999999999999 99999999999999999999", "%lld %I64u", &number, &count), 2);
  EXPECT_EQ(number, INT64_MAX);
  EXPECT_EQ(count, UINT64_MAX);
  EXPECT_EQ(sscanf("-99999999999999999999", "%lld", &number), 1);
  EXPECT_EQ(number, INT64_MIN);
}

TEST(Scan, RealNumbers) {
  struct Row {
    const char* text;
    int result;
    double value;
    const char* rest;
  };
  const Row rows[] = {{"1.5", 1, 1.5, ""},
                      {"-1e3x", 1, -1000, "x"},
                      {".5", 1, 0.5, ""},
                      {"5.", 1, 5, ""},
                      {"+0x1.8p1", 1, 3, ""},
                      {"inf", 1, INFINITY, ""},
                      {"-INFINITY", 1, -INFINITY, ""},
                      {".", 0, 0, ""},
                      {"1e", 0, 0, ""},
                      {"e5", 0, 0, "e5"},
                      {"infi", 0, 0, ""},
                      {"1.2.3", 1, 1.2, ".3"},
                      {"0", 1, 0, ""},
                      {"1e999", 1, INFINITY, ""}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    double value = 0;
    char rest[8] = "";
    const int result = sscanf_s(row.text, "%lf%s", &value, rest, 8u);
    EXPECT_EQ(result, row.result + (row.result == 1 && *row.rest != '\0' ? 1 : 0));
    EXPECT_EQ(value, row.value);
    EXPECT_STREQ(rest, result == 2 ? row.rest : "");
  }
  float single = 0;
  long double large = 0;
  double half = 0;
  EXPECT_EQ(swscanf(L"1.25 2.5 12345", L"%f %Lf %2lf", &single, &large, &half), 3);
  EXPECT_EQ(single, 1.25f);
  EXPECT_EQ(large, 2.5L);
  EXPECT_EQ(half, 12.0);
  EXPECT_EQ(sscanf("nan", "%f", &single), 1);
  EXPECT_TRUE(std::isnan(single));
}

TEST(Scan, TextOfBothKinds) {
  char narrow[20];
  wchar_t wide[20];
  EXPECT_EQ(sscanf_s("one Gr\xc3\xbc\xc3\x9f", "%s %S", narrow, 20u, wide, 20u), 2);
  EXPECT_STREQ(narrow, "one");
  EXPECT_STREQ(wide, L"Gr\u00fc\u00df");
  EXPECT_EQ(swscanf_s(L"Gr\u00fc\u00df two", L"%hs %ls", narrow, 20u, wide, 20u), 2);
  EXPECT_STREQ(narrow, "Gr\xc3\xbc\xc3\x9f");
  EXPECT_STREQ(wide, L"two");
  EXPECT_EQ(swscanf(L"a b", L"%s %S", wide, narrow), 2);
  EXPECT_STREQ(wide, L"a");
  EXPECT_STREQ(narrow, "b");
}

TEST(Scan, SetsOfCharacters) {
  char text[20];
  EXPECT_EQ(sscanf_s("abc123", "%[a-z]", text, 20u), 1);
  EXPECT_STREQ(text, "abc");
  EXPECT_EQ(sscanf_s("abc123", "%[z-a]", text, 20u), 1);
  EXPECT_STREQ(text, "abc");
  EXPECT_EQ(sscanf_s("key = value", "%[^=]=", text, 20u), 1);
  EXPECT_STREQ(text, "key ");
  EXPECT_EQ(sscanf_s("]-a]", "%[]a-]", text, 20u), 1);
  EXPECT_STREQ(text, "]-a]");
  EXPECT_EQ(sscanf_s("x", "%[^]x]", text, 20u), 0);
  EXPECT_EQ(sscanf_s("aaa", "%2[a]", text, 20u), 1);
  EXPECT_STREQ(text, "aa");
  EXPECT_EQ(sscanf_s("abc", "%[abc", text, 20u), 0);
  wchar_t wide[20];
  EXPECT_EQ(swscanf_s(L"\u00fc\u00e4z", L"%[\u00e0-\u00ff]", wide, 20u), 1);
  EXPECT_STREQ(wide, L"\u00fc\u00e4");
}

TEST(Scan, Characters) {
  char text[8] = "???????";
  char one = '?';
  EXPECT_EQ(sscanf_s(" abcd", "%c%3c", &one, 1u, text, 8u), 2);
  EXPECT_EQ(one, ' ');
  EXPECT_STREQ(text, "abc????");
  char four[4];
  EXPECT_EQ(sscanf_s("wxyz", "%4c", &four, static_cast<unsigned>(sizeof(four))), 1);
  EXPECT_EQ(std::string(four, 4), "wxyz");
  EXPECT_EQ(sscanf_s("wxyz", "%4c", four, 3u), 0);
  EXPECT_EQ(sscanf_s("wx", "%4c", four, 4u), EOF);
  wchar_t wide[3] = {};
  EXPECT_EQ(sscanf_s("\xc3\xbc\xe2\x82\xac", "%2C", wide, 3u), 1);
  EXPECT_STREQ(wide, L"\u00fc\u20ac");
  EXPECT_EQ(swscanf_s(L"\u00fc", L"%hc", text, 1u), 0);  // two bytes
  EXPECT_EQ(swscanf_s(L"\u00fc", L"%c", wide, 1u), 1);
  EXPECT_EQ(wide[0], L'\u00fc');
}

TEST(SecureScan, RefusesWhatDoesNotFit) {
  char text[8] = "before";
  EXPECT_EQ(sscanf_s("abcd 1", "%s", text, 4u), 0);
  EXPECT_STREQ(text, "");
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_EQ(sscanf_s("abc", "%s", text, 4u), 1);
  EXPECT_STREQ(text, "abc");
  EXPECT_EQ(sscanf_s("abcdef", "%3s", text, 4u), 1);
  EXPECT_STREQ(text, "abc");
  int number = 0;
  EXPECT_EQ(sscanf_s("5 abcdefgh", "%d %s", &number, text, 8u), 1);
  wchar_t wide[4];
  EXPECT_EQ(swscanf_s(L"abcd", L"%s", wide, static_cast<unsigned>(sizeof(wide))), 0);  // the array is known
  EXPECT_EQ(swscanf_s(L"abc", L"%[a-c]", wide, 3u), 0);
  EXPECT_STREQ(wide, L"");
}

TEST(SecureScan, RefusesAMissingSize) {
  char text[8] = "before";
  int number = 0;
  EXPECT_EQ(sscanf_s("abc 5", "%s %d", text, &number), 0);
  EXPECT_STREQ(text, "before");
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(sscanf_s("abc", "%s", text, 0u), 0);
}

TEST(PlainScan, CutsTextAtTheEndOfAnArray) {
  struct {
    char text[4];
    char neighbour;
  } narrow = {"", 'n'};
  EXPECT_EQ(sscanf("abcdefgh", "%s", narrow.text), 1);
  EXPECT_STREQ(narrow.text, "abc");
  EXPECT_EQ(narrow.neighbour, 'n');
  char bytes[4];
  EXPECT_EQ(swscanf(L"a\u00fc\u00fc", L"%hs", bytes), 1);
  EXPECT_STREQ(bytes, "a\xc3\xbc");
  std::unique_ptr<char[]> unknown(new char[9]);
  EXPECT_EQ(sscanf("abcdefgh", "%s", unknown.get()), 1);
  EXPECT_STREQ(unknown.get(), "abcdefgh");
}

TEST(Scan, TargetsThatAreWrongEndIt) {
  int number = 0;
  double real = 0;
  char text[4];
  EXPECT_EQ(sscanf("1 2", "%d %d", &number), 1);
  EXPECT_EQ(sscanf("1 2", "%d %d", &number, 5), 1);
  EXPECT_EQ(sscanf("1 2", "%d %s", &number, &number), 1);
  EXPECT_EQ(sscanf("1 2", "%d %f", &number, &number), 1);
  EXPECT_EQ(sscanf("1 2", "%d %d", &number, &real), 1);
  EXPECT_EQ(sscanf("1 2", "%d %d", &number, static_cast<int*>(nullptr)), 1);
  EXPECT_EQ(sscanf("1 2", "%d", &number, text, &real), 1);
}

TEST(Scan, NullPointersAreInvalidArguments) {
  int number = 0;
  const char* none = nullptr;
  const wchar_t* none_wide = nullptr;
  const auto fails = [](int result) { return result == EOF && errno == EINVAL; };
  EXPECT_TRUE(fails(sscanf_s(none, "%d", &number)));
  EXPECT_TRUE(fails(sscanf_s("5", none, &number)));
  EXPECT_TRUE(fails(swscanf(none_wide, L"%d", &number)));
  EXPECT_TRUE(fails(fscanf(nullptr, "%d", &number)));
}

TEST(Scan, CountsCharacters) {
  int count = -1;
  int number = 0;
  EXPECT_EQ(sscanf("  42 x", "%d%n", &number, &count), 1);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(swscanf(L"\u00fc\u00fc", L"\u00fc%n", &count), 0);
  EXPECT_EQ(count, 1);
}

TEST(StreamScan, LeavesTheRestInTheStream) {
  const File file = With("12ab Gr\xc3\xbc\xc3\x9f\xe2\x82\xac \xff!");
  int number = 0;
  EXPECT_EQ(fscanf(file.get(), "%d", &number), 1);
  EXPECT_EQ(number, 12);
  EXPECT_EQ(fgetc(file.get()), 'a');
  wchar_t wide[8];
  EXPECT_EQ(fwscanf_s(file.get(), L"b%s", wide, 8u), 1);
  EXPECT_STREQ(wide, L"Gr\u00fc\u00df\u20ac");
}

TEST(StreamScan, WideInputIsUtf8) {
  const File file = With(
      "Gr\xc3\xbc\xc3\x9f\xe2\x82\xac"
      "5 \xff\xf0\x9f\x90\xa7\xe2\x82");
  wchar_t wide[8];
  EXPECT_EQ(fwscanf_s(file.get(), L"%[^\u20ac]", wide, 8u), 1);
  EXPECT_STREQ(wide, L"Gr\u00fc\u00df");
  EXPECT_LE(fwide(file.get(), 0), 0);
  EXPECT_EQ(fgetc(file.get()), 0xe2);  // the character that did not belong is back, all of it
  EXPECT_EQ(ungetc(0xe2, file.get()), 0xe2);
  int number = 0;
  EXPECT_EQ(fwscanf_s(file.get(), L"\u20ac%d", &number), 1);
  EXPECT_EQ(number, 5);
  EXPECT_EQ(fwscanf_s(file.get(), L"%s", wide, 8u), 1);
  EXPECT_STREQ(wide, L"\ufffd\U0001F427\ufffd");
  EXPECT_EQ(fwscanf_s(file.get(), L"%s", wide, 8u), EOF);
}

TEST(StreamScan, ReadsStandardInput) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const char text[] = "1 two 3 vier\n";
  ASSERT_EQ(write(ends[1], text, strlen(text)), static_cast<ssize_t>(strlen(text)));
  close(ends[1]);
  const int saved = dup(STDIN_FILENO);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  int one = 0;
  int three = 0;
  char two[8];
  wchar_t four[8];
  EXPECT_EQ(scanf("%d", &one), 1);
  EXPECT_EQ(scanf_s("%s", two, 8u), 1);
  EXPECT_EQ(wscanf(L"%d", &three), 1);
  EXPECT_EQ(wscanf_s(L"%s", four, 8u), 1);
  EXPECT_EQ(std::scanf("%d", &one), EOF);
  clearerr(stdin);
  dup2(saved, STDIN_FILENO);
  close(saved);
  EXPECT_EQ(one, 1);
  EXPECT_STREQ(two, "two");
  EXPECT_EQ(three, 3);
  EXPECT_STREQ(four, L"vier");
}

}  // namespace
