#include "engine/event_hub.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace wmi::engine {

std::shared_ptr<EventHub::Subscription> EventHub::Subscribe(std::string name_space, std::shared_ptr<PushPort> port) {
  auto subscription = std::make_shared<Subscription>(std::move(name_space), std::move(port));
  MutexLock lock(mutex_);
  std::erase_if(subscriptions_, [](const std::weak_ptr<Subscription>& other) { return other.expired(); });
  subscriptions_.push_back(subscription);
  return subscription;
}

void EventHub::Fire(std::string_view name_space, std::span<const cim::Object> events) {
  std::vector<std::shared_ptr<Subscription>> listening;
  MutexLock lock(mutex_);
  for (const std::weak_ptr<Subscription>& candidate : subscriptions_) {
    std::shared_ptr<Subscription> subscription = candidate.lock();
    if (subscription && EqualFolded(subscription->name_space(), name_space))
      listening.push_back(std::move(subscription));
  }
  lock.Unlock();
  for (const std::shared_ptr<Subscription>& subscription : listening) {
    // One at a time: the port takes all or none, and one event of another class must not keep the rest out.
    for (const cim::Object& event : events) subscription->port().Push({event});
  }
}

}  // namespace wmi::engine
