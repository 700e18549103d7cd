#include "api/method_table.h"

#include <gtest/gtest.h>
#include <wbemcli.h>

#include <cstdint>

namespace wmi::api {
namespace {

constexpr std::uint32_t kAmended = 0x20000, kOwner = 0x10000, kDirect = 0x200, kLocatable = 0x100, kStatus = 0x80;
constexpr std::uint32_t kForce = 0x40, kSafe = 0x20, kForward = 0x20, kNow = 0x10, kPrototype = 2, kCreateOnly = 2;
constexpr std::uint32_t kShallow = 1, kUpdateOnly = 1;

struct Row {
  Method method;
  const char* name;
  Form form;
  std::uint32_t allowed;
  std::uint32_t required = 0;
};

// Contract 1.2, column by column; a flag outside the list is an invalid parameter (1.1, MS-WMI).
TEST(MethodTableTest, EachFormTakesItsFlagsAndNoOther) {
  const std::uint32_t put = kUpdateOnly | kCreateOnly | kAmended;
  const Row rows[] = {
      {Method::kGetObject, "GetObject", Form::kSync, kAmended | kDirect | kNow},
      {Method::kGetObject, "GetObject", Form::kAsync, kAmended | kDirect | kStatus},
      {Method::kPutClass, "PutClass", Form::kSync, put | kSafe | kForce | kOwner | kNow},
      {Method::kPutClass, "PutClass", Form::kAsync, put | kSafe | kForce | kOwner | kStatus},
      {Method::kDeleteClass, "DeleteClass", Form::kSync, kOwner | kNow},
      {Method::kDeleteClass, "DeleteClass", Form::kAsync, kOwner | kStatus},
      {Method::kCreateClassEnum, "CreateClassEnum", Form::kSync, kAmended | kShallow | kForward | kNow},
      {Method::kCreateClassEnum, "CreateClassEnum", Form::kAsync, kAmended | kShallow | kStatus},
      {Method::kPutInstance, "PutInstance", Form::kSync, put | kNow},
      {Method::kPutInstance, "PutInstance", Form::kAsync, put | kStatus},
      {Method::kDeleteInstance, "DeleteInstance", Form::kSync, kNow},
      {Method::kDeleteInstance, "DeleteInstance", Form::kAsync, kStatus},
      {Method::kCreateInstanceEnum, "CreateInstanceEnum", Form::kSync, kAmended | kShallow | kDirect | kForward | kNow},
      {Method::kCreateInstanceEnum, "CreateInstanceEnum", Form::kAsync, kAmended | kShallow | kDirect | kStatus},
      {Method::kExecQuery, "ExecQuery", Form::kSync, kAmended | kLocatable | kPrototype | kDirect | kForward | kNow},
      {Method::kExecQuery, "ExecQuery", Form::kAsync, kAmended | kLocatable | kPrototype | kDirect | kStatus},
      {Method::kExecNotificationQuery, "ExecNotificationQuery", Form::kSync, kForward | kNow, kForward | kNow},
      {Method::kExecNotificationQuery, "ExecNotificationQuery", Form::kAsync, kStatus},
      {Method::kExecMethod, "ExecMethod", Form::kSync, kNow},
      {Method::kExecMethod, "ExecMethod", Form::kAsync, kStatus},
      {Method::kOpenNamespace, "OpenNamespace", Form::kSync, kNow},
      {Method::kQueryObjectSink, "QueryObjectSink", Form::kSync, 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(row.name, MethodName(row.method));
    for (int bit = 0; bit < 32; ++bit) {
      const std::uint32_t flag = std::uint32_t{1} << bit;
      SCOPED_TRACE(flag);
      const std::uint32_t flags = row.required | flag;
      EXPECT_EQ((row.allowed & flag) != 0, CheckFlags(row.method, row.form, flags).ok());
    }
    const auto none = CheckFlags(row.method, row.form, 0);
    EXPECT_EQ(row.required == 0, none.ok());
    EXPECT_TRUE(CheckFlags(row.method, row.form, (1L << 32) | static_cast<long>(row.required)).ok())
        << "flags have 32 bits (decision 4)";
    EXPECT_EQ(code::kInvalidParameter, CheckFlags(row.method, row.form, 0x4000).code());
  }
}

TEST(MethodTableTest, FlagsThatExcludeEachOtherAreRefused) {
  const struct {
    Method method;
    Form form;
    std::uint32_t flags;
    bool ok;
  } rows[] = {
      {Method::kPutClass, Form::kSync, kUpdateOnly | kCreateOnly, false},
      {Method::kPutClass, Form::kAsync, kUpdateOnly | kCreateOnly, false},
      {Method::kPutInstance, Form::kSync, kUpdateOnly | kCreateOnly, false},
      {Method::kPutInstance, Form::kAsync, kUpdateOnly | kCreateOnly | kStatus, false},
      {Method::kPutClass, Form::kSync, kSafe | kForce, false},
      {Method::kPutClass, Form::kSync, kUpdateOnly | kSafe | kNow | kAmended, true},
      {Method::kPutClass, Form::kAsync, kCreateOnly | kForce | kOwner | kStatus, true},
      {Method::kExecNotificationQuery, Form::kSync, kForward, false},
      {Method::kExecNotificationQuery, Form::kSync, kNow, false},
      {Method::kExecQuery, Form::kSync, kForward | kNow | kPrototype | kLocatable, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(MethodName(row.method));
    SCOPED_TRACE(row.flags);
    EXPECT_EQ(row.ok ? code::kOk : code::kInvalidParameter, CheckFlags(row.method, row.form, row.flags).code());
  }
}

}  // namespace
}  // namespace wmi::api
