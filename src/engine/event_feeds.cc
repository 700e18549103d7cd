#include "engine/event_feeds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "cim/object_path.h"

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

namespace {

// What one query may ask to be listened to, one by one.
constexpr std::size_t kCombinationsMax = 64;

using Combinations = std::vector<std::vector<cim::Value>>;

std::string FirstOpen(const std::vector<std::string_view>& names, const wql::EventQuery& query) {
  for (const std::string_view name : names) {
    const auto slot = query.schema->FindSlot(name);
    if (!slot || query.filter == nullptr || query.filter->ValuesOf(*slot) == nullptr) return std::string(name);
  }
  return {};
}

// The values that the query ties the demanded properties to: one empty combination when none is demanded.
Result<Combinations> CombinationsOf(const cim::Class& schema, const provider::EventSource& source,
                                    const wql::EventQuery& query) {
  const std::vector<std::string_view> names = source.demanded();
  if (names.empty()) return Combinations(1);
  const auto too_broad = [&](const std::string& why) {
    return Status(code::kRegistrationTooBroad,
                  fmt::format("{}; {} is told of single things, which WHERE names: {} = '...'", why, schema.name(),
                              fmt::join(names, " = '...' AND ")));
  };
  if (std::string open = FirstOpen(names, query); !open.empty()) {
    return too_broad(fmt::format("the query does not say which values of {} matter", open)).WithParameter(open);
  }
  std::vector<std::size_t> slots;
  for (const std::string_view name : names) slots.push_back(*query.schema->FindSlot(name));
  std::optional<Combinations> combinations = query.filter->TuplesOf(slots);
  if (!combinations) return too_broad("the query does not say which values belong together");
  if (combinations->size() > kCombinationsMax) {
    return too_broad(
        fmt::format("the query names {} of them where {} are the most", combinations->size(), kCombinationsMax));
  }
  return *std::move(combinations);
}

// The same for what is the same; the table folds case.
std::string IdentityOf(const std::string& name_space, const provider::EventRequest& request) {
  std::string identity = fmt::format("{}\n{}", name_space, request.schema->name());
  for (const cim::Value& value : request.demanded) {
    const std::string text = cim::FormatKeyValue(value.view());
    fmt::format_to(std::back_inserter(identity), "\n{}:{}", text.size(), text);
  }
  return identity;
}

}  // namespace

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
    Result<Feeds> opened = OpenOf(classes, schema, *source, subscription->query());
    if (!opened.ok()) {
      if (schema == asked) return opened.status();
      failure = opened.status();
      continue;
    }
    for (std::shared_ptr<Feed>& feed : *opened) {
      feed->Serve(subscription);
      feeds.push_back(std::move(feed));
    }
  }
  // Bases such as __ExtrinsicEvent have other events than those of the sources.
  if (feeds.empty() && !failure.ok() && !asked->name().starts_with("__")) return failure;
  return feeds;
}

Result<EventFeeds::Feeds> EventFeeds::OpenOf(const store::Namespace& classes, const cim::ClassPtr& schema,
                                             provider::EventSource& source, const wql::EventQuery& query) {
  Feeds feeds;
  for (std::vector<cim::Value>& values : TRY(CombinationsOf(*schema, source, query))) {
    feeds.push_back(TRY(OpenOne(classes.name(), {schema, std::move(values)}, source)));
  }
  return feeds;
}

Result<std::shared_ptr<EventFeeds::Feed>> EventFeeds::OpenOne(const std::string& name_space,
                                                              const provider::EventRequest& request,
                                                              provider::EventSource& source) {
  std::string identity = IdentityOf(name_space, request);
  MutexLock lock(opening_);
  if (const auto found = feeds_.find(identity); found != feeds_.end()) {
    if (std::shared_ptr<Feed> open = found->second.lock()) return open;
  }
  auto feed = std::make_shared<Feed>(hub_, name_space);
  feed->Hold(TRY(source.Listen(request, reactor_, std::make_shared<Feed::Listener>(feed))));
  std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
  feeds_.insert_or_assign(std::move(identity), feed);
  return feed;
}

}  // namespace wmi::engine
