// ProviderFeeds: tells registered event providers who listens, one call at a time, on the provider pool
// (docs/events.md, "Providers of events").
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "engine/event_outlet.h"
#include "engine/event_provider.h"
#include "engine/session.h"

namespace wmi::engine {

// Safe from several threads. One feed for each provider that somebody listens to: it starts the provider with the first
// subscription and lets it go after the last.
class ProviderFeeds {
 public:
  // A subscription, and what it wants of a provider.
  struct Audience {
    SessionPtr session;
    std::shared_ptr<EventReceiver> receiver;
    EventShape shape;
    store::NamespacePtr classes;
    std::string query;
    std::vector<std::uint8_t> creator_sid;  // EventInquiry::creator_sid
    // Told when the provider cannot be loaded or refuses; on the provider pool, once at most. Returns soon.
    std::function<void(Status)> on_failure;
  };

  // The subscription hears the provider until this is destroyed, which needs no memory and waits for nobody.
  class Membership {
   public:
    virtual ~Membership() = default;
  };

  // Returns at once; the provider is called afterwards.
  std::unique_ptr<Membership> Join(const std::shared_ptr<EventProvider>& provider, Audience audience);

 private:
  class Feed;
  class Joined;

  std::shared_ptr<Feed> FindOrMake(const std::shared_ptr<EventProvider>& provider, const SessionPtr& session);

  std::atomic<std::uint32_t> last_id_ = 0;
  Mutex mutex_;
  // A feed holds its provider, so the address is nobody else's while the feed lives.
  std::unordered_map<const EventProvider*, std::weak_ptr<Feed>> feeds_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
