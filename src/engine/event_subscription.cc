#include "engine/event_subscription.h"

#include <utility>

#include "base/limits.h"
#include "engine/row_layout.h"
#include "events/limits.h"

namespace wmi::engine {

EventSubscription::EventSubscription(Options options) : options_(std::move(options)) {
  PushPort::Options queue;
  queue.overflow = PushPort::Overflow::kDropOldest;
  queue.rows_max = limits::kEventQueueMax;
  queue.bytes_max = options_.queue_bytes == 0 ? events::kQueueBytesMax : options_.queue_bytes;
  queue.slows_down = options_.slows_down;
  if (!options_.query.group) {
    queue.filter = options_.query.filter;
    queue.visible = options_.query.visible;
    queue.schema = options_.query.schema;
  }
  port_ = std::make_shared<PushPort>(std::move(queue));
}

EventSubscription::~EventSubscription() { Close(); }

std::shared_ptr<EventSubscription> EventSubscription::Make(Options options) {
  const std::shared_ptr<EventSubscription> made(new EventSubscription(std::move(options)));
  if (!made->options_.query.group) return made;
  events::EventGrouper::Options group;
  group.group = *made->options_.query.group;
  group.aggregate = made->options_.aggregate;
  group.timers = made->options_.timers;
  group.clock = made->options_.clock;
  group.out = [weak = std::weak_ptr(made)](cim::Object aggregate) {
    if (const auto self = weak.lock()) self->Queue(std::move(aggregate));
  };
  group.lost = [weak = std::weak_ptr(made)](std::uint64_t count) {
    if (const auto self = weak.lock()) self->CountLost(count);
  };
  made->grouper_ = std::make_shared<events::EventGrouper>(std::move(group));
  return made;
}

void EventSubscription::Offer(const cim::Object& event) {
  if (!grouper_) return Queue(event);
  const wql::EventQuery& query = options_.query;
  if (HasLayoutOf(event.schema(), *query.schema) && (!query.filter || query.filter->Matches(event.row()))) {
    grouper_->Add(event);
  }
}

bool EventSubscription::MayReceive(const EventProtection& protection, Admission admission) const {
  return (!options_.subject || protection.LetsReceive(*options_.subject, admission)) &&
         (!options_.event_access || protection.MayBeSentTo(*options_.event_access));
}

void EventSubscription::Queue(cim::Object event) {
  const PushPort::Loss before = port_->loss();
  port_->Push({event});
  const PushPort::Loss after = port_->loss();
  if (after.overflows != before.overflows && options_.on_overflow) options_.on_overflow(*this, event, after.waiting);
}

void EventSubscription::Close() {
  port_->Close();
  if (grouper_) grouper_->Close();
}

}  // namespace wmi::engine
