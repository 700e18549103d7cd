// Writer: classes and instances back to MOF (contract 8.3, GetObjectText).
//
// What is written parses back to the same declaration or instance, given the same superclass or class and no qualifier
// declarations. CIMTYPE is not written, since the type says it. What MOF has no words for is lost: a zero character and
// bytes that are no UTF-8 become U+FFFD, reals that are not finite NULL, qualifiers of a return value vanish, and an
// empty list in a qualifier is one of strings.
#pragma once

#include <string>

#include "cim/class.h"
#include "cim/row.h"

namespace wmi::mof {

// WBEM_FLAG_NO_FLAVORS asks for kOmit.
enum class Flavors { kWrite, kOmit };

// Only what the class itself says: its own qualifiers, the properties and methods it declares or overrides.
std::string ClassText(const cim::Class& cls, Flavors flavors = Flavors::kWrite);

// The keys, every visible property that differs from the default of the class, and the qualifiers of the instance's
// own. Embedded objects are written inside, down to limits::kObjectNestingMax levels; deeper ones as NULL.
std::string InstanceText(const cim::Object& instance, Flavors flavors = Flavors::kWrite);

// Either of them. Empty for an empty object.
std::string ObjectText(const cim::Object& object, Flavors flavors = Flavors::kWrite);

}  // namespace wmi::mof
