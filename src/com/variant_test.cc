#include "com/variant.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/fault.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/memory.h"

namespace wmi::com {
namespace {

class Counted final : public ComObject<IUnknown> {};

VARIANT Garbage() {
  VARIANT v;
  std::memset(static_cast<void*>(&v), 0xAB, sizeof v);
  return v;
}

bool IsAllZero(const VARIANT& v) {
  VARIANT zero;
  std::memset(static_cast<void*>(&zero), 0, sizeof zero);
  return std::memcmp(&v, &zero, sizeof v) == 0;
}

TEST(Variant, InitZeroesTheWholeStructure) {
  VARIANT v = Garbage();
  VariantInit(&v);
  EXPECT_TRUE(IsAllZero(v));
}

TEST(Variant, EveryMemberShowsTheRightNumber) {
  VARIANT v = Garbage();
  SetUint32(v, 4000000000u);
  EXPECT_EQ(v.vt, VT_I4);
  EXPECT_EQ(v.lVal, 4000000000L);
  EXPECT_EQ(v.ulVal, 4000000000UL);
  EXPECT_EQ(v.uintVal, 4000000000u);
  EXPECT_EQ(v.intVal, -294967296);
  v = Garbage();
  SetSint32(v, -5);
  EXPECT_EQ(v.lVal, -5);
  EXPECT_EQ(v.intVal, -5);
  v = Garbage();
  SetUint16(v, 65535);
  EXPECT_EQ(v.vt, VT_I4);
  EXPECT_EQ(v.lVal, 65535);
  v = Garbage();
  SetSint16(v, -2);
  EXPECT_EQ(v.iVal, -2);
  EXPECT_EQ(v.lVal, -2);
  v = Garbage();
  SetUint8(v, 200);
  EXPECT_EQ(v.bVal, 200);
  EXPECT_EQ(v.lVal, 200);
  v = Garbage();
  SetBool(v, true);
  EXPECT_EQ(v.boolVal, VARIANT_TRUE);
}

TEST(Variant, InputReadsTheLow32Bits) {
  VARIANT v = Garbage();
  v.vt = VT_I4;
  v.intVal = -7;
  EXPECT_EQ(LowSint32(v), -7);
  v.uintVal = 4000000000u;
  EXPECT_EQ(LowUint32(v), 4000000000u);
}

TEST(Variant, ClearFreesWhatItOwns) {
  const std::size_t before = LiveObjects();
  VARIANT v;
  VariantInit(&v);
  SetUnknown(v, new Counted());
  EXPECT_EQ(LiveObjects(), before + 1);
  EXPECT_EQ(VariantClear(&v), S_OK);
  EXPECT_TRUE(IsAllZero(v));
  EXPECT_EQ(LiveObjects(), before);
  SetBstr(v, SysAllocString(L"text"));
  EXPECT_EQ(VariantClear(&v), S_OK);
  SetArray(v, VT_BSTR, SafeArrayCreateVector(VT_BSTR, 0, 2));
  EXPECT_EQ(VariantClear(&v), S_OK);
}

TEST(Variant, ClearRefusesBadTypesAndLockedArrays) {
  VARIANT v = Garbage();
  EXPECT_EQ(VariantClear(&v), DISP_E_BADVARTYPE);
  EXPECT_EQ(VariantClear(nullptr), E_INVALIDARG);
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 1);
  SetArray(v, VT_I4, array);
  SafeArrayLock(array);
  EXPECT_EQ(VariantClear(&v), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(v.parray, array);
  SafeArrayUnlock(array);
  EXPECT_EQ(VariantClear(&v), S_OK);
}

TEST(Variant, CopyIsDeepForTextAndCountedForObjects) {
  VARIANT source;
  VARIANT copy;
  VariantInit(&copy);
  SetBstr(source, SysAllocStringLen(L"a\0b", 3));
  EXPECT_EQ(VariantCopy(&copy, &source), S_OK);
  EXPECT_NE(copy.bstrVal, source.bstrVal);
  EXPECT_EQ(SysStringLen(copy.bstrVal), 3u);
  VariantClear(&source);
  auto object = MakeCom<Counted>();
  SetUnknown(source, object.get());
  object->AddRef();
  EXPECT_EQ(VariantCopy(&copy, &source), S_OK);
  EXPECT_EQ(copy.punkVal, object.get());
  EXPECT_EQ(object->AddRef(), 4u);
  object->Release();
  VariantClear(&source);
  VariantClear(&copy);
}

TEST(Variant, CopyToItselfChangesNothing) {
  VARIANT v;
  SetBstr(v, SysAllocString(L"x"));
  EXPECT_EQ(VariantCopy(&v, &v), S_OK);
  EXPECT_STREQ(v.bstrVal, L"x");
  VariantClear(&v);
}

TEST(Variant, CopyIndFollowsReferences) {
  LONG number = 42;
  VARIANT reference;
  VariantInit(&reference);
  reference.vt = VT_I4 | VT_BYREF;
  reference.plVal = &number;
  VARIANT copy;
  VariantInit(&copy);
  EXPECT_EQ(VariantCopyInd(&copy, &reference), S_OK);
  EXPECT_EQ(copy.vt, VT_I4);
  EXPECT_EQ(copy.lVal, 42);
  VARIANT outer;
  VariantInit(&outer);
  outer.vt = VT_VARIANT | VT_BYREF;
  outer.pvarVal = &reference;
  EXPECT_EQ(VariantCopyInd(&copy, &outer), S_OK);
  EXPECT_EQ(copy.lVal, 42);
  outer.pvarVal = &outer;
  EXPECT_EQ(VariantCopyInd(&copy, &outer), E_INVALIDARG);
  outer.pvarVal = nullptr;
  EXPECT_EQ(VariantCopyInd(&copy, &outer), E_INVALIDARG);
}

TEST(Variant, CopyWithoutMemoryLeavesTheTarget) {
  VARIANT source;
  VARIANT target;
  SetArray(source, VT_BSTR, SafeArrayCreateVector(VT_BSTR, 0, 3));
  for (LONG i = 0; i < 3; ++i) {
    BSTR text = SysAllocString(L"element");
    SafeArrayPutElement(source.parray, &i, text);
    SysFreeString(text);
  }
  SetBstr(target, SysAllocString(L"kept"));
  const std::size_t failures = ForEachFault(kAllocationFault, 50, [&] {
    if (const HRESULT hr = VariantCopy(&target, &source); FAILED(hr)) {
      EXPECT_EQ(hr, E_OUTOFMEMORY);
      EXPECT_EQ(target.vt, VT_BSTR);
      EXPECT_STREQ(target.bstrVal, L"kept");
    }
  });
  EXPECT_EQ(failures, 5u);  // descriptor, data, three strings
  EXPECT_EQ(target.vt, VT_ARRAY | VT_BSTR);
  VariantClear(&target);
  VariantClear(&source);
}

TEST(Variant, KnowsItsTypes) {
  EXPECT_TRUE(IsVariantType(VT_EMPTY));
  EXPECT_TRUE(IsVariantType(VT_ARRAY | VT_VARIANT));
  EXPECT_TRUE(IsVariantType(VT_BYREF | VT_VARIANT));
  EXPECT_FALSE(IsVariantType(VT_VARIANT));
  EXPECT_FALSE(IsVariantType(VT_ARRAY | VT_EMPTY));
  EXPECT_FALSE(IsVariantType(VT_BYREF | VT_NULL));
  EXPECT_FALSE(IsVariantType(15));
  EXPECT_FALSE(IsVariantType(VT_VOID));
  EXPECT_FALSE(IsVariantType(VT_LPWSTR));
  EXPECT_FALSE(IsVariantType(VT_VECTOR | VT_I4));
}

}  // namespace
}  // namespace wmi::com
