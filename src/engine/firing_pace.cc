#include "engine/firing_pace.h"

#include <algorithm>
#include <utility>

namespace wmi::engine {

void FiringPace::Note(std::shared_ptr<PushPort> queue) {
  if (std::find(behind_.begin(), behind_.end(), queue) == behind_.end()) behind_.push_back(std::move(queue));
}

bool FiringPace::Keep(Duration wait_max) {
  if (behind_.empty()) return true;
  const TimePoint deadline = SteadyClock().Now() + wait_max;
  const bool have_caught_up = std::all_of(behind_.begin(), behind_.end(), [&](const std::shared_ptr<PushPort>& queue) {
    return queue->AwaitCatchUp(deadline);
  });
  behind_.clear();
  return have_caught_up;
}

}  // namespace wmi::engine
