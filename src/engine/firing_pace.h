// FiringPace: holds up whoever fires events for subscribers that are behind (contract 6.2, "start slowing").
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "engine/push_port.h"
#include "provider/event_limits.h"

namespace wmi::engine {

// Of one thread, for one call. Only for threads of providers and programs: ours fire without one, and never wait.
class FiringPace {
 public:
  // A queue that is behind after an event was put into it.
  void Note(std::shared_ptr<PushPort> queue);

  // Waits until those queues have caught up or are read by nobody. False: `wait_max`, for all of them together, has
  // passed. Call it without a lock, after everybody was offered the events.
  bool Keep(Duration wait_max = std::chrono::milliseconds(provider::kMaxWaitOnEventsMs));

 private:
  std::vector<std::shared_ptr<PushPort>> behind_;  // each once
};

}  // namespace wmi::engine
