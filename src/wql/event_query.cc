#include "wql/event_query.h"

#include <fmt/format.h>

#include <utility>

#include "wql/binder.h"
#include "wql/diagnostic.h"

namespace wmi::wql {

namespace {

Status CheckWithin(const SyntaxTree& tree) {
  if (!tree.within) return Status();
  const double seconds = tree.within->seconds;
  if (seconds >= kWithinSecondsMin && seconds <= kWithinSecondsMax) return Status();
  const Code code = seconds < kWithinSecondsMin ? code::kRegistrationTooPrecise : code::kInvalidQuery;
  return QueryError(
      code, tree.text, tree.within->value_offset,
      fmt::format("WITHIN takes {} to {} seconds, found {}", kWithinSecondsMin, kWithinSecondsMax, seconds));
}

}  // namespace

bool EventQuery::IsExtrinsic() const { return schema->IsA("__ExtrinsicEvent"); }

Result<EventQuery> BindEvent(const SyntaxTree& tree, const ClassFinder& classes) {
  if (tree.association) {
    return QueryError(
        code::kInvalidQuery, tree.text, 0,
        "this statement reads objects as they are, which ExecQuery does; events are asked for with SELECT");
  }
  Binder binder(tree, classes, Purpose::kEvents);
  BoundQuery bound = TRY(binder.Run());
  TRY(CheckWithin(tree));
  EventQuery query;
  query.schema = std::move(bound.schema);
  query.visible = std::move(bound.visible);
  query.filter = std::move(bound.filter);
  if (tree.within) query.within_seconds = tree.within->seconds;
  if (tree.group) {
    query.group = EventGroup{tree.group->within_seconds, binder.TakeGroupPaths(), tree.group->having};
  }
  return query;
}

}  // namespace wmi::wql
