// The conversions of atlconv.h, where T is narrow.
#include <atlbase.h>
#include <gtest/gtest.h>

#include <string>

#include "base/fault.h"

namespace {

constexpr char kNarrow[] = "Gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80";
constexpr wchar_t kWide[] = L"Gr\u00fc\u00df \U0001F600";

// As a function with a pointer parameter takes it.
std::string Narrow(LPCSTR text) { return text == nullptr ? "(null)" : text; }
std::wstring Wide(LPCWSTR text) { return text == nullptr ? L"(null)" : text; }

TEST(AtlText, ConvertsBothWays) {
  EXPECT_EQ(Wide(CA2W(kNarrow)), kWide);
  EXPECT_EQ(Narrow(CW2A(kWide)), kNarrow);
  EXPECT_EQ(Wide(CA2CW(kNarrow)), kWide);
  EXPECT_EQ(Narrow(COLE2CA(kWide)), kNarrow);
  EXPECT_EQ(Wide(ATL::CA2W(kNarrow, 65001)), kWide);
  EXPECT_EQ(Wide(CA2W("")), L"");
  EXPECT_EQ(Wide(CA2W(nullptr)), L"(null)");
  EXPECT_EQ(Narrow(CW2A(nullptr)), "(null)");
}

TEST(AtlText, LongTextsGoToTheHeap) {
  const std::string narrow(5000, 'x');
  EXPECT_EQ(Wide(CA2WEX<4>(narrow.c_str())).size(), 5000u);
  EXPECT_EQ(Wide(CA2W(narrow.c_str())).size(), 5000u);
  EXPECT_EQ(Narrow(CW2AEX<3>(kWide)), kNarrow);
  EXPECT_EQ(Narrow(CA2AEX<1>("abc")), "abc");
  const CW2A fits(kWide);
  EXPECT_EQ(fits.m_psz, fits.m_szBuffer);
}

TEST(AtlText, SameTypesCopyOrRefer) {
  CA2A copy(kNarrow);
  EXPECT_NE(static_cast<LPSTR>(copy), kNarrow);
  copy.m_psz[0] = 'g';
  EXPECT_EQ(static_cast<LPCSTR>(CA2CA(kNarrow)), kNarrow);
  EXPECT_EQ(static_cast<LPCWSTR>(CW2COLE(kWide)), kWide);
  EXPECT_EQ(Wide(CW2OLE(kWide)), kWide);
  EXPECT_EQ(Narrow(CT2A("t")), "t");
  EXPECT_EQ(Wide(CT2W("t")), L"t");
  EXPECT_EQ(Narrow(CW2T(L"t")), "t");
  EXPECT_EQ(Narrow(COLE2T(L"t")), "t");
}

TEST(AtlText, InvalidTextIsReplaced) {
  EXPECT_EQ(Wide(CA2W("a\xFF"
                      "b")),
            L"a\ufffd"
            L"b");
  const wchar_t surrogate[] = {L'a', static_cast<wchar_t>(0xd800), 0};
  EXPECT_EQ(Narrow(CW2A(surrogate)), "a\xEF\xBF\xBD");
}

TEST(AtlText, TakesACodePage) {
  EXPECT_EQ(Wide(CA2W("Gr\xFC\xDF", 1252)), L"Gr\u00fc\u00df");
  EXPECT_EQ(Narrow(CW2A(L"Gr\u00fc\u00df", 1252)), "Gr\xFC\xDF");
}

TEST(AtlText, UnknownCodePageIsThrown) {
  try {
    CA2W text("x", 12345);
    FAIL();
  } catch (const CAtlException& error) {
    EXPECT_EQ(error.m_hr, E_INVALIDARG);
  }
}

TEST(AtlText, MacrosKeepTheirTextToTheEndOfTheFunction) {
  USES_CONVERSION;
  LPCWSTR first = A2W(kNarrow);
  LPCWSTR second = A2CW("second");
  LPSTR third = W2A(kWide);
  LPCSTR fourth = OLE2CT(L"fourth");
  EXPECT_EQ(Wide(first), kWide);
  EXPECT_EQ(Wide(second), L"second");
  EXPECT_EQ(Narrow(third), kNarrow);
  EXPECT_EQ(Narrow(fourth), "fourth");
  EXPECT_EQ(A2W(nullptr), nullptr);
  EXPECT_EQ(W2A(nullptr), nullptr);
  EXPECT_EQ(Wide(T2OLE("t")), L"t");
  EXPECT_EQ(Wide(T2W("t")), L"t");
  wchar_t wide[] = L"same";
  EXPECT_EQ(W2OLE(wide), wide);
  EXPECT_EQ(T2CA(kNarrow), kNarrow);
}

TEST(AtlText, MacrosNameTheirTextOnce) {
  USES_CONVERSION;
  int calls = 0;
  const auto next = [&calls] {
    ++calls;
    return "text";
  };
  EXPECT_EQ(Wide(A2W(next())), L"text");
  EXPECT_EQ(calls, 1);
}

TEST(AtlText, MakesBstrs) {
  BSTR texts[] = {A2BSTR("x"), W2BSTR(L"x"), OLE2BSTR(L"x"), T2BSTR("x")};
  for (BSTR text : texts) {
    EXPECT_STREQ(text, L"x");
    SysFreeString(text);
  }
  EXPECT_EQ(A2BSTR(nullptr), nullptr);
}

}  // namespace
