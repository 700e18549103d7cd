// Checks that names and values must pass before they become part of a class or an instance (contract 7.5, 8.1, 8.2).
#pragma once

#include <string_view>

#include "base/status.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::cim {

// Letters, digits, underscores and characters past U+007F, not starting with a digit. Says nothing about length.
bool IsIdentifier(std::string_view name);

// What is named; each has its own codes and rules.
enum class NameOf { kClass, kProperty, kMethod, kParameter, kQualifier };

// An identifier of at most 255 characters. No user-defined name may start or end with an underscore; classes of the
// system start with two. Failure: ..._NAME_TOO_WIDE for the length, kSystemProperty for a property that starts with two
// underscores, otherwise kInvalidClass, kInvalidProperty, kInvalidMethod or kInvalidQualifier.
Status CheckName(std::string_view name, NameOf what);

// Whether `value` can be held by a property of this type: NULL always; the kind of storage, the range of integers, the
// form of datetimes, the class of embedded objects, no NULL inside an array. Failure: kTypeMismatch, kValueOutOfRange,
// or kQuotaViolation for an array, a nesting or a number of objects past its limit.
Status CheckValue(const DataType& type, ValueView value);

// The value for messages, shortened when long: 5, TRUE, "text", {1, 2}, NULL.
std::string Describe(ValueView value);
// The type as MOF writes it: "uint32", "string[]", "Win32_Process ref".
std::string Describe(const DataType& type);

}  // namespace wmi::cim
