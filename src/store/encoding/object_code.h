// Embedded objects as bytes and back: whole, with the definitions of their classes, so that they can be read whatever
// becomes of those classes in the namespace.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::store {

std::string EncodeObject(const cim::Object& object);

// An object in no namespace. `depth`: 1 for an object that is the value of a stored one, and so on. kCriticalError for
// other bytes and for a depth past limits::kObjectNestingMax.
Result<cim::Object> DecodeObject(std::string_view bytes, std::size_t depth = 1);

}  // namespace wmi::store
