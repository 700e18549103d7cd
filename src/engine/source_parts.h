// The pieces that the sources of calls are put together from (calls.h).
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/row_source.h"

namespace wmi::engine {

using SourcePtr = std::unique_ptr<RowSource>;

// Objects that are known: classes, namespaces, prototypes.
SourcePtr ReadyRows(Batch rows);

// Finds out in its first turn, on an executor thread, what there is to do; then it is that.
SourcePtr Deferred(std::function<Result<SourcePtr>()> bind);

// One piece of work in one turn.
using Work = std::function<Ending(const PullRequest& request, Batch& out)>;
SourcePtr Effect(Placement placement, Work work);

// Several sources one after the other.
struct Step {
  enum class Role {
    kMust,     // its failure ends the call
    kDecides,  // the call succeeds when one of these does
    kOptional,
  };
  SourcePtr source;
  Role role = Role::kMust;
};
// Ends as the last kMust or the first successful kDecides ended. At least one step.
SourcePtr Chain(std::vector<Step> steps);

// Passes everything on; without a row, a success becomes `missing`.
SourcePtr AtLeastOne(SourcePtr source, Status missing);

// Passes everything on; a plain success becomes `success`.
SourcePtr EndingIn(Status success, SourcePtr source);

}  // namespace wmi::engine
