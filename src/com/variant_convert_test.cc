// VariantChangeType, by table: source, target type, result or error.
#include <gtest/gtest.h>
#include <oleauto.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/fault.h"
#include "com/bstr.h"
#include "com/com_object.h"
#include "com/memory.h"
#include "com/variant.h"

namespace wmi::com {
namespace {

// A VARIANT that frees itself.
class Value {
 public:
  Value() { VariantInit(&v); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value() { VariantClear(&v); }
  VARIANT v;
};

void Make(Value& value, VARTYPE vt, double number) {
  if (vt == VT_BSTR || vt == VT_EMPTY || vt == VT_NULL) {
    value.v.vt = vt;
    return;
  }
  VARIANT real;
  SetReal64(real, number);
  ASSERT_EQ(VariantChangeType(&value.v, &real, 0, vt), S_OK) << "type " << vt;
}

HRESULT ConvertText(const wchar_t* text, VARTYPE vt, Value& result, USHORT flags = 0) {
  Value source;
  SetBstr(source.v, SysAllocString(text));
  return VariantChangeType(&result.v, &source.v, flags, vt);
}

std::string TextOf(const VARIANT& source, USHORT flags = 0) {
  Value text;
  const HRESULT hr = VariantChangeType(&text.v, &source, flags, VT_BSTR);
  return FAILED(hr) ? "error" : Utf8FromInput(text.v.bstrVal);
}

struct Range {
  VARTYPE vt;
  const wchar_t* low;
  const wchar_t* high;
  const wchar_t* below;
  const wchar_t* above;
};

TEST(VariantChangeType, WholeNumbersHoldTheirRangeAndOverflowBesideIt) {
  const Range ranges[] = {
      {VT_I1, L"-128", L"127", L"-129", L"128"},
      {VT_UI1, L"0", L"255", L"-1", L"256"},
      {VT_I2, L"-32768", L"32767", L"-32769", L"32768"},
      {VT_UI2, L"0", L"65535", L"-1", L"65536"},
      {VT_I4, L"-2147483648", L"2147483647", L"-2147483649", L"2147483648"},
      {VT_INT, L"-2147483648", L"2147483647", L"-2147483649", L"2147483648"},
      {VT_UI4, L"0", L"4294967295", L"-1", L"4294967296"},
      {VT_UINT, L"0", L"4294967295", L"-1", L"4294967296"},
      {VT_I8, L"-9223372036854775808", L"9223372036854775807", L"-9223372036854775809", L"9223372036854775808"},
      {VT_UI8, L"0", L"18446744073709551615", L"-1", L"18446744073709551616"},
  };
  for (const Range& range : ranges) {
    for (const wchar_t* text : {range.low, range.high}) {
      Value number;
      ASSERT_EQ(ConvertText(text, range.vt, number), S_OK) << "type " << range.vt;
      EXPECT_EQ(number.v.vt, range.vt);
      EXPECT_EQ(TextOf(number.v), Utf8FromInput(text)) << "type " << range.vt;
    }
    for (const wchar_t* text : {range.below, range.above}) {
      Value number;
      EXPECT_EQ(ConvertText(text, range.vt, number), DISP_E_OVERFLOW) << "type " << range.vt;
      EXPECT_EQ(number.v.vt, VT_EMPTY);
    }
  }
}

TEST(VariantChangeType, EveryScalarPairKeepsASmallNumber) {
  const VARTYPE types[] = {VT_I1, VT_UI1, VT_I2, VT_UI2, VT_I4, VT_UI4,  VT_INT,    VT_UINT,
                           VT_I8, VT_UI8, VT_R4, VT_R8,  VT_CY, VT_DATE, VT_DECIMAL};
  for (const VARTYPE from : types) {
    Value source;
    Make(source, from, 7);
    for (const VARTYPE to : types) {
      Value target;
      ASSERT_EQ(VariantChangeType(&target.v, &source.v, 0, to), S_OK) << from << " to " << to;
      EXPECT_EQ(target.v.vt, to);
      Value back;
      ASSERT_EQ(VariantChangeType(&back.v, &target.v, 0, VT_R8), S_OK) << from << " to " << to;
      EXPECT_EQ(back.v.dblVal, 7.0) << from << " to " << to;
    }
    Value truth;
    ASSERT_EQ(VariantChangeType(&truth.v, &source.v, 0, VT_BOOL), S_OK);
    EXPECT_EQ(truth.v.boolVal, VARIANT_TRUE);
  }
}

TEST(VariantChangeType, IntegersFillAllEightBytes) {
  Value number;
  ASSERT_EQ(ConvertText(L"-3", VT_I4, number), S_OK);
  EXPECT_EQ(number.v.llVal, -3);
  ASSERT_EQ(ConvertText(L"4000000000", VT_UI4, number), S_OK);
  EXPECT_EQ(number.v.llVal, 4000000000LL);
}

TEST(VariantChangeType, A32BitSourceIsReadFromItsLowHalf) {
  VARIANT source;
  VariantInit(&source);
  source.vt = VT_I4;
  source.ullVal = 0xDEADBEEF00000005ull;
  EXPECT_EQ(TextOf(source), "5");
}

TEST(VariantChangeType, RealsRoundHalvesToEven) {
  const std::pair<double, long> cases[] = {{0.5, 0}, {1.5, 2}, {2.5, 2}, {-0.5, 0}, {-1.5, -2}, {2.4999, 2}};
  for (const auto& [real, whole] : cases) {
    VARIANT source;
    SetReal64(source, real);
    Value target;
    ASSERT_EQ(VariantChangeType(&target.v, &source, 0, VT_I4), S_OK);
    EXPECT_EQ(target.v.lVal, whole) << real;
  }
  Value target;
  ASSERT_EQ(ConvertText(L"2.5", VT_I4, target), S_OK);
  EXPECT_EQ(target.v.lVal, 2);
}

TEST(VariantChangeType, RealsThatFitNowhereOverflow) {
  for (const double real : {1e20, -1e20, std::nan(""), std::numeric_limits<double>::infinity()}) {
    VARIANT source;
    SetReal64(source, real);
    for (const VARTYPE vt : {VT_I1, VT_I4, VT_UI4, VT_I8, VT_UI8, VT_CY}) {
      Value target;
      EXPECT_EQ(VariantChangeType(&target.v, &source, 0, vt), DISP_E_OVERFLOW) << real << " " << vt;
    }
  }
  VARIANT source;
  SetReal64(source, 1e300);
  Value target;
  EXPECT_EQ(VariantChangeType(&target.v, &source, 0, VT_R4), DISP_E_OVERFLOW);
  EXPECT_EQ(VariantChangeType(&target.v, &source, 0, VT_DATE), DISP_E_OVERFLOW);
  EXPECT_EQ(VariantChangeType(&target.v, &source, 0, VT_DECIMAL), DISP_E_OVERFLOW);
}

TEST(VariantChangeType, RealsAsText) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"}, {1.5, "1.5"}, {-0.1, "-0.1"}, {1e20, "1E+20"}, {123456789.125, "123456789.125"}, {1e-7, "1E-07"}};
  for (const auto& [real, text] : cases) {
    VARIANT source;
    SetReal64(source, real);
    EXPECT_EQ(TextOf(source), text);
  }
  VARIANT source;
  SetReal32(source, 0.1f);
  EXPECT_EQ(TextOf(source), "0.1");
}

TEST(VariantChangeType, NumeralsWithBlanksSignsGroupsAndExponents) {
  const std::pair<const wchar_t*, double> good[] = {{L" 12 ", 12},   {L"+5", 5},    {L"-5", -5}, {L"1,234", 1234},
                                                    {L"1.25", 1.25}, {L".5", 0.5},  {L"5.", 5},  {L"1e3", 1000},
                                                    {L"2E-2", 0.02}, {L"1e+2", 100}};
  for (const auto& [text, real] : good) {
    Value target;
    ASSERT_EQ(ConvertText(text, VT_R8, target), S_OK) << Utf8FromInput(text);
    EXPECT_DOUBLE_EQ(target.v.dblVal, real);
  }
  for (const wchar_t* bad : {L"", L" ", L"abc", L"1x", L"1 2", L"--1", L"1e", L"e5", L".", L"1.2.3", L"0x10", L"-"}) {
    Value target;
    EXPECT_EQ(ConvertText(bad, VT_I4, target), DISP_E_TYPEMISMATCH) << Utf8FromInput(bad);
    EXPECT_EQ(ConvertText(bad, VT_R8, target), DISP_E_TYPEMISMATCH) << Utf8FromInput(bad);
  }
  Value target;
  EXPECT_EQ(ConvertText(L"1e999", VT_R8, target), DISP_E_OVERFLOW);
  EXPECT_EQ(ConvertText(L"1e-999", VT_R8, target), S_OK);
}

TEST(VariantChangeType, TruthValues) {
  for (const wchar_t* text : {L"True", L"TRUE", L"#TRUE#", L"1", L"-0.5"}) {
    Value target;
    ASSERT_EQ(ConvertText(text, VT_BOOL, target), S_OK);
    EXPECT_EQ(target.v.boolVal, VARIANT_TRUE) << Utf8FromInput(text);
  }
  for (const wchar_t* text : {L"false", L"#FALSE#", L"0"}) {
    Value target;
    ASSERT_EQ(ConvertText(text, VT_BOOL, target), S_OK);
    EXPECT_EQ(target.v.boolVal, VARIANT_FALSE) << Utf8FromInput(text);
  }
  Value target;
  EXPECT_EQ(ConvertText(L"yes", VT_BOOL, target), DISP_E_TYPEMISMATCH);
  VARIANT yes;
  SetBool(yes, true);
  EXPECT_EQ(TextOf(yes), "-1");
  EXPECT_EQ(TextOf(yes, VARIANT_ALPHABOOL), "True");
  ASSERT_EQ(VariantChangeType(&target.v, &yes, 0, VT_I4), S_OK);
  EXPECT_EQ(target.v.lVal, -1);
  ASSERT_EQ(VariantChangeType(&target.v, &yes, 0, VT_UI1), S_OK);
  EXPECT_EQ(target.v.bVal, 255);
  ASSERT_EQ(VariantChangeType(&target.v, &yes, 0, VT_UI4), S_OK);
  EXPECT_EQ(target.v.ulVal, 4294967295u);
}

TEST(VariantChangeType, EmptyIsZeroAndNullIsNothing) {
  VARIANT empty;
  VARIANT null;
  SetEmpty(empty);
  SetNull(null);
  for (const VARTYPE vt : {VT_I4, VT_R8, VT_BOOL, VT_CY, VT_DECIMAL, VT_UI8}) {
    Value target;
    ASSERT_EQ(VariantChangeType(&target.v, &empty, 0, vt), S_OK);
    EXPECT_EQ(target.v.vt, vt);
    EXPECT_EQ(VariantChangeType(&target.v, &null, 0, vt), DISP_E_TYPEMISMATCH);
  }
  EXPECT_EQ(TextOf(empty), "");
  EXPECT_EQ(TextOf(null), "error");
}

TEST(VariantChangeType, CurrencyHasFourPlaces) {
  Value target;
  ASSERT_EQ(ConvertText(L"-12.34565", VT_CY, target), S_OK);
  EXPECT_EQ(target.v.cyVal.int64, -123456);  // the half goes to the even neighbour
  EXPECT_EQ(TextOf(target.v), "-12.3456");
  EXPECT_EQ(ConvertText(L"922337203685477.5808", VT_CY, target), DISP_E_OVERFLOW);
  ASSERT_EQ(ConvertText(L"922337203685477.5807", VT_CY, target), S_OK);
}

TEST(VariantChangeType, DecimalIsExact) {
  Value target;
  const wchar_t* text = L"79228162514264337593543950335";
  ASSERT_EQ(ConvertText(text, VT_DECIMAL, target), S_OK);
  EXPECT_EQ(target.v.vt, VT_DECIMAL);
  EXPECT_EQ(TextOf(target.v), Utf8FromInput(text));
  EXPECT_EQ(ConvertText(L"79228162514264337593543950336", VT_DECIMAL, target), DISP_E_OVERFLOW);
  ASSERT_EQ(ConvertText(L"-0.0000000000000000000000000001", VT_DECIMAL, target), S_OK);
  EXPECT_EQ(TextOf(target.v), "-0.0000000000000000000000000001");
  VARIANT real;
  SetReal64(real, 0.1);
  ASSERT_EQ(VariantChangeType(&target.v, &real, 0, VT_DECIMAL), S_OK);
  EXPECT_EQ(TextOf(target.v), "0.1");
  SetReal64(real, 1e28);
  ASSERT_EQ(VariantChangeType(&target.v, &real, 0, VT_DECIMAL), S_OK);
  EXPECT_EQ(TextOf(target.v), "10000000000000000000000000000");
  SetReal64(real, 1e-40);
  ASSERT_EQ(VariantChangeType(&target.v, &real, 0, VT_DECIMAL), S_OK);
  EXPECT_EQ(TextOf(target.v), "0");
}

TEST(VariantChangeType, DatesAsTextAndBack) {
  const std::pair<const wchar_t*, const char*> cases[] = {
      {L"2024-02-29", "02/29/2024"},
      {L"07/14/2024 21:05:09", "07/14/2024 21:05:09"},
      {L"2024-07-14T09:05", "07/14/2024 09:05:00"},
      {L"7/4/1776 12:00:00 AM", "07/04/1776"},
      {L"1/1/1800 6:00 PM", "01/01/1800 18:00:00"},
      {L"23:59:59", "23:59:59"},
  };
  for (const auto& [text, expected] : cases) {
    Value date;
    ASSERT_EQ(ConvertText(text, VT_DATE, date), S_OK) << expected;
    EXPECT_EQ(TextOf(date.v), expected);
  }
  for (const wchar_t* bad :
       {L"2023-02-29", L"13/01/2024", L"2024-01-01 25:00", L"2024-01", L"noon", L"1/1/2024 1:2:3 XM"}) {
    Value date;
    EXPECT_EQ(ConvertText(bad, VT_DATE, date), DISP_E_TYPEMISMATCH) << Utf8FromInput(bad);
  }
}

TEST(VariantChangeType, SystemTimeRoundTrips) {
  SYSTEMTIME time = {2024, 7, 0, 14, 21, 5, 9, 0};
  double date = 0;
  ASSERT_TRUE(SystemTimeToVariantTime(&time, &date));
  SYSTEMTIME back;
  ASSERT_TRUE(VariantTimeToSystemTime(date, &back));
  EXPECT_EQ(back.wYear, 2024);
  EXPECT_EQ(back.wMonth, 7);
  EXPECT_EQ(back.wDay, 14);
  EXPECT_EQ(back.wDayOfWeek, 0);  // a Sunday
  EXPECT_EQ(back.wHour, 21);
  EXPECT_EQ(back.wSecond, 9);
  ASSERT_TRUE(VariantTimeToSystemTime(-1.25, &back));
  EXPECT_EQ(back.wDay, 29);
  EXPECT_EQ(back.wHour, 6);
  time.wDay = 32;
  EXPECT_FALSE(SystemTimeToVariantTime(&time, &date));
  EXPECT_FALSE(VariantTimeToSystemTime(1e9, &back));
}

TEST(VariantChangeType, SourceAndTargetMayBeTheSame) {
  Value v;
  SetBstr(v.v, SysAllocString(L"17"));
  ASSERT_EQ(VariantChangeType(&v.v, &v.v, 0, VT_I4), S_OK);
  EXPECT_EQ(v.v.lVal, 17);
  ASSERT_EQ(VariantChangeType(&v.v, &v.v, 0, VT_BSTR), S_OK);
  EXPECT_STREQ(v.v.bstrVal, L"17");
  EXPECT_EQ(VariantChangeType(&v.v, &v.v, 0, VT_UNKNOWN), DISP_E_TYPEMISMATCH);
  EXPECT_STREQ(v.v.bstrVal, L"17");
}

TEST(VariantChangeType, RefusesBadTypes) {
  Value v;
  EXPECT_EQ(VariantChangeType(&v.v, &v.v, 0, VT_VOID), DISP_E_BADVARTYPE);
  EXPECT_EQ(VariantChangeType(&v.v, &v.v, 0, VT_BYREF | VT_I4), DISP_E_BADVARTYPE);
  EXPECT_EQ(VariantChangeType(nullptr, &v.v, 0, VT_I4), E_INVALIDARG);
  EXPECT_EQ(VariantChangeType(&v.v, nullptr, 0, VT_I4), E_INVALIDARG);
  VARIANT error;
  VariantInit(&error);
  error.vt = VT_ERROR;
  EXPECT_EQ(VariantChangeType(&v.v, &error, 0, VT_I4), DISP_E_TYPEMISMATCH);
}

class Speaking final : public ComObject<IDispatch> {
 public:
  HRESULT GetTypeInfoCount(UINT*) override { return E_NOTIMPL; }
  HRESULT GetTypeInfo(UINT, LCID, ITypeInfo**) override { return E_NOTIMPL; }
  HRESULT GetIDsOfNames(REFIID, LPOLESTR*, UINT, LCID, DISPID*) override { return E_NOTIMPL; }
  HRESULT Invoke(DISPID id, REFIID, LCID, WORD, DISPPARAMS*, VARIANT* result, EXCEPINFO*, UINT*) override {
    if (id != DISPID_VALUE) return DISP_E_MEMBERNOTFOUND;
    SetSint32(*result, 99);
    return S_OK;
  }
};

TEST(VariantChangeType, ObjectsGiveTheirValueAndTheirOtherInterface) {
  Value object;
  SetUnknown(object.v, new Speaking());
  Value dispatch;
  ASSERT_EQ(VariantChangeType(&dispatch.v, &object.v, 0, VT_DISPATCH), S_OK);
  EXPECT_EQ(dispatch.v.vt, VT_DISPATCH);
  EXPECT_EQ(TextOf(dispatch.v), "99");
  EXPECT_EQ(TextOf(dispatch.v, VARIANT_NOVALUEPROP), "error");
}

class Mute final : public ComObject<IUnknown> {};

TEST(VariantChangeType, AnObjectWithoutDispatchIsAMismatch) {
  Value object;
  SetUnknown(object.v, new Mute());
  Value target;
  EXPECT_EQ(VariantChangeType(&target.v, &object.v, 0, VT_DISPATCH), DISP_E_TYPEMISMATCH);
  EXPECT_EQ(VariantChangeType(&target.v, &object.v, 0, VT_I4), DISP_E_TYPEMISMATCH);
  EXPECT_EQ(target.v.vt, VT_EMPTY);
}

TEST(VariantChangeType, LackOfMemoryLeavesTheTarget) {
  Value source;
  SetBstr(source.v, SysAllocString(L"12"));
  Value target;
  SetSint32(target.v, 5);
  const std::size_t failures = ForEachFault(kAllocationFault, 20, [&] {
    const HRESULT hr = VariantChangeType(&target.v, &source.v, 0, VT_R8);
    if (FAILED(hr)) {
      EXPECT_EQ(hr, E_OUTOFMEMORY);
      EXPECT_EQ(target.v.lVal, 5);
    }
  });
  EXPECT_EQ(failures, 1u);
  EXPECT_EQ(target.v.dblVal, 12.0);
}

}  // namespace
}  // namespace wmi::com
