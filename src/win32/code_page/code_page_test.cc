// Code pages: what MultiByteToWideChar and WideCharToMultiByte document, row by row.
#include <gtest/gtest.h>
#include <windows.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): "…"s

constexpr wchar_t kInvalid = static_cast<wchar_t>(0xD800);

// Converts with a target of just the size that was asked for.
std::wstring ToWide(UINT page, DWORD flags, const std::string& text) {
  const int length = static_cast<int>(text.size());
  const int needed = MultiByteToWideChar(page, flags, text.data(), length, nullptr, 0);
  if (needed <= 0) return L"error " + std::to_wstring(GetLastError());
  std::wstring wide(static_cast<std::size_t>(needed), L'?');
  EXPECT_EQ(MultiByteToWideChar(page, flags, text.data(), length, wide.data(), needed), needed);
  return wide;
}

std::string FromWide(UINT page, DWORD flags, const std::wstring& text, const char* default_character = nullptr,
                     BOOL* used = nullptr) {
  const int length = static_cast<int>(text.size());
  const int needed = WideCharToMultiByte(page, flags, text.data(), length, nullptr, 0, default_character, used);
  if (needed <= 0) return "error " + std::to_string(GetLastError());
  std::string narrow(static_cast<std::size_t>(needed), '?');
  EXPECT_EQ(WideCharToMultiByte(page, flags, text.data(), length, narrow.data(), needed, default_character, used),
            needed);
  return narrow;
}

struct Row {
  UINT page;
  std::string narrow;
  std::wstring wide;
};

// Both ways. The bytes are from the tables that unicode.org publishes for the pages.
TEST(CodePages, ConvertBothWays) {
  const Row rows[] = {
      {CP_UTF8, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\x00z"s, L"a\u00e4\u20ac\U0001F427\0z"s},
      {CP_ACP, "\xc3\xa4", L"\u00e4"},
      {CP_OEMCP, "\xc3\xa4", L"\u00e4"},
      {CP_MACCP, "\xc3\xa4", L"\u00e4"},
      {CP_THREAD_ACP, "\xc3\xa4", L"\u00e4"},
      {437, "\x84\xe1\xb0\x00\x01"s, L"\u00e4\u00df\u2591\0\1"s},
      {850, "\x84\xd5", L"\u00e4\u0131"},
      {858, "\xd5", L"\u20ac"},
      {866, "\x8f\xe0\xa8", L"\u041f\u0440\u0438"},
      {874, "\xa1\x80", L"\u0e01\u20ac"},
      {932, "A\x82\xa0\xb1\x83\x5c", L"A\u3042\uff71\u30bd"},
      {936, "\xc4\xe3\x80", L"\u4f60\u20ac"},
      {949, "\xb0\xa1", L"\uac00"},
      {950, "\xa4\x40", L"\u4e00"},
      {1250, "\xb9", L"\u0105"},
      {1251, "\xcf\xf0\xe8", L"\u041f\u0440\u0438"},
      {1252, "\x80\xe4\x9f", L"\u20ac\u00e4\u0178"},
      {1253, "\xe1", L"\u03b1"},
      {1254, "\xfd", L"\u0131"},
      {1255, "\xe0", L"\u05d0"},
      {1256, "\xc7", L"\u0627"},
      {1257, "\xe0", L"\u0105"},
      {20127, "abc", L"abc"},
      {20866, "\xf0", L"\u041f"},
      {28591, "\x80\xe4\xff", L"\u0080\u00e4\u00ff"},
      {28605, "\xa4", L"\u20ac"},
      {50220, "\x1b$B$\"\x1b(BA", L"\u3042A"},
      {51932, "\xa4\xa2", L"\u3042"},
      {54936, "\x94\x39\xda\x33", L"\U0001F4A9"},
      {CP_UTF7, "Hi+IKw-!", L"Hi\u20ac!"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.page);
    if (row.page > CP_THREAD_ACP) {
      EXPECT_TRUE(IsValidCodePage(row.page));
    }
    EXPECT_EQ(ToWide(row.page, 0, row.narrow), row.wide);
    if (row.page != CP_UTF7) {  // has several spellings
      EXPECT_EQ(FromWide(row.page, 0, row.wide), row.narrow);
    }
    EXPECT_EQ(ToWide(row.page, 0, FromWide(row.page, 0, row.wide)), row.wide);
  }
}

TEST(CodePages, AllBytesOfTheWindowsPagesComeBack) {
  for (UINT page = 1250; page <= 1258; ++page) {
    if (page == 1255 || page == 1258) continue;  // these join letters and marks
    for (int byte = 1; byte < 256; ++byte) {
      const std::string narrow(1, static_cast<char>(byte));
      const std::wstring wide = ToWide(page, 0, narrow);
      ASSERT_EQ(wide.size(), 1u);
      if (wide[0] == L'\uFFFD') continue;
      EXPECT_EQ(FromWide(page, 0, wide), narrow) << page << " " << byte;
    }
  }
  EXPECT_EQ(ToWide(1252, MB_ERR_INVALID_CHARS, "\x81"), L"\u0081");
  EXPECT_EQ(FromWide(1252, 0, L"\u0080"), "?");  // 0x80 is the euro sign there
}

TEST(CodePages, ALengthOfMinusOneTakesTheNullAlong) {
  wchar_t wide[4] = {L'x', L'x', L'x', L'x'};
  EXPECT_EQ(MultiByteToWideChar(CP_UTF8, 0, "ab", -1, nullptr, 0), 3);
  EXPECT_EQ(MultiByteToWideChar(CP_UTF8, 0, "ab", -1, wide, 4), 3);
  EXPECT_STREQ(wide, L"ab");
  EXPECT_EQ(MultiByteToWideChar(1252, 0, "abc", 2, wide, 4), 2);
  EXPECT_EQ(wide[2], 0);  // left from before: nothing is written behind the text
  char narrow[8];
  EXPECT_EQ(WideCharToMultiByte(CP_ACP, 0, L"a\u20ac", -1, nullptr, 0, nullptr, nullptr), 5);
  EXPECT_EQ(WideCharToMultiByte(CP_ACP, 0, L"a\u20ac", -1, narrow, 5, nullptr, nullptr), 5);
  EXPECT_STREQ(narrow, "a\xe2\x82\xac");
  EXPECT_EQ(WideCharToMultiByte(1252, 0, L"a\u20ac", -1, narrow, 3, nullptr, nullptr), 3);
  EXPECT_STREQ(narrow, "a\x80");
}

TEST(CodePages, ATargetThatIsTooSmallIsAnError) {
  for (const UINT page : {static_cast<UINT>(CP_UTF8), 1252u, 932u, 50220u}) {
    SCOPED_TRACE(page);
    const std::wstring text(1000, L'x');
    const std::string narrow_text(1000, 'x');
    std::string narrow(1001, '#');
    std::wstring wide(1001, L'#');
    EXPECT_EQ(WideCharToMultiByte(page, 0, text.data(), 1000, narrow.data(), 1000, nullptr, nullptr), 1000);
    EXPECT_EQ(narrow[1000], '#');
    narrow.assign(1001, '#');
    SetLastError(0);
    EXPECT_EQ(WideCharToMultiByte(page, 0, text.data(), 1000, narrow.data(), 999, nullptr, nullptr), 0);
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
    EXPECT_EQ(narrow[999], '#');
    EXPECT_EQ(MultiByteToWideChar(page, 0, narrow_text.data(), 1000, wide.data(), 1000), 1000);
    EXPECT_EQ(wide[1000], L'#');
    wide.assign(1001, L'#');
    SetLastError(0);
    EXPECT_EQ(MultiByteToWideChar(page, 0, narrow_text.data(), 1000, wide.data(), 999), 0);
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
    EXPECT_EQ(wide[999], L'#');
  }
}

TEST(CodePages, WrongParametersAreTold) {
  char narrow[4];
  wchar_t wide[4];
  const auto narrow_error = [&](UINT page, const wchar_t* source, int length, char* target, int size) {
    SetLastError(0);
    EXPECT_EQ(WideCharToMultiByte(page, 0, source, length, target, size, nullptr, nullptr), 0);
    return GetLastError();
  };
  const auto wide_error = [&](UINT page, const char* source, int length, wchar_t* target, int size) {
    SetLastError(0);
    EXPECT_EQ(MultiByteToWideChar(page, 0, source, length, target, size), 0);
    return GetLastError();
  };
  constexpr DWORD kExpected = ERROR_INVALID_PARAMETER;
  for (const UINT page : {4u, 42u, 1200u, 12000u, 65002u, 99999u}) {
    EXPECT_EQ(narrow_error(page, L"a", 1, narrow, 4), kExpected);
    EXPECT_EQ(wide_error(page, "a", 1, wide, 4), kExpected);
    EXPECT_FALSE(IsValidCodePage(page));
  }
  EXPECT_EQ(narrow_error(CP_UTF8, nullptr, 1, narrow, 4), kExpected);
  EXPECT_EQ(narrow_error(CP_UTF8, L"a", 0, narrow, 4), kExpected);
  EXPECT_EQ(narrow_error(CP_UTF8, L"a", -2, narrow, 4), kExpected);
  EXPECT_EQ(narrow_error(CP_UTF8, L"a", 1, nullptr, 4), kExpected);
  EXPECT_EQ(narrow_error(CP_UTF8, L"a", 1, narrow, -1), kExpected);
  EXPECT_EQ(narrow_error(CP_UTF8, wide, 1, reinterpret_cast<char*>(wide), 4), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, nullptr, 1, wide, 4), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, "a", 0, wide, 4), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, "a", -2, wide, 4), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, "a", 1, nullptr, 4), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, "a", 1, wide, -1), kExpected);
  EXPECT_EQ(wide_error(CP_UTF8, reinterpret_cast<char*>(wide), 1, wide, 4), kExpected);
}

struct FlagRow {
  UINT page;
  DWORD flags;
  bool allowed;
};

TEST(CodePages, FlagsAreTheOnesOfThePage) {
  const FlagRow to_wide[] = {{CP_ACP, MB_PRECOMPOSED, true},
                             {CP_ACP, MB_ERR_INVALID_CHARS, true},
                             {CP_UTF8, MB_PRECOMPOSED, false},
                             {CP_UTF8, MB_ERR_INVALID_CHARS, true},
                             {CP_UTF7, MB_PRECOMPOSED, false},
                             {CP_UTF7, MB_ERR_INVALID_CHARS, false},
                             {1252, MB_PRECOMPOSED, true},
                             {1252, MB_COMPOSITE, false},
                             {1252, MB_USEGLYPHCHARS, false},
                             {54936, MB_ERR_INVALID_CHARS, true},
                             {54936, MB_PRECOMPOSED, false},
                             {50220, MB_PRECOMPOSED, false},
                             {1252, 0x10000, false}};
  for (const FlagRow& row : to_wide) {
    SCOPED_TRACE(std::to_string(row.page) + " " + std::to_string(row.flags));
    EXPECT_EQ(ToWide(row.page, row.flags, "a"), row.allowed ? L"a" : L"error 1004");
  }
  const FlagRow to_narrow[] = {
      {CP_ACP, WC_NO_BEST_FIT_CHARS, true},          {CP_ACP, WC_COMPOSITECHECK | WC_DEFAULTCHAR, true},
      {CP_UTF8, WC_ERR_INVALID_CHARS, true},         {CP_UTF8, WC_NO_BEST_FIT_CHARS, false},
      {CP_UTF7, WC_NO_BEST_FIT_CHARS, false},        {1252, WC_NO_BEST_FIT_CHARS, true},
      {1252, WC_COMPOSITECHECK | WC_SEPCHARS, true}, {1252, WC_ERR_INVALID_CHARS, false},
      {54936, WC_ERR_INVALID_CHARS, true},           {54936, WC_NO_BEST_FIT_CHARS, false},
      {50220, WC_NO_BEST_FIT_CHARS, false}};
  for (const FlagRow& row : to_narrow) {
    SCOPED_TRACE(std::to_string(row.page) + " " + std::to_string(row.flags));
    EXPECT_EQ(FromWide(row.page, row.flags, L"a"), row.allowed ? "a" : "error 1004");
  }
}

TEST(CodePages, TextThatIsNotValidIsReplacedOrRefused) {
  for (const char* text : {"a\x80", "a\xc3", "a\xff"}) {
    EXPECT_EQ(ToWide(CP_UTF8, 0, text), L"a\uFFFD");
    EXPECT_EQ(ToWide(CP_UTF8, MB_ERR_INVALID_CHARS, text), L"error 1113");
    EXPECT_EQ(ToWide(CP_ACP, MB_ERR_INVALID_CHARS, text), L"error 1113");
  }
  EXPECT_EQ(ToWide(CP_UTF8, 0, "\xc0\x80z"), L"\uFFFD\uFFFDz");
  EXPECT_EQ(ToWide(932, 0, "a\x81"), L"a\uFFFD");  // a lead byte and no more
  EXPECT_EQ(ToWide(932, MB_ERR_INVALID_CHARS, "a\x81"), L"error 1113");
  EXPECT_EQ(ToWide(20127, 0, "a\xe4z"), L"a\uFFFDz");
  EXPECT_EQ(FromWide(CP_UTF8, 0, std::wstring{L'a', kInvalid, L'z'}), "a\xef\xbf\xbdz");
  EXPECT_EQ(FromWide(CP_UTF8, WC_ERR_INVALID_CHARS, std::wstring{L'a', kInvalid}), "error 1113");
  EXPECT_EQ(FromWide(CP_UTF8, 0, std::wstring{static_cast<wchar_t>(0x110000)}), "\xef\xbf\xbd");
  EXPECT_EQ(FromWide(54936, WC_ERR_INVALID_CHARS, std::wstring{kInvalid}), "error 1113");
  EXPECT_EQ(FromWide(1252, 0, std::wstring{kInvalid}), "?");
}

TEST(CodePages, TheDefaultCharacterStandsForWhatAPageDoesNotHave) {
  BOOL used = TRUE;
  EXPECT_EQ(FromWide(1252, 0, L"a\u20ac", nullptr, &used), "a\x80");
  EXPECT_FALSE(used);
  EXPECT_EQ(FromWide(1252, 0, L"a\u4e00z", nullptr, &used), "a?z");
  EXPECT_TRUE(used);
  EXPECT_EQ(FromWide(1252, WC_NO_BEST_FIT_CHARS, L"\u4e00\u4e01z", "_", &used), "__z");
  EXPECT_TRUE(used);
  EXPECT_EQ(FromWide(932, 0, L"\u00e4", "\x81\x45", &used), "\x81\x45");  // a default character of two bytes
  EXPECT_EQ(FromWide(50220, 0, L"\u3042\U0001F427", "_"), "\x1b$B$\"\x1b(B_");
  EXPECT_EQ(FromWide(CP_ACP, 0, L"a\u4e00", "_", &used), "a\xe4\xb8\x80");
  EXPECT_FALSE(used);
  EXPECT_EQ(FromWide(CP_ACP, 0, std::wstring{kInvalid}, "_", &used), "_");
  EXPECT_TRUE(used);
}

TEST(CodePages, Utf8AndUtf7TakeNoDefaultCharacter) {
  BOOL used = FALSE;
  for (const UINT page : {static_cast<UINT>(CP_UTF8), static_cast<UINT>(CP_UTF7)}) {
    EXPECT_EQ(FromWide(page, 0, L"a", "_"), "error 87");
    EXPECT_EQ(FromWide(page, 0, L"a", nullptr, &used), "error 87");
  }
}

TEST(CodePageFacts, TheSystemIsUtf8) {
  EXPECT_EQ(GetACP(), 65001u);
  EXPECT_EQ(GetOEMCP(), 65001u);
  EXPECT_EQ(GetConsoleCP(), 65001u);
  EXPECT_EQ(GetConsoleOutputCP(), 65001u);
  EXPECT_TRUE(SetConsoleOutputCP(CP_UTF8));
  EXPECT_TRUE(SetConsoleCP(CP_UTF8));
  SetLastError(0);
  EXPECT_FALSE(SetConsoleOutputCP(1252));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_FALSE(SetConsoleCP(437));
  EXPECT_FALSE(IsValidCodePage(CP_ACP));
  EXPECT_TRUE(IsValidCodePage(CP_UTF7));
}

TEST(CodePageFacts, TellTheSizeAndTheLeadBytes) {
  CPINFO info;
  EXPECT_TRUE(GetCPInfo(932, &info));
  EXPECT_EQ(info.MaxCharSize, 2u);
  EXPECT_EQ(info.DefaultChar[0], '?');
  EXPECT_EQ(info.LeadByte[0], 0x81);
  EXPECT_EQ(info.LeadByte[3], 0xFC);
  EXPECT_EQ(info.LeadByte[4], 0);
  EXPECT_TRUE(GetCPInfo(CP_ACP, &info));
  EXPECT_EQ(info.MaxCharSize, 4u);
  EXPECT_TRUE(GetCPInfo(1252, &info));
  EXPECT_EQ(info.MaxCharSize, 1u);
  EXPECT_FALSE(GetCPInfo(99999, &info));
  EXPECT_FALSE(GetCPInfo(1252, nullptr));
  EXPECT_TRUE(IsDBCSLeadByteEx(932, 0x81));
  EXPECT_TRUE(IsDBCSLeadByteEx(932, 0xE0));
  EXPECT_FALSE(IsDBCSLeadByteEx(932, 0xB1));
  EXPECT_FALSE(IsDBCSLeadByteEx(99999, 0x81));
  EXPECT_FALSE(IsDBCSLeadByte(0x81));
}

}  // namespace
