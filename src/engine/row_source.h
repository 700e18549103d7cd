// RowSource: where the rows of an operation come from, pulled a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "engine/ending.h"
#include "engine/notice.h"

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

struct Pulled {
  PullState state = PullState::kEnd;
  Ending ending;  // for kEnd; rows and notices of the same pull are delivered before a failure
  // Told to a client that wants them; of those of one kind Progress, only the last.
  std::vector<Notice> notices;

  static Pulled More() { return {PullState::kMore, {}, {}}; }
  static Pulled Blocked() { return {PullState::kBlocked, {}, {}}; }
  static Pulled End(Ending ending = {}) { return {PullState::kEnd, std::move(ending), {}}; }
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
