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

struct Program;      // bound.h: the compiled expression
struct Restriction;  // restriction.h
struct Subject;      // system_property.h

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

  // Whether an instance of exactly this class, which is the bound one or a subclass, may satisfy the clause, as far as
  // the class alone says.
  bool MayMatch(const cim::Class& schema) const;
  // Whether nothing can satisfy it: Size = 1 AND Size = 2.
  bool IsNever() const;

  // When the clause allows only certain values of a property (Size = 1 OR Size = 2, also beside further terms): these,
  // converted to its type, without repetition; nullptr when it does not. Like KeyTuples, places to look. Not for
  // datetimes, real numbers and char16.
  const std::vector<cim::Value>* ValuesOf(std::size_t slot) const;
  // The same for the name of the class, by __CLASS.
  const std::vector<cim::Value>* ClassNames() const;

  // Of event queries: the combinations of values of these properties outside which no event can match, converted to
  // their types, in the order of `slots`, without repetition; nullopt when the clause leaves one of them open. As
  // ValuesOf, but (A = 1 AND B = 2) OR (A = 3 AND B = 4) gives two combinations and not four.
  std::optional<std::vector<std::vector<cim::Value>>> TuplesOf(const std::vector<std::size_t>& slots) const;

  // When the clause allows only instances with certain keys (Handle = "1", also joined by OR, also beside further
  // terms, also by __PATH and __RELPATH): the key tuples in the order of Class::key_slots(), converted to the types of
  // the keys, without repetition. No tuples: nothing can match. nullopt when the keys are not restricted so.
  //
  // A tuple is a place to look, not a match: texts stand as the query wrote them while WQL compares without case, so a
  // provider with text keys looks up without case, and Matches is still asked about every row it finds.
  std::optional<std::vector<std::vector<cim::Value>>> KeyTuples() const;

  // Of an event query: which values of which properties, those inside the objects of an event too, it lets pass at the
  // most; for an index over many filters. Valid as long as the predicate.
  const std::vector<Restriction>& restrictions() const;

 private:
  bool Run(const Subject& subject) const;
  const std::vector<cim::Value>* ValuesAt(std::size_t place) const;

  std::unique_ptr<const Program> program_;
};

}  // namespace wmi::wql
