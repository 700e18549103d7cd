// ErrorReport: what every method of IWbemServices and its relatives does around its work: clear the thread's error
// object, keep exceptions in, and leave an error object when it fails (contract 0, rule 5).
#pragma once

#include <oleauto.h>

#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "com/abi_call.h"
#include "engine/engine.h"

namespace wmi::api {

// The class of error objects in the namespace of a session; null when it has none.
cim::ClassPtr ExtendedStatusClass(const engine::Namespace& name_space);

// Leaves an error object for GetErrorInfo on this thread and returns the code. `operation` is added where the status
// does not name one.
HRESULT ReportFailure(const cim::ClassPtr& extended_status, std::string_view operation, const Status& status);

// Runs `body`, which returns a Status, as the method `operation` of an object of `session`.
template <typename Body>
HRESULT ReportedCall(const engine::Session& session, std::string_view operation, Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const Status status = body();
    if (status.ok()) return status.code();
    return ReportFailure(ExtendedStatusClass(session.name_space()), operation, status);
  });
}

}  // namespace wmi::api
