// The two steps from text to something that can run: Parse gives the syntax tree, Bind gives a BoundQuery whose names
// are slots and whose constants have types. An unbound query cannot be executed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "cim/property_set.h"
#include "wql/predicate.h"

namespace wmi::wql {

struct SyntaxTree;  // wql/syntax.h

// Where the binder finds classes: the namespace of the connection.
using cim::ClassFinder;

enum class QueryKind {
  kInstances,  // SELECT ... FROM Class
  kClasses,    // SELECT * FROM meta_class
};

// A query whose every name is resolved. A value.
struct BoundQuery {
  QueryKind kind = QueryKind::kInstances;
  cim::ClassPtr schema;                                // null for kClasses
  cim::PropertySet visible = cim::PropertySet::All();  // the select list
  cim::PropertySet needed = cim::PropertySet::All();   // select list plus what WHERE reads
  std::shared_ptr<const Predicate> filter;             // null without WHERE
};

// Failure: kInvalidQuery with line, column and what was expected; kQuotaViolation past a limit.
Result<std::shared_ptr<const SyntaxTree>> Parse(std::string_view query);

// For trees without `association`; for those with it there is BindAssociation (wql/association_query.h).
//
// Failure: kInvalidClass for an unknown class, kInvalidQuery for an unknown property or a constant that does not suit,
// each with its place in the query.
Result<BoundQuery> Bind(const SyntaxTree& tree, const ClassFinder& classes);

}  // namespace wmi::wql
