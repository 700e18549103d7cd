#include "base/status.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace wmi {
namespace {

TEST(StatusTest, DefaultIsSuccessWithoutDetail) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), code::kOk);
  EXPECT_EQ(status.detail(), nullptr);
}

TEST(StatusTest, SuccessCodesOtherThanOkAreSuccess) {
  EXPECT_TRUE(Status(code::kFalse).ok());
  EXPECT_TRUE(Status(code::kPartialResults).ok());
  EXPECT_FALSE(Status(code::kFailed).ok());
}

TEST(StatusTest, MessageIsOwnTextElseTheTextOfTheCodeElseTheNumber) {
  EXPECT_EQ(Status(code::kInvalidQuery, "no FROM").Message(), "no FROM");
  EXPECT_EQ(Status(code::kNotFound).Message(), CodeText(code::kNotFound));
  EXPECT_EQ(Status(static_cast<Code>(0x8004FFFF)).Message(), "status 0x8004ffff");
}

TEST(StatusTest, FactsAreAddedButNeverReplaced) {
  const Status bare(code::kInvalidClass);
  const Status status = bare.WithOperation("ExecQuery").WithParameter("Foo").WithProvider("linux");
  ASSERT_NE(status.detail(), nullptr);
  EXPECT_EQ(status.code(), code::kInvalidClass);
  EXPECT_EQ(status.detail()->operation, "ExecQuery");
  EXPECT_EQ(status.detail()->parameter, "Foo");
  EXPECT_EQ(status.detail()->provider, "linux");
  const Status again = status.WithOperation("GetObject").WithParameter("Bar").WithProvider("other");
  EXPECT_EQ(again.detail()->operation, "ExecQuery");
  EXPECT_EQ(again.detail()->parameter, "Foo");
  EXPECT_EQ(again.detail()->provider, "linux");
  EXPECT_EQ(bare.detail(), nullptr);
}

TEST(StatusTest, SystemStatusNamesCallTextAndNumber) {
  const Status status = SystemStatus(code::kAccessDenied, "open(/proc/1/io)", EACCES);
  EXPECT_EQ(status.code(), code::kAccessDenied);
  EXPECT_EQ(status.Message(), "open(/proc/1/io) failed: Permission denied (errno 13)");
  EXPECT_EQ(status.detail()->system_call, "open(/proc/1/io)");
  EXPECT_EQ(status.detail()->system_errno, EACCES);
}

TEST(ResultTest, HoldsAValueOrTheStatusThatPreventedIt) {
  Result<std::string> good = std::string("value");
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(good.status().ok());
  EXPECT_EQ(*good, "value");
  EXPECT_EQ(good->size(), 5u);
  const Result<std::string> bad = Status(code::kNotFound, "none");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().code(), code::kNotFound);
}

TEST(ResultTest, MovesValuesThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Status(code::kInvalidParameter, "odd");
  return number / 2;
}

Status CheckHalf(int number) {
  TRY(Half(number));
  return Status();
}

Result<int> Quarter(int number, int& steps) {
  const int half = TRY(Half(number));
  ++steps;
  TRY(CheckHalf(half));
  ++steps;
  return half / 2;
}

TEST(TryTest, YieldsTheValueOrReturnsTheFailure) {
  int steps = 0;
  Result<int> result = Quarter(12, steps);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 3);
  EXPECT_EQ(steps, 2);

  steps = 0;
  EXPECT_EQ(Quarter(5, steps).status().Message(), "odd");
  EXPECT_EQ(steps, 0);
  EXPECT_EQ(Quarter(6, steps).status().code(), code::kInvalidParameter);
  EXPECT_EQ(steps, 1);
}

Result<std::unique_ptr<int>> PassOn(Result<std::unique_ptr<int>> from) {
  std::unique_ptr<int> value = TRY(std::move(from));
  return value;
}

TEST(TryTest, MovesTheValueOut) {
  Result<std::unique_ptr<int>> result = PassOn(std::make_unique<int>(3));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(**result, 3);
}

}  // namespace
}  // namespace wmi
