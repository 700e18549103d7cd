// The rules of changing a class that has subclasses or instances (contract 1.3, PutClass).
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "store/namespace.h"

namespace wmi::store {

using cim::ClassUpdate;

// What differs between two versions of a class; the later, the weightier.
enum class ClassChange {
  kNone,
  kDocumentation,  // only qualifiers that document (IsDocumentation): allowed whatever depends on the class
  kContent,        // anything that is not named here
  kIndexes,        // which properties are indexed
  kKeys,           // which properties are keys, or whether it is a singleton
};

// True for the qualifiers that say something to people and nothing to the engine, to providers or to clients that act
// on them: Description, DisplayName, DisplayDescription, Values, ValueMap, BitValues, BitMap, MappingStrings,
// ModelCorrespondence, Deprecated, Experimental, Version, Revision, Units, PUnit, UMLPackagePath.
bool IsDocumentation(std::string_view qualifier);

// The weightiest difference.
ClassChange CompareVersions(const cim::Class& before, const cim::Class& after);

// Whose class it is that is put.
enum class Author {
  kClient,   // no system class, no name with an underscore at an end
  kProduct,  // the schema that comes with the product: any name; instances stay, whatever changes but the keys
};

// Whether a class of exactly this name has instances.
using HasInstances = std::function<bool(const cim::Class&)>;

// A class that was made again.
struct Remade {
  cim::ClassPtr schema;
  // What it says itself is not what is stored as its definition; the descendants of a class that changes mostly say
  // what they said before.
  bool is_redefined = false;
  bool changes_indexes = false;
};

// Puts `changed`, another version of a class in `target`, in place, and every descendant made again from what it says
// itself. `remade`: `changed` first, then the descendants; those that are redefined are in `target` without a
// definition. On failure `target` is left half done and is to be dropped. kClassHasInstances, kClassHasChildren,
// kCannotChangeKeyInheritance, kCannotChangeIndexInheritance; for a descendant that conflicts
// kUpdateOverrideNotAllowed, kUpdateTypeMismatch, kUpdatePropagatedMethod, or kClassHasChildren when the change would
// invalidate it otherwise; the parameter is the descendant's member at fault: "Child.Member".
Status UpdateClass(Namespace& target, const cim::ClassPtr& changed, ClassUpdate update, Author author,
                   const HasInstances& has_instances, std::vector<Remade>& remade);

}  // namespace wmi::store
