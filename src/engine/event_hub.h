// EventHub: brings events that are fired in a namespace to its subscriptions.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "cim/row.h"
#include "engine/push_port.h"

namespace wmi::engine {

// Safe from several threads.
class EventHub {
 public:
  // One subscription: events arrive at its port until this is destroyed. May outlive the hub.
  class Subscription {
   public:
    Subscription(std::string name_space, std::shared_ptr<PushPort> port)
        : name_space_(std::move(name_space)), port_(std::move(port)) {}
    ~Subscription() { port_->Close(); }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    const std::string& name_space() const { return name_space_; }
    PushPort& port() const { return *port_; }

   private:
    const std::string name_space_;
    const std::shared_ptr<PushPort> port_;
  };

  std::shared_ptr<Subscription> Subscribe(std::string name_space, std::shared_ptr<PushPort> port);

  // Offers the events to every subscription of the namespace, whose class and filter decide. Does not wait: a
  // subscription that is full loses its oldest events and counts them.
  void Fire(std::string_view name_space, std::span<const cim::Object> events);

 private:
  Mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
