#include "engine/subscription_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "engine/creator.h"
#include "engine/engine.h"
#include "events/snapshot.h"
#include "security/access_check.h"

namespace wmi::engine {
namespace {

cim::ValueView ValueOf(const cim::Object& object, std::string_view property) {
  if (!object) return {};
  const auto slot = object.schema().FindSlot(property);
  return slot ? object.slot(*slot) : cim::ValueView();
}

std::string TextOf(const cim::Object& object, std::string_view property) {
  const cim::ValueView value = ValueOf(object, property);
  return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
}

bool IsThisMachine(const store::Repository& repository, std::string_view name) {
  return name.empty() || name == "." || EqualFolded(name, repository.server());
}

struct End {
  cim::Object object;
  std::string name_space;
};

// What a reference of the binding points to. `base`: the class that it has to be of.
Result<End> Resolve(const store::Repository& repository, std::string_view home, std::string_view property,
                    const std::string& reference, std::string_view base) {
  if (reference.empty()) {
    return Status(code::kInvalidObjectPath,
                  fmt::format("{} of the binding is NULL; it is to be the path of an instance of {}", property, base))
        .WithParameter(std::string(property));
  }
  const cim::ObjectPath path = TRY(cim::ParseObjectPath(reference));
  if (!IsThisMachine(repository, path.server)) {
    return Status(code::kInvalidObjectPath, fmt::format("{} of the binding is on the machine {}; only objects of this "
                                                        "one can be bound",
                                                        property, path.server))
        .WithParameter(reference);
  }
  End end;
  end.name_space = path.name_space.empty() ? std::string(home) : path.name_space;
  const store::NamespacePtr classes = repository.FindNamespace(end.name_space);
  const cim::ClassPtr schema = classes ? classes->FindClass(path.class_name) : nullptr;
  if (!schema || !schema->IsA(base)) {
    return Status(code::kInvalidClass,
                  fmt::format("{} of the binding names {}, and in {} there is no such class derived from {}", property,
                              path.class_name, end.name_space, base))
        .WithParameter(reference);
  }
  end.name_space = classes->name();
  const store::KeyTuple keys = TRY(cim::KeyValues(path, *schema));
  end.object = TRY(repository.FindInstance(end.name_space, schema->name(), keys));
  if (!end.object) {
    return Status(code::kNotFound, fmt::format("{} of the binding points to nothing: there is no {} in {}", property,
                                               reference, end.name_space))
        .WithParameter(reference);
  }
  return end;
}

// An empty text is as good as NULL.
Result<DescriptorPtr> ReadEventAccess(const cim::Object& filter) {
  const std::string text = TextOf(filter, "EventAccess");
  if (text.empty()) return DescriptorPtr();
  Result<security::SecurityDescriptor> read = security::SecurityDescriptor::FromText(text);
  if (read.ok()) return std::make_shared<const security::SecurityDescriptor>(std::move(read).value());
  ErrorDetail detail = *read.status().detail();
  detail.message = fmt::format("EventAccess of the filter cannot be read: {}", detail.message);
  return Status(read.status().code(), std::move(detail));
}

Status CheckFilter(const cim::Object& filter) {
  const std::string language = TextOf(filter, "QueryLanguage");
  if (!EqualFolded(language, "WQL")) {
    return Status(code::kInvalidQueryType,
                  fmt::format("QueryLanguage of the filter is '{}'; it is to be 'WQL'", language))
        .WithParameter("QueryLanguage");
  }
  if (TextOf(filter, "Query").empty()) {
    return Status(code::kInvalidQuery, "Query of the filter is NULL; it is to be an event query")
        .WithParameter("Query");
  }
  return ReadEventAccess(filter).status();
}

Status CheckConsumer(const store::Repository& repository, const cim::Object& consumer) {
  const std::string machine = TextOf(consumer, "MachineName");
  if (IsThisMachine(repository, machine)) return Status();
  return Status(code::kNotSupported, fmt::format("MachineName of the consumer is {}; consumers run on this machine "
                                                 "only: set it to NULL",
                                                 machine))
      .WithParameter("MachineName");
}

Status Complete(const store::Repository& repository, SubscriptionPlan& plan) {
  End filter = TRY(Resolve(repository, plan.name_space, "Filter", plan.filter_path, "__EventFilter"));
  plan.filter = std::move(filter.object);
  plan.filter_space = std::move(filter.name_space);
  End consumer = TRY(Resolve(repository, plan.name_space, "Consumer", plan.consumer_path, "__EventConsumer"));
  plan.consumer = std::move(consumer.object);
  plan.consumer_space = std::move(consumer.name_space);
  TRY(CheckFilter(plan.filter));
  return CheckConsumer(repository, plan.consumer);
}

bool Lists(const cim::Object& registration, std::string_view class_name) {
  const cim::ValueView names = ValueOf(registration, "ConsumerClassNames");
  if (names.kind() != cim::ValueKind::kArray) return false;
  return std::any_of(names.items().begin(), names.items().end(), [&](cim::ValueView name) {
    return name.kind() == cim::ValueKind::kText && EqualFolded(name.text(), class_name);
  });
}

bool AreSame(const cim::Object& a, const cim::Object& b) {
  if (!a || !b) return !a && !b;
  return !events::Differ(a, b);
}

}  // namespace

std::string SubscriptionPlan::FullConsumerPath() const {
  return consumer ? cim::FullPath(consumer).value_or(consumer_path) : consumer_path;
}

std::string SubscriptionPlan::EventNamespace() const {
  std::string named = TextOf(filter, "EventNamespace");
  if (named.empty()) return filter_space;
  // Written as root\cimv2, //./root/cimv2 or \\machine\root\cimv2.
  const Result<cim::ObjectPath> parsed = cim::ParseNamespacePath(named);
  return parsed.ok() ? parsed->name_space : named;
}

std::string SubscriptionPlan::Query() const { return TextOf(filter, "Query"); }
std::string SubscriptionPlan::Creator() const { return CreatorSid::In(binding).Text(); }
std::string SubscriptionPlan::Created() const { return TextOf(binding, "CreationDate"); }

std::uint32_t SubscriptionPlan::MaximumQueueSize() const {
  const cim::ValueView bytes = ValueOf(consumer, "MaximumQueueSize");
  return bytes.kind() == cim::ValueKind::kUnsigned ? static_cast<std::uint32_t>(bytes.unsigned_integer()) : 0;
}

bool SubscriptionPlan::SlowDownProviders() const {
  const cim::ValueView slows_down = ValueOf(binding, "SlowDownProviders");
  return slows_down.kind() == cim::ValueKind::kBoolean && slows_down.boolean();
}

bool SubscriptionPlan::IsSameWork(const SubscriptionPlan& other) const {
  return AreSame(filter, other.filter) && AreSame(consumer, other.consumer) && filter_space == other.filter_space &&
         consumer_space == other.consumer_space && CreatorSid::In(binding) == CreatorSid::In(other.binding) &&
         SlowDownProviders() == other.SlowDownProviders() && problem.ok() == other.problem.ok();
}

Result<std::vector<SubscriptionPlan>> ReadSubscriptionPlans(const store::Repository& repository, std::size_t at_most) {
  std::vector<SubscriptionPlan> plans;
  for (const store::NamespacePtr& name_space : repository.Namespaces()) {
    for (cim::Object& binding : TRY(repository.ListInstances(name_space->name(), "__FilterToConsumerBinding"))) {
      if (plans.size() == at_most) return plans;
      SubscriptionPlan plan;
      plan.name_space = name_space->name();
      plan.path = cim::FullPath(binding).value_or(plan.name_space);
      plan.filter_path = TextOf(binding, "Filter");
      plan.consumer_path = TextOf(binding, "Consumer");
      plan.binding = std::move(binding);
      plan.problem = Complete(repository, plan);
      plans.push_back(std::move(plan));
    }
  }
  return plans;
}

Result<FoundConsumer> FindConsumer(Engine& engine, const SubscriptionPlan& plan) {
  FoundConsumer found;
  const cim::Class& schema = plan.consumer.schema();
  for (const cim::Class* kind = &schema; kind != nullptr && found.provider == nullptr;
       kind = kind->superclass().get()) {
    found.provider = engine.event_consumers().Find(kind->name());
  }
  if (found.provider != nullptr) return found;
  const SessionPtr session = TRY(engine.Connect(plan.consumer_space));
  for (const cim::Object& registration :
       TRY(engine.repository().ListInstances(plan.consumer_space, "__EventConsumerProviderRegistration"))) {
    for (const cim::Class* kind = &schema; kind != nullptr; kind = kind->superclass().get()) {
      if (!Lists(registration, kind->name()) || engine.loader() == nullptr) continue;
      found.registered = TRY(engine.loader()->FindEventConsumers(session, registration));
      found.provider = found.registered.get();
      return found;
    }
  }
  return Status(code::kProviderNotFound,
                fmt::format("nobody acts for consumers of the class {} in {}; register a provider with an instance of "
                            "__EventConsumerProviderRegistration that has it among ConsumerClassNames",
                            schema.name(), plan.consumer_space))
      .WithParameter(schema.name());
}

Result<DescriptorPtr> EventAccessOf(const SubscriptionPlan& plan) { return ReadEventAccess(plan.filter); }

Status CheckPublisher(const security::SecurityDescriptor& event_access, const security::Subject& publisher) {
  if (security::HasRights(event_access, publisher, security::kPublish)) return Status();
  return Status(
             code::kAccessDenied,
             fmt::format("EventAccess of the filter does not give {} WBEM_RIGHT_PUBLISH (0x80), and every event that "
                         "could reach it is fired by that user, as whom this process runs; add (A;;0x80;;;{}) to it, "
                         "or set it to NULL, which is everyone",
                         publisher.user().Text(), publisher.user().Text()))
      .WithParameter("EventAccess");
}

Status CheckCreators(const SubscriptionPlan& plan, const provider::EventConsumerProvider& provider,
                     bool has_polling_query) {
  const CreatorSid creator = CreatorSid::In(plan.binding);
  const CreatorSid of_filter = CreatorSid::In(plan.filter);
  const CreatorSid of_consumer = CreatorSid::In(plan.consumer);
  if (!(creator == of_filter) || !(creator == of_consumer)) {
    return Status(code::kAccessDenied,
                  fmt::format("binding, filter and consumer were written by {}, {} and {}; one user has to write all "
                              "three",
                              creator.Text(), of_filter.Text(), of_consumer.Text()))
        .WithParameter("CreatorSID");
  }
  const bool is_trusted = creator.is_administrator() || creator == CreatorSid::Of(Principal::OfCaller());
  if (is_trusted || (!provider.needs_trust() && !has_polling_query)) return Status();
  return Status(code::kAccessDenied,
                fmt::format("{} wrote it, and {} need an administrator, or the user as whom they run", creator.Text(),
                            provider.needs_trust() ? "consumers of this class" : "queries with WITHIN"))
      .WithParameter("CreatorSID");
}

}  // namespace wmi::engine
