// ScanPlan: what a read wants of each class, before it is known who serves it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cim/class.h"
#include "cim/property_set.h"
#include "provider/provider.h"
#include "wql/predicate.h"

namespace wmi::engine {

// A value.
struct ScanPlan {
  std::vector<cim::ClassPtr> classes;
  // The class that the client named, when `classes` are it and its descendants; null when each was chosen by itself.
  cim::ClassPtr asked;
  cim::PropertySet visible = cim::PropertySet::All();
  cim::PropertySet needed = cim::PropertySet::All();
  std::shared_ptr<const wql::Predicate> filter;
  bool has_keys = false;
  std::vector<provider::KeyTuple> keys;
  std::size_t rows_max = 0;  // stop after so many; 0: no limit
  // The query, for providers that take one. Empty: none.
  std::string query;
  // A text that a registered provider is asked in place of the instances of its class. Empty: none.
  std::string statement;
  enum class StatementGives {
    kAssociations,  // instances of the class
    kEnds,          // the objects at the other ends of associations
    kAnything,      // what only the provider knows
  } statement_gives = StatementGives::kAssociations;
};

}  // namespace wmi::engine
