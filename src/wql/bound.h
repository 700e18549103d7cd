// The bound WHERE clause: BoundNode is the tree that the binder makes (names are slots, constants have types, NOT has
// been moved into the tests); Program is the same flattened for evaluation. Internal to the module.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cim/class.h"
#include "cim/types.h"
#include "cim/value.h"
#include "wql/comparison.h"
#include "wql/restriction.h"
#include "wql/system_property.h"

namespace wmi::wql {

// The part of a dotted path behind its first name. Classes of embedded objects are known only when a row is there, so
// the names are looked up then, and the constant has been converted to every type it suits.
struct EmbeddedPath {
  static constexpr std::size_t kTypeCount = 128;  // CIMTYPE numbers are smaller

  std::vector<std::string> names;        // without a system property at the end
  std::optional<SystemProperty> system;  // a.__CLASS; a.__this is a itself
  // By CimType; empty when the comparison is the same for every type.
  std::vector<std::optional<Comparison>> by_type;
};

enum class Source : std::uint8_t { kSlot, kSystem, kThis, kEmbedded };

// A place whose values a clause may demand: a slot, or the name of the class.
inline constexpr std::size_t kClassNamePlace = static_cast<std::size_t>(-1);

// What a row must hold, in one place, to pass a test.
struct Demand {
  std::size_t place = 0;
  cim::Value value;
};

// One comparison. Holds is asked about what the source gives.
struct BoundTest {
  Source source = Source::kSlot;
  SystemProperty system = SystemProperty::kClass;
  std::size_t slot = 0;  // kSlot, kEmbedded
  std::shared_ptr<const EmbeddedPath> path;
  Comparison comparison;
  std::vector<Demand> demands;
};

enum class NodeKind : std::uint8_t { kAnd, kOr, kTest };

struct BoundNode {
  NodeKind kind = NodeKind::kTest;
  std::vector<BoundNode> children;
  std::optional<BoundTest> test;
};

using ValueTuples = std::vector<std::vector<cim::Value>>;

// The tests in the order in which they are asked, each with the place to go on. Immutable.
struct Program {
  static constexpr std::int32_t kAccept = -1;
  static constexpr std::int32_t kReject = -2;

  struct Step {
    BoundTest test;
    std::int32_t if_true;
    std::int32_t if_false;
  };

  std::vector<Step> steps;
  std::int32_t start = kAccept;
  // See Predicate.
  std::optional<ValueTuples> key_tuples;
  struct Values {
    std::size_t place = 0;
    std::vector<cim::Value> values;
  };
  std::vector<Values> values;
  std::vector<Restriction> restrictions;  // of event queries only
  bool is_never = false;
  std::shared_ptr<const BoundNode> tree;  // of event queries only, for Predicate::TuplesOf
  cim::ClassPtr schema;                   // keeps the slots valid; null for schema queries
};

// Flattens a tree; the rest is left for the caller.
Program Flatten(BoundNode root);

}  // namespace wmi::wql
