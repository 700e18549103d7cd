#include "com/safe_array.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "base/fault.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/memory.h"

namespace wmi::com {
namespace {

class Counted final : public ComObject<IUnknown> {};

SAFEARRAY* Texts(std::initializer_list<const wchar_t*> texts) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_BSTR, 0, static_cast<ULONG>(texts.size()));
  LONG index = 0;
  for (const wchar_t* text : texts) {
    EXPECT_EQ(SafeArrayPutElement(array, &index, const_cast<wchar_t*>(text)), S_OK);
    ++index;
  }
  return array;
}

TEST(SafeArray, VectorKnowsItsTypeAndBounds) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_BSTR, -2, 5);
  ASSERT_NE(array, nullptr);
  EXPECT_EQ(SafeArrayGetDim(array), 1u);
  EXPECT_EQ(SafeArrayGetElemsize(array), sizeof(BSTR));
  VARTYPE vt = 0;
  EXPECT_EQ(SafeArrayGetVartype(array, &vt), S_OK);
  EXPECT_EQ(vt, VT_BSTR);
  long low = 0;
  long high = 0;
  EXPECT_EQ(SafeArrayGetLBound(array, 1, &low), S_OK);
  EXPECT_EQ(SafeArrayGetUBound(array, 1, &high), S_OK);
  EXPECT_EQ(low, -2);
  EXPECT_EQ(high, 2);
  EXPECT_EQ(SafeArrayGetLBound(array, 0, &low), DISP_E_BADINDEX);
  EXPECT_EQ(SafeArrayGetUBound(array, 2, &high), DISP_E_BADINDEX);
  EXPECT_EQ(SafeArrayDestroy(array), S_OK);
}

TEST(SafeArray, EmptyVectorEndsBeforeItBegins) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 0);
  ASSERT_NE(array, nullptr);
  long high = 5;
  EXPECT_EQ(SafeArrayGetUBound(array, 1, &high), S_OK);
  EXPECT_EQ(high, -1);
  LONG index = 0;
  LONG value = 0;
  EXPECT_EQ(SafeArrayGetElement(array, &index, &value), DISP_E_BADINDEX);
  SafeArrayDestroy(array);
}

TEST(SafeArray, CreationRefusesWhatCannotBe) {
  SAFEARRAYBOUND bound = {1, 0};
  EXPECT_EQ(SafeArrayCreate(VT_EMPTY, 1, &bound), nullptr);
  EXPECT_EQ(SafeArrayCreate(VT_NULL, 1, &bound), nullptr);
  EXPECT_EQ(SafeArrayCreate(VT_I4, 0, &bound), nullptr);
  EXPECT_EQ(SafeArrayCreate(VT_I4, 1, nullptr), nullptr);
  EXPECT_EQ(SafeArrayCreate(VT_I4, kArrayDimensionsMax + 1, &bound), nullptr);
}

TEST(SafeArray, SizeIsLimited) {
  EXPECT_EQ(SafeArrayCreateVector(VT_I8, 0, kArrayBytesMax / 8 + 1), nullptr);
  EXPECT_EQ(SafeArrayCreateVector(VT_UI1, 0, ~ULONG{0}), nullptr);
  SAFEARRAYBOUND bounds[] = {{1ul << 33, 0}, {1ul << 33, 0}};
  EXPECT_EQ(SafeArrayCreate(VT_UI1, 2, bounds), nullptr);
  // At the limit the count itself is accepted; the memory is not asked for here.
  SAFEARRAY* descriptor = nullptr;
  ASSERT_EQ(SafeArrayAllocDescriptorEx(VT_UI1, 1, &descriptor), S_OK);
  descriptor->rgsabound[0].cElements = kArrayBytesMax;
  std::size_t count = 0;
  EXPECT_TRUE(CountElements(*descriptor, count));
  descriptor->rgsabound[0].cElements = kArrayBytesMax + 1;
  EXPECT_FALSE(CountElements(*descriptor, count));
  SafeArrayDestroyDescriptor(descriptor);
}

TEST(SafeArray, RawLongAccessSeesWholeElements) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 3);
  long* data = nullptr;
  ASSERT_EQ(SafeArrayAccessData(array, reinterpret_cast<void**>(&data)), S_OK);
  for (long i = 0; i < 3; ++i) data[i] = i * 1000;
  EXPECT_EQ(SafeArrayUnaccessData(array), S_OK);
  LONG index = 2;
  LONG wide = 0;
  EXPECT_EQ(SafeArrayGetElement(array, &index, &wide), S_OK);
  EXPECT_EQ(wide, 2000);
  SafeArrayDestroy(array);
}

TEST(SafeArray, NarrowTargetsAreNotOverrun) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_UI4, 0, 1);
  LONG index = 0;
  const unsigned int in = 4000000000u;
  unsigned int writable = in;
  ASSERT_EQ(SafeArrayPutElement(array, &index, &writable), S_OK);
  int out[2] = {0, 0x5A5A5A5A};
  ASSERT_EQ(SafeArrayGetElement(array, &index, &out[0]), S_OK);
  EXPECT_EQ(static_cast<unsigned int>(out[0]), in);
  EXPECT_EQ(out[1], 0x5A5A5A5A);
  ULONG wide = ~0ul;
  ASSERT_EQ(SafeArrayGetElement(array, &index, &wide), S_OK);
  EXPECT_EQ(wide, in);
  SafeArrayDestroy(array);

  array = SafeArrayCreateVector(VT_INT, 0, 2);
  LONG value = -7;
  ASSERT_EQ(SafeArrayPutElement(array, &index, &value), S_OK);
  value = 0;
  ASSERT_EQ(SafeArrayGetElement(array, &index, &value), S_OK);
  EXPECT_EQ(value, -7);
  index = 1;
  ASSERT_EQ(SafeArrayGetElement(array, &index, &value), S_OK);
  EXPECT_EQ(value, 0);
  SafeArrayDestroy(array);
}

TEST(SafeArray, OtherTypesKeepTheirWidth) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_UI1, 0, 4);
  EXPECT_EQ(SafeArrayGetElemsize(array), 1u);
  LONG index = 3;
  BYTE value = 0xEE;
  ASSERT_EQ(SafeArrayPutElement(array, &index, &value), S_OK);
  BYTE* data = nullptr;
  ASSERT_EQ(SafeArrayAccessData(array, reinterpret_cast<void**>(&data)), S_OK);
  EXPECT_EQ(data[3], 0xEE);
  EXPECT_EQ(data[2], 0);
  SafeArrayUnaccessData(array);
  SafeArrayDestroy(array);
}

TEST(SafeArray, StringsAreCopiedInAndOut) {
  SAFEARRAY* array = Texts({L"one", L"two"});  // literals: no length prefix is read
  LONG index = 1;
  BSTR text = nullptr;
  ASSERT_EQ(SafeArrayGetElement(array, &index, &text), S_OK);
  EXPECT_STREQ(text, L"two");
  SysFreeString(text);
  ASSERT_EQ(SafeArrayPutElement(array, &index, static_cast<BSTR>(nullptr)), S_OK);
  ASSERT_EQ(SafeArrayGetElement(array, &index, &text), S_OK);
  EXPECT_EQ(text, nullptr);
  SafeArrayDestroy(array);
}

TEST(SafeArray, VariantsAndObjectsAreOwned) {
  const std::size_t before = LiveObjects();
  SAFEARRAY* variants = SafeArrayCreateVector(VT_VARIANT, 0, 1);
  LONG index = 0;
  VARIANT v;
  VariantInit(&v);
  v.vt = VT_BSTR;
  v.bstrVal = SysAllocString(L"inside");
  ASSERT_EQ(SafeArrayPutElement(variants, &index, &v), S_OK);
  VariantClear(&v);
  ASSERT_EQ(SafeArrayGetElement(variants, &index, &v), S_OK);
  EXPECT_STREQ(v.bstrVal, L"inside");
  VariantClear(&v);
  SafeArrayDestroy(variants);

  SAFEARRAY* objects = SafeArrayCreateVector(VT_UNKNOWN, 0, 2);
  {
    auto object = MakeCom<Counted>();
    ASSERT_EQ(SafeArrayPutElement(objects, &index, object.get()), S_OK);
    ASSERT_EQ(SafeArrayPutElement(objects, &index, object.get()), S_OK);
  }
  EXPECT_EQ(LiveObjects(), before + 1);
  IUnknown* out = nullptr;
  ASSERT_EQ(SafeArrayGetElement(objects, &index, &out), S_OK);
  SafeArrayDestroy(objects);
  EXPECT_EQ(LiveObjects(), before + 1);
  out->Release();
  EXPECT_EQ(LiveObjects(), before);
}

TEST(SafeArray, FirstDimensionVariesFastest) {
  SAFEARRAYBOUND bounds[] = {{2, 0}, {3, 10}};
  SAFEARRAY* array = SafeArrayCreate(VT_I2, 2, bounds);
  long low = 0;
  EXPECT_EQ(SafeArrayGetLBound(array, 2, &low), S_OK);
  EXPECT_EQ(low, 10);
  EXPECT_EQ(array->rgsabound[0].cElements, 3u);
  SHORT number = 0;
  for (LONG j = 10; j < 13; ++j) {
    for (LONG i = 0; i < 2; ++i) {
      LONG at[] = {i, j};
      ++number;
      ASSERT_EQ(SafeArrayPutElement(array, at, &number), S_OK);
    }
  }
  const auto* data = static_cast<const SHORT*>(array->pvData);
  for (SHORT i = 0; i < 6; ++i) EXPECT_EQ(data[i], i + 1);
  LONG outside[] = {0, 9};
  void* address = nullptr;
  EXPECT_EQ(SafeArrayPtrOfIndex(array, outside, &address), DISP_E_BADINDEX);
  outside[0] = 2;
  outside[1] = 10;
  EXPECT_EQ(SafeArrayPtrOfIndex(array, outside, &address), DISP_E_BADINDEX);
  SafeArrayDestroy(array);
}

TEST(SafeArray, LockedArraysAreNotDestroyedOrResized) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 1);
  SAFEARRAYBOUND bound = {2, 0};
  ASSERT_EQ(SafeArrayLock(array), S_OK);
  EXPECT_EQ(SafeArrayDestroy(array), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(SafeArrayRedim(array, &bound), DISP_E_ARRAYISLOCKED);
  EXPECT_EQ(SafeArrayUnlock(array), S_OK);
  EXPECT_EQ(SafeArrayUnlock(array), E_UNEXPECTED);
  EXPECT_EQ(SafeArrayDestroy(array), S_OK);
}

TEST(SafeArray, RedimKeepsTheFrontAndReleasesTheRest) {
  SAFEARRAY* array = Texts({L"one", L"two", L"three"});
  SAFEARRAYBOUND bound = {2, 0};
  ASSERT_EQ(SafeArrayRedim(array, &bound), S_OK);
  bound.cElements = 4;
  ASSERT_EQ(SafeArrayRedim(array, &bound), S_OK);
  const auto* texts = static_cast<const BSTR*>(array->pvData);
  EXPECT_STREQ(texts[1], L"two");
  EXPECT_EQ(texts[2], nullptr);
  bound.cElements = kArrayBytesMax;
  EXPECT_EQ(SafeArrayRedim(array, &bound), E_OUTOFMEMORY);
  EXPECT_EQ(array->rgsabound[0].cElements, 4u);
  SafeArrayDestroy(array);
}

TEST(SafeArray, CopyIsIndependent) {
  SAFEARRAY* array = Texts({L"one", L"two"});
  SAFEARRAY* copy = nullptr;
  ASSERT_EQ(SafeArrayCopy(array, &copy), S_OK);
  EXPECT_EQ(SafeArrayCopyData(array, copy), S_OK);
  SafeArrayDestroy(array);
  EXPECT_STREQ(static_cast<const BSTR*>(copy->pvData)[1], L"two");
  SafeArrayDestroy(copy);
  EXPECT_EQ(SafeArrayCopy(nullptr, &copy), S_OK);
  EXPECT_EQ(copy, nullptr);
}

TEST(SafeArray, CopyDataWantsTheSameShape) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 2);
  SAFEARRAY* longer = SafeArrayCreateVector(VT_I4, 0, 3);
  SAFEARRAY* texts = SafeArrayCreateVector(VT_BSTR, 0, 2);
  EXPECT_EQ(SafeArrayCopyData(array, longer), E_INVALIDARG);
  EXPECT_EQ(SafeArrayCopyData(array, texts), E_INVALIDARG);
  EXPECT_EQ(SafeArrayCopyData(array, array), E_INVALIDARG);
  SafeArrayDestroy(array);
  SafeArrayDestroy(longer);
  SafeArrayDestroy(texts);
}

TEST(SafeArray, NullArgumentsAreErrorsNotCrashes) {
  LONG index = 0;
  LONG value = 0;
  void* data = nullptr;
  EXPECT_EQ(SafeArrayDestroy(nullptr), S_OK);
  EXPECT_EQ(SafeArrayGetDim(nullptr), 0u);
  EXPECT_EQ(SafeArrayGetElemsize(nullptr), 0u);
  EXPECT_EQ(SafeArrayGetElement(nullptr, &index, &value), E_INVALIDARG);
  EXPECT_EQ(SafeArrayPutElement(nullptr, &index, &value), E_INVALIDARG);
  EXPECT_EQ(SafeArrayAccessData(nullptr, &data), E_INVALIDARG);
  EXPECT_EQ(SafeArrayLock(nullptr), E_INVALIDARG);
  EXPECT_EQ(SafeArrayGetLBound(nullptr, 1, &index), E_INVALIDARG);
  EXPECT_EQ(SafeArrayRedim(nullptr, nullptr), E_INVALIDARG);
}

TEST(SafeArray, LackOfMemoryAnywhereIsReportedAndLeaksNothing) {
  const std::size_t creations = ForEachFault(kAllocationFault, 20, [] {
    SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, 8);
    if (array != nullptr) SafeArrayDestroy(array);
  });
  EXPECT_EQ(creations, 2u);  // descriptor and data
  SAFEARRAY* array = Texts({L"one", L"two"});
  const std::size_t copies = ForEachFault(kAllocationFault, 20, [&] {
    SAFEARRAY* copy = nullptr;
    const HRESULT hr = SafeArrayCopy(array, &copy);
    EXPECT_TRUE(hr == S_OK || hr == E_OUTOFMEMORY);
    EXPECT_EQ(copy != nullptr, hr == S_OK);
    SafeArrayDestroy(copy);
  });
  EXPECT_EQ(copies, 4u);
  const FaultScope fault(kAllocationFault, 1, FaultMode::kFromThere);
  LONG index = 0;
  wchar_t replacement[] = L"x";
  EXPECT_EQ(SafeArrayPutElement(array, &index, replacement), E_OUTOFMEMORY);
  EXPECT_STREQ(static_cast<const BSTR*>(array->pvData)[0], L"one");
  SAFEARRAYBOUND bound = {9, 0};
  EXPECT_EQ(SafeArrayRedim(array, &bound), E_OUTOFMEMORY);
  SafeArrayDestroy(array);
}

}  // namespace
}  // namespace wmi::com
