// CIM values as VARIANTs (contract 8.2; source compatibility, decision 3): what Get and Next hand out. Text becomes a
// BSTR here and nowhere earlier. Functions without state; safe from any thread.
#pragma once

#include <wbemcli.h>

#include <string_view>
#include <vector>

#include "base/codes.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::api {

// The CIMTYPE of a data type, with CIM_FLAG_ARRAY.
CIMTYPE CimTypeOf(const cim::DataType& type);

// Writes `value` into `target` without clearing what was there. A failure (kOutOfMemory) leaves it untouched.
Code ToVariant(const cim::DataType& type, cim::ValueView value, VARIANT& target);

// A one-dimensional array of BSTR with lower bound 0; null when there is no memory.
SAFEARRAY* NewNameArray(const std::vector<std::string_view>& names);

// Whether a VARIANT that a program passed holds the same value; numbers of any integer type compare by value.
bool SameAsVariant(const cim::DataType& type, cim::ValueView value, const VARIANT& variant);

}  // namespace wmi::api
