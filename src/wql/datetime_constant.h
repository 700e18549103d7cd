// Datetime constants of a query: the DMTF form and the further spellings of contract 7.3 that mean one thing only.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::wql {

// The DMTF text of a constant. DMTF text comes back as it is. Otherwise a date and perhaps a blank and a time, which is
// local time of this machine:
//   yyyy-MM-dd, also with / or . and as yyyyMMdd, yyyyMM, yyyy, yyMMdd; the first day where none is named;
//   MM/dd/yyyy and MM/dd/yy; dd-MM-yyyy, MM.dd.yyyy and so on where the numbers say which is the day;
//   an English month, whole or three letters of it, with year and day around it: January 21, 1932; 21 Jan32; 1932 Jan;
//   hh:mm, hh:mm:ss, hh:mm:ss:uuu, hh:mm:ss.uuu, each perhaps with AM or PM, and hh AM.
// A year of two digits is one from 1930 to 2029. kInvalidQuery for anything else: a date such as 05-06-2023 depends on
// who reads it, and a time alone names no day.
Result<std::string> NormalizeDatetime(std::string_view text);

}  // namespace wmi::wql
