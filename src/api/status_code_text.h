// StatusCodeText: IWbemStatusCodeText, the text of a result code.
#pragma once

#include <wbemcli.h>

#include "com/com_object.h"

namespace wmi::api {

// Has no state. Flags: WBEMSTATUS_FORMAT_NEWLINE (0) or WBEMSTATUS_FORMAT_NO_NEWLINE. The locale is not looked at.
class StatusCodeText final : public com::ComObject<IWbemStatusCodeText> {
 public:
  // A code that is not of WMI gets a text with its number.
  HRESULT GetErrorCodeText(HRESULT hRes, LCID LocaleId, long lFlags, BSTR* MessageText) override;
  HRESULT GetFacilityCodeText(HRESULT hRes, LCID LocaleId, long lFlags, BSTR* MessageText) override;

 protected:
  ~StatusCodeText() override = default;
};

}  // namespace wmi::api
