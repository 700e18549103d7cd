// The second step for event queries: BindEvent gives an EventQuery from a syntax tree (contract 6.2, 7.4). Parse stands
// in wql/query.h. Nothing here waits, polls or counts: who delivers events asks the filter about each and does the
// rest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/property_set.h"
#include "wql/predicate.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::wql {

// What WITHIN takes, in seconds (MS-WMI 2.2.1, contract 7.4).
inline constexpr double kWithinSecondsMin = 0.001;
inline constexpr double kWithinSecondsMax = 418'937;

// Events are gathered for that time from the first one on, one group for each combination of the values of `by`; a
// group is delivered as one __AggregateEvent when `having` lets its number pass.
struct EventGroup {
  std::uint32_t within_seconds = 0;  // 0: each event is a group
  // Each a property of the event class, perhaps followed by the names inside embedded objects. Names inside objects
  // whose class is not declared stand as written and may not exist in an event.
  std::vector<std::vector<std::string>> by;
  std::optional<HavingClause> having;
};

// An event query whose names are resolved. A value; it outlives the tree and the finder.
struct EventQuery {
  cim::ClassPtr schema;                                // the event class, never null; events of subclasses count too
  cim::PropertySet visible = cim::PropertySet::All();  // the select list; an embedded object counts whole
  // Null without WHERE. Embedded paths and ISA are evaluated on the objects that an event holds; Matches takes rows of
  // `schema` and of its subclasses.
  std::shared_ptr<const Predicate> filter;
  std::optional<double> within_seconds;  // within the bounds above
  std::optional<EventGroup> group;

  // Whether the class is defined by a provider or a program, who send its events. The others tell of instances,
  // classes, namespaces and timers, or are bases of both kinds, such as __Event, for which this is false.
  bool IsExtrinsic() const;
};

// Checks the class, the select list, WHERE, BY and WITHIN, in this order. Failure, each with line and column:
//   kInvalidClass            there is no such class
//   kNotEventClass           it is neither __IndicationRelated nor derived from it, or cannot happen (__EventFilter)
//   kRegistrationTooPrecise  WITHIN is too small; kInvalidQuery when it is too large
//   kPropertyNotAnObject     a dot follows what is no embedded object
//   kInvalidOperator         the type of a property does not have the operator
//   kAggregatingByObject     BY names an object
//   kInvalidQuery            an unknown property, a constant that does not suit, BY an array
// Whether a class can be watched without WITHIN depends on the providers and is not checked here.
Result<EventQuery> BindEvent(const SyntaxTree& tree, const ClassFinder& classes);

}  // namespace wmi::wql
