// The qualifiers that an instance carries itself, besides those that its class hands to it (contract 8.4).
//
// Few instances have any, so an Object (row.h) holds them behind one pointer, which is null for the others. They are
// written and read by the functions below; RowBlockBuilder::SetOwnQualifiers puts them on a row as they are.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"

namespace wmi::cim {

// A value. What goes on a row was made by MakeInstanceQualifiers or taken from another row of the same class.
struct InstanceQualifiers {
  struct OfProperty {
    std::size_t slot;
    QualifierSet qualifiers;
    bool operator==(const OfProperty&) const = default;
  };
  QualifierSet of_object;
  std::vector<OfProperty> of_properties;  // by slot, none without qualifiers

  bool empty() const { return of_object.empty() && of_properties.empty(); }
  // Null when the property has none of its own.
  const QualifierSet* FindProperty(std::size_t slot) const;
  // For building; the property is added in its place.
  QualifierSet& EnsureProperty(std::size_t slot);
  bool operator==(const InstanceQualifiers&) const = default;
};
using InstanceQualifiersPtr = std::shared_ptr<const InstanceQualifiers>;

// Equality where null is the same as none.
bool SameInstanceQualifiers(const InstanceQualifiers* a, const InstanceQualifiers* b);

// What a compiler or a store read, checked by the rules of contract 8.3 and 8.4; null when there are none. Sets and
// qualifiers that say nothing are left out: empty sets, and a qualifier of the value that the class hands down without
// letting it be overridden. Failure, with the property as the status's `parameter`: kCannotBeKey, kOverrideNotAllowed,
// kInvalidQualifier, kInvalidQualifierType, kInvalidFlavor, kQuotaViolation; kNotFound for a slot that the class lacks.
Result<InstanceQualifiersPtr> MakeInstanceQualifiers(const Class& schema, InstanceQualifiers own);

// What of an object carries qualifiers: one of its properties, or itself.
using QualifiedSlot = std::optional<std::size_t>;

// What an object shows. An instance: its own qualifiers, then those of the class that reach instances and that it does
// not override. A class: its qualifiers.
QualifierSet ShownQualifiers(const Object& object, QualifiedSlot slot);

// The instance with one qualifier more or another value of it; the one given stays as it is. Failure: as
// MakeInstanceQualifiers.
Result<Object> PutInstanceQualifier(const Object& instance, QualifiedSlot slot, Qualifier qualifier);

// An instance without a qualifier of its own, and kOk; kResetToDefault when that of the class shows again.
struct InstanceRemoval {
  Object instance;
  Code code = code::kOk;
};
// kNotFound; kPropagatedQualifier for what the class hands down.
Result<InstanceRemoval> RemoveInstanceQualifier(const Object& instance, QualifiedSlot slot, std::string_view name);

}  // namespace wmi::cim
