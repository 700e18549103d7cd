#include "api/locator.h"

#include <string>

#include "api/connection_target.h"
#include "api/error_report.h"
#include "api/services.h"
#include "com/abi_call.h"
#include "com/com_ptr.h"

namespace wmi::api {

HRESULT Locator::ConnectServer(const BSTR strNetworkResource, const BSTR strUser, const BSTR strPassword,
                               const BSTR strLocale, long lSecurityFlags, const BSTR strAuthority, IWbemContext*,
                               IWbemServices** ppNamespace) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const auto connect = [&]() -> Status {
      if (ppNamespace == nullptr) return Status(code::kInvalidParameter, "ppNamespace is NULL");
      *ppNamespace = nullptr;
      const std::string name_space =
          TRY(LocalNamespace({strNetworkResource, strUser, strPassword, strLocale, strAuthority, lSecurityFlags},
                             engine_.catalogue().server()));
      *ppNamespace = com::MakeCom<Services>(TRY(engine_.Connect(name_space))).Detach();
      return Status();
    };
    const Status status = connect();
    if (status.ok()) return code::kOk;
    // No namespace is open; every namespace has the class of error objects.
    return ReportFailure(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), "ConnectServer", status);
  });
}

}  // namespace wmi::api
