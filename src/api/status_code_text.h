// StatusCodeText: IWbemStatusCodeText, the text of a result code.
#pragma once

#include <wbemcli.h>

#include "com/com_object.h"

namespace wmi::api {

// Has no state; safe from any thread. Flags: WBEMSTATUS_FORMAT_NEWLINE (0) or WBEMSTATUS_FORMAT_NO_NEWLINE; others are
// WBEM_E_INVALID_PARAMETER. The locale is not looked at: texts are in English. The caller frees the text; it is null on
// failure.
class StatusCodeText final : public com::ComObject<IWbemStatusCodeText> {
 public:
  // Every code of WMI has a text of its own, so have the usual ones of COM, RPC and the system. Any other gets a text
  // with its number.
  HRESULT GetErrorCodeText(HRESULT hRes, LCID LocaleId, long lFlags, BSTR* MessageText) override;
  // The subsystem that the code comes from: "WMI", "Windows", "RPC", "SSPI", "Automation", "Unknown", ….
  HRESULT GetFacilityCodeText(HRESULT hRes, LCID LocaleId, long lFlags, BSTR* MessageText) override;

 protected:
  ~StatusCodeText() override = default;
};

}  // namespace wmi::api
