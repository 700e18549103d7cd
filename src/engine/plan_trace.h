// PlanTrace: what was done for a call that is explained, step by step, with rows and time.
//
// A query whose context holds the value OpenWMI_Explain = TRUE runs as always, and gives in place of its rows what was
// done for them: instances of OpenWMI_PlanStep, which `wmi explain` prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/source_parts.h"

namespace wmi::engine {

// The value of IWbemContext that asks for it.
inline constexpr char kExplainValue[] = "OpenWMI_Explain";

struct PlanStep {
  std::string operation;   // "Bind"; "Scan", "Keys", "Index", "Query", "References", "Classes"; "Events", "Nothing"
  std::string class_name;  // empty where there is none
  std::string server;      // the provider; empty for the repository
  std::string detail;      // in words: "2 keys"
  std::uint64_t rows_read = 0;
  std::uint64_t rows = 0;  // that passed
  Duration time = Duration::zero();
  std::uint64_t keys = 0;  // of objects that are looked up; told before the detail
};

// As long as the classes and statements of a query, not as its rows. Safe from several threads.
class PlanTrace {
 public:
  // The number of the step. A look-up that goes on where one of the same kind left off, as a walk over associations
  // does batch by batch, is no step of its own.
  std::size_t Add(PlanStep step);
  void Count(std::size_t step, std::uint64_t rows_read, std::uint64_t rows, Duration time);
  std::vector<PlanStep> steps() const;

 private:
  mutable Mutex mutex_;
  std::vector<PlanStep> steps_ WMI_GUARDED_BY(mutex_);
};
using PlanTracePtr = std::shared_ptr<PlanTrace>;

// Runs `source` to its end, drops its rows and gives the steps of `trace`. A failure stays what it is, and so does a
// success that is less than whole.
SourcePtr ExplainedRows(SourcePtr source, PlanTracePtr trace);

}  // namespace wmi::engine
