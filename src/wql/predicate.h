// Predicate: a WHERE clause bound to the slots of a class, ready to be asked row by row (contract 7.3).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cim/row.h"
#include "cim/value.h"

namespace wmi::wql {

struct BoundNode;  // predicate.cc: the compiled expression

// Immutable; safe from several threads.
class Predicate {
 public:
  explicit Predicate(std::shared_ptr<const BoundNode> root, cim::ClassPtr schema);

  // Whether the row satisfies the clause; NULL comparisons do not match.
  bool Matches(const cim::Row& row) const;

  // When the clause allows only instances with certain keys (Handle = "1", also joined by OR, also beside further
  // terms): the key tuples in the order of Class::key_slots(), without repetition. nullopt when it does not.
  std::optional<std::vector<std::vector<cim::Value>>> KeyTuples() const;

 private:
  std::shared_ptr<const BoundNode> root_;
  cim::ClassPtr schema_;
};

}  // namespace wmi::wql
