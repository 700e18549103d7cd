#include "api/call_result.h"

#include <string>
#include <utility>
#include <vector>

#include "api/error_report.h"
#include "api/input.h"
#include "api/object_batch.h"

namespace wmi::api {
namespace {

Status Invalid(const char* message) { return Status(code::kInvalidParameter, message); }
constexpr char kBadTimeout[] = "lTimeout is milliseconds, WBEM_NO_WAIT (0) or WBEM_INFINITE (-1)";

Status DoesNotFit(std::string_view operation, const char* result) {
  return Status(code::kInvalidOperation,
                std::string(operation) + " has no " + result + "; its result comes from GetResultObject");
}

}  // namespace

CallResult::CallResult(engine::SessionPtr session, std::string_view operation,
                       std::shared_ptr<engine::ResultSet> results)
    : CallResult(std::move(session), operation, std::make_shared<const Reader>(std::move(results))) {}

CallResult::CallResult(engine::SessionPtr session, std::string_view operation, std::shared_ptr<const Reader> reader)
    : session_(std::move(session)), operation_(operation), reader_(std::move(reader)) {}

com::ComPtr<IWbemCallResult> CallResult::Copy() {
  return com::ComPtr<IWbemCallResult>::Adopt(new CallResult(session_, operation_, reader_));
}

Status CallResult::ReadObject(TimePoint deadline, com::ComPtr<IWbemClassObject>& object) {
  const engine::ResultSet::ReadResult end = reader_->results->WaitEnd(deadline);
  if (end.state == engine::ResultSet::ReadState::kNotYet) return Status(code::kTimedOutOk);
  if (!end.outcome.ok()) return end.outcome.WithOperation(std::string(operation_));
  std::vector<cim::Object> rows;
  engine::ResultSet::Position position = 0;
  reader_->results->Read(position, 1, TimePoint::min(), rows);
  if (rows.empty()) return Status(code::kNotFound, "the call ended without an object");
  object = MakeClassObject(std::move(rows.front()));
  return Status();
}

HRESULT CallResult::GetResultObject(long lTimeout, IWbemClassObject** ppResultObject) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultObject", [&]() -> Status {
    if (ppResultObject == nullptr) return Invalid("ppResultObject is NULL");
    *ppResultObject = nullptr;
    TimePoint deadline;
    if (!ReadTimeout(lTimeout, deadline)) return Invalid(kBadTimeout);
    com::ComPtr<IWbemClassObject> object;
    const Status status = ReadObject(deadline, object);
    *ppResultObject = object.Detach();
    return status;
  });
}

HRESULT CallResult::GetResultString(long, BSTR* pstrResultString) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultString", [&]() -> Status {
    if (pstrResultString == nullptr) return Invalid("pstrResultString is NULL");
    *pstrResultString = nullptr;
    return DoesNotFit(operation_, "string as its result");
  });
}

HRESULT CallResult::GetResultServices(long, IWbemServices** ppServices) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultServices", [&]() -> Status {
    if (ppServices == nullptr) return Invalid("ppServices is NULL");
    *ppServices = nullptr;
    return DoesNotFit(operation_, "namespace as its result");
  });
}

HRESULT CallResult::GetCallStatus(long lTimeout, long* plStatus) {
  return ReportedCall(*session_, "IWbemCallResult::GetCallStatus", [&]() -> Status {
    if (plStatus == nullptr) return Invalid("plStatus is NULL");
    TimePoint deadline;
    if (!ReadTimeout(lTimeout, deadline)) return Invalid(kBadTimeout);
    const engine::ResultSet::ReadResult end = reader_->results->WaitEnd(deadline);
    if (end.state == engine::ResultSet::ReadState::kNotYet) return Status(code::kTimedOutOk);
    *plStatus = end.outcome.code();
    return Status();
  });
}

}  // namespace wmi::api
