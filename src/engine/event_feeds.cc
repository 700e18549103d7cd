#include "engine/event_feeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wmi::engine {

// What one source tells, brought to the hub, and its end to those who depend on it.
class EventFeeds::Feed {
 public:
  // Lives on in the source's hands for a moment when the feed has gone; so the hub is reached through the feed only.
  class Listener final : public provider::EventListener {
   public:
    explicit Listener(std::weak_ptr<Feed> feed) : feed_(std::move(feed)) {}
    void Fire(cim::Object event) override {
      if (const auto feed = feed_.lock()) feed->hub_.Fire(feed->name_space_, event);
    }
    void Lost(std::uint64_t messages, std::string_view) override {
      const auto feed = feed_.lock();
      if (!feed) return;
      for (const auto& subscription : feed->Dependants()) {
        subscription->CountLost(std::max<std::uint64_t>(messages, 1));
      }
    }
    void Ended(Status why) override {
      const auto feed = feed_.lock();
      if (!feed) return;
      for (const auto& subscription : feed->Dependants()) subscription->End(why);
    }

   private:
    const std::weak_ptr<Feed> feed_;
  };

  Feed(EventHub& hub, std::string name_space) : hub_(hub), name_space_(std::move(name_space)) {}

  void Hold(std::unique_ptr<provider::Listening> listening) { listening_ = std::move(listening); }
  void Serve(const std::shared_ptr<EventSubscription>& subscription) {
    MutexLock lock(mutex_);
    std::erase_if(dependants_, [](const auto& other) { return other.expired(); });
    dependants_.push_back(subscription);
  }

 private:
  std::vector<std::shared_ptr<EventSubscription>> Dependants() {
    std::vector<std::shared_ptr<EventSubscription>> alive;
    MutexLock lock(mutex_);
    for (const auto& dependant : dependants_) {
      if (auto subscription = dependant.lock()) alive.push_back(std::move(subscription));
    }
    return alive;
  }

  EventHub& hub_;
  const std::string name_space_;
  std::unique_ptr<provider::Listening> listening_;
  Mutex mutex_;
  std::vector<std::weak_ptr<EventSubscription>> dependants_ WMI_GUARDED_BY(mutex_);
};

Result<EventFeeds::Feeds> EventFeeds::Open(const store::Namespace& classes,
                                           const std::shared_ptr<EventSubscription>& subscription) {
  const cim::ClassPtr& asked = subscription->query().schema;
  Feeds feeds;
  Status failure;
  for (const std::string& name : classes.NamesOfFamily(asked->name())) {
    provider::EventSource* const source = sources_.FindEvents(name);
    if (source == nullptr) continue;
    const cim::ClassPtr schema = classes.FindClass(name);
    if (!schema) continue;
    Result<std::shared_ptr<Feed>> feed = OpenOne(classes, schema, *source);
    if (!feed.ok()) {
      if (schema == asked) return feed.status();
      failure = feed.status();
      continue;
    }
    (*feed)->Serve(subscription);
    feeds.push_back(std::move(feed).value());
  }
  // Bases such as __ExtrinsicEvent have other events than those of the sources.
  if (feeds.empty() && !failure.ok() && !asked->name().starts_with("__")) return failure;
  return feeds;
}

Result<std::shared_ptr<EventFeeds::Feed>> EventFeeds::OpenOne(const store::Namespace& classes,
                                                              const cim::ClassPtr& schema,
                                                              provider::EventSource& source) {
  MutexLock lock(opening_);
  std::weak_ptr<Feed>& place = feeds_[fmt::format("{}\n{}", classes.name(), schema->name())];
  if (std::shared_ptr<Feed> open = place.lock()) return open;
  auto feed = std::make_shared<Feed>(hub_, classes.name());
  feed->Hold(TRY(source.Listen(schema, reactor_, std::make_shared<Feed::Listener>(feed))));
  place = feed;
  return feed;
}

}  // namespace wmi::engine
