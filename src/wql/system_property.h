// The system properties that a WHERE clause may name, read from a row, a class or an embedded object (contract 8.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cim/row.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::wql {

enum class SystemProperty : std::uint8_t {
  kClass,
  kDerivation,
  kDynasty,
  kGenus,
  kNamespace,
  kPath,
  kPropertyCount,
  kRelativePath,
  kServer,
  kSuperclass,
  kThis,  // the object itself; for ISA only
};

// By name, without case; nullopt for any other name.
std::optional<SystemProperty> FindSystemProperty(std::string_view name);
// All of them, for hints.
std::vector<std::string_view> SystemPropertyNames();

// sint32 or string; __DERIVATION is an array of strings, __this an object.
cim::DataType SystemPropertyType(SystemProperty property);

// Made of the keys.
inline bool IsPathProperty(SystemProperty property) {
  return property == SystemProperty::kPath || property == SystemProperty::kRelativePath;
}

enum class SubjectKind : std::uint8_t { kClass, kInstance };

// What is asked: a class, or an instance of it with its slots.
struct Subject {
  SubjectKind kind;
  const cim::Class* schema;
  const cim::ValueView* slots;
};

// The value; looks into the class or into `buffer`. NULL where the object has none: no namespace, no superclass, no
// key. Not for __DERIVATION and __this.
cim::ValueView SystemValue(SystemProperty property, Subject subject, std::string& buffer);
cim::ValueView SystemValue(SystemProperty property, const cim::Object& object, std::string& buffer);

}  // namespace wmi::wql
