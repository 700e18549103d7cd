#include "api/error_report.h"

#include "api/error_object.h"

namespace wmi::api {

cim::ClassPtr ExtendedStatusClass(const engine::Namespace& name_space) {
  return name_space.FindClass("__ExtendedStatus");
}

HRESULT ReportFailure(const cim::ClassPtr& extended_status, std::string_view operation, const Status& status) {
  const com::ComPtr<ErrorObject> error = MakeErrorObject(extended_status, status, operation);
  if (error) SetErrorInfo(0, error.get());
  return status.code();
}

}  // namespace wmi::api
