// Restriction: what a filter demands of one property, so that thousands of filters need not be asked about each event
// (docs/events.md, "Filter index").
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cim/row.h"
#include "cim/value.h"

namespace wmi::wql {

struct BoundNode;  // bound.h

// More values than that in one property are no restriction worth an index.
inline constexpr std::size_t kRestrictionValuesMax = 64;
// Of one filter; more are left out.
inline constexpr std::size_t kRestrictionsMax = 16;

// A place to look, as Predicate::KeyTuples: no row matches whose property holds anything else, and those that are found
// are asked the whole clause. A value.
struct Restriction {
  // The names on the way from the row into embedded objects, folded.
  std::vector<std::string> path;
  // Text folded, booleans, integers as kUnsigned and only negative ones as kSigned; each once, at least one.
  std::vector<cim::Value> values;
};

// Those that the clause has: Name = "a" AND (Size = 1 OR Size = 2) has two. Like cover.h it may leave one out and never
// invents one.
std::vector<Restriction> FindRestrictions(const BoundNode& root, const cim::Class& schema);

// What an object has where a restriction looks.
struct RestrictedValue {
  enum class Kind {
    kNone,     // NULL, or there is no such property: nothing that is restricted there can match
    kValue,    // only what is restricted to `value`, text without case
    kUnknown,  // a value of a type with several spellings of the same (datetime, real, char16): anything may match
  };
  Kind kind = Kind::kNone;
  cim::ValueView value = {};  // in the form of Restriction::values, but text as it stands; as long as the object
};
RestrictedValue RestrictedValueOf(const cim::Object& object, const std::vector<std::string>& path);

}  // namespace wmi::wql
