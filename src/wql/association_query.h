// The second step for ASSOCIATORS OF and REFERENCES OF: BindAssociation gives an AssociationQuery from a syntax tree
// (contract 7.2, 7.3). Nothing here looks for objects: who serves the query walks the associations.
#pragma once

#include <string>

#include "base/status.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "cim/object_path.h"
#include "wql/syntax.h"

namespace wmi::wql {

// A statement about associations whose names are resolved. A value; it outlives the tree and the finder.
//
// For REFERENCES OF, ResultClass and RequiredQualifier are about the association, so they stand in `association_class`
// and `association_qualifier`, and what is about the other end is not set.
struct AssociationQuery {
  enum class Gives {
    kObjects,           // the other ends, or the associations
    kClassesOfObjects,  // ClassDefsOnly: their classes, each once
    kSchema,            // SchemaOnly: what the classes declare; no object is looked at
  };

  AssociationClause::Asks asks = AssociationClause::Asks::kAssociators;
  Gives gives = Gives::kObjects;
  enum class Shows { kWhole, kKeys } shows = Shows::kWhole;

  cim::ObjectPath source;           // may lie in another namespace, in which its class has not been looked for
  std::string source_text;          // as written
  cim::ClassPtr association_class;  // and its descendants; null: any
  std::string association_qualifier;
  std::string role;            // what the association calls the source
  cim::ClassPtr result_class;  // and its descendants; null: any
  std::string result_qualifier;
  std::string result_role;  // what the association calls the other end
};

// Failure, each with line and column: kInvalidQuery for a path that is none and for words that exclude each other;
// kInvalidClass for a class that does not exist.
Result<AssociationQuery> BindAssociation(const SyntaxTree& tree, const cim::ClassFinder& classes);

// What BindAssociation refuses whatever classes there are: each kInvalidQuery of it.
Status CheckAssociation(const SyntaxTree& tree);

}  // namespace wmi::wql
