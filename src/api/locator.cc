#include "api/locator.h"

#include <cstdlib>
#include <string>

#include "api/call_context.h"
#include "api/connection_target.h"
#include "api/error_report.h"
#include "api/services.h"
#include "base/settings.h"
#include "com/abi_call.h"
#include "com/com_ptr.h"

namespace wmi::api {

HRESULT Locator::ConnectServer(const BSTR strNetworkResource, const BSTR strUser, const BSTR strPassword,
                               const BSTR strLocale, long lSecurityFlags, const BSTR strAuthority, IWbemContext* pCtx,
                               IWbemServices** ppNamespace) {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const auto connect = [&]() -> Status {
      if (ppNamespace == nullptr) return Status(code::kInvalidParameter, "ppNamespace is NULL");
      *ppNamespace = nullptr;
      const std::string name_space =
          TRY(LocalNamespace({strNetworkResource, strUser, strPassword, strLocale, strAuthority, lSecurityFlags},
                             engine_.catalogue().server()));
      const engine::CallContextPtr context = TRY(ReadContext(pCtx));
      const Duration time_limit =
          TRY(ConnectionTimeLimit(context, std::getenv("OPENWMI_TIMEOUT_MS"), MachineSettings()));
      *ppNamespace =
          com::MakeCom<Services>(TRY(engine_.Connect(name_space, time_limit, LocaleNamespace(strLocale)))).Detach();
      return Status();
    };
    const Status status = connect();
    // No namespace is open; every namespace has the class of error objects.
    if (!status.ok()) {
      LeaveErrorObject(
          MakeErrorObject(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), status, "ConnectServer"));
    }
    return status.code();
  });
}

}  // namespace wmi::api
