// EventHub: brings events that are fired in a namespace to the receivers that they may concern.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/row.h"
#include "engine/event_protection.h"
#include "engine/firing_pace.h"
#include "wql/predicate.h"

namespace wmi::engine {

// Is offered events. Safe from several threads; returns soon and never waits.
class EventReceiver {
 public:
  virtual ~EventReceiver() = default;
  // From one thread at a time the order is kept.
  virtual void Offer(const cim::Object& event) = 0;
  // Events that might have been for it were lost before anybody saw what they were.
  virtual void CountLost(std::uint64_t /*count*/) {}
  // Its queue, while that is behind and slows down those who can wait; else null.
  virtual std::shared_ptr<PushPort> Backlog() const { return nullptr; }
  // Whether it may be offered what not everybody may have. The receivers of the engine itself may.
  virtual bool MayReceive(const EventProtection& /*protection*/, Admission /*admission*/) const { return true; }
};

// What every event for a receiver is.
struct EventScope {
  std::string name_space;   // empty: of any namespace
  std::string event_class;  // or of a subclass
  std::string target;       // about an instance of this class or of a subclass; empty: about anything
  // What the receiver asks of events, of an event query; so that it need not be offered the others. Null: nothing.
  std::shared_ptr<const wql::Predicate> filter = {};
};

// Receivers are indexed by their scopes, and in each by what their filters demand (filter_index.h), so the cost of an
// event grows with the depth of its classes, with the number of properties that filters restrict, and with the number
// of receivers that get it. Safe from several threads.
class EventHub {
 public:
  // Events arrive until it is destroyed. May outlive the hub.
  class Entry {
   public:
    virtual ~Entry() = default;
  };

  EventHub();
  ~EventHub();

  std::unique_ptr<Entry> Add(std::shared_ptr<EventReceiver> receiver, EventScope scope);

  // Events that one thread fires arrive in this order. `pace`: learns which receivers are behind then; null: of
  // somebody who cannot wait.
  void Fire(std::string_view name_space, const cim::Object& event, const EventProtection& protection,
            FiringPace* pace = nullptr);
  // Protected by its own descriptor. With one that is malformed it reaches nobody.
  void Fire(std::string_view name_space, const cim::Object& event);
  // The same for all of them, or, when a descriptor is malformed, for none: kInvalidParameter.
  Status Fire(std::string_view name_space, std::span<const cim::Object> events, FiringPace* pace = nullptr);

  // Events were lost. Told to all who have asked for exactly one of these classes.
  void CountLost(std::span<const std::string_view> event_classes, std::uint64_t count);

  // Whether anybody, in any namespace, has subscribed to exactly this event class.
  bool IsWanted(std::string_view event_class) const;

 private:
  class Index;
  const std::shared_ptr<Index> index_;
};

}  // namespace wmi::engine
