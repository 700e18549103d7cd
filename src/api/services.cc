#include "api/services.h"

#include <fmt/format.h>

#include "api/call_result.h"
#include "api/call_start.h"
#include "api/enum_objects.h"
#include "api/error_report.h"
#include "api/input.h"
#include "base/text.h"
#include "engine/enumerator.h"
#include "engine/result_set.h"

namespace wmi::api {
namespace {

// The flags of each method, contract 1.2. BIDIRECTIONAL, DEEP and RETURN_WHEN_COMPLETE are 0.
constexpr std::uint32_t kEnumeratorFlags = WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;
constexpr std::uint32_t kQueryFlags =
    WBEM_FLAG_USE_AMENDED_QUALIFIERS | WBEM_FLAG_ENSURE_LOCATABLE | WBEM_FLAG_PROTOTYPE | WBEM_FLAG_DIRECT_READ;
constexpr std::uint32_t kInstancesFlags = WBEM_FLAG_USE_AMENDED_QUALIFIERS | WBEM_FLAG_DIRECT_READ | WBEM_FLAG_SHALLOW;
constexpr std::uint32_t kObjectFlags = WBEM_FLAG_USE_AMENDED_QUALIFIERS | WBEM_FLAG_DIRECT_READ;

constexpr std::uint32_t kOneClassFlags = std::uint32_t{WBEM_FLAG_SHALLOW} | WBEM_FLAG_DIRECT_READ;

Status IsNull(std::string_view parameter) {
  return Status(code::kInvalidParameter, fmt::format("{} is NULL", parameter));
}

Status CheckFlags(long flags, std::uint32_t allowed) {
  const std::uint32_t excess = LowFlags(flags) & ~allowed;
  if (excess == 0) return Status();
  return Status(code::kInvalidParameter,
                fmt::format("lFlags has 0x{:x}, which this method does not take; it takes 0x{:x}", excess, allowed));
}

template <typename T>
void Clear(T** target) {
  if (target != nullptr) *target = nullptr;
}

}  // namespace

com::ComPtr<IWbemServices> Services::Copy() { return com::MakeCom<Services>(session_); }

// ---- what is asked for ----------------------------------------------------------------------------------------------

Result<Services::Request> Services::QueryRequest(const wchar_t* language, const wchar_t* query, long flags,
                                                 std::uint32_t allowed) const {
  if (language == nullptr) return IsNull("strQueryLanguage");
  if (query == nullptr) return IsNull("strQuery");
  TRY(CheckFlags(flags, allowed));
  std::string language_text = ReadText(language, limits::kNameLengthMax);
  if (!EqualFolded(language_text, "WQL")) {
    return Status(code::kInvalidQueryType, "the query language is not \"WQL\"").WithParameter(std::move(language_text));
  }
  Request request;
  request.text = ReadText(query, limits::kQueryLengthMax);
  const auto has = [&](std::uint32_t flag) { return (LowFlags(flags) & flag) != 0; };
  request.source = session_->engine().QuerySource(
      session_, request.text,
      has(WBEM_FLAG_PROTOTYPE) ? engine::QueryResult::kPrototype : engine::QueryResult::kInstances,
      has(WBEM_FLAG_ENSURE_LOCATABLE) ? engine::Locatable::kAlways : engine::Locatable::kAsSelected,
      has(WBEM_FLAG_DIRECT_READ) ? engine::Depth::kShallow : engine::Depth::kDeep);
  return request;
}

Result<Services::Request> Services::InstancesRequest(const wchar_t* class_name, long flags,
                                                     std::uint32_t allowed) const {
  if (IsBlank(class_name)) {
    return Status(code::kInvalidParameter, "the class name is NULL or empty; name the class to enumerate");
  }
  TRY(CheckFlags(flags, allowed));
  Request request;
  request.text = ReadText(class_name, limits::kIdentifierLengthMax);
  // DIRECT_READ asks the provider of the class and no other.
  const bool shallow = (LowFlags(flags) & kOneClassFlags) != 0;
  request.source = session_->engine().InstancesSource(session_, request.text,
                                                      shallow ? engine::Depth::kShallow : engine::Depth::kDeep);
  return request;
}

Result<Services::Request> Services::ObjectRequest(const wchar_t* path, long flags, std::uint32_t allowed) const {
  TRY(CheckFlags(flags, allowed));
  // The empty class that an empty path asks for is there to be filled and put, which is not possible yet.
  if (IsBlank(path)) {
    return Status(
        code::kNotSupported,
        "an empty path asks for a new class, and this version cannot write classes; name a class or instance");
  }
  Request request;
  request.text = ReadText(path, limits::kPathLengthMax);
  request.source = session_->engine().ObjectSource(session_, request.text);
  return request;
}

// ---- how it is returned ---------------------------------------------------------------------------------------------

Status Services::Enumerate(std::string_view operation, Request request, long flags,
                           IEnumWbemClassObject** enumerator) const {
  const bool forward_only = (LowFlags(flags) & WBEM_FLAG_FORWARD_ONLY) != 0;
  const bool immediately = (LowFlags(flags) & WBEM_FLAG_RETURN_IMMEDIATELY) != 0;
  const auto retention = forward_only ? engine::Retention::kForwardOnly : engine::Retention::kRewindable;
  auto results = std::make_shared<engine::ResultSet>(
      retention, immediately ? engine::RunAhead::kSmall : engine::RunAhead::kToTheEnd);
  auto reader = std::make_shared<engine::Enumerator>(results, retention);
  auto object = com::MakeCom<EnumObjects>(session_, operation, std::move(reader));
  TRY(StartForResults({session_, operation, std::move(request.text), std::move(request.source)}, results));
  if (!immediately) {
    // Without RETURN_IMMEDIATELY everything is there when the enumerator is handed out (contract 5.2).
    // Programs compare the result with WBEM_S_NO_ERROR, so partial results are told in the asynchronous form alone.
    const Status outcome = results->WaitEnd(TimePoint::max()).outcome;
    if (!outcome.ok()) return outcome;
  }
  *enumerator = object.Detach();
  return Status();
}

Status Services::ReadOne(Request request, long flags, IWbemClassObject** object, IWbemCallResult** call_result) const {
  static constexpr std::string_view kOperation = "GetObject";
  auto results = std::make_shared<engine::ResultSet>(engine::Retention::kRewindable, engine::RunAhead::kToTheEnd);
  auto result = com::MakeCom<CallResult>(session_, kOperation, results);
  TRY(StartForResults({session_, kOperation, std::move(request.text), std::move(request.source)}, results));
  // A call result alone is enough to make the call semisynchronous (contract 1.3; checklist 20).
  const bool immediately = object == nullptr || (LowFlags(flags) & WBEM_FLAG_RETURN_IMMEDIATELY) != 0;
  if (!immediately) {
    com::ComPtr<IWbemClassObject> found;
    const Status outcome = result->ReadObject(TimePoint::max(), found);
    if (!outcome.ok()) return outcome;
    *object = found.Detach();
  }
  if (call_result != nullptr) *call_result = result.Detach();
  return Status();
}

Status Services::Deliver(std::string_view operation, Request request, long flags, IWbemObjectSink* sink) const {
  const bool wants_status = (LowFlags(flags) & WBEM_FLAG_SEND_STATUS) != 0;
  return StartForSink({session_, operation, std::move(request.text), std::move(request.source)}, sink,
                      wants_status ? engine::WantsProgress::kYes : engine::WantsProgress::kNo);
}

// ---- reading --------------------------------------------------------------------------------------------------------

HRESULT Services::ExecQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext*,
                            IEnumWbemClassObject** ppEnum) {
  return ReportedCall(*session_, "ExecQuery", [&]() -> Status {
    if (ppEnum == nullptr) return IsNull("ppEnum");
    *ppEnum = nullptr;
    Request request = TRY(QueryRequest(strQueryLanguage, strQuery, lFlags, kQueryFlags | kEnumeratorFlags));
    return Enumerate("ExecQuery", std::move(request), lFlags, ppEnum);
  });
}

HRESULT Services::ExecQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext*,
                                 IWbemObjectSink* pResponseHandler) {
  return ReportedCall(*session_, "ExecQuery", [&]() -> Status {
    if (pResponseHandler == nullptr) return IsNull("pResponseHandler");
    Request request = TRY(QueryRequest(strQueryLanguage, strQuery, lFlags, kQueryFlags | WBEM_FLAG_SEND_STATUS));
    return Deliver("ExecQuery", std::move(request), lFlags, pResponseHandler);
  });
}

HRESULT Services::CreateInstanceEnum(const BSTR strFilter, long lFlags, IWbemContext*, IEnumWbemClassObject** ppEnum) {
  return ReportedCall(*session_, "CreateInstanceEnum", [&]() -> Status {
    if (ppEnum == nullptr) return IsNull("ppEnum");
    *ppEnum = nullptr;
    Request request = TRY(InstancesRequest(strFilter, lFlags, kInstancesFlags | kEnumeratorFlags));
    return Enumerate("CreateInstanceEnum", std::move(request), lFlags, ppEnum);
  });
}

HRESULT Services::CreateInstanceEnumAsync(const BSTR strFilter, long lFlags, IWbemContext*,
                                          IWbemObjectSink* pResponseHandler) {
  return ReportedCall(*session_, "CreateInstanceEnum", [&]() -> Status {
    if (pResponseHandler == nullptr) return IsNull("pResponseHandler");
    Request request = TRY(InstancesRequest(strFilter, lFlags, kInstancesFlags | WBEM_FLAG_SEND_STATUS));
    return Deliver("CreateInstanceEnum", std::move(request), lFlags, pResponseHandler);
  });
}

HRESULT Services::GetObject(const BSTR strObjectPath, long lFlags, IWbemContext*, IWbemClassObject** ppObject,
                            IWbemCallResult** ppCallResult) {
  return ReportedCall(*session_, "GetObject", [&]() -> Status {
    Clear(ppObject);
    if (ppObject == nullptr && ppCallResult == nullptr) return IsNull("ppObject and ppCallResult: each of them");
    // A pointer that is not NULL is a reference that would be lost (contract 1.4).
    if (ppCallResult != nullptr && *ppCallResult != nullptr) {
      return Status(code::kInvalidParameter, "*ppCallResult is not NULL on entry");
    }
    if (ppCallResult == nullptr && (LowFlags(lFlags) & WBEM_FLAG_RETURN_IMMEDIATELY) != 0) {
      return Status(code::kInvalidParameter, "WBEM_FLAG_RETURN_IMMEDIATELY needs ppCallResult");
    }
    Request request = TRY(ObjectRequest(strObjectPath, lFlags, kObjectFlags | WBEM_FLAG_RETURN_IMMEDIATELY));
    return ReadOne(std::move(request), lFlags, ppObject, ppCallResult);
  });
}

HRESULT Services::GetObjectAsync(const BSTR strObjectPath, long lFlags, IWbemContext*,
                                 IWbemObjectSink* pResponseHandler) {
  return ReportedCall(*session_, "GetObject", [&]() -> Status {
    if (pResponseHandler == nullptr) return IsNull("pResponseHandler");
    Request request = TRY(ObjectRequest(strObjectPath, lFlags, kObjectFlags | WBEM_FLAG_SEND_STATUS));
    return Deliver("GetObject", std::move(request), lFlags, pResponseHandler);
  });
}

// The sink is found by its pointer and not touched: it may be gone already (contract 3, rules 8 and 12).
HRESULT Services::CancelAsyncCall(IWbemObjectSink* pSink) {
  return ReportedCall(*session_, "CancelAsyncCall", [&]() -> Status {
    if (pSink == nullptr) return IsNull("pSink");
    return session_->engine().runtime().CancelAll(session_->lane(), pSink);
  });
}

// ---- not supported yet ----------------------------------------------------------------------------------------------

HRESULT Services::NotSupported(std::string_view method) const {
  return ReportedCall(*session_, method, [&]() -> Status {
    return Status(code::kNotSupported,
                  fmt::format("this version does not support IWbemServices::{}; it reads, with ExecQuery, "
                              "CreateInstanceEnum and GetObject in all their forms",
                              method));
  });
}

HRESULT Services::OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices** ppWorkingNamespace,
                                IWbemCallResult** ppResult) {
  Clear(ppWorkingNamespace);
  Clear(ppResult);
  return NotSupported("OpenNamespace");
}

HRESULT Services::QueryObjectSink(long, IWbemObjectSink** ppResponseHandler) {
  Clear(ppResponseHandler);
  return NotSupported("QueryObjectSink");
}

HRESULT Services::PutClass(IWbemClassObject*, long, IWbemContext*, IWbemCallResult** ppCallResult) {
  Clear(ppCallResult);
  return NotSupported("PutClass");
}

HRESULT Services::PutClassAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("PutClassAsync");
}

HRESULT Services::DeleteClass(const BSTR, long, IWbemContext*, IWbemCallResult** ppCallResult) {
  Clear(ppCallResult);
  return NotSupported("DeleteClass");
}

HRESULT Services::DeleteClassAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("DeleteClassAsync");
}

HRESULT Services::CreateClassEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject** ppEnum) {
  Clear(ppEnum);
  return NotSupported("CreateClassEnum");
}

HRESULT Services::CreateClassEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("CreateClassEnumAsync");
}

HRESULT Services::PutInstance(IWbemClassObject*, long, IWbemContext*, IWbemCallResult** ppCallResult) {
  Clear(ppCallResult);
  return NotSupported("PutInstance");
}

HRESULT Services::PutInstanceAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("PutInstanceAsync");
}

HRESULT Services::DeleteInstance(const BSTR, long, IWbemContext*, IWbemCallResult** ppCallResult) {
  Clear(ppCallResult);
  return NotSupported("DeleteInstance");
}

HRESULT Services::DeleteInstanceAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("DeleteInstanceAsync");
}

HRESULT Services::ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject** ppEnum) {
  Clear(ppEnum);
  return NotSupported("ExecNotificationQuery");
}

HRESULT Services::ExecNotificationQueryAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemObjectSink*) {
  return NotSupported("ExecNotificationQueryAsync");
}

HRESULT Services::ExecMethod(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*,
                             IWbemClassObject** ppOutParams, IWbemCallResult** ppCallResult) {
  Clear(ppOutParams);
  Clear(ppCallResult);
  return NotSupported("ExecMethod");
}

HRESULT Services::ExecMethodAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*, IWbemObjectSink*) {
  return NotSupported("ExecMethodAsync");
}

}  // namespace wmi::api
