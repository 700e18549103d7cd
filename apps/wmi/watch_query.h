// The event queries behind the short forms of `wmi watch`.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wmi/problem.h"

namespace wmi::cli {

// Whether the first word of `wmi watch` is a short form and no query.
bool IsWatchForm(std::string_view word);

// What is wrong with the words of `wmi watch`; empty when nothing is. `arguments` are those behind the first one.
std::string CheckWatchWords(std::string_view word, const std::vector<std::string>& arguments);

// The query that words without fault stand for: the first one itself when it is no short form. `file` looks at the file
// system: a folder stands for all files in it, any other path for itself, and the folder of that must be there.
std::variant<std::string, Problem> WatchQuery(std::string_view word, const std::vector<std::string>& arguments);

// The same event query without WITHIN, which holds only where somebody tells what happens. `query` is of a short form.
std::string ToldQuery(const std::string& query);

}  // namespace wmi::cli
