#include "api/error_report.h"

#include <new>

namespace wmi::api {

cim::ClassPtr ExtendedStatusClass(const engine::Session& session) {
  return session.name_space()->FindClass("__ExtendedStatus");
}

com::ComPtr<ErrorObject> MakeErrorObject(const engine::Session& session, const engine::Ending& ending,
                                         std::string_view operation) noexcept {
  if (ending.status.ok() && !engine::IsRemark(ending.status)) return {};
  if (!ending.error) return MakeErrorObject(ExtendedStatusClass(session), ending.status, operation);
  try {
    return com::MakeCom<ErrorObject>(ending.error, ErrorText(ending.status));
  } catch (const std::bad_alloc&) {
    return {};  // the code alone has to do
  }
}

void LeaveErrorObject(const com::ComPtr<ErrorObject>& error) {
  if (error) SetErrorInfo(0, error.get());
}

}  // namespace wmi::api
