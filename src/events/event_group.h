// EventGrouper: GROUP WITHIN … BY … HAVING, from events to __AggregateEvents (contract 7.4).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "cim/class.h"
#include "cim/row.h"
#include "exec/timer_queue.h"
#include "wql/event_query.h"

namespace wmi::events {

// Gathers events from the first of a group on; when the time of the group is over, and HAVING lets its number pass, one
// __AggregateEvent goes out with the number and the first event of the group as its representative. Events with the
// same values of BY are one group, texts without case; without BY all are. What an event does not have counts as NULL,
// and NULL is a value of its own. With no time each event goes out by itself. Safe from several threads.
class EventGrouper final : public std::enable_shared_from_this<EventGrouper> {
 public:
  struct Options {
    wql::EventGroup group;
    cim::ClassPtr aggregate;  // __AggregateEvent
    std::shared_ptr<exec::TimerQueue> timers;
    const Clock* clock = &SteadyClock();  // that of the timers; it outlives the grouper
    // Given each aggregate, without a lock held: by Add when there is no time, otherwise by the timers. It only posts.
    std::function<void(cim::Object)> out;
    // Told, likewise, how many events were left out: there were too many groups (kGroupsMax), or there was no memory.
    std::function<void(std::uint64_t)> lost;
  };

  explicit EventGrouper(Options options) : options_(std::move(options)) {}
  // Throws std::bad_alloc; the event is not counted then.
  void Add(const cim::Object& event);
  // What is gathered is dropped, and nothing goes out any more but what another thread is giving out just now.
  void Close();

 private:
  struct Group {
    cim::Object first;
    std::uint64_t count = 0;
    std::unique_ptr<exec::TimerQueue::Entry> end;
  };

  std::string KeyOf(const cim::Object& event) const;
  void End(const std::string& key);
  void GiveOut(const cim::Object& first, std::uint64_t count) const;

  const Options options_;
  Mutex mutex_;  // taken before that of the timers
  std::unordered_map<std::string, Group> groups_ WMI_GUARDED_BY(mutex_);
  bool closed_ WMI_GUARDED_BY(mutex_) = false;
};

}  // namespace wmi::events
