#include "api/call_result.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "api/error_report.h"
#include "api/input.h"
#include "api/object_batch.h"
#include "api/services.h"
#include "com/bstr.h"

namespace wmi::api {
namespace {

using engine::Ending;

// What a method leaves in its call result besides its status.
enum class Gives { kNothing, kObject, kString, kServices };

Gives WhatGives(Method method) {
  switch (method) {
    case Method::kGetObject:
    case Method::kExecMethod:
      return Gives::kObject;
    case Method::kPutInstance:
      return Gives::kString;
    case Method::kOpenNamespace:
      return Gives::kServices;
    default:
      return Gives::kNothing;
  }
}

std::string_view Accessor(Gives what) {
  switch (what) {
    case Gives::kObject:
      return "GetResultObject";
    case Gives::kString:
      return "GetResultString";
    case Gives::kServices:
      return "GetResultServices";
    case Gives::kNothing:
      break;
  }
  return "GetCallStatus";
}

// A call that has an effect is not undone by nobody looking at its result.
bool OnlyReads(Method method) { return method == Method::kGetObject || method == Method::kOpenNamespace; }

template <typename T>
Status CheckTarget(const T* target, std::string_view name) {
  return target == nullptr ? Status(code::kInvalidParameter, fmt::format("{} is NULL", name)) : Status();
}

Status CheckFits(Method method, Gives wanted) {
  const Gives gives = WhatGives(method);
  if (gives == wanted) return Status();
  return Status(code::kInvalidOperation, fmt::format("{} is not for the result of {}, which {} gives", Accessor(wanted),
                                                     MethodName(method), Accessor(gives)));
}

Result<TimePoint> Deadline(long timeout_ms) {
  TimePoint deadline;
  if (ReadTimeout(timeout_ms, deadline)) return deadline;
  return Status(code::kInvalidParameter, "lTimeout is milliseconds, WBEM_NO_WAIT (0) or WBEM_INFINITE (-1)");
}

}  // namespace

CallResult::Reader::~Reader() {
  if (OnlyReads(method)) results->Abandon();
}

CallResult::CallResult(engine::SessionPtr session, Method method, std::shared_ptr<engine::ResultSet> results)
    : CallResult(std::move(session), std::make_shared<const Reader>(method, std::move(results))) {}

CallResult::CallResult(engine::SessionPtr session, std::shared_ptr<const Reader> reader)
    : session_(std::move(session)), reader_(std::move(reader)) {}

com::ComPtr<IWbemCallResult> CallResult::Copy() {
  return com::ComPtr<IWbemCallResult>::Adopt(new CallResult(session_, reader_));
}

Ending CallResult::Wait(TimePoint deadline) const {
  engine::ResultSet::ReadResult end = reader_->results->WaitEnd(deadline);
  if (end.state == engine::ResultSet::ReadState::kNotYet) return Status(code::kTimedOutOk);
  if (!end.ending.status.ok()) {
    end.ending.status = end.ending.status.WithOperation(std::string(MethodName(reader_->method)));
  }
  return std::move(end.ending);
}

Ending CallResult::ReadObject(TimePoint deadline, com::ComPtr<IWbemClassObject>& object) const {
  Ending ending = Wait(deadline);
  if (!ending.status.ok() || ending.status.code() == code::kTimedOutOk) return ending;
  std::vector<cim::Object> rows;
  engine::ResultSet::Position position = 0;
  reader_->results->Read(position, 1, TimePoint::min(), rows);
  if (!rows.empty()) {
    object = MakeClassObject(std::move(rows.front()));
  } else if (reader_->method == Method::kGetObject) {
    return Status(code::kNotFound, "the call ended without an object");
  }
  return Status();
}

Ending CallResult::ReadServices(TimePoint deadline, com::ComPtr<IWbemServices>& services) const {
  Ending ending = Wait(deadline);
  if (!ending.status.ok() || ending.status.code() == code::kTimedOutOk) return ending;
  Result<engine::SessionPtr> opened =
      session_->engine().Connect(ending.text, session_->time_limit(), session_->locale());
  if (!opened.ok()) return opened.status();
  services = com::MakeCom<Services>(std::move(opened).value());
  return Status();
}

HRESULT CallResult::GetResultObject(long lTimeout, IWbemClassObject** ppResultObject) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultObject", [&]() -> Ending {
    TRY(CheckTarget(ppResultObject, "ppResultObject"));
    *ppResultObject = nullptr;
    const TimePoint deadline = TRY(Deadline(lTimeout));
    TRY(CheckFits(reader_->method, Gives::kObject));
    com::ComPtr<IWbemClassObject> object;
    Ending ending = ReadObject(deadline, object);
    *ppResultObject = object.Detach();
    return ending;
  });
}

HRESULT CallResult::GetResultString(long lTimeout, BSTR* pstrResultString) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultString", [&]() -> Ending {
    TRY(CheckTarget(pstrResultString, "pstrResultString"));
    *pstrResultString = nullptr;
    const TimePoint deadline = TRY(Deadline(lTimeout));
    TRY(CheckFits(reader_->method, Gives::kString));
    Ending ending = Wait(deadline);
    if (!ending.status.ok() || ending.status.code() == code::kTimedOutOk) return ending;
    *pstrResultString = com::BstrFromUtf8(ending.text);
    return *pstrResultString == nullptr ? Status(code::kOutOfMemory) : Status();
  });
}

HRESULT CallResult::GetResultServices(long lTimeout, IWbemServices** ppServices) {
  return ReportedCall(*session_, "IWbemCallResult::GetResultServices", [&]() -> Ending {
    TRY(CheckTarget(ppServices, "ppServices"));
    *ppServices = nullptr;
    const TimePoint deadline = TRY(Deadline(lTimeout));
    TRY(CheckFits(reader_->method, Gives::kServices));
    com::ComPtr<IWbemServices> services;
    Ending ending = ReadServices(deadline, services);
    *ppServices = services.Detach();
    return ending;
  });
}

// The error of the call is in *plStatus, not in what this returns (contract 5.3).
HRESULT CallResult::GetCallStatus(long lTimeout, long* plStatus) {
  return ReportedCall(*session_, "IWbemCallResult::GetCallStatus", [&]() -> Status {
    TRY(CheckTarget(plStatus, "plStatus"));
    const engine::ResultSet::ReadResult end = reader_->results->WaitEnd(TRY(Deadline(lTimeout)));
    if (end.state == engine::ResultSet::ReadState::kNotYet) return Status(code::kTimedOutOk);
    *plStatus = end.ending.status.code();
    return Status();
  });
}

}  // namespace wmi::api
