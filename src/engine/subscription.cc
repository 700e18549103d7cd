// Subscriptions to events, and namespaces (calls.h).
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/calls.h"
#include "engine/class_server.h"
#include "engine/engine.h"
#include "engine/event_registrations.h"
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
    std::unique_ptr<ForeignChanges::Member> others;
    std::unique_ptr<WatchTable::Attachment> watch;
    EventFeeds::Feeds feeds;
    std::vector<std::unique_ptr<ProviderFeeds::Membership>> providers;
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
  const cim::Object told = events::MakeEvent(schema, {{"SECURITY_DESCRIPTOR", DescriptorValueOf(event)},
                                                      {"Event", event.schema().IsA("__Event") ? event : cim::Object()},
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

Duration IntervalOf(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

// Watches the instances that a query is about, where providers serve them and nobody sends their events.
Result<std::unique_ptr<WatchTable::Attachment>> WatchInstances(const SessionPtr& session,
                                                               const std::shared_ptr<EventSubscription>& subscription,
                                                               const wql::Watched& watched,
                                                               const EventRegistrations& registrations) {
  WatchInterest interest;
  interest.operations = static_cast<provider::Operations>((watched.creation ? provider::kCreation : 0) |
                                                          (watched.modification ? provider::kModification : 0) |
                                                          (watched.deletion ? provider::kDeletion : 0));
  const NamespacePtr classes = session->name_space();
  WatchPlan plan{watched.target, watched.data_query, {}};
  bool is_needed = false;
  for (const cim::ClassPtr& schema :
       watched.target ? classes->ClassAndDescendants(watched.target) : classes->classes()) {
    if (IsSystemName(schema->name()) || !IsProvided(session->engine().providers(), *schema)) continue;
    const provider::Operations sent = registrations.ToldOf(schema);
    if (sent != 0) plan.sent.push_back({schema->name(), sent});
    is_needed = is_needed || (interest.operations & ~sent) != 0;
  }
  if (!is_needed) return std::unique_ptr<WatchTable::Attachment>();
  if (!watched.target) {
    return Status(code::kRegistrationTooBroad,
                  fmt::format("every instance of {} would have to be watched; name the class: WHERE TargetInstance ISA "
                              "'Win32_Process' AND ...",
                              classes->name()));
  }
  if (subscription->query().within_seconds) interest.within = IntervalOf(*subscription->query().within_seconds);
  return session->engine().watches().Attach(session, std::move(plan), interest, subscription);
}

// What of the repository the events are about. Instances that providers serve are not in it.
store::SubjectSet StoredSubjects(const SessionPtr& session, const cim::Class& event, const wql::Watched* watched) {
  const store::SubjectSet subjects = RepositoryEvents::SubjectsOf(event);
  if (!watched || !watched->target) return subjects;
  const std::vector<cim::ClassPtr> family = session->name_space()->ClassAndDescendants(watched->target);
  const bool is_stored = std::any_of(family.begin(), family.end(), [&](const cim::ClassPtr& schema) {
    return !IsProvided(session->engine().providers(), *schema);
  });
  return is_stored ? subjects : store::SubjectSet();
}

// What becomes of a subscription when one of its providers fails: it ends when that was to send the whole, or when no
// other is left and its class is no base, such as __ExtrinsicEvent, which has other events. A refusal ends it in any
// case (contract 6.6): it would be silent about what it asked for.
class ProviderFailures {
 public:
  ProviderFailures(const std::shared_ptr<EventSubscription>& subscription, std::size_t providers)
      : subscription_(subscription), left_(providers) {}

  void Add(Status status, bool is_whole) {
    const bool is_last = --left_ == 0;
    const std::shared_ptr<EventSubscription> subscription = subscription_.lock();
    if (!subscription) return;
    if (is_whole || IsRefused(status) || (is_last && !IsSystemName(subscription->query().schema->name()))) {
      subscription->End(std::move(status));
    }
  }

 private:
  static bool IsRefused(const Status& status) { return status.code() != code::kProviderLoadFailure; }

  const std::weak_ptr<EventSubscription> subscription_;
  std::atomic<std::size_t> left_;
};

Result<std::vector<std::unique_ptr<ProviderFeeds::Membership>>> JoinProviders(
    const SessionPtr& session, const NamespacePtr& classes, const std::shared_ptr<EventSubscription>& subscription,
    const EventShape& shape, const EventRegistrations& registrations, const std::string& text,
    const SubscriptionOptions& wanted) {
  const std::vector<EventRegistrations::Match> matches = TRY(registrations.Find(shape));
  const auto failures = std::make_shared<ProviderFailures>(subscription, matches.size());
  std::vector<std::unique_ptr<ProviderFeeds::Membership>> joined;
  for (const EventRegistrations::Match& match : matches) {
    ProviderFeeds::Audience audience;
    audience.session = session;
    audience.receiver = subscription;
    audience.shape = shape;
    audience.classes = classes;
    audience.query = text;
    audience.creator_sid = wanted.creator_sid;
    audience.on_failure = [failures, is_whole = match.is_whole](Status status) {
      failures->Add(std::move(status), is_whole);
    };
    joined.push_back(session->engine().provider_feeds().Join(match.provider, std::move(audience)));
  }
  return joined;
}

Result<SourcePtr> BindSubscription(const SessionPtr& session, const std::string& text,
                                   const SubscriptionOptions& wanted) {
  const NamespacePtr classes = session->name_space();
  const auto tree = TRY(wql::Parse(text));
  wql::EventQuery query = TRY(wql::BindEvent(*tree, *classes));
  const auto watched = TRY(wql::FindWatched(*tree, query, *classes, [&](const cim::Class& schema, std::size_t slot) {
    return IsNarrowed(session, schema, slot);
  }));
  const EventRegistrations registrations = TRY(EventRegistrations::Read(session, classes));
  Engine& engine = session->engine();
  EventSubscription::Options options;
  options.name_space = classes->name();
  options.query = std::move(query);
  options.aggregate = classes->FindClass("__AggregateEvent");
  options.timers = engine.timers();
  options.clock = &engine.runtime().clock();
  options.queue_bytes = wanted.queue_bytes;
  options.slows_down = wanted.slows_down;
  options.subject = wanted.subject;
  options.event_access = wanted.event_access;
  options.on_overflow = [session, consumer = wanted.consumer_path](const EventSubscription& subscription,
                                                                   const cim::Object& event, std::size_t waiting) {
    TellOfOverflow(session, consumer, subscription, event, waiting);
  };
  const std::shared_ptr<EventSubscription> subscription = EventSubscription::Make(std::move(options));
  const EventShape shape{subscription->query().schema, watched ? watched->target : nullptr};
  SubscriptionRows::Sources sources;
  const bool is_permanent = !wanted.consumer_path.empty();
  sources.quota = TRY(is_permanent ? engine.quotas().Permanent(session->principal())
                                   : engine.quotas().Temporary(session->principal()));
  sources.hub =
      engine.events().Add(subscription, {classes->name(), shape.event_class->name(),
                                         shape.target ? shape.target->name() : "", subscription->query().filter});
  const store::SubjectSet stored = StoredSubjects(session, *shape.event_class, watched ? &*watched : nullptr);
  if (!stored.is_empty()) sources.others = TRY(engine.foreign_changes().Join(stored));
  sources.feeds = TRY(engine.feeds().Open(*classes, subscription));
  if (watched) sources.watch = TRY(WatchInstances(session, subscription, *watched, registrations));
  sources.providers = TRY(JoinProviders(session, classes, subscription, shape, registrations, text, wanted));
  if (wanted.opened) wanted.opened(subscription);
  return SourcePtr(std::make_unique<SubscriptionRows>(subscription, std::move(sources)));
}

bool IsAbsolute(std::string_view name) {
  return name.starts_with('\\') || name.starts_with('/') || name.find(':') != std::string_view::npos;
}

}  // namespace

SourcePtr SubscriptionSource(SessionPtr session, std::string query, SubscriptionOptions options) {
  if (!options.subject) options.subject = std::make_shared<security::Subject>(security::Subject::OfCaller());
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
