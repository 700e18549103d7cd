// EventFeeds: listens to the built-in sources of event classes for as long as somebody is subscribed to them.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/text.h"
#include "engine/event_hub.h"
#include "engine/event_subscription.h"
#include "exec/reactor.h"
#include "provider/event_sources.h"
#include "store/namespace.h"
#include "wql/event_query.h"

namespace wmi::engine {

// Safe from several threads.
class EventFeeds {
 public:
  class Feed;
  using Feeds = std::vector<std::shared_ptr<Feed>>;

  EventFeeds(const provider::EventSources& sources, exec::Reactor& reactor, EventHub& hub)
      : sources_(sources), reactor_(reactor), hub_(hub) {}

  // Those that fire events of this class or of its subclasses; they go on while they are held. A source that demands
  // values (EventSource::demanded) gives one feed for each combination that WHERE allows. Fails as the source of the
  // class itself does, or as all do; a subclass that cannot be listened to does not keep the others out.
  Result<Feeds> Open(const store::Namespace& classes, const std::shared_ptr<EventSubscription>& subscription);

 private:
  Result<Feeds> OpenOf(const store::Namespace& classes, const cim::ClassPtr& schema, provider::EventSource& source,
                       const wql::EventQuery& query);
  Result<std::shared_ptr<Feed>> OpenOne(const std::string& name_space, const provider::EventRequest& request,
                                        provider::EventSource& source);

  const provider::EventSources& sources_;
  exec::Reactor& reactor_;
  EventHub& hub_;
  Mutex opening_;
  std::unordered_map<std::string, std::weak_ptr<Feed>, FoldedHash, FoldedEqual> feeds_ WMI_GUARDED_BY(opening_);
};

}  // namespace wmi::engine
