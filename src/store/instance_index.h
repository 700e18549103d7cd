// What of an instance is found without its key: values of indexed properties, and what it refers to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cim/row.h"

namespace wmi::store {

struct IndexedValue {
  std::string property;  // folded
  std::string value;     // as of IndexText
};
// Of the properties with the qualifier `indexed` (or `index`) that are no arrays, no objects and no real numbers.
std::vector<IndexedValue> IndexedValues(const cim::Object& row);
// Whether the class has such a property of this name.
bool HasIndex(const cim::Class& schema, std::string_view property);
// Whether instances of the class can have any: an indexed property, or a reference.
bool HasIndexes(const cim::Class& schema);
// Equal for equal values.
std::string IndexText(const cim::Value& value);

struct ReferenceValue {
  std::string property;  // folded
  std::string target;    // as of ReferenceText
};
// Of the references of the instance, arrays of them too.
std::vector<ReferenceValue> ReferenceValues(const cim::Object& row, std::string_view name_space,
                                            std::string_view server);
// A path in a form that is equal for paths to the same object: with its namespace, keys in order, folded. `name_space`
// is the one that a path without any lies in. A text that is no path stands for itself.
std::string ReferenceText(std::string_view path, std::string_view name_space, std::string_view server);

}  // namespace wmi::store
