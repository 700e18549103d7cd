// CComSafeArray.
#include <atlbase.h>
#include <atlsafe.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

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

HRESULT ThrownBy(const auto& function) {
  try {
    function();
    return S_OK;
  } catch (const CAtlException& error) {
    return error.m_hr;
  }
}

TEST(AtlSafeArray, HoldsNumbers) {
  CComSafeArray<LONG> numbers(3);
  numbers[0] = 5;
  numbers[1L] = -7;
  EXPECT_EQ(numbers.SetAt(2, 9), S_OK);
  EXPECT_EQ(numbers.Add(11), S_OK);
  EXPECT_EQ(numbers.GetCount(), 4u);
  EXPECT_EQ(numbers.GetLowerBound(), 0);
  EXPECT_EQ(numbers.GetUpperBound(), 3);
  EXPECT_EQ(numbers.GetAt(1), -7);
  EXPECT_EQ(numbers.GetAt(3), 11);
  EXPECT_EQ(numbers.GetType(), VT_I4);
  EXPECT_EQ(numbers.GetDimensions(), 1u);
  // What everybody else reads.
  LONG index = 1;
  int narrow = 0;
  EXPECT_EQ(SafeArrayGetElement(numbers, &index, &narrow), S_OK);
  EXPECT_EQ(narrow, -7);
}

TEST(AtlSafeArray, ChoosesTheVartype) {
  EXPECT_EQ(CComSafeArray<int>().GetType(), VT_INT);
  EXPECT_EQ(CComSafeArray<ULONG>().GetType(), VT_UI4);
  EXPECT_EQ(CComSafeArray<BYTE>().GetType(), VT_UI1);
  EXPECT_EQ(CComSafeArray<short>().GetType(), VT_I2);
  EXPECT_EQ((CComSafeArray<VARIANT_BOOL, VT_BOOL>().GetType()), VT_BOOL);
  EXPECT_EQ(CComSafeArray<double>().GetType(), VT_R8);
  EXPECT_EQ(CComSafeArray<BSTR>().GetType(), VT_BSTR);
  EXPECT_EQ(CComSafeArray<VARIANT>().GetType(), VT_VARIANT);
}

TEST(AtlSafeArray, OwnsTexts) {
  CComSafeArray<BSTR> texts;
  EXPECT_EQ(texts.Add(CComBSTR(L"first")), S_OK);
  wchar_t array[] = L"second";
  EXPECT_EQ(texts.Add(array), S_OK);
  EXPECT_EQ(texts.Add(SysAllocString(L"third"), FALSE), S_OK);
  EXPECT_EQ(texts.GetCount(), 3u);
  texts[0] = L"changed";
  EXPECT_EQ(texts.SetAt(1, SysAllocString(L"taken"), FALSE), S_OK);
  EXPECT_STREQ(texts[0], L"changed");
  EXPECT_STREQ(texts.GetAt(1), L"taken");
  EXPECT_EQ(texts[2].Length(), 5u);
  BSTR plain = texts.GetAt(2);
  EXPECT_STREQ(plain, L"third");
  EXPECT_EQ(texts.Resize(1), S_OK);
  EXPECT_EQ(texts.GetCount(), 1u);
}

TEST(AtlSafeArray, OwnsVariantsAndObjects) {
  const std::size_t before = LiveObjects();
  {
    CComPtr<IUnknown> object;
    object.Attach(new Object());
    CComSafeArray<IUnknown*> objects;
    EXPECT_EQ(objects.Add(object), S_OK);
    objects[0].p->AddRef();
    EXPECT_EQ(objects[0].p->Release(), 2u);
    CComSafeArray<VARIANT> values(2);
    values[0] = object.p;
    EXPECT_EQ(values.SetAt(1, CComVariant(L"text")), S_OK);
    CComSafeArray<VARIANT> copy(values);
    object.Release();
    EXPECT_STREQ(copy[1].bstrVal, L"text");
    EXPECT_EQ(LiveObjects(), before + 1);
  }
  EXPECT_EQ(LiveObjects(), before);
}

TEST(AtlSafeArray, CopiesAttachesAndDetaches) {
  CComVariant value;
  {
    CComSafeArray<LONG> numbers(2);
    numbers[1] = 8;
    value = static_cast<LPSAFEARRAY>(numbers);
  }
  CComSafeArray<LONG> copy(value.parray);
  copy[0] = 1;
  EXPECT_EQ(static_cast<LONG*>(value.parray->pvData)[0], 0);
  CComSafeArray<LONG> view;
  EXPECT_EQ(view.Attach(value.parray), S_OK);
  EXPECT_EQ(view[1], 8);
  EXPECT_EQ(value.Clear(), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(view.Detach(), value.parray);
  EXPECT_EQ(view.Detach(), nullptr);
  EXPECT_EQ(value.Clear(), S_OK);
  view = copy;
  EXPECT_NE(view.m_psa, copy.m_psa);
  CComSafeArray<LONG> moved = std::move(view);
  EXPECT_EQ(moved[1], 8);
  LPSAFEARRAY raw = nullptr;
  EXPECT_EQ(moved.CopyTo(&raw), S_OK);
  EXPECT_EQ(moved.Add(raw), S_OK);
  EXPECT_EQ(moved.GetCount(), 4u);
  EXPECT_EQ(moved[3], 8);
  EXPECT_EQ(SafeArrayDestroy(raw), S_OK);
  EXPECT_EQ(moved.Destroy(), S_OK);
  EXPECT_EQ(moved.Destroy(), S_OK);
  EXPECT_EQ(moved.CopyTo(&raw), E_INVALIDARG);
}

TEST(AtlSafeArray, KeepsItsLowerBound) {
  CComSafeArray<LONG> numbers(2, -1);
  numbers[-1] = 4;
  EXPECT_EQ(numbers.Add(6), S_OK);
  EXPECT_EQ(numbers.GetLowerBound(), -1);
  EXPECT_EQ(numbers.GetUpperBound(), 1);
  EXPECT_EQ(numbers[1], 6);
}

TEST(AtlSafeArray, HasSeveralDimensions) {
  CComSafeArrayBound bounds[2];
  bounds[0].SetCount(2);
  bounds[1] = CComSafeArrayBound(3, 10);
  EXPECT_EQ(bounds[1].GetUpperBound(), 12);
  CComSafeArray<LONG> grid(bounds, 2);
  EXPECT_EQ(grid.GetDimensions(), 2u);
  LONG index[] = {1, 12};
  EXPECT_EQ(grid.MultiDimSetAt(index, 42), S_OK);
  LONG read = 0;
  EXPECT_EQ(grid.MultiDimGetAt(index, read), S_OK);
  EXPECT_EQ(read, 42);
  index[0] = 2;
  EXPECT_EQ(grid.MultiDimGetAt(index, read), DISP_E_BADINDEX);
  EXPECT_FALSE(grid.IsSizable());
  EXPECT_EQ(ThrownBy([&] { grid.GetAt(0) = 1; }), E_INVALIDARG);
  CComSafeArray<BSTR> texts(bounds, 2);
  index[0] = 0;
  EXPECT_EQ(texts.MultiDimSetAt(index, CComBSTR(L"cell")), S_OK);
  CComBSTR cell;
  EXPECT_EQ(texts.MultiDimGetAt(index, cell.m_str), S_OK);
  EXPECT_TRUE(cell == L"cell");
}

TEST(AtlSafeArray, ThrowsWhatItCannotReturn) {
  CComSafeArray<LONG> empty;
  EXPECT_EQ(ThrownBy([&] { static_cast<void>(empty.GetCount()); }), E_INVALIDARG);
  EXPECT_EQ(ThrownBy([&] { empty[0] = 1; }), E_INVALIDARG);
  CComSafeArray<LONG> numbers(2);
  EXPECT_EQ(ThrownBy([&] { numbers[2] = 1; }), E_INVALIDARG);
  EXPECT_EQ(ThrownBy([&] { numbers.GetAt(-1) = 1; }), E_INVALIDARG);
  EXPECT_EQ(ThrownBy([&] { static_cast<void>(numbers.GetUpperBound(1)); }), E_INVALIDARG);
  CComSafeArray<BSTR> texts;
  EXPECT_EQ(ThrownBy([&] { texts.Attach(numbers.m_psa); }), E_INVALIDARG);
  EXPECT_EQ(ThrownBy([&] { texts.CopyFrom(nullptr); }), E_INVALIDARG);
  const wmi::FaultScope fault(wmi::com::kAllocationFault, 1, wmi::FaultMode::kFromThere);
  EXPECT_EQ(ThrownBy([&] { CComSafeArray<LONG> none(5); }), E_OUTOFMEMORY);
  EXPECT_EQ(ThrownBy([&] { CComSafeArray<LONG> copy(numbers); }), E_OUTOFMEMORY);
  EXPECT_EQ(texts.Create(1), E_OUTOFMEMORY);
}

}  // namespace
