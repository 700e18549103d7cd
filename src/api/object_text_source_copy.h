// A class object of any implementation as a value of ours.
#pragma once

#include <wbemcli.h>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::api {

// What an object of ours holds; of another implementation, what it answers: names, types, values, qualifiers, methods
// and system properties, embedded objects too. Its classes are made up as far as it tells of them (xml/object_parts.h).
// Failure: the code that a method of the object answered, kInvalidObject for answers that describe no object,
// kQuotaViolation past a limit. For the thread that may call the object.
Result<cim::Object> CopyObject(IWbemClassObject* object);

}  // namespace wmi::api
