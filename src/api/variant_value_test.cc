#include "api/variant_value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "api/test_support.h"
#include "base/fault.h"
#include "com/memory.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::Value;

class VariantValueTest : public testing::Test {
 protected:
  void SetUp() override { live_before_ = com::LiveObjects(); }
  void TearDown() override { EXPECT_EQ(live_before_, com::LiveObjects()); }

 private:
  std::size_t live_before_ = 0;
};

// Contract 8.2, and source compatibility, decision 3: which member a program may read, and what it shows.
struct IntegerRow {
  CimType type;
  Value value;
  VARTYPE vt;
  std::int64_t all_eight_bytes;
};

TEST_F(VariantValueTest, IntegersFillAllEightBytes) {
  const IntegerRow rows[] = {
      {CimType::kSint8, Value::Signed(-5), VT_I2, -5},
      {CimType::kSint8, Value::Signed(127), VT_I2, 127},
      {CimType::kUint8, Value::Unsigned(255), VT_UI1, 255},
      {CimType::kSint16, Value::Signed(-32768), VT_I2, -32768},
      {CimType::kUint16, Value::Unsigned(65535), VT_I4, 65535},
      {CimType::kSint32, Value::Signed(-2147483648LL), VT_I4, -2147483648LL},
      {CimType::kUint32, Value::Unsigned(4294967295u), VT_I4, 4294967295LL},
      {CimType::kChar16, Value::Unsigned(0x41), VT_I2, 0x41},
      {CimType::kChar16, Value::Unsigned(0xFFFF), VT_I2, -1},
  };
  for (const IntegerRow& row : rows) {
    SCOPED_TRACE(cim::TypeName(row.type));
    TestVariant variant;
    ASSERT_EQ(code::kOk, ToVariant({row.type, false, ""}, row.value.view(), variant.value));
    EXPECT_EQ(row.vt, variant.value.vt);
    EXPECT_EQ(row.all_eight_bytes, variant.value.llVal);
  }
}

TEST_F(VariantValueTest, MembersOfOneNumberAgree) {
  TestVariant variant;
  ASSERT_EQ(code::kOk, ToVariant({CimType::kUint32, false, ""}, Value::Unsigned(3000000000u).view(), variant.value));
  EXPECT_EQ(3000000000L, variant.value.lVal);
  EXPECT_EQ(3000000000UL, variant.value.ulVal);
  EXPECT_EQ(3000000000U, variant.value.uintVal);
  EXPECT_EQ(-1294967296, variant.value.intVal);
}

TEST_F(VariantValueTest, SixtyFourBitIntegersAndTextComeAsStrings) {
  struct Row {
    CimType type;
    Value value;
    const char* text;
  };
  const Row rows[] = {
      {CimType::kUint64, Value::Unsigned(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615"},
      {CimType::kSint64, Value::Signed(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808"},
      {CimType::kString, Value::Text("Grüße \U0001F600"), "Grüße \U0001F600"},
      {CimType::kString, Value::Text(""), ""},
      {CimType::kDatetime, Value::Text("20240229123456.000000+060"), "20240229123456.000000+060"},
      {CimType::kReference, Value::Text("T_Item.Id=\"1\""), "T_Item.Id=\"1\""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    TestVariant variant;
    ASSERT_EQ(code::kOk, ToVariant({row.type, false, ""}, row.value.view(), variant.value));
    ASSERT_EQ(VT_BSTR, variant.value.vt);
    EXPECT_EQ(row.text, Utf8(variant.value.bstrVal));
  }
}

TEST_F(VariantValueTest, RealsAndBooleans) {
  TestVariant real32;
  TestVariant real64;
  TestVariant yes;
  TestVariant no;
  ToVariant({CimType::kReal32, false, ""}, Value::Real(1.5).view(), real32.value);
  ToVariant({CimType::kReal64, false, ""}, Value::Real(-2.25).view(), real64.value);
  ToVariant({CimType::kBoolean, false, ""}, Value::Boolean(true).view(), yes.value);
  ToVariant({CimType::kBoolean, false, ""}, Value::Boolean(false).view(), no.value);
  EXPECT_EQ(VT_R4, real32.value.vt);
  EXPECT_EQ(1.5f, real32.value.fltVal);
  EXPECT_EQ(VT_R8, real64.value.vt);
  EXPECT_EQ(-2.25, real64.value.dblVal);
  EXPECT_EQ(VT_BOOL, yes.value.vt);
  EXPECT_EQ(VARIANT_TRUE, yes.value.boolVal);
  EXPECT_EQ(VARIANT_FALSE, no.value.boolVal);
}

TEST_F(VariantValueTest, NullIsNullWhateverTheType) {
  for (CimType type : {CimType::kString, CimType::kUint32, CimType::kBoolean, CimType::kObject, CimType::kDatetime}) {
    for (bool is_array : {false, true}) {
      TestVariant variant;
      ASSERT_EQ(code::kOk, ToVariant({type, is_array, ""}, cim::ValueView(), variant.value));
      EXPECT_EQ(VT_NULL, variant.value.vt);
      EXPECT_EQ(0, variant.value.llVal);
    }
  }
}

TEST_F(VariantValueTest, CimTypeCarriesTheArrayFlag) {
  EXPECT_EQ(CIM_STRING, CimTypeOf({CimType::kString, false, ""}));
  EXPECT_EQ(CIM_STRING | CIM_FLAG_ARRAY, CimTypeOf({CimType::kString, true, ""}));
  EXPECT_EQ(CIM_CHAR16, CimTypeOf({CimType::kChar16, false, ""}));
}

TEST_F(VariantValueTest, ArraysHaveOneDimensionFromZero) {
  TestVariant variant;
  const Value value = Value::Array({Value::Unsigned(1), Value::Unsigned(4294967295u)});
  ASSERT_EQ(code::kOk, ToVariant({CimType::kUint32, true, ""}, value.view(), variant.value));
  ASSERT_EQ(VT_ARRAY | VT_I4, variant.value.vt);
  SAFEARRAY* array = variant.value.parray;
  LONG lower = -1;
  LONG upper = -1;
  EXPECT_EQ(1u, SafeArrayGetDim(array));
  EXPECT_EQ(S_OK, SafeArrayGetLBound(array, 1, &lower));
  EXPECT_EQ(S_OK, SafeArrayGetUBound(array, 1, &upper));
  EXPECT_EQ(0, lower);
  EXPECT_EQ(1, upper);
  LONG* data = nullptr;
  ASSERT_EQ(S_OK, SafeArrayAccessData(array, reinterpret_cast<void**>(&data)));
  EXPECT_EQ(1, data[0]);
  EXPECT_EQ(4294967295L, data[1]);
  SafeArrayUnaccessData(array);
}

TEST_F(VariantValueTest, ArrayElementsHaveTheTypeOfTheScalar) {
  struct Row {
    CimType type;
    Value item;
    VARTYPE vt;
  };
  const Row rows[] = {
      {CimType::kSint8, Value::Signed(-1), VT_I2},        {CimType::kUint8, Value::Unsigned(200), VT_UI1},
      {CimType::kUint16, Value::Unsigned(60000), VT_I4},  {CimType::kSint32, Value::Signed(-7), VT_I4},
      {CimType::kReal32, Value::Real(0.5), VT_R4},        {CimType::kReal64, Value::Real(0.5), VT_R8},
      {CimType::kBoolean, Value::Boolean(true), VT_BOOL}, {CimType::kUint64, Value::Unsigned(5), VT_BSTR},
      {CimType::kString, Value::Text("a"), VT_BSTR},      {CimType::kChar16, Value::Unsigned(65), VT_I2},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(cim::TypeName(row.type));
    TestVariant variant;
    const Value array = Value::Array({row.item, row.item});
    ASSERT_EQ(code::kOk, ToVariant({row.type, true, ""}, array.view(), variant.value));
    EXPECT_EQ(VT_ARRAY | row.vt, variant.value.vt);
    VARTYPE element = VT_EMPTY;
    EXPECT_EQ(S_OK, SafeArrayGetVartype(variant.value.parray, &element));
    EXPECT_EQ(row.vt, element);
    EXPECT_TRUE(SameAsVariant({row.type, true, ""}, array.view(), variant.value));
  }
}

TEST_F(VariantValueTest, EmptyArrayStaysAnArray) {
  TestVariant variant;
  ASSERT_EQ(code::kOk, ToVariant({CimType::kString, true, ""}, Value::Array({}).view(), variant.value));
  ASSERT_EQ(VT_ARRAY | VT_BSTR, variant.value.vt);
  LONG upper = 5;
  EXPECT_EQ(S_OK, SafeArrayGetUBound(variant.value.parray, 1, &upper));
  EXPECT_EQ(-1, upper);
}

TEST_F(VariantValueTest, FailedAllocationLeavesTheTargetUntouched) {
  const Value texts = Value::Array({Value::Text("one"), Value::Text("two"), Value::Text("three")});
  const std::size_t failures = ForEachFault(com::kAllocationFault, 100, [&] {
    TestVariant variant;
    const Code result = ToVariant({CimType::kString, true, ""}, texts.view(), variant.value);
    EXPECT_EQ(result != code::kOk, variant.IsUntouched());
    EXPECT_TRUE(result == code::kOk || result == code::kOutOfMemory);
  });
  EXPECT_GE(failures, 4u);  // the array and each string
}

TEST_F(VariantValueTest, SameAsVariantComparesByValue) {
  VARIANT number;
  VariantInit(&number);
  number.vt = VT_I4;
  number.llVal = 0x7777777700000005;  // garbage above, as a program that set intVal leaves it
  EXPECT_TRUE(SameAsVariant({CimType::kSint32, false, ""}, Value::Signed(5).view(), number));
  EXPECT_FALSE(SameAsVariant({CimType::kSint32, false, ""}, Value::Signed(6).view(), number));
  EXPECT_FALSE(SameAsVariant({CimType::kString, false, ""}, Value::Text("5").view(), number));
}

}  // namespace
}  // namespace wmi::api
