#include "api/enum_objects.h"

#include <cstdint>
#include <string>
#include <utility>

#include "api/call_start.h"
#include "api/error_report.h"
#include "api/input.h"
#include "api/object_batch.h"

namespace wmi::api {
namespace {

using engine::Ending;

Status InvalidTimeout() {
  return Status(code::kInvalidParameter, "lTimeout is milliseconds, WBEM_NO_WAIT (0) or WBEM_INFINITE (-1)");
}

}  // namespace

EnumObjects::EnumObjects(engine::SessionPtr session, std::string_view operation, engine::Deadline deadline,
                         std::shared_ptr<engine::Enumerator> enumerator)
    : EnumObjects(std::move(session), operation, deadline, std::make_shared<const Reader>(std::move(enumerator))) {}

EnumObjects::EnumObjects(engine::SessionPtr session, std::string_view operation, engine::Deadline deadline,
                         std::shared_ptr<const Reader> reader)
    : session_(std::move(session)), operation_(operation), deadline_(deadline), reader_(std::move(reader)) {}

com::ComPtr<IEnumWbemClassObject> EnumObjects::Copy() {
  return com::ComPtr<IEnumWbemClassObject>::Adopt(new EnumObjects(session_, operation_, deadline_, reader_));
}

Status EnumObjects::CheckCaller() const {
  if (engine::Principal::OfCaller() == session_->principal()) return Status();
  return Status(code::kAccessDenied, "the enumerator belongs to the user who started the call");
}

Ending EnumObjects::Outcome(const engine::Enumerator::NextResult& result) const {
  if (Succeeded(result.code)) return Status(result.code);
  Ending ending = result.ending;
  if (ending.status.ok()) ending.status = Status(result.code);
  ending.status = ending.status.WithOperation(std::string(operation_));
  return ending;
}

HRESULT EnumObjects::Reset() {
  return ReportedCall(*session_, "IEnumWbemClassObject::Reset", [&]() -> Status {
    TRY(CheckCaller());
    return reader_->enumerator->Reset();
  });
}

Ending EnumObjects::ReadNext(TimePoint deadline, std::uint32_t count, IWbemClassObject** objects, ULONG* returned) {
  engine::Enumerator::NextResult result = reader_->enumerator->Next(count, deadline);
  const std::size_t rows = result.rows.size();
  if (rows > 0) ObjectBatch(result.rows).MoveTo(objects);
  // The usual loop looks at one pointer: it must not show the object before.
  if (rows < count) objects[rows] = nullptr;
  *returned = static_cast<ULONG>(rows);
  Ending outcome = Outcome(result);
  // The end of the objects is no failure, and says what is missing all the same (decision 0019).
  if (outcome.status.ok()) LeaveErrorObject(MakeErrorObject(*session_, result.ending, operation_));
  return outcome;
}

HRESULT EnumObjects::Next(long lTimeout, ULONG uCount, IWbemClassObject** apObjects, ULONG* puReturned) {
  return ReportedCall(*session_, "IEnumWbemClassObject::Next", [&]() -> Ending {
    if (puReturned == nullptr) return Status(code::kInvalidParameter, "puReturned is NULL");
    *puReturned = 0;
    const auto count = static_cast<std::uint32_t>(uCount);
    if (count > 0 && apObjects == nullptr) return Status(code::kInvalidParameter, "apObjects is NULL");
    TimePoint deadline;
    if (!ReadTimeout(lTimeout, deadline)) return InvalidTimeout();
    TRY(CheckCaller());
    if (count == 0) return Status(code::kFalse);
    return ReadNext(deadline, count, apObjects, puReturned);
  });
}

HRESULT EnumObjects::NextAsync(ULONG uCount, IWbemObjectSink* pSink) {
  return ReportedCall(*session_, "IEnumWbemClassObject::NextAsync", [&]() -> Status {
    if (pSink == nullptr) return Status(code::kInvalidParameter, "pSink is NULL");
    const auto count = static_cast<std::uint32_t>(uCount);
    if (count == 0) return Status(code::kInvalidParameter, "uCount is 0; ask for one object or more");
    TRY(CheckCaller());
    if (reader_->enumerator->IsExhausted()) return Status(code::kFalse);
    return StartForSink({session_, operation_, "NextAsync", reader_->enumerator->NextAsyncSource(count), deadline_},
                        pSink, engine::WantsProgress::kNo);
  });
}

HRESULT EnumObjects::Clone(IEnumWbemClassObject** ppEnum) {
  return ReportedCall(*session_, "IEnumWbemClassObject::Clone", [&]() -> Status {
    if (ppEnum == nullptr) return Status(code::kInvalidParameter, "ppEnum is NULL");
    *ppEnum = nullptr;
    TRY(CheckCaller());
    std::shared_ptr<engine::Enumerator> clone = TRY(reader_->enumerator->Clone());
    *ppEnum = com::MakeCom<EnumObjects>(session_, operation_, deadline_, std::move(clone)).Detach();
    return Status();
  });
}

HRESULT EnumObjects::Skip(long lTimeout, ULONG nCount) {
  return ReportedCall(*session_, "IEnumWbemClassObject::Skip", [&]() -> Ending {
    TimePoint deadline;
    if (!ReadTimeout(lTimeout, deadline)) return InvalidTimeout();
    TRY(CheckCaller());
    return Outcome(reader_->enumerator->Skip(static_cast<std::uint32_t>(nCount), deadline));
  });
}

}  // namespace wmi::api
