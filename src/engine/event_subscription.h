// EventSubscription: what becomes of an event that one subscription may want: filter, group, queue (docs/events.md).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "cim/row.h"
#include "engine/event_hub.h"
#include "engine/event_protection.h"
#include "engine/push_port.h"
#include "events/event_group.h"
#include "security/subject.h"
#include "wql/event_query.h"

namespace wmi::engine {

// Safe from several threads. Held by the source of its operation, and for the moment by whoever offers an event.
class EventSubscription final : public EventReceiver {
 public:
  struct Options {
    std::string name_space;
    wql::EventQuery query;
    // For queries with GROUP WITHIN.
    cim::ClassPtr aggregate;
    std::shared_ptr<exec::TimerQueue> timers;
    const Clock* clock = &SteadyClock();
    std::size_t queue_bytes = 0;  // what may wait; 0: the usual
    bool slows_down = false;      // whoever fires and can wait, while the queue is half full
    // For whom, and who may publish to it; null: one from whom nothing is hidden, and everybody (contract 6.6).
    security::SubjectPtr subject;
    DescriptorPtr event_access;
    // Told when the queue has begun to lose events: the first of them, and how many wait. Again after it was emptied.
    std::function<void(const EventSubscription&, const cim::Object& event, std::size_t waiting)> on_overflow;
  };

  static std::shared_ptr<EventSubscription> Make(Options options);
  ~EventSubscription() override;
  EventSubscription(const EventSubscription&) = delete;
  EventSubscription& operator=(const EventSubscription&) = delete;

  const std::string& name_space() const { return options_.name_space; }
  const wql::EventQuery& query() const { return options_.query; }

  // Takes the event if it is one of the query's; a queue that is full loses its oldest.
  void Offer(const cim::Object& event) override;
  bool MayReceive(const EventProtection& protection, Admission admission) const override;
  // No further event will come: the subscription ends with this status when the queue has been read.
  void End(Status status) { port_->Fail(std::move(status)); }
  // Nobody reads any more.
  void Close();

  // Events that were lost on their way: in the queue, or before they were seen.
  std::uint64_t lost() const { return lost_elsewhere_.load(std::memory_order_relaxed) + port_->dropped(); }
  std::shared_ptr<PushPort> Backlog() const override { return port_->IsBehind() ? port_ : nullptr; }
  void CountLost(std::uint64_t count) override { lost_elsewhere_.fetch_add(count, std::memory_order_relaxed); }

  Pulled Pull(const PullRequest& request, Batch& out) { return port_->Pull(request, out); }

 private:
  explicit EventSubscription(Options options);
  void Queue(cim::Object event);

  const Options options_;
  std::shared_ptr<PushPort> port_;
  std::shared_ptr<events::EventGrouper> grouper_;  // null without GROUP WITHIN
  std::atomic<std::uint64_t> lost_elsewhere_ = 0;
};

}  // namespace wmi::engine
