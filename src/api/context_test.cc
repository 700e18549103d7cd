#include "api/context.h"

#include <gtest/gtest.h>

#include <string>

#include "api/test_support.h"
#include "base/limits.h"

namespace wmi::api {
namespace {

using com::ComPtr;

VARIANT Number(long number) {
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_I4;
  value.lVal = number;
  return value;
}

class ContextTest : public testing::Test {
 protected:
  void SetUp() override {
    live_before_ = com::LiveObjects();
    context_ = com::MakeCom<Context>();
  }
  void TearDown() override {
    context_.Reset();
    EXPECT_EQ(live_before_, com::LiveObjects());
  }
  void Set(const wchar_t* name, VARIANT value) { ASSERT_EQ(code::kOk, context_->SetValue(name, 0, &value)); }

  ComPtr<Context> context_;

 private:
  std::size_t live_before_ = 0;
};

TEST_F(ContextTest, ValuesAreFoundWithoutCaseAndReplaced) {
  Set(L"Level", Number(1));
  Set(L"LEVEL", Number(2));
  TestVariant value;
  ASSERT_EQ(code::kOk, context_->GetValue(L"level", 0, &value.value));
  EXPECT_EQ(2, value.value.lVal);
  SAFEARRAY* names = nullptr;
  ASSERT_EQ(code::kOk, context_->GetNames(0, &names));
  EXPECT_EQ("Level", TakeNames(names));
}

TEST_F(ContextTest, TypesOfTheContractAreTakenAndOthersRefused) {
  const struct {
    VARTYPE vt;
    HRESULT result;
  } rows[] = {
      {VT_I4, code::kOk},
      {VT_R8, code::kOk},
      {VT_BOOL, code::kOk},
      {VT_UNKNOWN, code::kOk},
      {VT_EMPTY, code::kInvalidParameter},
      {VT_I2, code::kInvalidParameter},
      {VT_DATE, code::kInvalidParameter},
      {VT_BYREF | VT_I4, code::kInvalidParameter},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.vt);
    VARIANT value;
    VariantInit(&value);
    value.vt = row.vt;
    EXPECT_EQ(row.result, context_->SetValue(L"Name", 0, &value));
  }
}

TEST_F(ContextTest, OwnsCopiesOfItsValues) {
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_BSTR;
  value.bstrVal = SysAllocString(L"text");
  Set(L"Text", value);
  VariantClear(&value);
  TestVariant read;
  ASSERT_EQ(code::kOk, context_->GetValue(L"Text", 0, &read.value));
  EXPECT_EQ("text", Utf8(read.value.bstrVal));
}

TEST_F(ContextTest, ReadsTheLowHalfOfAnInteger) {
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_I4;
  value.llVal = 0x6666666600000003;  // intVal set over garbage
  Set(L"N", value);
  TestVariant read;
  ASSERT_EQ(code::kOk, context_->GetValue(L"N", 0, &read.value));
  EXPECT_EQ(3, read.value.lVal);
}

TEST_F(ContextTest, ErrorsLeaveTheTargetUntouched) {
  TestVariant value;
  EXPECT_EQ(code::kNotFound, context_->GetValue(L"None", 0, &value.value));
  EXPECT_EQ(code::kInvalidParameter, context_->GetValue(nullptr, 0, &value.value));
  EXPECT_EQ(code::kInvalidParameter, context_->GetValue(L"None", 1, &value.value));
  EXPECT_EQ(code::kInvalidParameter, context_->GetValue(L"None", 0, nullptr));
  EXPECT_TRUE(value.IsUntouched());
  VARIANT number = Number(1);
  EXPECT_EQ(code::kInvalidParameter, context_->SetValue(nullptr, 0, &number));
  EXPECT_EQ(code::kInvalidParameter, context_->SetValue(L"N", 1, &number));
  EXPECT_EQ(code::kInvalidParameter, context_->SetValue(L"N", 0, nullptr));
  EXPECT_EQ(code::kNotFound, context_->DeleteValue(L"N", 0));
  EXPECT_EQ(code::kInvalidParameter, context_->DeleteValue(nullptr, 0));
  EXPECT_EQ(code::kInvalidParameter, context_->GetNames(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, context_->BeginEnumeration(1));
  EXPECT_EQ(code::kInvalidParameter, context_->Clone(nullptr));
}

TEST_F(ContextTest, EnumerationAndDeletion) {
  EXPECT_EQ(code::kUnexpected, context_->Next(0, nullptr, nullptr));
  for (const wchar_t* name : {L"A", L"B", L"C"}) Set(name, Number(1));
  ASSERT_EQ(code::kOk, context_->BeginEnumeration(0));
  BSTR name = nullptr;
  TestVariant value;
  ASSERT_EQ(code::kOk, context_->Next(0, &name, &value.value));
  EXPECT_EQ("A", TakeBstr(name));
  EXPECT_EQ(code::kOk, context_->DeleteValue(L"a", 0));
  ASSERT_EQ(code::kOk, context_->Next(0, &name, nullptr));
  EXPECT_EQ("B", TakeBstr(name));
  EXPECT_EQ(code::kOk, context_->Next(0, nullptr, nullptr));
  EXPECT_EQ(code::kNoMoreData, context_->Next(0, &name, nullptr));
  EXPECT_EQ(nullptr, name);
  EXPECT_EQ(code::kOk, context_->DeleteAll());
  EXPECT_EQ(code::kNoMoreData, context_->Next(0, nullptr, nullptr));
  EXPECT_EQ(code::kOk, context_->EndEnumeration());
  EXPECT_EQ(code::kUnexpected, context_->Next(0, nullptr, nullptr));
}

TEST_F(ContextTest, CloneIsIndependent) {
  Set(L"A", Number(1));
  ComPtr<IWbemContext> copy;
  ASSERT_EQ(code::kOk, context_->Clone(copy.Receive()));
  Set(L"A", Number(2));
  TestVariant value;
  ASSERT_EQ(code::kOk, copy->GetValue(L"A", 0, &value.value));
  EXPECT_EQ(1, value.value.lVal);
}

TEST_F(ContextTest, NumberOfValuesIsBounded) {
  for (std::size_t i = 0; i < limits::kPropertiesMax; ++i) Set((L"v" + std::to_wstring(i)).c_str(), Number(1));
  VARIANT number = Number(1);
  EXPECT_EQ(code::kQuotaViolation, context_->SetValue(L"one more", 0, &number));
  EXPECT_EQ(code::kOk, context_->SetValue(L"v0", 0, &number));
}

}  // namespace
}  // namespace wmi::api
