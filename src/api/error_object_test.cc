#include "api/error_object.h"

#include <gtest/gtest.h>

#include <vector>

#include "api/error_report.h"
#include "api/test_support.h"

namespace wmi::api {
namespace {

Status Failure(const char* message, int line, int column, const char* file = "") {
  ErrorDetail detail;
  detail.message = message;
  detail.line = line;
  detail.column = column;
  detail.file = file;
  return Status(code::kInvalidQuery, detail);
}

TEST(ErrorText, PlaceStandsInFrontInOneForm) {
  EXPECT_EQ("no place", ErrorText(Failure("no place", 0, 0)));
  EXPECT_EQ("line 2, column 5: odd", ErrorText(Failure("odd", 2, 5)));
  EXPECT_EQ("line 1, column 5: odd", ErrorText(Failure("column 5: odd", 1, 5)));
  EXPECT_EQ("odd (line 2, column 5)", ErrorText(Failure("odd (line 2, column 5)", 2, 5)));
  EXPECT_EQ("a.mof, line 2, column 5: odd", ErrorText(Failure("odd", 2, 5, "a.mof")));
  EXPECT_EQ(CodeText(code::kNotFound), ErrorText(Status(code::kNotFound)));
}

class ErrorObjectTest : public ApiTest {};

TEST_F(ErrorObjectTest, IsMadeOfFailuresOnly) {
  const cim::ClassPtr schema = session_->name_space()->FindClass("__ExtendedStatus");
  EXPECT_EQ(nullptr, MakeErrorObject(schema, Status(), "Test").get());
  EXPECT_EQ(nullptr, MakeErrorObject(schema, Status(code::kPartialResults), "Test").get());
  EXPECT_EQ(nullptr, MakeErrorObject(nullptr, Status(code::kFailed), "Test").get()) << "no class, no object";
}

TEST_F(ErrorObjectTest, BareCodesAreExplained) {
  const cim::ClassPtr schema = session_->name_space()->FindClass("__ExtendedStatus");
  const com::ComPtr<ErrorObject> error = MakeErrorObject(schema, Status(code::kAccessDenied), "Test");
  EXPECT_EQ(CodeText(code::kAccessDenied), PropertyText(error.get(), L"Description"));
  EXPECT_EQ("2147749891", PropertyText(error.get(), L"StatusCode"));
  EXPECT_EQ("Test", PropertyText(error.get(), L"Operation"));
  EXPECT_EQ("(null)", PropertyText(error.get(), L"ParameterInfo"));
  EXPECT_EQ("(null)", PropertyText(error.get(), L"__PATH"));
}

TEST_F(ErrorObjectTest, WhatTheStatusNamesIsKept) {
  const cim::ClassPtr schema = session_->name_space()->FindClass("__ExtendedStatus");
  const Status status =
      Status(code::kProviderFailure, "broken").WithOperation("Inner").WithProvider("P").WithParameter("x");
  const com::ComPtr<ErrorObject> error = MakeErrorObject(schema, status, "Outer");
  EXPECT_EQ("Inner", PropertyText(error.get(), L"Operation"));
  EXPECT_EQ("P", PropertyText(error.get(), L"ProviderName"));
  EXPECT_EQ("x", PropertyText(error.get(), L"ParameterInfo"));
}

// Contract 1.2: what the provider gave goes in place of our own, also to GetErrorInfo.
TEST_F(ErrorObjectTest, ProviderObjectReachesGetErrorInfo) {
  cim::RowBlockBuilder row;
  const cim::ClassPtr schema = session_->name_space()->FindClass("__ExtendedStatus");
  row.BeginRow(schema);
  row.SetText(*schema->FindSlot("Description"), "from the provider");
  row.CommitRow();
  std::vector<cim::Object> built;
  row.Finish(built);
  engine::Ending ending(Status(code::kProviderFailure, "ours"));
  ending.error = built.front();
  EXPECT_EQ(code::kProviderFailure, ReportedCall(*session_, "GetObject", [&] { return ending; }));
  com::ComPtr<IErrorInfo> info;
  ASSERT_EQ(S_OK, GetErrorInfo(0, info.Receive()));
  EXPECT_EQ("from the provider", PropertyText(info.As<IWbemClassObject>().get(), L"Description"));
  ending.status = Status();
  EXPECT_EQ(code::kOk, ReportedCall(*session_, "GetObject", [&] { return ending; }));
  EXPECT_EQ(nullptr, TakeErrorObject().get()) << "no error object on success";
}

}  // namespace
}  // namespace wmi::api
