#include "api/method_table.h"

#include <fmt/format.h>
#include <wbemcli.h>

#include <array>
#include <cstddef>

#include "api/input.h"

namespace wmi::api {
namespace {

constexpr std::uint32_t kAmended = WBEM_FLAG_USE_AMENDED_QUALIFIERS;
constexpr std::uint32_t kDirect = WBEM_FLAG_DIRECT_READ;
constexpr std::uint32_t kStatus = WBEM_FLAG_SEND_STATUS;
constexpr std::uint32_t kNow = WBEM_FLAG_RETURN_IMMEDIATELY;
constexpr std::uint32_t kForward = WBEM_FLAG_FORWARD_ONLY;
constexpr std::uint32_t kShallow = WBEM_FLAG_SHALLOW;
constexpr std::uint32_t kOwner = WBEM_FLAG_OWNER_UPDATE;
constexpr std::uint32_t kLocatable = WBEM_FLAG_ENSURE_LOCATABLE;
constexpr std::uint32_t kPrototype = WBEM_FLAG_PROTOTYPE;
constexpr std::uint32_t kCreateOrUpdate = std::uint32_t{WBEM_FLAG_UPDATE_ONLY} | WBEM_FLAG_CREATE_ONLY;
constexpr std::uint32_t kUpdateMode = std::uint32_t{WBEM_FLAG_UPDATE_SAFE_MODE} | WBEM_FLAG_UPDATE_FORCE_MODE;

struct Row {
  Method method;
  std::string_view name;
  std::uint32_t sync;
  std::uint32_t async;                     // 0 too for a method without that form
  std::uint32_t sync_required = 0;         // each of them
  std::array<std::uint32_t, 2> one_of{0};  // at most one flag of each set
};

// Contract 1.2. BIDIRECTIONAL, DEEP, CREATE_OR_UPDATE, UPDATE_COMPATIBLE and RETURN_WBEM_COMPLETE are 0.
constexpr Row kMethods[] = {
    {Method::kGetObject, "GetObject", kAmended | kDirect | kNow, kAmended | kDirect | kStatus},
    {Method::kPutClass,
     "PutClass",
     kCreateOrUpdate | kUpdateMode | kOwner | kAmended | kNow,
     kCreateOrUpdate | kUpdateMode | kOwner | kAmended | kStatus,
     0,
     {kCreateOrUpdate, kUpdateMode}},
    {Method::kDeleteClass, "DeleteClass", kOwner | kNow, kOwner | kStatus},
    {Method::kCreateClassEnum, "CreateClassEnum", kAmended | kShallow | kForward | kNow, kAmended | kShallow | kStatus},
    {Method::kPutInstance,
     "PutInstance",
     kCreateOrUpdate | kAmended | kNow,
     kCreateOrUpdate | kAmended | kStatus,
     0,
     {kCreateOrUpdate}},
    {Method::kDeleteInstance, "DeleteInstance", kNow, kStatus},
    {Method::kCreateInstanceEnum, "CreateInstanceEnum", kAmended | kShallow | kDirect | kForward | kNow,
     kAmended | kShallow | kDirect | kStatus},
    {Method::kExecQuery, "ExecQuery", kAmended | kLocatable | kPrototype | kDirect | kForward | kNow,
     kAmended | kLocatable | kPrototype | kDirect | kStatus},
    {Method::kExecNotificationQuery, "ExecNotificationQuery", kForward | kNow, kStatus, kForward | kNow},
    {Method::kExecMethod, "ExecMethod", kNow, kStatus},
    {Method::kOpenNamespace, "OpenNamespace", kNow, 0},
    {Method::kQueryObjectSink, "QueryObjectSink", 0, 0},
    {Method::kCancelAsyncCall, "CancelAsyncCall", 0, 0},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kMethods); ++i) {
    if (kMethods[i].method != static_cast<Method>(i)) return false;
  }
  return true;
}
static_assert(IsInOrder(), "the rows are found by their number");

const Row& RowOf(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

}  // namespace

std::string_view MethodName(Method method) { return RowOf(method).name; }

Status CheckFlags(Method method, Form form, long flags) {
  const Row& row = RowOf(method);
  const std::uint32_t given = LowFlags(flags);
  const std::uint32_t allowed = form == Form::kSync ? row.sync : row.async;
  if ((given & ~allowed) != 0) {
    return Status(
        code::kInvalidParameter,
        fmt::format("lFlags has 0x{:x}, which this method does not take; it takes 0x{:x}", given & ~allowed, allowed));
  }
  const std::uint32_t required = form == Form::kSync ? row.sync_required : 0;
  if ((given & required) != required) {
    return Status(code::kInvalidParameter, fmt::format("lFlags is 0x{:x}; this method needs 0x{:x}", given, required));
  }
  for (const std::uint32_t set : row.one_of) {
    const std::uint32_t chosen = given & set;
    if ((chosen & (chosen - 1)) != 0) {
      return Status(code::kInvalidParameter, fmt::format("lFlags has 0x{:x}, of which only one may be given", chosen));
    }
  }
  return Status();
}

}  // namespace wmi::api
