// LongWork: a call of the library that gives no rows and may take long: the line on the terminal that tells how far it
// is, and its end after a signal. For the listeners of api/mof_tool.h and api/repository_tool.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "wmi/clock.h"
#include "wmi/progress.h"
#include "wmi/signals.h"

namespace wmi::cli {

// For one thread; both outlive it.
class LongWork {
 public:
  LongWork(Progress& progress, const Signals& signals, TimePoint start = SteadyClock::now())
      : progress_(progress), signals_(signals), start_(start) {}
  ~LongWork() { progress_.Clear(); }
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // False when it should end. `total` 0: nobody knows.
  bool Step(std::string_view stage, std::uint64_t done, std::uint64_t total);
  bool is_cancelled() const { return signals_.caught() != 0; }
  // "PROGRAM: cancelled after 1.2 s; CONSEQUENCE" on stderr; the exit code.
  int TellCancelled(std::string_view program, std::string_view consequence);

 private:
  Progress& progress_;
  const Signals& signals_;
  const TimePoint start_;
};

}  // namespace wmi::cli
