#include "base/fault.h"

#include <cassert>

#include "base/mutex.h"

namespace wmi {
namespace internal {
std::atomic<bool> faults_armed{false};
}  // namespace internal

namespace {

// A process-wide state, against the house rule, because the points lie in code that knows nothing of tests.
struct Armed {
  Mutex mutex;
  bool in_use WMI_GUARDED_BY(mutex) = false;
  std::string_view point WMI_GUARDED_BY(mutex);
  std::size_t fail_at WMI_GUARDED_BY(mutex) = 0;
  FaultMode mode WMI_GUARDED_BY(mutex) = FaultMode::kOnce;
  std::size_t passes WMI_GUARDED_BY(mutex) = 0;
  std::size_t failures WMI_GUARDED_BY(mutex) = 0;
};

Armed& State() {
  static Armed state;
  return state;
}

}  // namespace

bool internal::FaultHereArmed(std::string_view point) {
  Armed& state = State();
  MutexLock lock(state.mutex);
  if (!state.in_use || (!state.point.empty() && state.point != point)) return false;
  ++state.passes;
  const bool fails = state.mode == FaultMode::kOnce ? state.passes == state.fail_at : state.passes >= state.fail_at;
  state.failures += fails ? 1 : 0;
  return fails;
}

FaultScope::FaultScope(std::string_view point, std::size_t pass, FaultMode mode) {
  Armed& state = State();
  MutexLock lock(state.mutex);
  assert(!state.in_use && "one FaultScope at a time");
  state.in_use = true;
  state.point = point;
  state.fail_at = pass;
  state.mode = mode;
  state.passes = 0;
  state.failures = 0;
  internal::faults_armed.store(true, std::memory_order_relaxed);
}

FaultScope::~FaultScope() {
  Armed& state = State();
  MutexLock lock(state.mutex);
  internal::faults_armed.store(false, std::memory_order_relaxed);
  state.in_use = false;
}

std::size_t FaultScope::PassCount() const {
  Armed& state = State();
  MutexLock lock(state.mutex);
  return state.passes;
}

std::size_t FaultScope::FailureCount() const {
  Armed& state = State();
  MutexLock lock(state.mutex);
  return state.failures;
}

}  // namespace wmi
