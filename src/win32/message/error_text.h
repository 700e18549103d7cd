// Texts for the error numbers of Windows (ERROR_…).
#pragma once

#include <windef.h>

#include <string_view>

namespace wmi::win32 {

// One sentence in English without a full stop, which begins with a small letter and has no `%`; empty for a number that
// is not known. Never freed, NUL-terminated.
std::string_view ErrorText(DWORD error);

}  // namespace wmi::win32
