// ObjectParts: what a description of an object says, where no namespace stands behind it, and the object made of that.
//
// XML text, and objects that others implement, describe an object by itself: its properties with their types, and the
// names of the classes that it derives from. Assemble makes a class chain that fits, so that the object answers about
// itself (names, types, values, qualifiers, derivation, origins, paths) as the one that was described.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"

namespace wmi::xml {

// A value. Of properties and methods are used: name, type, qualifiers, `origin` (empty: not said) and `is_local` (not
// propagated). A qualifier that is `propagated` came from the superclass, of an instance from its class.
struct ObjectParts {
  enum class Kind { kClass, kInstance };
  Kind kind = Kind::kClass;
  std::string class_name;               // empty for a class that has none yet
  std::vector<std::string> derivation;  // immediate parent first
  std::shared_ptr<const cim::Home> home;
  cim::QualifierSet qualifiers;
  std::vector<cim::Property> properties;  // default_value is the value
  std::vector<cim::Method> methods;       // of a class
  // Names of the key properties where no qualifier says which they are.
  std::vector<std::string> keys;
};

// The classes of the derivation are made up: they are abstract, and have what the object inherits from them, in the
// class that is its origin if that is one of them, otherwise in the immediate parent. Failure: the codes of Class::Make
// and MakeInstanceQualifiers; `parameter` names the member at fault.
Result<cim::Object> Assemble(ObjectParts parts);

}  // namespace wmi::xml
