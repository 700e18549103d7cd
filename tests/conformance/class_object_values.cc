// What Get hands out and Put takes for every CIM type (contract 8.2, checklist 22), on a class and on an instance.
#include <cstdint>
#include <cstdio>
#include <limits>

#include "support.h"

namespace wmi::conformance {
namespace {

// ---- VARIANTs -------------------------------------------------------------------------------------------------------

_variant_t Typed(VARTYPE vt) {
  _variant_t variant;
  variant.vt = vt;
  return variant;
}
_variant_t I1(std::int8_t value) {
  _variant_t variant = Typed(VT_I1);
  variant.bVal = static_cast<BYTE>(value);
  return variant;
}
_variant_t Ui1(BYTE value) {
  _variant_t variant = Typed(VT_UI1);
  variant.bVal = value;
  return variant;
}
_variant_t I2(SHORT value) {
  _variant_t variant = Typed(VT_I2);
  variant.iVal = value;
  return variant;
}
_variant_t Ui2(USHORT value) {
  _variant_t variant = Typed(VT_UI2);
  variant.uiVal = value;
  return variant;
}
_variant_t I4(LONG value) {
  _variant_t variant = Typed(VT_I4);
  variant.lVal = value;
  return variant;
}
_variant_t Ui4(ULONG value) {
  _variant_t variant = Typed(VT_UI4);
  variant.ulVal = value;
  return variant;
}
_variant_t I8(LONGLONG value) {
  _variant_t variant = Typed(VT_I8);
  variant.llVal = value;
  return variant;
}
_variant_t Ui8(ULONGLONG value) {
  _variant_t variant = Typed(VT_UI8);
  variant.ullVal = value;
  return variant;
}
_variant_t R4(float value) {
  _variant_t variant = Typed(VT_R4);
  variant.fltVal = value;
  return variant;
}
_variant_t R8(double value) {
  _variant_t variant = Typed(VT_R8);
  variant.dblVal = value;
  return variant;
}
_variant_t Bool(VARIANT_BOOL value) {
  _variant_t variant = Typed(VT_BOOL);
  variant.boolVal = value;
  return variant;
}
_variant_t Bstr(const wchar_t* text) {
  _variant_t variant = Typed(VT_BSTR);
  variant.bstrVal = SysAllocString(text);
  return variant;
}
// An array of `vt` whose items are those of `items`.
template <typename T>
_variant_t Array(VARTYPE vt, std::initializer_list<T> items) {
  _variant_t variant = Typed(static_cast<VARTYPE>(VT_ARRAY | vt));
  variant.parray = SafeArrayCreateVector(vt, 0, static_cast<ULONG>(items.size()));
  LONG index = 0;
  for (T item : items) {
    if constexpr (std::is_same_v<T, const wchar_t*>) {
      _bstr_t text(item);
      EXPECT_EQ(S_OK, SafeArrayPutElement(variant.parray, &index, text.GetBSTR()));
    } else {
      EXPECT_EQ(S_OK, SafeArrayPutElement(variant.parray, &index, &item));
    }
    ++index;
  }
  return variant;
}

std::string Shown(const VARIANT& variant) {
  char text[64] = "";
  switch (variant.vt) {
    case VT_NULL:
      return "NULL";
    case VT_I2:
      return "I2 " + std::to_string(variant.iVal);
    case VT_UI1:
      return "UI1 " + std::to_string(variant.bVal);
    case VT_I4:
      return "I4 " + std::to_string(static_cast<std::int32_t>(variant.lVal));
    case VT_R4:
      std::snprintf(text, sizeof text, "R4 %g", static_cast<double>(variant.fltVal));
      return text;
    case VT_R8:
      std::snprintf(text, sizeof text, "R8 %g", variant.dblVal);
      return text;
    case VT_BOOL:
      return "BOOL " + std::to_string(variant.boolVal);
    case VT_BSTR:
      return "BSTR " + Narrow(variant.bstrVal);
    case VT_UNKNOWN:
      return "UNKNOWN";
    default:
      break;
  }
  if ((variant.vt & VT_ARRAY) == 0) return "vt " + std::to_string(variant.vt);
  LONG lower = -1;
  LONG upper = -1;
  EXPECT_EQ(1u, SafeArrayGetDim(variant.parray));
  EXPECT_EQ(S_OK, SafeArrayGetLBound(variant.parray, 1, &lower));
  EXPECT_EQ(S_OK, SafeArrayGetUBound(variant.parray, 1, &upper));
  EXPECT_EQ(0, lower);
  std::string result = "{";
  for (LONG i = 0; i <= upper; ++i) {
    void* element = nullptr;
    EXPECT_EQ(S_OK, SafeArrayPtrOfIndex(variant.parray, &i, &element));
    VARIANT item;
    VariantInit(&item);
    item.vt = static_cast<VARTYPE>(variant.vt & VT_TYPEMASK);
    memcpy(&item.llVal, element, SafeArrayGetElemsize(variant.parray));
    result += (i == 0 ? "" : ", ") + Shown(item);
  }
  return result + "}";
}

// ---- rows -----------------------------------------------------------------------------------------------------------

struct ValueRow {
  const char* source;
  const char* what;
  CIMTYPE type;
  _variant_t in;
  // What Get hands out then; a code that Put answers instead.
  std::string out;
};
void PrintTo(const ValueRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

constexpr char kMismatch[] = "TYPE_MISMATCH";
constexpr CIMTYPE kArray = CIM_FLAG_ARRAY;

const ValueRow kValues[] = {
    // The table of types: the form that Get hands out goes in and comes out.
    {"8.2", "Sint8", CIM_SINT8, I2(-128), "I2 -128"},
    {"8.2", "Uint8", CIM_UINT8, Ui1(255), "UI1 255"},
    {"8.2", "Sint16", CIM_SINT16, I2(-32768), "I2 -32768"},
    {"8.2", "Uint16", CIM_UINT16, I4(65535), "I4 65535"},
    {"8.2", "Sint32", CIM_SINT32, I4(-2147483647 - 1), "I4 -2147483648"},
    {"8.2", "Uint32", CIM_UINT32, I4(-1), "I4 -1"},
    {"8.2", "Sint64", CIM_SINT64, Bstr(L"-9223372036854775808"), "BSTR -9223372036854775808"},
    {"8.2", "Uint64", CIM_UINT64, Bstr(L"18446744073709551615"), "BSTR 18446744073709551615"},
    {"8.2", "Real32", CIM_REAL32, R4(0.5f), "R4 0.5"},
    {"8.2", "Real64", CIM_REAL64, R8(1e300), "R8 1e+300"},
    {"8.2", "BooleanTrue", CIM_BOOLEAN, Bool(VARIANT_TRUE), "BOOL -1"},
    {"8.2", "BooleanFalse", CIM_BOOLEAN, Bool(VARIANT_FALSE), "BOOL 0"},
    {"8.2", "BooleanOfC", CIM_BOOLEAN, Bool(1), "BOOL -1"},
    {"8.2", "String", CIM_STRING, Bstr(L"text"), "BSTR text"},
    {"8.2", "EmptyString", CIM_STRING, Bstr(L""), "BSTR "},
    {"8.2", "Datetime", CIM_DATETIME, Bstr(L"20240229123456.123456+060"), "BSTR 20240229123456.123456+060"},
    {"8.2", "Reference", CIM_REFERENCE, Bstr(L"C.K=1"), "BSTR C.K=1"},
    {"8.2", "Char16", CIM_CHAR16, I2(-1), "I2 -1"},
    // NULL, whatever the type.
    {"8.2", "NullOfUint8", CIM_UINT8, Typed(VT_NULL), "NULL"},
    {"8.2", "NullOfUint64", CIM_UINT64, Typed(VT_NULL), "NULL"},
    {"8.2", "NullOfString", CIM_STRING, Typed(VT_NULL), "NULL"},
    {"8.2", "NullOfBoolean", CIM_BOOLEAN, Typed(VT_NULL), "NULL"},
    {"8.2", "NullOfObject", CIM_OBJECT, Typed(VT_NULL), "NULL"},
    {"8.2", "NullOfArray", CIM_STRING | kArray, Typed(VT_NULL), "NULL"},
    {"8.2", "EmptyVariant", CIM_SINT32, Typed(VT_EMPTY), "NULL"},
    // Arrays.
    {"8.2", "ArrayOfSint8", CIM_SINT8 | kArray, Array<SHORT>(VT_I2, {-1, 2}), "{I2 -1, I2 2}"},
    {"8.2", "ArrayOfUint8", CIM_UINT8 | kArray, Array<BYTE>(VT_UI1, {0, 255}), "{UI1 0, UI1 255}"},
    {"8.2", "ArrayOfUint16", CIM_UINT16 | kArray, Array<LONG>(VT_I4, {65535}), "{I4 65535}"},
    {"8.2", "ArrayOfUint32", CIM_UINT32 | kArray, Array<LONG>(VT_I4, {-1, 7}), "{I4 -1, I4 7}"},
    {"8.2", "ArrayOfUint64", CIM_UINT64 | kArray, Array<const wchar_t*>(VT_BSTR, {L"1", L"0xA"}), "{BSTR 1, BSTR 10}"},
    {"8.2", "ArrayOfReal64", CIM_REAL64 | kArray, Array<double>(VT_R8, {0.5}), "{R8 0.5}"},
    {"8.2", "ArrayOfBoolean", CIM_BOOLEAN | kArray, Array<VARIANT_BOOL>(VT_BOOL, {-1, 0}), "{BOOL -1, BOOL 0}"},
    {"8.2", "ArrayOfString", CIM_STRING | kArray, Array<const wchar_t*>(VT_BSTR, {L"a", L""}), "{BSTR a, BSTR }"},
    {"8.2", "ArrayWithoutElements", CIM_STRING | kArray, Array<LONG>(VT_VARIANT, {}), "{}"},
    {"8.2", "ArrayOfDatetime", CIM_DATETIME | kArray, Array<const wchar_t*>(VT_BSTR, {L"00000001000000.000000:000"}),
     "{BSTR 00000001000000.000000:000}"},
    {"8.2", "RealsToAnArrayOfIntegers", CIM_UINT32 | kArray, Array<double>(VT_R8, {1}), kMismatch},
    {"8.2", "ScalarToAnArray", CIM_UINT32 | kArray, I4(1), kMismatch},
    {"8.2", "ArrayToAScalar", CIM_UINT32, Array<LONG>(VT_I4, {1}), kMismatch},
    // The stated cases of Put.
    {"8.2", "Uint32TakesI4", CIM_UINT32, I4(5), "I4 5"},
    {"8.2", "Uint32TakesR8", CIM_UINT32, R8(4294967295.0), "I4 -1"},
    {"8.2", "Uint32RefusesI2", CIM_UINT32, I2(1), kMismatch},
    {"8.2", "Uint64TakesCHex", CIM_UINT64, Bstr(L"0xFFFFFFFFFFFFFFFF"), "BSTR 18446744073709551615"},
    {"8.2", "Sint64TakesCHex", CIM_SINT64, Bstr(L"0x10"), "BSTR 16"},
    // Without loss.
    {"8.2", "Sint8FromI1", CIM_SINT8, I1(-5), "I2 -5"},
    {"8.2", "Sint8OutOfRange", CIM_SINT8, I2(128), kMismatch},
    {"8.2", "Uint8FromI4", CIM_UINT8, I4(255), "UI1 255"},
    {"8.2", "Uint8Negative", CIM_UINT8, I4(-1), kMismatch},
    {"8.2", "Sint16FromUi1", CIM_SINT16, Ui1(200), "I2 200"},
    {"8.2", "Sint16OutOfRange", CIM_SINT16, I4(32768), kMismatch},
    {"8.2", "Uint16FromUi2", CIM_UINT16, Ui2(65535), "I4 65535"},
    {"8.2", "Uint16OutOfRange", CIM_UINT16, I4(65536), kMismatch},
    {"8.2", "Sint32FromWholeReal", CIM_SINT32, R8(-12), "I4 -12"},
    {"8.2", "Sint32FromFraction", CIM_SINT32, R8(1.5), kMismatch},
    {"8.2", "Sint32FromNotANumber", CIM_SINT32, R8(std::numeric_limits<double>::quiet_NaN()), kMismatch},
    {"8.2", "Sint32FromUi4", CIM_SINT32, Ui4(2147483648u), kMismatch},
    {"8.2", "Sint32FromText", CIM_SINT32, Bstr(L"-7"), "I4 -7"},
    {"8.2", "Sint32FromNonsense", CIM_SINT32, Bstr(L"7 "), kMismatch},
    {"8.2", "Uint32FromUi4", CIM_UINT32, Ui4(4294967295u), "I4 -1"},
    {"8.2", "Sint64FromI8", CIM_SINT64, I8(-5), "BSTR -5"},
    {"8.2", "Sint64OutOfRange", CIM_SINT64, Bstr(L"9223372036854775808"), kMismatch},
    {"8.2", "Uint64FromUi8", CIM_UINT64, Ui8(18446744073709551615ull), "BSTR 18446744073709551615"},
    {"8.2", "Uint64FromI4", CIM_UINT64, I4(5), "BSTR 5"},
    {"8.2", "Uint64Negative", CIM_UINT64, Bstr(L"-1"), kMismatch},
    {"8.2", "Uint64OutOfRange", CIM_UINT64, Bstr(L"18446744073709551616"), kMismatch},
    {"8.2", "Real32FromI4", CIM_REAL32, I4(16777216), "R4 1.67772e+07"},
    {"8.2", "Real32FromI4WithLoss", CIM_REAL32, I4(16777217), kMismatch},
    {"8.2", "Real32FromR8OutOfRange", CIM_REAL32, R8(1e300), kMismatch},
    {"8.2", "Real64FromR4", CIM_REAL64, R4(0.5f), "R8 0.5"},
    {"Put", "Real64FromText", CIM_REAL64, Bstr(L"1.5"), "R8 1.5"},
    {"Put", "BooleanFromOne", CIM_BOOLEAN, I4(1), "BOOL -1"},
    {"Put", "BooleanFromTwo", CIM_BOOLEAN, I4(2), kMismatch},
    {"Put", "BooleanFromText", CIM_BOOLEAN, Bstr(L"False"), "BOOL 0"},
    {"Put", "StringFromNumber", CIM_STRING, I4(-1), "BSTR -1"},
    {"8.2", "StringFromArray", CIM_STRING, Array<LONG>(VT_I4, {1}), kMismatch},
    {"8.6", "DatetimeWithAsterisks", CIM_DATETIME, Bstr(L"****0401******.000000+***"),
     "BSTR ****0401******.000000+***"},
    {"8.6", "DatetimeWithoutForm", CIM_DATETIME, Bstr(L"2024-02-29"), kMismatch},
    {"8.6", "DatetimeFromNumber", CIM_DATETIME, I4(1), kMismatch},
    {"8.2", "ReferenceFromNumber", CIM_REFERENCE, I4(1), kMismatch},
    {"8.2", "Char16FromI4", CIM_CHAR16, I4(0x263A), "I2 9786"},
    {"8.2", "Char16OutOfRange", CIM_CHAR16, I4(65536), kMismatch},
    {"8.2", "ObjectFromText", CIM_OBJECT, Bstr(L"x"), kMismatch},
    {"8.2", "UnknownVariantType", CIM_SINT32, Typed(VT_ERROR), kMismatch},
};

class ClassObjectValues : public testing::TestWithParam<ValueRow> {
 protected:
  static void SetUpTestSuite() {
    services_ = World::Connect(L"root");
    ASSERT_TRUE(services_);
  }
  static void TearDownTestSuite() { services_ = nullptr; }

  // A class that instances can be made of without a put, with the property P.
  static IWbemClassObjectPtr ClassWith(CIMTYPE type) {
    IWbemClassObjectPtr made;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"__PARAMETERS"), 0, nullptr, &made, nullptr));
    EXPECT_EQ(WBEM_S_NO_ERROR, made->Put(L"P", 0, nullptr, type));
    return made;
  }

  static void CheckOn(IWbemClassObject* object, const ValueRow& row) {
    VARIANT in = row.in;  // not owned: Put only reads it
    const HRESULT put = object->Put(L"P", 0, &in, 0);
    if (put == WBEM_E_TYPE_MISMATCH) {
      EXPECT_EQ(row.out, kMismatch);
      return;
    }
    ASSERT_EQ(WBEM_S_NO_ERROR, put);
    _variant_t out;
    CIMTYPE type = 0;
    ASSERT_EQ(WBEM_S_NO_ERROR, object->Get(L"P", 0, &out, &type, nullptr));
    EXPECT_EQ(row.type, type);
    EXPECT_EQ(row.out, Shown(out));
    // What came out goes in again.
    ASSERT_EQ(WBEM_S_NO_ERROR, object->Put(L"P", 0, &out, 0));
    _variant_t again;
    ASSERT_EQ(WBEM_S_NO_ERROR, object->Get(L"P", 0, &again, nullptr, nullptr));
    EXPECT_EQ(row.out, Shown(again));
  }

 private:
  static IWbemServicesPtr services_;
};
IWbemServicesPtr ClassObjectValues::services_;

TEST_P(ClassObjectValues, GoInAndComeOut) {
  const ValueRow& row = GetParam();
  SCOPED_TRACE(std::string("contract ") + row.source);
  RecordProperty("source", row.source);
  const IWbemClassObjectPtr schema = ClassWith(row.type);
  IWbemClassObjectPtr instance;
  ASSERT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &instance));
  {
    SCOPED_TRACE("class");
    CheckOn(schema, row);
  }
  SCOPED_TRACE("instance");
  CheckOn(instance, row);
}
INSTANTIATE_TEST_SUITE_P(Contract, ClassObjectValues, testing::ValuesIn(kValues),
                         [](const auto& row) { return std::string(row.param.what); });

}  // namespace
}  // namespace wmi::conformance
