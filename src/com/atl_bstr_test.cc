// CComBSTR.
#include <atlbase.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "com/memory.h"

namespace {

std::wstring Wide(const CComBSTR& text) { return text == NULL ? L"(null)" : std::wstring(text, text.Length()); }

HRESULT Give(BSTR* target) {
  *target = SysAllocString(L"given");
  return S_OK;
}

TEST(AtlBstr, IsConstructedFromEveryKindOfText) {
  EXPECT_EQ(CComBSTR().m_str, nullptr);
  EXPECT_EQ(Wide(CComBSTR(L"wide")), L"wide");
  EXPECT_EQ(Wide(CComBSTR("Gr\xC3\xBC\xC3\x9F")), L"Gr\u00fc\u00df");
  EXPECT_EQ(Wide(CComBSTR(static_cast<LPCSTR>(nullptr))), L"(null)");
  EXPECT_EQ(Wide(CComBSTR(static_cast<LPCOLESTR>(nullptr))), L"(null)");
  EXPECT_EQ(Wide(CComBSTR(NULL)), L"(null)");
  EXPECT_EQ(Wide(CComBSTR(nullptr)), L"(null)");
  EXPECT_EQ(Wide(CComBSTR(0)), L"(null)");
  EXPECT_EQ(CComBSTR(12).Length(), 12u);
  EXPECT_EQ(CComBSTR(std::wstring(3, L'x').size()).Length(), 3u);
  EXPECT_EQ(Wide(CComBSTR(2, L"wide")), L"wi");
  EXPECT_EQ(Wide(CComBSTR(3, L"a\0b")), std::wstring(L"a\0b", 3));
  EXPECT_EQ(Wide(CComBSTR(2, "narrow")), L"na");
  EXPECT_EQ(Wide(CComBSTR(200, "short")), L"short");
  EXPECT_EQ(Wide(CComBSTR(IID_IUnknown)), L"{00000000-0000-0000-C000-000000000046}");
  EXPECT_THROW(CComBSTR(-1), CAtlException);
  EXPECT_THROW(CComBSTR(-1, L"x"), CAtlException);
}

TEST(AtlBstr, CopiesMovesAndAssigns) {
  const CComBSTR embedded(3, L"a\0b");
  CComBSTR copy = embedded;
  EXPECT_NE(copy.m_str, embedded.m_str);
  EXPECT_EQ(Wide(copy), std::wstring(L"a\0b", 3));
  BSTR address = copy.m_str;
  CComBSTR moved = std::move(copy);
  EXPECT_EQ(moved.m_str, address);
  EXPECT_EQ(copy.m_str, nullptr);
  copy = L"wide";
  copy = copy.m_str;
  EXPECT_EQ(Wide(copy), L"wide");
  copy = "narrow";
  EXPECT_EQ(Wide(copy), L"narrow");
  const CComBSTR& same = copy;
  copy = same;
  EXPECT_EQ(Wide(copy), L"narrow");
  copy = std::move(moved);
  EXPECT_EQ(copy.m_str, address);
  copy = nullptr;
  EXPECT_TRUE(!copy);
  copy = CComBSTR();
  EXPECT_EQ(copy.Length(), 0u);
}

TEST(AtlBstr, ReceivesThroughItsAddress) {
  CComBSTR text;
  ASSERT_EQ(Give(&text), S_OK);
  EXPECT_EQ(Wide(text), L"given");
  text.Empty();
  text.Empty();
  EXPECT_EQ(text.m_str, nullptr);
}

TEST(AtlBstr, AppendsEveryKindOfText) {
  CComBSTR text;
  EXPECT_EQ(text.Append(L"a"), S_OK);
  EXPECT_EQ(text.Append("b\xC3\xBC"), S_OK);
  EXPECT_EQ(text.Append(L'c'), S_OK);
  EXPECT_EQ(text.Append('d'), S_OK);
  EXPECT_EQ(text.Append(L"efgh", 2), S_OK);
  EXPECT_EQ(text.Append(L"x", -1), E_INVALIDARG);
  EXPECT_EQ(text.Append(static_cast<LPCOLESTR>(nullptr)), S_OK);
  EXPECT_EQ(text.Append(static_cast<LPCSTR>(nullptr)), S_OK);
  wchar_t array[] = L"g";
  EXPECT_EQ(text.AppendBSTR(array), S_OK);
  EXPECT_EQ(text.AppendBSTR(nullptr), S_OK);
  text += L"h";
  text += CComBSTR(L"i");
  text += "j";
  EXPECT_EQ(Wide(text), L"ab\u00fccdefghij");
  text = L"ab";
  EXPECT_EQ(text.Append(text), S_OK);
  text += text.m_str;
  EXPECT_EQ(Wide(text), L"abababab");
  EXPECT_EQ(text.AppendBytes(reinterpret_cast<const char*>(L"!"), sizeof(wchar_t)), S_OK);
  EXPECT_EQ(text.AppendBytes("x", -1), E_INVALIDARG);
  EXPECT_EQ(Wide(text), L"abababab!");
}

TEST(AtlBstr, GivesCopiesAway) {
  CComBSTR text(L"text");
  BSTR copy = text.Copy();
  EXPECT_STREQ(copy, L"text");
  text.Attach(copy);
  text.Attach(text.m_str);
  EXPECT_EQ(Wide(text), L"text");
  EXPECT_EQ(text.CopyTo(&copy), S_OK);
  SysFreeString(copy);
  EXPECT_EQ(text.CopyTo(static_cast<BSTR*>(nullptr)), E_POINTER);
  CComVariant value;
  EXPECT_EQ(text.CopyTo(static_cast<VARIANT*>(&value)), S_OK);
  EXPECT_EQ(value.vt, VT_BSTR);
  EXPECT_STREQ(value.bstrVal, L"text");
  copy = text.Detach();
  EXPECT_EQ(text.m_str, nullptr);
  EXPECT_EQ(text.AssignBSTR(copy), S_OK);
  EXPECT_NE(text.m_str, copy);
  SysFreeString(copy);
  EXPECT_EQ(text.AssignBSTR(nullptr), S_OK);
  EXPECT_TRUE(text == NULL);
  EXPECT_EQ(text.Copy(), nullptr);
}

TEST(AtlBstr, ComparesByCodePoint) {
  const CComBSTR b(L"b");
  EXPECT_TRUE(b == L"b" && b == "b" && b == CComBSTR("b"));
  EXPECT_TRUE(b != L"B" && b != "bb" && b != CComBSTR());
  EXPECT_TRUE(b != NULL && b != nullptr);
  EXPECT_FALSE(b == NULL || b == nullptr || !b);
  EXPECT_TRUE(b < L"c" && b < "ba" && b < CComBSTR(L"\u00fc"));
  EXPECT_TRUE(b > L"a" && b > "" && b > CComBSTR(L"B"));
  EXPECT_FALSE(b < b || b > b);
  EXPECT_TRUE(CComBSTR() == L"");
  EXPECT_TRUE(CComBSTR(3, L"a\0b") != L"a");
  std::set<CComBSTR> names{L"x", L"a", "x"};
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(Wide(*names.begin()), L"a");
}

TEST(AtlBstr, ComparesWithABstrThatTheProgramHolds) {
  BSTR held = SysAllocString(L"beta");
  const CComBSTR same(L"beta");
  const CComBSTR less(L"alpha");
  EXPECT_TRUE(same == held);
  EXPECT_FALSE(same != held);
  EXPECT_TRUE(less != held);
  EXPECT_TRUE(less < held);
  EXPECT_FALSE(less > held);
  SysFreeString(held);
}

TEST(AtlBstr, ChangesCase) {
  CComBSTR text(L"Stra\u00dfe \u00c4\u03a9");
  EXPECT_EQ(text.ToLower(), S_OK);
  EXPECT_EQ(Wide(text), L"stra\u00dfe \u00e4\u03c9");
  EXPECT_EQ(text.ToUpper(), S_OK);
  EXPECT_EQ(Wide(text), L"STRA\u00dfE \u00c4\u03a9");
  EXPECT_EQ(CComBSTR().ToLower(), S_OK);
}

TEST(AtlBstr, BecomesAByteArrayAndBack) {
  const CComBSTR text(L"ab");
  SAFEARRAY* array = nullptr;
  ASSERT_EQ(text.BSTRToArray(&array), S_OK);
  EXPECT_EQ(array->rgsabound[0].cElements, text.ByteLength());
  CComBSTR back;
  EXPECT_EQ(back.ArrayToBSTR(array), S_OK);
  EXPECT_TRUE(back == text);
  SafeArrayDestroy(array);
  EXPECT_EQ(back.ArrayToBSTR(nullptr), E_INVALIDARG);
  array = SafeArrayCreateVector(VT_I2, 0, 2);
  EXPECT_EQ(back.ArrayToBSTR(array), E_INVALIDARG);
  SafeArrayDestroy(array);
}

TEST(AtlBstr, LivesInVectors) {
  std::vector<CComBSTR> texts;
  for (int i = 0; i < 50; ++i) texts.emplace_back(L"text");
  texts.insert(texts.begin(), L"first");
  EXPECT_EQ(Wide(texts[0]), L"first");
  EXPECT_EQ(Wide(texts.back()), L"text");
}

TEST(AtlBstr, LackOfMemoryIsThrownOrReturned) {
  CComBSTR text(L"kept");
  const CComBSTR other(L"other");
  const wmi::FaultScope fault(wmi::com::kAllocationFault, 1, wmi::FaultMode::kFromThere);
  EXPECT_EQ(text.Append(L"x"), E_OUTOFMEMORY);
  EXPECT_EQ(text.Append("x"), E_OUTOFMEMORY);
  EXPECT_EQ(text.AssignBSTR(other), E_OUTOFMEMORY);
  EXPECT_TRUE(text == L"kept");
  try {
    CComBSTR copy(other);
    FAIL();
  } catch (const CAtlException& error) {
    EXPECT_EQ(error.m_hr, E_OUTOFMEMORY);
  }
  EXPECT_THROW(text = L"x", CAtlException);
  EXPECT_THROW(text += L"x", CAtlException);
  EXPECT_THROW(CComBSTR(5), CAtlException);
  EXPECT_TRUE(text == L"kept");
}

}  // namespace
