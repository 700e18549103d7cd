// Fault points: named places where a test can make an operation fail that in life fails rarely.
//
// Code asks at the place of the real operation and takes its ordinary failure path:
//
//   if (FaultHere("store.write")) return SystemStatus(code::kFailed, "write", EIO);
//
// With no test armed the question is one relaxed load and a branch, in every build. Tests arm one point at a time and
// usually walk all of them: "fail the first pass, then the second, … until a run meets no failure".
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

namespace wmi {

namespace internal {
extern std::atomic<bool> faults_armed;
bool FaultHereArmed(std::string_view point);
}  // namespace internal

// True when the operation at this point must fail now. Safe from several threads.
inline bool FaultHere(std::string_view point) {
  // Relaxed: a test arms before it starts what it tests, and that start synchronises.
  if (!internal::faults_armed.load(std::memory_order_relaxed)) [[likely]]
    return false;
  return internal::FaultHereArmed(point);
}

enum class FaultMode {
  kOnce,       // only the chosen pass fails
  kFromThere,  // the chosen pass and all after it fail, like a full disk
};

// Arms a point while it lives; test code only. At most one lives at a time in a process (asserted). The counts are of
// all threads together.
class FaultScope {
 public:
  // The `pass`-th pass (1-based) through `point` fails. An empty name stands for every point. `point` must outlive the
  // scope.
  explicit FaultScope(std::string_view point, std::size_t pass = 1, FaultMode mode = FaultMode::kOnce);
  ~FaultScope();
  FaultScope(const FaultScope&) = delete;
  FaultScope& operator=(const FaultScope&) = delete;

  // How often the point was passed, and how often it failed, so far.
  std::size_t PassCount() const;
  std::size_t FailureCount() const;
};

// Calls run() with the first pass failing, then the second, and so on until a run meets no failure or `passes_max` runs
// are over. The number of runs that met one: 0 means that the point was never reached, `passes_max` that it never
// ended.
template <typename Run>
std::size_t ForEachFault(std::string_view point, std::size_t passes_max, Run run) {
  for (std::size_t pass = 1; pass <= passes_max; ++pass) {
    const FaultScope scope(point, pass);
    run();
    if (scope.FailureCount() == 0) return pass - 1;
  }
  return passes_max;
}

}  // namespace wmi
