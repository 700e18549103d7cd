// KeyText: the keys of an instance as one text, equal for equal keys (contract 8.5: texts compare without case,
// references as texts).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cim/row.h"
#include "cim/value.h"

namespace wmi::store {

// The values of all keys of one instance, in the order of Class::key_slots(); none for a singleton.
using KeyTuple = std::vector<cim::Value>;

std::string KeyText(const KeyTuple& keys);
// Of an instance. Nullopt when a key is NULL.
std::optional<std::string> KeyText(const cim::Object& instance);
std::optional<std::string> KeyText(const cim::Row& instance);

}  // namespace wmi::store
