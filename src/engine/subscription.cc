// Subscriptions to events, and namespaces (calls.h).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "engine/calls.h"
#include "engine/class_server.h"
#include "engine/engine.h"
#include "engine/event_subscription.h"
#include "engine/source_parts.h"
#include "events/event_objects.h"
#include "wql/event_query.h"
#include "wql/query.h"
#include "wql/watched.h"

namespace wmi::engine {
namespace {

// The events of one subscription, for as long as its operation pulls.
class SubscriptionRows final : public RowSource {
 public:
  // What makes events come; none is needed for those that the engine fires anyway.
  struct Sources {
    EventQuotas::Ticket quota;
    std::unique_ptr<EventHub::Entry> hub;
    std::unique_ptr<WatchTable::Attachment> watch;
    EventFeeds::Feeds feeds;
  };

  SubscriptionRows(std::shared_ptr<EventSubscription> subscription, Sources sources)
      : subscription_(std::move(subscription)), sources_(std::move(sources)) {}
  ~SubscriptionRows() override { subscription_->Close(); }
  Pulled Pull(const PullRequest& request, Batch& out) override { return subscription_->Pull(request, out); }

 private:
  const std::shared_ptr<EventSubscription> subscription_;
  const Sources sources_;
};

// Tells those who want to know that a queue has begun to lose events (contract 6.1). Their own queues lose in silence.
void TellOfOverflow(const SessionPtr& session, const std::string& consumer, const EventSubscription& subscription,
                    const cim::Object& event, std::size_t waiting) {
  const NamespacePtr classes = session->name_space();
  const cim::ClassPtr schema = classes->FindClass("__EventQueueOverflowEvent");
  if (!schema || subscription.query().schema->IsA("__EventDroppedEvent") || event.schema().IsA("__EventDroppedEvent")) {
    return;
  }
  const cim::Object told = events::MakeEvent(schema, {{"Event", event.schema().IsA("__Event") ? event : cim::Object()},
                                                      {"IntendedConsumer", consumer},
                                                      {"CurrentQueueSize", std::uint64_t{waiting}}});
  session->engine().events().Fire(subscription.name_space(), told);
}

// Properties from which a provider can tell early which instances to leave out follow from the keys.
bool IsNarrowed(const SessionPtr& session, const cim::Class& schema, std::size_t slot) {
  const provider::InstanceProvider* const provider = session->engine().providers().Find(schema.name());
  if (provider == nullptr) return false;
  const std::vector<std::string_view> narrowed = provider->support().narrowed;
  return std::any_of(narrowed.begin(), narrowed.end(),
                     [&](std::string_view name) { return EqualFolded(name, schema.properties()[slot].name); });
}

bool IsSystemName(std::string_view name) { return name.starts_with("__"); }

// Whether providers serve any of the classes.
bool AreProvided(const SessionPtr& session, const std::vector<cim::ClassPtr>& classes) {
  const provider::Registry& built_in = session->engine().providers();
  return std::any_of(classes.begin(), classes.end(), [&](const cim::ClassPtr& schema) {
    return !IsSystemName(schema->name()) && IsProvided(built_in, *schema);
  });
}

Duration IntervalOf(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

// Watches the instances that a query is about, where providers serve them.
Result<std::unique_ptr<WatchTable::Attachment>> WatchInstances(const SessionPtr& session,
                                                               const std::shared_ptr<EventSubscription>& subscription,
                                                               const wql::Watched& watched) {
  WatchInterest interest;
  interest.operations = static_cast<provider::Operations>((watched.creation ? provider::kCreation : 0) |
                                                          (watched.modification ? provider::kModification : 0) |
                                                          (watched.deletion ? provider::kDeletion : 0));
  if (interest.operations == 0) return std::unique_ptr<WatchTable::Attachment>();
  const NamespacePtr classes = session->name_space();
  if (!AreProvided(session, watched.target ? classes->ClassAndDescendants(watched.target) : classes->classes())) {
    return std::unique_ptr<WatchTable::Attachment>();
  }
  if (!watched.target) {
    return Status(code::kRegistrationTooBroad,
                  fmt::format("every instance of {} would have to be watched; name the class: WHERE TargetInstance ISA "
                              "'Win32_Process' AND ...",
                              classes->name()));
  }
  if (subscription->query().within_seconds) interest.within = IntervalOf(*subscription->query().within_seconds);
  return session->engine().watches().Attach(session, {watched.target, watched.data_query}, interest, subscription);
}

Result<SourcePtr> BindSubscription(const SessionPtr& session, const std::string& text,
                                   const SubscriptionOptions& wanted) {
  const NamespacePtr classes = session->name_space();
  const auto tree = TRY(wql::Parse(text));
  wql::EventQuery query = TRY(wql::BindEvent(*tree, *classes));
  const auto watched = TRY(wql::FindWatched(*tree, query, *classes, [&](const cim::Class& schema, std::size_t slot) {
    return IsNarrowed(session, schema, slot);
  }));
  Engine& engine = session->engine();
  EventSubscription::Options options;
  options.name_space = classes->name();
  options.query = std::move(query);
  options.aggregate = classes->FindClass("__AggregateEvent");
  options.timers = engine.timers();
  options.clock = &engine.runtime().clock();
  options.queue_bytes = wanted.queue_bytes;
  options.on_overflow = [session, consumer = wanted.consumer_path](const EventSubscription& subscription,
                                                                   const cim::Object& event, std::size_t waiting) {
    TellOfOverflow(session, consumer, subscription, event, waiting);
  };
  const std::shared_ptr<EventSubscription> subscription = EventSubscription::Make(std::move(options));
  SubscriptionRows::Sources sources;
  sources.quota = TRY(engine.quotas().Temporary(session->principal()));
  sources.hub = engine.events().Add(
      subscription, {classes->name(), subscription->query().schema->name(),
                     watched && watched->target ? watched->target->name() : "", subscription->query().filter});
  sources.feeds = TRY(engine.feeds().Open(*classes, subscription));
  if (watched) sources.watch = TRY(WatchInstances(session, subscription, *watched));
  if (wanted.opened) wanted.opened(subscription);
  return SourcePtr(std::make_unique<SubscriptionRows>(subscription, std::move(sources)));
}

bool IsAbsolute(std::string_view name) {
  return name.starts_with('\\') || name.starts_with('/') || name.find(':') != std::string_view::npos;
}

}  // namespace

SourcePtr SubscriptionSource(SessionPtr session, std::string query, SubscriptionOptions options) {
  return Deferred([session = std::move(session), query = std::move(query), options = std::move(options)] {
    return BindSubscription(session, query, options);
  });
}

SourcePtr NamespaceSource(SessionPtr session, std::string name) {
  return Effect(
      Placement::kExecutor,
      [session = std::move(session), name = std::move(name)](const PullRequest&, Batch&) -> Ending {
        if (name.empty() || IsAbsolute(name)) {
          return Status(code::kInvalidParameter,
                        "the namespace is named relative to this one, as in cimv2 or cimv2\\power")
              .WithParameter(name);
        }
        std::string full = session->name_space()->name() + "\\" + name;
        std::replace(full.begin(), full.end(), '/', '\\');
        const NamespacePtr found = session->engine().catalogue().Find(full);
        if (!found) {
          return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", full)).WithParameter(name);
        }
        Ending ending;
        ending.text = found->name();
        return ending;
      });
}

}  // namespace wmi::engine
