// Writer: classes and instances back to MOF (contract 8.3, GetObjectText).
//
// What is written parses back to the same declaration, given the same superclass and no qualifier declarations. CIMTYPE
// is not written, since the type says it.
#pragma once

#include <string>

#include "cim/class.h"
#include "cim/row.h"

namespace wmi::mof {

// WBEM_FLAG_NO_FLAVORS asks for kOmit.
enum class Flavors { kWrite, kOmit };

// Only what the class itself says: its own qualifiers, the properties and methods it declares or overrides.
std::string ClassText(const cim::Class& cls, Flavors flavors = Flavors::kWrite);

// The keys and every visible property that differs from the default of the class. Embedded objects are written inside,
// down to limits::kObjectNestingMax levels; deeper ones as NULL.
std::string InstanceText(const cim::Object& instance, Flavors flavors = Flavors::kWrite);

// Either of them. Empty for an empty object.
std::string ObjectText(const cim::Object& object, Flavors flavors = Flavors::kWrite);

}  // namespace wmi::mof
