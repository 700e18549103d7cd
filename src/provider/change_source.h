// ChangeSource and EventSource: who notices what happens, where the kernel or a daemon tells (docs/events.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"
#include "cim/value.h"
#include "exec/reactor.h"
#include "provider/provider.h"

namespace wmi::provider {

// What can happen to instances; a set of bits.
using Operations = std::uint8_t;
inline constexpr Operations kCreation = 1;
inline constexpr Operations kModification = 2;
inline constexpr Operations kDeletion = 4;
inline constexpr Operations kAllOperations = kCreation | kModification | kDeletion;

// Is told of changes. Safe from several threads; returns soon and never waits.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  // Anything may have changed: read all and compare.
  virtual void Look() = 0;
  // This instance may be new, may have changed or gone: read it and compare.
  virtual void Look(KeyTuple keys) = 0;
  // This instance is there, or was a moment ago: as much of it as could be read. For what may be gone before anybody
  // looks.
  virtual void Appeared(cim::Object instance) = 0;
  // This one has gone.
  virtual void Gone(KeyTuple keys) = 0;
  // Messages were lost, and how many where that is known (0: not known): what came and went meanwhile was not seen. The
  // listener reads all and compares.
  virtual void Lost(std::uint64_t messages, std::string_view why) = 0;
  // Nothing more will be told: `why` and what to do about it. Where the subscriptions allow, polling takes over.
  virtual void Ended(Status why) = 0;
};

// As long as it lives the listener is told; when its destructor has returned, no more.
class Listening {
 public:
  virtual ~Listening() = default;
};

// Of a class whose changes Linux tells. Safe from several threads.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  // What it tells without being asked.
  virtual Operations covers() const = 0;
  // Whether the class is a log: its instances come, each told once as Appeared, never change, and are too many to be
  // compared. Who wants no more than what is covered gets what comes; nothing is read, and what was lost stays lost.
  virtual bool is_log() const { return false; }
  // `request`: the class, and the instances that matter, as for InstanceProvider::Open; it is not kept. A failure says
  // why this machine or this user cannot be told, as kAccessDenied does.
  virtual Result<std::unique_ptr<Listening>> Listen(const Request& request, exec::Reactor& reactor,
                                                    std::shared_ptr<ChangeListener> listener) = 0;
};

// Is handed events. Safe from several threads; returns soon and never waits.
class EventListener {
 public:
  virtual ~EventListener() = default;
  virtual void Fire(cim::Object event) = 0;
  // As ChangeListener::Lost and ::Ended.
  virtual void Lost(std::uint64_t messages, std::string_view why) = 0;
  virtual void Ended(Status why) = 0;
};

// Which events are asked of an EventSource.
struct EventRequest {
  cim::ClassPtr schema;
  // One value for each property of EventSource::demanded(), in its order, in the type of the property and never NULL:
  // only events with these matter. Texts stand as the query wrote them and are the same without case.
  std::vector<cim::Value> demanded;
};

// Of an event class that is defined by a built-in provider, such as Win32_ProcessStartTrace. Safe from several threads.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // The properties, by name, that WHERE must tie to values (Hive = 'HKEY_LOCAL_MACHINE' AND KeyPath = 'SOFTWARE'),
  // because this source listens to single things and not to all there are. A query that does not is
  // kRegistrationTooBroad. The same at all times.
  virtual std::vector<std::string_view> demanded() const { return {}; }
  // Fires instances of the class, or of subclasses, until the Listening is destroyed. Called once for each combination
  // of values that a query allows; all subscriptions to the same share it. `request` is not kept.
  virtual Result<std::unique_ptr<Listening>> Listen(const EventRequest& request, exec::Reactor& reactor,
                                                    std::shared_ptr<EventListener> listener) = 0;
};

}  // namespace wmi::provider
