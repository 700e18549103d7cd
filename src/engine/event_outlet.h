// EventOutlet: where one registered provider fires its events, and who hears them: the subscriptions that the provider
// has admitted, and nobody else (contract 6.6).
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"
#include "engine/event_hub.h"
#include "engine/event_protection.h"
#include "store/namespace.h"

namespace wmi::engine {

// Which events somebody sends or wants: of a class, perhaps about instances of a class; subclasses of both count. A
// value.
struct EventShape {
  cim::ClassPtr event_class;  // never null
  cim::ClassPtr target;       // null: about anything
};

// Whether an event can be of both.
bool MayBeBoth(const EventShape& one, const EventShape& other);

// Safe from several threads. A provider may keep it as long as it likes, also when the engine has gone.
class EventOutlet final : public std::enable_shared_from_this<EventOutlet> {
 public:
  explicit EventOutlet(std::string name_space) : name_space_(std::move(name_space)) {}
  EventOutlet(const EventOutlet&) = delete;
  EventOutlet& operator=(const EventOutlet&) = delete;

  // ---- the provider's side

  // Events that one thread fires arrive in this order. `sinks`: the descriptors of the sinks that they passed. All or
  // none: kCallCancelled once it is closed, kInvalidParameter when a descriptor of an event is malformed. `pace` as in
  // EventHub::Fire.
  Status Fire(std::span<const cim::Object> events, std::span<const DescriptorPtr> sinks = {},
              FiringPace* pace = nullptr);
  bool is_open() const;
  // Whether a subscription wants events of this shape.
  bool IsWanted(const EventShape& shape) const;
  // The classes of the namespace as the latest subscription saw them; null before the first, and once it is
  // closed.
  store::NamespacePtr classes() const;

  // ---- the engine's side

  // The receiver is offered what is fired until the entry is destroyed, which needs no memory.
  class Entry {
   public:
    virtual ~Entry() = default;
  };
  std::unique_ptr<Entry> Add(std::shared_ptr<EventReceiver> receiver, Admission admission, EventShape shape,
                             store::NamespacePtr classes);
  // Nobody listens any more and nobody will.
  void Close();

 private:
  class Held;

  const std::string name_space_;
  EventHub hub_;
  mutable Mutex mutex_;
  bool is_open_ WMI_GUARDED_BY(mutex_) = true;
  std::list<EventShape> wanted_ WMI_GUARDED_BY(mutex_);
  store::NamespacePtr classes_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
