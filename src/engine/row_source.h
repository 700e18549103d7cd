// RowSource: where the rows of an operation come from, pulled a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::engine {

using Batch = std::vector<cim::Object>;

// What a pull may take.
struct PullRequest {
  std::size_t rows_max = 1;
  std::size_t bytes_max = 0;
  // Set when the operation has been cancelled; a long pull looks at it.
  std::stop_token stop;
  // A source that answers kBlocked calls this once rows may be there. From any thread, any number of times, also after
  // the operation is gone.
  std::function<void()> wake;
};

enum class PullState {
  kMore,     // pull again
  kEnd,      // no more; `outcome` is the result of the operation
  kBlocked,  // nothing now; `wake` will be called
};

// Done so far and total, each at most 65535 (contract 2.3).
struct Progress {
  std::uint16_t done = 0;
  std::uint16_t total = 0;
};

struct Pulled {
  PullState state = PullState::kEnd;
  Status outcome;  // for kEnd; rows of the same pull are delivered before a failure
  std::optional<Progress> progress;

  static Pulled More() { return {PullState::kMore, Status(), {}}; }
  static Pulled Blocked() { return {PullState::kBlocked, Status(), {}}; }
  static Pulled End(Status outcome = Status()) { return {PullState::kEnd, std::move(outcome), {}}; }
};

// Where a turn of a source may run.
enum class Placement {
  kExecutor,  // our own code, bounded work, no wait
  kProvider,  // may block: the provider pool
};

// Used by one thread at a time, not always the same one.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Asked before every turn.
  virtual Placement placement() const { return Placement::kExecutor; }
  // Appends at most `rows_max` rows to `out`.
  virtual Pulled Pull(const PullRequest& request, Batch& out) = 0;
};

}  // namespace wmi::engine
