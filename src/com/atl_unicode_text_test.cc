// The conversions of atlconv.h in a program that defines UNICODE: T is wide.
#define UNICODE
#define _UNICODE
#include <atlconv.h>
#include <gtest/gtest.h>

#include <string>

namespace {

std::string Narrow(LPCSTR text) { return text; }
std::wstring Wide(LPCWSTR text) { return text; }

TEST(AtlUnicodeText, TextIsWide) {
  EXPECT_EQ(Narrow(CT2A(L"t\u00fc")), "t\xC3\xBC");
  EXPECT_EQ(Narrow(CT2CAEX<2>(L"text")), "text");
  EXPECT_EQ(Wide(CA2T("t")), L"t");
  EXPECT_EQ(Wide(CA2CT("t")), L"t");
  EXPECT_EQ(Wide(CT2W(L"t")), L"t");
  EXPECT_EQ(Wide(CW2T(L"t")), L"t");
  LPCTSTR same = L"same";
  EXPECT_EQ(static_cast<LPCTSTR>(CT2CW(same)), same);
  EXPECT_EQ(static_cast<LPCTSTR>(COLE2CT(same)), same);
}

TEST(AtlUnicodeText, MacrosConvertNarrowTextOnly) {
  USES_CONVERSION;
  EXPECT_EQ(Narrow(T2A(L"t")), "t");
  EXPECT_EQ(Narrow(T2CA(L"t")), "t");
  EXPECT_EQ(Wide(A2T("t")), L"t");
  EXPECT_EQ(Wide(A2CT("t")), L"t");
  wchar_t wide[] = L"same";
  EXPECT_EQ(T2OLE(wide), wide);
  EXPECT_EQ(OLE2T(wide), wide);
  EXPECT_EQ(T2CW(wide), wide);
  EXPECT_EQ(OLE2CT(wide), wide);
  BSTR text = T2BSTR(wide);
  EXPECT_STREQ(text, L"same");
  SysFreeString(text);
}

}  // namespace
