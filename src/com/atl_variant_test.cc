// CComVariant.
#include <atlbase.h>
#include <comdef.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/fault.h"
#include "com/com_object.h"
#include "com/memory.h"

namespace {

using wmi::com::ComObject;
using wmi::com::LiveObjects;

class Object final : public ComObject<ISupportErrorInfo> {
 public:
  HRESULT InterfaceSupportsErrorInfo(REFIID) override { return S_FALSE; }
};

TEST(AtlVariant, HasTheTypeOfItsValue) {
  EXPECT_EQ(CComVariant().vt, VT_EMPTY);
  EXPECT_EQ(CComVariant(L"x").vt, VT_BSTR);
  EXPECT_EQ(CComVariant("x").vt, VT_BSTR);
  EXPECT_EQ(CComVariant(CComBSTR(L"x")).vt, VT_BSTR);
  EXPECT_EQ(CComVariant(true).vt, VT_BOOL);
  EXPECT_EQ(CComVariant(true).boolVal, VARIANT_TRUE);
  EXPECT_EQ(CComVariant(false).boolVal, VARIANT_FALSE);
  EXPECT_EQ(CComVariant('a').vt, VT_I1);
  EXPECT_EQ(CComVariant(static_cast<BYTE>(1)).vt, VT_UI1);
  EXPECT_EQ(CComVariant(static_cast<short>(1)).vt, VT_I2);
  EXPECT_EQ(CComVariant(static_cast<unsigned short>(1)).vt, VT_UI2);
  EXPECT_EQ(CComVariant(1).vt, VT_I4);
  EXPECT_EQ(CComVariant(1, VT_INT).vt, VT_INT);
  EXPECT_EQ(CComVariant(1u).vt, VT_UI4);
  EXPECT_EQ(CComVariant(1u, VT_UINT).vt, VT_UINT);
  EXPECT_EQ(CComVariant(1L).vt, VT_I4);
  EXPECT_EQ(CComVariant(1L, VT_ERROR).vt, VT_ERROR);
  EXPECT_EQ(CComVariant(1UL).vt, VT_UI4);
  EXPECT_EQ(CComVariant(1LL).vt, VT_I8);
  EXPECT_EQ(CComVariant(1ULL).vt, VT_UI8);
  EXPECT_EQ(CComVariant(1.5f).vt, VT_R4);
  EXPECT_EQ(CComVariant(1.5).vt, VT_R8);
  EXPECT_EQ(CComVariant(1.5, VT_DATE).vt, VT_DATE);
  CY money;
  money.int64 = 12345;
  EXPECT_EQ(CComVariant(money).vt, VT_CY);
  EXPECT_EQ(CComVariant(static_cast<IUnknown*>(nullptr)).vt, VT_UNKNOWN);
  EXPECT_EQ(CComVariant(static_cast<IDispatch*>(nullptr)).vt, VT_DISPATCH);
  const CComVariant wrong(1, VT_BSTR);
  EXPECT_EQ(wrong.vt, VT_ERROR);
  EXPECT_EQ(wrong.scode, E_INVALIDARG);
}

TEST(AtlVariant, FillsAllBytesOfAnInteger) {
  EXPECT_EQ(CComVariant(-1).lVal, -1);
  EXPECT_EQ(CComVariant(-1).llVal, -1);
  EXPECT_EQ(CComVariant(static_cast<short>(-2)).lVal, -2);
  EXPECT_EQ(CComVariant(4000000000u).ulVal, 4000000000ul);
  EXPECT_EQ(CComVariant(true).lVal, -1);
}

TEST(AtlVariant, CopiesAndMoves) {
  CComVariant text(L"text");
  CComVariant copy = text;
  EXPECT_NE(copy.bstrVal, text.bstrVal);
  BSTR address = text.bstrVal;
  CComVariant moved = std::move(text);
  EXPECT_EQ(moved.bstrVal, address);
  EXPECT_EQ(text.vt, VT_EMPTY);
  const VARIANT& plain = copy;
  CComVariant from_plain(plain);
  EXPECT_TRUE(from_plain == copy);
  from_plain = plain;
  from_plain = _variant_t(5L);
  EXPECT_EQ(from_plain.lVal, 5);
  std::vector<CComVariant> values(10, copy);
  values.emplace_back(3);
  EXPECT_TRUE(values[9] == copy);
}

TEST(AtlVariant, IsAssignedEveryValue) {
  CComVariant value;
  value = L"wide";
  EXPECT_STREQ(value.bstrVal, L"wide");
  value = "narrow";
  EXPECT_STREQ(value.bstrVal, L"narrow");
  value = CComBSTR(L"text");
  EXPECT_STREQ(value.bstrVal, L"text");
  value = 5;
  EXPECT_EQ(value.vt, VT_I4);
  value = 5u;
  EXPECT_EQ(value.vt, VT_UI4);
  value = true;
  EXPECT_EQ(value.vt, VT_BOOL);
  value = 2.5;
  EXPECT_EQ(value.dblVal, 2.5);
  value = static_cast<BYTE>(7);
  EXPECT_EQ(value.vt, VT_UI1);
  const CComVariant& same = value;
  value = same;
  EXPECT_EQ(value.bVal, 7);
}

TEST(AtlVariant, CountsObjects) {
  const std::size_t before = LiveObjects();
  {
    CComPtr<ISupportErrorInfo> object;
    object.Attach(new Object());
    CComVariant value(object);
    EXPECT_EQ(value.vt, VT_UNKNOWN);
    value = object.p;
    CComVariant copy(value);
    object.Release();
    EXPECT_EQ(LiveObjects(), before + 1);
  }
  EXPECT_EQ(LiveObjects(), before);
}

TEST(AtlVariant, CopiesArrays) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 3);
  CComVariant value(array);
  EXPECT_EQ(value.vt, VT_ARRAY | VT_I4);
  EXPECT_NE(value.parray, array);
  SafeArrayDestroy(array);
  EXPECT_EQ(value.parray->rgsabound[0].cElements, 3u);
  EXPECT_THROW(CComVariant(static_cast<const SAFEARRAY*>(nullptr)), CAtlException);
}

TEST(AtlVariant, AttachesDetachesAndConverts) {
  VARIANT raw;
  VariantInit(&raw);
  raw.vt = VT_BSTR;
  raw.bstrVal = SysAllocString(L"42");
  CComVariant value(L"freed");
  EXPECT_EQ(value.Attach(&raw), S_OK);
  EXPECT_EQ(raw.vt, VT_EMPTY);
  EXPECT_EQ(value.Attach(&value), S_OK);
  BSTR text = nullptr;
  EXPECT_EQ(value.CopyTo(&text), S_OK);
  EXPECT_STREQ(text, L"42");
  SysFreeString(text);
  CComVariant number;
  EXPECT_EQ(number.ChangeType(VT_I4, &value), S_OK);
  EXPECT_EQ(number.lVal, 42);
  EXPECT_EQ(number.CopyTo(&text), DISP_E_TYPEMISMATCH);
  EXPECT_EQ(value.ChangeType(VT_UI1), S_OK);
  EXPECT_EQ(value.bVal, 42);
  EXPECT_EQ(value.Copy(&number), S_OK);
  EXPECT_EQ(value.Detach(&raw), S_OK);
  EXPECT_EQ(value.vt, VT_EMPTY);
  EXPECT_EQ(raw.lVal, 42);
  EXPECT_EQ(value.Copy(nullptr), E_POINTER);
  EXPECT_EQ(value.Clear(), S_OK);
}

TEST(AtlVariant, RefersWithoutOwning) {
  int number = 5;
  CComVariant value;
  value.SetByRef(&number);
  EXPECT_EQ(value.vt, VT_INT | VT_BYREF);
  VARIANT read;
  VariantInit(&read);
  EXPECT_EQ(VariantCopyInd(&read, &value), S_OK);
  EXPECT_EQ(read.intVal, 5);
  CComBSTR text(L"x");
  value.SetByRef(&text);
  EXPECT_EQ(value.vt, VT_BSTR | VT_BYREF);
}

TEST(AtlVariant, Compares) {
  EXPECT_TRUE(CComVariant(5) == CComVariant(5L));
  EXPECT_TRUE(CComVariant(5) != CComVariant(5u));
  EXPECT_TRUE(CComVariant(L"a") == CComVariant("a"));
  EXPECT_TRUE(CComVariant(L"a") != CComVariant(L"A"));
  EXPECT_TRUE(CComVariant(L"a") < CComVariant(L"b"));
  EXPECT_TRUE(CComVariant(-1) < CComVariant(1ULL));
  EXPECT_TRUE(CComVariant(~0ULL) > CComVariant(1));
  EXPECT_TRUE(CComVariant(~0ULL) == CComVariant(~0ULL));
  EXPECT_TRUE(CComVariant(2.5) > CComVariant(2));
  EXPECT_TRUE(CComVariant(L"10") > CComVariant(9));
  EXPECT_FALSE(CComVariant(L"x") < CComVariant(9));
  EXPECT_FALSE(CComVariant(L"x") > CComVariant(9));
  EXPECT_TRUE(CComVariant() == CComVariant());
  EXPECT_TRUE(CComVariant(E_FAIL, VT_ERROR) == CComVariant(E_FAIL, VT_ERROR));
  EXPECT_TRUE(CComVariant(E_FAIL, VT_ERROR) != CComVariant(E_POINTER, VT_ERROR));
  CComVariant null;
  null.vt = VT_NULL;
  EXPECT_TRUE(null == null);
  EXPECT_FALSE(null < null || null > null);
  const VARIANT& plain = null;
  EXPECT_TRUE(null == plain);
  EXPECT_TRUE(CComVariant() != plain);
}

TEST(AtlVariant, LackOfMemoryIsThrownOrReturned) {
  const CComVariant text(L"text");
  CComVariant value(5);
  const wmi::FaultScope fault(wmi::com::kAllocationFault, 1, wmi::FaultMode::kFromThere);
  EXPECT_EQ(value.Copy(&text), E_OUTOFMEMORY);
  EXPECT_EQ(value.lVal, 5);
  EXPECT_THROW(value = L"x", CAtlException);
  EXPECT_EQ(value.lVal, 5);
  EXPECT_THROW(value = text, CAtlException);
  EXPECT_EQ(value.vt, VT_ERROR);
  EXPECT_EQ(value.scode, E_OUTOFMEMORY);
}

}  // namespace
