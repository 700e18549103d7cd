// EventGrouper: GROUP WITHIN … BY … HAVING, from events to __AggregateEvents (contract 7.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "cim/class.h"
#include "cim/row.h"
#include "exec/timer_queue.h"
#include "wql/event_query.h"

namespace wmi::events {

// Gathers events from the first of a group on; when the time of the group is over, and HAVING lets its number pass, one
// __AggregateEvent goes out with the number and the first event of the group as its representative. Events with the
// same values of BY are one group, texts without case; without BY all are. Safe from several threads.
class EventGrouper final : public std::enable_shared_from_this<EventGrouper> {
 public:
  struct Options {
    wql::EventGroup group;
    cim::ClassPtr aggregate;  // __AggregateEvent
    // Both outlive nothing: the grouper keeps them.
    std::shared_ptr<exec::TimerQueue> timers;
    const Clock* clock = &SteadyClock();
    // Given each aggregate, without a lock held.
    std::function<void(cim::Object)> out;
    // Told how many events were left out because there were too many groups (kGroupsMax).
    std::function<void(std::uint64_t)> lost;
  };

  explicit EventGrouper(Options options) : options_(std::move(options)) {}
  void Add(const cim::Object& event);
  // Nothing goes out any more.
  void Close();

 private:
  struct Group {
    cim::Object first;
    std::uint64_t count = 0;
    TimePoint first_at{};
    std::unique_ptr<exec::TimerQueue::Entry> end;
  };

  std::string KeyOf(const cim::Object& event) const;
  void End(const std::string& key);

  const Options options_;
  Mutex mutex_;
  std::unordered_map<std::string, Group> groups_ WMI_GUARDED_BY(mutex_);
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
};

}  // namespace wmi::events
