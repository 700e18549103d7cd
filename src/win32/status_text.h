// Texts for the HRESULTs of WMI, COM and Automation, and for error numbers of Windows as HRESULTs.
#pragma once

#include <winerror.h>

#include <string_view>

namespace wmi::win32 {

// One sentence in English without a full stop; empty for a code that is not known. Never freed.
std::string_view StatusText(HRESULT hr);

}  // namespace wmi::win32

// The same across the library's boundary for the inline classes of <comdef.h>; NULL for an unknown code.
extern "C" OPENWMI_API const char* _openwmi_status_text(HRESULT hr);
