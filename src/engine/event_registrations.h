// EventRegistrations: which events registered providers send, as the instances of __EventProviderRegistration in a
// namespace say (contract 9.1).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"
#include "engine/event_outlet.h"
#include "engine/event_provider.h"
#include "engine/session.h"
#include "events/event_objects.h"
#include "provider/change_source.h"
#include "store/namespace.h"
#include "wql/event_query.h"

namespace wmi::engine {

// As they are at one moment; immutable, safe from several threads. Runs and loads no provider.
class EventRegistrations {
 public:
  // A query in a registration that cannot be bound, of a class that does not exist for one, sends nothing.
  static Result<EventRegistrations> Read(const SessionPtr& session, const store::NamespacePtr& classes);

  struct Match {
    std::shared_ptr<EventProvider> provider;
    // Whether it sends all that the subscription asks for, and not only a part of it: of subclasses.
    bool is_whole = false;
  };
  // Those who may send events of that shape. One that cannot be used, because its registration is wrong or it is
  // disabled, is left out, unless it sends the whole or nobody else sends anything: then its failure is the result.
  Result<std::vector<Match>> Find(const EventShape& wanted) const;

  // Whether the queries of an instance of __EventProviderRegistration can be read; other instances are right. Classes
  // may come later, so they are not looked up. kUninterpretableProviderQuery, with the query, line and column.
  static Status Check(const cim::Object& instance);

  // The operations on instances of exactly this class of which providers send every event.
  provider::Operations ToldOf(const cim::ClassPtr& schema) const;

 private:
  struct Sent {
    EventShape shape;
    std::shared_ptr<const wql::Predicate> filter;  // null without WHERE
  };
  struct Registration {
    cim::Object object;
    std::vector<Sent> sent;
  };

  static std::vector<Sent> ReadQueries(const cim::Object& registration, const store::Namespace& classes);
  bool Sends(const cim::Object& event) const;

  SessionPtr session_;
  events::InstanceEventClasses event_classes_;
  std::vector<Registration> registrations_;
  bool has_instance_events_ = false;
};

}  // namespace wmi::engine
