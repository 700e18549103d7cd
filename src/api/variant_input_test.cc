#include "api/variant_input.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "api/object_batch.h"
#include "api/test_support.h"
#include "cim/check.h"
#include "cim/class_edit.h"
#include "cim/instance_edit.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::DataType;

// Input VARIANTs as programs write them: fields by hand, the upper bytes undefined.
VARIANT Raw(VARTYPE vt) {
  VARIANT variant;
  std::memset(static_cast<void*>(&variant), 0xEE, sizeof variant);
  variant.vt = vt;
  return variant;
}
VARIANT I4(int value) {
  VARIANT variant = Raw(VT_I4);
  variant.intVal = value;
  return variant;
}
VARIANT I2(short value) {
  VARIANT variant = Raw(VT_I2);
  variant.iVal = value;
  return variant;
}
VARIANT Ui1(unsigned char value) {
  VARIANT variant = Raw(VT_UI1);
  variant.bVal = value;
  return variant;
}
VARIANT I8(long long value) {
  VARIANT variant = Raw(VT_I8);
  variant.llVal = value;
  return variant;
}
VARIANT Ui8(unsigned long long value) {
  VARIANT variant = Raw(VT_UI8);
  variant.ullVal = value;
  return variant;
}
VARIANT R8(double value) {
  VARIANT variant = Raw(VT_R8);
  variant.dblVal = value;
  return variant;
}
VARIANT R4(float value) {
  VARIANT variant = Raw(VT_R4);
  variant.fltVal = value;
  return variant;
}
VARIANT Bool(VARIANT_BOOL value) {
  VARIANT variant = Raw(VT_BOOL);
  variant.boolVal = value;
  return variant;
}
VARIANT Text(const wchar_t* text) {
  VARIANT variant = Raw(VT_BSTR);
  variant.bstrVal = Literal(text);
  return variant;
}

// The value, or the name of the code.
std::string Read(CimType type, const VARIANT& variant, bool is_array = false) {
  const Result<cim::Value> value = FromVariant({type, is_array, {}}, variant);
  return value.ok() ? cim::Describe(value->view()) : std::string(CodeName(value.status().code()));
}

constexpr char kMismatch[] = "WBEM_E_TYPE_MISMATCH";

// Contract 8.2: the table of types, and the stated cases of Put.
TEST(VariantInputTest, ScalarsConvertWithoutLossOrNotAtAll) {
  const struct {
    const char* about;
    CimType type;
    VARIANT variant;
    std::string expected;
  } rows[] = {
      {"own form", CimType::kSint8, I2(-128), "-128"},
      {"out of range", CimType::kSint8, I2(128), kMismatch},
      {"own form", CimType::kUint8, Ui1(255), "255"},
      {"other integer", CimType::kUint8, I4(255), "255"},
      {"negative", CimType::kUint8, I4(-1), kMismatch},
      {"own form", CimType::kSint16, I2(-32768), "-32768"},
      {"out of range", CimType::kSint16, I4(32768), kMismatch},
      {"own form", CimType::kUint16, I4(65535), "65535"},
      {"out of range", CimType::kUint16, I4(65536), kMismatch},
      {"negative", CimType::kUint16, I2(-1), kMismatch},
      {"own form", CimType::kSint32, I4(-5), "-5"},
      {"narrower", CimType::kSint32, I2(7), "7"},
      {"whole real", CimType::kSint32, R8(-12), "-12"},
      {"fraction", CimType::kSint32, R8(1.5), kMismatch},
      {"not a number", CimType::kSint32, R8(std::numeric_limits<double>::quiet_NaN()), kMismatch},
      {"bit pattern", CimType::kUint32, I4(-1), "4294967295"},
      {"stated: VT_R8", CimType::kUint32, R8(4294967295.0), "4294967295"},
      {"stated: no VT_I2", CimType::kUint32, I2(1), kMismatch},
      {"too large", CimType::kUint32, R8(4294967296.0), kMismatch},
      {"negative", CimType::kUint32, I8(-1), kMismatch},
      {"decimal text", CimType::kSint64, Text(L"-9223372036854775808"), "-9223372036854775808"},
      {"out of range", CimType::kSint64, Text(L"9223372036854775808"), kMismatch},
      {"C hex", CimType::kUint64, Text(L"0xFFFFFFFFFFFFFFFF"), "18446744073709551615"},
      {"decimal text", CimType::kUint64, Text(L"18446744073709551615"), "18446744073709551615"},
      {"out of range", CimType::kUint64, Text(L"18446744073709551616"), kMismatch},
      {"negative", CimType::kUint64, Text(L"-1"), kMismatch},
      {"not digits", CimType::kUint64, Text(L"12 "), kMismatch},
      {"no digits", CimType::kUint64, Text(L""), kMismatch},
      {"sign only", CimType::kUint64, Text(L"-"), kMismatch},
      {"zero", CimType::kUint64, Text(L"-0"), "0"},
      {"64 bits", CimType::kUint64, Ui8(18446744073709551615ull), "18446744073709551615"},
      {"too large a real", CimType::kUint64, R8(18446744073709551616.0), kMismatch},
      {"narrower", CimType::kSint64, I4(-5), "-5"},
      {"flag", CimType::kSint32, Bool(VARIANT_TRUE), "-1"},
      {"flag", CimType::kSint8, Bool(VARIANT_FALSE), "0"},
      {"flag", CimType::kUint32, Bool(VARIANT_TRUE), kMismatch},
      {"own form", CimType::kReal32, R4(0.5f), "0.5"},
      {"rounded", CimType::kReal32, R8(0.1), "0.10000000149011612"},
      {"out of range", CimType::kReal32, R8(1e300), kMismatch},
      {"exact", CimType::kReal32, I4(16777216), "16777216"},
      {"not exact", CimType::kReal32, I4(16777217), kMismatch},
      {"own form", CimType::kReal64, R8(1e300), "1e+300"},
      {"integer", CimType::kReal64, I4(-3), "-3"},
      {"not exact", CimType::kReal64, I8(9007199254740993), kMismatch},
      {"text", CimType::kReal64, Text(L"-1.5e3"), "-1500"},
      {"no number", CimType::kReal64, Text(L"1x"), kMismatch},
      {"not finite", CimType::kReal64, Text(L"inf"), kMismatch},
      {"text", CimType::kReal32, Text(L"1e300"), kMismatch},
      {"flag", CimType::kReal64, Bool(VARIANT_TRUE), kMismatch},
      {"true", CimType::kBoolean, Bool(VARIANT_TRUE), "TRUE"},
      {"C true", CimType::kBoolean, Bool(1), "TRUE"},
      {"false", CimType::kBoolean, Bool(VARIANT_FALSE), "FALSE"},
      {"number", CimType::kBoolean, I4(1), "TRUE"},
      {"number", CimType::kBoolean, I2(-1), "TRUE"},
      {"number", CimType::kBoolean, R8(0), "FALSE"},
      {"more than a flag", CimType::kBoolean, I4(2), kMismatch},
      {"text", CimType::kBoolean, Text(L"true"), "TRUE"},
      {"no flag", CimType::kBoolean, Text(L"yes"), kMismatch},
      {"own form", CimType::kString, Text(L"h\u00e9"), "\"h\u00e9\""},
      {"null text", CimType::kString, Text(nullptr), "\"\""},
      {"number", CimType::kString, I4(-1), "\"-1\""},
      {"number", CimType::kString, Ui8(18446744073709551615ull), "\"18446744073709551615\""},
      {"real", CimType::kString, R8(1), kMismatch},
      {"flag", CimType::kString, Bool(VARIANT_TRUE), kMismatch},
      {"number", CimType::kDatetime, I4(1), kMismatch},
      {"number", CimType::kReference, I4(1), kMismatch},
      {"point", CimType::kDatetime, Text(L"20240229123456.123456+060"), "\"20240229123456.123456+060\""},
      {"asterisks", CimType::kDatetime, Text(L"****0401******.000000+***"), "\"****0401******.000000+***\""},
      {"no datetime", CimType::kDatetime, Text(L"yesterday"), kMismatch},
      {"path", CimType::kReference, Text(L"C.K=1"), "\"C.K=1\""},
      {"own form", CimType::kChar16, I2(-1), "65535"},
      {"in range", CimType::kChar16, I4(0x41), "65"},
      {"out of range", CimType::kChar16, I4(-1), kMismatch},
      {"no object", CimType::kObject, Text(L"x"), kMismatch},
      {"null", CimType::kUint32, Raw(VT_NULL), "NULL"},
      {"empty", CimType::kString, Raw(VT_EMPTY), "NULL"},
      {"error", CimType::kSint32, Raw(VT_ERROR), kMismatch},
      {"nonsense", CimType::kSint32, Raw(0x7777), kMismatch},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(cim::TypeName(row.type)) + ", " + row.about);
    EXPECT_EQ(row.expected, Read(row.type, row.variant));
  }
}

// Source compatibility, decision 4: LONG has 64 bits here, a VT_I4 means its low 32.
TEST(VariantInputTest, WhatStandsAboveTheLowBitsOfALongIsIgnored) {
  VARIANT variant = Raw(VT_I4);
  variant.lVal = 0x7FFFFFFF00000005;
  EXPECT_EQ("5", Read(CimType::kSint32, variant));
  EXPECT_EQ("5", Read(CimType::kUint64, variant));
}

TEST(VariantInputTest, ReferencesAreFollowedOnce) {
  LONG number = -5;
  VARIANT by_reference = Raw(VT_I4 | VT_BYREF);
  by_reference.plVal = &number;
  EXPECT_EQ("-5", Read(CimType::kSint32, by_reference));
  VARIANT inner = I4(6);
  VARIANT outer = Raw(VT_VARIANT | VT_BYREF);
  outer.pvarVal = &inner;
  EXPECT_EQ("6", Read(CimType::kSint32, outer));
  VARIANT outermost = Raw(VT_VARIANT | VT_BYREF);
  outermost.pvarVal = &outer;
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, outermost));
  by_reference.plVal = nullptr;
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, by_reference));
}

// ---- arrays

class VariantInputArrayTest : public testing::Test {
 protected:
  // An array with `size` elements that `fill` writes.
  VARIANT Array(VARTYPE element, ULONG size, const std::function<void(void* data)>& fill, LONG lower = 0) {
    SAFEARRAY* array = SafeArrayCreateVector(element, lower, size);
    if (fill) fill(array->pvData);
    arrays_.push_back(array);
    VARIANT variant = Raw(static_cast<VARTYPE>(VT_ARRAY | element));
    variant.parray = array;
    return variant;
  }
  void TearDown() override {
    for (SAFEARRAY* array : arrays_) SafeArrayDestroy(array);
  }

 private:
  std::vector<SAFEARRAY*> arrays_;
};

TEST_F(VariantInputArrayTest, ElementsConvertAsScalarsDo) {
  const VARIANT longs = Array(
      VT_I4, 2,
      [](void* data) {
        static_cast<LONG*>(data)[0] = 1;
        static_cast<LONG*>(data)[1] = -1;
      },
      5);
  EXPECT_EQ("{1, -1}", Read(CimType::kSint32, longs, true));
  EXPECT_EQ("{1, 4294967295}", Read(CimType::kUint32, longs, true));
  EXPECT_EQ(kMismatch, Read(CimType::kUint8, longs, true));
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, longs, false)) << "an array is no scalar";
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, I4(1), true)) << "a scalar is no array";
  const VARIANT texts = Array(VT_BSTR, 2, [](void* data) {
    static_cast<BSTR*>(data)[0] = SysAllocString(L"7");
    static_cast<BSTR*>(data)[1] = nullptr;
  });
  EXPECT_EQ("{\"7\", \"\"}", Read(CimType::kString, texts, true));
  EXPECT_EQ("{\"1\", \"-1\"}", Read(CimType::kString, longs, true));
  EXPECT_EQ(kMismatch, Read(CimType::kUint64, texts, true));
}

// Contract 8.2: "R8 arrays fail"; an empty array may be VT_ARRAY|VT_VARIANT or NULL.
TEST_F(VariantInputArrayTest, StatedCases) {
  const VARIANT reals = Array(VT_R8, 1, [](void* data) { *static_cast<DOUBLE*>(data) = 1; });
  EXPECT_EQ(kMismatch, Read(CimType::kUint32, reals, true));
  EXPECT_EQ("{1}", Read(CimType::kReal64, reals, true));
  for (const CimType type : {CimType::kUint32, CimType::kString, CimType::kObject}) {
    EXPECT_EQ("{}", Read(type, Array(VT_VARIANT, 0, nullptr), true));
    EXPECT_EQ("NULL", Read(type, Raw(VT_NULL), true));
    VARIANT none = Raw(VT_ARRAY | VT_I4);
    none.parray = nullptr;
    EXPECT_EQ("NULL", Read(type, none, true));
  }
}

TEST_F(VariantInputArrayTest, VariantsInsideAreLookedInto) {
  const auto fill = [](const VARIANT& second) {
    return [second](void* data) {
      static_cast<VARIANT*>(data)[0] = I4(1);
      static_cast<VARIANT*>(data)[1] = second;
    };
  };
  EXPECT_EQ("{1, 2}", Read(CimType::kSint32, Array(VT_VARIANT, 2, fill(I2(2))), true));
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, Array(VT_VARIANT, 2, fill(R8(2))), true));
  // Contract 8.7: no NULL inside an array.
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, Array(VT_VARIANT, 2, fill(Raw(VT_NULL))), true));
}

TEST_F(VariantInputArrayTest, ArraysThatCannotBeReadAreRefused) {
  VARIANT lying = Array(VT_I4, 1, [](void* data) { *static_cast<LONG*>(data) = 1; });
  lying.vt = VT_ARRAY | VT_BSTR;
  EXPECT_EQ(kMismatch, Read(CimType::kString, lying, true)) << "a number would be taken for a pointer";
  SAFEARRAYBOUND bounds[2] = {{1, 0}, {1, 0}};
  SAFEARRAY* plane = SafeArrayCreate(VT_I4, 2, bounds);
  VARIANT two_dimensions = Raw(VT_ARRAY | VT_I4);
  two_dimensions.parray = plane;
  EXPECT_EQ(kMismatch, Read(CimType::kSint32, two_dimensions, true));
  SafeArrayDestroy(plane);
}

// ---- objects

TEST(VariantInputObjectTest, ObjectsAreTakenByValueAndCheckedForTheirClass) {
  cim::ClassDeclaration declaration;
  declaration.name = "Part";
  const cim::ClassPtr part = cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  com::ComPtr<IWbemClassObject> object = MakeClassObject(cim::NewInstance(part));
  VARIANT variant = Raw(VT_UNKNOWN);
  variant.punkVal = object.get();
  EXPECT_EQ("an object of Part", Read(CimType::kObject, variant));
  EXPECT_TRUE(FromVariant({CimType::kObject, false, "part"}, variant).ok());
  EXPECT_EQ(code::kTypeMismatch, FromVariant({CimType::kObject, false, "Other"}, variant).status().code());
  com::ComPtr<IWbemClassObject> nameless = MakeClassObject(cim::MakeEmptyClass());
  variant.punkVal = nameless.get();
  EXPECT_EQ(kMismatch, Read(CimType::kObject, variant));
  com::ComPtr<IWbemQualifierSet> foreign;
  ASSERT_EQ(code::kOk, object->GetQualifierSet(foreign.Receive()));
  variant.punkVal = foreign.get();
  EXPECT_EQ(kMismatch, Read(CimType::kObject, variant));
  variant.punkVal = nullptr;
  EXPECT_EQ("NULL", Read(CimType::kObject, variant));
}

// Contract 7.5.
TEST(VariantInputObjectTest, NestingIsLimited) {
  cim::ClassDeclaration declaration;
  declaration.name = "Box";
  cim::Property inside;
  inside.name = "Inside";
  inside.type = {CimType::kObject, false, ""};
  declaration.properties.push_back(inside);
  const cim::ClassPtr box = cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  com::ComPtr<IWbemClassObject> object = MakeClassObject(cim::NewInstance(box));
  for (std::size_t depth = 1; depth <= limits::kObjectNestingMax; ++depth) {
    com::ComPtr<IWbemClassObject> outer = MakeClassObject(cim::NewInstance(box));
    VARIANT variant = Raw(VT_UNKNOWN);
    variant.punkVal = object.get();
    ASSERT_EQ(code::kOk, outer->Put(L"Inside", 0, &variant, 0)) << depth;
    object = outer;
  }
  VARIANT variant = Raw(VT_UNKNOWN);
  variant.punkVal = object.get();
  EXPECT_EQ("WBEM_E_QUOTA_VIOLATION", Read(CimType::kObject, variant));
}

// ---- types

TEST(VariantInputTypeTest, TypesOfVariantsAndNumbers) {
  EXPECT_EQ(CimType::kSint32, TypeOfVariant(I4(1))->type);
  EXPECT_EQ(CimType::kString, TypeOfVariant(Text(L""))->type);
  EXPECT_EQ(CimType::kUint8, TypeOfVariant(Ui1(1))->type);
  EXPECT_TRUE(TypeOfVariant(Raw(VT_ARRAY | VT_BSTR))->is_array);
  for (const int vt : {int{VT_NULL}, int{VT_EMPTY}, int{VT_DATE}, VT_ARRAY | VT_VARIANT}) {
    EXPECT_EQ(std::nullopt, TypeOfVariant(Raw(static_cast<VARTYPE>(vt)))) << vt;
  }
  EXPECT_EQ(CimType::kDatetime, TypeOfCimType(CIM_DATETIME)->type);
  EXPECT_TRUE(TypeOfCimType(CIM_UINT8 | CIM_FLAG_ARRAY)->is_array);
  for (const CIMTYPE type : {CIMTYPE{CIM_EMPTY}, CIMTYPE{CIM_ILLEGAL}, CIMTYPE{1}, CIMTYPE{0x2000}, CIMTYPE{0x10008}}) {
    EXPECT_EQ(std::nullopt, TypeOfCimType(type)) << type;
  }
}

// Contract 8.3: VT_I4, VT_R8, VT_BSTR, VT_BOOL and arrays of one of these.
TEST_F(VariantInputArrayTest, QualifierValuesAreOfFourTypes) {
  const auto read = [](const VARIANT& variant) {
    const Result<QualifierValue> value = QualifierFromVariant(variant);
    return value.ok() ? cim::Describe(value->type) + " " + cim::Describe(value->value.view())
                      : std::string(CodeName(value.status().code()));
  };
  constexpr char kWrong[] = "WBEM_E_INVALID_QUALIFIER_TYPE";
  EXPECT_EQ("sint32 -1", read(I4(-1)));
  EXPECT_EQ("real64 0.5", read(R8(0.5)));
  EXPECT_EQ("string \"x\"", read(Text(L"x")));
  EXPECT_EQ("boolean TRUE", read(Bool(VARIANT_TRUE)));
  EXPECT_EQ("string[] {}", read(Array(VT_BSTR, 0, nullptr)));
  EXPECT_EQ(kWrong, read(I2(1)));
  EXPECT_EQ(kWrong, read(Ui1(1)));
  EXPECT_EQ(kWrong, read(R4(1)));
  EXPECT_EQ(kWrong, read(Raw(VT_NULL)));
  EXPECT_EQ(kWrong, read(Array(VT_VARIANT, 0, nullptr)));
}

}  // namespace
}  // namespace wmi::api
