// Scalar values as the text of VALUE elements, and back (DSP0201, values of properties). Functions without state; safe
// from several threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cim/types.h"
#include "cim/value.h"

namespace wmi::xml {

// TRUE, -5, 1.5, INF, NaN; text as it is. A char16 is its character, or \xHHHH when XML cannot hold that one. Nothing
// for NULL, arrays and objects. Reals print so that they read back as the same number.
std::string ScalarText(cim::CimType type, cim::ValueView value);

// The inverse; spaces around numbers and booleans do not count, integers may be written as 0x…. Nothing for a text that
// is no value of the type; datetimes are text here.
std::optional<cim::Value> ParseScalar(cim::CimType type, std::string_view text);

// The type whose name is in a TYPE attribute: "uint32", "reference". Nothing for others.
std::optional<cim::CimType> FindType(std::string_view name);
// Its inverse.
std::string_view XmlTypeName(cim::CimType type);

}  // namespace wmi::xml
