#include "api/status_code_text.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "api/input.h"
#include "base/codes.h"
#include "com/abi_call.h"
#include "com/bstr.h"
#include "win32/status_text.h"

namespace wmi::api {
namespace {

// Names as the documentation of GetFacilityCodeText gives them.
std::string_view FacilityName(HRESULT code) {
  switch ((code >> 16) & 0x1fff) {
    case 0:
      return "General";
    case 1:
      return "RPC";
    case 2:
      return "Automation";
    case 3:
      return "Storage";
    case 4:
      return "WMI";
    case 7:
    case 8:
      return "Windows";
    case 9:
      return "SSPI";
    case 10:
      return "Control";
    case 11:
      return "Certificates";
    case 12:
      return "Internet";
    default:
      return "Unknown";
  }
}

HRESULT Return(std::string text, long flags, BSTR* target) {
  if (target == nullptr) return code::kInvalidParameter;
  *target = nullptr;
  if (!AreFlagsWithin(flags, WBEMSTATUS_FORMAT_NO_NEWLINE)) return code::kInvalidParameter;
  if ((LowFlags(flags) & WBEMSTATUS_FORMAT_NO_NEWLINE) == 0) text += "\r\n";
  return Failed(com::ReturnBstr(text, target)) ? code::kOutOfMemory : code::kOk;
}

std::string ErrorCodeText(HRESULT code) {
  std::string text(win32::StatusText(code));
  if (text.empty()) return fmt::format("Result code 0x{:08X}", static_cast<std::uint32_t>(code));
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

}  // namespace

HRESULT StatusCodeText::GetErrorCodeText(HRESULT hRes, LCID, long lFlags, BSTR* MessageText) {
  return com::AbiCall([&] { return Return(ErrorCodeText(hRes), lFlags, MessageText); });
}

HRESULT StatusCodeText::GetFacilityCodeText(HRESULT hRes, LCID, long lFlags, BSTR* MessageText) {
  return com::AbiCall([&] { return Return(std::string(FacilityName(hRes)), lFlags, MessageText); });
}

}  // namespace wmi::api
