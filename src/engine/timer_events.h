// TimerEvents: fires __TimerEvent as the instances of __TimerInstruction in the namespace say (contract 6.1).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "engine/event_hub.h"
#include "engine/foreign_changes.h"
#include "exec/timer_queue.h"
#include "provider/change_source.h"
#include "store/repository.h"

namespace wmi::engine {

// Runs the instructions of a namespace while somebody is subscribed to timer events there. All that is given outlives
// it.
class TimerEvents final : public provider::EventSource {
 public:
  struct Tools {
    const store::Repository* repository = nullptr;
    EventHub* hub = nullptr;
    ForeignChanges* others = nullptr;  // who may write instructions, too
    std::shared_ptr<exec::TimerQueue> timers;
    const Clock* clock = &SteadyClock();
    // Microseconds since 1970, UTC.
    std::function<std::int64_t()> wall_clock;
  };

  explicit TimerEvents(Tools tools) : tools_(std::move(tools)) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override;

 private:
  const Tools tools_;
};

}  // namespace wmi::engine
