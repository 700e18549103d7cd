// Errors of a query with their place, and the hint that goes with a misspelt name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class_finder.h"
#include "wql/syntax.h"

namespace wmi::wql {

// A failure at a byte offset of the query: fills line, column (1-based, in characters) and parameter (the query).
Status QueryError(Code code, std::string_view query, std::size_t offset, std::string message);

// The name among `candidates` that was probably meant, by a small edit distance without case; empty when none is close.
std::string NearestName(std::string_view name, const std::vector<std::string_view>& candidates);

// "; did you mean 'X'?", nothing for an empty name.
std::string Hint(const std::string& nearest);

// kInvalidClass at the place of a class name, with the hint.
Status UnknownClass(const SyntaxTree& tree, const NamePart& name, const cim::ClassFinder& classes);

// A piece of a query fit for a message: well-formed, at most 40 characters.
std::string Excerpt(std::string_view text);

}  // namespace wmi::wql
