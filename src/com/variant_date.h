// DATE: days since 1899-12-30, the time as the fraction, in text and as parts. Independent of the locale: months first
// or years first, as the invariant locale and ISO 8601 have it.
#pragma once

#include <oleauto.h>

#include <string>
#include <string_view>

namespace wmi::com {

// 0100-01-01 to 9999-12-31.
inline constexpr double kDateMin = -657434.0;
inline constexpr double kDateEnd = 2958466.0;
bool IsDate(double date);

// "07/14/2024 09:05:00"; the time is left out at midnight, the date on day 0. DISP_E_OVERFLOW outside the range.
HRESULT TextFromDate(double date, std::string& text);
// "2024-07-14", "07/14/2024", each with " 09:05", " 09:05:00", " 9:05:00 PM" or alone the time. DISP_E_TYPEMISMATCH.
HRESULT DateFromText(std::wstring_view text, double& date);

}  // namespace wmi::com
