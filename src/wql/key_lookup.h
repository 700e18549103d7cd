// Which instances a WHERE clause can match at all, when it names them by their keys (architecture, "How a query
// flows").
#pragma once

#include <optional>

#include "cim/class.h"
#include "wql/bound.h"

namespace wmi::wql {

// The key tuples outside which no row satisfies the tree; nullopt when the clause does not restrict every key, or would
// need too many tuples (kKeyTuplesMax). An empty list: no row can match.
std::optional<KeyTuples> FindKeyTuples(const BoundNode& root, const cim::Class& schema);

inline constexpr std::size_t kKeyTuplesMax = 1024;

}  // namespace wmi::wql
