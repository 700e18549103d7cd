#include "engine/event_registrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "wql/query.h"
#include "wql/watched.h"

namespace wmi::engine {
namespace {

// Of one registration; the others are not read.
constexpr std::size_t kQueriesMax = 1024;

// An instance of which nothing is known but its class: what a registration says of it, it says of all.
cim::Object Unknown(const cim::ClassPtr& schema) {
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) builder.SetNull(slot);
  builder.CommitRow();
  std::vector<cim::Object> made;
  builder.Finish(made);
  return std::move(made.front());
}

bool IsAllOf(const EventShape& sent, const EventShape& wanted) {
  return wanted.event_class->IsA(sent.event_class->name()) &&
         (!sent.target || (wanted.target && wanted.target->IsA(sent.target->name())));
}

}  // namespace

Result<EventRegistrations> EventRegistrations::Read(const SessionPtr& session, const store::NamespacePtr& classes) {
  EventRegistrations read;
  read.session_ = session;
  Engine& engine = session->engine();
  if (engine.loader() == nullptr || !classes->FindClass("__EventProviderRegistration")) return read;
  read.event_classes_ = events::FindInstanceEventClasses(*classes);
  for (cim::Object& object : TRY(engine.repository().ListInstances(classes->name(), "__EventProviderRegistration"))) {
    std::vector<Sent> sent = ReadQueries(object, *classes);
    if (sent.empty()) continue;
    for (const Sent& one : sent) {
      if (MayBeBoth(one.shape, {classes->FindClass("__InstanceOperationEvent"), nullptr})) {
        read.has_instance_events_ = true;
      }
    }
    read.registrations_.push_back({std::move(object), std::move(sent)});
  }
  return read;
}

std::vector<EventRegistrations::Sent> EventRegistrations::ReadQueries(const cim::Object& registration,
                                                                      const store::Namespace& classes) {
  std::vector<Sent> sent;
  const auto slot = registration.schema().FindSlot("EventQueryList");
  if (!slot || registration.slot(*slot).kind() != cim::ValueKind::kArray) return sent;
  const auto items = registration.slot(*slot).items();
  for (std::size_t i = 0; i < items.size() && i < kQueriesMax; ++i) {
    if (items[i].kind() != cim::ValueKind::kText) continue;
    const auto tree = wql::Parse(items[i].text());
    if (!tree.ok()) continue;
    auto query = wql::BindEvent(**tree, classes);
    if (!query.ok()) continue;
    const auto watched = wql::FindWatched(**tree, *query, classes, nullptr);
    if (!watched.ok()) continue;
    sent.push_back({{query->schema, *watched ? (*watched)->target : nullptr}, query->filter});
  }
  return sent;
}

Status EventRegistrations::Check(const cim::Object& instance) {
  if (!instance.schema().IsA("__EventProviderRegistration")) return Status();
  const auto slot = instance.schema().FindSlot("EventQueryList");
  if (!slot || instance.slot(*slot).kind() != cim::ValueKind::kArray) return Status();
  const auto items = instance.slot(*slot).items();
  if (items.size() > kQueriesMax) {
    return Status(
        code::kUninterpretableProviderQuery,
        fmt::format("EventQueryList has {} queries; {} are read. Register the provider with fewer, wider ones",
                    items.size(), kQueriesMax));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string text(items[i].kind() == cim::ValueKind::kText ? items[i].text() : std::string_view());
    const auto tree = wql::Parse(text);
    if (tree.ok()) continue;
    ErrorDetail detail;
    if (tree.status().detail() != nullptr) detail = *tree.status().detail();
    detail.message = fmt::format("query {} of EventQueryList cannot be read: {}", i + 1, tree.status().Message());
    detail.parameter = text;
    return Status(code::kUninterpretableProviderQuery, std::move(detail));
  }
  return Status();
}

Result<std::vector<EventRegistrations::Match>> EventRegistrations::Find(const EventShape& wanted) const {
  std::vector<Match> matches;
  Status failure;
  for (const Registration& registration : registrations_) {
    bool is_sent = false;
    bool is_whole = false;
    for (const Sent& sent : registration.sent) {
      is_sent = is_sent || MayBeBoth(sent.shape, wanted);
      is_whole = is_whole || IsAllOf(sent.shape, wanted);
    }
    if (!is_sent) continue;
    auto provider = session_->engine().loader()->FindEventSource(session_, registration.object);
    if (provider.ok()) {
      matches.push_back({std::move(provider).value(), is_whole});
    } else if (is_whole) {
      return provider.status();
    } else {
      failure = provider.status();
    }
  }
  // Bases such as __ExtrinsicEvent have other events than those of providers.
  if (matches.empty() && !failure.ok() && !wanted.event_class->name().starts_with("__")) return failure;
  return matches;
}

bool EventRegistrations::Sends(const cim::Object& event) const {
  return std::any_of(registrations_.begin(), registrations_.end(), [&](const Registration& registration) {
    return std::any_of(registration.sent.begin(), registration.sent.end(), [&](const Sent& sent) {
      return event.schema().IsA(sent.shape.event_class->name()) && (!sent.filter || sent.filter->Matches(event.row()));
    });
  });
}

provider::Operations EventRegistrations::ToldOf(const cim::ClassPtr& schema) const {
  if (!has_instance_events_) return 0;
  const cim::Object instance = Unknown(schema);
  const auto told = [&](const cim::ClassPtr& event_class, provider::Operations operation) {
    if (!event_class) return provider::Operations{0};
    const cim::Object event =
        events::MakeEvent(event_class, {{"TargetInstance", instance}, {"PreviousInstance", instance}});
    return Sends(event) ? operation : provider::Operations{0};
  };
  return static_cast<provider::Operations>(told(event_classes_.creation, provider::kCreation) |
                                           told(event_classes_.modification, provider::kModification) |
                                           told(event_classes_.deletion, provider::kDeletion));
}

}  // namespace wmi::engine
