// EventJson: an event for programs that know nothing of WMI.
#pragma once

#include <string>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::consumers {

// The object as one line of JSON (RFC 8259): "__CLASS", "__PATH" (null where there is none) and every visible property
// in the order of the class. Integers, also of 64 bits and char16, and reals are numbers; a real that is not finite is
// null; datetimes and references are texts; embedded objects are objects of the same form, of which the 65th inside
// each other is null. kQuotaViolation when it is longer than kEventJsonBytesMax.
Result<std::string> EventJson(const cim::Object& event);

}  // namespace wmi::consumers
