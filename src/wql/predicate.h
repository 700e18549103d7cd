// Predicate: a WHERE clause bound to the slots of a class, ready to be asked row by row (contract 7.3).
//
// A comparison with NULL, or with a property that an embedded object does not have, is unknown; a row matches when the
// whole clause is true, so unknown does not match, under NOT neither (see README.md).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cim/row.h"
#include "cim/value.h"

namespace wmi::wql {

struct Program;  // bound.h: the compiled expression
struct Subject;  // system_property.h

// Immutable; safe from several threads. Made by Bind.
class Predicate {
 public:
  explicit Predicate(Program program);
  ~Predicate();
  Predicate(const Predicate&) = delete;
  Predicate& operator=(const Predicate&) = delete;

  // Whether an instance of the bound class or of a subclass satisfies the clause. For QueryKind::kInstances.
  bool Matches(const cim::Row& row) const;

  // Whether a class satisfies the clause. For QueryKind::kClasses.
  bool MatchesClass(const cim::Class& candidate) const;

  // When the clause allows only instances with certain keys (Handle = "1", also joined by OR, also beside further
  // terms, also by __PATH and __RELPATH): the key tuples in the order of Class::key_slots(), converted to the types of
  // the keys, without repetition. No tuples: nothing can match. nullopt when the keys are not restricted so.
  //
  // A tuple is a place to look, not a match: texts stand as the query wrote them while WQL compares without case, so a
  // provider with text keys looks up without case, and Matches is still asked about every row it finds.
  std::optional<std::vector<std::vector<cim::Value>>> KeyTuples() const;

 private:
  bool Run(const Subject& subject) const;

  std::unique_ptr<const Program> program_;
};

}  // namespace wmi::wql
