// AssociationRoles: what a query about associations asks, held against the schema, before any object is looked at
// (contract 7.3).
#pragma once

#include <cstddef>
#include <vector>

#include "cim/class.h"
#include "engine/association_index.h"
#include "store/namespace.h"
#include "wql/association_query.h"

namespace wmi::engine {

// For the query and the namespace it was made with, which outlive it. Immutable; safe from several threads.
class AssociationRoles {
 public:
  AssociationRoles(const wql::AssociationQuery& query, const store::Namespace& classes)
      : query_(query), classes_(classes) {}

  // The association classes that can answer the query for a source of this class, and the references to it. Abstract
  // classes are among them.
  std::vector<AssociationIndex::Candidate> Of(const AssociationIndex& index, const cim::Class& source) const;

  // The references to the other ends, when the source is in `source_slot`.
  std::vector<std::size_t> OtherEnds(const cim::Class& association, std::size_t source_slot) const;

  // Whether an object of this class is a result, and whether one of it or of a class below it may be.
  bool IsResult(const cim::Class& schema) const;
  bool MayHoldResult(const cim::Class& schema) const;

 private:
  bool MayBeSource(const cim::Class& association, std::size_t slot) const;

  const wql::AssociationQuery& query_;
  const store::Namespace& classes_;
};

}  // namespace wmi::engine
