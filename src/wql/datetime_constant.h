// Datetime constants of a query: the DMTF form and the further spellings of contract 7.3 that mean the same everywhere.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::wql {

// The DMTF text of a constant. DMTF text comes back as it is. Otherwise a date (yyyyMMdd, yyyy-MM-dd, yyyy/MM/dd,
// MM/dd/yyyy) and perhaps a blank and a time (hh:mm, hh:mm:ss, hh:mm:ss:uuu or hh:mm:ss.uuu, perhaps AM or PM), which
// is local time of this machine. kInvalidQuery for anything else; dd-MM-yyyy and month names depend on who reads them
// and are not taken.
Result<std::string> NormalizeDatetime(std::string_view text);

}  // namespace wmi::wql
