// From an event query about instances to what has to be watched (docs/events.md, "Watch"): which operations, of which
// class, and the data query that reads the instances in question.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/status.h"
#include "cim/class.h"
#include "wql/event_query.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::wql {

// A value; it outlives the tree and the finder.
struct Watched {
  // Which operations the query can tell of, as far as the event class and the terms about the event itself say
  // (__CLASS = "__InstanceCreationEvent"). None: nothing can match, so there is nothing to watch.
  bool creation = false;
  bool modification = false;
  bool deletion = false;
  // The class that every match is of, subclasses included: demanded by ISA or __CLASS = of TargetInstance or
  // PreviousInstance. Beside OR it is the nearest class above all that are demanded, and data_query says of which
  // classes below it the rows are. Null: the clause does not demand one, or those beside OR have nothing in
  // common.
  cim::ClassPtr target;
  // SELECT * FROM target [WHERE ...] in normal form (print.h) and with names as the classes spell them, so that equal
  // texts can share a watch; Parse and Bind take it. Empty without a target.
  //
  // Every instance that ever appears in an event that matches is a row of it, before and after the change: WHERE holds
  // only terms about what stays the same as long as an instance exists, and so a change leads neither in nor out. It
  // may let more rows pass than the event query does, never fewer.
  std::string data_query;
};

// Whether the property at a slot of `schema` keeps its value as long as an instance exists. Asked about properties that
// are no keys; keys do in any case. May be empty.
using FixedProperties = std::function<bool(const cim::Class& schema, std::size_t slot)>;

// `query` is what BindEvent made of `tree` with `classes`. nullopt for what no watch of instances tells of: events of
// classes, namespaces, timers, of programs, and the bases such as __Event.
//
// Failure: kInvalidClass with line and column when a demanded class does not exist, as the subscription would be silent
// for ever. Under NOT a class may be missing.
Result<std::optional<Watched>> FindWatched(const SyntaxTree& tree, const EventQuery& query, const ClassFinder& classes,
                                           const FixedProperties& is_fixed);

}  // namespace wmi::wql
