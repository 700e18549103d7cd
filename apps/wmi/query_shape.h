// QueryShape: what the command line must know of a query before its first row comes: the columns in the order in which
// they were written, and the class. The engine alone judges whether the query is right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wmi::cli {

struct QueryShape {
  enum class Gives { kObjects, kClasses };

  std::vector<std::string> columns;  // as written; empty for "*" and for what this cannot read
  std::string class_name;            // empty when not found
  Gives gives = Gives::kObjects;
  std::string path;  // of the object whose associations are asked for
};

QueryShape ShapeOf(std::string_view query);

}  // namespace wmi::cli
