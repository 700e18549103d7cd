// What a WHERE clause demands of single values, so that rows can be looked up in place of being read and asked
// (architecture, "How a query flows").
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "wql/bound.h"

namespace wmi::wql {

inline constexpr std::size_t kCoverMax = 1024;

// The combinations of values in these places, in the order of `places`, outside which no row satisfies the tree;
// nullopt when the clause leaves one of the places open, or would need too many combinations (kCoverMax). An empty
// list: no row can match. Texts stand as the query wrote them and are the same without case; none comes twice.
std::optional<ValueTuples> Cover(const BoundNode& root, const std::vector<std::size_t>& places);

// Whether no row at all can satisfy the tree: values that exclude each other, joined by AND.
bool IsNever(const BoundNode& root);

}  // namespace wmi::wql
