// PrintArranged: a query whose objects are counted, grouped or sorted on their way from the call to the writer. This
// goes beyond WQL and is done here, over any query and for any format.
#pragma once

#include <string>
#include <vector>

#include "wmi/command_context.h"
#include "wmi/writer.h"

namespace wmi::cli {

// What is known of a query's columns before it runs.
struct QueryColumns {
  enum class Extent {
    kList,   // `known` is the SELECT list: there are no others
    kClass,  // `known` are those of the class after FROM or, when empty, nothing is known; objects may have others
  };

  std::vector<std::string> read;  // what rows have; empty: all that an object has
  std::vector<std::string> known;
  Extent extent = Extent::kClass;
};

// True when the rows must all be there before the first is shown: all of an arrangement but a lone --limit.
bool NeedsAllRows(const Arrangement& arrangement);

// The columns of --group as they are shown: its own, and the number of objects, which is "Count" unless one of those
// is.
std::vector<std::string> GroupColumns(const Arrangement& arrangement);

// Runs the call and shows what NeedsAllRows; nothing at all when the call fails or is cancelled. For a group the
// columns in `options` are those of GroupColumns. Returns the exit code.
int PrintArranged(CommandContext& context, const StartCall& start, WriterOptions options, const QueryColumns& columns);

}  // namespace wmi::cli
