// ErrorReport: what every method of IWbemServices and its relatives does around its work: clear the thread's error
// object, keep exceptions in, and leave an error object when it fails (contract 0, rule 5).
#pragma once

#include <oleauto.h>

#include <string_view>

#include "api/error_object.h"
#include "base/status.h"
#include "cim/class.h"
#include "com/abi_call.h"
#include "com/com_ptr.h"
#include "engine/ending.h"
#include "engine/engine.h"

namespace wmi::api {

// The class of error objects in the namespace of a session; null when it has none.
cim::ClassPtr ExtendedStatusClass(const engine::Session& session);

// What a client is told about a failure, or about a success with a remark (decision 0019): the provider's own object if
// it gave one (contract 1.2), else an __ExtendedStatus. Null for a plain success, and when there is no memory.
// `operation` is added where the status names none.
com::ComPtr<ErrorObject> MakeErrorObject(const engine::Session& session, const engine::Ending& ending,
                                         std::string_view operation) noexcept;

// Leaves an error object, which may be null, for GetErrorInfo on this thread.
void LeaveErrorObject(const com::ComPtr<ErrorObject>& error);

// Runs `body`, which returns a Status or an Ending, as the method `operation` of an object of `session`.
template <typename Body>
HRESULT ReportedCall(const engine::Session& session, std::string_view operation, Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const engine::Ending ending = body();
    if (!ending.status.ok() || engine::IsRemark(ending.status))
      LeaveErrorObject(MakeErrorObject(session, ending, operation));
    return ending.status.code();
  });
}

}  // namespace wmi::api
